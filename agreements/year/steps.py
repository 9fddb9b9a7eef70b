"""The year of the cooperation (årshjulet): its steps in order, the last day of each, and how far each place has come.

:data:`YEAR_STEPS` is the one table. A step is done when every fact it names is
recorded (:mod:`agreements.facts`). The last days are the city's to set for
each year; a step without one is never late.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils import timezone

from agreements.asking_once import once
from agreements.models import District, PlanningCycle
from agreements.permissions import Permission, access_of
from trygghet.contributions import Contributions
from trygghet.dates import day
from trygghet.words import lower_first, upper_first

P = Permission
AUTUMN = 9
"""The month in which the work with the next year's plan begins (domain §1b)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearStep:
    """A step of the year.

    ``field`` is that of the PlanningCycle with its last day, ``opens`` that
    with its first, if it has one. ``facts`` are the keys that must all be
    recorded, with what each is called. ``after`` names the step it stands on:
    until that one is done this one is not late. ``so_far`` is the key of what
    is recorded of it before it is done. ``is_city``: the city takes it
    and not each district. ``page`` is the tab where it is done; what is done
    in an app further up is found through :data:`WHERE_DONE`.
    """

    name: str
    title: str
    actor: str
    field: str
    facts: tuple[tuple[str, str], ...]
    opens: str = ""
    after: str = ""
    so_far: str = ""
    is_city: bool = False
    page: str = ""
    done: str = "Klart"
    beside: tuple[str, str] | None = None  # another day that belongs to the step: what it is called, and its field
    needs_to_know: frozenset = frozenset()  # who may know that it is done, before what follows shows it

    @property
    def keys(self):
        return [key for key, _ in self.facts]


# In the order they are taken (domain §1b, from seeds 001 and 002).
YEAR_STEPS = (
    YearStep(
        name="pictures", title="Parternas egna lägesbilder", field="pictures_due", page="pictures",
        actor="Stadsdelsförvaltningen och lokalpolisområdet, var för sig",
        facts=(("city_picture", "stadens lägesbild"), ("police_picture", "polisens lägesbild")),
    ),
    YearStep(
        name="joint_picture", title="Gemensam lägesbild med prioritering", field="joint_picture_due", page="pictures",
        actor="Beredningsgruppen; styrgruppen fastställer", after="pictures",
        facts=(("joint_picture", "gemensam lägesbild"),),
    ),
    YearStep(
        name="analysis", title="Orsaksanalys av prioriterade problem", field="analysis_due", page="analyses",
        actor="Arbetsgrupperna", after="joint_picture", facts=(("analysis", "orsaksanalys"),),
    ),
    YearStep(
        name="draft", title="Utkast till åtgärdsplan", field="draft_due", actor="Trygghetsstrategen", done="Påbörjat",
        facts=(("draft", "utkast"),), needs_to_know=frozenset({P.SEE_STATUS, P.READ_DRAFT}),
    ),
    YearStep(
        name="review", title="Planen på granskning", field="review_due", after="draft",
        actor="Trygghetsstrategen, kommunpolisen och fackförvaltningarna", facts=(("review", "granskning"),),
    ),
    YearStep(
        name="decision", title="Beslut i styrgruppen", field="decision_due", after="review",
        actor="Lokala styrgruppen", facts=(("decision", "beslut"),),
    ),
    YearStep(
        name="submission", title="Planen skickas till staden", field="submission_due", after="decision",
        actor="Trygghetsstrategen", facts=(("submission", "inskickning"),),
    ),
    YearStep(
        name="board", title="Beslut i stadsdelsnämnden, med tertialrapport 1", field="board_due", after="decision",
        actor="Stadsdelsnämnden; registratorn registrerar", facts=(("board", "nämndbeslut"),),
        beside=("Tertialrapport 1 lämnas", "tertial_due"),
    ),
    YearStep(
        name="follow_up", title="Uppföljning av planen", field="follow_up_due", opens="follow_up_opens",
        actor="Ansvariga funktioner, trygghetsstrategen och kommunpolisen", after="decision",
        facts=(("follow_up", "uppföljning"),),
    ),
    YearStep(
        name="compilation", title="Stadens sammanställning", field="compilation_due", is_city=True,
        actor="Centrala beredningsgruppen", facts=(("compilation", "sammanställning"),),
    ),
    YearStep(
        name="feedback", title="Återkoppling till stadsdelarna", field="feedback_due", is_city=True,
        actor="Centrala beredningsgruppen", after="compilation", facts=(("feedback", "återkoppling"),),
        so_far="feedback_so_far",
    ),
)  # fmt: skip
BY_NAME = {step.name: step for step in YEAR_STEPS}

