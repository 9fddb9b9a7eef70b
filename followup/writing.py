"""Writing answers in an open follow-up: all that was sent or nothing, and never over what another has written."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from agreements.claiming import StaleRow, claim
from followup.enums import FollowUpState
from followup.models import FollowUp
from trygghet.workflow import StepRefused

CLOSED = {
    FollowUpState.SUBMITTED: "Uppföljningen är inlämnad till styrgruppen och går inte att ändra. "
    "Trygghetsstrategen kan ta tillbaka den.",
    FollowUpState.APPROVED: "Uppföljningen är godkänd av styrgruppen och går inte att ändra.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody has written in a row that they read in version ``seen``; ``values`` are its fields."""

    row: object
    values: dict
    seen: int


class Stale(Exception):
    """Somebody else has written in some of the rows since they were read; nothing was changed.

    ``rows`` are those rows as they now stand, by primary key.
    """

    def __init__(self, rows):
        super().__init__("Någon annan har ändrat här sedan du öppnade sidan. Inget är sparat än.")
        self.rows = rows


@transaction.atomic
def write(follow_up, answers, *, by):
    """Write the answers, each in its row, with who and when; return how many.

    Raises :class:`Stale` if any of them was written by another meanwhile, and
    StepRefused if the follow-up is no longer open. Then nothing is changed.
    The caller has asked whether the person may write in the rows.
    """
    now = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
    if now.state != FollowUpState.OPEN:
        raise StepRefused(CLOSED[now.state])
    stale = {}
    for answer in answers:
        try:
            _write(answer, by)
        except StaleRow as changed:
            stale[changed.now.pk] = changed.now
    if stale:
        raise Stale(stale)
    return len(answers)


def _write(answer, by):
    row = answer.row
    claim(row, answer.seen)
    for name, value in answer.values.items():
        setattr(row, name, value)
    signed = {"by": by, "at": timezone.now()} if hasattr(row, "at") else {}
    for name, value in signed.items():
        setattr(row, name, value)
    row.save(update_fields=[*answer.values, *signed, "row_version"])
