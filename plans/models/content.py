"""The content of the åtgärdsplan: areas, problems, causes, actions. Only ``plans/editing.py`` writes it."""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from agreements.models import Agreement, District, PlanningCycle, PriorityArea, PriorityAreaSet, SituationPicture
from agreements.scope import Scope
from plans.document import MAX_TEXT
from plans.enums import (
    ActionMode,
    CauseNature,
    CauseScope,
    EffectHorizon,
    GoalKind,
    PlanState,
    Prevention,
    ProblemKind,
    ResponsibilityKind,
    TimingKind,
    WorkForm,
)
from plans.querysets import ActionPlanQuerySet


def cell(verbose_name):
    """A cell of the template: text kept verbatim, as long as a cell may be."""
    return models.TextField(verbose_name, blank=True, max_length=MAX_TEXT)


def choice(verbose_name, choices):
    """A closed choice that may be left open; empty means nobody has said."""
    return models.CharField(verbose_name, max_length=20, choices=choices, blank=True)


def kind_of(scope):
    """What the place's plan is called: a district's åtgärdsplan, the city's overarching handlingsplan (seed 001)."""
    return "Övergripande handlingsplan" if scope.is_city else "Åtgärdsplan"


def name_of(scope, year):
    """What the place's plan for the year is called."""
    return f"{kind_of(scope)} {year}"


class ActionPlan(models.Model):
    """A district's åtgärdsplan for a year; without a district it is the city's own."""

    district = models.ForeignKey(
        District, on_delete=models.PROTECT, null=True, blank=True, related_name="plans", verbose_name="stadsdelsområde"
    )
    cycle = models.ForeignKey(PlanningCycle, on_delete=models.PROTECT, related_name="plans", verbose_name="år")
    state = models.CharField("status", max_length=25, choices=PlanState, default=PlanState.DRAFT)
    version = models.PositiveSmallIntegerField(
        "version", default=1, help_text="Den version som skrivs, eller som beslutades senast."
    )
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plans",
        verbose_name="bygger på överenskommelsen",
    )
    area_set = models.ForeignKey(
        PriorityAreaSet,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plans",
        verbose_name="områdesuppsättning",
        help_text="Den som planen skrevs under. Den står kvar när året får en ny.",
    )
    picture = models.ForeignKey(
        SituationPicture,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plans",
        verbose_name="bygger på lägesbilden",
    )
    is_example = models.BooleanField("exempeldata", default=False)
    shared_at = models.DateTimeField("delad med polisen", null=True, blank=True)
    created_at = models.DateTimeField("skapad", auto_now_add=True)

    objects = ActionPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "åtgärdsplan"
        verbose_name_plural = "åtgärdsplaner"
        ordering = ["-cycle__year", "district__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "cycle"],
                name="one_plan_per_district_and_year",
                violation_error_message="Stadsdelen har redan en plan för året.",
            ),
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(district__isnull=True),
                name="one_city_plan_per_year",
                violation_error_message="Staden har redan en plan för året.",
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.scope.name if self.district else 'staden'}"

    def get_absolute_url(self):
        return reverse("plans:plan", args=[self.scope.slug, self.year])

    @property
    def scope(self):
        """Whose plan it is: the district, or the city."""
        return Scope(self.district)

    @property
    def name(self):
        """What the plan is called, without whose it is."""
        return name_of(self.scope, self.year)

    @property
    def year(self):
        return self.cycle.year


class PlanRow(models.Model):
    """What every editable row has: an identity that outlives moves, a place and a version.

    ``position`` is 1-based and gap-free among the siblings. ``version`` grows
    with each change; a write names the version it read.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="%(class)ss", verbose_name="plan")
    position = models.PositiveIntegerField("plats")
    version = models.PositiveIntegerField("version", default=1)

    class Meta:
        abstract = True


class PlanArea(PlanRow):
    """A priority area in the plan; one tab. Without ``area`` it is the district's own."""

    area = models.ForeignKey(
        PriorityArea, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="område"
    )
    title = models.CharField("namn", max_length=200, blank=True, help_text="Som det står i arbetsboken.")
    sheet = models.CharField("flikens namn", max_length=31, blank=True)
    overarching_goal = cell("övergripande mål")
    not_applicable_reason = cell("skäl till att området inte är aktuellt i år")

    class Meta:
        verbose_name = "område i planen"
        verbose_name_plural = "områden i planen"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "area"], condition=Q(area__isnull=False), name="area_once_per_plan")
        ]

    def __str__(self):
        return self.area.title if self.area_id else self.title


class AreaPart(models.Model):
    """What the city's plan says of an area beside its rows (seed 001: mål, åtaganden); a district's may too."""

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="+", verbose_name="plan")
    position = models.PositiveIntegerField("plats")

    class Meta:
        abstract = True


class AreaTarget(AreaPart):
    """A delmål of an area with the indicator that shows whether it is met (seed 001: followed up every year)."""

    plan_area = models.ForeignKey(
        PlanArea, on_delete=models.CASCADE, related_name="targets", verbose_name="område i planen"
    )
    text = cell("delmål")
    indicator = models.CharField("indikator", max_length=300, blank=True)
    baseline = models.CharField("nuläge", max_length=100, blank=True)
    target = models.CharField("målvärde", max_length=100, blank=True)
    due_on = models.DateField("senast", null=True, blank=True)
    measured_by = models.CharField("källa", max_length=200, blank=True)

    class Meta:
        verbose_name = "delmål"
        verbose_name_plural = "delmål"
        ordering = ["position"]

    def __str__(self):
        return self.text