DATE_FIELDS = (
    "pictures_due",
    "joint_picture_due",
    "analysis_due",
    "draft_due",
    "review_due",
    "decision_due",
    "submission_due",
    "board_due",
    "tertial_due",
    "follow_up_opens",
    "follow_up_due",
    "compilation_due",
    "feedback_due",
)
"""Every day that is set for a year, by hand or by the city's file, in the order of the wheel; each may be left out."""

WHERE_DONE = Contributions()
"""Callables ``(user, district_ids, cycle) -> {(step name, district_id): address}``: where the person takes the step."""


# --- The year that is worked with


@once
def cycles():
    """Return the planning years, the latest first (1 query)."""
    return list(PlanningCycle.objects.select_related("area_set"))


def wanted(today):
    """Return which year is to be worked with on the day: from September on the next one (domain §1b)."""
    return today.year + (today.month >= AUTUMN)


def current_cycle(years, today=None):
    """Return the year that is worked with: from September on the next one, if the city has put it up.

    Otherwise the latest before it; the first there is when all are to come; None when there is none.
    """
    latest = wanted(today or timezone.localdate())
    begun = [cycle for cycle in years if cycle.year <= latest]
    return max(begun or years, key=lambda cycle: cycle.year if begun else -cycle.year, default=None)


@once
def districts_of(cycle, today=None):
    """Return the districts of the year by name: those that stand today, or on its first or last day (1 query)."""
    today = today or timezone.localdate()
    then = min(max(today, date(cycle.year, 1, 1)), date(cycle.year, 12, 31))
    return by_name(District.objects.valid_on(then))


def by_name(districts):
    """Return the districts by name, å, ä and ö last, which code points do not say."""
    return sorted(districts, key=lambda each: each.name.lower().translate(str.maketrans("åäö", "{|}")))


def days_of(cycle):
    """Return the year's days as {field: day or None}."""
    return {name: getattr(cycle, name) for name in DATE_FIELDS}


# --- How far a place has come


