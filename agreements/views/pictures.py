"""The situation pictures of a place: the list, a picture to read and to write, and the steps it takes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from agreements.clocks import WITHIN
from agreements.enums import GroupKind, MeetingState
from agreements.forms.pictures import (
    BeginForm,
    BeginJointForm,
    ConfirmForm,
    StepForm,
)
from agreements.models import Finding, Meeting, SituationPicture
from agreements.permissions import Permission
from agreements.pictures import exports as picture_exports
from agreements.pictures import findings, joint
from agreements.pictures import shown as pictures_shown
from agreements.pictures.workflow import (
    NAMES,
    OWN,
    WORKFLOW,
    WRITERS,
    address_of,
    clock_of,
    in_force,
    may_write,
    open_years,
    start,
    steps_for,
    why_locked,
)
from agreements.pictures.years import years_of
from agreements.querysets import DRAFT_PERMISSIONS
from agreements.views.access import check, scoped
from trygghet.workflow import StepRefused

P = Permission
reading = scoped(P.READ_PICTURES)


# --- What every page of a picture begins with


def readable(request, scope, year, producer):
    """Return the picture if the person reads it; 404 for everybody else, whether it exists or not."""
    pictures = SituationPicture.objects.visible_to(request.user)
    rows = pictures.select_related("district", "city_input__district", "police_input__district")
    return get_object_or_404(rows, year=year, producer=producer, **scope.lookup())


def writable(request, scope, year, producer):
    """Return the picture if the person is one of those who make it; 404 and 403 for the others."""
    picture = readable(request, scope, year, producer)
    if not may_write(request.user, picture):
        raise PermissionDenied(WRITERS[picture.producer])
    return picture


def in_picture(request, picture, uid, model=Finding):
    """Return the picture's own row with that uid; 404 for what stands in another picture, seen or not."""
    return get_object_or_404(model.objects.visible_to(request.user), picture=picture, uid=uid)


def refused(request, scope, picture, why, form=None):
    """Say why nothing was done and lead back; what was typed is shown, to be taken elsewhere."""
    typed = form.typed() if form is not None and form.is_bound else []
    if typed:
        context = page_of(scope, picture, "Inte sparat") | {"why": str(why), "typed": typed}
        return render(request, "agreements/picture_unsaved.html", context, status=409)
    messages.error(request, str(why))
    return back_to(request, picture)


def back_to(request, picture, *anchor):
    """Lead to the picture, or to the list if the person no longer reads it."""
    if SituationPicture.objects.visible_to(request.user).filter(pk=picture.pk).exists():
        return redirect(address_of(picture) + "".join(anchor))
    return redirect("cooperation:pictures", pictures_shown.place_of(picture))


def page_of(scope, picture, here=""):
    """What every page under a picture is given."""
    return {"scope": scope, "tab": "pictures", "picture": picture, "here": here, "is_draft": not why_locked(picture)}


# --- The list, and beginning a picture


@require_safe
@reading
def pictures(request, scope):
    """The place's pictures year by year, and when the next joint one is due."""
    current = in_force(scope)
    context = {
        "scope": scope,
        "tab": "pictures",
        "current": current,
        "clock": (clock := clock_of(current)),
        "within": WITHIN.get(clock.urgency, "") if clock else "",
        "years": years_of(scope, request.user),
    }
    return render(request, "agreements/pictures.html", context)


@require_http_methods(["GET", "POST"])
@reading
def begin(request, scope, year, producer):
    """Begin a picture: an own one from nothing or from an earlier one, the joint one from what the parties shared."""
    check(request.user, DRAFT_PERMISSIONS[producer], scope, WRITERS[producer])
    existing = SituationPicture.objects.visible_to(request.user).filter(year=year, producer=producer, **scope.lookup())
    if picture := existing.first():
        messages.info(request, f"{NAMES[producer].capitalize()} för {year} är redan påbörjad. Här är den.")
        return redirect(address_of(picture))
    if year not in open_years():
        raise Http404
    begins = _BeginOwn(request, scope, year, producer) if producer in OWN else _BeginJoint(request, scope, year)
    if begins.why_not:
        messages.error(request, begins.why_not)
        return redirect("cooperation:pictures", scope.slug)
    if request.method == "POST" and begins.form.is_valid():
        try:
            picture = begins.begin()
        except StepRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("cooperation:pictures", scope.slug)
        return redirect(begins.leads_to(picture))
    context = {
        "scope": scope,
        "tab": "pictures",
        "year": year,
        "producer": producer,
        "name": NAMES[producer],
        "form": begins.form,
        "inputs": begins.inputs,
        "missing": begins.missing,
        "mistakes": begins.form.mistakes() if begins.form.is_bound else [],
    }
    return render(request, "agreements/picture_begin.html", context, status=422 if begins.form.is_bound else 200)


