"""What waits for a group: proposals for the agenda of its next meeting, from whoever has something for it."""

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


def proposals_for(group, user):
    """Return what waits for the group, decisions first, then in the order of the sources."""
    found = [proposal for source in AGENDA_SOURCES for proposal in source(group, user)]
    return sorted(found, key=lambda proposal: not proposal.is_decision)