class Standing(StrEnum):
    """How a step stands in a place."""

    DONE = "done"
    LATE = "late"
    WAITING = "waiting"  # the last day has passed, but the step before is what is late
    DUE = "due"
    PASSED = "passed"  # the last day has passed, and the person does not know whether it was kept
    OPEN = "open"  # no last day is set


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A step in a place: the last day, and on which day it was done, None for neither.

    ``address`` is where the person takes it, "" if they do not.
    """

    number: int
    step: YearStep
    standing: Standing
    due: date | None = None
    opens: date | None = None
    on: date | None = None
    note: str = ""
    address: str = ""

    @property
    def words(self):
        """How it stands: "Klart 12 mars 2025", "Senast …", "Försenat sedan …", "Ingen dag satt"."""
        return WORDS[self.standing](self)

    @property
    def is_done(self):
        return self.standing == Standing.DONE

    @property
    def is_late(self):
        return self.standing == Standing.LATE

    @property
    def is_waiting(self):
        """Whether its last day has passed too, but what is late is a step it stands on."""
        return self.standing == Standing.WAITING


WORDS: dict[Standing, Callable] = {
    Standing.DONE: lambda each: f"{each.step.done} {day(each.on)}",
    Standing.LATE: lambda each: f"Försenat sedan {day(each.due)}",
    Standing.WAITING: lambda each: f"Skulle ha varit klart {day(each.due)}",
    Standing.DUE: lambda each: f"Senast {day(each.due)}",
    Standing.PASSED: lambda each: f"Sista dag var {day(each.due)}",
    Standing.OPEN: lambda each: "Ingen dag satt",
}


def progress_of(district_id, cycle, *, facts, user, today=None, addresses=None, tabs=None):
    """Return the :class:`Progress` of each step that the place takes, in order; ``None`` is the city's own.

    ``facts`` are those of :func:`agreements.facts.facts_of`, ``addresses``
    those of :func:`addresses_of`, ``tabs`` name → address of the pages that the
    person sees. No query. That a draft has been begun is
    told only to whoever may know of it (domain §3).
    """
    today = today or timezone.localdate()
    found = {}
    for number, step in enumerate(YEAR_STEPS, start=1):
        if step.is_city == (district_id is None):
            address = (addresses or {}).get((step.name, district_id)) or (tabs or {}).get(step.page, "")
            known = is_known(step, district_id, facts, user)
            found[step.name] = _progress(number, step, district_id, cycle, facts, found, known, today, address)
    return list(found.values())


def _progress(number, step, district_id, cycle, facts, before, known, today, address):
    recorded = [facts.get((key, district_id)) for key in step.keys] if known else []
    due = getattr(cycle, step.field)
    said = {
        "number": number, "step": step, "due": due, "address": address,
        "opens": getattr(cycle, step.opens) if step.opens else None,
    }  # fmt: skip
    if recorded and all(recorded):
        return Progress(standing=Standing.DONE, on=max(fact.on for fact in recorded), **said)
    standing = standing_of(due, today)
    previous = before.get(step.after)
    so_far = facts.get((step.so_far, district_id)) if step.so_far else None
    part = so_far.told if so_far else ""
    if not known:
        standing = Standing.PASSED if standing == Standing.LATE else standing
        return Progress(standing=standing, note="Här syns det när planen är på granskning.", **said)
    if standing == Standing.LATE and previous and previous.standing in (Standing.LATE, Standing.WAITING):
        note = ". ".join(filter(None, (f"Väntar på: {previous.step.title}", part)))
        return Progress(standing=Standing.WAITING, note=note, **said)
    return Progress(standing=standing, note=part or _half_done(step, recorded) or beside(step, cycle), **said)


def standing_of(due, today):
    """Return how a step that is not done stands, by its last day; the day itself is not late."""
    if due is None:
        return Standing.OPEN
    return Standing.LATE if due < today else Standing.DUE


def _half_done(step, recorded):
    """Say which of several facts are recorded and which are missing; empty when none is."""
    if not any(recorded):
        return ""
    there = [f"{name} {day(fact.on)}" for (_, name), fact in zip(step.facts, recorded, strict=True) if fact]
    missing = [name for (_, name), fact in zip(step.facts, recorded, strict=True) if not fact]
    told = f"{' och '.join(there)}; {' och '.join(missing)} saknas"
    return upper_first(told)


def beside(step, cycle):
    """Say the other day that belongs to the step; empty if it has none."""
    label, name = step.beside or ("", "")
    value = name and getattr(cycle, name)
    return f"{label} {day(value)}" if value else ""


def is_known(step, district_id, facts, user):
    """Whether the person may know if the step is done: of a draft only those know who write it or were shown it."""
    access = access_of(user)
    if not step.needs_to_know or any(access.allows(each, district_id) for each in step.needs_to_know):
        return True
    is_shared = ("draft_shared", district_id) in facts and access.allows(P.READ_SHARED_DRAFT, district_id)
    return is_shared or ("review", district_id) in facts


def addresses_of(user, district_ids, cycle):
    """Return where the person takes the steps, by (step name, district id); a fixed number of queries."""
    found = {}
    for source in WHERE_DONE:
        found |= source(user, list(district_ids), cycle)
    return found


SIGNS = {
    Standing.DONE: "Klart",
    Standing.LATE: "Försenat",
    Standing.DUE: "Kommer",
    Standing.WAITING: "Väntar på steget före",
    Standing.PASSED: "Sista dagen har gått",
}


def signs_of(steps):
    """Return (standing, what it is called) of those the wheel has; a step without a last day is not in it."""
    there = {each.standing for each in steps if each.due}
    return [(standing, name) for standing, name in SIGNS.items() if standing in there]


def in_words(steps, today=None):
    """Return how far a district's year has come as sentences; the city's are :func:`agreements.year.city.in_words`."""
    done, late = sum(each.is_done for each in steps), late_in_words(steps)
    said = [f"{done} av {len(steps)} steg är klara."]
    if late:
        said.append(f"{upper_first(late)}.")
    return " ".join([*said, *nearest_in_words(steps, today)])


def late_in_words(steps):
    """Say how many of the steps are late and how many wait for them; "" when none is."""
    late = sum(each.is_late for each in steps)
    if not late:
        return ""
    waiting = sum(getattr(each, "is_waiting", False) for each in steps)
    waits = f", {'ett' if waiting == 1 else waiting} väntar på {'det' if late == 1 else 'dem'}" if waiting else ""
    return f"{'ett är försenat' if late == 1 else f'{late} är försenade'}{waits}"


def nearest_in_words(steps, today=None):
    """Return a sentence on the step whose last day comes next, in a list; an empty one when none does."""
    today = today or timezone.localdate()
    coming = [each for each in steps if not each.is_done and each.due and each.due >= today]
    if not coming:
        return []
    nearest = min(coming, key=lambda each: each.due)
    return [f"Närmast: {lower_first(nearest.step.title)}, {day(nearest.due)}."]
