"""What waits for a group, from whoever has something for its agenda, and who may know of what was put there."""

from dataclasses import dataclass

from agreements.enums import MeetingState
from agreements.models import Meeting
from trygghet.contributions import Contributions


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Something the group could take up.

    ``subject`` tells it from everything else ("plan:12:decide"), ``background``
    says what it is about, ``address`` is where it is dealt with, ``since`` is
    the day it has waited from, if known. ``until_taken_up`` is true only while
    it waits, and is not put on the agenda with the rest.
    """

    subject: str
    title: str
    address: str = ""
    background: str = ""
    is_decision: bool = False
    since: object = None
    until_taken_up: str = ""


AGENDA_SOURCES = Contributions()
"""Callables ``(group, user) -> list[Proposal]``; only what the person may know of."""


AGENDA_SOURCES_SINCE = Contributions()
"""Callables ``(group, user, last_met) -> list[Proposal]`` of what also asks when the group last met, None if never."""


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


HELD = (MeetingState.HELD, MeetingState.MINUTES_APPROVED)
"""The states that count as a meeting the group has had."""


def last_met(group, before=None):
    """Return the day of the group's latest meeting, before the meeting if one is given; None if there is none."""
    held = Meeting.objects.filter(group=group, state__in=HELD)
    if before is not None:
        held = held.filter(on__lte=before.on).exclude(pk=before.pk)
    return held.order_by("-on").values_list("on", flat=True).first()


def proposals_for(group, user, meeting=None):
    """Return what waits for the group, or for its meeting, decisions first, then in the order of the sources."""
    last = last_met(group, before=meeting)
    found = [proposal for source in AGENDA_SOURCES_SINCE for proposal in source(group, user, last)]
    found += [proposal for source in AGENDA_SOURCES for proposal in source(group, user)]
    return sorted(found, key=lambda proposal: not proposal.is_decision)
