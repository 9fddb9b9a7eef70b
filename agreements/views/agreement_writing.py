"""Writing a draft of an agreement: its texts, areas, parties and title, and beginning a new version."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from agreements.agreement import editing, offers, workflow
from agreements.agreement.workflow import address_of, part_slug
from agreements.enums import AgreementPart, AgreementState
from agreements.forms import agreements as forms
from agreements.models import PriorityArea
from agreements.permissions import Permission
from agreements.views.access import check, scoped
from agreements.views.agreements import READ, page_of, readable_agreement, visible_agreements
from trygghet.workflow import StepRefused

P = Permission


@require_http_methods(["GET", "POST"])
@scoped(*READ)
def agreement_start(request, scope):
    """Begin the place's next version, from the template or as a copy of the one in force."""
    check(request.user, P.WRITE_AGREEMENT, scope, editing.NOT_A_WRITER)
    current = visible_agreements(request, scope).in_force().first()
    posted = request.method == "POST"
    form = forms.StartForm(request.POST if posted else None, has_current=current is not None)
    if posted and form.is_valid():
        try:
            new = workflow.start(scope, by=request.user, as_copy=form.as_copy)
        except StepRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("cooperation:agreements", scope.slug)
        messages.success(request, f"Version {new.version} är påbörjad. Bara de som bereder och beslutar ser den.")
        return redirect(address_of(new))
    heading = "Börja en ny version" if current else "Börja överenskommelsen"
    context = page_of(request, scope, form=form, current=current, mistakes=form.mistakes(), heading=heading)
    return render(request, "agreements/agreement_start.html", context, status=422 if form.is_bound else 200)


class _Writing:
    """A page where something in a draft is written: its form, saving it, and what is said when it came too late."""

    template = "agreements/agreement_write.html"

    def __init__(self, request, scope, version):
        self.request, self.scope = request, scope
        self.agreement = readable_agreement(request, scope, version)
        editing.check_write(request.user, self.agreement)

    def answer(self):
        """Show the form, or save what was posted."""
        if self.agreement.state != AgreementState.DRAFT and self.request.method == "GET":
            messages.error(self.request, f"Version {self.agreement.version} är inte ett utkast och kan inte ändras.")
            return redirect(address_of(self.agreement))
        if self.request.method == "GET":
            return self._show(self.form(), self.rows())
        form, rows = self.form(self.request.POST), self.rows(self.request.POST)
        rows_are_right = rows is None or rows.is_valid()
        if form.is_valid() and rows_are_right and self.check(form, rows):
            return self._save(form, rows)
        return self._show(form, rows)

    def _save(self, form, rows):
        try:
            self.write(form, rows)
        except editing.Stale:
            self.agreement = readable_agreement(self.request, self.scope, self.agreement.version)
            form.renew(self.seen())
            return self._show(form, rows, theirs=self.told())
        except StepRefused as refusal:
            form.add_error(None, str(refusal))
            return self._show(form, rows)
        messages.success(self.request, f"{self.heading} är sparat.")
        return redirect(address_of(self.agreement) + self.anchor)

    def _show(self, form, rows, theirs=None):
        mistakes = form.mistakes() + (rows.mistakes() if rows is not None and rows.is_bound else [])
        context = page_of(
            self.request,
            self.scope,
            agreement=self.agreement,
            form=form,
            rows=rows,
            theirs=theirs,
            mistakes=mistakes,
            heading=self.heading,
            back=address_of(self.agreement) + self.anchor,
            about=self.about(),
        )
        return render(self.request, self.template, context, status=422 if form.is_bound else 200)

    def seen(self):
        return editing.seen_now(self.agreement, self.content())

    def rows(self, data=None):
        """The formset beside the form; None where the page has none."""

    def check(self, form, rows):
        """Whether form and rows agree; says on the form what does not."""
        return True

    def about(self):
        """What helps the one who writes, beside the form."""
        return {}


