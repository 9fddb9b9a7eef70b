"""An analysis' way from begun to completed and open again, and each of its five steps' own."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from agreements.analyses import fishbone
from agreements.analyses.method import (
    COMPLETED,
    IN_FORCE,
    STAGES,
    WHO_ANALYSES,
    address_of,
    cause_address,
    in_order,
    stage_address,
)
from agreements.enums import AnalysisState, AnalysisStep, AssumptionState, StepState
from agreements.models import AnalysisLog, AnalysisStage, CauseAnalysis
from agreements.permissions import Permission, access_of
from trygghet.words import counted
from trygghet.workflow import Blocker, StepRefused, Transition, Workflow


def _allows(user, permission, subject):
    analysis = subject.analysis if isinstance(subject, AnalysisStage) else subject
    return access_of(user).allows(permission, analysis.problem.picture.district_id)


def _log_stage(stage, step, from_state, by, told, reason):
    told = f"{told}: {stage.get_step_display()}."
    AnalysisLog.objects.create(
        analysis=stage.analysis, name=step.name, from_state=from_state, to_state=stage.state, by=by, told=told,
        reason=reason,
    )  # fmt: skip


def _every_stage_done(analysis, user):
    """Each of the five steps is done (seed 003)."""
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
    them = counted(untested, "orsak", "orsaker")
    lacks = {
        AnalysisStep.PREPARE: not stage.participants.strip() and "Skriv vilka funktioner som deltar.",
        AnalysisStep.DEEPEN: not stage.notes.strip() and "Skriv vad ni har kommit fram till.",
        AnalysisStep.IDENTIFY: not causes and "Lägg in minst en trolig orsak.",
        AnalysisStep.TEST: untested and f"{them} är inte prövad{'e' if untested > 1 else ''} än.",
        AnalysisStep.CHOOSE: not any(cause.is_chosen for cause in causes) and "Välj minst en orsak att åtgärda.",
    }[stage.step]
    return [Blocker(lacks, stage_address(stage))] if lacks else []


def _analysis_is_open(stage, user):
    """The analysis is not completed: it is opened again before its steps change."""
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
WORKFLOW = Workflow(ANALYSIS_TRANSITIONS, allows=_allows, log=AnalysisLog.log_of("analysis"))
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
