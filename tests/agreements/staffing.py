"""Groups as the agreement wants them, for tests that are about something else."""

from accounts.models import User
from agreements.models import CollaborationGroup, Function, GroupMembership, Organisation
from tests.cast import START


def staff(cast):
    """Give the police the seats that they lack among the cast: one person for all of them, who is in no test."""
    chief = User.objects.create(username="chief", display_name="Lokalpolisområdeschef")
    function = Function.objects.create(code="lokalpolisomradeschef", title="Lokalpolisområdeschef")
    police = Organisation.objects.get(slug="police")
    lacking = CollaborationGroup.objects.exclude(memberships__organisation=police)
    GroupMembership.objects.bulk_create(
        GroupMembership(group=group, user=chief, function=function, organisation=police, valid_from=START)
        for group in lacking
    )
    return cast