class _Text(_Writing):
    def __init__(self, request, scope, version, part):
        super().__init__(request, scope, version)
        self.part = next((each for each in AgreementPart if part_slug(each) == part), None)
        if self.part is None:
            raise Http404
        self.heading, self.anchor = self.part.label, f"#{part_slug(self.part)}"

    def content(self):
        return editing.text_of(self.agreement, self.part)

    def form(self, data=None):
        return forms.TextForm(data, part=self.part, seen=self.seen(), initial={"text": self.content()})

    def write(self, form, rows):
        editing.write_text(self.agreement, self.part, form.cleaned_data["text"], seen=form.seen, by=self.request.user)

    def told(self):
        return self.content()


class _Area(_Writing):
    def __init__(self, request, scope, version, code):
        super().__init__(request, scope, version)
        try:
            self.area = editing.area_at(self.agreement, code)
        except PriorityArea.DoesNotExist as error:
            raise Http404 from error
        self.heading = self.area.title if self.area else "Egna fokusområden"
        self.anchor = f"#omrade-{code}"

    def content(self):
        return editing.focuses_of(self.agreement, self.area)

    def form(self, data=None):
        form = forms.AreaForm(data, seen=self.seen(), initial={"reason": self.content()[1]})
        if self.area is None:
            del form.fields["reason"]
        return form

    def rows(self, data=None):
        initial = [{"title": title, "goals": goals} for title, goals in self.content()[0]]
        return forms.FocusFormSet(data, initial=initial, prefix="fokus")

    def check(self, form, rows):
        if rows.pairs() and form.cleaned_data.get("reason", "").strip():
            form.add_error("reason", "Området har fokusområden. Ta bort skälet, eller ta bort fokusområdena.")
            return False
        return True

    def write(self, form, rows):
        reason = form.cleaned_data.get("reason", "")
        editing.write_area(self.agreement, self.area, rows.pairs(), reason, seen=form.seen, by=self.request.user)

    def told(self):
        pairs, reason = self.content()
        return "\n\n".join([f"{title}\n{goals}".strip() for title, goals in pairs] + ([reason] if reason else []))

    def about(self):
        return {"area": self.area, "objectives": list(self.area.objectives.all()) if self.area else []}


class _Parties(_Writing):
    heading, anchor = "Parter", "#parter"

    def content(self):
        return editing.parties_of(self.agreement)

    def form(self, data=None):
        return forms.WrittenForm(data, seen=self.seen())

    def rows(self, data=None):
        initial = [{"organisation": organisation, "function": function} for organisation, function in self.content()]
        choices = {"organisations": offers.organisations_for(self.scope), "functions": offers.functions()}
        return forms.PartyFormSet(data, initial=initial, prefix="part", form_kwargs=choices)

    def write(self, form, rows):
        editing.write_parties(self.agreement, rows.pairs(), seen=form.seen, by=self.request.user)

    def told(self):
        parties = self.agreement.parties.select_related("organisation", "function")
        return "\n".join(f"{party.organisation}, {party.function}" for party in parties)

    def about(self):
        return {"parties": True}


class _Facts(_Writing):
    heading, anchor = "Rubrik och områden", ""

    def content(self):
        return editing.facts_of(self.agreement)

    def form(self, data=None):
        title, area_set = self.content()
        initial = {"title": title, "area_set": area_set}
        return forms.FactsForm(data, seen=self.seen(), initial=initial, area_sets=offers.area_sets())

    def write(self, form, rows):
        values = form.cleaned_data
        editing.write_facts(self.agreement, values["title"], values["area_set"], seen=form.seen, by=self.request.user)

    def told(self):
        return f"{self.agreement.title}\n{self.agreement.area_set}"


@require_http_methods(["GET", "POST"])
@scoped(*READ)
def agreement_text(request, scope, version, part):
    """Write a part of the text."""
    return _Text(request, scope, version, part).answer()


@require_http_methods(["GET", "POST"])
@scoped(*READ)
def agreement_area(request, scope, version, code):
    """Write the local focus areas under a prioritised area, or why it is left out (P09)."""
    return _Area(request, scope, version, code).answer()


@require_http_methods(["GET", "POST"])
@scoped(*READ)
def agreement_parties(request, scope, version):
    """Write which the parties are and who signs for each."""
    return _Parties(request, scope, version).answer()


@require_http_methods(["GET", "POST"])
@scoped(*READ)
def agreement_facts(request, scope, version):
    """Write the title and which edition of the areas the agreement follows."""
    return _Facts(request, scope, version).answer()
