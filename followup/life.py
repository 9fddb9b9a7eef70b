"""An action over the years: what it led to in each, and why it stopped (M2 of the domain, the red thread).

The origins of carried rows join an action's rows in the plans of the years to one life.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from followup.catalogue.loans import Loan, loans_in
from followup.enums import FollowUpState, Implementation, NextYear
from followup.indicators.goals import values_of
from followup.models import ActionOutcome, Assessment, CarriedRow, FollowUp, Fulfilment, GoalOutcome
from plans.models import Action, ActionPlan, PlanVersion
from plans.outline import Outline
from plans.versions import document_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """An action in a year: what it said, and what came of it as far as the person may know.

    ``text`` is "" where the plan as the person reads it no longer has the action;
    ``outcome`` is None before anything has been answered, or where it may not be read.
    ``goals`` are those with a result, each with what its indicator says (a GoalValue or None), ``parties``
    those that have answered, and ``led_to`` what has been assessed of the problem that it is to act on.
    """

    plan: ActionPlan
    uid: str
    text: str = ""
    when: str = ""
    is_decided: bool = False
    outcome: ActionOutcome | None = None
    is_final: bool = False
    goals: tuple = ()
    parties: tuple[Fulfilment, ...] = ()
    led_to: Assessment | None = None

    @property
    def year(self):
        return self.plan.year

    @property
    def status(self):
        """What became of it, in words."""
        return self.outcome.get_status_display() if self.outcome else ""

    @property
    def words(self):
        """Return (heading, text) of what has been said of it."""
        if self.outcome is None:
            return []
        said = (
            ("Genomfört", self.outcome.done),
            ("Ändrades", self.outcome.changed),
            ("Underlättade", self.outcome.helped),
            ("Försvårade", self.outcome.hindered),
            ("Lärdom", self.outcome.lesson),
            ("Skäl", self.outcome.reason),
        )
        return [(heading, text) for heading, text in said if text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """An action's years, the earliest first, and in a sentence how it ended; "" while it goes on.

    ``loan`` is where it was borrowed from, if it began so.
    """

    years: list[Year]
    ending: str = ""
    loan: Loan | None = None

    @property
    def title(self):
        """What the action says in the latest year that the person reads."""
        return next((year.text for year in reversed(self.years) if year.text), "")


def life_of(plan, uid, user):
    """Return the :class:`Life` of the action that is a row of the plan; None if the person reads none of its years.

    A year whose plan the person may not read is not there, and nothing beyond it (ADR 12).
    The number of queries is the same however many years it has.
    """
    chain = _chain(plan, str(uid), user)
    keys = [key for key, _ in chain]
    plans = {found.pk: found for found in ActionPlan.objects.with_place().filter(pk__in=keys)}
    editions = _editions(chain, user)
    outcomes = _Outcomes(chain, editions, plans.values(), user)
    read = [step for step in chain if step in editions or step in outcomes]
    years = [_year(plans[step[0]], step[1], editions.get(step), outcomes.of(step)) for step in read]
    if not any(year.text for year in years):
        return None
    loans = loans_in(keys, user)
    loan = next((loans[step] for step in read if step in loans), None)
    return Life(years=years, ending=_ending(years[-1]), loan=loan)


def _links(user):
    """Keep where actions were carried between plans of which the person may read both (ADR 12).

    Whoever reads a decided version, and not the draft that has been made of
    it since, is told of what was carried over before that version was decided.
    """
    drafts, versions = ActionPlan.objects.visible_to(user), PlanVersion.objects.visible_to(user)
    since = versions.filter(plan=OuterRef("plan"), frozen_at__gte=OuterRef("at"))
    to = Q(plan__in=drafts.values("pk")) | Exists(since)
    back = Q(from_plan__in=drafts.values("pk")) | Q(from_plan__in=versions.values("plan"))
    return CarriedRow.objects.filter(to, back, kind="action").order_by("pk")


def _chain(plan, uid, user):
    """Return (plan id, row) of the action in each year that the person can follow it to, the earliest first (1 query).

    It ends before the first plan that the person may not read, in both directions.
    """
    rows = _links(user).filter(plan__district=plan.district_id)
    back, on = {}, {}
    for to, row, old, old_row in rows.values_list("plan", "row", "from_plan", "from_row"):
        back[to, str(row)] = (old, str(old_row))
        on[old, str(old_row)] = (to, str(row))  # the last, if it was removed and carried over anew
    here = (plan.pk, uid)
    earlier, later = [], []
    while (step := back.get((earlier or [here])[-1])) and step not in earlier:
        earlier.append(step)
    while (step := on.get((later or [here])[-1])) and step not in later:
        later.append(step)
    return [*reversed(earlier), here, *later]


def _editions(chain, user):
    """Return {(plan id, row): :class:`_Edition`} of what the person may read (at most 3 queries)."""
    wanted, found = dict(chain), {}
    for version in PlanVersion.objects.visible_to(user).in_force().filter(plan__in=wanted):
        key = (version.plan_id, wanted[version.plan_id])
        place = Outline(document_of(version)).find("action", key[1])
        if place:
            found[key] = _Edition(place.text, place.node.when, place.problem.uid, is_decided=True)
    drafts = ActionPlan.objects.visible_to(user).filter(pk__in=wanted.keys() - {key for key, _ in found})
    for row in Action.objects.filter(plan__in=drafts, uid__in=wanted.values()):
        found[row.plan_id, str(row.uid)] = _Edition(row.text, row.when)
    return found


@dataclass(frozen=True, slots=True)
class _Edition:
    """How a year's plan says the action, and the problem that it stands under."""

    text: str = ""
    when: str = ""
    problem: str = ""
    is_decided: bool = False


