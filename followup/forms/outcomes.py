"""The forms of a follow-up: an action with its goals, a party's own answer, an assessment, the summary and the steps.

An answer is a form of its own, with the version of the row that its writer
read; a page has several. What has not been touched is not written.
"""

from __future__ import annotations

from dataclasses import replace

from django import forms
from django.utils import timezone

from agreements.forms.fields import CooperationForm, DayField, LineField, LongField, differences_between
from followup import rules
from followup.enums import Certainty, Change, Fulfilled, GoalResult, Implementation, Light, NextYear
from followup.models import MAX_ANSWER
from followup.writing import Answer
from plans.document import clean_text
from trygghet.dates import day

UNSEEN = "Sidan saknar uppgift om vilken version du läste. Läs texten igen och spara sedan."


def pills(label, choices):
    """A closed choice shown as buttons to press one of; may be left open."""
    return forms.ChoiceField(
        label=label, choices=choices.choices, required=False, widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Välj ett av alternativen."},
    )  # fmt: skip


def words(label, *, rows=3, help_text=""):
    """A text of the follow-up, which names no individuals."""
    return LongField(label, MAX_ANSWER, rows=rows, help_text=help_text)


class AnswerForm(CooperationForm):
    """What one row of the follow-up says. ``kind`` begins the names of its fields, which end with the row's own.

    ``heading`` says in a list of mistakes which of the page's answers it is.
    """

    kind = "svar"
    row_version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": UNSEEN, "invalid": UNSEEN})

    def __init__(self, data=None, *, row, heading=""):
        initial = {name: getattr(row, name) for name in self.base_fields}
        super().__init__(data, prefix=f"{self.kind}-{row.pk}", initial=initial)
        self.row, self.heading = row, heading
        for field in self.fields.values():
            if not isinstance(field.widget, forms.RadioSelect | forms.HiddenInput):
                css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
                field.widget.attrs["class"] = css

    def clean(self):
        values = super().clean()
        for name, value in values.items():
            if isinstance(value, str):
                values[name] = clean_text(value)  # a browser sends other line ends than are stored
        if self._errors.pop("row_version", None):
            self.add_error(None, UNSEEN)
            self.data = self.data.copy()
            self.data[self.add_prefix("row_version")] = str(self.row.row_version)
        return values

    def refuse(self, lacking):
        """Say what the answer lacks, by field, where the field is not refused for something else already."""
        for name, told in lacking.items():
            if name not in self.errors:
                self.add_error(name, told)

    @property
    def shown(self):
        """The fields to draw, by name."""
        return {field.name: field for field in self.visible_fields()}

    def values(self):
        """Return what was filled in, as fields of the row."""
        return {name: value for name, value in self.cleaned_data.items() if name != "row_version"}

    @property
    def is_touched(self):
        """Whether anything differs from what the row says."""
        return any(getattr(self.row, name) != value for name, value in self.values().items())

    def written(self):
        """Return what is to be written."""
        return Answer(self.row, self.values(), self.cleaned_data["row_version"])

    def against(self, now):
        """Keep what was typed, made to be sent again against the row as it now stands."""
        self.stale = now
        self.data = self.data.copy()
        self.data[self.add_prefix("row_version")] = now.row_version

    def differences(self):
        """Return a Difference for each field where the row now says something else than was typed."""
        if self.stale is None:
            return []
        theirs = {name: getattr(self.stale, name) for name in self.fields if name != "row_version"}
        found = differences_between(self, theirs)
        return [replace(each, label=f"{self.heading}: {each.label}") for each in found] if self.heading else found

    def mistakes(self):
        """Return (id, label, what to do) for each thing to mend, the label with what it is about."""
        return [
            (id, f"{self.heading}, {label[:1].lower()}{label[1:]}" if self.heading and label else label, text)
            for id, label, text in super().mistakes()
        ]


class OutcomeForm(AnswerForm):
    """What became of an action (domain §5.2)."""

    kind = "atgard"
    status = forms.ChoiceField(
        label="Status", choices=[("", "Välj status"), *Implementation.choices], required=False,
        error_messages={"invalid_choice": "Välj en av statusarna."},
    )  # fmt: skip
    light = pills("Läge", Light)
    done = words(
        "Vad har genomförts?", rows=5,
        help_text="Vad och hur mycket: antal tillfällen, deltagare, platser. Skriv inte om enskilda.",
    )  # fmt: skip
    reason = words(
        "Skäl", rows=2, help_text="Om åtgärden inte är påbörjad, inte genomförd eller avbruten, eller om det inte "
        "finns något att rapportera.",
    )  # fmt: skip
    changed = words("Vad ändrades, och varför?", rows=2)
    helped = words("Vad underlättade?", rows=2)
    hindered = words("Vad försvårade eller hindrade?", rows=2)
    lesson = words("Lärdom", rows=2, help_text="Vad skulle ni göra likadant, och vad skulle ni göra annorlunda?")
    next_year = pills("Nästa år", NextYear)

    def clean(self):
        values = super().clean()
        self.refuse(rules.outcome_lacks(**{name: values.get(name) for name in ("status", "done", "reason")}))
        return values


