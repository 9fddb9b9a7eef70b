"""What the city proposes for the coming year (section 11), and the rows of its next handlingsplan that it becomes.

A proposal is written while the report is open. It may be put in the plan of
the year after whenever that plan is being written, also when the report has
been published: then it is an ordinary row of the plan, written through
``plans/editing.py``, and the proposal remembers which. Until then it waits,
also for the year itself to be put up.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef
from django.urls import reverse
from django.utils import timezone

from agreements.claiming import claim
from agreements.enums import OrganisationKind
from agreements.models import AreaMapping, Organisation, PlanningCycle
from agreements.permissions import CITY_PARTIES
from agreements.scope import CITY_SLUG, Scope
from followup.enums import ProposalKind, ReportState
from followup.models import AnnualReport, ProposedRow, ReportProposal
from followup.report.writing import open_for_writing
from plans import editing
from plans.basis import areas_of
from plans.content import Content
from plans.document import clean_text
from plans.enums import ResponsibilityKind, TimingKind
from plans.errors import EditRefused
from plans.models import Action, ActionPlan, Commitment, PlanArea
from plans.operations import InsertRow, SetFields
from plans.permissions import EDITABLE_STATES, check_create, check_edit
from trygghet.dates import day
from trygghet.workflow import StepRefused

PARTIES = CITY_PARTIES | {OrganisationKind.POLICE}
FIELDS = ("kind", "area", "problem", "text", "owner", "owner_text", "when", "due_on", "budget")
"""What is written in a proposal."""
IN_THE_PLAN = (
    "Förslaget är lagt i stadens handlingsplan och kan inte tas bort ur rapporten. Ändra raden i planen i stället."
)
NO_AREA = "Området för «{text}» finns inte i handlingsplanen {year}. Byt område i förslaget eller skriv raden i planen."


# --- Writing


def next_cycle(cycle):
    """Return the planning year after, with its areas; None if the city has not put it up (1 query)."""
    return PlanningCycle.objects.select_related("area_set").filter(year=cycle.year + 1).first()


def areas_for(cycle, coming):
    """Return (code, title) of the areas that a proposal can be in: those of the coming year, else of the report's own.

    ``coming`` is what :func:`next_cycle` returns. One query.
    """
    area_set = (coming or cycle).area_set
    return [(area.code, area.title) for area in area_set.areas.all()]


def owners():
    """Return those that can answer for a proposal: the city's departments and companies, and the police."""
    return Organisation.objects.filter(district=None, kind__in=PARTIES).order_by("name")


@transaction.atomic
def add(cycle, values, *, by):
    """Write a new proposal last in the year's report, and return it; raise StepRefused if the report is not open.

    One that says the same in every field is there already, and is returned: a form sent twice proposes once.
    """
    report, values = open_for_writing(cycle), _cleaned(values)
    same = report.proposals.filter(**values).first()
    if same:
        return same
    last = report.proposals.aggregate(last=Max("position"))["last"] or 0
    proposal = ReportProposal(report=report, position=last + 1)
    return _written(proposal, values, by)


@transaction.atomic
def change(proposal, values, *, seen, by):
    """Write in the proposal as it was read in version ``seen``.

    Raises StaleRow if somebody else has changed it meanwhile, and StepRefused if
    the report is not open; then nothing is changed.
    """
    proposal.report = open_for_writing(proposal.report.cycle)
    claim(proposal, seen)
    return _written(proposal, _cleaned(values), by)


def _cleaned(values):
    return {name: clean_text(values[name]) if isinstance(values[name], str) else values[name] for name in FIELDS}


def _written(proposal, values, by):
    for name, value in values.items():
        setattr(proposal, name, value)
    proposal.by, proposal.at = by, timezone.now()
    proposal.save()
    return proposal


@transaction.atomic
def remove(proposal, *, seen):
    """Remove the proposal as it was read in version ``seen``.

    Raises StaleRow, and StepRefused if the report is not open or the proposal
    has become a row of the plan, whose origin it is.
    """
    proposal.report = open_for_writing(proposal.report.cycle)
    if proposal.rows.exists():
        raise StepRefused(IN_THE_PLAN)
    claim(proposal, seen)
    proposal.delete()


@transaction.atomic
def move(proposal, step):
    """Let the proposal change places with the one before it (``step`` -1) or after it (1), if there is one.

    Raises StepRefused if the report is not open. The order is no part of what is written, so no version is claimed.
    """
    report = open_for_writing(proposal.report.cycle)
    ordered = list(report.proposals.all())
    at = next((at for at, each in enumerate(ordered) if each.pk == proposal.pk), None)
    if at is None or not 0 <= at + step < len(ordered):
        return
    ordered[at], ordered[at + step] = ordered[at + step], ordered[at]
    for position, each in enumerate(ordered, start=1):
        each.position = position
    ReportProposal.objects.bulk_update(ordered, ["position"])


# --- What they have become


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """The row of the city's plan that a proposal is; ``address`` is "" for who does not read the plan."""

    plan: ActionPlan
    uid: UUID
    kind: str
    address: str = ""


