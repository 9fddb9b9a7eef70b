"""Who cooperates about what: districts, organisations, groups, members, priority areas, years."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from agreements.enums import GroupKind, GroupLevel, OrganisationKind
from agreements.enums import TriangleSide as Side
from agreements.querysets import DatedQuerySet, MembershipQuerySet


def ends_after_start(name):
    """Constraint: a period may be open, but never ends before it starts."""
    return models.CheckConstraint(
        name=name,
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
        violation_error_message="Slutdatumet ligger före startdatumet. Ändra ett av dem.",
    )


class Municipality(models.Model):
    """A kommun; one installation serves one."""

    name = models.CharField("namn", max_length=100)
    code = models.SlugField("kod", unique=True)

    class Meta:
        verbose_name = "kommun"
        verbose_name_plural = "kommuner"
        ordering = ["name"]

    def __str__(self):
        return self.name


class PoliceArea(models.Model):
    """A polisområde (syd, city, nord), the level above the local police areas."""

    name = models.CharField("namn", max_length=100)
    code = models.SlugField("kod", unique=True)

    class Meta:
        verbose_name = "polisområde"
        verbose_name_plural = "polisområden"
        ordering = ["name"]

    def __str__(self):
        return self.name


class LocalPoliceArea(models.Model):
    """A lokalpolisområde; it may serve several districts."""

    name = models.CharField("namn", max_length=100)
    code = models.SlugField("kod", unique=True)
    police_area = models.ForeignKey(
        PoliceArea, on_delete=models.PROTECT, related_name="local_police_areas", verbose_name="polisområde"
    )

    class Meta:
        verbose_name = "lokalpolisområde"
        verbose_name_plural = "lokalpolisområden"
        ordering = ["name"]

    def __str__(self):
        return self.name


class District(models.Model):
    """A stadsdelsområde. Districts merge over time, so each has a period; no end means it stands."""

    name = models.CharField("namn", max_length=100)
    slug = models.SlugField("adress", unique=True)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="districts", verbose_name="kommun"
    )
    local_police_areas = models.ManyToManyField(
        LocalPoliceArea, related_name="districts", blank=True, verbose_name="lokalpolisområden"
    )
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "stadsdelsområde"
        verbose_name_plural = "stadsdelsområden"
        ordering = ["name"]
        constraints = [ends_after_start("district_ends_after_start")]

    def __str__(self):
        return self.name


class Neighbourhood(models.Model):
    """A stadsdel within a district, such as Vårberg."""

    district = models.ForeignKey(
        District, on_delete=models.CASCADE, related_name="neighbourhoods", verbose_name="stadsdelsområde"
    )
    name = models.CharField("namn", max_length=100)
    slug = models.SlugField("adress")

    class Meta:
        verbose_name = "stadsdel"
        verbose_name_plural = "stadsdelar"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["district", "slug"], name="one_neighbourhood_per_slug")]

    def __str__(self):
        return self.name


class Organisation(models.Model):
    """An authority, company or association that takes part; ``is_party`` if it signs agreements."""

    name = models.CharField("namn", max_length=150)
    slug = models.SlugField("adress", unique=True, max_length=100)
    short_name = models.CharField("kortnamn", max_length=50, blank=True)
    kind = models.CharField("slag", max_length=20, choices=OrganisationKind)
    is_party = models.BooleanField("är part", default=False)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name="stadsdelsområde",
        help_text="Tomt för en organisation som finns i hela staden.",
    )

    class Meta:
        verbose_name = "organisation"
        verbose_name_plural = "organisationer"
        ordering = ["name"]

    def __str__(self):
        return self.name


class Function(models.Model):
    """What a member does in their organisation, such as kommunpolis. Plans name functions, never persons."""

    code = models.SlugField("kod", unique=True)
    title = models.CharField("titel", max_length=150)

    class Meta:
        verbose_name = "funktion"
        verbose_name_plural = "funktioner"
        ordering = ["title"]

    def __str__(self):
        return self.title


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
    min_meetings_per_year = models.PositiveSmallIntegerField("minsta antal möten per år", null=True, blank=True)
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

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

    Without a user the seat is known by its function only.
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
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True, blank=True)

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


class PriorityAreaSet(models.Model):
    """An edition of the prioritised areas. Old plans keep the set they were written under."""

    code = models.SlugField("kod", unique=True)
    name = models.CharField("namn", max_length=150)
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "områdesuppsättning"
        verbose_name_plural = "områdesuppsättningar"
        ordering = ["-valid_from"]
        constraints = [ends_after_start("area_set_ends_after_start")]

    def __str__(self):
        return self.name


class PriorityArea(models.Model):
    """A prioritised area of cooperation (seed 000), with the city's words for it."""

    area_set = models.ForeignKey(
        PriorityAreaSet, on_delete=models.CASCADE, related_name="areas", verbose_name="områdesuppsättning"
    )
    number = models.PositiveSmallIntegerField("nummer")
    code = models.SlugField("kod")
    title = models.CharField("namn", max_length=150)
    short_title = models.CharField("kort namn", max_length=60)
    sheet = models.CharField("flikens namn", max_length=31, help_text="Högst 31 tecken, så vill Excel ha det.")
    description = models.TextField("beskrivning", blank=True)
    example_activities = models.TextField("exempel på aktiviteter", blank=True)

    class Meta:
        verbose_name = "prioriterat område"
        verbose_name_plural = "prioriterade områden"
        ordering = ["area_set", "number"]
        constraints = [
            models.UniqueConstraint(fields=["area_set", "number"], name="one_area_per_number"),
            models.UniqueConstraint(fields=["area_set", "code"], name="one_area_per_code"),
        ]

    def __str__(self):
        return self.title


