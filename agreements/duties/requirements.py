"""What the law, the agreement and the template require of each district and of the city, and what is recorded of it.

:data:`DUTIES` is the one table. A duty is never said to be done: what the tool
knows is that something is recorded, and when it falls due again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from agreements.clocks import (
    AREA_SET_MONTHS,
    CITY_AGREEMENT_MONTHS,
    LOCAL_AGREEMENT_MONTHS,
    PICTURE_MONTHS,
    Urgency,
    due_after,
    urgency_of,
)
from agreements.duties.records import Records
from agreements.enums import Role
from agreements.groups.whose_function import is_polices
from agreements.permissions import Permission, role_of
from trygghet.dates import day
from trygghet.words import counted, lower_first

P = Permission
FOLLOW_UP_MONTHS = 24
"""A plan is followed up at least every second year (law 2023:196; P01)."""
LAST_DAYS_OF_YEAR = (12, 31)
COORDINATORS = {Role.EDITOR, Role.CITY_PREPARATION}
"""The seats whose holder is the function that coordinates, and the contact point (law 2023:196 4 §)."""


class Mark(StrEnum):
    """How a duty stands, as the shape beside the words."""

    RECORDED = "recorded"
    DUE = "due"  # it has a last day that is further away
    SOON = "soon"  # the last day is within six months
    LATE = "late"
    PARTLY = "partly"  # some of what is counted is there
    MISSING = "missing"  # nothing is recorded


@dataclass(frozen=True, kw_only=True)
class Status:
    """How a duty stands in a place: the words, when it was last done, and when it falls due next (None if unknown)."""

    mark: Mark
    words: str
    last: date | None = None
    due: date | None = None
    note: str = ""

    @property
    def is_late(self):
        return self.mark == Mark.LATE

    @property
    def passed(self):
        """The last day, where it has passed, in words; "" where it has not."""
        return f"Sista dag var {day(self.due)}" if self.is_late else ""

    @property
    def has_record(self):
        """Whether it is recorded as done, also when it is soon to be done again; what is late counts as late."""
        return self.mark == Mark.RECORDED or (self.last is not None and self.mark in (Mark.DUE, Mark.SOON))


NOTHING = Status(mark=Mark.MISSING, words="Inget registrerat")


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Something that is required, of whom (``in_district``, ``in_city``), by what, and how often.

    ``short`` is the column's head. ``status`` says from the records how it
    stands in a place. ``page`` is where it is dealt with: a tab, "area_sets" or "data_sources"; ``step`` the
    step of the year whose address it shares; ``acts`` are the permissions any
    one of which lets a person do it, and who is told ``call`` when it is near;
    empty where the plans, the meetings or others tell it themselves.
    """

    name: str
    title: str
    short: str
    source: str
    interval: str
    status: Callable
    in_district: bool = True
    in_city: bool = False
    page: str = ""
    step: str = ""
    acts: frozenset = frozenset()
    call: str = ""
    in_calendar: bool = False  # whether its last day is in a person's own calendar, where nothing else puts it

    def is_of(self, district_id):
        """Whether it is required of the place; ``None`` is the city."""
        return self.in_city if district_id is None else self.in_district


# --- The rules


def by_clock(last, months, verb, today):
    """Return the status of what is done again within so many months of ``last`` (None: never done)."""
    return NOTHING if last is None else _until(due_after(last, months), verb, today, last)


def _until(due, verb, today, last=None):
    urgency = urgency_of(due, today)
    if urgency == Urgency.LATE:
        return Status(mark=Mark.LATE, words="Försenad", last=last, due=due)
    if urgency == Urgency.OK and last:
        return Status(mark=Mark.RECORDED, words=f"Registrerat {day(last)}", last=last, due=due)
    mark = Mark.DUE if urgency == Urgency.OK else Mark.SOON
    return Status(mark=mark, words=f"Ska {verb} senast {day(due)}", last=last, due=due)


