"""Hinder in a place: the list of them, reporting one, and the page of one with its steps and answers."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.permissions import Permission
from agreements.views.access import check, scoped
from followup import obstacles, progress
from followup.enums import ObstacleState
from followup.forms.obstacles import AnswerForm, ReportForm
from followup.models import Obstacle
from followup.sent_once import SentBefore
from plans.models import PlanVersion
from trygghet.workflow import StepRefused

P = Permission
ENDED_SHOWN = 100
"""How many ended obstacles a list shows, the latest first."""
ASK_WHOM = "Hinder rapporteras av dem som arbetar med planen i {place}. Vänd dig till {whom} med det du vill ta upp."
SENT_BEFORE = (
    "Formuläret är redan skickat, och hindret rapporterat som ”{title}”. Det du har skrivit nu är inte rapporterat. "
    "Är det ett annat hinder, tryck på Rapportera igen."
)
# What a step means to whoever takes it, beside its form.
MEANS = {
    "handle_locally": "Ni tar hand om det själva. Skriv vad ni gör och när nästa besked kommer.",
    "raise": "Det blir ett förslag på styrgruppens dagordning. Skriv vad styrgruppen behöver ta ställning till.",
    "escalate": "Det blir ett förslag på de centrala gruppernas dagordning. Skriv vad ni behöver från staden.",
    "acknowledge": "Skriv vem som tar hand om det och när nästa besked kommer.",
    "decide_measure": "Skriv vad som är beslutat, av vem och till när.",
    "resolve": "Skriv vad som har gjorts.",
    "answer": "Hindret ligger kvar hos er, och dagarna räknas från det här svaret.",
    "merge": "Den som rapporterade det här läser sedan svaren på det andra.",
    "close": "Skriv vad det ledde till, också om hindret finns kvar.",
    "withdraw": "Hindret är inte aktuellt längre. Det står kvar bland de avslutade.",
}
# What a person sees who reads the place's obstacles; others see what they have reported themselves.
LOOKS_AT_ALL = (P.READ_OBSTACLES, P.READ_ESCALATED_OBSTACLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An obstacle in a list: its clock, who must answer, and which action it hinders in words ("" for the plan)."""

    obstacle: Obstacle
    address: str
    clock: obstacles.Clock | None
    turn: str
    action: str = ""


# --- The list


@require_safe
@scoped(*obstacles.READS)
def obstacle_list(request, scope):
    """The place's obstacles, those that have waited longest first; the city's page also has what has been lifted."""
    shows_ended = request.GET.get("visa") == "avslutade"
    readable = obstacles.readable(request.user)
    here = readable.filter(**scope.lookup())
    ended = here.filter(state__in=obstacles.ENDED)
    if _shows_lifted(request, scope):  # what the districts had lifted ends here too
        ended |= readable.filter(escalated_at__isnull=False, state__in=obstacles.ENDED)
    if not shows_ended:
        found = obstacles.waiting_first(here.filter(state__in=obstacles.OPEN))
    else:
        found = list(ended.order_by("-last_answer_at")[:ENDED_SHOWN])
    lifted = readable.filter(district__isnull=False, escalated_at__isnull=False, state__in=obstacles.OPEN)
    actions = _actions_named(found, request.user)
    context = {
        "scope": scope,
        "tab": "obstacles",
        "lines": [_line(each, actions) for each in found],
        "lifted": [_line(each, {}) for each in obstacles.waiting_first(lifted)]
        if _shows_lifted(request, scope)
        else [],
        "shows_lifted": _shows_lifted(request, scope) and not shows_ended,
        "shows_ended": shows_ended,
        "ended": ended.count(),
        "sees_all": any(scope.allows(request.user, each) for each in LOOKS_AT_ALL),
        "report_address": obstacles.report_address(scope.slug) if _may_report(request, scope) else "",
        "patience": obstacles.PATIENCE.days,
    }
    return render(request, "followup/obstacles.html", context)


def _shows_lifted(request, scope):
    return scope.is_city and scope.allows(request.user, P.READ_ESCALATED_OBSTACLES)


def _may_report(request, scope):
    return scope.allows(request.user, P.REPORT_OBSTACLE)


