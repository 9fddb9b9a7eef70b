"""Opening a plan's follow-up: a row to answer for each action, party, goal, problem and area of the version in force.

It opens on the year's day (P23: at year-end), by the command that cron runs or
by the editor, who may also open it earlier. If the steering group decides a
new version while it is open, the follow-up goes over to that one: what is new
gets rows, and what has been answered stays.
"""

from __future__ import annotations

import logging
import re
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from followup.enums import AssessedKind, FollowUpState
from followup.models import MAX_ANSWER, ActionOutcome, Assessment, FollowUp, Fulfilment, GoalOutcome
from followup.parties import Register
from followup.progress import texts_of
from plans.models import ActionPlan, PlanVersion
from plans.versions import document_of, in_force
from trygghet.workflow import StepRefused

NOT_DECIDED = "Planen är inte beslutad än. Uppföljningen görs av den beslutade planen."
WITHOUT_PARTY = "Part saknas"
logger = logging.getLogger(__name__)
BETWEEN_PARAGRAPHS = re.compile(r"\n[ \t]*\n")


@transaction.atomic
def open(plan, by=None):
    """Open the follow-up of the plan's version in force and return it; the one there is if it is open already.

    ``by`` None: the year's day opened it. What was noted through the year on an
    action stands as prefilled text. Raises StepRefused for a plan that has never been decided.
    """
    plan = ActionPlan.objects.select_for_update(of=("self",)).select_related("district", "cycle").get(pk=plan.pk)
    there = FollowUp.objects.filter(plan=plan).select_related("version").first()
    if there:
        return there
    version = in_force(plan)
    if version is None:
        raise StepRefused(NOT_DECIDED)
    follow_up = FollowUp.objects.create(plan=plan, version=version, opened_by=by)
    _add(follow_up, asked_in(document_of(version), Register(plan)), _texts_of(plan))
    return follow_up


class NotAllOpened(Exception):
    """Some follow-ups whose day has come could not be opened; the others were. ``plans`` are those that failed."""

    def __init__(self, plans, opened):
        told = ", ".join(map(str, plans))
        super().__init__(f"{opened} uppföljningar öppnade. De här gick inte att öppna: {told}. Felen står i loggen.")
        self.plans, self.opened = plans, opened


def open_due(today=None):
    """Open every follow-up whose day has come; return how many were opened. Nothing is opened twice.

    A plan that fails is logged and keeps no other district waiting; when all
    have been tried :class:`NotAllOpened` is raised and names those that failed.
    """
    today = today or timezone.localdate()
    due = ActionPlan.objects.with_place().filter(cycle__follow_up_opens__lte=today, follow_up__isnull=True)
    due = due.filter(pk__in=PlanVersion.objects.values("plan")).order_by("pk")
    opened, failed = 0, []
    for plan in due:
        try:
            open(plan)
            opened += 1
        except Exception:
            logger.exception("The follow-up of plan %s could not be opened.", plan.pk)
            failed.append(plan)
    if failed:
        raise NotAllOpened(failed, opened)
    return opened


def is_due(plan, today=None):
    """Whether the year's day for opening the follow-up has come."""
    opens = plan.cycle.follow_up_opens
    return opens is not None and opens <= (today or timezone.localdate())


# --- What is asked

# What tells the rows of each kind apart within a follow-up.
KEYS = {
    ActionOutcome: ("row",),
    Fulfilment: ("row", "party"),
    GoalOutcome: ("row", "goal"),
    Assessment: ("row",),
}


def asked_in(document, register):
    """Return what a follow-up of the plan's document asks: {model: {what tells the row apart: what the plan says}}."""
    asked = {model: {} for model in KEYS}
    for area in document.areas:
        if is_assessed(area):
            _ask_of_area(asked, area, register)
        for problem in area.problems:
            if problem.title:
                asked[Assessment][_row(problem),] = {"kind": AssessedKind.PROBLEM}
            for action in (action for cause in problem.causes for action in cause.actions):
                if is_followed_up(action):
                    _ask_of_action(asked, action, register)
    return asked


