"""Agreements on cooperation (samverkansöverenskommelser): the overarching one and the local ones."""

import uuid

from django.db import models
from django.db.models import Q

from agreements.enums import AgreementPart, AgreementState, GroupLevel, ReviewOutcome
from agreements.models.areas import PriorityArea, PriorityAreaSet
from agreements.models.organisation import District, Function, Organisation
from agreements.models.steps import Step, by_whom
from agreements.querysets import AgreementQuerySet
from trygghet.append_only import AppendOnly


class Agreement(models.Model):
    """An agreement between the city and the police; without a district the overarching one.

    A new version is a row of its own, which takes the place of the earlier one
    when it is signed. A local agreement is reviewed every second year, the
    overarching one holds until further notice (seed 001).
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="agreements",
        verbose_name="stadsdelsområde",
    )
    version = models.PositiveSmallIntegerField("version", default=1)
    title = models.CharField("rubrik", max_length=200)
    area_set = models.ForeignKey(
        PriorityAreaSet, on_delete=models.PROTECT, related_name="agreements", verbose_name="områdesuppsättning"
    )
    state = models.CharField("status", max_length=20, choices=AgreementState, default=AgreementState.DRAFT)
    diary_number = models.CharField("diarienummer", max_length=50, blank=True)
    signed_on = models.DateField(
        "undertecknad", null=True, blank=True, help_text="Dagen då den sista parten skrev under; den gäller från då."
    )
    ended_on = models.DateField("gällde till", null=True, blank=True)
    is_example = models.BooleanField("exempeldata", default=False)
    row_version = models.PositiveIntegerField("version av raden", default=1)
    created_at = models.DateTimeField("skapad", auto_now_add=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = "överenskommelse"
        verbose_name_plural = "överenskommelser"
        ordering = ["district__name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["district", "version"], name="one_agreement_per_district_and_version"),
            models.UniqueConstraint(
                fields=["version"], condition=Q(district__isnull=True), name="one_overarching_agreement_per_version"
            ),
            models.UniqueConstraint(
                fields=["district"],
                condition=Q(state__in=["signed", "under_review"]),
                name="one_agreement_in_force_per_district",
            ),
            models.UniqueConstraint(
                fields=["district"],
                condition=Q(state__in=["draft", "circulated"]),
                name="one_agreement_on_its_way_per_district",
                violation_error_message="Det finns redan en ny version på väg.",
            ),
            models.CheckConstraint(
                name="agreement_in_force_is_signed",
                condition=Q(state__in=["draft", "circulated", "discarded"]) | Q(signed_on__isnull=False),
                violation_error_message="En överenskommelse som gäller har ett datum för underskriften.",
            ),
        ]

    def __str__(self):
        return f"{self.title}, version {self.version}"


class AgreementText(models.Model):
    """A part of the agreement's text, as in the common template."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.CASCADE, related_name="texts", verbose_name="överenskommelse"
    )
    part = models.CharField("del", max_length=20, choices=AgreementPart)
    text = models.TextField("text", blank=True, max_length=20_000)

    class Meta:
        verbose_name = "text i överenskommelsen"
        verbose_name_plural = "texter i överenskommelsen"
        ordering = ["agreement", "part"]
        constraints = [models.UniqueConstraint(fields=["agreement", "part"], name="part_once_per_agreement")]

    def __str__(self):
        return self.get_part_display()


class AgreementFocus(models.Model):
    """A local focus area with its goals, under a prioritised area; or why an area is left out.

    The city's direction is mirrored locally where it is relevant (seed 001),
    so an area may be empty, but not without a reason.
    """

    agreement = models.ForeignKey(
        Agreement, on_delete=models.CASCADE, related_name="focuses", verbose_name="överenskommelse"
    )
    area = models.ForeignKey(
        PriorityArea, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="område"
    )
    position = models.PositiveIntegerField("plats")
    title = models.CharField("fokusområde", max_length=200, blank=True)
    goals = models.TextField("mål", blank=True, max_length=8_000)
    not_relevant_reason = models.TextField("skäl till att området inte är aktuellt", blank=True, max_length=2_000)

    class Meta:
        verbose_name = "fokusområde"
        verbose_name_plural = "fokusområden"
        ordering = ["agreement", "position"]

    def __str__(self):
        return self.title or self.not_relevant_reason


class AgreementParty(models.Model):
    """A party to the agreement, the function that signs for it, and when it did."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.CASCADE, related_name="parties", verbose_name="överenskommelse"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="agreement_parties", verbose_name="part"
    )
    function = models.ForeignKey(Function, on_delete=models.PROTECT, related_name="+", verbose_name="undertecknas av")
    position = models.PositiveIntegerField("plats")
    signed_on = models.DateField("undertecknad", null=True, blank=True)
    recorded_by = by_whom("registrerad av", null=True, blank=True)

    class Meta:
        verbose_name = "part i överenskommelsen"
        verbose_name_plural = "parter i överenskommelsen"
        ordering = ["agreement", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "organisation"],
                name="party_once_per_agreement",
                violation_error_message="Organisationen är redan part i överenskommelsen.",
            )
        ]

    def __str__(self):
        return str(self.organisation)


class AgreementReview(AppendOnly):
    """That the steering group has reviewed an agreement, and what came of it. Append-only.

    The two years to the next review count from ``reviewed_on`` (seed 001).
    """

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="reviews", verbose_name="överenskommelse"
    )
    reviewed_on = models.DateField("datum")
    outcome = models.CharField("utfall", max_length=20, choices=ReviewOutcome)
    meeting = models.CharField("möte", max_length=200, blank=True)
    reason = models.TextField("motivering", blank=True, max_length=2_000)
    by = by_whom("registrerad av", null=True)
    at = models.DateTimeField("registrerad", auto_now_add=True)

    class Meta:
        verbose_name = "översyn"
        verbose_name_plural = "översyner"
        ordering = ["-reviewed_on", "-pk"]

    def __str__(self):
        return f"{self.get_outcome_display()} {self.reviewed_on}"


class AgreementStep(Step):
    """A step of an agreement."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="steps", verbose_name="överenskommelse"
    )

    class Meta(Step.Meta):
        verbose_name = "steg för en överenskommelse"
        verbose_name_plural = "steg för överenskommelser"


class TemplateText(models.Model):
    """What a new agreement begins with in one of its parts: the common template, as the city's file has it."""

    level = models.CharField("nivå", max_length=10, choices=GroupLevel)
    part = models.CharField("del", max_length=20, choices=AgreementPart)
    text = models.TextField("text", max_length=20_000)

    class Meta:
        verbose_name = "text i mallen för överenskommelser"
        verbose_name_plural = "texter i mallen för överenskommelser"
        ordering = ["level", "part"]
        constraints = [models.UniqueConstraint(fields=["level", "part"], name="template_part_once_per_level")]

    def __str__(self):
        return f"{self.get_part_display()} ({self.get_level_display().lower()})"
