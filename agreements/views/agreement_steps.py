"""The steps of an agreement's way, each with a page: signatures, reviews, the diary number and attachments too."""

from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from agreements.agreement import workflow
from agreements.agreement.workflow import WORKFLOW, address_of
from agreements.attachments import attach, detach
from agreements.forms import agreements as forms
from agreements.models import Attachment
from agreements.views.access import scoped
from agreements.views.agreements import READ, page_of, readable_agreement
from trygghet.dates import day
from trygghet.workflow import StepRefused


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a step's page says that the table of steps does not."""

    means: tuple[str, ...]
    done: str
    form: type


WORDS = {
    "circulate": Words(
        means=(
            "Texten låses. Styrgruppens ordförande eller sekreterare registrerar när var och en av parterna har "
            "skrivit under. När alla har gjort det gäller överenskommelsen, och ersätter en tidigare version.",
            "Du kan ta tillbaka den till utkast. Då behöver alla skriva under på nytt.",
        ),
        done="Överenskommelsen är skickad för underskrift.",
        form=forms.StepForm,
    ),
    "discard": Words(
        means=(
            "Utkastet läggs bland övriga versioner med sin text och sina bilagor. Där kan ni som bereder "
            "överenskommelsen och styrgruppen läsa det. Sedan kan ni börja en ny version.",
            "Den överenskommelse som gäller påverkas inte. Det går inte att ångra.",
        ),
        done="Utkastet är slängt. Det finns kvar bland övriga versioner.",
        form=forms.ReasonForm,
    ),
    "take_back": Words(
        means=("Överenskommelsen blir utkast igen. De underskrifter som är registrerade tas bort.",),
        done="Överenskommelsen är utkast igen.",
        form=forms.ReasonForm,
    ),
    "start_review": Words(
        means=(
            "Överenskommelsen gäller medan den ses över. Styrgruppen bekräftar den sedan utan ändringar eller "
            "bestämmer att det ska bli en ny version.",
        ),
        done="Översynen har börjat.",
        form=forms.StepForm,
    ),
    "confirm": Words(
        means=("Överenskommelsen gäller som den är. Tiden till nästa översyn räknas från datumet du anger.",),
        done="Överenskommelsen är bekräftad utan ändringar.",
        form=forms.ReviewForm,
    ),
    "call_for_new_version": Words(
        means=(
            "Ett utkast till en ny version skapas som kopia av den som gäller. Den här versionen gäller tills parterna "
            "har skrivit under den nya, och tiden till nästa översyn räknas från då.",
        ),
        done="Översynen är registrerad och en ny version är påbörjad.",
        form=forms.ReviewForm,
    ),
    "terminate": Words(
        means=("Överenskommelsen upphör utan att ersättas av en ny. Det går inte att ångra.",),
        done="Överenskommelsen är avslutad.",
        form=forms.EndForm,
    ),
}


@require_http_methods(["GET", "POST"])
@scoped(*READ)
def agreement_step(request, scope, version, slug):
    """Take a step of the agreement's way."""
    found = readable_agreement(request, scope, version)
    step = WORKFLOW.by_slug.get(slug)
    if step is None:
        raise Http404
    words = WORDS[step.name]

    def take(form):
        if step.name == "call_for_new_version":
            return workflow.call_for_new_version(found, by=request.user, **form.given())
        reason = form.cleaned_data.get("reason", "")
        seen = form.cleaned_data["seen_state"]
        return WORKFLOW.take(found, step.name, by=request.user, reason=reason, seen_state=seen, **form.given())

    return _Pressed(request, scope, found, step, words.form, words.means, words.done, take).answer()


@require_http_methods(["GET", "POST"])
@scoped(*READ)
def agreement_signature(request, scope, version, party):
    """Record the day on which a party signed; take it back where it was recorded wrongly."""
    found = readable_agreement(request, scope, version)
    party = get_object_or_404(found.parties.select_related("organisation", "function"), pk=party)
    withdraws = party.signed_on is not None
    # The form that was sent was the one to record it, and its button was pressed twice.
    if withdraws and request.method == "POST" and "on" in request.POST:
        return _already_signed(request, found, party)
    step = WORKFLOW.by_name["withdraw_signature" if withdraws else "record_signature"]
    signer = f"{party.organisation} undertecknar genom {party.function}."
    means = (signer, "När den sista parten har skrivit under gäller överenskommelsen.")
    if withdraws:
        means = (signer, "Ta tillbaka en underskrift som har registrerats fel, och registrera den sedan på nytt.")

    def take(form):
        if withdraws:
            reason = form.cleaned_data["reason"]
            return WORKFLOW.take(found, step.name, by=request.user, reason=reason, party=party)
        return workflow.record_signature(found, party, by=request.user, **form.given())

    form = forms.ReasonForm if withdraws else partial(forms.SignatureForm, party=party)
    done = "Underskriften är borttagen." if withdraws else f"Underskriften för {party.organisation} är registrerad."
    return _Pressed(request, scope, found, step, form, means, done, take).answer()


