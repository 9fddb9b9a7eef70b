"""The demo: a sign-in for each role, and a plan in each state to look at.

People are named by their function, never by an invented name. Skärholmen's
plan is read from the real workbook; the other plans are made up and marked as
example data. Each plan walks to where it stands by the real steps, taken by
the right people (``plans/demo/story.py``).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from agreements import city
from agreements.enums import GroupKind, GroupLevel
from agreements.models import CollaborationGroup, District, Function, GroupMembership, Organisation
from plans import editing, open_format
from plans.demo import cooperation as demo_cooperation
from plans.demo import story as demo_story
from plans.document import AreaTemplate
from plans.models import ActionPlan
from plans.workbook.reader import read_workbook
from trygghet.contributions import Contributions

FURTHER = Contributions()
"""What apps further up add to the demo, when all else is there: modules with ``is_told()`` and ``tell()``."""

FILES = Path(__file__).resolve().parent
PASSWORD = "tryggt-exempel-2025"
START = date(2025, 1, 1)
YEAR = 2025
WORKING_GROUP = "arbetsgrupp-platssamverkan-skarholmen"
WORKING_GROUP_ENDS = date(2027, 6, 30)
POLICE = "polisregion-stockholm"


@dataclass(frozen=True)
class Seat:
    """A seat in a group, by the codes of the city file."""

    group: str
    organisation: str
    function: str
    is_chair: bool = False
    co_opted: bool = False


@dataclass(frozen=True)
class SignIn:
    """A person to sign in as; without a seat it is the administrator of the system.

    ``reason`` says why to begin with this one; empty for those to look up later.
    """

    username: str
    title: str
    seat: Seat | None = None
    reason: str = ""


def _in_district(slug, name, administration, *, has_registrar=False, **reasons):
    """Return those who take a plan to its decision in a district; ``reasons`` to begin with them, by function."""
    seats = {
        "trygghetsstrateg": Seat(f"beredningsgrupp-{slug}", administration, "trygghetsstrateg"),
        "kommunpolis": Seat(f"beredningsgrupp-{slug}", POLICE, "kommunpolis"),
        "styrgrupp": Seat(f"styrgrupp-{slug}", administration, "stadsdelsdirektor", is_chair=True),
    }
    if has_registrar:
        seats["registrator"] = Seat(f"styrgrupp-{slug}", administration, "registrator", co_opted=True)
    titles = {"styrgrupp": "Styrgruppens ordförande"}
    return tuple(
        SignIn(f"{code}.{slug}", f"{titles.get(code, code.capitalize())}, {name}", seat, reasons.get(code, ""))
        for code, seat in seats.items()
    )


SKARHOLMEN = "skarholmens-stadsdelsforvaltning"
SIGN_INS = (
    *_in_district(
        "skarholmen",
        "Skärholmen",
        SKARHOLMEN,
        has_registrar=True,
        trygghetsstrateg="Skriver planen och har delat utkastet med polisen",
        kommunpolis="Läser utkastet och har fått svar på sina kommentarer",
    ),
    SignIn(
        "medskribent.skarholmen",
        "Medskribent, Skärholmen",
        Seat("beredningsgrupp-skarholmen", SKARHOLMEN, "verksamhetsutvecklare", co_opted=True),
    ),
    SignIn(
        "lokalpolisomradeschef.skarholmen",
        "Lokalpolisområdeschef, Skärholmen",
        Seat("styrgrupp-skarholmen", POLICE, "lokalpolisomradeschef"),
    ),
    SignIn(
        "arbetsgrupp.skarholmen",
        "Arbetsgrupp, Skärholmen",
        Seat(WORKING_GROUP, SKARHOLMEN, "processledare-platssamverkan"),
    ),
    SignIn(
        "arbetsgrupp-polis.skarholmen",
        "Polis i arbetsgruppen, Skärholmen",
        Seat(WORKING_GROUP, POLICE, "kommunpolis"),
    ),
    SignIn(
        "extern.skarholmen",
        "Extern part, Skärholmen",
        Seat("beredningsgrupp-skarholmen", "skafast", "fastighetsagarsamordnare", co_opted=True),
    ),
    *_in_district(
        "bromma",
        "Bromma",
        "bromma-stadsdelsforvaltning",
        styrgrupp="Har en plan att besluta om",
    ),
    *_in_district(
        "norra-innerstaden",
        "Norra innerstaden",
        "norra-innerstadens-stadsdelsforvaltning",
        has_registrar=True,
        registrator="Har nämndens beslut att registrera",
    ),
    *_in_district(
        "enskede-arsta-vantor", "Enskede-Årsta-Vantör", "enskede-arsta-vantors-stadsdelsforvaltning", has_registrar=True
    ),
    *_in_district("farsta", "Farsta", "farsta-stadsdelsforvaltning"),
    *_in_district("hagersten-alvsjo", "Hägersten-Älvsjö", "hagersten-alvsjo-stadsdelsforvaltning"),
    *_in_district(
        "hasselby-vallingby", "Hässelby-Vällingby", "hasselby-vallingby-stadsdelsforvaltning", has_registrar=True
    ),
    *_in_district("jarva", "Järva", "jarva-stadsdelsforvaltning", has_registrar=True),
    SignIn(
        "trygghetsstrateg.sodermalm",
        "Trygghetsstrateg, Södermalm",
        Seat("beredningsgrupp-sodermalm", "sodermalms-stadsdelsforvaltning", "trygghetsstrateg"),
    ),
    SignIn(
        "central.beredning",
        "Central beredningsgrupp",
        Seat("central-beredningsgrupp", "stadsledningskontoret", "samordnare-trygghet"),
        reason="Ser alla stadsdelar och tar emot deras planer",
    ),
    SignIn(
        "central.styrgrupp",
        "Central styrgrupp",
        Seat("central-styrgrupp", "stadsledningskontoret", "sakerhetsdirektor"),
    ),
    SignIn(
        "central.ordforande",
        "Centrala styrgruppens ordförande",
        Seat("central-styrgrupp", "stadsledningskontoret", "bitradande-stadsdirektor", is_chair=True),
    ),
    SignIn(
        "central.polisomradeschef",
        "Chef för polisområde syd",
        Seat("central-styrgrupp", "polisomrade-stockholm-syd", "chef-polisomrade"),
    ),
    SignIn(
        "central.adjungerad",
        "Adjungerad i centrala beredningsgruppen",
        Seat("central-beredningsgrupp", "trafikkontoret", "enhetschef", co_opted=True),
    ),
    SignIn(
        "central.polis",
        "Samordnande polis",
        Seat("central-beredningsgrupp", POLICE, "samordnande-polis"),
    ),
    SignIn("administrator", "Administratör"),
)


@dataclass(frozen=True)
class ExamplePlan:
    """A plan of the demo: its file, what it shows when its story is told, and whether it is made up."""

    district: str
    file: str
    shows: str
    is_example: bool = True


PLANS = (
    ExamplePlan("skarholmen", "skarholmen-2025.xlsx", "utkast som polisen läser", is_example=False),
    ExamplePlan("farsta", "farsta-2025.json", "utkast som inte är delat"),
    ExamplePlan("hagersten-alvsjo", "hagersten-alvsjo-2025.json", "på granskning"),
    ExamplePlan("bromma", "bromma-2025.json", "klar för beslut"),
    ExamplePlan("enskede-arsta-vantor", "enskede-arsta-vantor-2025.json", "beslutad, inte inskickad"),
    ExamplePlan("norra-innerstaden", "norra-innerstaden-2025.json", "inskickad till staden"),
    ExamplePlan("hasselby-vallingby", "hasselby-vallingby-2025.json", "inskickad, komplettering begärd"),
    ExamplePlan("jarva", "jarva-2025.json", "version 1 beslutad, version 2 utkast"),
)


@dataclass(frozen=True)
class Missing:
    """What of the demo is not in the database."""

    needs_city: bool
    sign_ins: tuple[SignIn, ...]
    plans: tuple[ExamplePlan, ...]
    cooperation: bool  # the agreement, pictures and meetings around Skärholmen's plan, and the city's own plan
    further: tuple = ()  # of FURTHER

    def __bool__(self):
        return bool(self.needs_city or self.sign_ins or self.plans or self.cooperation or self.further)


def missing() -> Missing:
    """Return what loading the demo would add; what is there already is never touched."""
    usernames = set(User.objects.values_list("username", flat=True))
    planned = set(ActionPlan.objects.filter(cycle__year=YEAR).values_list("district__slug", flat=True))
    return Missing(
        needs_city=not _has_city(),
        sign_ins=tuple(each for each in SIGN_INS if each.username not in usernames),
        plans=tuple(each for each in PLANS if each.district not in planned),
        cooperation=not demo_cooperation.is_told(),
        further=tuple(each for each in FURTHER if not each.is_told()),
    )


def _has_city():
    districts = set(District.objects.values_list("slug", flat=True))
    groups = set(CollaborationGroup.objects.values_list("slug", flat=True))
    seats = {each.seat.group for each in SIGN_INS if each.seat} - {WORKING_GROUP}
    return {each.district for each in PLANS} <= districts and seats <= groups


@transaction.atomic
def load() -> Missing:
    """Add what is missing of the demo, Stockholm's organisation first if need be, and return what was added."""
    added = missing()
    if added.needs_city:
        city.load(city.read(city.STOCKHOLM))
    _add_people(added.sign_ins)
    if added.cooperation:  # before the plans, which stand on it
        demo_cooperation.tell()
    for example in added.plans:
        _add_plan(example)
    for story in added.further:
        story.tell()
    return added


