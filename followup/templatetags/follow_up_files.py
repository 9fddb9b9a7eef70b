"""The files of a follow-up on its page, and what can be done with them."""

from django import template

from agreements.permissions import Permission, access_of
from followup.enums import FollowUpState
from followup.page import address_of
from followup.views.files import files_of

register = template.Library()
P = Permission


@register.inclusion_tag("followup/_files.html")
def follow_up_files(follow_up, user):
    """Show the files of the follow-up, with the ways on for one who writes; the follow-up comes with its place."""
    access, place = access_of(user), follow_up.plan.district_id
    offers = [
        ("På en sida", address_of(follow_up, "district_summary")),
        ("Text till ILS", address_of(follow_up, "ils")),
    ]
    if follow_up.state == FollowUpState.OPEN and (
        access.allows(P.WRITE_FOLLOW_UP, place) or access.allows(P.ANSWER_FOR_PARTY, place)
    ):
        offers.append(("Läs in Excel", address_of(follow_up, "read_back")))
    if access.allows(P.EDIT_PLAN, place):
        offers.append((f"Åtgärder till {follow_up.plan.year + 1}", address_of(follow_up, "next_year")))
    return files_of(follow_up) | {"offers": offers}
