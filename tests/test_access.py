"""Every address of the site, for everybody: what is not theirs is not there, what they may not do says why.

The tables below are written by hand. An address without a line in them fails,
so that a new page cannot be forgotten.
"""

import io
import re

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from plans import comments, editing, import_jobs, imports, open_format, versions
from plans.enums import CommentKind
from plans.loading import load_document
from plans.models import ActionPlan
from tests import worlds
from tests.agreements import access
from tests.cast import PEOPLE, Cast
from tests.plans import invariants, stages
from tests.test_access_steps import STEP_PAGES

PLAN = "planer/<slug:district>/<int:year>/"
ROW = PLAN + "rad/<kind:kind>/<uuid:uid>/"

# Address → what GET and POST answer anonymous people, and anybody signed in.
GENERAL = {
    "": ("302 302", "200 405"),
    "konto/logga-in/": ("200 200", "302 302"),
    "konto/logga-ut/": ("302 302", "200 302"),
    "planer/": ("302 302", "200 405"),
    "tillganglighet/": ("200 405", "200 405"),
}

# What GET and POST answer: who writes the plan, who reads it, who wrote it before it was decided, and everybody else.
READ = ("200 405", "200 405", "200 405", "404 405")
WRITE = ("405 302", "405 403", "405 403", "405 404")
FORM = ("200 200", "403 403", "403 403", "404 404")
PLAN_PAGES = {
    PLAN: READ,
    PLAN + "omrade/<int:position>/": READ,
    PLAN + "analys/": READ,
    PLAN + "ladda-ner/<str:format>/": READ,
    PLAN + "nytt/": READ,
    PLAN + "jamfor/": READ,
    # A row is read by all who read the plan, and written in its form.
    PLAN + "rad/<uuid:uid>/": ("200 302", "200 403", "200 403", "404 404"),
    ROW: ("200 302", "200 403", "200 403", "404 404"),
    PLAN + "omrade/<int:position>/redigera/": ("200 200", "200 403", "200 403", "404 404"),
    PLAN + "cell/": ("405 200", "405 403", "405 403", "405 404"),
    PLAN + "omrade/nytt/": FORM,
    PLAN + "hamta/": FORM,
    PLAN + "underlag/": ("200 302", "403 403", "403 403", "404 404"),
    PLAN + "rad/action/<uuid:uid>/bidrar-till/": FORM,
    # An action rests on what its cause does, and leads there.
    ROW + "grunder/": ("302 302", "302 403", "302 403", "404 404"),
    ROW + "flytta/": FORM,
    ROW + "ny/<kind:new_kind>/": WRITE,
    ROW + "<direction:step>/": WRITE,
    ROW + "ta-bort/": WRITE,
    PLAN + "angra/<int:event>/": WRITE,
    # A plan that has been started is not started again.
    PLAN + "borja/": ("302 302", "403 403", "403 403", "404 404"),
    PLAN + "las-in/": ("200 422", "403 403", "403 403", "404 404"),
    # An uploaded file is its owner's, who may throw it away also when the plan is decided.
    PLAN + "las-in/<uuid:uid>/": ("200 422", "404 404", "403 403", "404 404"),
    PLAN + "las-in/<uuid:uid>/slang/": ("405 302", "405 404", "405 302", "405 404"),
}
# A decided plan is downloaded as the files of its version, where these lead.
OF_THE_VERSION = {PLAN + "ladda-ner/<str:format>/"}

# What GET and POST answer who reads a decided version; it does not exist for anybody else.
VERSION = PLAN + "version/<int:number>/"
VERSION_PAGES = {
    VERSION: "200 405",
    VERSION + "omrade/<int:position>/": "200 405",
    VERSION + "analys/": "200 405",
    VERSION + "filer/": "302 405",  # a part of the version's page, which it leads to
    VERSION + "ladda-ner/<str:format>/": "200 405",
}

# What GET and POST answer those who follow all districts; to everybody else the pages do not exist.
CITY_PAGES = {
    "staden/": "302 405",
    "<int:year>/": "200 405",
    "<int:year>/ladda-ner/xlsx/": "200 405",
}
SEES_THE_CITY = {"city_preparation", "city_steering"}

# What GET answers who reads the comments on a plan. Who writes them depends on the state of the plan.
COMMENTS = PLAN + "kommentarer/"
COMMENT_PAGES = {COMMENTS: 200, COMMENTS + "<uuid:uid>/": 302}
NO_COMMENTS = {"registrar", "neighbour", "neighbour_police"}  # who may read a decided plan, but not what is said of it
COMMENTERS = {"editor", "police"}  # both in a draft and when it is decided