class _BeginOwn:
    """Beginning a party's own picture."""

    why_not, missing, inputs = "", "", ()

    def __init__(self, request, scope, year, producer):
        self.scope, self.year, self.producer, self.user = scope, year, producer, request.user
        self.earlier = findings.earlier_pictures(scope, producer, year).first()
        self.form = BeginForm(request.POST if request.method == "POST" else None, earlier=self.earlier)

    def begin(self):
        if self.earlier and self.form.cleaned_data.get("earlier"):
            return findings.start_from(self.earlier, self.scope, self.producer, self.year, by=self.user)
        return start(self.scope, self.producer, self.year, by=self.user)

    def leads_to(self, picture):
        return address_of(picture)


class _BeginJoint:
    """Beginning the joint picture."""

    def __init__(self, request, scope, year):
        self.scope, self.year, self.user = scope, year, request.user
        found = joint.shared_inputs(scope, year)
        self.inputs = [found[producer] for producer in OWN if producer in found]
        self.missing = next((NAMES[producer] for producer in OWN if producer not in found), "")
        self.form = BeginJointForm(request.POST if request.method == "POST" else None, missing=self.missing)

    @property
    def why_not(self):
        if self.inputs:
            return ""
        return f"Ingen part har delat sin lägesbild för {self.year}. Den gemensamma börjar när det är gjort."

    def begin(self):
        return joint.begin(self.scope, self.year, by=self.user, reason=self.form.cleaned_data.get("reason", ""))

    def leads_to(self, picture):
        return address_of(picture, "joint_merge")


# --- A picture


@require_safe
@reading
def picture(request, scope, year, producer):
    """A picture as it stands: to be read, printed, and by those who make it written."""
    picture = readable(request, scope, year, producer)
    shown = pictures_shown.Shown(picture, request.user, only_open=request.GET.get("visa") == "obesvarade")
    context = page_of(scope, picture) | {
        "shown": shown,
        "writes": may_write(request.user, picture) and not why_locked(picture),
        "steps": steps_for(picture, request.user),
        "missing": joint.missing_inputs(picture, scope),
        "merge": joint.Merge(picture) if picture.is_joint and not why_locked(picture) else None,
    }
    return render(request, "agreements/picture.html", context)


@require_safe
@reading
def pdf(request, scope, year, producer):
    """The picture as a tagged PDF."""
    picture = readable(request, scope, year, producer)
    content = picture_exports.picture_pdf(pictures_shown.Shown(picture, request.user), scope)
    name = content_disposition_header(True, f"{picture.title}.pdf")
    headers = {"Content-Disposition": name, "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


# --- Its steps


@require_http_methods(["GET", "POST"])
@reading
def step(request, scope, year, producer, slug):
    """Say what a step means and what stands in its way, and take it."""
    taking = WORKFLOW.by_slug.get(slug)
    picture = readable(request, scope, year, producer)
    if taking is None or (taking.name != "discard" and (taking.name == "share") == picture.is_joint):
        raise Http404
    if not WORKFLOW.may(request.user, taking, picture):
        raise PermissionDenied(f"{taking.who} {taking.does}. Vänd dig dit.")
    option = next((each for each in steps_for(picture, request.user) if each.step == taking), None)
    if option is None:
        messages.error(request, f"Lägesbilden har status «{picture.get_state_display()}». Steget går inte att ta nu.")
        return back_to(request, picture)
    kind = ConfirmForm if taking.name == "confirm" else StepForm
    form = kind(request.POST if request.method == "POST" else None, picture=picture, step=taking)
    if request.method == "POST" and form.is_valid():
        try:
            WORKFLOW.take(picture, taking.name, by=request.user, **form.given)
        except StepRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path) if refusal.blockers else back_to(request, picture)
        messages.success(request, pictures_shown.DONE[taking.name](picture))
        return back_to(request, picture)
    context = page_of(scope, picture, taking.label) | {
        "step": taking,
        "means": pictures_shown.MEANS[taking.name](picture),
        "blockers": option.blockers,
        "form": form,
        "mistakes": form.mistakes() if form.is_bound else [],
        "meetings": _meetings(request, scope) if taking.name == "confirm" else [],
    }
    return render(request, "agreements/picture_step.html", context, status=422 if form.is_bound else 200)


def _meetings(request, scope):
    """The place's latest steering meetings that have been, to choose among; one is held the day it is on."""
    meetings = Meeting.objects.visible_to(request.user).filter(**scope.lookup("group__district"))
    been = meetings.filter(group__kind=GroupKind.STEERING, on__lte=timezone.localdate())
    return list(been.exclude(state=MeetingState.CANCELLED)[:6])
