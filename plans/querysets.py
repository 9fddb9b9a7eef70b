"""Who sees which plans: the security boundary of the app."""

from django.db.models import Q, QuerySet

from agreements.permissions import access_of
from plans.enums import PlanState
from plans.permissions import READ_PERMISSIONS, SHARED_DRAFT_PERMISSIONS


class ActionPlanQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the plans whose text the user may read (domain §3).

        Own district: the editor and co-writers from the first draft; the
        kommunpolis and working groups from when the draft is shared; the
        steering group from review. Everyone with a role reads decided plans;
        the city groups read nothing else. An unknown user sees nothing.
        """
        access = access_of(user)
        readable = Q(pk__in=[])
        for state, permissions in READ_PERMISSIONS.items():
            readable |= _in_districts(Q(state=state), access.districts_with(permissions))
        shared = Q(state=PlanState.DRAFT, shared_at__isnull=False)
        return self.filter(readable | _in_districts(shared, access.districts_with(SHARED_DRAFT_PERMISSIONS)))

    def with_place(self):
        """Bring the district and the year along, which every page names."""
        return self.select_related("district", "cycle__area_set")


def _in_districts(condition, districts):
    if districts is None:
        return condition
    return condition & Q(district__in=districts) if districts else Q(pk__in=[])


class PlanEventQuerySet(QuerySet):
    def update(self, **kwargs):
        """Raise TypeError: history is not rewritten."""
        raise TypeError("The history of a plan is append-only.")

    def delete(self):
        """Raise TypeError: history is not removed."""
        raise TypeError("The history of a plan is append-only.")


class ImportJobQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the person's own imports: what a file says is nobody else's before it is in the plan."""
        return self.filter(by=user) if user.is_authenticated else self.none()
