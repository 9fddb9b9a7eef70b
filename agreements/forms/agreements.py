"""The forms of an agreement: its texts, areas and parties, its steps, signatures and attachments.

A form of what is written carries along what the page showed (``seen_version``,
``seen_text``), so that nobody writes over what they have not read.
"""

from django import forms

from agreements.agreement.editing import Seen
from agreements.agreement.offers import signing_functions
from agreements.forms.fields import CooperationForm, DayField, LineField, LongField
from agreements.models import AgreementReview
from trygghet.uploads import AttachmentField


class StartForm(CooperationForm):
    """What a new version begins with."""

    origin = forms.ChoiceField(
        label="Börja från",
        widget=forms.RadioSelect,
        choices=[("copy", "En kopia av den som gäller"), ("template", "Den gemensamma mallens texter")],
        initial="copy",
        error_messages={"required": "Välj vad den nya versionen ska börja från."},
    )

    def __init__(self, data=None, *, has_current):
        super().__init__(data)
        if not has_current:
            del self.fields["origin"]

    @property
    def as_copy(self):
        """Whether the new version begins as a copy of the one in force."""
        return self.cleaned_data.get("origin") == "copy"


class WrittenForm(CooperationForm):
    """A form of what stands in a draft, with what the page showed when it was opened."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    seen_text = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data=None, *, seen, initial=None, **more):
        now = {"seen_version": seen.row_version, "seen_text": seen.checksum}
        super().__init__(data, initial={**(initial or {}), **now}, **more)

    @property
    def seen(self):
        """What the page showed, as the writing takes it."""
        return Seen(self.cleaned_data["seen_version"], self.cleaned_data["seen_text"])

    def renew(self, seen):
        """Carry along what stands there now: the person has been shown it."""
        self.data = self.data.copy()
        self.data.update({"seen_version": str(seen.row_version), "seen_text": seen.checksum})


class TextForm(WrittenForm):
    """A part of the agreement's text."""

    text = LongField(
        "Text",
        20_000,
        rows=16,
        help_text="En tom rad gör nytt stycke. En kort rad för sig utan punkt blir en underrubrik. "
        "Rader som börjar med - blir en punktlista.",
    )

    def __init__(self, data=None, *, part, **more):
        super().__init__(data, **more)
        self.fields["text"].label = part.label


class FactsForm(WrittenForm):
    """What the agreement is called and which edition of the areas it follows."""

    title = LineField("Rubrik", 200, missing="Skriv vad överenskommelsen heter.")

    def __init__(self, data=None, *, area_sets, **more):
        super().__init__(data, **more)
        self.fields["area_set"] = forms.ModelChoiceField(
            label="Prioriterade områden",
            queryset=area_sets,
            empty_label=None,
            help_text="När du byter flyttas fokusområdena till det område som har tagit över.",
        )


class AreaForm(WrittenForm):
    """Why a prioritised area is left out; the focus areas themselves are a formset beside it."""

    reason = LongField(
        "Varför är området inte aktuellt?",
        2_000,
        rows=3,
        help_text="Fyll i bara om ni inte har något fokusområde här. Stadens områden speglas lokalt där de är "
        "relevanta för er lägesbild.",
    )


class FocusForm(CooperationForm):
    """A local focus area with its goals."""

    title = LineField("Fokusområde", 200)
    goals = LongField("Mål", rows=3, help_text="Ett mål per rad.")

    def clean(self):
        values = super().clean()
        if values.get("goals", "").strip() and not values.get("title", "").strip():
            self.add_error("title", "Skriv vad fokusområdet heter.")
        return values


class PartyForm(CooperationForm):
    """A party and the function that signs for it."""

    def __init__(self, *args, organisations, functions, **more):
        super().__init__(*args, **more)
        self.fields["organisation"] = forms.ModelChoiceField(
            label="Part", queryset=organisations, required=False, empty_label="Välj part"
        )
        self.fields["function"] = forms.ModelChoiceField(
            label="Undertecknas av", queryset=functions, required=False, empty_label="Välj funktion"
        )

    def clean(self):
        values = super().clean()
        organisation, function = values.get("organisation"), values.get("function")
        if organisation and not function and "function" not in self.errors:
            self.add_error("function", "Välj vem som skriver under för parten.")
        if function and not organisation and "organisation" not in self.errors:
            self.add_error("organisation", "Välj vilken part funktionen skriver under för.")
        return values


