"""The forms of the annual report: a section's text, a comment, and the steps."""

from __future__ import annotations

from django import forms
from django.utils import timezone

from agreements.forms.fields import CooperationForm, DayField, Difference, LineField, LongField, VersionedForm
from followup.models import MAX_REPORT_TEXT
from followup.report.comments import MAX_COMMENT
from followup.report.workflow import latest_step
from plans.document import clean_text
from trygghet.dates import day
from trygghet.words import listed

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
    """A step of the report: the reason where one is needed, and where the page's reader saw it stand.

    The state is not enough: the report may have gone back and come again with another text.
    """

    seen_state = forms.CharField(widget=forms.HiddenInput, error_messages={"required": UNSEEN})
    seen_step = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": UNSEEN, "invalid": UNSEEN})
    reason = LongField("Skäl", 2_000, rows=4, missing="Skriv varför, så att de andra förstår vad som ska göras.")

    def __init__(self, data=None, *, step, report, **more):
        super().__init__(data, initial={"seen_state": report.state, "seen_step": latest_step(report)} | more)
        if not step.needs_reason:
            del self.fields["reason"]

    def mistakes(self):
        """Say once that the page does not tell what was seen."""
        return list(dict.fromkeys(super().mistakes()))

    def found_another(self, latest):
        """Keep what was typed, made to be sent again by one who has been told to read the report first."""
        self.data = self.data.copy()
        self.data["seen_step"] = latest

    def given(self):
        """What the step is taken with."""
        return {"seen_step": self.cleaned_data["seen_step"]}


class PublishForm(ReportStepForm):
    """The decision of the city's steering group, as its chair or secretary records it.

    ``missing`` are the districts whose outcomes are not in it, as in the report's document: it
    is published without them by one who says so, of those very districts.
    """

    decided_on = DayField("Beslutad den", missing="Ange vilken dag styrgruppen beslutade om årsrapporten.")
    body = LineField("Beslutad av", 200, missing="Ange vilken grupp som beslutade.")
    meeting = LineField("Möte", 200, help_text="Till exempel Styrgruppsmöte 2.")
    without = forms.MultipleChoiceField(
        label="Stadsdelar som saknas", widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Kryssa för att rapporten publiceras utan dem, eller vänta tills de har lämnat in.",
            "invalid_choice": "Det har ändrats vilka stadsdelar som saknas. Läs vilka de är och kryssa för på nytt.",
        },
    )  # fmt: skip

    def __init__(self, data=None, *, step, report, body="", missing=()):
        super().__init__(data, step=step, report=report, body=body, decided_on=timezone.localdate())
        self.begun_on = timezone.localdate(report.begun_at)
        if missing:
            told = f"Rapporten publiceras utan: {listed([each.name for each in missing])}"
            self.fields["without"].choices = [(",".join(each.slug for each in missing), told)]
        else:
            del self.fields["without"]

    def clean_decided_on(self):
        """Refuse a day to come, and one before anybody had begun to write the report."""
        on = self.cleaned_data["decided_on"]
        if on and on > timezone.localdate():
            raise forms.ValidationError("Dagen har inte varit än. Registrera beslutet när det är fattat.")
        if on and on < self.begun_on:
            raise forms.ValidationError(
                f"Rapporten påbörjades {day(self.begun_on)}. Ange den dag då den beslutades, tidigast då."
            )
        return on

    def given(self):
        """The decision, as the publishing takes it."""
        given = {name: self.cleaned_data[name] for name in ("decided_on", "body", "meeting")}
        without = [slug for ticked in self.cleaned_data.get("without", ()) for slug in ticked.split(",")]
        return super().given() | given | {"without": without}
