"""Who sees what of the plans: the security boundary of the app."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from agreements.permissions import Permission, access_of
from plans.enums import PlanState
from plans.permissions import DECIDED_STATES, READ_PERMISSIONS, SHARED_DRAFT_PERMISSIONS
from trygghet.append_only import AppendOnlyQuerySet


class ActionPlanQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the plans whose text, as it now stands, the user may read (domain §3).

        Own district: the editor and co-writers from the first draft; the
        kommunpolis and working groups from when the draft is shared; the
        steering group from review. Other districts read what is decided, the
        city's groups what is decided and sent to them. An unknown user sees
        nothing. A version in force beside a draft is found by
        ``PlanVersion.objects.visible_to``.
        """
        access = access_of(user)
        readable = Q(pk__in=[])
        for state, permissions in READ_PERMISSIONS.items():
            readable |= Q(state=state) & access.reach(permissions).condition()
        shared = Q(state=PlanState.DRAFT, shared_at__isnull=False)
        readable |= shared & access.reach(SHARED_DRAFT_PERMISSIONS).condition()
        receives = access.reach({Permission.READ_SUBMITTED})
        if receives:
            readable |= Q(state__in=DECIDED_STATES) & _is_submitted() & receives.condition()
        return self.filter(readable)

    def with_place(self):
        """Bring the district and the year along, which every page names."""
        return self.select_related("district", "cycle__area_set", "area_set", "agreement", "picture")


def _is_submitted():
    """Condition on a plan: the version that was decided last has been sent to the city."""
    from plans.models import Submission

    sent = Submission.objects.filter(version__plan=OuterRef("pk"), version__number=OuterRef("version"))
    return Q(Exists(sent))


class OfPlanQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep what stands beside a version that the person may read."""
        from plans.models import PlanVersion

        return self.filter(version__in=PlanVersion.objects.visible_to(user))


class PlanVersionQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user):
        """Keep the decided versions that the person may read (domain §3).

        The district's own people and, unless the city says otherwise, those of
        other districts read what is decided; the city's groups what has been sent to them.
        """
        access = access_of(user)
        readable = access.reach({Permission.READ_DECIDED}).condition("plan__district")
        receives = access.reach({Permission.READ_SUBMITTED})
        if receives:
            sent = Q(pk__in=self.model.objects.filter(submissions__isnull=False).values("pk"))
            readable |= sent & receives.condition("plan__district")
        return self.filter(readable)

    def with_place(self):
        """Bring the plan, its district and its year along."""
        return self.select_related("plan__district", "plan__cycle__area_set", "plan__area_set")

    def in_force(self):
        """Keep the latest decided version of each plan."""
        later = self.model.objects.filter(plan=OuterRef("plan"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later))


class CommentQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the comments on plans the person may read, if they are the person's to read (domain §3).

        What the parties say to each other stays in the district; the city's
        preparation group reads and writes on what was decided and sent to it.
        """
        from plans.models import ActionPlan

        access = access_of(user)
        own = access.reach({Permission.READ_COMMENTS}).condition("plan__district")
        city = Q(made_in__in=DECIDED_STATES, version=F("plan__version"))
        city &= access.reach({Permission.READ_CITY_COMMENTS}).condition("plan__district")
        return self.filter(own | city, plan__in=ActionPlan.objects.visible_to(user))


class ImportJobQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the person's own imports: what a file says is nobody else's before it is in the plan."""
        return self.filter(by=user) if user.is_authenticated else self.none()
