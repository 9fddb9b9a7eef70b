"""The city's annual report as the central preparation group writes it, and as the steering group published it."""

from django.db import models

from agreements.models import District, Organisation, PlanningCycle
from agreements.models.steps import Step, by_whom
from followup.enums import ProposalKind, ReportState
from followup.models.outcomes import FollowUp
from followup.querysets import (
    PUBLISHED,
    AnnualReportQuerySet,
    LocalFeedbackQuerySet,
    OfReportQuerySet,
    PublishedReportQuerySet,
    ReportReceiptQuerySet,
)
from plans.models import ActionPlan
from trygghet.append_only import AppendOnly

MAX_REPORT_TEXT = 20_000
"""The longest text of one section of the report, in characters."""
MAX_FEEDBACK = 8_000
"""The longest feedback to a district, in characters."""


class AnnualReport(models.Model):
    """The city's annual report of a year: what the central preparation group writes beside what is computed.

    What it says of the districts is read from their plans and follow-ups
    while it is written, and from :class:`PublishedReport` once it is published.
    """

    cycle = models.OneToOneField(PlanningCycle, on_delete=models.PROTECT, related_name="report", verbose_name="år")
    state = models.CharField("status", max_length=25, choices=ReportState, default=ReportState.OPEN)
    row_version = models.PositiveIntegerField("version av raden", default=1, editable=False)
    begun_at = models.DateTimeField("påbörjad", auto_now_add=True)

    objects = AnnualReportQuerySet.as_manager()

    class Meta:
        verbose_name = "årsrapport"
        verbose_name_plural = "årsrapporter"
        ordering = ["-cycle__year"]

    def __str__(self):
        return f"Årsrapport {self.year}"

    @property
    def year(self):
        return self.cycle.year


class OfReport(models.Model):
    """What is written in a report and may be changed until it is handed over for decision.

    ``row_version`` grows with each change; a write names the version it read.
    """

    row_version = models.PositiveIntegerField("version av raden", default=1, editable=False)
    by = by_whom("skrivet av", null=True, blank=True)
    at = models.DateTimeField("skrivet", null=True, blank=True)

    objects = OfReportQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Write it; raise TypeError for what has been published."""
        _refuse_published(self.report)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Remove it; raise TypeError for what has been published."""
        _refuse_published(self.report)
        return super().delete(*args, **kwargs)


def _refuse_published(report):
    if report.state == ReportState.PUBLISHED:
        raise TypeError(PUBLISHED)


class ReportText(OfReport):
    """The central preparation group's own text in a section; ``section`` is a key of ``report.document.SECTIONS``.

    An area of section 4 has a text of its own: ``areas:`` and the key of the area.
    """

    report = models.ForeignKey(AnnualReport, on_delete=models.PROTECT, related_name="texts", verbose_name="årsrapport")
    section = models.CharField("avsnitt", max_length=80)
    text = models.TextField("text", blank=True, max_length=MAX_REPORT_TEXT)

    class Meta:
        verbose_name = "text i årsrapporten"
        verbose_name_plural = "texter i årsrapporten"
        constraints = [models.UniqueConstraint(fields=["report", "section"], name="one_text_per_section")]

    def __str__(self):
        return f"{self.report}, {self.section}"


class ReportComment(models.Model):
    """What somebody in the city's groups says of a section while it is written; never part of the report."""

    report = models.ForeignKey(
        AnnualReport, on_delete=models.PROTECT, related_name="comments", verbose_name="årsrapport"
    )
    section = models.CharField("avsnitt", max_length=80)
    text = models.TextField("kommentar", max_length=4_000)
    by = by_whom("skriven av")
    at = models.DateTimeField("skriven", auto_now_add=True)
    resolved_by = by_whom("klarmarkerad av", null=True, blank=True)
    resolved_at = models.DateTimeField("klarmarkerad", null=True, blank=True)

    objects = OfReportQuerySet.as_manager()

    class Meta:
        verbose_name = "kommentar till årsrapporten"
        verbose_name_plural = "kommentarer till årsrapporten"
        ordering = ["pk"]

    def __str__(self):
        return self.text


