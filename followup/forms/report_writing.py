"""The forms of the annual report: a section's text, a comment, and the steps."""

from __future__ import annotations

from django import forms
from django.utils import timezone

from agreements.forms.analyses import Difference
from agreements.forms.fields import CooperationForm, DayField, LineField, LongField, VersionedForm
from followup.models import MAX_REPORT_TEXT
from followup.report.comments import MAX_COMMENT
from plans.document import clean_text
from trygghet.dates import day

UNSEEN = "Sidan saknar uppgift om var rapporten stod när du öppnade den. Ladda om den."


class SectionTextForm(VersionedForm):
    """A section's own text, with the version of it that its writer read (0 where there was none)."""

    text = LongField(
        "Text", MAX_REPORT_TEXT, rows=10, strip=False,
        help_text="Tom rad ger nytt stycke. Rader som börjar med «- » blir en lista. Skriv inte om enskilda.",
    )  # fmt: skip

    def __init__(self, data=None, *, row, place):
        super().__init__(data, initial={"text": row.text, "row_version": row.row_version})
        self.fields["text"].label = f"Text till avsnittet {place.name}"
        if place.key == "summary":
            self.fields["text"].help_text = f"Det viktigaste, på ungefär tio rader. {self.fields['text'].help_text}"
        self.fields["text"].widget.attrs["class"] = "form-control"

    def clean_text(self):
        """Return the text as it is kept: a browser sends other line ends."""
        return clean_text(self.cleaned_data["text"])

    def found_stale(self, stale):
        """Keep what was typed, made to be sent again against the text as it now stands."""
        self.data = self.data.copy()
        self.data["row_version"] = stale.now.row_version
        self.stale = stale.now

    def differences(self):
        """Return the two texts as a Difference, if another has written meanwhile."""
        if self.stale is None:
            return []
        label = self.fields["text"].label
        return [Difference(label=label, mine=self.cleaned_data["text"], theirs=self.stale.text, is_prose=True)]


class ReportCommentForm(CooperationForm):
    """What somebody says of a section."""

    text = LongField("Kommentar", MAX_COMMENT, rows=3, missing="Skriv vad du vill säga.")

    def clean_text(self):
        """Return the text as it is kept."""
        return clean_text(self.cleaned_data["text"])


class ReportStepForm(CooperationForm):
    """A step of the report: the reason where one is needed, and where the page's reader saw it stand."""

    seen_state = forms.CharField(widget=forms.HiddenInput, error_messages={"required": UNSEEN})
    reason = LongField("Skäl", 2_000, rows=4, missing="Skriv varför, så att de andra förstår vad som ska göras.")

    def __init__(self, data=None, *, step, report, **more):
        super().__init__(data, initial={"seen_state": report.state} | more)
        if not step.needs_reason:
            del self.fields["reason"]

    def mistakes(self):
        """Add that the page does not say what was seen, which no visible field tells."""
        return [("", "", text) for text in self["seen_state"].errors] + super().mistakes()

    def given(self):
        """What the step is taken with."""
        return {}


class PublishForm(ReportStepForm):
    """The decision of the city's steering group, as its chair or secretary records it."""

    decided_on = DayField("Beslutad den", missing="Ange vilken dag styrgruppen beslutade om årsrapporten.")
    body = LineField("Beslutad av", 200, missing="Ange vilken grupp som beslutade.")
    meeting = LineField("Möte", 200, help_text="Till exempel Styrgruppsmöte 2.")

    def __init__(self, data=None, *, step, report, body=""):
        super().__init__(data, step=step, report=report, body=body, decided_on=timezone.localdate())
        self.begun_on = timezone.localdate(report.begun_at)

    def clean_decided_on(self):
        """Refuse a day to come, and one before anybody had begun to write the report."""
        on = self.cleaned_data["decided_on"]
        if on and on > timezone.localdate():
            raise forms.ValidationError("Dagen har inte varit än. Registrera beslutet när det är fattat.")
        if on and on < self.begun_on:
            raise forms.ValidationError(
                f"Rapporten påbörjades {day(self.begun_on)}. Ange den dag då den beslutades, som är senare."
            )
        return on

    def given(self):
        """The decision, as the publishing takes it."""
        return {name: self.cleaned_data[name] for name in ("decided_on", "body", "meeting")}