def _line(obstacle, actions):
    return Line(
        obstacle=obstacle,
        address=obstacles.address_of(obstacle),
        clock=obstacles.clock_of(obstacle),
        turn=obstacles.whose_turn(obstacle),
        action=actions[str(obstacle.action)].excerpt if str(obstacle.action) in actions else "",
    )


def _actions_named(found, user):
    """Return the actions that the obstacles name, of versions that the person reads, uid → Place (1 query)."""
    plans = {each.plan_id for each in found if each.action}
    versions = PlanVersion.objects.visible_to(user).in_force().filter(plan__in=plans) if plans else []
    return {uid: place for version in versions for uid, place in progress.actions_of(version).items()}


# --- Reporting


@never_cache
@require_http_methods(["GET", "POST"])
@scoped(*obstacles.READS)
def report(request, scope):
    """Report what stands in the way, of the plan or of one of its actions."""
    whom = "centrala beredningsgruppen" if scope.is_city else "trygghetsstrategen"
    check(request.user, P.REPORT_OBSTACLE, scope, ASK_WHOM.format(place=scope.mid_phrase, whom=whom))
    versions = list(obstacles.versions_to_report_on(scope))
    if not versions:
        messages.error(request, "Det finns ingen beslutad plan här än. Hinder rapporteras på det som är beslutat.")
        return redirect(obstacles.list_address(scope))
    version = next((each for each in versions if str(each.plan.year) == request.GET.get("ar")), versions[0])
    posted = request.method == "POST"
    form = ReportForm(
        request.POST if posted else None,
        actions=_choices(version, request.user),
        action=request.GET.get("atgard", ""),
    )
    if posted and form.is_valid():
        values = form.cleaned_data
        try:
            found, is_new = obstacles.report(
                version.plan, by=request.user, title=values["title"], text=values["text"],
                action=values.get("action") or None, uid=values["uid"],
            )  # fmt: skip
        except SentBefore as before:
            form.sent_before(SENT_BEFORE.format(title=before.found.title))
        else:
            words = f"Hindret är rapporterat. {_next_told(found)}" if is_new else "Hindret var redan rapporterat."
            messages.success(request, words)
            return redirect(obstacles.address_of(found))
    context = {
        "scope": scope,
        "tab": "obstacles",
        "plan": version.plan,
        "others": [each.plan for each in versions if each != version],
        "form": form,
        "mistakes": form.mistakes(),
    }
    return render(request, "followup/obstacle_report.html", context, status=422 if posted else 200)


def _next_told(obstacle):
    turn = obstacles.whose_turn(obstacle)
    return f"Nu är det {turn} som svarar. Svaret står här och på Min sida."


def _choices(version, user):
    """Return the actions of the version by area, for who may read it."""
    if not PlanVersion.objects.visible_to(user).filter(pk=version.pk).exists():
        return []
    groups = {}
    for uid, place in progress.actions_of(version).items():
        title = place.area.canonical_title or place.area.title
        groups.setdefault(title, []).append((uid, place.label))
    return list(groups.items())


# --- An obstacle


@never_cache
@require_safe
@scoped(*obstacles.READS)
def obstacle(request, scope, uid):
    """An obstacle with its answers, and a form for each step that the person can take."""
    found = _readable(request, scope, uid)
    return render(request, "followup/obstacle.html", _page(request, scope, found))


@require_POST
@scoped(*obstacles.READS)
def take_step(request, scope, uid, slug):
    """Take a step; what was typed is shown again if it cannot be taken."""
    found = _readable(request, scope, uid)
    step = obstacles.WORKFLOW.by_slug.get(slug)
    if step is None:
        raise Http404
    if (found.state not in step.sources or _is_stale(request, found)) and _is_done_already(request, found, step):
        return _done_already(request, found)
    is_open = found.state in step.sources and not _is_stale(request, found)
    if is_open and not obstacles.WORKFLOW.may(request.user, step, found):
        raise PermissionDenied(_why_not(step, found))
    form = _form(request, found, step, request.POST)
    if not is_open:
        form.add_error(None, f"Hindret har redan ändrats till «{found.get_state_display()}». Ingenting gjordes nu.")
    try:
        is_taken = form.is_valid() and _taken(request, found, step, form)
    except obstacles.AnsweredAlready:
        return _done_already(request, found)
    if is_taken:
        messages.success(request, f"{step.told}. {_reader_told(found, request.user)}")
        return redirect(obstacles.address_of(found))
    context = _page(request, scope, found, refused=form, step=step)
    return render(request, "followup/obstacle.html", context, status=422)


