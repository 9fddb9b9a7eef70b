"""The forms of the plan's steps: a reason, the steering group's decision, the city's words, the board's decision.

A form writes nothing; it carries along what the page showed, so that a press
on a page that no longer tells the truth does nothing.
"""

from __future__ import annotations

from datetime import date

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone

from agreements.enums import OrganisationKind
from agreements.forms.fields import DayField
from plans.meeting_outcomes import steering_group_of
from plans.submissions import BoardRecord
from plans.versions import Decision
from plans.workflow import Seen
from trygghet.dates import day as in_words
from trygghet.privacy import REFUSAL, identity_numbers

UNSEEN = "Sidan saknar uppgift om vad du läste. Läs den igen och tryck sedan på knappen."


class UnnamedForm(forms.Form):
    """A form whose texts are kept with the plan, so that none of them may hold a personnummer."""

    def clean(self):
        values = super().clean()
        for name, value in list(values.items()):
            if isinstance(value, str) and identity_numbers(value):
                self.add_error(name, REFUSAL)
        return values


class PressForm(UnnamedForm):
    """What every step's form has: hidden numbers of what the page showed when it was opened.

    ``now`` is what they are as the form is made. Where they are missing from
    what was posted, the form is refused and shown again with them.
    """

    use_required_attribute = False

    def __init__(self, data=None, *, now, initial=None):
        super().__init__(data, initial={**(initial or {}), **now})
        self.now = now
        for name in now:
            self.fields[name] = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True  # the template has it
        self.helper.form_show_errors = True

    def clean(self):
        values = super().clean()
        unseen = [name for name in self.now if name in self.errors]
        if unseen:
            for name in unseen:
                del self._errors[name]
            self.data = self.data.copy()
            self.data.update({name: str(self.now[name]) for name in unseen})
            self.add_error(None, UNSEEN)
        return values

    def mistakes(self):
        """Return (id, label, what to do) for each thing to mend, for the summary above the form."""
        found = [("", "", text) for text in self.non_field_errors()]
        return found + [
            (field.id_for_label, field.label, text) for field in self.visible_fields() for text in field.errors
        ]


class StepForm(PressForm):
    """A step of the plan's way, with the reason where one is needed."""

    reason = forms.CharField(
        label="Skäl",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Skriv varför, så att de andra förstår vad som ska göras."},
    )

    def __init__(self, data=None, *, step, seen, label=""):
        super().__init__(data, now={"seen_step": seen.step, "seen_event": seen.event})
        if step.needs_reason:
            self.fields["reason"].label = label
        else:
            del self.fields["reason"]

    @property
    def seen(self):
        """The :class:`~plans.workflow.Seen` that the page carried."""
        return Seen(self.cleaned_data["seen_step"], self.cleaned_data["seen_event"])

    @property
    def typed_reason(self):
        """What was written, also before it has been checked."""
        return self["reason"].value() or "" if "reason" in self.fields else ""


def _word(label, limit, *, missing="", help_text=""):
    too_long = f"Högst {limit} tecken får plats. Korta texten."
    messages = {"required": missing, "max_length": too_long}
    field = forms.CharField(label=label, max_length=limit, required=bool(missing), help_text=help_text)
    field.error_messages |= messages
    field.widget.attrs.pop("maxlength", None)  # the browser would cut a pasted text without a word
    return field


class DecidedField(DayField):
    """The day of a decision on a plan, which has been."""

    def __init__(self):
        super().__init__("Beslutsdatum", missing="Ange vilken dag beslutet fattades.")


def check_decided_on(day, year):
    """Return the day of a decision on the year's plan; refuse one to come, and one before the plan can have been."""
    first = date(year - 1, 1, 1)
    if day > timezone.localdate():
        raise forms.ValidationError("Datumet ligger i framtiden. Skriv dagen då beslutet fattades.")
    if day < first:
        raise forms.ValidationError(
            f"Datumet är för tidigt för en plan för {year}. Det kan tidigast vara {in_words(first)}."
        )
    return day


class DecisionForm(StepForm):
    """The local steering group's decision on the plan."""

    field_order = ("decided_on", "body", "meeting", "paragraph")
    decided_on = DecidedField()
    body = _word("Beslutande organ", 200, missing="Ange vilken grupp som beslutade.")
    meeting = _word("Möte", 200, missing="Ange vid vilket möte.", help_text="Till exempel Styrgruppsmöte 2.")
    paragraph = _word("Paragraf", 50, help_text="Om protokollet har paragrafer. Kan lämnas tom.")

    def __init__(self, data=None, *, plan, step, seen, meeting=None):
        super().__init__(data, step=step, seen=seen)
        self.plan = plan
        if meeting:
            self.initial |= {"decided_on": meeting.on, "body": meeting.group.name, "meeting": meeting.title}
        else:
            self.initial["body"] = steering_group_of(plan.district)

    def clean_decided_on(self):
        return check_decided_on(self.cleaned_data["decided_on"], self.plan.year)

    @property
    def decision(self):
        """What was registered, as the workflow takes it."""
        return Decision(**{name: self.cleaned_data[name] for name in self.field_order})


class SubmissionForm(PressForm):
    """A step of a version's way with the city: the city's words where completion is asked for."""

    answer = forms.CharField(
        label="Vad behöver kompletteras?",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Skriv vad som behöver kompletteras, så att stadsdelen vet vad den ska göra."},
    )

    def __init__(self, data=None, *, step, seen):
        super().__init__(data, now={"seen": seen})
        if not step.needs_reason:
            del self.fields["answer"]


class BoardForm(UnnamedForm):
    """The stadsdelsnämnd's decision on a version, as the registrar records or corrects it."""

    use_required_attribute = False
    board = _word("Nämnd", 200, missing="Ange vilken nämnd som beslutade.")
    decided_on = DecidedField()
    paragraph = _word("Paragraf", 50, missing="Ange paragrafen i protokollet, till exempel § 7.")
    diary_number = _word("Diarienummer", 50, missing="Ange ärendets diarienummer.")
    reported_in = _word("Lämnad med", 100, missing="Ange vad planen lämnades till nämnden med.")

    def __init__(self, data=None, *, version, recorded=None):
        names = list(self.base_fields)
        plan = version.plan
        initial = {name: getattr(recorded, name) for name in names} if recorded else {
            "board": board_of(plan.district), "reported_in": f"Tertialrapport 1 {plan.year}",
        }  # fmt: skip
        super().__init__(data, initial=initial)
        self.version = version
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    mistakes = PressForm.mistakes

    def clean_decided_on(self):
        return check_decided_on(self.cleaned_data["decided_on"], self.version.plan.year)

    @property
    def record(self):
        """What was written, as it is recorded."""
        return BoardRecord(**self.cleaned_data)


def board_of(district):
    """Return the name of the district's stadsdelsnämnd, after its administration's; "" if that tells nothing (1 query).

    "Skärholmens stadsdelsförvaltning" works for "Skärholmens stadsdelsnämnd", a kommundelsförvaltning alike.
    """
    administrations = district.organisations.filter(kind=OrganisationKind.DISTRICT_ADMIN)
    names = administrations.values_list("name", flat=True)
    boards = [name.replace("delsförvaltning", "delsnämnd") for name in names if "delsförvaltning" in name]
    return boards[0] if boards else ""
