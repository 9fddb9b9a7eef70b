"""What can go wrong when a plan is changed; every message is a Swedish sentence for the person."""


class EditRefused(Exception):
    """The plan cannot hold the change; nothing was written. The message says what to do."""


class GoneRow(EditRefused):
    """A row that the change names is no longer in the plan."""

    def __init__(self):
        super().__init__("Raden finns inte längre. Någon har tagit bort den. Du hittar texten i historiken.")


class StaleRow(EditRefused):
    """The row has changed since it was read.

    ``mine`` and ``theirs`` hold, for each field of the write, the text that
    was to be written and the one that stands there now; ``version`` is the
    row's version now.
    """

    def __init__(self, kind, uid, *, mine, theirs, version):
        super().__init__("Någon annan har ändrat raden sedan du öppnade den. Välj vilken text som ska gälla.")
        self.kind, self.uid, self.mine, self.theirs, self.version = kind, uid, mine, theirs, version
