"""Cause analyses: which problems have one and when it is due, and working through one."""

from functools import cached_property

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements import analyses
from agreements.analyses import ASK_WHOM, COMPLETED, STAGE_AT, STAGE_OF, STAGE_WORKFLOW, WORKFLOW
from agreements.claiming import StaleRow
from agreements.enums import AnalysisState, Producer, StepState
from agreements.forms.analyses import AnalysisStepForm, CauseForm, StageForm
from agreements.models import AnalysedCause, CauseAnalysis, Finding, Place, PrioritisedProblem, SituationPicture
from agreements.permissions import Permission
from agreements.views.access import check, scoped
from trygghet.workflow import StepRefused

P = Permission


@require_safe
@scoped(P.READ_PICTURES)
def analysis_list(request, scope):
    """The prioritised problems of the joint picture in force, each with how far its analysis has come."""
    pictures = SituationPicture.objects.visible_to(request.user)
    picture = analyses.picture_in_force(pictures, scope)
    problems = PrioritisedProblem.objects.visible_to(request.user).filter(is_prioritised=True)
    earlier = problems.filter(
        picture__district=scope.district, picture__producer=Producer.JOINT, analysis__isnull=False
    ).exclude(picture=picture)
    context = {
        "scope": scope,
        "tab": "analyses",
        "picture": picture,
        "standings": analyses.standings(problems.filter(picture=picture)) if picture else [],
        "earlier": analyses.standings(earlier),
        "may_analyse": scope.allows(request.user, P.ANALYSE_CAUSES),
        "may_read_pictures": scope.allows(request.user, P.READ_PICTURES),
    }
    return render(request, "agreements/analysis_list.html", context)


@require_POST
@scoped(P.READ_PICTURES)
def begin(request, scope, problem):
    """Start the analysis of a prioritised problem."""
    problems = PrioritisedProblem.objects.visible_to(request.user).filter(picture__district=scope.district)
    problem = get_object_or_404(problems.select_related("picture__district"), pk=problem)
    check(request.user, P.ANALYSE_CAUSES, scope, ASK_WHOM)
    try:
        analysis = analyses.begin(problem, by=request.user)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("cooperation:analyses", scope.slug)
    messages.success(request, "Analysen är påbörjad. Börja med vilka som behöver vara med.")
    return redirect("cooperation:analysis", scope.slug, analysis.pk)


class _Page:
    """An analysis that the person may read, and what its pages show around it."""

    def __init__(self, request, scope, uid):
        self.request, self.scope = request, scope
        found = CauseAnalysis.objects.visible_to(request.user).filter(problem__picture__district=scope.district)
        found = found.select_related("problem__picture__district", "problem__area")
        self.analysis = get_object_or_404(found.prefetch_related("stages"), pk=uid)
        self.may_analyse = scope.allows(request.user, P.ANALYSE_CAUSES)

    @property
    def is_open(self):
        return self.analysis.state == AnalysisState.ONGOING

    @property
    def address(self):
        return reverse("cooperation:analysis", args=[self.scope.slug, self.analysis.pk])

    @cached_property
    def causes(self):
        """The causes with what they rest on, of what the person may read."""
        causes = AnalysedCause.objects.visible_to(self.request.user).filter(analysis=self.analysis)
        return list(causes.prefetch_related("findings__picture", "places").order_by("position"))

    def check(self):
        """Raise PermissionDenied, with whom to turn to, for one who only reads."""
        check(self.request.user, P.ANALYSE_CAUSES, self.scope, ASK_WHOM)

    def closed(self):
        """Return the answer to a write in an analysis that is completed, None for an open one."""
        return None if self.is_open else self.refused(COMPLETED)

    def refused(self, why):
        messages.error(self.request, str(why))
        return redirect(self.address)

    def render(self, template, status=200, **more):
        problem = self.analysis.problem
        context = {
            "scope": self.scope,
            "tab": "analyses",
            "analysis": self.analysis,
            "problem": problem,
            "address": self.address,
            "may_edit": self.may_analyse and self.is_open,
        }
        return render(self.request, template, context | more, status=status)