class _Outcomes:
    """The answers that the person may read, of each (plan id, row) of an action's years (at most 8 queries)."""

    def __init__(self, chain, editions, plans, user):
        readable = FollowUp.objects.visible_to(user).filter(plan__in=[key for key, _ in chain])
        self.states = {row.pk: (row.plan_id, row.state == FollowUpState.APPROVED) for row in readable}
        rows = [row for _, row in chain]
        self.outcomes = {key: answers[0] for key, answers in self._by_step(ActionOutcome, rows).items()}
        self.goals = self._by_step(GoalOutcome, rows, "position")
        self.parties = self._by_step(Fulfilment, rows, "party")
        self.problems = {key: edition.problem for key, edition in editions.items() if edition.problem}
        self.assessments = self._by_step(Assessment, list(self.problems.values()))
        self.values = values_of(plans) if self.goals else {}

    def _by_step(self, model, rows, *order):
        found = defaultdict(list)
        for answer in model.objects.filter(follow_up__in=self.states, row__in=rows).order_by(*order, "pk"):
            found[self.states[answer.follow_up_id][0], str(answer.row)].append(answer)
        return found

    def __contains__(self, step):
        return step in self.outcomes

    def of(self, step):
        """Return what a :class:`Year` has of it."""
        if step not in self.outcomes:
            return {}
        plan, _ = step
        outcome, values = self.outcomes[step], self.values.get(plan, {})
        assessed = self.assessments.get((plan, self.problems.get(step, "")), [])
        return {
            "outcome": outcome,
            "is_final": self.states[outcome.follow_up_id][1],
            "goals": tuple((goal, values.get(goal.goal)) for goal in self.goals.get(step, ()) if goal.result),
            "parties": tuple(party for party in self.parties.get(step, ()) if party.answer),
            "led_to": next((each for each in assessed if each.change or each.text), None),
        }


def _year(plan, row, edition, answers):
    edition = edition or _Edition()
    return Year(
        plan=plan, uid=row, text=edition.text, when=edition.when, is_decided=edition.is_decided, **answers
    )  # fmt: skip


def _ending(last):
    """Say in Swedish how the action ended, if it did: it was stopped, broken off, or finished and not carried on."""
    outcome = last.outcome
    if outcome is None or not (outcome.status or outcome.next_year):
        return ""
    if outcome.status == Implementation.CANCELLED:
        return f"Åtgärden avbröts {last.year}."
    if outcome.next_year == NextYear.STOP:
        return f"Åtgärden avslutades efter {last.year}."
    return ""


def history_of(plan, user):
    """Return {uid: words} for the actions with another year that the person may read (1 query).

    The words are "Från 2025", else "Vidare till 2026".
    """
    rows = _links(user).filter(Q(plan=plan) | Q(from_plan=plan))
    came, went = {}, {}
    fields = ("plan", "row", "plan__cycle__year", "from_row", "from_plan__cycle__year")
    for to, row, to_year, old_row, from_year in rows.values_list(*fields):
        if to == plan.pk:
            came[str(row)] = f"Från {from_year}"
        else:
            went[str(old_row)] = f"Vidare till {to_year}"
    return went | came
