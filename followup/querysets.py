"""Who sees what of what came of the plans: the security boundary of the app (domain §3)."""

from django.db.models import Q, QuerySet

from agreements.permissions import Permission, access_of
from followup.enums import FollowUpState

P = Permission
APPROVED = "What the steering group has approved is not changed."


class ProgressNoteQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the notes of the districts whose follow-up the person takes part in."""
        return self.filter(access_of(user).reach({P.READ_FOLLOW_UP}).condition("plan__district"))


class ObstacleQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the obstacles of the person's district, those that were lifted to the person's level, and their own."""
        if not user.is_authenticated:
            return self.none()
        access = access_of(user)
        here = access.reach({P.READ_OBSTACLES}).condition()
        lifted = Q(escalated_at__isnull=False) & access.reach({P.READ_ESCALATED_OBSTACLES}).condition()
        return self.filter(here | lifted | Q(reported_by=user))


class FollowUpQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the follow-ups that the person reads: the district's own from the start, the city once handed in."""
        access = access_of(user)
        here = access.reach({P.READ_FOLLOW_UP}).condition("plan__district")
        sent = ~Q(state=FollowUpState.OPEN) & access.reach({P.READ_SUBMITTED_FOLLOW_UP}).condition("plan__district")
        return self.filter(here | sent)

    def with_place(self):
        """Bring the plan, its district, its year and the version along."""
        return self.select_related("plan__district", "plan__cycle__area_set", "plan__area_set", "version")


class OfFollowUpQuerySet(QuerySet):
    def delete(self):
        """Remove the answers; raise TypeError if any of them has been approved."""
        if self.filter(follow_up__state=FollowUpState.APPROVED).exists():
            raise TypeError(APPROVED)
        return super().delete()

    def visible_to(self, user):
        """Keep the answers of follow-ups that the person reads."""
        from followup.models import FollowUp

        return self.filter(follow_up__in=FollowUp.objects.visible_to(user))


class IndicatorQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep them all for whoever reads indicators somewhere: what is measured is no secret among the parties."""
        return self if access_of(user).reach({P.READ_INDICATORS}) else self.none()


class MeasurementQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep them all for whoever reads indicators somewhere: a district is compared with the others."""
        return self if access_of(user).reach({P.READ_INDICATORS}) else self.none()


class MeasurementImportQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the person's own: what a file says is nobody else's before it is stored."""
        return self.filter(by=user) if user.is_authenticated else self.none()