@require_safe
@scoped(P.READ_PICTURES)
def analysis(request, scope, uid):
    """The five steps, the causes as a fishbone and as a list, and what comes next."""
    page = _Page(request, scope, uid)
    branches = analyses.branches(page.causes)
    stages = [(stage, STAGE_OF[stage.step]) for stage in analyses.in_order(page.analysis.stages.all())]
    problem = page.analysis.problem
    findings = Finding.objects.visible_to(request.user).filter(problems=problem).select_related("picture__district")
    return page.render(
        "agreements/analysis_detail.html",
        stages=stages,
        branches=branches,
        causes=page.causes,
        fishbone=analyses.drawing(problem, branches),
        findings=findings,
        places=Place.objects.visible_to(request.user).filter(problems=problem).select_related("district"),
        clock=analyses.clock_of(page.analysis),
        log=page.analysis.log.select_related("by"),
        options=WORKFLOW.open_steps(page.analysis, request.user),
        done=sum(stage.state == StepState.DONE for stage, _ in stages),
        chosen=sum(cause.is_chosen for cause in page.causes),
        may_analyse=page.may_analyse,
    )


def _status(form):
    """A form that is shown again was refused."""
    return 422 if form.is_bound else 200


# --- A step of the method


@never_cache
@require_http_methods(["GET", "POST"])
@scoped(P.READ_PICTURES)
def stage(request, scope, uid, step):
    """Write what a step has led to, and mark it as done."""
    page = _Page(request, scope, uid)
    if step not in STAGE_AT:
        raise Http404
    page.check()
    found = page.analysis.stages.get(step=STAGE_AT[step].step)
    if closed := page.closed():
        return closed
    posted = request.method == "POST"
    form = StageForm(request.POST if posted else None, stage=found)
    if posted and form.is_valid():
        try:
            found = analyses.write_stage(
                found, form.values(), version=form.cleaned_data["row_version"], by=request.user
            )
        except StaleRow as stale:
            return _stage_page(page, form.against(stale.now), differences=form.differences(stale.now), status=409)
        except StepRefused as refusal:
            return page.refused(refusal)
        return _stage_saved(page, found)
    return _stage_page(page, form)


def _stage_saved(page, found):
    """Take the step to where the button says; what was written is kept also when that is refused."""
    pressed = page.request.POST.get("sedan", "")
    name = {"klart": "finish_stage", "igen": "resume_stage"}.get(pressed)
    here = reverse("cooperation:analysis_stage", args=[page.scope.slug, page.analysis.pk, STAGE_OF[found.step].slug])
    if name is None:
        messages.success(page.request, f"{found} är sparat.")
        return redirect(page.address)
    try:
        found = STAGE_WORKFLOW.take(found, name, by=page.request.user)
    except StepRefused as refusal:
        messages.error(page.request, f"Texten är sparad, men steget ändrades inte. {refusal}")
        return redirect(here)
    messages.success(page.request, f"{found}: {found.get_state_display().lower()}.")
    return redirect(page.address if name == "finish_stage" else here)


def _stage_page(page, form, differences=(), status=None):
    stage = form.stage
    return page.render(
        "agreements/analysis_stage.html",
        status=status or _status(form),
        form=form,
        mistakes=[] if differences else form.mistakes(),
        differences=differences,
        stage=stage,
        about=STAGE_OF[stage.step],
        number=list(STAGE_OF).index(stage.step) + 1,
        is_done=stage.state == StepState.DONE,
    )


# --- Causes


@require_http_methods(["GET", "POST"])
@scoped(P.READ_PICTURES)
def add_cause(request, scope, uid):
    """Write a new cause; the address may say on which side it is and which cause it lies behind."""
    page = _Page(request, scope, uid)
    page.check()
    if closed := page.closed():
        return closed
    behind = next((each for each in page.causes if str(each.pk) == request.GET.get("bakom", "")), None)
    side = behind.side if behind else request.GET.get("sida", "")
    cause = AnalysedCause(analysis=page.analysis, side=side, behind=behind)
    return _cause(page, cause)


@never_cache
@require_http_methods(["GET", "POST"])
@scoped(P.READ_PICTURES)
def edit_cause(request, scope, uid, cause):
    """Change a cause: test it, choose it, say what it rests on."""
    page = _Page(request, scope, uid)
    found = _found(page, cause)
    page.check()
    return page.closed() or _cause(page, found)


def _found(page, pk):
    causes = AnalysedCause.objects.visible_to(page.request.user).filter(analysis=page.analysis)
    return get_object_or_404(causes.select_related("analysis__problem__picture__district"), pk=pk)


