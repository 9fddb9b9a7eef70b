"""The log of a group: who gave, changed or ended a seat there, or asked somebody to sit, and when.

Roles and access follow from the seats, so that it can be seen afterwards who gave which.
"""

from agreements.models import GroupStep
from agreements.permissions import Permission, access_of

LATEST = 10
"""How many lines the group's page shows before the rest is folded away."""
LONGEST = GroupStep._meta.get_field("told").max_length
WHO_READ = (Permission.MANAGE_GROUPS, Permission.APPOINT_WORKING_GROUPS)


def write(group, told, *, by):
    """Add the sentence to the group's log; "" adds nothing. ``by`` is None when a command did it."""
    if told:
        GroupStep.objects.create(group=group, by=by, told=told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…")


def may_read(user, group, seated):
    """Whether the person reads the group's log: those who appoint in the place, and those who sit in the group.

    ``seated`` are the seats that hold today.
    """
    access = access_of(user)
    appoints = any(access.allows(permission, group.district_id) for permission in WHO_READ)
    return appoints or any(seat.user_id == user.pk for seat in seated)


def log_of(group):
    """Return the group's lines, the latest first: those that the page shows, and those that it folds (1 query)."""
    lines = list(group.log.select_related("by"))
    return lines[:LATEST], lines[LATEST:]
