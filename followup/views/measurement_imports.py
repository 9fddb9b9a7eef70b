"""Reading in a file of measurements: the template, the upload, the preview, and confirming it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from followup.forms.indicators import UploadForm
from followup.indicators import exports as indicator_exports
from followup.indicators import imports as measurement_import
from followup.indicators import trends as indicators
from followup.indicators.files import FileRefused, read_table
from followup.models import MeasurementImport
from followup.views.indicators import WHO_ENTERS, reads_indicators
from trygghet.workflow import StepRefused

SHOWN = 200  # rows of each kind; a long file is not read line by line
CHANGED_SINCE = "Mätvärdena har ändrats sedan du såg förhandsvisningen, så den är gjord på nytt. Inget är sparat än."


def check_enters(user):
    """Raise Http404 for whoever reads no indicators, PermissionDenied for whoever enters no values."""
    reads_indicators(user)
    if not indicators.entered_by(user):
        raise PermissionDenied(WHO_ENTERS)


@never_cache
@require_http_methods(["GET", "POST"])
def upload(request):
    """Take a file and read it; no measurement is written."""
    check_enters(request.user)
    posted = request.method == "POST"
    form = UploadForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = measurement_import.open_import(read_table(file, file.name), by=request.user)
        except FileRefused as error:
            form.add_error("file", str(error))
        else:
            return redirect("followup:measurement_import", job.pk)
    context = {
        "form": form,
        "mistakes": form.mistakes() if form.is_bound else [],
        "formats": indicator_exports.FORMATS,
    }
    return render(request, "followup/measurement_upload.html", context, status=422 if posted else 200)


@require_safe
def template(request, format):
    """The empty template, with how to fill it in."""
    check_enters(request.user)
    if format not in indicator_exports.FORMATS:
        raise Http404
    file = indicator_exports.template(request.user, format)
    headers = {"Content-Disposition": content_disposition_header(True, file.name)}
    return HttpResponse(file.content, content_type=file.media_type, headers=headers)


def _job(request, uid):
    return get_object_or_404(MeasurementImport.objects.visible_to(request.user), pk=uid)


@never_cache
@require_http_methods(["GET", "POST"])
def preview(request, uid):
    """Show what a file would add and change; store all of it when confirmed."""
    job = _job(request, uid)
    if request.method == "POST":
        return _confirm(request, job)
    return _preview_page(request, job)


def _confirm(request, job):
    try:
        stored = measurement_import.confirm(job, seen=request.POST.get("seen", ""), by=request.user)
    except measurement_import.StaleImport:
        return _preview_page(request, _job(request, job.pk), problem=CHANGED_SINCE, status=409)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("followup:measurement_import", job.pk)
    told = "Ett mätvärde" if stored == 1 else f"{stored} mätvärden"
    messages.success(
        request,
        f"{job.name} är inläst. {told} är sparade." if stored != 1 else f"{job.name} är inläst. {told} är sparat.",
    )
    return redirect("followup:indicators")


def _preview_page(request, job, problem="", status=200):
    is_open = job.state == job._meta.get_field("state").default
    compared = measurement_import.compare(job) if is_open else None
    groups = []
    if compared:
        told = measurement_import.tell((*compared.added[:SHOWN], *compared.changed[:SHOWN]), request.user)
        split = len(compared.added[:SHOWN])
        groups = [
            ("Nya", told[:split], len(compared.added) - split),
            ("Ändras", told[split:], len(compared.changed) - (len(told) - split)),
        ]
    context = {
        "job": job,
        "is_open": is_open,
        "compared": compared,
        "groups": [group for group in groups if group[1]],
        "faults": measurement_import.faults_in(job),
        "problem": problem,
    }
    return render(request, "followup/measurement_preview.html", context, status=status)


@require_POST
def discard(request, uid):
    """Throw the uploaded file away."""
    job = _job(request, uid)
    try:
        measurement_import.discard(job, by=request.user)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, f"{job.name} är slängd. Inget är ändrat.")
    return redirect("followup:measurement_upload")