def _cause(page, cause):
    posted = page.request.method == "POST"
    form = CauseForm(page.request.POST if posted else None, cause=cause, **_offered(page, cause))
    if posted and form.is_valid():
        try:
            _write_cause(page, cause, form)
        except StaleRow as stale:
            return _cause_page(page, form.against(stale.now), differences=form.differences(stale.now), status=409)
        except analyses.CauseRefused as refusal:
            form.add_error(refusal.field, str(refusal))
        except StepRefused as refusal:
            return page.refused(refusal)
        else:
            messages.success(page.request, "Orsaken är sparad.")
            return redirect(f"{page.address}#orsaker")
    return _cause_page(page, form)


def _offered(page, cause):
    """What a cause can be linked to: findings of the joint picture, places that hold or that it already names."""
    user, picture = page.request.user, page.analysis.problem.picture
    linked = [] if cause._state.adding else cause.places.values("pk")
    places = Place.objects.visible_to(user)
    places = places.filter(Q(pk__in=places.valid_on().filter(**_of_place(page.scope)).values("pk")) | Q(pk__in=linked))
    return {
        "causes": page.causes,
        "findings": Finding.objects.visible_to(user).filter(picture=picture).order_by("position"),
        "places": places.order_by("name"),
    }


def _of_place(scope):
    """What keeps the places of the district; the city has none of its own and speaks of everybody's."""
    return {} if scope.is_city else {"district": scope.district}


def _write_cause(page, cause, form):
    if cause._state.adding:
        return analyses.add_cause(page.analysis, form.values(), **form.linked())
    return analyses.write_cause(cause, form.values(), version=form.cleaned_data["row_version"], **form.linked())


def _cause_page(page, form, differences=(), status=None):
    return page.render(
        "agreements/analysis_cause.html",
        status=status or _status(form),
        form=form,
        mistakes=[] if differences else form.mistakes(),
        differences=differences,
        cause=form.cause,
        is_new=form.cause._state.adding,
    )


@require_POST
@scoped(P.READ_PICTURES)
def remove_cause(request, scope, uid, cause):
    """Take a cause out of the analysis."""
    page = _Page(request, scope, uid)
    found = _found(page, cause)
    page.check()
    try:
        analyses.remove_cause(found)
    except StepRefused as refusal:
        return page.refused(refusal)
    messages.success(request, "Orsaken är borttagen. De som låg bakom den står nu för sig själva.")
    return redirect(f"{page.address}#orsaker")


@require_POST
@scoped(P.READ_PICTURES)
def move_cause(request, scope, uid, cause, step):
    """Move a cause up or down among those beside it."""
    page = _Page(request, scope, uid)
    found = _found(page, cause)
    page.check()
    try:
        moved = analyses.move_cause(found, step)
    except StepRefused as refusal:
        return page.refused(refusal)
    if not moved:
        messages.info(request, "Orsaken står redan ytterst där.")
    return redirect(f"{page.address}#orsak-{found.pk}")


# --- The analysis as a whole


@require_http_methods(["GET", "POST"])
@scoped(P.READ_PICTURES)
def step(request, scope, uid, slug):
    """Mark the analysis as completed, or open it again with a reason."""
    page = _Page(request, scope, uid)
    transition = WORKFLOW.by_slug.get(slug)
    if transition is None:
        raise Http404
    page.check()
    option = next((each for each in WORKFLOW.options(page.analysis, request.user) if each.step is transition), None)
    if option is None:
        state = page.analysis.get_state_display().lower()
        return page.refused(f"Analysens status är redan {state}. Ingenting gjordes nu.")
    posted = request.method == "POST"
    form = AnalysisStepForm(request.POST if posted else None, step=transition)
    if posted and form.is_valid():
        try:
            WORKFLOW.take(page.analysis, transition.name, by=request.user, reason=form.cleaned_data.get("reason", ""))
        except StepRefused as refusal:
            return page.refused(refusal)
        messages.success(request, "Analysen är klar." if transition.name == "complete" else "Analysen är öppen igen.")
        return redirect(page.address)
    return page.render(
        "agreements/analysis_step.html", status=_status(form), form=form, mistakes=form.mistakes(), step=transition,
        option=option,
    )  # fmt: skip