def _is_stale(request, found):
    return request.POST.get("seen_state", found.state) != found.state


def _is_done_already(request, found, step):
    """Whether the person has just taken the step with the same answer: its button was pressed twice."""
    return obstacles.is_answered_already(found, step.name, request.POST.get("answer", ""), by=request.user)


def _done_already(request, found):
    messages.info(request, str(obstacles.AnsweredAlready()))
    return redirect(obstacles.address_of(found))


def _taken(request, found, step, form):
    values = form.cleaned_data
    given = {"into": values["into"]} if "into" in values else {}
    if step.name == "answer":
        given = {"answer": values["answer"], "after": values["after"]}
    try:
        obstacles.WORKFLOW.take(
            found, step.name, by=request.user, reason=values["answer"], seen_state=values["seen_state"], **given
        )
    except obstacles.AnsweredAlready:
        raise
    except StepRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _why_not(step, found):
    turn = obstacles.whose_turn(found)
    return f"{step.who} {step.does}.{f' Hindret ligger hos {turn} just nu.' if turn else ''}"


def _reader_told(found, user):
    return "" if found.reported_by_id == user.pk else f"{found.reported_by} läser ditt svar."


def _readable(request, scope, uid):
    return get_object_or_404(obstacles.readable(request.user).filter(**scope.lookup()), pk=uid)


def _form(request, found, step, data=None, after=None):
    return AnswerForm(data, obstacle=found, step=step, others=obstacles.others_of(found, request.user), after=after)


def _page(request, scope, found, *, refused=None, step=None):
    """What an obstacle's page shows; ``refused`` is the form of the step that could not be taken."""
    options = [each.step for each in obstacles.WORKFLOW.open_steps(found, request.user) if each.is_open]
    steps = list(found.steps.select_related("by").order_by("pk"))
    is_ended = found.state in obstacles.ENDED
    latest = steps[-1].pk if steps else None
    return {
        "scope": scope,
        "tab": "obstacles",
        "obstacle": found,
        "steps": steps,
        "clock": obstacles.clock_of(found),
        "age": obstacles.age_of(found, steps[-1].at if is_ended and steps else None),
        "turn": obstacles.whose_turn(found),
        "is_ended": is_ended,
        "forms": [
            (each, MEANS[each.name], refused if refused and each is step else _form(request, found, each, after=latest))
            for each in options
        ],
        "may_answer": any(not each.is_back for each in options),
        "refused": step if refused else None,
        "typed": refused.data.get("answer", "") if refused and step not in options else "",
        "mistakes": refused.mistakes() if refused else [],
        "action": _action_of(found, request.user),
        **_together(found, request.user),
    }


def _action_of(found, user):
    """Return the action that is hindered and where it stands; None for the whole plan, or who may not read it."""
    if not found.action:
        return None
    versions = PlanVersion.objects.visible_to(user).in_force().with_place().filter(plan=found.plan_id)
    version = versions.first()
    place = progress.actions_ever(version, [found.action]).get(str(found.action)) if version else None
    if place is None:
        return None
    where = [found.plan.scope.slug, found.plan.year, version.number, place.position]
    return {"text": place.excerpt, "address": f"{reverse('plans:version_area', args=where)}#rad-{place.uid}"}


def _together(found, user):
    """Return what the obstacle was found to belong to with the answers there, and what belongs to this one."""
    into = found.merged_into
    sees = bool(into and Obstacle.objects.visible_to(user).filter(pk=into.pk).exists())
    return {
        "into": into,
        "into_address": obstacles.address_of(into) if sees else "",
        "into_state": ObstacleState(into.state).label if into else "",
        "into_answers": list(into.steps.exclude(reason="").select_related("by").order_by("pk")) if into else [],
        "merged": [
            (each, obstacles.address_of(each))
            for each in obstacles.readable(user).filter(merged_into=found).order_by("reported_at")
        ],
    }
