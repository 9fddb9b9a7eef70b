"""What a workflow is made of: steps that something with a state can take, and what stands in their way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Blocker(NamedTuple):
    """What stands in the way of a step: a Swedish sentence, and where it is mended (or "").

    ``is_final`` if there is nothing to mend, as when the step has been taken already.
    """

    text: str
    address: str = ""
    is_final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A step from one state to another; with ``target`` None the state stays.

    ``permissions``: any one of them allows the step. ``guards`` are asked what
    stands in the way and each return a list of :class:`Blocker`. The words:
    ``label`` is on the button, ``who`` and ``does`` make a sentence
    ("Trygghetsstrategen" + "skickar planen på granskning"), ``told`` is what
    the log says was done.
    """

    name: str
    slug: str = ""  # in the address, where the step has a page of its own
    label: str
    who: str
    does: str
    told: str = ""
    sources: tuple
    target: str | None
    permissions: frozenset = frozenset()
    guards: tuple[Callable, ...] = ()
    effect: Callable | None = None
    needs_reason: bool = False
    is_back: bool = False  # away from the goal of the workflow

    def to(self, state):
        """Return the state after the step, taken in ``state``."""
        return self.target or state


class StepRefused(Exception):
    """The step cannot be taken now; nothing was done. The message is one Swedish sentence for the person.

    ``blockers`` says what has to be done first, if that is why.
    """

    def __init__(self, message, blockers=()):
        super().__init__(message)
        self.blockers = list(blockers)
