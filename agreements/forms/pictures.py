"""The forms of situation pictures: a form writes nothing, it says what was written and on which version of the row."""

import uuid

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.db.models import Q

from agreements.enums import Answer, Producer, Trend
from agreements.forms.fields import (
    NO_IDENTITY_NUMBERS,
    CooperationForm,
    DayField,
    LineField,
    LongField,
    VersionedForm,
    differences_between,
)
from agreements.models import DataSource, Place
from agreements.pictures.findings import TableRefused, areas_of, read_table, table_as_text
from agreements.pictures.joint import input_findings
from agreements.pictures.workflow import why_not, why_not_confirmed_on
from trygghet.crispy import Columns
from trygghet.dates import day
from trygghet.privacy import identity_numbers
from trygghet.uploads import AttachmentField

UNSAID = "Inte angivet"


class RowForm(CooperationForm):
    """The form of a row: carries the version of the row that the page showed, or the uid of a row to be.

    ``differences`` is where somebody else has written something else in the meantime.
    """

    uid = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, data=None, files=None, *, row=None, initial=None):
        carried = {"uid": row.uid, "seen": row.row_version} if row else {"uid": uuid.uuid4()}
        super().__init__(data, files, initial={**(initial or {}), **carried})
        self.row, self.differences = row, []

    def clean(self):
        values = super().clean()
        lost = [name for name in ("uid", "seen") if name in self.errors]
        if lost or (self.row and values.get("seen") is None):
            for name in lost:
                del self._errors[name]
            self._carry_on()
            self.add_error(None, "Sidan saknar uppgift om vad du läste. Läs den igen och spara sedan.")
        return values

    def show_clash(self, current):
        """Show what the row says now beside what was typed; the next press writes over it."""
        self.differences = differences_between(self, self.values_of(current))
        self.row = current
        self._carry_on()

    def _carry_on(self):
        self.data = self.data.copy()
        self.data["uid"] = str(self.row.uid if self.row else self.initial["uid"])
        self.data["seen"] = str(self.row.row_version) if self.row else ""

    def values_of(self, row):
        """Return what the row says, by the names of the form's fields."""
        raise NotImplementedError

    def typed(self):
        """Return (label, text) of what was typed in the texts, for who cannot save it here any more."""
        texts = (forms.Textarea, forms.TextInput)
        return [
            (field.label, field.value())
            for field in self.visible_fields()
            if isinstance(field.field.widget, texts) and field.value()
        ]


class BeginForm(CooperationForm):
    """What a picture begins from: nothing, or an earlier one of the same party."""

    earlier = forms.ChoiceField(label="Börja från", widget=forms.RadioSelect, required=True)

    def __init__(self, data=None, *, earlier):
        choices = [("", "Ett tomt blad")]
        if earlier:
            choices.insert(0, (str(earlier.year), f"{earlier.year} års lägesbild: sammanfattningen och iakttagelserna"))
        super().__init__(data, initial={"earlier": choices[0][0]})
        self.fields["earlier"].choices = choices
        self.fields["earlier"].required = False
        if not earlier:
            del self.fields["earlier"]


class BeginJointForm(CooperationForm):
    """The joint picture begins; with a reason where a party's picture is missing."""

    reason = LongField("Varför", 2_000, missing="Skriv varför den andra partens lägesbild inte är med.")

    def __init__(self, data=None, *, missing):
        super().__init__(data)
        if missing:
            self.fields["reason"].label = f"Varför är {missing} inte med?"
        else:
            del self.fields["reason"]


class HeadForm(RowForm):
    """The title, the period and the summary of a picture."""

    title = LineField("Rubrik", 200, missing="Skriv en rubrik.")
    period = LineField("Period som bilden gäller", 100, help_text="Till exempel september 2025–augusti 2026.")
    summary = LongField(
        "Sammanfattning", rows=6, help_text="Det viktigaste först: vad har hänt, var, och vart är det på väg?"
    )

    def __init__(self, data=None, *, picture):
        super().__init__(data, row=picture, initial=self.values_of(picture))

    def values_of(self, row):
        return {name: getattr(row, name) for name in ("title", "period", "summary")}

    @property
    def values(self):
        return {name: self.cleaned_data[name] for name in ("title", "period", "summary")}