def became_of(report, user):
    """Return {proposal's id: :class:`Became`} of those whose row is still in the city's plan (up to 5 queries)."""
    rows = ProposedRow.objects.filter(proposal__report=report).select_related("plan__cycle", "plan__district")
    rows = list(rows.order_by("pk"))
    if not rows:
        return {}
    plans = {row.plan_id for row in rows}
    reads = set(ActionPlan.objects.visible_to(user).filter(pk__in=plans).values_list("pk", flat=True))
    there = set(Action.objects.filter(plan__in=plans).values_list("uid", flat=True))
    areas = dict(Commitment.objects.filter(plan__in=plans).values_list("uid", "plan_area__position"))
    return {
        row.proposal_id: Became(
            plan=row.plan, uid=row.row, kind=row.kind,
            address=_address(row, areas.get(row.row)) if row.plan_id in reads else "",
        )
        for row in rows
        if row.row in there or row.row in areas
    }  # fmt: skip


def waiting(proposals):
    """Keep the proposals of a query set that no row of the city's plan is of."""
    here = {"plan": OuterRef("plan"), "uid": OuterRef("row")}
    rows = ProposedRow.objects.filter(
        Exists(Action.objects.filter(**here)) | Exists(Commitment.objects.filter(**here)), proposal=OuterRef("pk")
    )
    return proposals.filter(~Exists(rows))


def decided_and_waiting(today):
    """Return {report's year: how many} of the decided proposals that the city's plan can take now (1 query).

    The report is published, and the plan is that of today's year or a coming one, which is put up and not decided.
    """
    coming = PlanningCycle.objects.filter(year=OuterRef("report__cycle__year") + 1, year__gte=today.year)
    closed = ActionPlan.objects.filter(district=None, cycle__year=OuterRef("report__cycle__year") + 1)
    found = waiting(ReportProposal.objects.filter(report__state=ReportState.PUBLISHED)).filter(
        Exists(coming), ~Exists(closed.exclude(state__in=EDITABLE_STATES))
    )
    counted = found.order_by("report__cycle__year").values("report__cycle__year").annotate(count=Count("pk"))
    return dict(counted.values_list("report__cycle__year", "count"))


def _address(row, position):
    where = [CITY_SLUG, row.plan.year]
    return reverse("plans:area", args=[*where, position]) if position else reverse("plans:row", args=[*where, row.row])


# --- Putting them in the plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """What came of it: the plan, how many proposals became rows, and how many of the chosen were there already."""

    plan: ActionPlan
    count: int
    had: int


def why_not_put(user, report_year):
    """Return the sentence that says why the city's plan of the year after takes no proposals now; "" if it does.

    Raises PermissionDenied with the reason for who does not write the city's plan. Up to 2 queries.
    """
    check_create(user, Scope(None))
    try:
        cycle = editing.cycle_of(report_year + 1)
    except EditRefused as error:
        return str(error)
    plan = ActionPlan.objects.with_place().filter(district=None, cycle=cycle).first()
    return "" if plan is None or plan.state in EDITABLE_STATES else _closed(plan)


def _closed(plan):
    return (
        f"Handlingsplanen för {plan.year} har status {plan.get_state_display()} och tar inte emot fler rader. "
        "Förslagen kan läggas in när planen är utkast eller på granskning."
    )


@transaction.atomic
def put(report, chosen, *, by):
    """Put the chosen proposals (ids) in the city's plan of the year after, begun if need be; return :class:`Put`.

    An action stands under its problem (the one of the same name in the area,
    or a new one) and a cause that is still to be written: which cause an
    action answers is for those who write the plan. A commitment stands with
    its area. What the plan already has is not put there again. Raises
    PermissionDenied with the reason, and EditRefused where the year is not
    opened, the plan is decided on, or an area is missing; then nothing is written.
    """
    check_create(by, Scope(None))
    # Held, so that two who press the button put nothing twice.
    report = AnnualReport.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=report.pk)
    plan = _plan_for(editing.cycle_of(report.year + 1), by)
    proposals = list(report.proposals.filter(pk__in=chosen).select_related("owner"))
    had = became_of(report, by)
    new = [each for each in proposals if each.pk not in had]
    if new:
        bag = _Bag(plan, report)
        for proposal in new:
            bag.take(proposal)
        editing.apply(plan, bag.operations(), by=by, summary=_summary(len(new), report.year))
        ProposedRow.objects.bulk_create(
            ProposedRow(proposal=proposal, plan=plan, row=row, kind=proposal.kind, by=by) for proposal, row in bag.rows
        )
    return Put(plan=plan, count=len(new), had=len(proposals) - len(new))


def _plan_for(cycle, by):
    plan = ActionPlan.objects.filter(district=None, cycle=cycle).first() or editing.create_plan(None, cycle, by=by)
    plan = ActionPlan.objects.select_for_update(of=("self",)).with_place().get(pk=plan.pk)
    if plan.state not in EDITABLE_STATES:
        raise EditRefused(_closed(plan))
    check_edit(by, plan)
    return plan


def _summary(count, year):
    return f"La in {count} förslag från årsrapporten {year}"