# How the plan came to be: what GET answers those who write it and the other readers of a shared draft; of a decided
# plan, its own district, and others. The change in the address was made before the draft was shared.
HISTORY_PAGES = {
    PLAN + "historik/": (200, 200, 200, 403),
    PLAN + "historik/<int:event>/": (200, 404, 404, 403),
    PLAN + "rad/<uuid:uid>/historik/": (200, 200, 200, 403),
    ROW + "historik/": (200, 200, 200, 403),
}
WRITERS = {"editor", "co_writer"}
OUTSIDE = {"neighbour", "neighbour_police", "city_preparation", "city_steering"}

READERS_OF_A_SHARED_DRAFT = {"co_writer", "police", "working"}
WITHOUT_A_ROLE = {"external", "stranger", "administrator"}
# What the refusals say, without the letters that JSON writes in its own way.
WHO_WRITES = "trygghetsstrateg som skriver i planen"
WHICH_STATES = "och kan inte "


def addresses(resolver=None, before=""):
    """Every address of the site, as its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        else:
            yield route


ROUTES = list(dict.fromkeys(addresses()))
ADMIN = [route for route in ROUTES if route.startswith("admin/")]


TABLES = (
    GENERAL,
    PLAN_PAGES,
    HISTORY_PAGES,
    VERSION_PAGES,
    CITY_PAGES,
    COMMENT_PAGES,
    sorted(STEP_PAGES),
    access.lines(),
)


@pytest.mark.parametrize("route", [route for route in ROUTES if route not in ADMIN])
def test_an_address_has_its_line_in_the_tables(route):
    assert sum(route in table for table in TABLES) == 1, "say in tests/test_access.py what it answers to whom"


@pytest.mark.parametrize("route", [route for table in TABLES for route in table])
def test_a_line_of_the_tables_has_its_address(route):
    assert route in ROUTES


# --- Asking as somebody


class Town:
    """Everybody, and Skärholmen's plan with something in it for every address to be about."""

    def __init__(self, cast):
        self.cast = cast
        self.plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
        editing.add(self.plan, "problem", self.plan.planareas.first().uid, by=cast.editor)
        self.action = self.plan.actions.get()
        self.event = editing.set_fields(
            self.plan, "action", self.action.uid, {"text": "Nattvandra"}, version=1, by=cast.editor
        )
        self.upload = upload_of(self.plan, cast.editor)
        self.comment = comments.write(self.plan, "När?", CommentKind.QUESTION, by=cast.editor, row=self.action.uid)
        self.clients = {}

    def stand(self, **values):
        """Put the plan where it is to be seen: a shared draft, decided."""
        ActionPlan.objects.filter(pk=self.plan.pk).update(**values)

    def walk_to(self, stage):
        """Take the plan there by the real steps and the right people."""
        self.plan = stages.reach(self.plan, self.cast, stage)

    def decide(self):
        """Freeze the plan as version 1 and begin the second, so that only the version is decided."""
        versions.freeze(self.plan, stages.DECISION, by=self.cast.chair)
        self.stand(state="draft", version=2, shared_at=None)

    def address(self, route, **other):
        """An example of the address."""
        uid = self.upload.pk if "las-in" in route else self.comment.pk if "kommentarer" in route else self.action.uid
        values = {
            "district": "skarholmen", "year": 2025, "position": 1, "kind": "action", "uid": uid, "new_kind": "action",
            "step": "upp", "event": self.event.pk, "format": "json", "number": 1, "path": "1", "app_label": "accounts",
            "content_type_id": 1, "object_id": 1, "url": "x", "id": 1,
        } | other  # fmt: skip
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values[match[1]]), route)

    def posted(self, route):
        """What a form of the address sends, where an empty one would not get as far as being refused."""
        if route == PLAN + "cell/":
            return {"kind": "action", "uid": self.action.uid, "field": "text", "value": "Ny", "version": 2}
        if route in (ROW, PLAN + "rad/<uuid:uid>/"):
            return {"version": 2, "text": "Ny"}
        if route in COMMENT_PAGES:
            return {"uid": self.action.uid, "kind": CommentKind.COMMENT, "text": "Ny", "gor": "svara"}
        return {}

    def client(self, person):
        """Somebody's browser; signed in unless it is nobody's."""
        if person not in self.clients:
            self.clients[person] = Client(raise_request_exception=True)
            if person != "anonymous":
                self.clients[person].force_login(getattr(self.cast, person))
        return self.clients[person]

    def asked(self, person, route, **other):
        """The answers to GET and POST; what they change is undone."""
        client, address = self.client(person), self.address(route, **other)
        with invariants.rolled_back():
            got = client.get(address)
        with invariants.rolled_back():
            posted = client.post(address, self.posted(route))
        return got, posted