def is_followed_up(action):
    """Whether the row says anything that can be followed up; an empty row of the sheet does not."""
    return bool(action.text or action.goals)


def is_assessed(area):
    """Whether the area is worked with this year."""
    return bool(area.targets or area.commitments or any(problem.title for problem in area.problems))


def _row(node):
    return UUID(str(node.uid))


def _ask_of_area(asked, area, register):
    asked[Assessment][_row(area),] = {"kind": AssessedKind.AREA}
    for position, target in enumerate(area.targets, start=1):
        asked[GoalOutcome][_row(area), str(target.uid or position)] = {"position": position, "text": target.text}
    for commitment in area.commitments:
        party = register.called(commitment.organisation or WITHOUT_PARTY)
        asked[Fulfilment][_row(commitment), party.name] = {"organisation": party.organisation}


def _ask_of_action(asked, action, register):
    asked[ActionOutcome][_row(action),] = {}
    for party in register.of_action(action):
        asked[Fulfilment][_row(action), party.name] = {"organisation": party.organisation}
    for position, (key, text) in enumerate(goals_of(action), start=1):
        asked[GoalOutcome][_row(action), key] = {"position": position, "text": text}


def goals_of(action):
    """Return (key, text) of an action's goals: those entered one by one, else the paragraphs of the cell."""
    if action.operational_goals:
        return [(str(goal.uid or at), goal.text) for at, goal in enumerate(action.operational_goals, start=1)]
    paragraphs = [part.strip() for part in BETWEEN_PARAGRAPHS.split(action.goals) if part.strip()]
    return [(str(at), text) for at, text in enumerate(paragraphs, start=1)]


# --- The rows


def _add(follow_up, asked, texts):
    """Add the rows; what was noted of an action through the year is the beginning of what has been done."""
    for model, rows in asked.items():
        made = [
            model(follow_up=follow_up, **dict(zip(KEYS[model], key, strict=True)), **fields)
            for key, fields in rows.items()
        ]
        for each in made if model is ActionOutcome else ():
            each.done = texts.get(str(each.row), "")[:MAX_ANSWER]
        model.objects.bulk_create(made)


def reconcile(version):
    """Let the plan's follow-up, if it is being written, be of the version that is being decided; in that transaction.

    One that has been handed in stays as the steering group got it; it goes
    over when it comes back, and is not approved before that.
    """
    found = FollowUp.objects.select_for_update(of=("self",)).filter(plan=version.plan_id, state=FollowUpState.OPEN)
    follow_up = found.first()
    if follow_up:
        go_over(follow_up, version)


def go_over(follow_up, version):
    """Let the follow-up be of the version. To be called in a transaction.

    Rows that are new are asked about; an answer to what is gone stays, and is
    no longer shown; what nobody has answered and is gone is removed. A goal
    that has been rewritten keeps its answer, with the new text beside it.
    """
    if follow_up.version_id == version.pk:
        return
    follow_up.version = version
    follow_up.save(update_fields=["version"])
    asked = asked_in(document_of(version), Register(version.plan))
    for model, wanted in asked.items():
        there = {
            tuple(getattr(row, name) for name in KEYS[model]): row for row in model.objects.filter(follow_up=follow_up)
        }
        for key, row in there.items():
            _bring_up_to_date(row, wanted.pop(key, None))
    _add(follow_up, asked, _texts_of(version.plan))


def _bring_up_to_date(row, fields):
    """Let the row say what the plan now says; ``fields`` None: the plan no longer has it."""
    if fields is None:
        if row.at is None:
            row.delete()
        return
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    if changed:
        row.save(update_fields=changed)


def _texts_of(plan):
    return {str(row): text for row, text in texts_of(plan).items()}