def of_year(key, field, verb, so_far=""):
    """Return a rule for what is done once a year, by the year's own last day.

    What falls due after its year has ended is awaited also when the next year
    has begun. ``so_far`` is the key of what is recorded of it before it is done.
    """

    def status(records, district_id):
        this, before = (*records.cycles, None, None)[:2]
        if this is None:
            return NOTHING
        earlier = records.fact(key, district_id, before) if before else None
        if before and not earlier and _falls_after_its_year(before, field):
            this, before = before, None
        fact, due = records.fact(key, district_id, this), getattr(this, field)
        if fact:
            return Status(mark=Mark.RECORDED, words=f"Registrerat {day(fact.on)}", last=fact.on, note=fact.told)
        last = earlier and earlier.on
        if due:
            found = _until(due, verb, records.today) if not last else _due_again(due, verb, records.today, last)
            part = records.fact(so_far, district_id, this) if so_far else None
            return replace(found, note=part.told) if part else found
        return Status(mark=Mark.RECORDED, words=f"Registrerat {day(last)}", last=last) if last else NOTHING

    return status


def _due_again(due, verb, today, last):
    """What was done last year is to be done this year: its last day counts, not that it was done."""
    found = _until(due, verb, today)
    return Status(mark=found.mark, words=found.words, last=last, due=due, note=found.note)


def _falls_after_its_year(cycle, field):
    due = getattr(cycle, field)
    return due is not None and due.year > cycle.year


def agreement(records, district_id):
    """Local agreements are reviewed every second year (P07); the overarching one is followed up every year (P08)."""
    found = records.agreements.get(district_id)
    if found is None:
        return NOTHING
    months, verb = (
        (CITY_AGREEMENT_MONTHS, "följas upp") if district_id is None else (LOCAL_AGREEMENT_MONTHS, "ses över")
    )
    return by_clock(found.counted_from, months, verb, records.today)


def area_set(records, district_id):
    """The areas are revised at least every fourth year (P08): those that the place's agreement stands on."""
    found = records.agreements.get(district_id)
    areas = found.area_set if found else next((cycle.area_set for cycle in records.cycles), None)
    return by_clock(areas.valid_from, AREA_SET_MONTHS, "revideras", records.today) if areas else NOTHING


def picture(records, district_id):
    """The joint picture is updated at least every second year (law 2023:196; P01)."""
    return by_clock(records.pictures.get(district_id), PICTURE_MONTHS, "uppdateras", records.today)


def followed_up(records, district_id):
    """The plan is followed up at least every second year (P01), the first time within two years of its decision."""
    done = records.fact("latest_follow_up", district_id)
    if done:
        return by_clock(done.on, FOLLOW_UP_MONTHS, "följas upp", records.today)
    decided = records.fact("first_decision", district_id)
    return _until(due_after(decided.on, FOLLOW_UP_MONTHS), "följas upp", records.today) if decided else NOTHING


def meetings(records, district_id):
    """The local steering group meets at least twice a year (P18), the city's at least four times (P21)."""
    counts = records.steering.get(district_id, [])
    least = 4 if district_id is None else 2
    held, wanted = sum(count.held for count in counts), sum(count.minimum or least for count in counts)
    if not counts:
        return NOTHING
    due = date(records.today.year, *LAST_DAYS_OF_YEAR)
    words = f"{held} av {wanted} möten"
    if held >= wanted:
        return Status(mark=Mark.RECORDED, words=words, due=due, note=f"Genomförda {records.today.year}")
    near = urgency_of(due, records.today) in (Urgency.ONE_MONTH, Urgency.THREE_MONTHS)
    mark = Mark.SOON if near else Mark.PARTLY if held else Mark.MISSING
    return Status(mark=mark, words=words, due=due, note=f"Ska hållas senast {day(due)}")


def coordination(records, district_id):
    """There is a function that coordinates and is the contact point (P01): a seat that is held today.

    The municipality has it (law 2023:196, 4 §): of several in its own
    administration the one that has been held longest, also when others join.
    """
    seats = [seat for seat in records.preparing.get(district_id, []) if _may_coordinate(seat)]
    if not seats:
        return NOTHING
    seat = min(seats, key=lambda seat: _order_of_coordinators(seat, records.today))
    who = seat.function.title
    if seat.user_id is None:
        return Status(mark=Mark.MISSING, words="Vakant: ingen person registrerad", due=seat.valid_to, note=who)
    if seat.valid_to and urgency_of(seat.valid_to, records.today) != Urgency.OK:
        words = f"Ska utses på nytt senast {day(seat.valid_to)}"
        return Status(mark=Mark.SOON, words=words, last=seat.valid_from, due=seat.valid_to, note=who)
    words = f"Registrerat {day(seat.valid_from)}"
    return Status(mark=Mark.RECORDED, words=words, last=seat.valid_from, due=seat.valid_to, note=who)


