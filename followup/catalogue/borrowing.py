"""Borrowing a decided action of another place into one's own draft.

What is borrowed becomes ordinary rows, written through ``plans/editing.py``, and
each remembers what it came from. It goes under a cause of the own plan, or
brings its cause, or its problem and its cause, along. What the plan has
borrowed already is not borrowed again. An action of the place's own goes on
from year to year through its follow-up (``followup/next_year.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from agreements.models import AreaMapping
from agreements.permissions import Permission, access_of
from followup.models import BorrowedAction
from followup.moved_year import fresh_values, is_unsure, moved_values
from plans import editing
from plans.basis import areas_of
from plans.comparison import flatten
from plans.content import Content
from plans.errors import EditRefused
from plans.loading import load_document
from plans.models import Action, ActionPlan, Cause, Problem
from plans.operations import InsertRow
from plans.outline import Outline, excerpt
from plans.permissions import EDITABLE_STATES, check_edit
from plans.versions import document_of

KINDS = ("area", "problem", "cause")
# What is true where it was written and says nothing of the place that borrows it.
LOCAL = {"cause": {"neighbourhoods", "scope", "evidence"}}
LOCAL_IN_GOAL = {"baseline", "baseline_date"}
OWN = "Det är er egen åtgärd. Det som ska fortsätta nästa år förs över från uppföljningen."
GONE = "Platsen du valde finns inte längre i planen. Välj en annan."
DECIDED_ANEW = (
    "Planen som åtgärden står i har beslutats på nytt sedan du öppnade sidan. "
    "Läs åtgärden som den nu är och låna in den sedan."
)


class AlreadyBorrowed(EditRefused):
    """The draft has borrowed the action; ``row`` is the row that it is there."""

    def __init__(self, place):
        self.row = place.uid
        area = place.area.canonical_title or place.area.title
        super().__init__(f"Åtgärden är redan inlånad: {place.name.lower()} i området {area}.")


def drafts_of(user):
    """Return the drafts that the person writes in, the latest year first (1 query)."""
    writes = access_of(user).reach({Permission.EDIT_PLAN})
    if not writes:
        return []
    plans = ActionPlan.objects.visible_to(user).filter(writes.condition(), state__in=EDITABLE_STATES)
    return list(plans.select_related("district", "cycle").order_by("-cycle__year", "district__name"))


def borrowed_into(plans):
    """Return {(plan's id, id of the plan it is from, row there): row here} of what the plans still have (1 query)."""
    if not plans:
        return {}
    still = Q()
    for kind, model in (("problem", Problem), ("cause", Cause), ("action", Action)):
        still |= Q(kind=kind, row__in=model.objects.filter(plan__in=plans).values("uid"))
    rows = BorrowedAction.objects.filter(still, plan__in=plans).order_by("pk")
    return {tuple(key): row for *key, row in rows.values_list("plan", "from_version__plan", "from_row", "row")}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A place where the action can go: ``key`` is "area:<uid>", "problem:<uid>" or "cause:<uid>"."""

    key: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class AreaChoices:
    """The places of an area of the plan: a problem of its own, then (the problem, its places) one by one."""

    title: str
    own: Choice
    problems: list
    is_open: bool = False


class Borrowing:
    """A catalogued action, and the draft that it may be borrowed into.

    The row must come with its version and that one's place, the plan with its place.
    """

    def __init__(self, plan, row):
        self.plan, self.row, self.version = plan, row, row.version
        document = document_of(self.version)
        self.place = Outline(document).places[str(row.row)]
        self.values = flatten(document).by_uid

    @property
    def is_own(self):
        """Whether the action is of the same place as the draft."""
        return self.row.plan.district_id == self.plan.district_id

    @property
    def source(self):
        """Where it comes from, such as "Farsta 2025"."""
        return f"{self.row.plan.scope} {self.row.year}"

    @cached_property
    def here(self):
        """The draft as it stands."""
        return Outline(load_document(self.plan))

    @cached_property
    def had(self):
        """The rows of the draft that come from rows of the same plan: the row there → the row here."""
        found = borrowed_into([self.plan])
        return {str(row): str(here) for (_, plan, row), here in found.items() if plan == self.row.plan_id}

    @property
    def borrowed(self):
        """The place in the draft where the action is already, or None."""
        uid = self.had.get(self.place.uid)
        return self.here.find("action", uid) if uid else None

    @property
    def when(self):
        """When it is to be done, as the borrowed text will say."""
        return self._values(self.place)["when"]

    @property
    def is_unsure(self):
        """Whether När names years that were not moved, so that a person has to look."""
        return is_unsure(self.when, self.plan.year)

    # --- Where it can go

    def choices(self, chosen=""):
        """Return :class:`AreaChoices` for each area of the draft; ``chosen`` is the key that is marked."""
        return [self._choices_in(area, chosen) for area in self.here.of_kind["area"]]

    def _choices_in(self, area, chosen):
        def choice(place, label):
            key = f"{place.kind}:{place.uid}"
            return Choice(key=key, label=label, is_chosen=key == chosen)

        problems = []
        for problem in self.here.below(area):
            causes = [choice(cause, cause.label) for cause in self.here.below(problem)]
            problems.append((problem, [*causes, choice(problem, f"Ny orsak: {self._called(self.place.cause)}")]))
        new = f"Nytt problemområde: {self._called(self.place.problem)}"
        own = choice(area, f"{new}, med orsaken {self._called(self.place.cause)}")
        every = [own, *(each for _, several in problems for each in several)]
        return AreaChoices(
            title=area.text, own=own, problems=problems, is_open=any(each.is_chosen for each in every)
        )  # fmt: skip

    def _called(self, place):
        return f"«{excerpt(place.text)}»" if place.text else "utan text"

    def default(self, under=""):
        """Return the key of where it most likely goes: ``under`` a cause, with what it stood with, or in its area."""
        if under and self.here.find("cause", under):
            return f"cause:{under}"
        for place in (self.place.cause, self.place.problem):
            found = self.here.find(place.kind, self.had.get(place.uid, "")) or self._alike(place)
            if found:
                return f"{found.kind}:{found.uid}"
        area = self._area()
        return f"area:{area.uid}" if area else ""

    def _alike(self, place):
        """Return the draft's row of the kind that says the same, where it says something."""
        here = self.here.of_kind[place.kind]
        return next((each for each in here if each.text and each.text == place.text), None)

    def _area(self):
        """Return the draft's area that is the same as the action's, or the only one it is mapped to, or None."""
        section = self.place.area
        tabs = {each.node.code or each.text: each for each in self.here.of_kind["area"]}
        same = tabs.get(section.code or section.canonical_title or section.title)
        if same or not section.code:
            return same
        older, newer = sorted((areas_of(self.row.plan), areas_of(self.plan)), key=lambda each: each.valid_from)
        mappings = AreaMapping.objects.filter(old__area_set=older, new__area_set=newer)
        mappings = mappings.filter(Q(old__code=section.code) | Q(new__code=section.code))
        pairs = mappings.values_list("old__code", "new__code")
        others = {code for pair in pairs for code in pair if code != section.code and code in tabs}
        return tabs[others.pop()] if len(others) == 1 else None

    # --- The rows

    def rows(self, key):
        """Return what to add where ``key`` says, an :class:`InsertRow` each, and the row it came from.

        Raises EditRefused for a place that is not in the draft.
        """
        kind, _, uid = key.partition(":")
        place = self.here.find(kind, uid) if kind in KINDS else None
        if place is None:
            raise EditRefused(GONE)
        content = Content.whole(self.plan)
        parent, rows = place.uid, []
        for brought in (self.place.problem, self.place.cause)[KINDS.index(kind) :]:
            parent = self._add(rows, brought, parent, self._end(content, brought.kind, parent))
        self._add(rows, self.place, parent, self._end(content, "action", parent))
        return rows

    def _end(self, content, kind, parent):
        """Return the row after which one of the kind comes last under the parent, None for first or a new parent."""
        if parent in content.rows:
            return content.end_of(kind, parent)
        return None

    def _add(self, rows, place, parent, after):
        row = InsertRow(kind=place.kind, uid=str(uuid4()), parent=parent, after=after, values=self._values(place))
        rows.append((row, place))
        return row.uid

    def _values(self, place):
        values = fresh_values(place.kind, self.values[place.uid].values)
        if place.kind == "action":
            for year in range(self.row.year, self.plan.year):
                values = moved_values("action", values, year)
            values["operational_goals"] = [_without_baseline(goal) for goal in values["operational_goals"]]
        return {name: value for name, value in values.items() if name not in LOCAL.get(place.kind, ())}


def _without_baseline(goal):
    return {name: value for name, value in goal.items() if name not in LOCAL_IN_GOAL}


@transaction.atomic
def borrow(borrowing, key, *, by, seen):
    """Write the action in the draft where ``key`` says, and return the row's uid.

    ``seen`` is the number of the version that the person read it in. Raises
    PermissionDenied with the reason, AlreadyBorrowed, and EditRefused with
    what stands in the way; then nothing is written.
    """
    check_edit(by, borrowing.plan)
    plan = ActionPlan.objects.select_for_update(of=("self",)).with_place().get(pk=borrowing.plan.pk)
    now = Borrowing(plan, borrowing.row)  # as it stands now that nobody else can write in it
    if now.is_own:
        raise EditRefused(OWN)
    if seen != now.version.number:
        raise EditRefused(DECIDED_ANEW)
    if now.borrowed:
        raise AlreadyBorrowed(now.borrowed)
    rows = now.rows(key)
    summary = f"Lånade in en åtgärd från {now.source}: «{excerpt(now.row.text, 100)}»"
    editing.apply(plan, [row for row, _ in rows], by=by, summary=summary)
    BorrowedAction.objects.bulk_create(
        BorrowedAction(
            plan=plan, row=UUID(row.uid), from_version=now.version, from_row=UUID(place.uid), kind=place.kind, by=by
        )
        for row, place in rows
    )
    return rows[-1][0].uid
