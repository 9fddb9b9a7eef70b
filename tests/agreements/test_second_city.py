"""Another city in one file: an invented one, without a word of Stockholm in anything that its people see."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from ruamel.yaml import YAML

from accounts.models import User
from agreements import city
from agreements.agreement.texts import starting_texts
from agreements.enums import GroupKind, GroupLevel, Role
from agreements.models import CollaborationGroup, District, Function, GroupMembership, Organisation, PlanningCycle
from agreements.permissions import access_of
from plans import frozen_files
from plans.models import ActionPlan, PlanVersion
from tests.agreements.walk import Walk, text_of
from tests.plans import stages

TODAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLAN = "/planer/hamnkvarteren/2026/"
AREA = f"{PLAN}omrade/2/"

HAMN, SKOLA = "hamnkvarterens-kommundelsforvaltning", "barn-och-skolforvaltningen"
POLICE, LEDNING = "polisen-exempellan", "kommunledningskontoret"
# Everybody in Exempelstad: user name → (role, group, function, organisation, more about the seat). The file has the
# first of them as vacant seats; the others are brought in by those who are there.
SEATS = {
    "editor": (Role.EDITOR, "beredningsgrupp-hamnkvarteren", "trygghetsutvecklare", HAMN, {}),
    "police": (Role.MUNICIPAL_POLICE, "beredningsgrupp-hamnkvarteren", "kommunpolis", POLICE, {}),
    "chair": (Role.STEERING_CHAIR, "styrgrupp-hamnkvarteren", "kommundelschef", HAMN, {}),
    "steering": (Role.LOCAL_STEERING, "styrgrupp-hamnkvarteren", "rektor", SKOLA, {}),
    "neighbour": (Role.EDITOR, "beredningsgrupp-tallmon", "trygghetsutvecklare", "tallmons-kommundelsforvaltning", {}),
    "city_preparation": (
        Role.CITY_PREPARATION, "kommunens-beredningsgrupp", "samordnare-brottsforebyggande", LEDNING, {},
    ),
    "city_police": (Role.CITY_POLICE, "kommunens-beredningsgrupp", "kommunpolis", POLICE, {}),
    "city_chair": (Role.CITY_STEERING_CHAIR, "kommunens-styrgrupp", "bitradande-kommundirektor", LEDNING, {}),
    "city_steering": (Role.CITY_STEERING, "kommunens-styrgrupp", "sakerhetschef", LEDNING, {}),
    "co_writer": (Role.CO_WRITER, "beredningsgrupp-hamnkvarteren", "rektor", SKOLA, {"co_opted": True}),
    "city_guest": (Role.CITY_MEMBER, "kommunens-beredningsgrupp", "trygghetsutvecklare", HAMN, {"co_opted": True}),
    "registrar": (Role.REGISTRAR, "styrgrupp-hamnkvarteren", "registrator", HAMN, {"co_opted": True}),
    "external": (
        Role.EXTERNAL_PARTY, "beredningsgrupp-hamnkvarteren", "omradeschef-bostader", "hamnens-fastighetsagare",
        {"co_opted": True},
    ),
    "working": (Role.WORKING_GROUP, "arbetsgrupp-varvsudden", "trygghetsutvecklare", HAMN, {}),
}  # fmt: skip
VACANT_IN_FILE = list(SEATS)[:9]

DECISION = {"decided_on": "2026-02-20", "body": "Lokal styrgrupp, Hamnkvarteren", "meeting": "Styrgruppsmöte 1"}
STEPS = (
    ("editor", f"{PLAN}steg/dela-med-polisen/", {}),
    ("editor", f"{PLAN}steg/skicka-pa-granskning/", {}),
    ("editor", f"{PLAN}steg/granskad/", {}),
    ("police", f"{PLAN}steg/granskad/", {}),
    ("editor", f"{PLAN}steg/skicka-till-beslut/", {}),
    ("chair", f"{PLAN}steg/besluta/", DECISION),
    ("editor", f"{PLAN}version/1/inskickning/skicka-till-staden/", {}),
    ("city_preparation", f"{PLAN}version/1/inskickning/kvittera/", {}),
)


@pytest.fixture(autouse=True)
def _in_march():
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def exempelstad(db):
    city.load(city.read(city.EXAMPLE))


class People:
    """Exempelstad's people, each with a browser."""

    def __init__(self):
        self.users = {}
        CollaborationGroup.objects.create(
            slug="arbetsgrupp-varvsudden",
            name="Arbetsgrupp för Varvsudden",
            level=GroupLevel.LOCAL,
            kind=GroupKind.WORKING,
            district=District.objects.get(slug="hamnkvarteren"),
            valid_from="2026-01-01",
            valid_to="2026-12-31",
        )
        for name, (_, group, function, organisation, more) in SEATS.items():
            self.users[name] = User.objects.create(username=name, display_name=name)
            self._seat(name, group, function, organisation, more)
        self.users["administrator"] = User.objects.create(username="administrator", is_staff=True, is_superuser=True)

    def _seat(self, name, group, function, organisation, more):
        seat = {"group__slug": group, "function__code": function, "organisation__slug": organisation}
        if name in VACANT_IN_FILE:
            assert GroupMembership.objects.filter(user=None, **seat).update(user=self.users[name]) == 1
            return
        GroupMembership.objects.create(
            user=self.users[name],
            group=CollaborationGroup.objects.get(slug=group),
            function=Function.objects.get(code=function),
            organisation=Organisation.objects.get(slug=organisation),
            valid_from="2026-01-01",
            **more,
        )

    def browser(self, name):
        client = Client()
        client.force_login(self.users[name])
        return client

    def press(self, name, address, **written):
        """Open the page of a step and press its button; return where it leads, whose page is 200."""
        client = self.browser(name)
        page = client.get(address)
        assert page.status_code == 200, f"{name} {address}: {page.status_code}"
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)"', page.content.decode())
        carried = {field: value for field, value in hidden if field != "csrfmiddlewaretoken"}
        answer = client.post(address, carried | written)
        assert answer.status_code == 302, re.findall(r"<li><a href=[^>]*>.*", answer.content.decode())
        return answer


