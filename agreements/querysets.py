"""Which rows of the cooperation hold on a day, and who sees them: the security boundary of the app."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from agreements.enums import AgreementState, GroupKind, OrganisationKind, PictureState, Producer
from agreements.permissions import Permission, access_of

P = Permission


class DatedQuerySet(QuerySet):
    """Rows with ``valid_from`` and ``valid_to`` (both days included; no end means until further notice)."""

    def valid_on(self, day=None):
        """Keep the rows that hold on the day, today unless told."""
        day = day or timezone.localdate()
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


class GroupQuerySet(DatedQuerySet):
    def visible_to(self, user):
        """Keep the groups of the person's own districts, and the city's for whoever takes part in anything."""
        return self.filter(access_of(user).reach({P.READ_COOPERATION}).condition() | _sits_in(user))


class MembershipQuerySet(DatedQuerySet):
    """Seats in groups."""

    def in_force(self, day=None):
        """Keep the seats that hold on the day in groups that stand that day, today unless told."""
        day = day or timezone.localdate()
        standing = Q(group__valid_to__isnull=True) | Q(group__valid_to__gte=day)
        return self.valid_on(day).filter(standing, group__valid_from__lte=day)

    def visible_to(self, user):
        """Keep the seats in groups that the person may see."""
        from agreements.models import CollaborationGroup

        return self.filter(group__in=CollaborationGroup.objects.visible_to(user))


class InvitationQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the invitations to groups that the person may invite to; for the police's seats, also the police's."""
        access = access_of(user)
        for_the_police = Q(organisation__kind=OrganisationKind.POLICE) & ~Q(group__kind=GroupKind.WORKING)
        return self.filter(
            access.reach({P.INVITE}).condition("group__district")
            | for_the_police & access.reach({P.SEAT_POLICE}).condition("group__district")
        )


class MeetingQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the meetings of the groups in the person's own districts; of the city's groups for those who sit there.

        Whoever sits in a group sees its meetings, also an external party.
        """
        reach = access_of(user).reach({P.READ_MEETINGS})
        return self.filter(reach.condition("group__district") | _sits_in(user, "group__"))


class AgreementQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep what is signed, or was, for whoever reads it; and drafts for those who write or decide (domain §3)."""
        access = access_of(user)
        drafts = access.reach({P.READ_AGREEMENT_DRAFT}).condition()
        signed = ~Q(state__in=NEVER_SIGNED) & access.reach({P.READ_SIGNED_AGREEMENT}).condition()
        return self.filter(drafts | signed)

    def in_force(self):
        """Keep the agreements that hold today: signed, also while they are being reviewed."""
        return self.filter(state__in=IN_FORCE)


ON_THEIR_WAY = (AgreementState.DRAFT, AgreementState.CIRCULATED)
NEVER_SIGNED = (*ON_THEIR_WAY, AgreementState.DISCARDED)
IN_FORCE = (AgreementState.SIGNED, AgreementState.UNDER_REVIEW)


class PlaceQuerySet(DatedQuerySet):
    def visible_to(self, user):
        """Keep the places of the districts whose pictures the person reads."""
        return self.filter(access_of(user).reach({P.READ_PICTURES}).condition())


class DataSourceQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep all for whoever takes part in the cooperation: what is measured, and when, is no secret."""
        return self if access_of(user).reach({P.READ_COOPERATION}) else self.none()


class PictureQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep what the person reads: a party's own draft only for that party, what is shared for both (seed 001).

        The joint picture is for the two who make it until it is prioritised,
        then for all who work with the district's pictures. A discarded draft is
        empty and seen by nobody.
        """
        access = access_of(user)
        drafts = Q(pk__in=[])
        for producer, permission in DRAFT_PERMISSIONS.items():
            drafts |= Q(producer=producer) & access.reach({permission}).condition()
        shared = ~Q(state=PictureState.DRAFT) & access.reach({P.READ_PICTURES}).condition()
        return self.filter(drafts | shared).exclude(state=PictureState.DISCARDED)


# Who sees a picture from the start.
DRAFT_PERMISSIONS = {
    Producer.CITY: P.WRITE_CITY_PICTURE,
    Producer.POLICE: P.WRITE_POLICE_PICTURE,
    Producer.JOINT: P.WRITE_JOINT_PICTURE,
}


class FindingQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the findings of pictures that the person reads."""
        return self.filter(picture__in=_pictures(user))


class OfPictureQuerySet(QuerySet):
    """Problems of a joint picture, and what it leaves out."""

    def visible_to(self, user):
        """Keep what belongs to pictures that the person reads."""
        path = "joint" if hasattr(self.model, "joint") else "picture"
        return self.filter(**{f"{path}__in": _pictures(user)})


class AnalysisQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the analyses of problems in pictures that the person reads."""
        return self.filter(problem__picture__in=_pictures(user))


class OfAnalysisQuerySet(QuerySet):
    """Causes and steps of an analysis."""

    def visible_to(self, user):
        """Keep what belongs to analyses of problems in pictures that the person reads."""
        return self.filter(analysis__problem__picture__in=_pictures(user))


class CommunicationQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the activities of the places whose cooperation the person reads, and the city's for all of them."""
        return self.filter(access_of(user).reach({P.READ_COOPERATION}).condition())


class AttachmentQuerySet(QuerySet):
    def visible_to(self, user):
        """Keep the files of agreements and findings that the person reads."""
        from agreements.models import Agreement, Finding

        of_agreements = Q(agreement__in=Agreement.objects.visible_to(user))
        return self.filter(of_agreements | Q(finding__in=Finding.objects.visible_to(user)))


def _pictures(user):
    from agreements.models import SituationPicture

    return SituationPicture.objects.visible_to(user)


def _sits_in(user, path=""):
    """Condition: the person has a seat in the group today."""
    from agreements.models import GroupMembership

    if not user.is_authenticated:
        return Q(pk__in=[])
    seats = GroupMembership.objects.in_force().filter(user=user).values("group")
    return Q(**{f"{path}pk__in": seats})
