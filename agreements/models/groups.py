"""The groups of the cooperation, who sits in them, and who has been asked to."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from agreements.enums import GroupKind, GroupLevel, InvitationState
from agreements.models.areas import PriorityArea
from agreements.models.organisation import District, Function, Organisation
from agreements.models.periods import ends_after_start
from agreements.models.steps import by_whom
from agreements.querysets import GroupQuerySet, InvitationQuerySet, MembershipQuerySet
from trygghet.append_only import AppendOnly


class CollaborationGroup(models.Model):
    """A steering, preparation or working group, local or city-wide (seed 001)."""

    slug = models.SlugField("adress", unique=True, max_length=100)
    name = models.CharField("namn", max_length=150)
    level = models.CharField("nivå", max_length=10, choices=GroupLevel)
    kind = models.CharField("slag", max_length=15, choices=GroupKind)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="groups",
        verbose_name="stadsdelsområde",
    )
    mandate = models.TextField("uppdrag", blank=True)
    focus_area = models.ForeignKey(
        PriorityArea,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="working_groups",
        verbose_name="fokusområde",
        help_text="Det prioriterade område som en arbetsgrupp arbetar med.",
    )
    min_meetings_per_year = models.PositiveSmallIntegerField("minsta antal möten per år", null=True, blank=True)
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True, blank=True)
    row_version = models.PositiveIntegerField("version av raden", default=1, editable=False)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = "samverkansgrupp"
        verbose_name_plural = "samverkansgrupper"
        ordering = ["name"]
        constraints = [
            ends_after_start("group_ends_after_start"),
            models.CheckConstraint(
                name="local_group_has_district",
                condition=Q(level=GroupLevel.CITY, district__isnull=True)
                | Q(level=GroupLevel.LOCAL, district__isnull=False),
                violation_error_message="En lokal grupp hör till ett stadsdelsområde, en stadsövergripande inte.",
            ),
        ]

    def __str__(self):
        return self.name


class GroupMembership(models.Model):
    """A person's or a function's seat in a group for a period; roles follow from it.

    Without a user the seat is known by its function only. A deputy
    (ställföreträdare) has a seat of their own that says whose place they take;
    while it lasts they have that seat's role.
    """

    group = models.ForeignKey(
        CollaborationGroup, on_delete=models.CASCADE, related_name="memberships", verbose_name="grupp"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name="användare",
    )
    function = models.ForeignKey(Function, on_delete=models.PROTECT, verbose_name="funktion")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, verbose_name="organisation")
    is_chair = models.BooleanField("ordförande", default=False)
    is_secretary = models.BooleanField("sekreterare", default=False)
    co_opted = models.BooleanField("adjungerad", default=False)
    deputy_for = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="deputies", verbose_name="ställföreträder"
    )
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True, blank=True)
    row_version = models.PositiveIntegerField("version av raden", default=1, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "medlemskap"
        verbose_name_plural = "medlemskap"
        ordering = ["group", "function"]
        constraints = [
            ends_after_start("membership_ends_after_start"),
            models.UniqueConstraint(
                fields=["group", "function", "organisation", "user", "valid_from"],
                name="one_membership_per_person_and_start",
            ),
            models.UniqueConstraint(
                fields=["group", "function", "organisation", "valid_from"],
                condition=Q(user__isnull=True),
                name="one_vacant_seat_per_function_and_start",
            ),
        ]

    def __str__(self):
        return f"{self.function}, {self.group}"


class Invitation(models.Model):
    """An invitation by mail to take a seat in a group, bound to a function and an end date.

    The link in the mail holds a secret of which only the checksum is kept.
    Whoever accepts gets a seat from that day to ``valid_to``.
    """

    group = models.ForeignKey(
        CollaborationGroup, on_delete=models.CASCADE, related_name="invitations", verbose_name="grupp"
    )
    email = models.EmailField("e-postadress")
    function = models.ForeignKey(Function, on_delete=models.PROTECT, verbose_name="funktion")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, verbose_name="organisation")
    co_opted = models.BooleanField("adjungerad", default=False)
    valid_to = models.DateField("gäller till")
    state = models.CharField("status", max_length=10, choices=InvitationState, default=InvitationState.OPEN)
    secret_sha256 = models.CharField("länkens kontrollsumma", max_length=64, unique=True)
    invited_by = by_whom("inbjuden av")
    invited_at = models.DateTimeField("inbjuden", auto_now_add=True)
    expires_on = models.DateField("länken gäller till")
    membership = models.OneToOneField(
        GroupMembership,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="invitation",
        verbose_name="medlemskap",
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "inbjudan"
        verbose_name_plural = "inbjudningar"
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "email"],
                condition=Q(state=InvitationState.OPEN),
                name="one_open_invitation_per_group",
                violation_error_message="Den adressen har redan en öppen inbjudan till gruppen.",
            )
        ]

    def __str__(self):
        return f"{self.email}, {self.group}"


class GroupStep(AppendOnly):
    """A line in a group's log: who changed a seat or asked somebody to sit there, and when. Append-only.

    Roles follow from seats, so that it can be seen afterwards who gave which.
    ``told`` is a whole Swedish sentence without who did it; it names functions, and persons as they are shown.
    """

    group = models.ForeignKey(CollaborationGroup, on_delete=models.PROTECT, related_name="log", verbose_name="grupp")
    at = models.DateTimeField("när", auto_now_add=True)
    by = by_whom(null=True, help_text="Tomt när ett kommando gjorde det.")
    told = models.CharField("vad", max_length=300)

    class Meta:
        verbose_name = "händelse i en grupp"
        verbose_name_plural = "händelser i grupper"
        ordering = ["-pk"]

    def __str__(self):
        return self.told
