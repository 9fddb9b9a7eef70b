"""What the permissions of ``agreements/permissions.py`` mean for a plan in a certain state."""

from django.core.exceptions import PermissionDenied

from agreements.permissions import Permission, access_of
from plans.actors import said_of
from plans.enums import PlanState

# Which permission lets a person read the text of a plan in each state.
READ_PERMISSIONS = {
    PlanState.DRAFT: {Permission.READ_DRAFT},
    PlanState.IN_REVIEW: {Permission.READ_REVIEW},
    PlanState.READY_FOR_DECISION: {Permission.READ_READY},
    PlanState.DECIDED: {Permission.READ_DECIDED},
}
SHARED_DRAFT_PERMISSIONS = {Permission.READ_SHARED_DRAFT}

DECIDED_STATES = {state for state, needed in READ_PERMISSIONS.items() if Permission.READ_DECIDED in needed}
EDITABLE_STATES = {PlanState.DRAFT, PlanState.IN_REVIEW}


def may_read(user, district_id, state, is_shared):
    """Whether the person may read the text of a district's plan that stands in the state (domain §3)."""
    return lets_read(access_of(user), district_id, state, is_shared)


def lets_read(access, district_id, state, is_shared):
    """Whether what a person may do (an :class:`~agreements.permissions.Access`) lets them read such a plan."""
    needed = set(READ_PERMISSIONS[state])
    if state == PlanState.DRAFT and is_shared:
        needed |= SHARED_DRAFT_PERMISSIONS
    return any(access.allows(permission, district_id) for permission in needed)


def check_edit(user, plan):
    """Raise PermissionDenied with the reason unless the user may change the plan's content now."""
    if not access_of(user).allows(Permission.EDIT_PLAN, plan.district_id):
        who_writes = "Det är stadsdelens trygghetsstrateg som skriver i planen."
        raise PermissionDenied(
            f"Du kan läsa planen men inte ändra den. {said_of(plan, who_writes)} Vänd dig dit med det du vill få in."
        )
    if plan.state not in EDITABLE_STATES:
        raise PermissionDenied(
            f"Planen har status {plan.get_state_display()} och kan inte ändras. "
            "En plan ändras när den är utkast eller på granskning."
        )


def check_create(user, scope):
    """Raise PermissionDenied with the reason unless the user may start a plan for the district, or the city."""
    if not scope.allows(user, Permission.EDIT_PLAN):
        who = "stadens beredningsgrupp" if scope.is_city else "stadsdelens egen trygghetsstrateg"
        raise PermissionDenied(f"Det är {who} som börjar en ny plan.")
