"""Writing in a row as somebody read it: what another has written since is never written over unseen."""

from django.db import models


class StaleRow(Exception):
    """Somebody else has written in the row since it was read; nothing was changed. ``now`` is the row as it stands."""

    def __init__(self, now):
        super().__init__("Någon annan har ändrat här sedan du öppnade sidan. Så står det nu, och det du skrev, nedan.")
        self.now = now


def claim(row: models.Model, seen: int):
    """Take the row on for writing, as it was read in version ``seen``; raise :class:`StaleRow` if it is another now.

    To be called in the transaction that then saves the row, which keeps the others waiting until it is done.
    """
    rows = type(row)._base_manager.filter(pk=row.pk)
    if not rows.filter(row_version=seen).update(row_version=seen + 1):
        raise StaleRow(rows.get())
    row.row_version = seen + 1