class _Rows(forms.BaseFormSet):
    """Rows in an order that the person numbers; an empty row is none."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["ORDER"] = forms.IntegerField(
            label="Ordning", required=False, min_value=1, max_value=99, initial=index + 1 if index is not None else None
        )
        form.fields["DELETE"].label = "Ta bort"
        form.has_content = index is not None and index < self.initial_form_count()

    def kept(self):
        """Return the cleaned rows that stay, in their order."""
        rows = [(form.cleaned_data, at) for at, form in enumerate(self.forms) if form.cleaned_data]
        rows = [(row, at) for row, at in rows if not row.get("DELETE")]
        return [row for row, at in sorted(rows, key=lambda each: (each[0].get("ORDER") or 99, each[1]))]

    def mistakes(self):
        """Return (id, label, what to do) for each thing to mend."""
        found = [("", "", text) for text in self.non_form_errors()]
        return found + [mistake for form in self.forms for mistake in form.mistakes()]


class _Focuses(_Rows):
    def pairs(self):
        """Return (title, goals) of the focus areas that stay."""
        return [(row["title"], row["goals"]) for row in self.kept() if row.get("title")]


class _Parties(_Rows):
    def clean(self):
        organisations = [row["organisation"] for row in self.kept() if row.get("organisation")]
        twice = sorted({str(each) for each in organisations if organisations.count(each) > 1})
        if twice:
            raise forms.ValidationError(f"{twice[0]} står som part mer än en gång. Ta bort en av raderna.")

    def pairs(self):
        """Return (organisation, function) of the parties that stay."""
        return [(row["organisation"], row["function"]) for row in self.kept() if row.get("organisation")]


FocusFormSet = forms.formset_factory(
    FocusForm, formset=_Focuses, extra=2, can_delete=True, max_num=12, validate_max=True
)
PartyFormSet = forms.formset_factory(
    PartyForm, formset=_Parties, extra=2, can_delete=True, max_num=20, validate_max=True
)


# --- Steps


class StepForm(CooperationForm):
    """A step of the agreement's way, with the state that the page showed."""

    seen_state = forms.CharField(widget=forms.HiddenInput, max_length=25)

    def __init__(self, data=None, files=None, *, agreement):
        super().__init__(data, files, initial={"seen_state": agreement.state})

    def given(self):
        """Return what the step is taken with, beside the state and the reason."""
        return {}


class ReasonForm(StepForm):
    """A step that needs a reason."""

    reason = LongField("Skäl", 2_000, missing="Skriv varför. Skälet sparas i loggen.")


class ReviewForm(StepForm):
    """What the steering group said of the agreement when it reviewed it."""

    reviewed_on = DayField("Datum för översynen", missing="Ange vilken dag styrgruppen såg över överenskommelsen.")
    meeting = LineField("Möte", 200, missing="Ange vid vilket möte.", help_text="Till exempel Styrgruppsmöte 1 2026.")
    motive = LongField("Motivering", 2_000, help_text="Kan lämnas tom.")

    def given(self):
        """Return the review, not yet saved."""
        values = self.cleaned_data
        review = AgreementReview(reviewed_on=values["reviewed_on"], meeting=values["meeting"], reason=values["motive"])
        return {"review": review}


class EndForm(ReasonForm):
    """When and why an agreement ended."""

    field_order = ("on", "reason")
    on = DayField("Gällde till och med", missing="Ange vilken dag överenskommelsen upphörde.")

    def given(self):
        return {"on": self.cleaned_data["on"]}


class SignatureForm(StepForm):
    """The day on which a party signed, and the function that did; the agreement's own unless another is chosen."""

    on = DayField("Undertecknad den", missing="Ange vilken dag parten skrev under.")
    function = forms.ModelChoiceField(
        None, label="Funktion som skrev under", empty_label=None,
        help_text="Ordinarie ledamot i styrgruppen. Vem som hade platsen den dagen skrivs i loggen.",
        error_messages={
            "required": "Välj vilken funktion som skrev under.",
            "invalid_choice": "Välj en av funktionerna i listan.",
        },
    )  # fmt: skip

    def __init__(self, data=None, files=None, *, agreement, party):
        super().__init__(data, files, agreement=agreement)
        self.fields["function"].queryset = signing_functions(party)
        self.initial["function"] = party.function_id

    def given(self):
        return {"on": self.cleaned_data["on"], "function": self.cleaned_data["function"]}


class DiaryForm(StepForm):
    """The agreement's number in the diary."""

    diary_number = LineField("Diarienummer", 50, missing="Ange ärendets diarienummer.")

    def __init__(self, data=None, files=None, *, agreement):
        super().__init__(data, files, agreement=agreement)
        self.initial["diary_number"] = agreement.diary_number

    def given(self):
        return {"diary_number": self.cleaned_data["diary_number"]}


class AttachForm(StepForm):
    """A file: the signed scan, or something else that belongs to the agreement."""

    file = AttachmentField(
        label="Fil", kinds=("pdf", "png", "jpg"), error_messages={"required": "Välj en fil att bifoga."}
    )
    is_signed_scan = forms.BooleanField(label="Det här är den undertecknade handlingen", required=False)
