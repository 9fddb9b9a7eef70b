"""What Min sida offers of the follow-up: what one comes to do most often stands first."""

from django.urls import reverse

from agreements.permissions import Permission, access_of
from followup import obstacles, progress
from plans.afterwards import Offer
from plans.start_page import START_OFFERS

P = Permission


@START_OFFERS.add
def own_actions(user):
    """Offer the person the actions they work with, if a plan of theirs is decided (1 query)."""
    access = access_of(user)
    if not any(access.allows(P.LOG_PROGRESS, district) for district, _ in progress.decided_places(user)):
        return []
    return [Offer(label="Anteckna på en åtgärd", address=reverse("followup:own_actions"))]


@START_OFFERS.add
def report_from_start(user):
    """Offer to report an obstacle where the person takes part, if something is decided there (1 query)."""
    access = access_of(user)
    where = [
        slug
        for district, slug in progress.decided_places(user)
        if access.own().covers(district) and access.allows(P.REPORT_OBSTACLE, district)
    ]
    return [Offer(label="Rapportera ett hinder", address=obstacles.report_address(slug)) for slug in where[:1]]


@START_OFFERS.add
def look_in_catalogue(user):
    """Offer whoever writes plans, and whoever follows all districts, to see what others do; asks nothing."""
    access = access_of(user)
    if not access.reach({P.EDIT_PLAN}) and not access.allows(P.SEE_CITY, None):
        return []
    return [Offer(label="Åtgärdskatalogen", address=reverse("followup:catalogue"))]
