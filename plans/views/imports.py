"""Starting a plan, and reading a file into it: upload, preview, confirm or discard."""

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agreements.scope import lookup_of
from plans import editing, import_jobs
from plans import operations as ops
from plans.afterwards import ways_to_begin
from plans.errors import EditRefused
from plans.import_jobs import StaleImport
from plans.import_preview import area_changes, area_trees, material_told, notes_by_level
from plans.imports import (
    MAX_BYTES,
    ImportRefused,
    default_choice,
    find_overtaken,
    is_empty,
    overtaken_told,
    read_file,
    target_for,
)
from plans.models import ImportJob
from plans.models.content import name_of
from trygghet.words import counted, lower_first

CHANGED_SINCE = "Planen har ändrats sedan du laddade upp filen, så jämförelsen är gjord på nytt. Inget är sparat än."


class UploadForm(forms.Form):
    """The file to read."""

    file = forms.FileField(
        label="Arbetsbok eller JSON-fil",
        help_text="Stadens Excelmall (.xlsx) eller en plan som är hämtad som JSON härifrån. Högst 10 MB.",
        error_messages={"required": "Välj en fil att läsa in."},
        allow_empty_file=True,  # refused by its name as it is read
        widget=forms.FileInput(attrs={"accept": ".xlsx,.json"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True  # the template has it

    def clean_file(self):
        """Refuse a large file by its size, before any of it is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                f"Filen ”{file.name}” är {filesizeformat(file.size)} stor. Högst 10 MB går att läsa in. "
                "Ta bort bilder och annat som inte hör till planen och försök igen."
            )
        return file


def _target(request, district, year):
    """Return where the person may import to; 404 for what the person may not know of."""
    target = target_for(request.user, district, year)
    if target is None:
        raise Http404
    return target


def _place(target):
    """What every page here says of where it stands."""
    year, plan = target.cycle.year, target.plan
    title = f"{target.plan_name}, {target.scope.mid_phrase}"
    crumbs = [(reverse("plans:list"), "Åtgärdsplaner")]
    address = reverse("plans:plan", args=[target.scope.slug, year])
    return {
        "plan": plan,
        "district": target.scope,
        "year": year,
        "plan_title": lower_first(title),
        "plan_address": address,
        "crumbs": [*crumbs, (address, title)] if plan else crumbs,
    }


# --- Starting a plan


@require_http_methods(["GET", "POST"])
def start(request, district, year):
    """Offer the ways to start a plan; start an empty one when asked to."""
    target = _target(request, district, year)
    if target.plan:
        return redirect(target.plan)
    if request.method == "POST":
        try:
            plan = editing.create_plan(target.district, target.cycle, by=request.user)
        except EditRefused as error:  # somebody else was a moment earlier
            messages.info(request, str(error))
            return redirect("plans:plan", district, year)
        messages.success(request, "Planen är påbörjad.")
        return redirect(plan)
    return _upload_page(request, target, UploadForm())


# --- Upload


@never_cache
@require_http_methods(["GET", "POST"])
def upload(request, district, year):
    """Take a file and read it; nothing of the plan is written."""
    target = _target(request, district, year)
    posted = request.method == "POST"
    form = UploadForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            material = read_file(file, name=file.name, target=target)
            return redirect(import_jobs.open_job(target, material, by=request.user))
        except ImportRefused as error:
            form.add_error("file", str(error))
    return _upload_page(request, target, form, status=422 if posted else 200)


def _upload_page(request, target, form, status=200):
    template = "plans/import_upload.html" if target.plan else "plans/import_start.html"
    ways = [] if target.plan else ways_to_begin(target.district, target.cycle, request.user)
    return render(request, template, _place(target) | {"form": form, "ways": ways}, status=status)


# --- Preview


def _job(request, district, year, uid):
    jobs = ImportJob.objects.visible_to(request.user).select_related("district", "cycle__area_set", "event")
    return get_object_or_404(jobs, pk=uid, **lookup_of(district), cycle__year=year)


@never_cache
@require_http_methods(["GET", "POST"])
def preview(request, district, year, uid):
    """Show what the file holds and what would change; write what is chosen when confirmed."""
    job = _job(request, district, year, uid)
    if job.is_closed:
        return _closed_page(request, job)
    target = _target(request, district, year)
    if request.method == "POST":
        return _confirm(request, job, target)
    problem = ""
    if import_jobs.is_stale(job, target):
        import_jobs.refresh(job, target)
        problem = CHANGED_SINCE
    return _preview_page(request, job, target, chosen=_marked(request, job), problem=problem)


def _closed_page(request, job):
    """Tell what became of a file that was confirmed or thrown away, perhaps in another window."""
    title = f"{name_of(job.scope, job.cycle.year)}, {job.scope.mid_phrase}"
    address = reverse("plans:plan", args=[job.scope.slug, job.cycle.year])
    crumbs = [(reverse("plans:list"), "Åtgärdsplaner"), (address, title)]
    context = {"job": job, "plan_title": lower_first(title), "plan_address": address, "crumbs": crumbs}
    return render(request, "plans/import_closed.html", context)


def _marked(request, job):
    """What «Markera alla» and «Markera inga» ask for; None for the choice we propose."""
    count = len(job.operations)
    return {"alla": set(range(count)), "inga": set()}.get(request.GET.get("markera"))


def _confirm(request, job, target):
    operations = ops.from_data(job.operations)
    takes_all = "allt" in request.POST
    ticked = {int(value) for value in request.POST.getlist("change") if value.isdecimal() and len(value) < 10}
    chosen = set(range(len(operations))) if takes_all else ticked
    if not chosen and target.plan:
        return _preview_page(request, job, target, chosen=chosen, problem="Markera minst en ändring.", status=422)
    try:
        event = import_jobs.confirm(job, target, seen=request.POST.get("seen"), chosen=chosen, by=request.user)
    except StaleImport:
        target = _target(request, target.scope.slug, target.cycle.year)
        import_jobs.refresh(job, target)
        return _preview_page(request, job, target, problem=CHANGED_SINCE, status=409)
    except EditRefused as error:
        return _preview_page(request, job, target, chosen=chosen, problem=str(error), status=422)
    if job.discarded_at:  # in another window, a moment ago
        return redirect(job)
    if takes_all:
        what = material_told(import_jobs.material_of(job))
    else:
        what = counted(len(chosen), "ändring", "ändringar") if event else "inga ändringar"
    messages.success(request, f"{job.file_name} är inläst: {what}.")
    return redirect("plans:plan", target.scope.slug, target.cycle.year)


def _preview_page(request, job, target, *, chosen=None, problem="", status=200):
    material = import_jobs.material_of(job)
    base = import_jobs.base_for_preview(target)
    operations = ops.from_data(job.operations)
    overtaken = find_overtaken(target.plan, base, material.document, operations, material) if base else {}
    is_all_new = base is None or (is_empty(base) and not overtaken)
    areas = []
    if not is_all_new:
        areas = area_changes(base, material.document, operations, material.sources, chosen, overtaken)
    removals = len(operations) - len(default_choice(operations))
    context = _place(target) | {
        "job": job,
        "problem": problem,
        "told": material_told(material),
        "notes": notes_by_level(material.notes),
        "trees": area_trees(material, material.document),
        "is_all_new": is_all_new,
        "has_changes": bool(operations) or target.plan is None,
        "areas": areas,
        "change_count": counted(sum(len(row.choices) for area in areas for row in area.rows), "ändring", "ändringar"),
        "removals": removals,
        "overtaken": overtaken_told(material) if overtaken else "",
        "seen": import_jobs.seen_as(job),
    }
    return render(request, "plans/import_preview.html", context, status=status)


@require_POST
def discard(request, district, year, uid):
    """Throw the uploaded file away."""
    job = _job(request, district, year, uid)
    if job.is_closed:
        return redirect(job)
    import_jobs.discard(job)
    messages.info(request, f"{job.file_name} är slängd. Inget i planen är ändrat.")
    return redirect("plans:plan", district, year)