def _already_signed(request, found, party):
    if not WORKFLOW.may(request.user, WORKFLOW.by_name["record_signature"], found):
        raise PermissionDenied(f"{WORKFLOW.by_name['record_signature'].who} undertecknar.")
    messages.info(request, f"Underskriften för {party.organisation} är redan registrerad, {day(party.signed_on)}.")
    return redirect(address_of(found))


@require_http_methods(["GET", "POST"])
@scoped(*READ)
def agreement_diary(request, scope, version):
    """Record the agreement's number in the diary."""
    found = readable_agreement(request, scope, version)
    step = WORKFLOW.by_name["record_diary_number"]

    def take(form):
        return WORKFLOW.take(found, step.name, by=request.user, **form.given())

    means = ("Diarienumret visas på överenskommelsens sida och i PDF-filen.",)
    done = "Diarienumret är sparat."
    return _Pressed(request, scope, found, step, forms.DiaryForm, means, done, take).answer()


@require_http_methods(["GET", "POST"])
@scoped(*READ)
def agreement_attach(request, scope, version):
    """Attach a file, such as the signed scan."""
    found = readable_agreement(request, scope, version)
    step = WORKFLOW.by_name["attach"]

    def take(form):
        file, is_scan = form.cleaned_data["file"], form.cleaned_data["is_signed_scan"]
        what = "den undertecknade handlingen" if is_scan else "en fil"
        with transaction.atomic():
            taken = WORKFLOW.take(found, step.name, by=request.user, told=f"Bifogade {what}: {file.name}")
            attach(file, request.user, agreement=taken, is_signed_scan=is_scan)
        return taken

    means = ("Den som får läsa överenskommelsen kan ladda ner filen.",)
    return _Pressed(request, scope, found, step, forms.AttachForm, means, "Filen är bifogad.", take).answer()


@require_http_methods(["GET", "POST"])
@scoped(*READ)
def agreement_detach(request, scope, version, uid):
    """Remove an attachment."""
    found = readable_agreement(request, scope, version)
    attachment = get_object_or_404(Attachment.objects.visible_to(request.user).filter(agreement=found), uid=uid)
    step = WORKFLOW.by_name["detach"]

    def take(form):
        reason = form.cleaned_data["reason"]
        with transaction.atomic():
            told = f"Tog bort bilagan {attachment.name}"
            taken = WORKFLOW.take(found, step.name, by=request.user, reason=reason, told=told)
            detach(attachment)
        return taken

    means = (f"Filen {attachment.name} tas bort. Det går inte att ångra.",)
    return _Pressed(request, scope, found, step, forms.ReasonForm, means, "Bilagan är borttagen.", take).answer()


class _Pressed:
    """The page of a step: what it means, what is in the way, its form, and taking it."""

    def __init__(self, request, scope, found, step, form, means, done, take):
        self.request, self.scope, self.agreement = request, scope, found
        self.step, self.form_class, self.means, self.done, self.take = step, form, means, done, take

    def answer(self):
        """Show the form, or take the step."""
        if not WORKFLOW.may(self.request.user, self.step, self.agreement):
            raise PermissionDenied(f"{self.step.who} {self.step.does}.")
        posted = self.request.method == "POST"
        data = (self.request.POST, self.request.FILES) if posted else ()
        form = self.form_class(*data, agreement=self.agreement)
        if posted and form.is_valid():
            return self._take(form)
        if not posted and self.agreement.state not in self.step.sources:
            return self._refuse(f"Överenskommelsen har status «{self.agreement.get_state_display()}».")
        return self._show(form)

    def _take(self, form):
        try:
            taken = self.take(form)
        except StepRefused as refusal:
            if not form.visible_fields():
                return self._refuse(str(refusal))
            form.add_error(None, str(refusal))
            return self._show(form)
        messages.success(self.request, self.done)
        return redirect(address_of(taken))

    def _refuse(self, words):
        messages.error(self.request, words)
        return redirect(address_of(self.agreement))

    def _show(self, form):
        options = WORKFLOW.options(self.agreement, self.request.user)
        blockers = next((option.blockers for option in options if option.step is self.step), [])
        context = page_of(
            self.request,
            self.scope,
            agreement=self.agreement,
            step=self.step,
            form=form,
            means=self.means,
            blockers=blockers,
            mistakes=form.mistakes(),
            heading=self.step.label,
            back=address_of(self.agreement),
            is_upload=self.form_class is forms.AttachForm,
        )
        status = 422 if form.is_bound else 200
        return render(self.request, "agreements/agreement_step.html", context, status=status)
