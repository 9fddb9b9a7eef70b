"""Writing in an analysis: its steps and its causes, against the version that the writer read."""

from django.db import transaction
from django.db.models import Max, ProtectedError

from agreements.analyses import fishbone
from agreements.analyses.method import COMPLETED
from agreements.analyses.workflow import STAGE_WORKFLOW
from agreements.claiming import StaleRow
from agreements.enums import AnalysisState, AssumptionState, StepState
from agreements.models import AnalysedCause, AnalysisStage, CauseAnalysis
from trygghet.workflow import StepRefused


class CauseRefused(Exception):
    """The cause cannot be kept so; nothing was written. ``field`` says where, the message is a Swedish sentence."""

    def __init__(self, message, field=None):
        super().__init__(message)
        self.field = field


def _open_analysis(pk):
    """Lock the analysis, so that what is written in it is checked against what stands; refuse a completed one."""
    analysis = CauseAnalysis.objects.select_for_update(of=("self",)).get(pk=pk)
    if analysis.state != AnalysisState.ONGOING:
        raise StepRefused(COMPLETED)
    return analysis


def _write(row, values, version):
    if row.row_version != version:
        raise StaleRow(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.row_version += 1
    row.save()


@transaction.atomic
def write_stage(stage, values, *, version, by):
    """Write participants and notes of a step, as read in ``version``; one not begun is begun with it.

    Raises StaleRow, and StepRefused for a completed analysis.
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
    """Write a cause as read in ``version``; raise StaleRow, StepRefused or CauseRefused, and then write nothing."""
    _open_analysis(cause.analysis_id)
    cause = AnalysedCause.objects.select_for_update(of=("self",)).get(pk=cause.pk)
    if cause.row_version != version:
        raise StaleRow(cause)
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