class ReportQuote(models.Model):
    """A district's own words taken into the report as an example.

    ``row`` is the action (or problem) of the district's plan, ``field`` which
    of its answers is quoted. ``text`` and ``about`` (the action) are kept as
    they were when it was quoted.
    """

    report = models.ForeignKey(AnnualReport, on_delete=models.PROTECT, related_name="quotes", verbose_name="årsrapport")
    section = models.CharField("avsnitt", max_length=80)
    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="+", verbose_name="uppföljning")
    row = models.UUIDField("rad i planen")
    field = models.CharField("fält", max_length=20)
    about = models.TextField("vad det gäller", blank=True)
    text = models.TextField("citat")
    by = by_whom("citerat av")
    at = models.DateTimeField("citerat", auto_now_add=True)

    objects = OfReportQuerySet.as_manager()

    class Meta:
        verbose_name = "citat i årsrapporten"
        verbose_name_plural = "citat i årsrapporten"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "section", "follow_up", "row", "field"], name="quoted_once")
        ]

    def __str__(self):
        return self.text

    def delete(self, *args, **kwargs):
        """Take it out of the report; raise TypeError for one that has been published."""
        _refuse_published(self.report)
        return super().delete(*args, **kwargs)


class ReportProposal(OfReport):
    """What the city proposes for the coming year (section 11): an action, or what a department takes upon itself.

    ``area`` is the code of a priority area. Where ``owner`` is None,
    ``owner_text`` says who. ``budget`` says when it has to be in the budget.
    The rows of next year's handlingsplan that it has become are its ``rows``.
    """

    report = models.ForeignKey(
        AnnualReport, on_delete=models.PROTECT, related_name="proposals", verbose_name="årsrapport"
    )
    kind = models.CharField("slag", max_length=20, choices=ProposalKind, default=ProposalKind.ACTION)
    area = models.CharField("område", max_length=40)
    problem = models.CharField("problem", max_length=300, blank=True)
    text = models.TextField("förslag", max_length=4_000)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ansvarig"
    )
    owner_text = models.CharField("ansvarig i ord", max_length=200, blank=True)
    when = models.CharField("när", max_length=200, blank=True)
    due_on = models.DateField("senast", null=True, blank=True)
    budget = models.CharField("budget", max_length=300, blank=True)
    position = models.PositiveSmallIntegerField("plats", default=0)

    class Meta:
        verbose_name = "förslag för kommande år"
        verbose_name_plural = "förslag för kommande år"
        ordering = ["position", "pk"]

    def __str__(self):
        return self.text


class ProposedRow(AppendOnly):
    """That a proposal has become a row of the city's plan for the coming year; written once.

    A row that is then removed from the draft leaves it behind, and the
    proposal may become a row anew.
    """

    proposal = models.ForeignKey(ReportProposal, on_delete=models.PROTECT, related_name="rows", verbose_name="förslag")
    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="proposed_rows", verbose_name="plan")
    row = models.UUIDField("rad i planen")
    kind = models.CharField("slag av rad", max_length=10)
    by = by_whom()
    at = models.DateTimeField("när", auto_now_add=True)

    class Meta:
        verbose_name = "förslag som blivit rad"
        verbose_name_plural = "förslag som blivit rader"
        constraints = [models.UniqueConstraint(fields=["plan", "row"], name="one_proposal_per_row")]

    def __str__(self):
        return f"{self.row}, {self.plan}"


class LocalFeedback(OfReport):
    """The city's feedback to a district on the year (section 12), read by the district once it is published."""

    report = models.ForeignKey(
        AnnualReport, on_delete=models.PROTECT, related_name="feedback", verbose_name="årsrapport"
    )
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="feedback", verbose_name="stadsdelsområde"
    )
    text = models.TextField("återkoppling", blank=True, max_length=MAX_FEEDBACK)

    objects = LocalFeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = "återkoppling"
        verbose_name_plural = "återkoppling"
        constraints = [models.UniqueConstraint(fields=["report", "district"], name="one_feedback_per_district")]

    def __str__(self):
        return f"{self.report}, {self.district}"


class ReportStep(Step):
    """A step of the report on its way to being published."""

    report = models.ForeignKey(AnnualReport, on_delete=models.PROTECT, related_name="steps", verbose_name="årsrapport")

    class Meta(Step.Meta):
        verbose_name = "steg i årsrapporten"
        verbose_name_plural = "steg i årsrapporter"


