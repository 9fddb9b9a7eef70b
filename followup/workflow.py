"""The follow-up's way to the steering group's approval: one table of steps (domain §1c).

The follow-up has its own states beside the plan's, which stays decided (P30:
the steering group owns the follow-up). What has been handed in or approved is
only read; approved, it is frozen.
"""

from collections import defaultdict

from agreements.permissions import Permission, access_of
from followup import freezing, opening
from followup.catalogue import filling
from followup.enums import FollowUpState, GoalResult
from followup.models import FollowUpStep
from followup.page import address_of, sheet_of
from followup.parties import must_answer
from plans.outline import excerpt
from plans.versions import in_force
from trygghet.workflow import Blocker, Transition, Workflow

P = Permission
SHOWN = 60
"""How many characters of an action name it among what stands in the way."""


def _allows(user, permission, follow_up):
    return access_of(user).allows(permission, follow_up.plan.district_id)


# --- Guards


def every_action_is_answered(follow_up, user):
    """Every action has a status and every goal a result, with the reason where something was not done."""
    return [
        Blocker(
            f"{row.place.name} i {row.place.area.canonical_title or row.place.area.title}, "
            f"«{excerpt(row.place.text, SHOWN) or 'utan text'}»: {' '.join(row.missing)}",
            address_of(follow_up, "action", row.uid),
        )
        for row in sheet_of(follow_up).rows.values()
        if row.missing
    ]


def every_target_has_a_result(follow_up, user):
    """Every delmål of an area has a result, and one that cannot be measured says why (the city's plan, seed 001)."""
    return [
        Blocker(
            f"{area.text}: resultat saknas för {len(missing)} av områdets delmål.",
            address_of(follow_up, "targets", area.position),
        )
        for area, goals in sheet_of(follow_up).area_goals()
        if (missing := [goal for goal in goals if not _has_result(goal)])
    ]


def _has_result(goal):
    return bool(goal.result and (goal.result != GoalResult.NOT_MEASURABLE or goal.comment))


def both_parties_have_answered(follow_up, user):
    """The district's administration and the police have answered wherever they are named; other parties may be late."""
    waiting = defaultdict(int)
    for fulfilment in sheet_of(follow_up).fulfilments():
        if not fulfilment.answer and must_answer(fulfilment, follow_up.plan):
            waiting[fulfilment.party] += 1
    return [
        Blocker(
            f"{party} har inte svarat om {'ett åtagande' if count == 1 else f'{count} åtaganden'}. "
            f"Bara {party[:1].lower() + party[1:]} kan svara.",
            address_of(follow_up, "commitments"),
        )
        for party, count in waiting.items()
    ]


def is_of_version_in_force(follow_up, user):
    """What is approved is the follow-up of the version that is in force."""
    version = in_force(follow_up.plan)
    if version.pk == follow_up.version_id:
        return []
    return [
        Blocker(f"Version {version.number} av planen har beslutats sedan dess. Skicka tillbaka uppföljningen först.")
    ]


# --- Effects


def _approve(follow_up, *, by, approved_on, body, meeting):
    approved = freezing.freeze(follow_up, approved_on=approved_on, body=body, meeting=meeting, by=by)
    filling.on_approval(approved)


def _go_over_to_version_in_force(follow_up, *, by):
    opening.go_over(follow_up, in_force(follow_up.plan))


# --- The table

_EDITOR = {"who": "Trygghetsstrategen", "permissions": frozenset({P.EDIT_PLAN})}
_STEERING = {"who": "Styrgruppens ordförande eller sekreterare", "permissions": frozenset({P.DECIDE})}

FOLLOW_UP_TRANSITIONS = (
    Transition(
        name="submit", slug="lamna-in", label="Lämna in till styrgruppen", **_EDITOR,
        does="lämnar in uppföljningen till styrgruppen", told="Lämnade in uppföljningen till styrgruppen.",
        sources=(FollowUpState.OPEN,), target=FollowUpState.SUBMITTED,
        guards=(every_action_is_answered, every_target_has_a_result, both_parties_have_answered),
    ),
    Transition(
        name="approve", slug="godkann", label="Godkänn uppföljningen", **_STEERING,
        does="godkänner uppföljningen", told="Godkände uppföljningen.",
        sources=(FollowUpState.SUBMITTED,), target=FollowUpState.APPROVED,
        guards=(is_of_version_in_force,), effect=_approve,
    ),
    Transition(
        name="return", slug="skicka-tillbaka", label="Skicka tillbaka", **_STEERING,
        does="skickar tillbaka uppföljningen", told="Skickade tillbaka uppföljningen.",
        sources=(FollowUpState.SUBMITTED,), target=FollowUpState.OPEN, needs_reason=True, is_back=True,
        effect=_go_over_to_version_in_force,
    ),
    Transition(
        name="take_back", slug="ta-tillbaka", label="Ta tillbaka", **_EDITOR,
        does="tar tillbaka uppföljningen", told="Tog tillbaka uppföljningen från styrgruppen.",
        sources=(FollowUpState.SUBMITTED,), target=FollowUpState.OPEN, needs_reason=True, is_back=True,
        effect=_go_over_to_version_in_force,
    ),
)  # fmt: skip
WORKFLOW = Workflow(FOLLOW_UP_TRANSITIONS, allows=_allows, log=FollowUpStep.log_of("follow_up"))
