"""Filling the catalogue: a row for each action of every plan's version in force, and what came of it when approved.

The rows say nothing of their own: they are made of the frozen version and the
frozen follow-up, and can be made anew at any time. So they are written when
the decision or the approval is in the database, which neither waits for them
nor fails because of them, and what was missed is made up for every day.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from followup import freezing
from followup.enums import GoalResult
from followup.models import ApprovedFollowUp, CataloguedAction
from plans.models import ActionPlan, PlanVersion
from plans.outline import Outline
from plans.versions import document_of, in_force

KEY = ("plan", "row")
FIELDS = [field for field in CataloguedAction._meta.concrete_fields if field.name not in ("id", *KEY)]


@dataclass(frozen=True, slots=True)
class Filled:
    """How many rows of the catalogue are new, changed, gone, and as they were; sums with +."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0

    def __add__(self, other):
        return Filled(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    def __bool__(self):
        return bool(self.added or self.changed or self.removed)


# --- When something is decided or approved


def on_decision(version):
    """Catalogue the plan's actions as decided, once the decision is in the database."""
    _after_commit(version.plan_id)


def on_approval(approved):
    """Add what came of the plan's actions, once the approval (an :class:`ApprovedFollowUp`) is in the database."""
    _after_commit(approved.follow_up.plan_id)


def _after_commit(plan_id):
    # A failure here is logged, and made up for; what was decided stays decided.
    transaction.on_commit(lambda: put(plan_id), robust=True)


# --- Making the rows


@transaction.atomic
def put(plan_id, *, write=True):
    """Let the catalogue say what the plan's version in force says; return :class:`Filled`.

    A constant number of queries, apart from the database's own limit to how
    much it takes at once. With ``write=False`` nothing is written.
    """
    plan = ActionPlan.objects.select_for_update(of=("self",)).select_related("district", "cycle").get(pk=plan_id)
    version = in_force(plan)
    wanted = {row.row: row for row in rows_of(plan, version, _approved(plan))} if version else {}
    there = {row.row: row for row in CataloguedAction.objects.filter(plan=plan)}
    added = [row for uid, row in wanted.items() if uid not in there]
    changed = [row for uid, row in wanted.items() if uid in there and _differ(row, there[uid])]
    gone = [row.pk for uid, row in there.items() if uid not in wanted]
    if write:
        _write(added + changed, gone)
    same = len(wanted) - len(added) - len(changed)
    return Filled(added=len(added), changed=len(changed), removed=len(gone), same=same)


def put_all(*, write=True, plans=None):
    """Do :func:`put` for every plan that has been decided, or those of the queryset; return the sum and how many."""
    plans = ActionPlan.objects.all() if plans is None else plans
    decided = list(plans.filter(pk__in=PlanVersion.objects.values("plan")).order_by("pk").values_list("pk", flat=True))
    return sum((put(plan, write=write) for plan in decided), Filled()), len(decided)


def make_up():
    """Catalogue the plans whose version in force is not there, as after a host that stopped; return how many rows."""
    versions = PlanVersion.objects.in_force().exclude(pk__in=CataloguedAction.objects.values("version"))
    late = ApprovedFollowUp.objects.exclude(
        follow_up__plan__in=CataloguedAction.objects.filter(approved_on__isnull=False).values("plan")
    )
    plans = {*versions.values_list("plan", flat=True), *late.values_list("follow_up__plan", flat=True)}
    filled, _ = put_all(plans=ActionPlan.objects.filter(pk__in=plans))
    return filled.added + filled.changed


def rows_of(plan, version, approved=None):
    """Return the rows that the version gives, not saved; what came of them as the approved follow-up says."""
    answers = freezing.document_of(approved).by_row() if approved else {}
    outline = Outline(document_of(version))
    texts = {
        (place.problem.uid, place.number): place.text for place in outline.of_kind["cause"]
    }  # an action names further causes by their numbers in the problem
    rows = []
    for position, place in enumerate((each for each in outline.of_kind["action"] if each.text), start=1):
        causes = [place.cause.text, *(texts[place.problem.uid, number] for number in place.node.also_causes)]
        rows.append(
            CataloguedAction(
                plan=plan,
                version=version,
                district=plan.district,
                year=plan.year,
                row=UUID(place.uid),
                position=position,
                area=place.area.code,
                area_title=place.area.canonical_title or place.area.title,
                problem=place.problem.text,
                cause=place.cause.text,
                text=place.text,
                goals=place.node.goals,
                when=place.node.when,
                who=place.node.who,
                words="\n".join([place.text, *causes, place.problem.text]).lower(),
                **(_outcome(answers[place.uid], approved) if place.uid in answers else {}),
            )
        )
    return rows


def _approved(plan):
    return ApprovedFollowUp.objects.filter(follow_up__plan=plan).select_related("follow_up").first()


def _outcome(answer, approved):
    return {
        "status": answer.status,
        "light": answer.light,
        "done": answer.done,
        "lesson": answer.lesson,
        "goals_met": sum(goal.result == GoalResult.MET for goal in answer.goals),
        "goals_asked": len(answer.goals),
        "approved_on": approved.approved_on,
    }


def _differ(row, other):
    return any(getattr(row, field.attname) != getattr(other, field.attname) for field in FIELDS)


def _write(rows, gone):
    CataloguedAction.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=KEY, update_fields=[field.name for field in FIELDS]
    )
    if gone:
        CataloguedAction.objects.filter(pk__in=gone).delete()
