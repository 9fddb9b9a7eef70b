"""Walking a plan to a stage of its way, by the real steps and the right people."""

from datetime import date

from plans import editing, submissions, workflow
from plans.models import ActionPlan
from plans.versions import Decision

DECISION = Decision(decided_on=date(2025, 3, 12), body="Lokal styrgrupp Skärholmen", meeting="Styrgruppsmöte 1")
BOARD = submissions.BoardRecord(
    board="Skärholmens stadsdelsnämnd",
    decided_on=date(2025, 4, 24),
    paragraph="§ 7",
    diary_number="SKA 2025/123",
    reported_in="Tertialrapport 1 2025",
)
STAGES = (
    "draft",
    "shared",
    "in_review",
    "reviewed",
    "ready_for_decision",
    "decided",
    "submitted",
    "acknowledged",
    "board",
)


def reach(plan, cast, stage):
    """Take the plan from draft to the stage; return it read anew.

    Areas without a problem are first given a reason, as a real district would.
    """
    for name in STAGES[1 : STAGES.index(stage) + 1]:
        globals()[f"_{name}"](plan, cast)
        plan = ActionPlan.objects.with_place().get(pk=plan.pk)
    return plan


def leave_out_empty_areas(plan, by):
    """Say of each area that has no problem that it is not worked with this year."""
    for area in plan.planareas.filter(problems__isnull=True, not_applicable_reason=""):
        reason = {"not_applicable_reason": "Inte aktuellt i stadsdelens lägesbild."}
        editing.set_fields(plan, "area", area.uid, reason, version=area.version, by=by)


def _shared(plan, cast):
    workflow.take(plan, "share", by=cast.editor)


def _in_review(plan, cast):
    leave_out_empty_areas(plan, cast.editor)
    workflow.take(plan, "send_for_review", by=cast.editor)


def _reviewed(plan, cast):
    workflow.take(plan, "mark_reviewed", by=cast.editor)
    workflow.take(plan, "mark_reviewed", by=cast.police)


def _ready_for_decision(plan, cast):
    workflow.take(plan, "send_for_decision", by=cast.editor)


def _decided(plan, cast):
    workflow.take(plan, "decide", by=cast.chair, decision=DECISION)


def _submitted(plan, cast):
    submissions.take(plan.versions.get(number=plan.version), "submit", by=cast.editor)


def _acknowledged(plan, cast):
    submissions.take(plan.versions.get(number=plan.version), "acknowledge", by=cast.city_preparation)


def _board(plan, cast):
    submissions.record_board_decision(plan.versions.get(number=plan.version), BOARD, by=cast.registrar)
