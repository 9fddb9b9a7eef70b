"""The cells of the matrix of steps (F1), from what the calendar and the duties know of a district."""

from __future__ import annotations

from agreements.duties.requirements import Mark
from followup.enums import FollowUpState
from followup.report.document import Cell
from trygghet.dates import day, is_late

STEPS = ("decided", "submitted", "board")
"""The steps of a plan that are columns of the matrix."""
MARKS = {Mark.RECORDED: "done", Mark.DUE: "done", Mark.SOON: "waiting", Mark.LATE: "late", Mark.PARTLY: "waiting"}


def cells_of(steps, picture, agreement, follow_up):
    """Return the district's cells: ``steps`` of its plan, statuses of the duties, the follow-up's own cell."""
    return (*[_step(step) for step in steps if step.name in STEPS], _status(picture), _status(agreement), follow_up)


def _step(step):
    if step.mark == "done" and step.on:
        return Cell(mark="done", words=day(step.on), on=step.on)
    beside = f"{step.earlier}: {day(step.on)}" if step.earlier and step.on else ""
    return Cell(mark=step.mark, words=step.words, beside=beside, on=step.on)


def _status(status):
    if status.mark == Mark.MISSING:
        return Cell(mark="none", words="Saknas")
    if status.last and not status.is_late:
        due = f"nästa {day(status.due)}" if status.due else ""
        return Cell(mark=MARKS[status.mark], words=day(status.last), beside=due, on=status.last)
    beside = f"senast {day(status.last)}" if status.is_late and status.last else ""
    return Cell(mark=MARKS[status.mark], words=status.words, beside=beside, on=status.last)


def follow_up_cell(*, handed_in, is_approved, approved_on, on, is_decided, due):
    """Return how far the follow-up has come; late once its last day has passed and there is a plan to follow up.

    ``on`` is the day it was handed in, ``approved_on`` the day of the steering group's approval, or None.
    """
    if not handed_in:
        if is_decided and is_late(due):
            return Cell(mark="late", words="Försenad", beside=f"skulle in {day(due)}")
        return Cell(mark="open", words="Inte inlämnad")
    if is_approved:
        return Cell(mark="done", words="Godkänd", beside=day(approved_on) if approved_on else "", on=approved_on)
    return Cell(mark="waiting", words=FollowUpState.SUBMITTED.label, beside=day(on) if on else "", on=on)
