"""Cause analysis (orsaksanalys): five steps per prioritised problem, and the causes they lead to."""

import uuid

from django.db import models
from django.db.models import F, Q

from agreements.enums import AnalysisState, AnalysisStep, AssumptionState, Directness, StepState, TriangleSide
from agreements.models.pictures import Finding, PrioritisedProblem
from agreements.models.places import Place
from agreements.models.steps import Step
from agreements.querysets import AnalysisQuerySet, OfAnalysisQuerySet


class CauseAnalysis(models.Model):
    """The analysis of why a prioritised problem exists. Updated at least every second year, with the picture."""

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    problem = models.OneToOneField(
        PrioritisedProblem, on_delete=models.CASCADE, related_name="analysis", verbose_name="problem"
    )
    state = models.CharField("status", max_length=10, choices=AnalysisState, default=AnalysisState.ONGOING)
    completed_on = models.DateField("klar", null=True, blank=True)
    created_at = models.DateTimeField("påbörjad", auto_now_add=True)

    objects = AnalysisQuerySet.as_manager()

    class Meta:
        verbose_name = "orsaksanalys"
        verbose_name_plural = "orsaksanalyser"
        ordering = ["problem"]
        constraints = [
            models.CheckConstraint(
                name="completed_analysis_has_date", condition=~Q(state="completed") | Q(completed_on__isnull=False)
            )
        ]

    def __str__(self):
        return f"Orsaksanalys: {self.problem}"


class AnalysisStage(models.Model):
    """One of the five steps of an analysis: how far it has come, who took part, what was found."""

    analysis = models.ForeignKey(
        CauseAnalysis, on_delete=models.CASCADE, related_name="stages", verbose_name="orsaksanalys"
    )
    step = models.CharField("steg", max_length=10, choices=AnalysisStep)
    state = models.CharField("status", max_length=15, choices=StepState, default=StepState.NOT_STARTED)
    participants = models.TextField(
        "deltagare", blank=True, max_length=1_000, help_text="Funktioner, inte namn. Experter får tas in."
    )
    notes = models.TextField("anteckningar", blank=True, max_length=8_000)
    done_on = models.DateField("klart", null=True, blank=True)
    row_version = models.PositiveIntegerField("version av raden", default=1)

    objects = OfAnalysisQuerySet.as_manager()

    class Meta:
        verbose_name = "steg i orsaksanalysen"
        verbose_name_plural = "steg i orsaksanalysen"
        constraints = [models.UniqueConstraint(fields=["analysis", "step"], name="step_once_per_analysis")]

    def __str__(self):
        return self.get_step_display()


class AnalysedCause(models.Model):
    """A likely cause, sorted under a side of the crime triangle, tested or not, chosen or not.

    ``behind`` is the cause that this one lies behind (why, and why once more).
    Chosen causes go on into the plan with their evidence.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    analysis = models.ForeignKey(
        CauseAnalysis, on_delete=models.CASCADE, related_name="causes", verbose_name="orsaksanalys"
    )
    position = models.PositiveIntegerField("plats i ordningen")
    text = models.TextField("orsak", max_length=2_000)
    side = models.CharField("gäller", max_length=10, choices=TriangleSide)
    behind = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="deeper", verbose_name="ligger bakom"
    )
    directness = models.CharField("direkt eller indirekt", max_length=10, choices=Directness, blank=True)
    findings = models.ManyToManyField(
        Finding, related_name="causes", blank=True, verbose_name="iakttagelser som talar för"
    )
    places = models.ManyToManyField(Place, related_name="causes", blank=True, verbose_name="platser")
    evidence = models.TextField("underlag", blank=True, max_length=4_000)
    assumption = models.CharField(
        "antagandet", max_length=10, choices=AssumptionState, default=AssumptionState.UNTESTED
    )
    tested_how = models.TextField("vad som talar för och emot", blank=True, max_length=4_000)
    is_chosen = models.BooleanField("vald att åtgärda", default=False)
    row_version = models.PositiveIntegerField("version av raden", default=1)

    objects = OfAnalysisQuerySet.as_manager()

    class Meta:
        verbose_name = "orsak i analysen"
        verbose_name_plural = "orsaker i analysen"
        ordering = ["analysis", "position"]
        constraints = [
            models.CheckConstraint(
                name="cause_not_behind_itself",
                condition=Q(behind__isnull=True) | ~Q(behind=F("uid")),
                violation_error_message="En orsak kan inte ligga bakom sig själv.",
            ),
            models.CheckConstraint(
                name="rejected_cause_is_not_chosen",
                condition=~Q(assumption="rejected", is_chosen=True),
                violation_error_message="En förkastad orsak kan inte väljas ut.",
            ),
        ]

    def __str__(self):
        return self.text


class AnalysisLog(Step):
    """A step of an analysis as a whole: begun, completed, opened again."""

    analysis = models.ForeignKey(
        CauseAnalysis, on_delete=models.PROTECT, related_name="log", verbose_name="orsaksanalys"
    )

    class Meta(Step.Meta):
        verbose_name = "steg för en orsaksanalys"
        verbose_name_plural = "steg för orsaksanalyser"
