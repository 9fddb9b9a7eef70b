"""How far every district has come with its plan for a year, and what the plans hold together: the city's figures.

The page and the workbook show what is worked out here and count nothing
themselves. Of a draft only its status is known. Numbers are those of the
latest frozen version that the person may read, for the city's groups the
latest that has been sent to them, so that they equal its analysis tab and the
list of plans (:mod:`plans.overview`). They may be an earlier version's than
the one in force, and then say so. A district without such a version is named
as missing and is never a zero.
"""

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from agreements.models import District, PlanningCycle
from plans.document import Counts
from plans.enums import PlanState, SubmissionState
from plans.models import ActionPlan, PlanVersion, Submission
from plans.overview import NEXT_VERSION, districts_of
from plans.permissions import DECIDED_STATES
from trygghet.words import listed

NOTHING = Counts(0, 0, 0)
MISSING = "Saknas"
COLUMNS = {
    "plan": ("Plan", "review_due"),
    "decided": ("Beslutad", "decision_due"),
    "submitted": ("Inskickad", "submission_due"),
    "answered": ("Kvitterad", ""),
    "board": ("Nämnd (T1)", "board_due"),
}
"""The steps by name: what their column is called, and the field of the cycle that holds their last day."""

OWN_AREAS = ""
"""The key of the column for areas that districts have added themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a district's plan, taken or not.

    ``mark`` is the shape beside the words: none, draft, review, open, waiting,
    back, late or done. ``on`` is the day it was taken. ``earlier`` is set on a
    step that only the version before has taken, and names that version.
    """

    name: str
    mark: str
    words: str
    on: date | None = None
    is_late: bool = False
    earlier: str = ""

    @property
    def column(self):
        """What the step's column is called."""
        return COLUMNS[self.name][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A step as a column: its last day, None if the city has not said."""

    title: str
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A column of the figures: a priority area, or the districts' own areas."""

    key: str
    title: str
    total: Counts


@dataclass(frozen=True, kw_only=True)
class Row:
    """A district in the year: its steps, and its figures if the city has them.

    ``version`` is the version in force. ``readable`` is the latest version
    that the person may read, to the city the latest that has been sent; the
    figures are its. It may be an earlier one, and ``earlier`` then says so.
    """

    district: District
    plan: ActionPlan | None = None
    version: PlanVersion | None = None
    readable: PlanVersion | None = None
    submission: Submission | None = None
    steps: tuple[Step, ...] = ()
    note: str = ""
    counts: Counts | None = None
    by_area: dict = field(default_factory=dict)  # key → Counts, of the areas that the plan has
    earlier: str = ""
    why_no_counts: str = ""

    @property
    def late(self):
        """The names of the steps whose last day has passed."""
        return {step.name for step in self.steps if step.is_late}


@dataclass(frozen=True, kw_only=True)
class Consolidation:
    """All districts of a year; ``rows`` in alphabetical order."""

    cycle: PlanningCycle
    rows: list[Row]
    areas: list[Area]

    @property
    def columns(self):
        """The steps with the year's last days."""
        return [Column(title=title, due=self._due(name)) for name, (title, _) in COLUMNS.items()]

    def _due(self, name):
        field_name = COLUMNS[name][1]
        return getattr(self.cycle, field_name) if field_name else None

    @property
    def decided(self):
        """The rows that have a decided version."""
        return [row for row in self.rows if row.version]

    @property
    def missing(self):
        """The rows without a plan."""
        return [row for row in self.rows if not row.plan]

    @property
    def counted(self):
        """The rows whose figures the city has."""
        return [row for row in self.rows if row.counts is not None]

    @property
    def sum(self):
        """Problems, causes and actions of the counted plans together."""
        return sum((row.counts for row in self.counted), NOTHING)

    @property
    def figures(self):
        """The rows with their counts in each area; None for an area in which the plan says nothing."""
        return [(row, [_unless_nothing(row.by_area.get(area.key)) for area in self.areas]) for row in self.rows]

    @property
    def figure_count(self):
        """How many numbers a counted row has in the figures."""
        return 3 * (len(self.areas) + 1)

    @property
    def unanswered(self):
        """The rows whose plan has been sent to the city and waits for its answer."""
        return [row for row in self.rows if row.submission and row.submission.state == SubmissionState.SENT]

    @property
    def late(self):
        """The late steps as (step's name, last day, rows), in the order the steps are taken."""
        found = {name: [row for row in self.rows if name in row.late] for name in COLUMNS}
        return [(name, self._due(name), rows) for name, rows in found.items() if rows]

    @property
    def undecided(self):
        """The districts without a decided version as (status, rows), the least far first."""
        found = {}
        for row in self.rows:
            if not row.version:
                found.setdefault(row.steps[0].words, []).append(row)
        order = [MISSING, *PlanState.labels]
        return sorted(found.items(), key=lambda item: order.index(item[0]))

    @property
    def examples(self):
        """Which plans are made up, in words; empty if none is."""
        made_up = [row for row in self.rows if row.plan and row.plan.is_example]
        real = [row for row in self.rows if row.plan and not row.plan.is_example]
        if len(made_up) <= max(len(real), 1):
            return names_in_words(made_up)
        return f"alla planer utom {names_in_words(real)}" if real else "alla planer"

    def in_words(self):
        """Return how many districts have decided and how many have not begun, as sentences."""
        return _in_words(len(self.rows), len(self.decided), len(self.missing))


def names_in_words(rows):
    """Return the rows' districts as a list within a sentence."""
    return listed([row.district.name for row in rows])


def _unless_nothing(counts):
    return None if counts == NOTHING else counts


def _in_words(total, decided, missing):
    if decided == total:
        return f"Alla {total} stadsdelar har en beslutad plan." if total > 1 else "Stadsdelen har en beslutad plan."
    if total == 1:
        return "Stadsdelen har ingen beslutad plan." + (" Den har inte börjat." if missing else "")
    told = f"{decided or 'Ingen'} av {total} stadsdelar har en beslutad plan."
    if missing == total:
        return f"{told} Ingen har börjat."
    return f"{told} {missing} har inte börjat." if missing else f"{told} Alla har börjat."


# --- Reading


def consolidate(user, cycle, today=None):
    """Return the year's :class:`Consolidation` as the person may know it (6 queries, whatever the number of plans).

    The person must be one who may see the city (``Permission.SEE_CITY``). The
    cycle must come with its set of areas.
    """
    today = today or timezone.localdate()
    plans = {plan.district_id: plan for plan in ActionPlan.objects.filter(cycle=cycle).with_place()}
    known = _Known(user, cycle, plans)
    rows = [known.row(district, plans.get(district.pk), today) for district in districts_of(cycle, plans)]
    return Consolidation(cycle=cycle, rows=rows, areas=_areas(cycle, rows, known.titles))


class _Known:
    """What is known of the plans' versions, by plan."""

    def __init__(self, user, cycle, plans):
        self.cycle = cycle
        self.by_id = {plan.pk: plan for plan in plans.values()}
        of_year = {"plan__cycle": cycle}
        status = PlanVersion.objects.filter(**of_year).select_related("board_decision")
        self.decided = self._by_plan(status.defer("document", "facts", "counts"))
        self.readable = self._by_plan(PlanVersion.objects.visible_to(user).filter(**of_year).defer("document", "facts"))
        sent = Submission.objects.visible_to(user).filter(version__plan__cycle=cycle).order_by("pk")
        self.submissions = {submission.version_id: submission for submission in sent}  # the latest of each version
        self.titles = {
            area["code"]: area["title"]
            for versions in self.readable.values()
            for version in versions
            for area in version.counts
        }

    def _by_plan(self, versions):
        """Return the versions of each plan, the latest first, with the plan at hand."""
        found = {}
        for version in versions.order_by("-number"):
            version.plan = self.by_id[version.plan_id]
            found.setdefault(version.plan_id, []).append(version)
        return found

    def row(self, district, plan, today):
        if plan is None:
            steps = _Steps(self.cycle, today, None, [], self.submissions).all()
            return Row(district=district, steps=steps, why_no_counts="ingen inskickad plan")
        decided, readable = (found.get(plan.pk, []) for found in (self.decided, self.readable))
        in_force = decided[0] if decided else None
        read = readable[0] if readable else None
        return Row(
            district=district,
            plan=plan,
            version=in_force,
            readable=read,
            submission=read and self.submissions.get(read.pk),
            steps=_Steps(self.cycle, today, plan, decided, self.submissions).all(),
            note=_next_version(plan, in_force),
            counts=read and read.sum,
            by_area=_by_area(read) if read else {},
            earlier=_earlier(read, in_force) if read else "",
            why_no_counts="" if read else _why_no_counts(in_force),
        )


def _next_version(plan, in_force):
    if in_force and plan.state in NEXT_VERSION:
        return f"Version {plan.version} {NEXT_VERSION[plan.state]}"
    return f"Version {in_force.number}" if in_force and in_force.number > 1 else ""


def _earlier(read, in_force):
    """Return which version the figures are of when it is not the one in force; empty when it is."""
    if read.number == in_force.number:
        return ""
    return f"version {read.number}; version {in_force.number} är inte inskickad"


def _why_no_counts(in_force):
    return "inte inskickad" if in_force else "ingen inskickad plan"


def _by_area(version):
    found = {}
    for area in version.counts:
        counts = Counts(area["problems"], area["causes"], area["actions"])
        found[area["code"]] = found.get(area["code"], NOTHING) + counts
    return found


def _areas(cycle, rows, titles):
    """Return the year's areas, then any that only a plan of another edition has, then the districts' own."""
    of_year = {area.code: area.short_title for area in cycle.area_set.areas.order_by("number")}
    others = {code: titles[code] for row in rows for code in row.by_area if code not in of_year and code != OWN_AREAS}
    columns = {**of_year, **others, OWN_AREAS: "Egna områden"}
    return [
        Area(key=key, title=title, total=sum((row.by_area.get(key, NOTHING) for row in rows), NOTHING))
        for key, title in columns.items()
    ]


# --- The steps


class _Steps:
    """The steps of a plan as they stand today; ``versions`` are its decided ones, the latest first."""

    def __init__(self, cycle, today, plan, versions, submissions):
        self.cycle, self.today, self.plan = cycle, today, plan
        self.version = versions[0] if versions else None
        self.versions, self.submissions = versions, submissions

    def all(self):
        return (self._plan(), self._decided(), self._submitted(), self._answered(), self._board())

    def _plan(self):
        if self.version or (self.plan and self.plan.state in DECIDED_STATES):
            state = self.plan.state if self.plan.state in DECIDED_STATES else PlanState.DECIDED
            return Step(name="plan", mark="done", words=PlanState(state).label)
        if self.plan and self.plan.state != PlanState.DRAFT:
            return Step(name="plan", mark="review", words=self.plan.get_state_display())
        # When the decision is late too, that says it all.
        is_late = self._has_passed("plan") and not self._has_passed("decided")
        mark, words = ("draft", PlanState.DRAFT.label) if self.plan else ("none", MISSING)
        return Step(name="plan", mark=mark, words=words, is_late=is_late)

    def _decided(self):
        return self._step("decided", self.version and self.version.decided_on)

    def _submitted(self):
        return self._after_decision("submitted", self._sent_on)

    def _answered(self):
        submission = self.version and self.submissions.get(self.version.pk)
        if not submission:
            return _not_yet("answered")
        if submission.state == SubmissionState.SENT:
            return Step(name="answered", mark="waiting", words="Väntar på svar")
        state, on = SubmissionState(submission.state), timezone.localdate(submission.answered_at)
        mark = "back" if state == SubmissionState.COMPLETION_REQUESTED else "done"
        return Step(name="answered", mark=mark, words=state.label, on=on)

    def _board(self):
        return self._after_decision("board", self._board_on)

    def _after_decision(self, name, taken_on):
        """Return a step that a decided plan takes; before that it waits and cannot be late.

        The last days are for the year's first decision: a version that
        replaces one which has taken the step is not late.
        """
        if not self.version:
            return _not_yet(name)
        on = taken_on(self.version)
        earlier = next((version for version in self.versions[1:] if taken_on(version)), None)
        if earlier and not on:
            return _not_yet(name, earlier=f"version {earlier.number}", on=taken_on(earlier))
        return self._step(name, on)

    def _step(self, name, on):
        if on:
            return Step(name=name, mark="done", words="Klar", on=on)
        if self._has_passed(name):
            return Step(name=name, mark="late", words="Försenad", is_late=True)
        return _not_yet(name)

    def _has_passed(self, name):
        due = getattr(self.cycle, COLUMNS[name][1])
        return due is not None and due < self.today

    def _sent_on(self, version):
        submission = self.submissions.get(version.pk)
        return submission and timezone.localdate(submission.at)

    def _board_on(self, version):
        decision = getattr(version, "board_decision", None)  # Django raises where there is none
        return decision and decision.decided_on


def _not_yet(name, **more):
    return Step(name=name, mark="open", words="Inte än", **more)
