"""What the years add to an action of a plan: where to read what it has led to before, and after."""

from django.urls import reverse

from agreements.permissions import Permission, access_of
from followup.life import history_of
from plans.afterwards import ACTION_OFFERS, Offer

P = Permission


@ACTION_OFFERS.add
def life_of_actions(plan, user):
    """Lead to the life over the years of the actions that have one, as far as the person reads it (1 query)."""
    if not access_of(user).allows(P.READ_FOLLOW_UP, plan.district_id):
        return {}
    where = [plan.scope.slug, plan.year]
    return {
        uid: [Offer(label=words, address=reverse("followup:life", args=[*where, uid]))]
        for uid, words in history_of(plan, user).items()
    }
