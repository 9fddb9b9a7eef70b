"""The demo: a sign-in for each role, and plans in different states to look at.

People are named by their function, never by an invented name. Skärholmen's
plan is read from the real workbook; the other plans are made up and marked as
example data. Plans are written through ``editing`` like everything else; only
here is a plan put straight into a state, which in real life takes months.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements import city
from agreements.enums import GroupKind, GroupLevel
from agreements.models import CollaborationGroup, District, Function, GroupMembership, Organisation
from plans import editing, open_format
from plans.document import AreaTemplate
from plans.enums import PlanState
from plans.models import ActionPlan
from plans.workbook.reader import read_workbook

FILES = Path(__file__).resolve().parent / "demo"
PASSWORD = "tryggt-exempel-2025"
START = date(2025, 1, 1)
YEAR = 2025
WORKING_GROUP = "arbetsgrupp-platssamverkan-skarholmen"


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
    """A person to sign in as; without a seat it is the administrator of the system."""

    username: str
    title: str
    seat: Seat | None = None


def _strategist(slug, name, administration):
    seat = Seat(f"beredningsgrupp-{slug}", administration, "trygghetsstrateg")
    return SignIn(f"trygghetsstrateg.{slug}", f"Trygghetsstrateg, {name}", seat)


SKARHOLMEN = "skarholmens-stadsdelsforvaltning"
SIGN_INS = (
    _strategist("skarholmen", "Skärholmen", SKARHOLMEN),
    SignIn(
        "medskribent.skarholmen",
        "Medskribent, Skärholmen",
        Seat("beredningsgrupp-skarholmen", SKARHOLMEN, "verksamhetsutvecklare", co_opted=True),
    ),
    SignIn(
        "kommunpolis.skarholmen",
        "Kommunpolis, Skärholmen",
        Seat("beredningsgrupp-skarholmen", "polisregion-stockholm", "kommunpolis"),
    ),
    SignIn(
        "styrgrupp.skarholmen",
        "Styrgrupp, Skärholmen",
        Seat("styrgrupp-skarholmen", SKARHOLMEN, "stadsdelsdirektor", is_chair=True),
    ),
    SignIn(
        "arbetsgrupp.skarholmen",
        "Arbetsgrupp, Skärholmen",
        Seat(WORKING_GROUP, SKARHOLMEN, "processledare-platssamverkan"),
    ),
    SignIn(
        "registrator.skarholmen",
        "Registrator, Skärholmen",
        Seat("styrgrupp-skarholmen", SKARHOLMEN, "registrator", co_opted=True),
    ),
    SignIn(
        "extern.skarholmen",
        "Extern part, Skärholmen",
        Seat("beredningsgrupp-skarholmen", "skafast", "fastighetsagarsamordnare", co_opted=True),
    ),
    _strategist("farsta", "Farsta", "farsta-stadsdelsforvaltning"),
    SignIn(
        "kommunpolis.farsta",
        "Kommunpolis, Farsta",
        Seat("beredningsgrupp-farsta", "polisregion-stockholm", "kommunpolis"),
    ),
    _strategist("jarva", "Järva", "jarva-stadsdelsforvaltning"),
    _strategist("hagersten-alvsjo", "Hägersten-Älvsjö", "hagersten-alvsjo-stadsdelsforvaltning"),
    _strategist("bromma", "Bromma", "bromma-stadsdelsforvaltning"),
    _strategist("sodermalm", "Södermalm", "sodermalms-stadsdelsforvaltning"),
    SignIn(
        "central.beredning",
        "Central beredningsgrupp",
        Seat("central-beredningsgrupp", "stadsledningskontoret", "samordnare-trygghet"),
    ),
    SignIn(
        "central.styrgrupp",
        "Central styrgrupp",
        Seat("central-styrgrupp", "stadsledningskontoret", "sakerhetsdirektor"),
    ),
    SignIn("administrator", "Administratör"),
)


@dataclass(frozen=True)
class ExamplePlan:
    """A plan of the demo: its file, the state it is shown in, and whether it is made up."""

    district: str
    file: str
    state: PlanState
    is_shared: bool = False
    is_example: bool = True


PLANS = (
    ExamplePlan("skarholmen", "skarholmen-2025.xlsx", PlanState.DRAFT, is_shared=True, is_example=False),
    ExamplePlan("farsta", "farsta-2025.json", PlanState.DRAFT, is_shared=True),
    ExamplePlan("hagersten-alvsjo", "hagersten-alvsjo-2025.json", PlanState.IN_REVIEW, is_shared=True),
    ExamplePlan("bromma", "bromma-2025.json", PlanState.READY_FOR_DECISION, is_shared=True),
    ExamplePlan("jarva", "jarva-2025.json", PlanState.DECIDED, is_shared=True),
)


@dataclass(frozen=True)
class Missing:
    """What of the demo is not in the database."""

    needs_city: bool
    sign_ins: tuple[SignIn, ...]
    plans: tuple[ExamplePlan, ...]

    def __bool__(self):
        return bool(self.needs_city or self.sign_ins or self.plans)


def missing() -> Missing:
    """Return what loading the demo would add; what is there already is never touched."""
    usernames = set(User.objects.values_list("username", flat=True))
    planned = set(ActionPlan.objects.filter(cycle__year=YEAR).values_list("district__slug", flat=True))
    return Missing(
        needs_city=not _has_city(),
        sign_ins=tuple(each for each in SIGN_INS if each.username not in usernames),
        plans=tuple(each for each in PLANS if each.district not in planned),
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
    for example in added.plans:
        _add_plan(example)
    return added


def signed_up() -> list[SignIn]:
    """Return the demo's sign-ins that can be used."""
    active = set(User.objects.filter(is_active=True).values_list("username", flat=True))
    return [each for each in SIGN_INS if each.username in active]


def sign_in_table(sign_ins: Iterable[SignIn]) -> list[str]:
    """Return the sign-ins as aligned lines: function, user name; the password last."""
    width = max((len(each.title) for each in sign_ins), default=0)
    lines = [f"  {each.title:<{width}}   {each.username}" for each in sign_ins]
    return [f"  {'Funktion':<{width}}   Användarnamn", *lines, "", f"  Lösenord för alla: {PASSWORD}"]


# --- People


def _add_people(sign_ins):
    password = make_password(PASSWORD)  # hashed once: it is the same for all, and slow by design
    for each in sign_ins:
        is_administrator = each.seat is None
        user = User.objects.create(
            username=each.username,
            display_name=each.title,
            password=password,
            is_staff=is_administrator,
            is_superuser=is_administrator,
        )
        if each.seat:
            _seat(user, each.seat)


def _seat(user, seat):
    GroupMembership.objects.create(
        user=user,
        group=_working_group() if seat.group == WORKING_GROUP else CollaborationGroup.objects.get(slug=seat.group),
        organisation=Organisation.objects.get(slug=seat.organisation),
        function=Function.objects.get(code=seat.function),
        is_chair=seat.is_chair,
        co_opted=seat.co_opted,
        valid_from=START,
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
    plan.state = example.state
    plan.shared_at = timezone.now() if example.is_shared else None
    plan.save(update_fields=["state", "shared_at"])


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
