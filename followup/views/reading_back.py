"""Reading the edited workbook back into the follow-up: upload, what differs, and writing what is chosen."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from followup import reading_back, writing
from followup.page import Sheet, Writer, address_of
from followup.reading_back import FileRefused, FromFile
from followup.views.files import readable_follow_up
from trygghet.textdiff import word_changes
from trygghet.workflow import StepRefused

SALT = "followup.reading_back"
ONE_DAY = 24 * 60 * 60
NOT_A_WRITER = (
    "Du kan läsa uppföljningen men inte skriva i den. Det gör trygghetsstrategen, de som arbetar med åtgärderna och "
    "parterna själva. Vänd dig till trygghetsstrategen med det du vill få in."
)
CHANGED_SINCE = "Någon annan har skrivit i uppföljningen sedan du laddade upp filen. Inget är sparat. Se igenom igen."


class UploadForm(forms.Form):
    """The workbook to read."""

    file = forms.FileField(
        label="Ifylld arbetsbok",
        help_text="Excelfilen som är hämtad från uppföljningen (.xlsx), med kolumnen Uppföljning ifylld. Högst 10 MB.",
        error_messages={"required": "Välj en fil att läsa in.", "empty": "Filen är tom. Välj den som är ifylld."},
        widget=forms.FileInput(attrs={"accept": ".xlsx", "class": "form-control"}),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def upload(request, district, year):
    """Choose the workbook, and see what it would change. Nothing is written."""
    sheet, closed = _open_sheet(request, district, year)
    if closed:
        return closed
    if request.method == "GET":
        return _render_upload(request, sheet, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _render_upload(request, sheet, form, status=422)
    file = form.cleaned_data["file"]
    try:
        said = reading_back.read(file, name=file.name, sheet=sheet)
    except FileRefused as error:
        form.add_error("file", str(error))
        return _render_upload(request, sheet, form, status=422)
    return _preview(request, sheet, said)


@never_cache
@require_POST
def confirm(request, district, year):
    """Write the chosen differences of the workbook that was shown."""
    sheet, closed = _open_sheet(request, district, year)
    if closed:
        return closed
    try:
        sent = signing.loads(request.POST.get("said", ""), salt=SALT, max_age=ONE_DAY)
    except signing.BadSignature:
        messages.error(request, "Förhandsgranskningen gäller inte längre. Ladda upp filen igen.")
        return redirect(address_of(sheet.follow_up, "read_back"))
    said, seen = _said(sent)
    chosen = [each for each in reading_back.differences(sheet, request.user, said) if each.uid in _ticked(request)]
    answers = reading_back.answers_of(chosen, seen)
    try:
        count = writing.write(sheet.follow_up, answers, by=request.user) if answers else 0
    except writing.Stale:
        messages.error(request, CHANGED_SINCE)
        return _preview(request, Sheet(sheet.follow_up), said, status=409)
    except StepRefused as error:
        messages.error(request, str(error))
        return redirect(address_of(sheet.follow_up))
    _tell(request, said, chosen if count else [])
    return redirect(address_of(sheet.follow_up))


def _ticked(request):
    return set(request.POST.getlist("action"))


def _tell(request, said, chosen):
    if not chosen:
        messages.info(request, f"Inget ändrades av ”{said.name}”.")
        return
    actions = "1 åtgärd" if len(chosen) == 1 else f"{len(chosen)} åtgärder"
    messages.success(request, f"Det som ”{said.name}” säger om {actions} är sparat.")


def _open_sheet(request, district, year):
    """Return the follow-up's sheet, and the answer to give if it is not open; raise for who does not write in it."""
    follow_up = readable_follow_up(request, district, year)
    sheet = Sheet(follow_up)
    writer = Writer(request.user, sheet)
    if not (writer.is_editor or writer.is_co_writer or writer.answering or writer.group_rows):
        raise PermissionDenied(NOT_A_WRITER)
    if sheet.is_open:
        return sheet, None
    messages.error(request, writing.CLOSED[follow_up.state])
    return sheet, redirect(address_of(follow_up))


def _said(sent):
    made_at = datetime.fromisoformat(sent["made_at"]) if sent["made_at"] else None
    said = FromFile(name=sent["name"], texts=sent["texts"], made_at=made_at, strangers=sent["strangers"])
    return said, sent["seen"]


def _signed(sheet, said):
    """Return what was read and the version of each row it is about, for the page to carry until it is confirmed."""
    sent = {
        "name": said.name,
        "texts": said.texts,
        "made_at": said.made_at.isoformat() if said.made_at else "",
        "strangers": said.strangers,
        "seen": reading_back.versions_of(sheet, said),
    }
    return signing.dumps(sent, salt=SALT, compress=True)


def _preview(request, sheet, said, status=200):
    differences = reading_back.differences(sheet, request.user, said)
    context = _context(sheet, "Läs in Excel") | {
        "said": said,
        "differences": [
            (each, [(written, word_changes(written.old, written.new)) for written in each.writes])
            for each in differences
        ],
        "to_write": sum(bool(each.writes) for each in differences),
        "signed": _signed(sheet, said),
    }
    return render(request, "followup/read_back_preview.html", context, status=status)


def _render_upload(request, sheet, form, status=200):
    return render(request, "followup/read_back.html", _context(sheet, "Läs in Excel") | {"form": form}, status=status)


def _context(sheet, here):
    plan, follow_up = sheet.plan, sheet.follow_up
    return {
        "plan": plan,
        "follow_up": follow_up,
        "address": address_of(follow_up),
        "here": here,
        "crumbs": [
            (reverse("plans:list"), "Åtgärdsplaner"),
            (plan.get_absolute_url(), f"{plan.scope} {plan.year}"),
            (address_of(follow_up), "Uppföljning"),
        ],
    }
