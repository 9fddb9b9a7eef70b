"""What the catalogue adds: it is filled by what is decided and approved, and found from where actions are written."""

from django.urls import reverse

from agreements.letters.daily import DAILY
from agreements.permissions import Permission, access_of
from followup.catalogue import demonstration, filling, search
from followup.catalogue.loans import loans_in
from plans.afterwards import ACTION_OFFERS, CAUSE_OFFERS, WHEN_DECIDED, Offer
from plans.demo.loading import FURTHER
from plans.permissions import EDITABLE_STATES

P = Permission

WHEN_DECIDED.add(filling.on_decision)
DAILY.add(filling.make_up)
FURTHER.add(demonstration)


@CAUSE_OFFERS.add
def same_cause_elsewhere(plan, uid, user):
    """Offer to see what others do against a cause of a draft; asks nothing."""
    if plan.state not in EDITABLE_STATES or not search.reads(user):
        return []
    return [Offer(label="Samma orsak i andra stadsdelar", address=f"{reverse('followup:catalogue')}?orsak={uid}")]


@ACTION_OFFERS.add
def borrowed_from(plan, user):
    """Lead from the actions that were borrowed to where they come from, as far as the person reads it (1 query)."""
    if not access_of(user).allows(P.READ_FOLLOW_UP, plan.district_id):
        return {}
    where = [plan.scope.slug, plan.year]
    return {
        uid: [Offer(label=loan.told, address=reverse("followup:life", args=[*where, uid]))]
        for (_, uid), loan in loans_in([plan], user).items()
    }