def _may_coordinate(seat):
    return not seat.co_opted and role_of(seat) in COORDINATORS and not is_polices(seat.function)


def _order_of_coordinators(seat, today):
    """Those who sit there first, of them those whose time is not soon out, and then who has sat there longest."""
    last = seat.valid_to or date.max
    ends_soon = seat.valid_to is not None and urgency_of(seat.valid_to, today) != Urgency.OK
    return seat.user_id is None, ends_soon, date.max - last if ends_soon else timedelta(0), seat.valid_from, seat.pk


def working_groups(records, district_id):
    """A working group has both parties in it and an end (P20)."""
    groups = records.working.get(district_id, [])
    if not groups:
        return NOTHING
    wrong = [group.name for group, missing in groups if missing or not group.valid_to]
    words = f"{len(groups) - len(wrong)} av {len(groups)} grupper"
    if not wrong:
        return Status(mark=Mark.RECORDED, words=words, note="Båda parterna och ett slutdatum")
    note = f"Saknar en part eller slutdatum: {', '.join(wrong)}"
    return Status(mark=Mark.PARTLY if len(wrong) < len(groups) else Mark.SOON, words=words, note=note)


def communication_plan(records, district_id):
    """The communication plan is alive (P28): there are activities in it for the year."""
    planned, done = records.communication.get(district_id, (0, 0))
    if not planned:
        return NOTHING
    words = counted(planned, "aktivitet", "aktiviteter")
    carried_out = counted(planned, "genomförd", "genomförda")
    return Status(mark=Mark.RECORDED, words=words, note=f"{done} av {carried_out} i år")


def safety_survey(records, district_id):
    """The city's survey comes every third year (P29), on the day that the source itself says."""
    source = records.survey
    if source is None or not (source.latest_on or source.next_on):
        return NOTHING
    due = source.next_on
    if due is None and source.interval_months:
        due = due_after(source.latest_on, source.interval_months)
    if due is None:
        return Status(mark=Mark.RECORDED, words=f"Registrerat {day(source.latest_on)}", last=source.latest_on)
    return _until(due, "genomföras", records.today, source.latest_on)


# --- The table

LAW = "Lag 2023:196"
LOCAL = "Lokala överenskommelsen"
OVERARCHING = "Övergripande överenskommelsen"
TEMPLATE = "Mallen för åtgärdsplan"
_WRITES = frozenset({P.EDIT_PLAN})

