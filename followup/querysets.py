"""Who sees what of what came of the plans: the security boundary of the app (domain §3)."""

from django.db.models import Q, QuerySet

from agreements.permissions import Permission, access_of
from followup.enums import FollowUpState, ReportState
from plans.models import PlanVersion
from trygghet.append_only import AppendOnlyQuerySet

P = Permission
APPROVED = "What the steering group has approved is not changed."
PUBLISHED = "What the city has published is not changed."


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


# --- The city's annual report


class AnnualReportQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep them all for the city's groups; for those of the districts the published ones."""
        access = access_of(user)
        if access.allows(P.READ_REPORT, None):
            return self
        return self.filter(state=ReportState.PUBLISHED) if access.reach({P.READ_PUBLISHED_REPORT}) else self.none()


class OfReportQuerySet(QuerySet):
    def update(self, **kwargs):
        """Change the rows; raise TypeError if any of them is of a published report."""
        self._refuse_published()
        return super().update(**kwargs)

    def delete(self):
        """Remove the rows; raise TypeError if any of them is of a published report."""
        self._refuse_published()
        return super().delete()

    def _refuse_published(self):
        if self.filter(report__state=ReportState.PUBLISHED).exists():
            raise TypeError(PUBLISHED)

    def visible_to(self, user):
        """Keep what the city's groups write for those who read the report while it is written."""
        return self if access_of(user).allows(P.READ_REPORT, None) else self.none()


class LocalFeedbackQuerySet(OfReportQuerySet):
    def visible_to(self, user):
        """Keep them all for the city's groups; for the district its own, once the report is published."""
        access = access_of(user)
        if access.allows(P.READ_REPORT, None):
            return self
        own = access.reach({P.READ_PUBLISHED_REPORT}).districts
        return self.filter(report__state=ReportState.PUBLISHED, district__in=own)


class PublishedReportQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user):
        """Keep them all for the city's groups and for those of the districts who read what is published."""
        access = access_of(user)
        reads = access.allows(P.READ_REPORT, None) or access.reach({P.READ_PUBLISHED_REPORT})
        return self if reads else self.none()


class ReportReceiptQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user):
        """Keep them all for the city's groups, and for the district its own."""
        access = access_of(user)
        if access.allows(P.READ_REPORT, None):
            return self
        return self.filter(district__in=access.reach({P.READ_PUBLISHED_REPORT}).districts)


class CataloguedActionQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the actions of the decided versions that the person reads."""
        return self.filter(version__in=PlanVersion.objects.visible_to(user))