class InCellForm(OutcomeForm):
    """What is written most of an action, as it is written in the grid's own cell."""

    changed = helped = hindered = lesson = next_year = None


class GoalForm(AnswerForm):
    """Whether a goal was met (domain §5.3)."""

    kind = "mal"
    result = pills("Resultat", GoalResult)
    value = LineField("Utfall", 100, help_text="Till exempel 62 deltagare.")
    source = LineField("Källa", 200)
    on = DayField("Gäller den")
    comment = words("Kommentar", rows=2)

    def clean_on(self):
        """Refuse a day to come: an outcome is what has been, and never what is hoped for."""
        on = self.cleaned_data["on"]
        if on and on > timezone.localdate():
            raise forms.ValidationError("Dagen har inte varit än. Ange den dag som utfallet gäller, senast i dag.")
        return on

    def clean(self):
        values = super().clean()
        self.refuse(rules.goal_lacks(result=values.get("result"), comment=values.get("comment")))
        return values


class FulfilmentForm(AnswerForm):
    """How the own organisation kept what it took upon itself (domain §5.2)."""

    kind = "part"
    answer = pills("Har ni gjort er del?", Fulfilled)
    comment = words("Kommentar", rows=2)

    def clean(self):
        values = super().clean()
        self.refuse(rules.fulfilment_lacks(answer=values.get("answer"), comment=values.get("comment")))
        return values


class AssessmentForm(AnswerForm):
    """What the indicators say of a problem or an area, and how sure anyone can be (domain §5.3)."""

    kind = "bedomning"
    change = pills("Problemet", Change)
    certainty = pills("Hur säkert är det att åtgärderna har bidragit?", Certainty)
    text = words(
        "Vad visar siffrorna?", rows=4,
        help_text="Skriv siffran, källan och hur många som har svarat. Är det få svarande, skriv det.",
    )  # fmt: skip
    comparison = LineField(
        "Jämfört med", 200, help_text="Till exempel hela staden, en annan stadsdel eller förra året."
    )

    def clean(self):
        values = super().clean()
        change, certainty = values.get("change"), values.get("certainty")
        if change and not certainty:
            self.add_error("certainty", "Välj hur säkert det är. «För tidigt att säga» är ett ärligt svar.")
        if certainty == Certainty.LIKELY and not (values.get("text") or "").strip():
            self.add_error("text", "Skriv vad som talar för att åtgärderna har bidragit.")
        return values


class SummaryForm(AnswerForm):
    """The summary of the whole follow-up."""

    kind = "sammanfattning"
    summary = words("Sammanfattning", rows=8, help_text="Det viktigaste, på en halv sida.")


# --- The steps


class FollowUpStepForm(CooperationForm):
    """A step of the follow-up: the reason where one is needed, and where the page's reader saw it stand."""

    seen_state = forms.CharField(widget=forms.HiddenInput, error_messages={"required": UNSEEN})
    reason = LongField("Skäl", 2_000, rows=4, missing="Skriv varför, så att de andra förstår vad som ska göras.")

    def __init__(self, data=None, *, step, follow_up):
        super().__init__(data, initial={"seen_state": follow_up.state})
        if not step.needs_reason:
            del self.fields["reason"]

    def given(self):
        """What the step is taken with."""
        return {}


class ApprovalForm(FollowUpStepForm):
    """The steering group's approval, as its chair or secretary records it."""

    approved_on = DayField("Godkänd den", missing="Ange vilken dag styrgruppen godkände uppföljningen.")
    body = LineField("Godkänd av", 200, missing="Ange vilken grupp som godkände uppföljningen.")
    meeting = LineField("Möte", 200, help_text="Till exempel Styrgruppsmöte 4.")

    def __init__(self, data=None, *, step, follow_up, body=""):
        super().__init__(data, step=step, follow_up=follow_up)
        self.initial |= {"body": body, "approved_on": timezone.localdate()}
        self.decided_on = follow_up.version.decided_on
        handed_in = follow_up.steps.filter(name="submit").order_by("pk").last()
        self.handed_in_on = timezone.localdate(handed_in.at) if handed_in else None

    def clean_approved_on(self):
        """Refuse a day to come, and one before the plan was decided or its follow-up handed in."""
        on = self.cleaned_data["approved_on"]
        if on and on > timezone.localdate():
            raise forms.ValidationError("Dagen har inte varit än. Registrera godkännandet när det är fattat.")
        if on and on < self.decided_on:
            raise forms.ValidationError(
                f"Planen beslutades {day(self.decided_on)}. Ange den dag då uppföljningen godkändes, som är senare."
            )
        if on and self.handed_in_on and on < self.handed_in_on:
            raise forms.ValidationError(
                f"Uppföljningen lämnades in {day(self.handed_in_on)}. Ange den dag då den godkändes, tidigast då."
            )
        return on

    def given(self):
        return {name: self.cleaned_data[name] for name in ("approved_on", "body", "meeting")}