DUTIES = (
    Duty(
        name="samordning", title="En funktion samordnar arbetet och är kontaktpunkt", short="Samordning",
        source=f"{LAW}, 4 §", interval="Hela tiden", status=coordination, in_city=True, page="groups",
    ),
    Duty(
        name="lagesbild", title="Lägesbild över brottsligheten, gemensam för parterna", short="Lägesbild",
        source=f"{LAW}, 2–3 §§", interval="Minst vartannat år", status=picture, in_city=True, page="pictures",
        in_calendar=True,
    ),
    Duty(
        name="atgardsplan", title="Åtgärdsplan beslutad av styrgruppen", short="Åtgärdsplan",
        source=f"{LAW} och {lower_first(TEMPLATE)}", interval="Varje år",
        status=of_year("decision", "decision_due", "beslutas"), step="decision",
    ),
    Duty(
        name="handlingsplan", title="Övergripande handlingsplan beslutad av styrgruppen", short="Handlingsplan",
        source=OVERARCHING, interval="Varje år", status=of_year("decision", "decision_due", "beslutas"),
        in_district=False, in_city=True, step="decision",
    ),
    Duty(
        name="uppfoljning", title="Planen följs upp", short="Uppföljning", source=LAW,
        interval="Minst vartannat år", status=followed_up, in_city=True, step="follow_up", acts=_WRITES,
        call="Följ upp planen", in_calendar=True,
    ),
    Duty(
        name="overenskommelse", title="Lokal överenskommelse finns och ses över", short="Överenskommelse",
        source=OVERARCHING, interval="Vartannat år", status=agreement, page="agreements",
        in_calendar=True,
    ),
    Duty(
        name="overgripande", title="Övergripande överenskommelsen följs upp i styrgruppen", short="Överenskommelse",
        source=OVERARCHING, interval="Varje år", status=agreement, in_district=False, in_city=True,
        page="agreements", acts=frozenset({P.WRITE_AGREEMENT}),
        call="Följ upp den övergripande överenskommelsen i styrgruppen", in_calendar=True,
    ),
    Duty(
        name="omraden", title="Prioriterade samverkansområden revideras", short="Områden", source=OVERARCHING,
        interval="Minst vart fjärde år", status=area_set, in_city=True, page="area_sets",
        acts=frozenset({P.RECEIVE}), call="Revidera de prioriterade samverkansområdena", in_calendar=True,
    ),
    Duty(
        name="moten", title="Styrgruppen sammanträder", short="Styrgruppsmöten", source=OVERARCHING,
        interval="Minst 2 gånger per år lokalt, 4 för staden", status=meetings, in_city=True, page="meetings",
    ),
    Duty(
        name="arbetsgrupper", title="Arbetsgrupper har båda parterna och ett slutdatum", short="Arbetsgrupper",
        source=OVERARCHING, interval="Hela tiden", status=working_groups, in_city=True, page="groups",
    ),
    Duty(
        name="inskickning", title="Den beslutade planen skickas till staden", short="Inskickad", source=TEMPLATE,
        interval="Varje år", status=of_year("submission", "submission_due", "skickas"), step="submission",
    ),
    Duty(
        name="namnd", title="Stadsdelsnämnden beslutar, med tertialrapport 1", short="Nämnd (T1)", source=TEMPLATE,
        interval="Varje år", status=of_year("board", "board_due", "beslutas"), step="board",
    ),
    Duty(
        name="sammanstallning", title="Årets resultat sammanställs och nästa år planeras", short="Sammanställning",
        source=OVERARCHING, interval="Varje år", status=of_year("compilation", "compilation_due", "vara klar"),
        in_district=False, in_city=True, step="compilation",
    ),
    Duty(
        name="aterkoppling", title="Resultatet återkopplas till de lokala organisationerna", short="Återkoppling",
        source=OVERARCHING, interval="Varje år",
        status=of_year("feedback", "feedback_due", "lämnas", so_far="feedback_so_far"), in_district=False,
        in_city=True, step="feedback", acts=frozenset({P.RECEIVE}), call="Lämna återkoppling till stadsdelarna",
    ),
    Duty(
        name="kommunikation", title="Kommunikationsplanen hålls levande", short="Kommunikationsplan",
        source=OVERARCHING, interval="Hela tiden", status=communication_plan, in_district=False, in_city=True,
        page="communication",
    ),
    Duty(
        name="matning", title="Stadens trygghetsmätning genomförs", short="Trygghetsmätning",
        source="Stadens trygghetsprogram", interval="Vart tredje år", status=safety_survey,
        in_district=False, in_city=True, page="data_sources",
    ),
)  # fmt: skip
BY_NAME = {duty.name: duty for duty in DUTIES}
OF_DISTRICTS = [duty for duty in DUTIES if duty.in_district]
OF_CITY = [duty for duty in DUTIES if duty.in_city]


# --- A place, and all of them


def statuses_of(district_ids, today, duties=DUTIES, **known) -> dict:
    """Return {district id: {duty: Status}} for those places, of those duties; None among them is the city's own.

    A fixed number of queries however many places there are. ``known`` is what
    the caller has fetched already (:class:`~agreements.duties.records.Records`).
    """
    district_ids = list(district_ids)
    records = Records(district_ids, today, **known)
    return {pk: judge(records, pk, duties) for pk in district_ids}


def judge(records: Records, district_id, duties=DUTIES):
    """Return {duty: Status} of one place, in the table's order."""
    return {duty: duty.status(records, district_id) for duty in duties if duty.is_of(district_id)}


def is_near(status, today, days=30):
    """Whether the last day has passed or comes within so many days."""
    return status.is_late or (
        status.mark != Mark.RECORDED and status.due is not None and status.due <= today + relativedelta(days=days)
    )
