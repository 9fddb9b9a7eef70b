"""Cause analysis (orsaksanalys, seed 003 step 3): its five steps, its causes, and when it is due again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Max, ProtectedError
from django.urls import reverse
from django.utils import timezone

from agreements import fishbone, pictures
from agreements.clocks import PICTURE_MONTHS, clock
from agreements.enums import AnalysisState, AnalysisStep, AssumptionState, PictureState, Producer, StepState
from agreements.enums import TriangleSide as Side
from agreements.models import AnalysedCause, AnalysisLog, AnalysisStage, CauseAnalysis
from agreements.permissions import Permission, access_of
from agreements.scope import Scope
from trygghet.workflow import Blocker, StepRefused, Transition, Workflow

# The pictures whose problems are analysed, and that plans stand on.
IN_FORCE = (PictureState.PRIORITISED, PictureState.CONFIRMED)
WHO_ANALYSES = "De som arbetar med orsaksanalysen"
ASK_WHOM = (
    "Du kan läsa orsaksanalysen men inte ändra den. Det gör trygghetsstrategen, kommunpolisen och arbetsgrupperna. "
    "Vänd dig dit med det du vill få in."
)
COMPLETED = "Analysen är markerad som klar. Öppna den igen om något ska ändras."


class Stage(NamedTuple):
    """A step of the method: what its address says, and the question that helps one on (domain §4b)."""

    step: AnalysisStep
    slug: str
    question: str
    help: str


STAGES = (
    Stage(
        AnalysisStep.PREPARE,
        "forberedelse",
        "Vilka behöver vara med, och vilket underlag saknas?",
        "Bestäm vilka funktioner som deltar och om en expert ska tas in, till exempel en analytiker eller "
        "underrättelsefunktion. Samla det underlag som finns.",
    ),
    Stage(
        AnalysisStep.DEEPEN,
        "fordjupa",
        "Var, när, vem drabbas, vem gör, hur?",
        "Beskriv problemet närmare, så att ni ser vad det består av innan ni frågar varför det finns.",
    ),
    Stage(
        AnalysisStep.IDENTIFY,
        "identifiera",
        "Vilka orsaker finns på platsen, hos gärningspersonen och hos den som utsätts? Vad händer före brottet?",
        "Skriv upp de orsaker som är troliga. Fråga varför, och varför en gång till: det som ligger bakom en orsak "
        "läggs in som en egen orsak under den.",
    ),
    Stage(
        AnalysisStep.TEST,
        "prova",
        "Vad talar för? Vad talar emot? Kan vi påverka den?",
        "Pröva varje antagande mot iakttagelserna. Det som inte håller förkastas och står kvar som förkastat.",
    ),
    Stage(
        AnalysisStep.CHOOSE,
        "valj",
        "Vilken orsak ger störst verkan om den tas bort?",
        "Välj ut de orsaker som ni ska åtgärda. De hämtas sedan in i åtgärdsplanen med sitt underlag.",
    ),
)
STAGE_OF = {stage.step: stage for stage in STAGES}
STAGE_AT = {stage.slug: stage for stage in STAGES}
_ORDER = [stage.step for stage in STAGES]

SIDES = (
    (Side.OFFENDER, "Gärningspersonen"),
    (Side.VICTIM, "Den som utsätts"),
    (Side.CONTROL, "Platsen och kontrollen"),
)


class StaleWrite(Exception):
    """Somebody else has written in the row since it was read; nothing was written. ``row`` is as it now stands."""

    def __init__(self, row):
        super().__init__("Någon annan har ändrat sedan du öppnade sidan.")
        self.row = row


class CauseRefused(Exception):
    """The cause cannot be kept so; nothing was written. ``field`` says where, the message is a Swedish sentence."""

    def __init__(self, message, field=None):
        super().__init__(message)
        self.field = field


# --- Addresses


def scope_of(analysis):
    """Return whose analysis it is."""
    return Scope(analysis.problem.picture.district)


def address_of(analysis):
    """Return where the analysis is."""
    return reverse("cooperation:analysis", args=[scope_of(analysis).slug, analysis.pk])


def finding_address(finding):
    """Return where a finding stands in its picture, which must come with its district."""
    return f"{pictures.address_of(finding.picture)}#i-{finding.pk}"


def problem_address(problem):
    """Return where a problem stands in its picture, which must come with its district."""
    return f"{pictures.address_of(problem.picture)}#problem-{problem.pk}"


def stage_address(stage):
    """Return where a step of an analysis is written."""
    slug = STAGE_OF[stage.step].slug
    return reverse("cooperation:analysis_stage", args=[scope_of(stage.analysis).slug, stage.analysis.pk, slug])


def cause_address(cause):
    """Return where a cause is written."""
    return reverse("cooperation:analysis_cause", args=[scope_of(cause.analysis).slug, cause.analysis.pk, cause.pk])


# --- The workflow


def _allows(user, permission, subject):
    analysis = subject.analysis if isinstance(subject, AnalysisStage) else subject
    return access_of(user).allows(permission, analysis.problem.picture.district_id)


def _log(analysis, step, from_state, by, told, reason):
    AnalysisLog.objects.create(
        analysis=analysis, name=step.name, from_state=from_state, to_state=analysis.state, by=by, told=told,
        reason=reason,
    )  # fmt: skip


def _log_stage(stage, step, from_state, by, told, reason):
    told = f"{told}: {stage.get_step_display()}."
    AnalysisLog.objects.create(
        analysis=stage.analysis, name=step.name, from_state=from_state, to_state=stage.state, by=by, told=told,
        reason=reason,
    )  # fmt: skip


def _every_stage_done(analysis, user):
    left = [stage for stage in in_order(analysis.stages.all()) if stage.state != StepState.DONE]
    return [Blocker(f"Steget {stage.get_step_display()} är inte klart.", stage_address(stage)) for stage in left]


def _causes_chosen(analysis, user):
    """Chosen causes are to have been tested, or to say what else they rest on."""
    chosen = [cause for cause in analysis.causes.all() if cause.is_chosen]
    if not chosen:
        return [Blocker("Ingen orsak är vald. Välj minst en orsak att åtgärda.", address_of(analysis) + "#orsaker")]
    return [
        Blocker(
            f"Orsaken «{fishbone.shortened(cause.text, 60)}» är vald men inte prövad. Pröva antagandet, "
            "eller skriv i underlaget varför ni väljer den ändå.",
            cause_address(cause),
        )
        for cause in chosen
        if cause.assumption == AssumptionState.UNTESTED and not cause.evidence.strip()
    ]


def _has_come_to_something(stage, user):
    """A step is done when it has left what the next one starts from (seed 003)."""
    causes = list(stage.analysis.causes.all())
    untested = sum(cause.assumption == AssumptionState.UNTESTED for cause in causes)
    lacks = {
        AnalysisStep.PREPARE: not stage.participants.strip() and "Skriv vilka funktioner som deltar.",
        AnalysisStep.DEEPEN: not stage.notes.strip() and "Skriv vad ni har kommit fram till.",
        AnalysisStep.IDENTIFY: not causes and "Lägg in minst en trolig orsak.",
        AnalysisStep.TEST: untested and f"{_causes(untested)} är inte prövad{'e' if untested > 1 else ''} än.",
        AnalysisStep.CHOOSE: not any(cause.is_chosen for cause in causes) and "Välj minst en orsak att åtgärda.",
    }[stage.step]
    return [Blocker(lacks, stage_address(stage))] if lacks else []


def _causes(count):
    return "1 orsak" if count == 1 else f"{count} orsaker"


def _analysis_is_open(stage, user):
    return [Blocker(COMPLETED, address_of(stage.analysis))] if stage.analysis.state != AnalysisState.ONGOING else []


def _completed_today(analysis, *, by):
    analysis.completed_on = timezone.localdate()


def _done_today(stage, *, by):
    stage.done_on = timezone.localdate()
    stage.row_version += 1


def _not_done(stage, *, by):
    stage.done_on = None
    stage.row_version += 1


_MAY = frozenset({Permission.ANALYSE_CAUSES})
ANALYSIS_TRANSITIONS = (
    Transition(
        name="complete",
        slug="klar",
        label="Markera analysen som klar",
        who=WHO_ANALYSES,
        does="markerar den som klar",
        told="Markerade analysen som klar.",
        sources=(AnalysisState.ONGOING,),
        target=AnalysisState.COMPLETED,
        permissions=_MAY,
        guards=(_every_stage_done, _causes_chosen),
        effect=_completed_today,
    ),
    Transition(
        name="reopen",
        slug="oppna-igen",
        label="Öppna analysen igen",
        who=WHO_ANALYSES,
        does="öppnar den igen",
        told="Öppnade analysen igen.",
        sources=(AnalysisState.COMPLETED,),
        target=AnalysisState.ONGOING,
        permissions=_MAY,
        needs_reason=True,
        is_back=True,
    ),
)
STAGE_TRANSITIONS = (
    Transition(
        name="begin_stage",
        label="Påbörja steget",
        who=WHO_ANALYSES,
        does="påbörjar stegen",
        told="Påbörjade steget",
        sources=(StepState.NOT_STARTED,),
        target=StepState.ONGOING,
        permissions=_MAY,
        guards=(_analysis_is_open,),
    ),
    Transition(
        name="finish_stage",
        label="Markera steget som klart",
        who=WHO_ANALYSES,
        does="markerar stegen som klara",
        told="Markerade steget som klart",
        sources=(StepState.NOT_STARTED, StepState.ONGOING),
        target=StepState.DONE,
        permissions=_MAY,
        guards=(_analysis_is_open, _has_come_to_something),
        effect=_done_today,
    ),
    Transition(
        name="resume_stage",
        label="Ta upp steget igen",
        who=WHO_ANALYSES,
        does="tar upp steg igen",
        told="Tog upp steget igen",
        sources=(StepState.DONE,),
        target=StepState.ONGOING,
        permissions=_MAY,
        guards=(_analysis_is_open,),
        effect=_not_done,
        is_back=True,
    ),
)
WORKFLOW = Workflow(ANALYSIS_TRANSITIONS, allows=_allows, log=_log)
STAGE_WORKFLOW = Workflow(STAGE_TRANSITIONS, allows=_allows, log=_log_stage)


@transaction.atomic
def begin(problem, *, by):
    """Start the analysis of a prioritised problem and return it, with its five steps.

    Raises StepRefused if the problem is not prioritised in a picture that holds, or is already analysed.
    """
    if problem.picture.state not in IN_FORCE or not problem.is_prioritised:
        raise StepRefused("Bara problem som parterna har prioriterat analyseras. Prioritera det i lägesbilden först.")
    try:
        with transaction.atomic():
            analysis = CauseAnalysis.objects.create(problem=problem)
    except IntegrityError as error:
        raise StepRefused("Orsaksanalysen är redan påbörjad. Ingenting gjordes nu.") from error
    AnalysisStage.objects.bulk_create(AnalysisStage(analysis=analysis, step=stage.step) for stage in STAGES)
    AnalysisLog.objects.create(
        analysis=analysis, name="begin", from_state="", to_state=analysis.state, by=by, told="Påbörjade analysen."
    )
    return analysis


# --- Writing


def in_order(stages):
    """Return the steps in the order of the method."""
    return sorted(stages, key=lambda stage: _ORDER.index(stage.step))


def _open_analysis(pk):
    """Lock the analysis, so that what is written in it is checked against what stands; refuse a completed one."""
    analysis = CauseAnalysis.objects.select_for_update(of=("self",)).get(pk=pk)
    if analysis.state != AnalysisState.ONGOING:
        raise StepRefused(COMPLETED)
    return analysis


def _write(row, values, version):
    if row.row_version != version:
        raise StaleWrite(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.row_version += 1
    row.save()


@transaction.atomic
def write_stage(stage, values, *, version, by):
    """Write participants and notes of a step, as read in ``version``; one not begun is begun with it.

    Raises StaleWrite, and StepRefused for a completed analysis.
    """
    _open_analysis(stage.analysis_id)
    stage = AnalysisStage.objects.select_for_update(of=("self",)).get(pk=stage.pk)
    _write(stage, values, version)
    if stage.state == StepState.NOT_STARTED and any(values.values()):
        stage = STAGE_WORKFLOW.take(stage, "begin_stage", by=by)
    return stage


@transaction.atomic
def add_cause(analysis, values, *, findings=(), places=()):
    """Add a cause last in the analysis; raise StepRefused for a completed one, CauseRefused for what cannot be."""
    _open_analysis(analysis.pk)
    last = AnalysedCause.objects.filter(analysis=analysis).aggregate(last=Max("position"))["last"] or 0
    cause = AnalysedCause(analysis=analysis, position=last + 1, **values)
    _check(cause)
    cause.save()
    cause.findings.set(findings)
    cause.places.set(places)
    return cause


@transaction.atomic
def write_cause(cause, values, *, version, findings=(), places=()):
    """Write a cause as read in ``version``; raise StaleWrite, StepRefused or CauseRefused, and then write nothing."""
    _open_analysis(cause.analysis_id)
    cause = AnalysedCause.objects.select_for_update(of=("self",)).get(pk=cause.pk)
    if cause.row_version != version:
        raise StaleWrite(cause)
    for name, value in values.items():
        setattr(cause, name, value)
    _check(cause)
    _write(cause, {}, version)
    cause.findings.set(findings)
    cause.places.set(places)
    return cause


def _check(cause):
    if cause.is_chosen and cause.assumption == AssumptionState.REJECTED:
        raise CauseRefused("En förkastad orsak kan inte väljas ut. Ändra antagandet eller valet.", "is_chosen")
    if cause.behind_id is None:
        return
    others = {each.pk: each for each in AnalysedCause.objects.filter(analysis=cause.analysis_id)}
    above = others.get(cause.behind_id)
    if above is None:
        raise CauseRefused("Orsaken den ligger bakom finns inte längre. Välj en annan.", "behind")
    if above.pk == cause.pk:
        raise CauseRefused("Orsaken kan inte ligga bakom sig själv.", "behind")
    while above.behind_id and above.behind_id != cause.pk:
        above = others[above.behind_id]
    if above.behind_id:
        raise CauseRefused(
            f"Orsaken kan inte ligga bakom sig själv, inte heller via «{fishbone.shortened(above.text, 60)}».", "behind"
        )


@transaction.atomic
def remove_cause(cause):
    """Remove a cause; those behind it stand on their own. Raise StepRefused while a plan rests on it."""
    _open_analysis(cause.analysis_id)
    try:
        with transaction.atomic():
            cause.delete()
    except ProtectedError as error:
        raise StepRefused(
            "En åtgärdsplan bygger på orsaken, så den kan inte tas bort. Markera den som förkastad i stället."
        ) from error


@transaction.atomic
def move_cause(cause, step):
    """Move a cause past its neighbour among those behind the same one, on the same side; up is -1 and down 1.

    Returns whether it could be moved.
    """
    _open_analysis(cause.analysis_id)
    causes = list(AnalysedCause.objects.filter(analysis=cause.analysis_id).order_by("position"))
    beside = [each for each in causes if _stands(each) == _stands(cause)]
    at = [each.pk for each in beside].index(cause.pk) + step
    if not 0 <= at < len(beside):
        return False
    mine, other = (each for each in causes if each.pk in (cause.pk, beside[at].pk))
    mine.position, other.position = other.position, mine.position
    AnalysedCause.objects.bulk_update([mine, other], ["position"])
    return True


def _stands(cause):
    return cause.behind_id or cause.side


# --- Reading


@dataclass(kw_only=True)
class Node:
    """A cause where it stands: its number on the page, and those that lie behind it."""

    cause: AnalysedCause
    number: int = 0
    deeper: list = None

    @property
    def kind(self):
        """How it is drawn."""
        if self.cause.assumption == AssumptionState.REJECTED:
            return "rejected"
        return "chosen" if self.cause.is_chosen else ""

    @property
    def told(self):
        """What is said of it on the drawing."""
        return {"rejected": "Förkastad", "chosen": "Vald att åtgärda", "": ""}[self.kind]

    def twig(self):
        """The cause as the fishbone draws it."""
        deeper = tuple(node.twig() for node in self.deeper)
        return fishbone.Twig(number=self.number, text=self.cause.text, told=self.told, kind=self.kind, deeper=deeper)


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A side of the triangle with the causes sorted under it."""

    side: Side
    title: str
    nodes: list


