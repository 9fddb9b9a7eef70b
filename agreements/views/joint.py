"""Making the joint picture: merging the parties' findings, and prioritising the problems they show."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.enums import PictureState, Producer
from agreements.forms.pictures import LeaveOutForm, ProblemForm
from agreements.models import PrioritisedProblem, SituationPicture
from agreements.pictures import joint
from agreements.pictures.workflow import address_of, may_write, steps_for, why_locked
from agreements.views.findings import gone, moved, removed, written
from agreements.views.pictures import in_picture, page_of, readable, reading, refused, writable
from trygghet.workflow import StepRefused


def _writable(request, scope, year):
    return writable(request, scope, year, Producer.JOINT)


def _input(request, picture, uid):
    """Return the party's finding with that uid, of those the joint picture rests on; 404 for any other."""
    findings = joint.input_findings(picture).visible_to(request.user).select_related("picture")
    return get_object_or_404(findings, uid=uid)


def _merge_page(picture, finding=None):
    return address_of(picture, "joint_merge") + (f"#i-{finding.uid}" if finding else "")


# --- Merging


@require_safe
@reading
def merge(request, scope, year):
    """The parties' findings side by side, each with what the joint picture makes of it."""
    picture = readable(request, scope, year, Producer.JOINT)
    context = page_of(scope, picture, "Sammanfoga") | {
        "merge": joint.Merge(picture),
        "writes": not why_locked(picture) and may_write(request.user, picture),
    }
    return render(request, "agreements/joint_merge.html", context)


def _done(request, scope, picture, act, told, to):
    """Do it and say so, or say why not."""
    try:
        act()
    except StepRefused as refusal:
        if why_locked(SituationPicture.objects.visible_to(request.user).filter(pk=picture.pk).first() or picture):
            return refused(request, scope, picture, refusal)
        messages.error(request, str(refusal))
    else:
        messages.success(request, told)
    return redirect(to)


@require_POST
@reading
def take_over(request, scope, year, uid):
    """Take a party's finding over as it stands."""
    picture = _writable(request, scope, year)
    finding = _input(request, picture, uid)
    told = f"«{finding}» är övertagen."
    return _done(
        request, scope, picture, lambda: joint.take_over(picture, finding), told, _merge_page(picture, finding)
    )


@require_http_methods(["GET", "POST"])
@reading
def leave_out(request, scope, year, uid):
    """Leave a party's finding out, with the reason."""
    picture = _writable(request, scope, year)
    finding = _input(request, picture, uid)
    form = LeaveOutForm(request.POST if request.method == "POST" else None)
    if why := why_locked(picture):
        return refused(request, scope, picture, f"{why} Inget ändrades.")
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        told = f"«{finding}» är utelämnad."
        to = _merge_page(picture, finding)
        return _done(request, scope, picture, lambda: joint.leave_out(picture, finding, reason), told, to)
    context = page_of(scope, picture, "Utelämna") | {
        "finding": finding,
        "form": form,
        "mistakes": form.mistakes() if form.is_bound else [],
        "back": _merge_page(picture, finding),
    }
    return render(request, "agreements/joint_leave_out.html", context, status=422 if form.is_bound else 200)


@require_POST
@reading
def bring_back(request, scope, year, uid):
    """Take back that a finding is left out."""
    picture = _writable(request, scope, year)
    finding = _input(request, picture, uid)
    told = f"«{finding}» är inte längre utelämnad."
    return _done(
        request, scope, picture, lambda: joint.bring_back(picture, finding), told, _merge_page(picture, finding)
    )


@require_POST
@reading
def add_input(request, scope, year, producer):
    """Let the joint picture rest also on a picture that was shared after it was begun."""
    picture = _writable(request, scope, year)
    shared = SituationPicture.objects.visible_to(request.user).filter(state=PictureState.SHARED, **scope.lookup())
    found = get_object_or_404(shared, year=year, producer=producer)
    told = f"{found} är nu med."
    return _done(request, scope, picture, lambda: joint.add_input(picture, found), told, _merge_page(picture))


# --- Prioritising


@require_safe
@reading
def priorities(request, scope, year):
    """The problems, with the two questions and what was decided; and the findings that no problem rests on."""
    picture = readable(request, scope, year, Producer.JOINT)
    problems = picture.problems.select_related("area").prefetch_related("findings", "places")
    context = page_of(scope, picture, "Problem och prioritering") | {
        "problems": problems,
        "unused": [finding for finding in picture.findings.prefetch_related("problems") if not finding.problems.all()],
        "merge": joint.Merge(picture),
        "writes": not why_locked(picture) and may_write(request.user, picture),
        "steps": steps_for(picture, request.user),
    }
    return render(request, "agreements/joint_priorities.html", context)


def _problem_written(request, scope, picture, form, heading, **more):
    def write():
        data = form.cleaned_data
        return joint.write_problem(picture, form.values, uid=data["uid"], seen=data["seen"])

    page = address_of(picture, "joint_priorities")
    return written(
        request, scope, picture, form, heading, write,
        to=lambda row: f"{page}#p-{row.uid}", back=page, template="agreements/problem_form.html", **more,
    )  # fmt: skip


def _problem_form(request, scope, picture, problem=None):
    data = request.POST if request.method == "POST" else None
    return ProblemForm(data, user=request.user, scope=scope, picture=picture, problem=problem)


@require_http_methods(["GET", "POST"])
@reading
def new_problem(request, scope, year):
    """Write a new problem."""
    picture = _writable(request, scope, year)
    form = _problem_form(request, scope, picture)
    return _problem_written(request, scope, picture, form, "Nytt problem")


@require_http_methods(["GET", "POST"])
@reading
def edit_problem(request, scope, year, uid):
    """Write in a problem, and decide on it."""
    picture = _writable(request, scope, year)
    problem = PrioritisedProblem.objects.visible_to(request.user).filter(picture=picture, uid=uid).first()
    form = _problem_form(request, scope, picture, problem)
    if problem is None:
        return gone(request, scope, picture, form)
    remove = address_of(picture, "problem_remove", uid)
    return _problem_written(request, scope, picture, form, "Problem", remove=remove)


@require_http_methods(["GET", "POST"])
@reading
def remove_problem(request, scope, year, uid):
    """Ask whether the problem is to be removed, and remove it."""
    picture = _writable(request, scope, year)
    problem = in_picture(request, picture, uid, PrioritisedProblem)
    page = address_of(picture, "joint_priorities")
    return removed(
        request, scope, picture, problem, joint.remove_problem, back=address_of(picture, "problem", uid), to=page
    )


@require_POST
@reading
def move_problem(request, scope, year, uid, step):
    """Move the problem a step up or down."""
    picture = _writable(request, scope, year)
    problem = in_picture(request, picture, uid, PrioritisedProblem)
    to = f"{address_of(picture, 'joint_priorities')}#p-{uid}"
    return moved(request, scope, picture, problem, joint.move_problem, step, to)
