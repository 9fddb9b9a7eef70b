"""Writing in a situation picture: its head, its findings and their files; and what all such writing shares."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from agreements.claiming import StaleRow
from agreements.forms.pictures import FindingForm, HeadForm, RemoveForm
from agreements.models import Attachment, Finding
from agreements.pictures import findings, joint
from agreements.pictures import shown as pictures_shown
from agreements.pictures.workflow import address_of, why_locked, write_head
from agreements.views.pictures import in_picture, page_of, reading, refused, writable
from trygghet.workflow import StepRefused


@require_http_methods(["GET", "POST"])
@reading
def edit_head(request, scope, year, producer):
    """Write the title, the period and the summary."""
    picture = writable(request, scope, year, producer)
    form = HeadForm(request.POST if request.method == "POST" else None, picture=picture)
    return written(
        request, scope, picture, form, "Rubrik och sammanfattning",
        lambda: write_head(picture, form.values, seen=form.cleaned_data["seen"]),
    )  # fmt: skip


def written(request, scope, picture, form, heading, write, **more):
    """Write what a form says with ``write()`` and lead on, or show the form; nothing that was typed is lost.

    ``more`` may say ``anchor(row)``, where on the picture's page the row then stands, or ``to``, another page.
    """
    if why := why_locked(picture):
        return refused(request, scope, picture, f"{why} Inget ändrades.", form)
    if request.method == "POST" and form.is_valid():
        try:
            row = write()
        except StaleRow as stale:
            form.show_clash(stale.now)
        except StepRefused as refusal:
            return refused(request, scope, picture, refusal, form)
        else:
            messages.success(request, "Sparat.")
            return redirect(more["to"](row) if "to" in more else address_of(picture))
    context = page_of(scope, picture, heading) | {
        "form": form,
        "mistakes": form.mistakes() if form.is_bound else [],
        "back": more.get("back") or address_of(picture),
        "remove": more.get("remove"),
        "aside": more.get("aside"),
        "kept": more.get("kept"),
    }
    status = 409 if form.differences else 422 if form.is_bound else 200
    return render(request, more.get("template", "agreements/picture_form.html"), context, status=status)


# --- Its findings


@require_http_methods(["GET", "POST"])
@reading
def new_finding(request, scope, year, producer):
    """Write a new finding; in the joint picture also one that rewrites a party's (?av=)."""
    picture = writable(request, scope, year, producer)
    rewritten = _rewritten(request, picture)
    form = _finding_form(request, scope, picture, rewritten=rewritten)
    heading = "Skriv om iakttagelsen" if rewritten else "Ny iakttagelse"
    back = address_of(picture, "joint_merge") + f"#i-{rewritten.uid}" if rewritten else None
    return _finding_written(request, scope, picture, form, heading, back=back)


def _rewritten(request, picture):
    uid = request.GET.get("av")
    if not uid or not picture.is_joint:
        return None
    try:
        return get_object_or_404(joint.input_findings(picture).visible_to(request.user), uid=uid)
    except ValidationError as error:  # not a uid at all
        raise Http404 from error


@require_http_methods(["GET", "POST"])
@reading
def edit_finding(request, scope, year, producer, uid):
    """Write in a finding."""
    picture = writable(request, scope, year, producer)
    finding = Finding.objects.visible_to(request.user).filter(picture=picture, uid=uid).first()
    form = _finding_form(request, scope, picture, finding=finding)
    if finding is None:
        return gone(request, scope, picture, form)
    remove = address_of(picture, "finding_remove", uid)
    return _finding_written(request, scope, picture, form, "Iakttagelse", remove=remove, kept=finding)


def gone(request, scope, picture, form):
    """A row that somebody removed while it was written: what was typed is shown; else there is nothing (404)."""
    if not form.is_bound or not form.typed():
        raise Http404
    return refused(request, scope, picture, "Det du ändrade är borttaget av någon annan. Inget sparades.", form)


def _finding_form(request, scope, picture, **of):
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    return FindingForm(*posted, user=request.user, scope=scope, picture=picture, **of)


def _finding_written(request, scope, picture, form, heading, **more):
    def write():
        data = form.cleaned_data
        return findings.write(
            picture, form.values, uid=data["uid"], seen=data["seen"], by=request.user, files=form.files_given
        )

    def to(row):
        if more.get("back"):
            return f"{address_of(picture, 'joint_merge')}{request.GET.get('av') and '#i-' + request.GET['av']}"
        return f"{address_of(picture)}#i-{row.uid}"

    template = "agreements/finding_form.html"
    return written(request, scope, picture, form, heading, write, to=to, template=template, **more)


@require_http_methods(["GET", "POST"])
@reading
def remove_finding(request, scope, year, producer, uid):
    """Ask whether the finding is to be removed, and remove it."""
    picture = writable(request, scope, year, producer)
    finding = in_picture(request, picture, uid)
    return removed(request, scope, picture, finding, findings.remove, back=address_of(picture, "finding", uid))


def removed(request, scope, picture, row, remove, *, back, to=None):
    """Show what is to be removed, and remove it if it still says what the page showed."""
    if why := why_locked(picture):
        return refused(request, scope, picture, f"{why} Inget ändrades.")
    form = RemoveForm(request.POST if request.method == "POST" else None, initial={"seen": row.row_version})
    if request.method == "POST" and form.is_valid():
        try:
            remove(picture, row, seen=form.cleaned_data["seen"])
        except StaleRow:
            messages.error(request, f"Någon har ändrat «{row}» sedan du öppnade sidan. Den är inte borttagen.")
            return redirect(back)
        except StepRefused as refusal:
            return refused(request, scope, picture, refusal)
        messages.success(request, f"«{row}» är borttagen.")
        return redirect(to or address_of(picture))
    form = RemoveForm(initial={"seen": row.row_version})
    context = page_of(scope, picture, "Ta bort") | {
        "row": row,
        "rests": pictures_shown.what_rests_on(row),
        "form": form,
        "back": back,
    }
    return render(request, "agreements/picture_remove.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@reading
def move_finding(request, scope, year, producer, uid, step):
    """Move the finding a step up or down."""
    picture = writable(request, scope, year, producer)
    finding = in_picture(request, picture, uid)
    return moved(request, scope, picture, finding, findings.move_step, step, f"{address_of(picture)}#i-{uid}")


def moved(request, scope, picture, row, move, step, to):
    """Move the row and lead back to it."""
    try:
        if not move(picture, row, step):
            messages.info(request, f"«{row}» står redan {'först' if step < 0 else 'sist'}.")
    except StepRefused as refusal:
        return refused(request, scope, picture, refusal)
    return redirect(to)


def _attachment(request, picture, uid):
    files = Attachment.objects.visible_to(request.user).filter(finding__picture=picture)
    return get_object_or_404(files.select_related("finding"), uid=uid)


@require_POST
@reading
def remove_attachment(request, scope, year, producer, uid):
    """Take a file away from a finding."""
    picture = writable(request, scope, year, producer)
    kept = _attachment(request, picture, uid)
    to = address_of(picture, "finding", kept.finding_id)
    try:
        findings.detach(picture, kept)
    except StepRefused as refusal:
        return refused(request, scope, picture, refusal)
    messages.success(request, f"{kept.name} är borttagen.")
    return redirect(to)