class PublishedReport(AppendOnly):
    """The report as the city's steering group decided it, frozen. Written once, by the publishing.

    ``document`` is the report in the open format, character for character;
    ``sha256`` is the checksum of its UTF-8 bytes.
    """

    report = models.OneToOneField(
        AnnualReport, on_delete=models.PROTECT, related_name="published", verbose_name="årsrapport"
    )
    document = models.TextField("innehåll")
    sha256 = models.CharField("kontrollsumma", max_length=64)
    decided_on = models.DateField("beslutad den")
    body = models.CharField("beslutad av", max_length=200)
    meeting = models.CharField("möte", max_length=200, blank=True)
    by = by_whom("registrerad av")
    at = models.DateTimeField("publicerad", auto_now_add=True)

    objects = PublishedReportQuerySet.as_manager()

    class Meta:
        verbose_name = "publicerad årsrapport"
        verbose_name_plural = "publicerade årsrapporter"

    def __str__(self):
        return str(self.report)


class KeptFile(models.Model):
    """A file made once of what does not change, and served as it is."""

    format = models.CharField("format", max_length=10)
    name = models.CharField("filens namn", max_length=200)
    sha256 = models.CharField("kontrollsumma", max_length=64)
    size = models.PositiveBigIntegerField("storlek i byte")
    made_at = models.DateTimeField("gjord", auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["format"]

    def __str__(self):
        return self.name


def _where_published(instance, filename):
    return f"reports/{instance.published_id}/{instance.sha256}.{instance.format}"


class ReportFile(AppendOnly, KeptFile):
    """A published report as a file: the page itself (``html``), ``xlsx`` or ``pdf``."""

    published = models.ForeignKey(
        PublishedReport, on_delete=models.PROTECT, related_name="files", verbose_name="publicerad årsrapport"
    )
    file = models.FileField("fil", upload_to=_where_published, max_length=300)

    class Meta(KeptFile.Meta):
        verbose_name = "fryst årsrapportfil"
        verbose_name_plural = "frysta årsrapportfiler"
        constraints = [models.UniqueConstraint(fields=["published", "format"], name="one_report_file_per_format")]


class ReportDraft(models.Model):
    """The report as it stood when somebody asked for it on paper, before it is published.

    The files are made of it outside the request, so that they all say the
    same and nobody waits. ``document`` and ``sha256`` as in
    :class:`PublishedReport`. An old one is removed when a new one is asked for.
    """

    report = models.ForeignKey(AnnualReport, on_delete=models.PROTECT, related_name="drafts", verbose_name="årsrapport")
    document = models.TextField("innehåll")
    sha256 = models.CharField("kontrollsumma", max_length=64)
    by = by_whom("beställt av")
    at = models.DateTimeField("beställt", auto_now_add=True)

    class Meta:
        verbose_name = "utskrift av årsrapporten"
        verbose_name_plural = "utskrifter av årsrapporten"
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.report}, utkast"


def _where_drafted(instance, filename):
    return f"report-drafts/{instance.draft_id}/{instance.sha256}.{instance.format}"


class ReportDraftFile(KeptFile):
    """A draft of the report as a file, ``xlsx`` or ``pdf``."""

    draft = models.ForeignKey(ReportDraft, on_delete=models.PROTECT, related_name="files", verbose_name="utskrift")
    file = models.FileField("fil", upload_to=_where_drafted, max_length=300)

    class Meta(KeptFile.Meta):
        verbose_name = "utkastfil av årsrapporten"
        verbose_name_plural = "utkastfiler av årsrapporten"
        constraints = [models.UniqueConstraint(fields=["draft", "format"], name="one_draft_file_per_format")]


class ReportReceipt(AppendOnly):
    """That a district has read the published report and its feedback (seed 001), said by one of its own.

    ``function`` is what the person then was, such as "Trygghetsstrateg".
    """

    published = models.ForeignKey(
        PublishedReport, on_delete=models.PROTECT, related_name="receipts", verbose_name="publicerad årsrapport"
    )
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="report_receipts", verbose_name="stadsdelsområde"
    )
    by = by_whom("bekräftat av")
    function = models.CharField("funktion", max_length=200, blank=True)
    at = models.DateTimeField("bekräftat", auto_now_add=True)

    objects = ReportReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = "läskvitto"
        verbose_name_plural = "läskvitton"
        constraints = [models.UniqueConstraint(fields=["published", "district"], name="one_receipt_per_district")]

    def __str__(self):
        return f"{self.published}, {self.district}"
