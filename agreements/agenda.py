"""What waits for a group, from whoever has something for its agenda, and who may know of what was put there."""

from dataclasses import dataclass

from trygghet.contributions import Contributions


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Something the group could take up.

    ``subject`` tells it from everything else ("plan:12:decide"), ``background``
    says why it waits, ``address`` is where it is dealt with, ``since`` is the
    day it has waited from, if known.
    """

    subject: str
    title: str
    address: str = ""
    background: str = ""
    is_decision: bool = False
    since: object = None


AGENDA_SOURCES = Contributions()
"""Callables ``(group, user) -> list[Proposal]``; only what the person may know of."""


AGENDA_LIMITS = Contributions()
"""Callables ``(user, meeting, items) -> set``: those of a meeting's items about what the person may not know of.

What an app puts before a group it also knows who may read: a plan's draft is
not read by everybody who reads the meeting. They return the items' ids.
"""


OUTCOME_CHECKS = Contributions()
"""Callables ``(user, meeting, items) -> list[Blocker]``: what minutes say was decided and that is recorded nowhere.

A decision on a plan is taken where the plan is. Minutes that tell of one which
is not recorded there are not approved; ``items`` are those the person reads.
"""


def unrecorded(user, meeting, items):
    """Return a :class:`~trygghet.workflow.Blocker` for each item that tells of a decision recorded nowhere."""
    return [blocker for check in OUTCOME_CHECKS for blocker in check(user, meeting, items)]


def not_for(user, meeting, items):
    """Return the ids of those of the meeting's items that are about what the person may not know of."""
    return {uid for limit in AGENDA_LIMITS for uid in limit(user, meeting, items)}


def proposals_for(group, user):
    """Return what waits for the group, decisions first, then in the order of the sources."""
    found = [proposal for source in AGENDA_SOURCES for proposal in source(group, user)]
    return sorted(found, key=lambda proposal: not proposal.is_decision)