def signed_up() -> list[SignIn]:
    """Return the demo's sign-ins that can be used."""
    active = set(User.objects.filter(is_active=True).values_list("username", flat=True))
    return [each for each in SIGN_INS if each.username in active]


def to_begin_with(sign_ins: Iterable[SignIn]) -> tuple[list[SignIn], list[SignIn]]:
    """Return those of the sign-ins to begin with, and the others."""
    first = [each for each in sign_ins if each.reason]
    return first, [each for each in sign_ins if not each.reason]


class Place(NamedTuple):
    """A district, or the city, with its people of the demo and what its plan shows ("" without a plan)."""

    name: str
    shows: str
    people: list[SignIn]


def by_place(sign_ins: Iterable[SignIn]) -> list[Place]:
    """Return the sign-ins by where they belong, in the order they are given."""
    shows = {plan.district: plan.shows for plan in PLANS}
    places = {}
    for each in sign_ins:
        name = each.title.partition(", ")[2] or "Staden"
        place = places.setdefault(name, Place(name, shows.get(each.username.partition(".")[2], ""), []))
        place.people.append(each)
    return list(places.values())


def sign_in_table(sign_ins: Iterable[SignIn]) -> list[str]:
    """Return the sign-ins as aligned lines, those to begin with first: function, user name; the password last."""
    width = max((len(each.title) for each in sign_ins), default=0)
    first, others = ([f"  {each.title:<{width}}   {each.username}" for each in part]
                     for part in to_begin_with(sign_ins))  # fmt: skip
    lines = [*first, *([""] if first and others else []), *others]
    return [f"  {'Funktion':<{width}}   Användarnamn", *lines, "", f"  Lösenord för alla: {PASSWORD}"]