class Commitment(AreaPart):
    """An åtagande: what a department or a company takes upon itself in an area (seed 001)."""

    plan_area = models.ForeignKey(
        PlanArea, on_delete=models.CASCADE, related_name="commitments", verbose_name="område i planen"
    )
    organisation = models.CharField("förvaltning eller bolag", max_length=200, blank=True)
    function = models.CharField("funktion", max_length=200, blank=True)
    text = cell("åtagande")
    due_on = models.DateField("senast", null=True, blank=True)

    class Meta:
        verbose_name = "åtagande"
        verbose_name_plural = "åtaganden"
        ordering = ["position"]

    def __str__(self):
        return self.text


class Problem(PlanRow):
    """A problemområde."""

    plan_area = models.ForeignKey(
        PlanArea, on_delete=models.CASCADE, related_name="problems", verbose_name="område i planen"
    )
    title = cell("problemområde")
    overarching_goal = cell("övergripande mål")
    kind = choice("slag av problem", ProblemKind)

    class Meta:
        verbose_name = "problem"
        verbose_name_plural = "problem"
        ordering = ["position"]

    def __str__(self):
        return self.title


class Cause(PlanRow):
    """An orsak. Its number among the causes of the problem is its position."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="causes", verbose_name="problem")
    text = cell("orsak")
    scope = choice("gäller", CauseScope)
    neighbourhoods = models.JSONField("stadsdelar", default=list, blank=True)
    perspectives = models.JSONField("sidor i brottstriangeln", default=list, blank=True)
    nature = choice("orsakens art", CauseNature)
    evidence = cell("underlag")

    class Meta:
        verbose_name = "orsak"
        verbose_name_plural = "orsaker"
        ordering = ["position"]

    def __str__(self):
        return self.text


class Action(PlanRow):
    """An åtgärd under its home cause. ``position`` is its place among the actions of the problem."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="actions", verbose_name="problem")
    cause = models.ForeignKey(Cause, on_delete=models.CASCADE, related_name="actions", verbose_name="orsak")
    text = cell("åtgärd")
    goals = cell("operativa mål")
    when = cell("när")
    who = cell("vem")
    follow_up = cell("uppföljning")
    shared_cells = models.JSONField("celler gemensamma med raden ovanför", default=list, blank=True)
    work_form = choice("arbetsform", WorkForm)
    mode = choice("genomförs", ActionMode)
    effect_horizon = choice("effekt", EffectHorizon)
    prevention = choice("slag av prevention", Prevention)
    triangle_sides = models.JSONField("sidor i brottstriangeln", default=list, blank=True)

    class Meta:
        verbose_name = "åtgärd"
        verbose_name_plural = "åtgärder"
        ordering = ["position"]

    def __str__(self):
        return self.text


class ActionPart(models.Model):
    """What every part of an action has."""

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="+", verbose_name="plan")
    position = models.PositiveIntegerField("plats")

    class Meta:
        abstract = True


class AlsoCause(ActionPart):
    """A further cause of the same problem that an action answers, beside its home cause."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="also_causes", verbose_name="åtgärd")
    cause = models.ForeignKey(Cause, on_delete=models.CASCADE, related_name="+", verbose_name="orsak")

    class Meta:
        verbose_name = "ytterligare orsak"
        verbose_name_plural = "ytterligare orsaker"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["action", "cause"], name="cause_once_per_action")]

    def __str__(self):
        return f"{self.action} → {self.cause}"


class OperationalGoal(ActionPart):
    """An operativt mål with what is needed to measure it."""

    action = models.ForeignKey(
        Action, on_delete=models.CASCADE, related_name="operational_goals", verbose_name="åtgärd"
    )
    text = cell("mål")
    kind = choice("slag av mål", GoalKind)
    indicator = models.CharField("mäts genom", max_length=300, blank=True)
    baseline = models.CharField("nuläge", max_length=100, blank=True)
    baseline_date = models.DateField("nuläget gäller", null=True, blank=True)
    target = models.CharField("målvärde", max_length=100, blank=True)
    unit = models.CharField("enhet", max_length=50, blank=True)
    due_on = models.DateField("senast", null=True, blank=True)
    measured_by = models.CharField("källa", max_length=200, blank=True)

    class Meta:
        verbose_name = "operativt mål"
        verbose_name_plural = "operativa mål"
        ordering = ["position"]

    def __str__(self):
        return self.text


class Timing(ActionPart):
    """When an action is carried out; the När cell keeps the words."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="timings", verbose_name="åtgärd")
    kind = models.CharField("slag av tid", max_length=10, choices=TimingKind, default=TimingKind.TEXT)
    label = models.CharField("vad", max_length=300, blank=True)
    starts_on = models.DateField("från", null=True, blank=True)
    ends_on = models.DateField("till", null=True, blank=True)

    class Meta:
        verbose_name = "tid"
        verbose_name_plural = "tider"
        ordering = ["position"]

    def __str__(self):
        return self.label or self.get_kind_display()


class Responsibility(ActionPart):
    """A function that answers for an action or takes part in it; the Vem cell keeps the words."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="responsibilities", verbose_name="åtgärd")
    kind = models.CharField("roll", max_length=15, choices=ResponsibilityKind, default=ResponsibilityKind.SUPPORTING)
    function = models.CharField("funktion", max_length=200, blank=True)
    organisation = models.CharField("organisation", max_length=200, blank=True)

    class Meta:
        verbose_name = "ansvar"
        verbose_name_plural = "ansvar"
        ordering = ["position"]

    def __str__(self):
        return self.function or self.organisation