def upload_of(plan, by):
    """An upload that waits to be confirmed: a file that says one thing that is new."""
    text = open_format.dumps(load_document(plan)).replace("Nattvandra", "Nattvandra varje fredag")
    target = imports.Target(plan.district, plan.cycle, plan)
    material = imports.read_file(io.BytesIO(text.encode()), name="plan.json", target=target)
    return import_jobs.open_job(target, material, by=by)


world = worlds.fixture(lambda: Town(Cast()))


@pytest.fixture
def town(world, db):
    """A plan to knock on."""
    return worlds.own_copy(world)


def statuses(answers):
    return " ".join(str(answer.status_code) for answer in answers)


def asks_to_sign_in(answer):
    return answer.status_code == 302 and answer.url.startswith("/konto/logga-in/")


# --- The tables, held


@pytest.mark.parametrize(("route", "anonymous", "signed_in"), [(route, *line) for route, line in GENERAL.items()])
def test_a_general_page_answers_as_its_line_says(town, route, anonymous, signed_in):
    answers = town.asked("anonymous", route)
    assert statuses(answers) == anonymous
    assert all(asks_to_sign_in(answer) or route == "konto/logga-ut/" for answer in answers if answer.status_code == 302)
    assert {person: statuses(town.asked(person, route)) for person in PEOPLE} == dict.fromkeys(PEOPLE, signed_in)


@pytest.mark.parametrize("route", CITY_PAGES)
def test_a_page_of_the_city_answers_its_groups_alone(town, route):
    for person in PEOPLE:
        expected = CITY_PAGES[route] if person in SEES_THE_CITY else "404 405"
        assert statuses(town.asked(person, route)) == expected, person


@pytest.mark.parametrize("route", [*PLAN_PAGES, *HISTORY_PAGES, *VERSION_PAGES, *CITY_PAGES, *COMMENT_PAGES, *ADMIN])
def test_who_is_not_signed_in_is_asked_to(town, route):
    town.stand(state="decided")
    for answer in town.asked("anonymous", route):
        if answer.status_code == 401:  # what was written is given back
            assert "/konto/logga-in/" in answer.content.decode()
            continue
        assert answer.status_code == 302
        assert "logga-in" in answer.url or "/admin/login/" in answer.url  # which asks the same question


@pytest.mark.parametrize("route", PLAN_PAGES)
def test_a_shared_draft_answers_each_as_the_table_says(town, route):
    town.stand(state="draft", shared_at=timezone.now())
    writer, reader, _, nobody = PLAN_PAGES[route]
    for person in PEOPLE:
        expected = {"editor": writer}.get(person, reader if person in READERS_OF_A_SHARED_DRAFT else nobody)
        answers = town.asked(person, route)
        assert statuses(answers) == expected, person
        for answer in answers:
            if answer.status_code == 403:
                assert WHO_WRITES in answer.content.decode(), f"{person} is not told why"


@pytest.mark.parametrize("route", PLAN_PAGES)
def test_a_decided_plan_answers_each_as_the_table_says(town, route):
    town.walk_to("submitted")  # so that the city reads it too
    _, reader, former_writer, nobody = PLAN_PAGES[route]
    if route in OF_THE_VERSION:
        reader = former_writer = "302 405"
    for person in PEOPLE:
        expected = {"editor": former_writer}.get(person, nobody if person in WITHOUT_A_ROLE else reader)
        answers = town.asked(person, route)
        assert statuses(answers) == expected, person
        reason = WHICH_STATES if person == "editor" else WHO_WRITES
        for answer in answers:
            if answer.status_code == 403:
                assert reason in answer.content.decode(), f"{person} is not told why"


@pytest.mark.parametrize("route", HISTORY_PAGES)
def test_how_a_plan_came_to_be_is_for_those_who_could_read_it_then(town, route):
    writer, reader, own, other = HISTORY_PAGES[route]
    town.stand(state="draft", shared_at=timezone.now())
    for person in PEOPLE:
        got, posted = town.asked(person, route)
        expected = writer if person in WRITERS else reader if person in READERS_OF_A_SHARED_DRAFT else 404
        assert (got.status_code, posted.status_code) == (expected, 405), person
    town.stand(shared_at=None)
    town.walk_to("submitted")
    for person in PEOPLE:
        got, _ = town.asked(person, route)
        expected = writer if person in WRITERS else other if person in OUTSIDE else own
        expected = 404 if person in WITHOUT_A_ROLE else expected
        assert got.status_code == expected, person
        if expected == 403:
            assert "läses av dem som arbetar med den i stadsdelen" in got.content.decode()


