"""A follow-up as it is read and written: each action with its answers, what remains, and for whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db.models import Q
from django.urls import reverse

from agreements.enums import GroupKind
from agreements.models import GroupMembership
from agreements.permissions import Permission, access_of
from followup.enums import FollowUpState
from followup.indicators.goals import baseline_target_outcome
from followup.models import ActionOutcome, Assessment, Fulfilment, GoalOutcome
from followup.parties import OWN_ADMINISTRATION, answering_for, must_answer
from followup.rules import NEEDS_REASON
from plans.models import GroupRow
from plans.outline import Outline, Place
from plans.versions import document_of

P = Permission


@dataclass(kw_only=True)
class ActionRow:
    """An action of the decided plan, with what has been answered of it."""

    place: Place
    outcome: ActionOutcome
    goals: list[GoalOutcome] = field(default_factory=list)
    parties: list[Fulfilment] = field(default_factory=list)

    @property
    def uid(self):
        return self.place.uid

    @property
    def missing(self):
        """What the action's own answer lacks before the follow-up can be handed in, as sentences; not the parties'."""
        found = [] if self.outcome.status else ["Status saknas."]
        if self.outcome.status in NEEDS_REASON and not self.outcome.reason:
            found.append("Skäl saknas.")
        left = sum(not goal.result for goal in self.goals)
        if left:
            found.append("Resultat saknas för ett mål." if left == 1 else f"Resultat saknas för {left} mål.")
        return found

    @property
    def is_complete(self):
        return not self.missing

    @property
    def is_begun(self):
        """Whether anything at all has been said of it."""
        said = (self.outcome.status, self.outcome.done, *(goal.result for goal in self.goals))
        return any(said) or any(party.answer for party in self.parties)

    @property
    def unanswered(self):
        """The parties that have not answered."""
        return [party for party in self.parties if not party.answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """How many answers a party has left; ``stops``: the follow-up is not handed in without them."""

    party: str
    count: int
    stops: bool

    @property
    def told(self):
        return f"{self.party} har {'ett svar' if self.count == 1 else f'{self.count} svar'} kvar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """How far a follow-up has come: actions answered of all, and which parties have answers left."""

    done: int
    total: int
    parties: list

    @property
    def told(self):
        """In one line: "24 av 31 åtgärder · Polisen har 7 svar kvar"."""
        actions = f"{self.done} av {self.total} åtgärder"
        return " · ".join([actions, *(left.told for left in self.parties)])


class Sheet:
    """A follow-up with all its answers (5 queries); it must come with its plan, place, year and version."""

    def __init__(self, follow_up):
        self.follow_up, self.plan = follow_up, follow_up.plan
        self.document = document_of(follow_up.version)
        self.outline = Outline(self.document)
        goals, parties = defaultdict(list), defaultdict(list)
        of = {"follow_up": follow_up}
        for goal in GoalOutcome.objects.filter(**of).order_by("position", "goal"):
            goals[str(goal.row)].append(goal)
        # The district's own first, then the police, then the others.
        for party in Fulfilment.objects.filter(**of).select_related("organisation").order_by("party"):
            parties[str(party.row)].append(party)
        for several in parties.values():
            several.sort(key=lambda each: (each.party != OWN_ADMINISTRATION, not must_answer(each, self.plan)))
        self.goals, self.parties = goals, parties
        outcomes = {str(row.row): row for row in ActionOutcome.objects.filter(**of).select_related("by")}
        self.rows = {
            place.uid: ActionRow(
                place=place, outcome=outcomes[place.uid], goals=goals[place.uid], parties=parties[place.uid]
            )
            for place in self.outline.of_kind["action"]
            if place.uid in outcomes
        }
        self.assessments = {
            str(row.row): row for row in Assessment.objects.filter(**of) if str(row.row) in self.outline.places
        }

    @cached_property
    def goal_values(self):
        """What the measurements say of the goals that are seen in an indicator, by goal (3 queries at most)."""
        return baseline_target_outcome(self.plan)

    @property
    def is_open(self):
        return self.follow_up.state == FollowUpState.OPEN

    def commitments(self):
        """Yield (area's place, commitment, its fulfilment) of the areas, which the city's plan has (seed 001)."""
        for area in self.outline.of_kind["area"]:
            for commitment in area.node.commitments:
                for party in self.parties[str(commitment.uid)]:
                    yield area, commitment, party

    def fulfilments(self):
        """Return the parties' answers to what the plan says: of each action, and of each åtagande."""
        of_actions = [party for row in self.rows.values() for party in row.parties]
        return of_actions + [party for _, _, party in self.commitments()]

    def area_goals(self):
        """Yield (area's place, goals) of the areas that have delmål."""
        for area in self.outline.of_kind["area"]:
            if self.goals[area.uid]:
                yield area, self.goals[area.uid]

    def remains(self, rows=None):
        """Return what remains, of all actions or those given."""
        rows = list(self.rows.values() if rows is None else rows)
        return Remains(
            done=sum(row.is_complete for row in rows), total=len(rows), parties=self.left(self.fulfilments())
        )

    def left(self, fulfilments):
        """Return a :class:`Left` for each party with answers left, those that are waited for first.

        A party that the register does not know cannot answer here and is not waited for.
        """
        waiting = [each for each in fulfilments if not each.answer and each.organisation_id]
        counts = Counter(each.party for each in waiting)
        stops = {each.party for each in waiting if must_answer(each, self.plan)}
        found = [Left(party=party, count=count, stops=party in stops) for party, count in counts.items()]
        return sorted(found, key=lambda left: (not left.stops, -left.count, left.party))

    def sections(self):
        """The document's areas, with each action's Uppföljning in a cell of its own."""
        return [
            replace(area, problems=tuple(_unshared(each) for each in area.problems)) for area in self.document.areas
        ]


def sheet_of(follow_up):
    """Return the follow-up's :class:`Sheet`, read once for the object, for a page and for what stands in its way."""
    if not hasattr(follow_up, "_sheet"):
        follow_up._sheet = Sheet(follow_up)
    return follow_up._sheet


def _unshared(problem):
    causes = tuple(
        replace(
            cause,
            actions=tuple(
                replace(action, shared_cells=tuple(cell for cell in action.shared_cells if cell != "follow_up"))
                for action in cause.actions
            ),
        )
        for cause in problem.causes
    )
    return replace(problem, causes=causes)


# --- Who writes what


class Writer:
    """What one person may write in a follow-up that is open (domain §3; 2 queries).

    The editor writes of every action; a co-writer of those where the own
    organisation is named; whoever sits in a working group of those that the
    group works on (seed 001: working groups follow up). Each answers for the
    own organisation, and nobody for another's.
    """

    def __init__(self, user, sheet):
        self.user, self.sheet, self.plan = user, sheet, sheet.plan
        access, place = access_of(user), sheet.plan.district_id
        self.is_editor = access.allows(P.WRITE_FOLLOW_UP, place) and access.allows(P.EDIT_PLAN, place)
        self.is_co_writer = access.allows(P.WRITE_FOLLOW_UP, place) and not self.is_editor
        self.answering = answering_for(user, self.plan)
        may_log = access.allows(P.LOG_PROGRESS, place) and not self.is_editor
        self.group_rows = rows_of_own_groups(user, self.plan) if may_log else set()

    def may_write(self, row):
        """Whether the person writes what became of the action."""
        if not self.sheet.is_open:
            return False
        if self.is_editor or (self.is_co_writer and any(self.answering.may_answer(each) for each in row.parties)):
            return True
        place = row.place
        above = {place.uid, place.cause.uid, place.problem.uid, str(place.area.uid)}
        return bool(above & self.group_rows)

    def may_answer(self, fulfilment):
        """Whether the person answers for the party."""
        return self.sheet.is_open and self.answering.may_answer(fulfilment)

    def may_assess(self):
        """Whether the person writes the assessments and the summary: the editor, for the preparation group."""
        return self.sheet.is_open and self.is_editor

    def own(self):
        """Return the fulfilments that the person answers, answered or not."""
        return [each for each in self.sheet.fulfilments() if self.answering.may_answer(each)]


def rows_of_own_groups(user, plan):
    """Return the uids of the plan's rows that working groups where the person sits work on, as text (1 query)."""
    seats = GroupMembership.objects.in_force().filter(user=user, group__kind=GroupKind.WORKING)
    rows = GroupRow.objects.filter(Q(group__in=seats.values("group")), plan=plan)
    return {str(uid) for uid in rows.values_list("row", flat=True)}


# --- Addresses


def address_of(follow_up, name="follow_up", *rest):
    """Return the address of one of the follow-up's pages; the follow-up must come with its place."""
    return address_in(follow_up.plan, name, *rest)


def address_in(plan, name="follow_up", *rest):
    """Return the address of one of the pages of a plan's follow-up."""
    return reverse(f"followup:{name}", args=[plan.scope.slug, plan.year, *rest])
