"""The follow-up of a decided plan: what became of each action, goal, commitment and problem; once approved, frozen."""

import uuid

from django.db import models

from agreements.models import Organisation
from agreements.models.steps import Step, by_whom
from followup.enums import (
    AssessedKind,
    Certainty,
    Change,
    FollowUpState,
    Fulfilled,
    GoalResult,
    Implementation,
    Light,
    NextYear,
)
from followup.querysets import APPROVED, FollowUpQuerySet, OfFollowUpQuerySet
from plans.models import ActionPlan, PlanVersion
from trygghet.append_only import AppendOnly

MAX_ANSWER = 4_000
"""The longest text of one field of a follow-up, in characters."""


def words(verbose_name, **options):
    """A text of the follow-up, kept verbatim; empty until somebody has written."""
    return models.TextField(verbose_name, blank=True, max_length=MAX_ANSWER, **options)


def choice(verbose_name, choices):
    """A closed choice; empty until somebody has answered."""
    return models.CharField(verbose_name, max_length=25, choices=choices, blank=True)


class FollowUp(models.Model):
    """The follow-up of a plan, made at year-end from its decided version (seed 001 "Uppföljning").

    ``version`` is the decided version that is followed up: what it says is
    read from its frozen document, and the rows below name the document's rows
    by their identities. ``opened_by`` is None when the year's date opened it.
    """

    plan = models.OneToOneField(ActionPlan, on_delete=models.PROTECT, related_name="follow_up", verbose_name="plan")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+", verbose_name="version")
    state = models.CharField("status", max_length=25, choices=FollowUpState, default=FollowUpState.OPEN)
    summary = words("sammanfattning")
    opened_at = models.DateTimeField("öppnad", auto_now_add=True)
    opened_by = by_whom("öppnad av", null=True, blank=True)
    row_version = models.PositiveIntegerField("version av raden", default=1, editable=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "uppföljning"
        verbose_name_plural = "uppföljningar"
        ordering = ["-plan__cycle__year", "plan__district__name"]

    def __str__(self):
        return f"Uppföljning av {self.plan}"


class OfFollowUp(models.Model):
    """What every answer of a follow-up has; ``row`` is the row of the plan that it is about.

    ``row_version`` grows with each change; a write names the version it read.
    ``by`` and ``at`` are None until somebody has answered.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    follow_up = models.ForeignKey(
        FollowUp, on_delete=models.CASCADE, related_name="%(class)ss", verbose_name="uppföljning"
    )
    row = models.UUIDField("rad i planen")
    row_version = models.PositiveIntegerField("version av raden", default=1, editable=False)
    by = by_whom("besvarad av", null=True, blank=True)
    at = models.DateTimeField("besvarad", null=True, blank=True)

    objects = OfFollowUpQuerySet.as_manager()

    class Meta:
        abstract = True

    def delete(self, *args, **kwargs):
        """Remove the answer; raise TypeError for one that has been approved."""
        if self.follow_up.state == FollowUpState.APPROVED:
            raise TypeError(APPROVED)
        return super().delete(*args, **kwargs)


class ActionOutcome(OfFollowUp):
    """What became of an action (domain §5.2). ``reason`` says why it was not done, or why nothing is reported."""

    status = choice("status", Implementation)
    light = choice("läge", Light)
    done = words("vad har genomförts?")
    changed = words("vad ändrades, och varför?")
    helped = words("vad underlättade?")
    hindered = words("vad försvårade eller hindrade?")
    lesson = words("lärdom")
    reason = words("skäl")
    next_year = choice("nästa år", NextYear)

    class Meta:
        verbose_name = "utfall av en åtgärd"
        verbose_name_plural = "utfall av åtgärder"
        constraints = [models.UniqueConstraint(fields=["follow_up", "row"], name="one_outcome_per_action")]

    def __str__(self):
        return self.get_status_display() or "Inte besvarad"


class Fulfilment(OfFollowUp):
    """How one party kept what it took upon itself in an action (domain §5.2), answered by that party and nobody else.

    ``party`` is what the plan calls it; ``organisation`` is None when it is
    nobody the system knows, who then cannot answer here. In the city's plan
    ``row`` may be an åtagande.
    """

    party = models.CharField("part", max_length=200)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="organisation"
    )
    answer = choice("har parten gjort sin del?", Fulfilled)
    comment = words("kommentar")

    class Meta:
        verbose_name = "parts uppfyllelse"
        verbose_name_plural = "parternas uppfyllelse"
        ordering = ["party"]
        constraints = [models.UniqueConstraint(fields=["follow_up", "row", "party"], name="one_answer_per_party")]

    def __str__(self):
        return f"{self.party}: {self.get_answer_display() or 'inte besvarat'}"


class GoalOutcome(OfFollowUp):
    """Whether a goal was met (domain §5.3); ``row`` is its action, or the area of a delmål.

    ``goal`` tells the goals of a row apart: the identity of a goal that was
    entered one by one, else the number of its paragraph in the cell. ``text``
    is the goal as it was decided.
    """

    goal = models.CharField("mål", max_length=40)
    position = models.PositiveSmallIntegerField("plats")
    text = words("målet som det beslutades")
    result = choice("resultat", GoalResult)
    value = models.CharField("utfall", max_length=100, blank=True)
    source = models.CharField("källa", max_length=200, blank=True)
    on = models.DateField("gäller", null=True, blank=True)
    comment = words("kommentar")

    class Meta:
        verbose_name = "utfall av ett mål"
        verbose_name_plural = "utfall av mål"
        ordering = ["row", "position"]
        constraints = [models.UniqueConstraint(fields=["follow_up", "row", "goal"], name="one_outcome_per_goal")]

    def __str__(self):
        return f"{self.text}: {self.get_result_display() or 'inte besvarat'}"


class Assessment(OfFollowUp):
    """What the indicators say of a problem or an area, and how sure anyone can be (domain §5.3)."""

    kind = models.CharField("slag", max_length=10, choices=AssessedKind)
    change = choice("problemet", Change)
    certainty = choice("hur säkert är det?", Certainty)
    text = words("vad visar siffrorna?")
    comparison = models.CharField("jämfört med", max_length=200, blank=True)

    class Meta:
        verbose_name = "bedömning"
        verbose_name_plural = "bedömningar"
        constraints = [models.UniqueConstraint(fields=["follow_up", "row"], name="one_assessment_per_row")]

    def __str__(self):
        return self.get_certainty_display() or "Inte bedömd"


class FollowUpStep(Step):
    """A step of a follow-up on its way to the steering group's approval."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="steps", verbose_name="uppföljning")

    class Meta(Step.Meta):
        verbose_name = "steg i uppföljningen"
        verbose_name_plural = "steg i uppföljningar"


class ApprovedFollowUp(AppendOnly):
    """A follow-up as the steering group approved it, frozen. Written once, by the approval.

    ``document`` is the follow-up in the open format; ``sha256`` is the
    checksum of its UTF-8 bytes.
    """

    follow_up = models.OneToOneField(
        FollowUp, on_delete=models.PROTECT, related_name="approved", verbose_name="uppföljning"
    )
    document = models.TextField("innehåll")
    sha256 = models.CharField("kontrollsumma", max_length=64)
    approved_on = models.DateField("godkänd den")
    body = models.CharField("godkänd av", max_length=200)
    meeting = models.CharField("möte", max_length=200, blank=True)
    by = by_whom("registrerad av")
    at = models.DateTimeField("fryst", auto_now_add=True)

    class Meta:
        verbose_name = "godkänd uppföljning"
        verbose_name_plural = "godkända uppföljningar"

    def __str__(self):
        return str(self.follow_up)


def _where_frozen(instance, filename):
    return f"followups/{instance.approved_id}/{instance.sha256}.{instance.format}"


class FollowUpFile(AppendOnly):
    """An approved follow-up as a file (``xlsx`` or ``pdf``), made once and served as it is."""

    approved = models.ForeignKey(
        ApprovedFollowUp, on_delete=models.PROTECT, related_name="files", verbose_name="godkänd uppföljning"
    )
    format = models.CharField("format", max_length=10)
    name = models.CharField("filens namn", max_length=200)
    file = models.FileField("fil", upload_to=_where_frozen, max_length=300)
    sha256 = models.CharField("kontrollsumma", max_length=64)
    size = models.PositiveBigIntegerField("storlek i byte")
    made_at = models.DateTimeField("gjord", auto_now_add=True)

    class Meta:
        verbose_name = "fryst uppföljningsfil"
        verbose_name_plural = "frysta uppföljningsfiler"
        ordering = ["format"]
        constraints = [models.UniqueConstraint(fields=["approved", "format"], name="one_follow_up_file_per_format")]

    def __str__(self):
        return self.name