class _Bag:
    """The rows to add, in the order they are proposed, and which proposal each is of."""

    def __init__(self, plan, report):
        self.plan, self.report = plan, report
        self.content = Content.whole(plan)
        tabs = PlanArea.objects.filter(plan=plan, area__isnull=False)
        self.tabs = {code: str(uid) for code, uid in tabs.values_list("area__code", "uid")}
        self.successors = None
        self.inserts, self.rows = [], []
        self.commitments = {}  # uid of an area → its commitments as they will be
        self.problems, self.causes = {}, {}  # (area, title) → problem; problem → the cause that is to be written
        self.last = {}  # (parent, kind) → the uid that the next such row comes after

    def take(self, proposal):
        """Take the proposal as a row of its kind."""
        area = self._area(proposal)
        take = self._commitment if proposal.kind == ProposalKind.COMMITMENT else self._action
        self.rows.append((proposal, UUID(take(area, proposal))))

    def operations(self):
        """Return what is to be done in the plan."""
        return [
            *self.inserts,
            *(
                SetFields(kind="area", uid=uid, values={"commitments": every})
                for uid, every in self.commitments.items()
            ),
        ]

    def _area(self, proposal):
        """Return the tab of the proposal's area, or of the only one that takes over from it in a new set."""
        if proposal.area in self.tabs:
            return self.tabs[proposal.area]
        successors = self._successors().get(proposal.area, set()) & set(self.tabs)
        if len(successors) != 1:
            raise EditRefused(NO_AREA.format(text=_short(proposal.text), year=self.plan.year))
        return self.tabs[successors.pop()]

    def _successors(self):
        if self.successors is None:
            self.successors = {}
            mappings = AreaMapping.objects.filter(new__area_set=areas_of(self.plan))
            for old, new in mappings.values_list("old__code", "new__code"):
                self.successors.setdefault(old, set()).add(new)
        return self.successors

    def _commitment(self, area, proposal):
        every = self.commitments.setdefault(area, list(self.content.apart[area, "commitments"]))
        uid = str(uuid4())
        told = {
            "uid": uid,
            "organisation": _owner(proposal),
            "text": _in_one(proposal),
            "due_on": proposal.due_on.isoformat() if proposal.due_on else "",
        }
        every.append({name: value for name, value in told.items() if value})
        return uid

    def _action(self, area, proposal):
        problem = self._problem(area, proposal.problem)
        values = {
            "text": proposal.text,
            "who": _owner(proposal),
            "when": _when(proposal),
            "timings": _timings(proposal),
            "responsibilities": _responsibilities(proposal),
        }
        values = {name: value for name, value in values.items() if value}
        return self._insert("action", self._cause(problem), problem, values)

    def _problem(self, area, title):
        key = area, _same(title)
        if key not in self.problems:
            there = [uid for uid in self.content.order.get((area, "problem"), []) if self._says(uid, "title", title)]
            self.problems[key] = there[0] if there else self._insert("problem", area, area, {"title": title})
        return self.problems[key]

    def _cause(self, problem):
        if problem not in self.causes:
            there = [uid for uid in self.content.order.get((problem, "cause"), []) if self._says(uid, "text", "")]
            self.causes[problem] = there[0] if there else self._insert("cause", problem, problem, {})
        return self.causes[problem]

    def _says(self, uid, field, text):
        return _same(getattr(self.content.rows[uid], field)) == _same(text)

    def _insert(self, kind, parent, among, values):
        """Add the row last among its siblings; those of an action are all the actions of its problem, ``among``."""
        siblings = self.content.order.get((among, kind), [])
        after = self.last.get((among, kind)) or (siblings[-1] if siblings else None)
        row = InsertRow(kind=kind, uid=str(uuid4()), parent=parent, after=after, values=values)
        self.inserts.append(row)
        self.last[among, kind] = row.uid
        return row.uid


def _same(text):
    """Return what makes two titles the same to a reader: neither case, space nor a full stop tells them apart."""
    return " ".join(text.split()).casefold().rstrip(".")


def _short(text):
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59].rstrip()}…"


def _owner(proposal):
    return str(proposal.owner) if proposal.owner else proposal.owner_text


def _when(proposal):
    """Return the När cell: the words, the last day, and when it has to be in the budget."""
    last_day = f"Senast {day(proposal.due_on)}" if proposal.due_on else ""
    return "\n".join(filter(None, (proposal.when, last_day, _budget(proposal))))


def _budget(proposal):
    return f"Budget: {proposal.budget}" if proposal.budget else ""


def _in_one(proposal):
    """Return a commitment's text: beside its last day it has no cell for when, nor any for the budget."""
    when = f"När: {proposal.when}" if proposal.when else ""
    return "\n".join(filter(None, (proposal.text, when, _budget(proposal))))


def _timings(proposal):
    if not proposal.due_on:
        return []
    return [{"uid": str(uuid4()), "kind": TimingKind.DEADLINE.value, "ends_on": proposal.due_on.isoformat()}]


def _responsibilities(proposal):
    if not proposal.owner:
        return []
    return [{"uid": str(uuid4()), "kind": ResponsibilityKind.LEAD.value, "organisation": str(proposal.owner)}]