# --- People


def _add_people(sign_ins):
    password = make_password(PASSWORD)  # hashed once: it is the same for all, and slow by design
    for each in sign_ins:
        is_administrator = each.seat is None
        user = User.objects.create(
            username=each.username,
            display_name=each.title,
            email=f"{each.username}@example.org",  # no letter leaves the demo: they become files in var/mail/
            password=password,
            is_staff=is_administrator,
            is_superuser=is_administrator,
        )
        if each.seat:
            _seat(user, each.seat)


def _seat(user, seat):
    """Seat the person where the city file has a vacant seat for their function, else in a seat of their own."""
    GroupMembership.objects.update_or_create(
        user=None,
        group=_working_group() if seat.group == WORKING_GROUP else CollaborationGroup.objects.get(slug=seat.group),
        organisation=Organisation.objects.get(slug=seat.organisation),
        function=Function.objects.get(code=seat.function),
        deputy_for=None,
        defaults={
            "user": user,
            "is_chair": seat.is_chair,
            "co_opted": seat.co_opted,
            "valid_from": START,
            "valid_to": None,
        },
    )


def _working_group():
    """Working groups are appointed by the preparation group, so the city file has none."""
    group, _ = CollaborationGroup.objects.get_or_create(
        slug=WORKING_GROUP,
        defaults={
            "name": "Arbetsgrupp för platssamverkan, Skärholmen",
            "level": GroupLevel.LOCAL,
            "kind": GroupKind.WORKING,
            "district": District.objects.get(slug="skarholmen"),
            "mandate": "Exempeldata. Driver platssamverkan i centrumområdena och följer upp åtgärderna.",
            "valid_from": START,
            "valid_to": WORKING_GROUP_ENDS,
        },
    )
    return group


# --- Plans


def _add_plan(example):
    cycle = editing.cycle_of(YEAR)
    district = District.objects.get(slug=example.district)
    editor = User.objects.get(username=f"trygghetsstrateg.{example.district}")
    document = _document(example, cycle, district)
    plan = editing.create_plan(district, cycle, by=editor, is_example=example.is_example)
    summary = f"Läste in {'exempeldata' if example.is_example else example.file}"
    editing.replace_content(plan, document, by=editor, summary=summary)
    demo_story.tell(plan)


def _document(example, cycle, district):
    path = FILES / example.file
    if path.suffix == ".json":
        return open_format.from_data(json.loads(path.read_text(encoding="utf-8")))
    areas = [
        AreaTemplate(number=area.number, code=area.code, title=area.title, sheet=area.sheet)
        for area in cycle.area_set.areas.order_by("number")
    ]
    with path.open("rb") as file:
        return read_workbook(file, name=path.name, areas=areas, year=cycle.year, district=district.name).document