@pytest.mark.parametrize("route", VERSION_PAGES)
def test_a_version_answers_who_reads_what_is_decided_also_while_the_next_is_written(town, route):
    assert {town.asked(person, route)[0].status_code for person in PEOPLE} == {404}
    town.decide()
    before_it_is_sent = {"city_preparation", "city_steering"}
    for person in PEOPLE:
        expected = "404 405" if person in WITHOUT_A_ROLE | before_it_is_sent else VERSION_PAGES[route]
        assert statuses(town.asked(person, route)) == expected, person


@pytest.mark.parametrize("route", [*PLAN_PAGES, *HISTORY_PAGES, *VERSION_PAGES, *COMMENT_PAGES])
def test_a_district_or_a_year_that_is_not_there_is_not_found(town, route):
    for elsewhere in ({"district": "atlantis"}, {"year": 2031}):
        for answer in town.asked("editor", route, **elsewhere):
            assert answer.status_code in (404, 405)


@pytest.mark.parametrize("route", COMMENT_PAGES)
@pytest.mark.parametrize("state", ["draft", "decided"])
def test_what_is_said_of_a_plan_is_for_those_who_work_with_it(town, route, state):
    town.stand(state=state, shared_at=timezone.now())
    for person in PEOPLE:
        got, posted = town.asked(person, route)
        sees_the_plan = ActionPlan.objects.visible_to(getattr(town.cast, person)).exists()
        if not sees_the_plan or person in NO_COMMENTS:
            refused = 403 if sees_the_plan else 404
            assert (got.status_code, posted.status_code) == (refused, refused), person
        else:
            expected = 302 if person in COMMENTERS else 403
            assert (got.status_code, posted.status_code) == (COMMENT_PAGES[route], expected), person
        for answer in (got, posted):
            if answer.status_code == 403:
                assert re.search("läses av|kommenteras den av", answer.content.decode()), f"{person} is not told why"


REACHED_BY_NUMBER = [
    route for route in [*PLAN_PAGES, *HISTORY_PAGES, *COMMENT_PAGES] if "<uuid:uid>" in route or "<int:event>" in route
]


@pytest.mark.parametrize("route", REACHED_BY_NUMBER)
def test_a_row_an_import_or_an_event_is_not_reached_through_another_plan(town, route):
    editing.create_plan(town.cast.other_district, town.cast.cycle, by=town.cast.neighbour)
    for answer in town.asked("neighbour", route, district="farsta"):
        is_refused = answer.status_code in (404, 405)
        # A menu's button leads back to the plan with the reason, when the row is gone.
        says_gone = answer.status_code == 302 and editing.GoneRow().args[0] in said(answer)
        assert is_refused or says_gone
    assert town.plan.actions.get().version == 2


def said(answer):
    return "".join(str(message) for message in answer.wsgi_request._messages)


@pytest.mark.parametrize("tail", ["borja/", "las-in/"])
def test_a_plan_that_is_not_started_is_known_to_those_who_would_write_it(town, tail):
    for person in PEOPLE:
        got, _ = town.asked(person, PLAN + tail, district="farsta")
        assert got.status_code == (200 if person == "neighbour" else 404), person


@pytest.mark.parametrize("tail", ["borja/", "las-in/"])
def test_who_helps_to_write_is_told_who_starts_the_plan(town, tail):
    town.plan.cycle = type(town.cast.cycle).objects.create(year=2026, area_set=town.cast.area_set)
    for answer in town.asked("co_writer", PLAN + tail, year=2026):
        assert answer.status_code == 403
        assert "trygghetsstrateg" in answer.content.decode()


WRITES = [route for route, line in PLAN_PAGES.items() if not line[0].endswith("405")]


@pytest.mark.parametrize("route", [*WRITES, *COMMENT_PAGES])
def test_a_form_from_another_site_is_refused(town, route):
    client = Client(enforce_csrf_checks=True)
    client.force_login(town.cast.editor)
    events = town.plan.events.count()
    assert client.post(town.address(route), town.posted(route)).status_code == 403
    assert town.plan.events.count() == events


@pytest.mark.parametrize("route", ADMIN)
def test_the_administration_is_for_administrators_only(town, route):
    address = town.address(re.sub(r"\(\?P<(\w+)>.*?\)", r"<\1>", route).replace("^", "").replace("$", ""))
    for person in ("editor", "city_steering", "stranger"):
        answer = town.client(person).get(address)
        assert answer.status_code in (302, 403, 404), person
        assert answer.status_code != 302 or "/admin/login/" in answer.url or route == "admin/logout/"


def test_an_administrator_reaches_the_administration(town):
    assert town.client("administrator").get("/admin/").status_code == 200
