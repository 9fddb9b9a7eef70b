"""Where an app further up tells what came of a plan, or of the one before: on the plan's page, at its actions."""

from dataclasses import dataclass

from plans.enums import PlanState
from trygghet.contributions import Contributions


@dataclass(frozen=True, slots=True, kw_only=True)
class Afterwards:
    """What has become of a decided plan: in words, where more is told, and whether it is going on or over."""

    words: str
    label: str
    address: str
    is_now: bool = False
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something a person can do with an action or read of it, such as noting how it goes."""

    label: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beforehand:
    """What those who write a plan should have read first: what it is, the text itself, and where more is told."""

    title: str
    text: str
    label: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A way to begin a plan: what it is, what comes of it, and where it is done."""

    title: str
    text: str
    label: str
    address: str


WAYS_TO_BEGIN = Contributions()
"""Callables ``(district, cycle, user) -> Beginning | None``, each with a fixed number of queries.

``district`` None is the city. Asked only for who may begin the plan.
"""

BEFORE_WRITING = Contributions()
"""Callables ``(plan, user) -> Beforehand | None``, each with a fixed number of queries."""

AFTER_DECISION = Contributions()
"""Callables ``(plan, user) -> Afterwards | None``, each with a fixed number of queries."""

ACTION_OFFERS = Contributions()
"""Callables ``(plan, user) -> {uid of an action: [Offer]}``, each with a fixed number of queries."""

CAUSE_OFFERS = Contributions()
"""Callables ``(plan, uid of a cause, user) -> [Offer]``, which ask the database nothing."""

WHEN_DECIDED = Contributions()
"""Callables ``(version)`` that are told of each version as it is decided, in the same transaction."""


def ways_to_begin(district, cycle, user):
    """Return the ways to begin the plan beside a file and an empty one, as the sources come."""
    return [way for source in WAYS_TO_BEGIN if (way := source(district, cycle, user))]


def before_writing(plan, user):
    """Return what the person should have read before the plan is written, as the sources come."""
    return [told for source in BEFORE_WRITING if (told := source(plan, user))]


def after_decision(plan, user):
    """Return what has become of the plan, as far as the person may know; nothing, and no query, before a decision."""
    if plan.state != PlanState.DECIDED and plan.version == 1:
        return []
    return [told for source in AFTER_DECISION if (told := source(plan, user))]


def tell_of_decision(version):
    """Let the apps further up know that the version has been decided."""
    for hear in WHEN_DECIDED:
        hear(version)


def offers_of(plan, user):
    """Return what the person can do with each action of the plan, by the action's uid."""
    found = {}
    for source in ACTION_OFFERS:
        for uid, offers in source(plan, user).items():
            found.setdefault(uid, []).extend(offers)
    return found


def offers_of_cause(plan, uid, user):
    """Return what the person can read of a cause elsewhere, or do with it."""
    return [offer for source in CAUSE_OFFERS for offer in source(plan, uid, user)]