@pytest.fixture
def people(exempelstad):
    return People()


def plan():
    return ActionPlan.objects.with_place().get(district__slug="hamnkvarteren", cycle__year=2026)


def write_plan(people):
    """Write a problem with a cause and an action in the second area, as the page does, and leave out the others."""
    client = people.browser("editor")
    assert client.post(f"{PLAN}borja/").status_code == 302
    area = plan().planareas.get(position=2)
    assert client.post(f"{PLAN}rad/area/{area.uid}/ny/problem/").status_code == 302
    for kind, field, text in (
        ("problem", "title", "Bråk utanför krogarna på Magasinsholmen"),
        ("cause", "text", "Många lämnar krogarna samtidigt och det saknas nattbussar."),
        ("action", "text", "Nattvandra fredag och lördag."),
    ):
        _write(client, kind, _first(kind), field, text)
    for field, text in {"goals": "Högst tio anmälda misshandelsbrott utomhus.", "when": "Juni–augusti",
                        "who": "Trygghetsutvecklare (Hamnkvarterens kommundelsförvaltning)"}.items():  # fmt: skip
        _write(client, "action", _first("action"), field, text)
    stages.leave_out_empty_areas(plan(), people.users["editor"])


def _first(kind):
    problem = plan().planareas.get(position=2).problems.get()
    return {"problem": problem, "cause": problem.causes.first(), "action": problem.actions.first()}[kind]


def _write(client, kind, row, field, text):
    cell = {"kind": kind, "uid": row.uid, "field": field, "value": text, "version": row.version}
    answer = client.post(f"{PLAN}cell/", cell)
    assert answer.status_code == 200, answer.content.decode()


@pytest.fixture
def with_plan(people):
    write_plan(people)
    return people


@pytest.fixture
def with_decided_plan(with_plan):
    for name, address, written in STEPS:
        with_plan.press(name, address, **written)
    frozen_files.make(PlanVersion.objects.with_place().get())
    return with_plan


# --- The file as a starting point


def test_the_file_says_that_it_is_an_example():
    text = city.EXAMPLE.read_text(encoding="utf-8")
    assert "påhittad" in text.partition("municipality:")[0]
    assert "Exempelstad" in city.read(city.EXAMPLE).rows[0].label


def test_everybody_gets_the_role_that_their_seat_gives(people):
    for name, (role, *_) in SEATS.items():
        assert [held for held, _ in access_of(people.users[name]).roles] == [role], name
    assert {role for role, *_ in SEATS.values()} | {Role.ADMINISTRATOR, Role.CITY_MEMBER} == set(Role)


def test_the_plan_goes_from_its_first_row_to_the_citys_receipt(with_decided_plan):
    assert PlanVersion.objects.get().number == 1
    page = text_of(with_decided_plan.browser("city_preparation").get("/2026/"))
    assert "Hamnkvarteren" in page
    assert "Bråk utanför krogarna" in text_of(with_decided_plan.browser("neighbour").get(f"{PLAN}version/1/omrade/2/"))
    board = text_of(with_decided_plan.browser("registrar").get(f"{PLAN}version/1/namndbeslut/"))
    assert "Hamnkvarterens kommundelsnämnd" in board


def test_the_workbook_has_the_areas_of_the_city_as_tabs(with_plan):
    told = text_of(with_plan.browser("editor").get(f"{PLAN}ladda-ner/xlsx/"))
    for area in PlanningCycle.objects.get(year=2026).area_set.areas.all():
        assert area.sheet in told
        assert area.title in told
    assert "Planen säger vilka problem området har" in told


def test_new_agreements_begin_with_the_citys_words_and_the_common_templates(exempelstad):
    overarching, local = starting_texts(GroupLevel.CITY), starting_texts(GroupLevel.LOCAL)
    assert overarching["purpose"].startswith("Syftet är att Exempelstads kommun och Polisen i Exempellän")
    assert local["goals"].endswith("[Skriv områdets egna mål och hur de mäts.]")
    assert "[Skriv" in local["introduction"]
    assert not any("Stockholm" in text for text in [*overarching.values(), *local.values()])