class AreaObjective(models.Model):
    """A numbered målsättning of a prioritised area, word for word."""

    area = models.ForeignKey(PriorityArea, on_delete=models.CASCADE, related_name="objectives", verbose_name="område")
    number = models.PositiveSmallIntegerField("nummer")
    text = models.TextField("målsättning")

    class Meta:
        verbose_name = "målsättning"
        verbose_name_plural = "målsättningar"
        ordering = ["area", "number"]
        constraints = [models.UniqueConstraint(fields=["area", "number"], name="one_objective_per_number")]

    def __str__(self):
        return self.text


class TriangleSide(models.Model):
    """A side of the crime triangle that actions should be directed at (seed 000)."""

    area_set = models.ForeignKey(
        PriorityAreaSet, on_delete=models.CASCADE, related_name="triangle_sides", verbose_name="områdesuppsättning"
    )
    number = models.PositiveSmallIntegerField("nummer")
    code = models.CharField("kod", max_length=10, choices=Side)
    title = models.CharField("namn", max_length=60)

    class Meta:
        verbose_name = "sida i brottstriangeln"
        verbose_name_plural = "sidor i brottstriangeln"
        ordering = ["area_set", "number"]
        constraints = [models.UniqueConstraint(fields=["area_set", "code"], name="one_side_per_code")]

    def __str__(self):
        return self.title


class PlanningCycle(models.Model):
    """A year of planning: which areas it is written under and the words of the year's template.

    ``instructions`` is a list of paragraphs; ``links`` a list of objects with
    name, url (or null), text and label, as on the template's first tab.
    """

    year = models.PositiveSmallIntegerField("år", unique=True)
    area_set = models.ForeignKey(
        PriorityAreaSet, on_delete=models.PROTECT, related_name="cycles", verbose_name="områdesuppsättning"
    )
    instructions = models.JSONField("instruktioner", default=list, blank=True)
    links = models.JSONField("länkar", default=list, blank=True)
    review_due = models.DateField("på granskning senast", null=True, blank=True)
    decision_due = models.DateField("beslutad senast", null=True, blank=True)
    submission_due = models.DateField("inskickad senast", null=True, blank=True)
    board_due = models.DateField("beslutad i nämnd senast", null=True, blank=True)

    class Meta:
        verbose_name = "planeringsår"
        verbose_name_plural = "planeringsår"
        ordering = ["-year"]

    def __str__(self):
        return str(self.year)
