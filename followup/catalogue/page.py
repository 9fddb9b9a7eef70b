"""A page of the catalogue: each hit with where it stands, what came of it, and what the person can do with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse

from followup.catalogue.borrowing import borrowed_into, drafts_of
from followup.catalogue.search import shared_words
from followup.models import CataloguedAction
from plans.models import ActionPlan, Cause
from trygghet.dates import day

NOT_FOLLOWED_UP = "Inte uppföljd än"
NOT_TOLD = "Uppföljningen är inte publicerad"


@dataclass(frozen=True, kw_only=True)
class Way:
    """Somewhere to go from a hit; ``is_done``: the action is borrowed, and this is where it is."""

    label: str
    address: str
    is_done: bool = False


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An action where it was decided, as the person reads it."""

    row: CataloguedAction
    name: str  # "Farsta 2025"
    address: str
    shared: list = field(default_factory=list)
    ways: list = field(default_factory=list)
    is_own: bool = False  # of a place whose draft the person writes

    @property
    def is_told(self):
        """Whether the person reads what came of it."""
        return self.row.is_told

    @property
    def untold(self):
        """Why nothing is told of what came of it."""
        return NOT_FOLLOWED_UP if self.row.approved_on is None else NOT_TOLD

    @property
    def goals(self):
        """How many of its goals were met, in words; "" for one without goals."""
        met, asked = self.row.goals_met, self.row.goals_asked
        return f"{met} av {asked} mål uppnådda" if asked else ""

    @property
    def approved(self):
        """When its follow-up was approved, in words."""
        return day(self.row.approved_on)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A hit as the page shows it."""

    hit: object
    entries: list

    @property
    def rest_address(self):
        """Where all the plans that have the action are shown, one by one."""
        return f"{reverse('followup:catalogue')}?samma={self.entries[0].row.pk}"


class Ways:
    """What the person can do with the hits: borrow them into the drafts they write in (2 queries).

    ``cause`` limits it to the cause's own draft, under that cause.
    """

    def __init__(self, user, cause=None):
        drafts = drafts_of(user)
        self.drafts = [draft for draft in drafts if draft.pk == cause.plan_id] if cause else drafts
        self.homes = {draft.district_id for draft in drafts}
        self.cause = cause
        self.borrowed = borrowed_into(self.drafts)

    def of(self, row):
        """Return a :class:`Way` for each draft that is not of the place that the action is from."""
        return [self._into(draft, row) for draft in self.drafts if draft.district_id != row.district_id]

    def _into(self, draft, row):
        which = f"vår plan {draft.year}" if len(self.homes) == 1 else f"{draft.scope} {draft.year}"
        there = self.borrowed.get((draft.pk, row.plan_id, row.row))
        if there:
            address = reverse("plans:row", args=[draft.scope.slug, draft.year, "action", there])
            return Way(label=f"Finns i {which}", address=address, is_done=True)
        under = f"?under={self.cause.pk}" if self.cause else ""
        return Way(label=f"Låna in i {which}", address=borrow_address(draft, row) + under)


def borrow_address(draft, row):
    """Return where the catalogued action is borrowed into the draft."""
    return reverse("followup:borrow", args=[draft.scope.slug, draft.year, row.plan.scope.slug, row.year, row.row])


def decided_address(row):
    """Return where the catalogued action is read in the plan as it was decided."""
    return reverse("followup:catalogued", args=[row.plan.scope.slug, row.year, row.row])


def shown(found, asked, ways):
    """Return a :class:`Shown` for each hit; asks nothing."""
    return [Shown(hit=hit, entries=[_entry(row, asked, ways) for row in hit.rows]) for hit in found.hits]


def _entry(row, asked, ways):
    return Entry(
        row=row,
        name=f"{row.plan.scope} {row.year}",
        address=decided_address(row),
        shared=shared_words(row, asked),
        ways=ways.of(row),
        is_own=row.district_id in ways.homes,
    )


def cause_for(user, uid):
    """Return the cause, of a plan whose text the person reads, with its plan and place; None for none such."""
    causes = Cause.objects.filter(plan__in=ActionPlan.objects.visible_to(user))
    return causes.select_related("plan__district", "plan__cycle").filter(pk=uid).first()