class NamedFindings(forms.ModelMultipleChoiceField):
    """Findings to tick; in a joint picture those of the parties say whose they are."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, finding):
        whose = {Producer.CITY: "Staden: ", Producer.POLICE: "Polisen: "}.get(finding.picture.producer, "")
        return f"{whose}{finding.title}"


class TableField(LongField):
    """A table pasted from a spreadsheet."""

    def in_words(self, rows):
        return table_as_text(rows or [])


class FindingForm(RowForm):
    """A finding: what, where, which way it goes and what it rests on, with a table and a file."""

    title = LineField("Iakttagelse", 300, missing="Skriv vad ni har sett, i en mening.", help_text="I en mening.")
    text = LongField(
        "Beskrivning", rows=5, help_text="Vad händer, när, och vilka drabbas? Skriv inte om enskilda personer."
    )
    area = forms.ModelChoiceField(None, label="Prioriterat område", required=False)
    trend = forms.ChoiceField(label="Utveckling", choices=Trend, required=False)
    places = forms.ModelMultipleChoiceField(
        None, label="Avgränsade platser", required=False, widget=forms.CheckboxSelectMultiple
    )
    source = forms.ModelChoiceField(None, label="Datakälla", required=False)
    source_note = LineField(
        "Källan närmare", 300, help_text="Årtal, fråga eller annat som gör att andra hittar uppgiften."
    )
    table = TableField(
        "Tabell",
        40_000,
        rows=4,
        strip=False,
        help_text="Kopiera cellerna i Excel och klistra in dem här. Första raden blir rubriker.",
    )
    file = AttachmentField(label="Bifoga en fil", required=False)
    origins = NamedFindings(
        None,
        label="Bygger på parternas iakttagelser",
        required=False,
        help_text="Markera flera om du slår ihop dem till en.",
    )

    FIELDS = ("title", "text", "area", "trend", "places", "source", "source_note", "table", "origins")

    def __init__(self, data=None, files=None, *, user, scope, picture, finding=None, rewritten=None):
        source = finding or rewritten
        initial = self.values_of(source) if source else {}
        if rewritten:
            initial["origins"] = [rewritten]
        super().__init__(data, files, row=finding, initial=initial)
        if "table" in self.initial:
            self.initial["table"] = table_as_text(self.initial["table"])
        self.fields["area"].queryset = areas_of(picture.year)
        self.fields["area"].empty_label = self.fields["source"].empty_label = UNSAID
        _offer_places(self.fields, user, scope, initial.get("places", []))
        self.fields["source"].queryset = DataSource.objects.visible_to(user)
        if picture.is_joint:
            self.fields["origins"].queryset = input_findings(picture).select_related("picture")
        else:
            del self.fields["origins"]
        self.helper.layout = Layout(
            "uid", "seen", "title", "text", *(["origins"] if picture.is_joint else []),
            Columns("area", "trend"), *(["places"] if "places" in self.fields else []),
            Fieldset("Underlag", Columns("source", "source_note"), "table", "file"),
        )  # fmt: skip

    def values_of(self, row):
        plain = {
            name: getattr(row, name) for name in ("title", "text", "area", "trend", "source", "source_note", "table")
        }
        return plain | {"places": list(row.places.all()), "origins": list(row.origins.select_related("picture"))}

    def clean_table(self):
        text = self.cleaned_data["table"]
        if identity_numbers(text):
            raise forms.ValidationError(NO_IDENTITY_NUMBERS)
        try:
            return read_table(text)
        except TableRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    @property
    def values(self):
        return {name: self.cleaned_data[name] for name in self.FIELDS if name in self.fields}

    @property
    def files_given(self):
        return [self.cleaned_data["file"]] if self.cleaned_data.get("file") else []


def _offer_places(fields, user, scope, chosen):
    """Offer the district's places, also those chosen before that no longer hold; without any there is no field."""
    places = Place.objects.visible_to(user).filter(**scope.lookup())
    keep = [place.pk for place in chosen]
    places = places.filter(Q(pk__in=places.valid_on().values("pk")) | Q(pk__in=keep))
    fields["places"].queryset = places
    if not places:
        del fields["places"]


class RemoveForm(forms.Form):
    """That a row is to be removed, as the person saw it."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class StepForm(CooperationForm):
    """A step of a picture; carries the state that the page showed."""

    seen_state = forms.CharField(widget=forms.HiddenInput, max_length=20)
    reason = LongField("Varför tar du tillbaka lägesbilden?", 2_000, missing="Skriv varför. Skälet sparas i loggen.")

    def __init__(self, data=None, *, picture, step):
        super().__init__(data, initial={"seen_state": picture.state})
        self.fields["seen_state"].error_messages["required"] = "Sidan saknar uppgift om vad du läste. Läs den igen."
        if not step.needs_reason:
            del self.fields["reason"]

    def mistakes(self):
        return super().mistakes() + [("", "", text) for text in self.errors.get("seen_state", [])]

    @property
    def given(self):
        """What the step is given besides who takes it."""
        names = [name for name in ("seen_state", "reason") if name in self.fields]
        return {name: self.cleaned_data[name] for name in names}


class ConfirmForm(StepForm):
    """That the steering group has confirmed the picture: on which day and at which meeting."""

    on = DayField("Fastställd den", missing="Ange vilken dag styrgruppen fastställde lägesbilden.", years_ahead=None)
    meeting = LineField(
        "Möte", 150, missing="Ange vid vilket möte.", help_text="Till exempel Styrgruppsmöte 1.", strip=True
    )
    MEETINGS = "styrgruppens-moten"
    """The id of the list of the steering group's meetings, which the page has."""

    def __init__(self, data=None, *, picture, step):
        super().__init__(data, picture=picture, step=step)
        self.picture = picture
        self.fields["meeting"].widget.attrs["list"] = self.MEETINGS

    def clean_on(self):
        on = self.cleaned_data["on"]
        if wrong := why_not_confirmed_on(self.picture, on):
            raise forms.ValidationError(wrong)
        return on

    @property
    def given(self):
        return super().given | {name: self.cleaned_data[name] for name in ("on", "meeting")}


