"""A plan's way to its decision: steps, reviews, decided versions, and what the city and the board then did."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from plans.document import Counts
from plans.enums import Party, PlanState, SubmissionState
from plans.models.content import ActionPlan
from plans.querysets import OfPlanQuerySet, PlanVersionQuerySet
from trygghet.append_only import AppendOnly


def by_whom(verbose_name="vem", **options):
    """The person who did it; kept when the person leaves."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=verbose_name, **options
    )


class PlanStep(AppendOnly):
    """A step on the plan's way: who did what, when and why. Append-only.

    ``name`` is that of a transition in ``plans/workflow.py``; ``told`` says in
    Swedish what was done, as a whole sentence without who did it.
    """

    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="steps", verbose_name="plan")
    version = models.PositiveSmallIntegerField("version")
    name = models.CharField("steg", max_length=40)
    from_state = models.CharField("från status", max_length=25, choices=PlanState)
    to_state = models.CharField("till status", max_length=25, choices=PlanState)
    at = models.DateTimeField("när", auto_now_add=True)
    by = by_whom(null=True, help_text="Tomt när ett kommando tog steget.")
    told = models.CharField("vad", max_length=300)
    reason = models.TextField("skäl", blank=True)

    class Meta:
        verbose_name = "steg"
        verbose_name_plural = "steg"
        ordering = ["-pk"]

    def __str__(self):
        return self.told


class Review(models.Model):
    """A party's «Granskad» on the plan as it now stands; gone when the plan goes back to draft.

    ``event`` is the number of the plan's latest change when the party marked
    it; a later change asks for a new mark.
    """

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="reviews", verbose_name="plan")
    party = models.CharField("part", max_length=10, choices=Party)
    by = by_whom()
    at = models.DateTimeField("när", auto_now_add=True)
    event = models.PositiveBigIntegerField("planens senaste ändring")

    class Meta:
        verbose_name = "granskning"
        verbose_name_plural = "granskningar"
        ordering = ["party"]
        constraints = [models.UniqueConstraint(fields=["plan", "party"], name="one_review_per_party")]

    def __str__(self):
        return self.get_party_display()

    def holds(self, latest_event):
        """Whether nothing has been changed since, given the number of the plan's latest change."""
        return self.event >= latest_event


class PlanVersion(AppendOnly):
    """A plan as the local steering group decided it, frozen. Written once, by the decision.

    ``document`` is the plan in the open format, character for character;
    ``sha256`` is the checksum of its UTF-8 bytes. ``facts`` holds what else
    the printed plan says of itself and may change later: ``parties`` (names)
    and ``objectives`` (the city's goals by area code). ``counts`` holds the
    numbers of the analysis tab, a list of objects with ``code``, ``title``,
    ``problems``, ``causes`` and ``actions``, an area each.
    """

    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="versions", verbose_name="plan")
    number = models.PositiveSmallIntegerField("version")
    document = models.TextField("innehåll")
    sha256 = models.CharField("kontrollsumma", max_length=64)
    facts = models.JSONField("uppgifter")
    counts = models.JSONField("antal")
    decided_on = models.DateField("beslutsdatum")
    body = models.CharField("beslutad av", max_length=200)
    meeting = models.CharField("möte", max_length=200)
    paragraph = models.CharField("paragraf", max_length=50, blank=True)
    frozen_at = models.DateTimeField("fryst", auto_now_add=True)
    by = by_whom("registrerad av", null=True)

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "beslutad version"
        verbose_name_plural = "beslutade versioner"
        ordering = ["plan", "-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="version_decided_once")]

    def __str__(self):
        return f"{self.plan}, version {self.number}"

    def get_absolute_url(self):
        return reverse("plans:version", args=[self.plan.scope.slug, self.plan.year, self.number])

    @property
    def sum(self):
        """Problems, causes and actions of all areas together."""
        keys = ("problems", "causes", "actions")
        return sum((Counts(*(area[key] for key in keys)) for area in self.counts), Counts(0, 0, 0))


def _where_frozen(instance, filename):
    version = instance.version
    return f"versions/{version.plan_id}/{version.number}/{instance.sha256}.{instance.format}"


class FrozenFile(AppendOnly):
    """A decided version as a file (``xlsx`` or ``pdf``), made once and served as it is."""

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="files", verbose_name="version")
    format = models.CharField("format", max_length=10)
    name = models.CharField("filens namn", max_length=200)
    file = models.FileField("fil", upload_to=_where_frozen, max_length=300)
    sha256 = models.CharField("kontrollsumma", max_length=64)
    size = models.PositiveBigIntegerField("storlek i byte")
    made_at = models.DateTimeField("gjord", auto_now_add=True)

    class Meta:
        verbose_name = "fryst fil"
        verbose_name_plural = "frysta filer"
        ordering = ["format"]
        constraints = [models.UniqueConstraint(fields=["version", "format"], name="one_file_per_format")]

    def __str__(self):
        return self.name


class Submission(models.Model):
    """A decided version sent to the city's central preparation group (seed 002), and what they answered."""

    version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, related_name="submissions", verbose_name="version"
    )
    state = models.CharField("status", max_length=25, choices=SubmissionState, default=SubmissionState.SENT)
    at = models.DateTimeField("inskickad", auto_now_add=True)
    by = by_whom("inskickad av", null=True)
    answer = models.TextField("svar", blank=True)
    answered_at = models.DateTimeField("besvarad", null=True, blank=True)
    answered_by = by_whom("besvarad av", null=True, blank=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "inskickning"
        verbose_name_plural = "inskickningar"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=~Q(state=SubmissionState.COMPLETION_REQUESTED),
                name="one_open_submission_per_version",
            )
        ]

    def __str__(self):
        return self.receipt_number

    @property
    def receipt_number(self):
        """What the district is told as a receipt, such as "2025-0042"."""
        return f"{self.version.plan.year}-{self.pk:04d}"


class BoardDecision(models.Model):
    """The stadsdelsnämnd's own decision on a version, for the city's side alone (seed 002).

    ``reported_in`` names the report it was handed in with, as a rule tertialrapport 1.
    """

    version = models.OneToOneField(
        PlanVersion, on_delete=models.PROTECT, related_name="board_decision", verbose_name="version"
    )
    board = models.CharField("nämnd", max_length=200)
    decided_on = models.DateField("beslutsdatum")
    paragraph = models.CharField("paragraf", max_length=50)
    diary_number = models.CharField("diarienummer", max_length=50)
    reported_in = models.CharField("lämnad med", max_length=100)
    by = by_whom("registrerad av", null=True)
    at = models.DateTimeField("registrerad", auto_now=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "nämndbeslut"
        verbose_name_plural = "nämndbeslut"
        ordering = ["-decided_on"]

    def __str__(self):
        return f"{self.board} {self.decided_on}, {self.paragraph}"