# --- No word of Stockholm


def words_of(data, key=""):
    """Yield the names in a city file: of places, people's functions, organisations, areas and measurements."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from words_of(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from words_of(value, key)
    elif key in NAMES and "{" not in str(data):
        yield str(data)


NAMES = {"name", "short_name", "title", "short_title", "sheet", "administration", "neighbourhoods"}
ALSO = ("Stockholm", "Skärholmen", "SLK", "Järva", "Trygghetsmätningen", "Stockholmsenkäten", "Tyck till", "SISAB")
# What the application itself calls its roles and groups, in every city; and the time zone that a calendar names.
OURS = {*Role.labels, "Kommunpolis", "Polisen"}
TIME_ZONE = "Europe/Stockholm"


def stockholm_words():
    """Return every name in Stockholm's file that Exempelstad's does not have, and the best known."""
    files = [YAML(typ="safe").load(path.read_text(encoding="utf-8")) for path in (city.STOCKHOLM, city.EXAMPLE)]
    for data in files:
        data["functions"] = [{"title": title} for title in data["functions"].values()]
        data.pop("cycles")  # the names of the links are those of authorities, everybody's
    stockholm, example = (set(words_of(data)) for data in files)
    return stockholm - example - OURS | set(ALSO)


STOCKHOLM_WORD = re.compile(
    "|".join(rf"\b{re.escape(word)}" for word in sorted(stockholm_words(), key=len, reverse=True)), re.IGNORECASE
)


def stockholm_in(texts):
    """Return what of Stockholm the texts say: a line for each place, so that a failing test tells what to mend."""
    return [
        f"{address}: …{' '.join(text[max(0, found.start() - 30) : found.end() + 20].split())}…"
        for address, text in ((address, text.replace(TIME_ZONE, "")) for address, text in texts.items())
        for found in STOCKHOLM_WORD.finditer(text)
    ]


def test_the_words_looked_for_are_stockholms():
    words = stockholm_words()
    assert {"Skärholmen", "Stockholmshem", "Unga i riskzon", "Trygghetsmätningen", "Stadsdelsdirektör"} <= words
    assert len(words) > 150
    assert stockholm_in({"here": "Vänd dig till Skärholmens stadsdelsförvaltning."})
    assert not stockholm_in({"here": "Vänd dig till Hamnkvarterens kommundelsförvaltning."})


def test_nobody_in_exempelstad_meets_a_word_of_stockholm(with_decided_plan):
    """Every kind of page and file that links lead to, for everybody; and the walk does come to those that matter."""
    reached = {}
    for name in with_decided_plan.users:
        walk = Walk(with_decided_plan.browser(name))
        assert stockholm_in(walk.texts) == [], name
        reached[name] = walk
    for pattern in (r"version/1/ladda-ner/xlsx/", r"version/1/ladda-ner/pdf/", r"version/1/ladda-ner/json/",
                    r"^/2026/$", r"^/2026/ladda-ner/xlsx/", r"^/samverkan/hamnkvarteren/", r"^/samverkan/staden/",
                    r"^/tillganglighet/"):  # fmt: skip
        assert reached["city_preparation"].find(pattern), pattern
    pdf = reached["city_preparation"].find("version/1/ladda-ner/pdf/")[0]
    assert "Bråk utanför krogarna" in reached["city_preparation"].texts[pdf]


@pytest.mark.parametrize("format", ["xlsx", "pdf", "json"])
def test_a_draft_leaves_without_a_word_of_stockholm(with_plan, format):
    answer = with_plan.browser("editor").get(f"{PLAN}ladda-ner/{format}/")
    text = text_of(answer)
    assert "Bråk utanför krogarna" in text
    assert stockholm_in({format: text}) == []


def test_forms_of_the_plan_say_no_word_of_stockholm(with_plan):
    """The forms of the rows, which buttons lead to and not links."""
    client = with_plan.browser("editor")
    texts = {}
    for kind in ("problem", "cause", "action"):
        address = f"{PLAN}rad/{kind}/{_first(kind).uid}/"
        texts[address] = text_of(client.get(address))
    for address in (f"{AREA}redigera/", f"{PLAN}omrade/nytt/", f"{PLAN}las-in/"):
        texts[address] = text_of(client.get(address))
    assert stockholm_in(texts) == []


def test_one_who_is_not_signed_in_meets_no_word_of_stockholm(exempelstad):
    client = Client()
    texts = {address: text_of(client.get(address)) for address in ("/konto/logga-in/", "/tillganglighet/", "/nej/")}
    assert stockholm_in(texts) == []


def test_scripts_say_no_word_of_stockholm():
    folder = Path(settings.BASE_DIR) / "static" / "js"
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.rglob("*.js")}
    assert len(texts) > 3
    assert stockholm_in(texts) == []