class LeaveOutForm(CooperationForm):
    """Why a party's finding is not in the joint picture."""

    reason = LongField("Varför tas den inte med?", 2_000, missing="Skriv varför, så att den andra parten kan läsa det.")


DECISIONS = (("", "Inte bestämt än"), ("yes", "Prioriteras"), ("no", "Prioriteras inte"))


class ProblemForm(RowForm):
    """A problem that the joint findings show, the two questions, and whether it is prioritised (P04)."""

    title = LineField("Problem", 300, missing="Skriv vad problemet är.", help_text="Problemet, inte åtgärden.")
    description = LongField("Beskrivning", rows=4)
    findings = NamedFindings(
        None,
        label="Iakttagelser som visar problemet",
        error_messages={"required": "Välj minst en iakttagelse som visar problemet."},
    )
    area = forms.ModelChoiceField(None, label="Prioriterat område", required=False)
    places = forms.ModelMultipleChoiceField(
        None, label="Avgränsade platser", required=False, widget=forms.CheckboxSelectMultiple
    )
    can_influence = forms.ChoiceField(
        label="Kan parterna påverka problemet?", choices=Answer, required=False, widget=forms.RadioSelect
    )
    has_resources = forms.ChoiceField(
        label="Finns det resurser?", choices=Answer, required=False, widget=forms.RadioSelect
    )
    decision = forms.ChoiceField(
        label="Ska problemet prioriteras?", choices=DECISIONS, required=False, widget=forms.RadioSelect
    )
    reason = LongField(
        "Motivering", 2_000, rows=3, help_text="Behövs när problemet inte prioriteras, så att andra förstår varför."
    )

    FIELDS = ("title", "description", "findings", "area", "places", "can_influence", "has_resources", "reason")

    def __init__(self, data=None, *, user, scope, picture, problem=None):
        initial = self.values_of(problem) if problem else {}
        super().__init__(data, row=problem, initial=initial)
        self.fields["findings"].queryset = picture.findings.select_related("picture")
        self.fields["area"].queryset = areas_of(picture.year)
        self.fields["area"].empty_label = UNSAID
        _offer_places(self.fields, user, scope, initial.get("places", []))
        self.helper.layout = Layout(
            "uid", "seen", "title", "description", "findings", "area",
            *(["places"] if "places" in self.fields else []),
            Fieldset(
                "Prioritering",
                Div("can_influence", "has_resources", css_class="form-columns"), "decision", "reason",
            ),
        )  # fmt: skip

    def values_of(self, row):
        plain = {name: getattr(row, name) for name in self.FIELDS if name not in ("findings", "places")}
        decision = {None: "", True: "yes", False: "no"}[row.is_prioritised]
        many = {"findings": list(row.findings.select_related("picture")), "places": list(row.places.all())}
        return plain | many | {"decision": decision}

    def clean(self):
        values = super().clean()
        decision = values.get("decision")
        if decision == "yes" and (stops := why_not(values.get("can_influence"), values.get("has_resources"))):
            self.add_error("decision", f"Problemet kan inte prioriteras: {stops}")
        if decision == "no" and "reason" in values and not values["reason"]:
            self.add_error("reason", "Skriv varför problemet inte prioriteras.")
        return values

    @property
    def values(self):
        values = {name: self.cleaned_data.get(name, []) for name in self.FIELDS}
        return values | {"is_prioritised": {"": None, "yes": True, "no": False}[self.cleaned_data["decision"]]}


class DataSourceForm(VersionedForm):
    """When a measurement was made and is made next (P29)."""

    interval_months = forms.IntegerField(
        label="Kommer med så många månaders mellanrum",
        required=False,
        min_value=1,
        max_value=120,
        help_text="Till exempel 36 för vart tredje år. Tomt när den är löpande eller oregelbunden.",
        error_messages={"invalid": "Skriv antalet månader med siffror."},
    )
    latest_on = DayField("Senaste mätningen")
    next_on = DayField("Nästa mätning")

    def __init__(self, data=None, *, source):
        names = ("interval_months", "latest_on", "next_on", "row_version")
        super().__init__(data, initial={name: getattr(source, name) for name in names})
        self.source = source

    def clean(self):
        values = super().clean()
        latest, coming = values.get("latest_on"), values.get("next_on")
        if latest and coming and coming <= latest:
            self.add_error("next_on", f"Nästa mätning ska komma efter den senaste, {day(latest)}.")
        return values