def branches(causes):
    """Return a :class:`Branch` per side, numbered through; what lies behind a cause stands under it, on its side."""
    behind = {}
    for cause in sorted(causes, key=lambda cause: cause.position):
        behind.setdefault(cause.behind_id or cause.side, []).append(cause)
    numbers = iter(range(1, len(causes) + 1))
    return [
        Branch(side=side, title=title, nodes=[_node(cause, behind, numbers) for cause in behind.get(side, [])])
        for side, title in SIDES
    ]


def _node(cause, behind, numbers):
    node = Node(cause=cause, number=next(numbers))
    node.deeper = [_node(each, behind, numbers) for each in behind.get(cause.pk, [])]
    return node


def drawing(problem, sorted_causes):
    """Return the fishbone of the problem with its causes, as :func:`branches` sorts them."""
    sides = [(branch.title, [node.twig() for node in branch.nodes]) for branch in sorted_causes]
    return fishbone.draw(problem.title, sides)


def clock_of(analysis):
    """Return the clock of a completed analysis; None while it is going on.

    The analysis is updated with the picture it belongs to, at least every second year (law 2023:196, P01).
    """
    return clock(analysis.completed_on if analysis.state == AnalysisState.COMPLETED else None, PICTURE_MONTHS)


def picture_in_force(among, scope):
    """Return the joint picture that the place now works from, among those given; None if there is none.

    It is the latest that the parties have prioritised in; the steering group may still have it to confirm.
    """
    joint = among.filter(producer=Producer.JOINT, state__in=IN_FORCE, district=scope.district)
    return joint.order_by("-year").first()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A prioritised problem and how far its analysis has come; without ``analysis`` it is not begun."""

    problem: object
    analysis: CauseAnalysis | None

    @cached_property
    def done(self):
        """How many of the five steps are done."""
        return sum(stage.state == StepState.DONE for stage in self.analysis.stages.all()) if self.analysis else 0

    @cached_property
    def latest(self):
        """The latest step that was logged, who took it and when."""
        return next(iter(self.analysis.log.all()), None) if self.analysis else None

    @cached_property
    def clock(self):
        """When it was completed and is due again, None for one that is not completed."""
        return clock_of(self.analysis) if self.analysis else None

    @property
    def is_completed(self):
        return self.analysis is not None and self.analysis.state == AnalysisState.COMPLETED

    @cached_property
    def chosen(self):
        """How many causes have been chosen."""
        return sum(cause.is_chosen for cause in self.analysis.causes.all()) if self.analysis else 0


def standings(problems):
    """Return a :class:`Standing` for each problem, the latest picture first and in its order (4 queries)."""
    problems = problems.select_related("area", "analysis", "picture__district").order_by("-picture__year", "position")
    problems = problems.prefetch_related("analysis__stages", "analysis__causes", "analysis__log__by")
    return [Standing(problem=problem, analysis=getattr(problem, "analysis", None)) for problem in problems]
