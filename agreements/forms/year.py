"""The last days of a planning year, as the city sets them."""

from crispy_forms.layout import Fieldset, Layout
from django import forms

from agreements.forms.fields import CooperationForm, DayField
from agreements.models import PlanningCycle
from agreements.year.days import date_mistakes, too_far
from agreements.year.steps import DATE_FIELDS
from trygghet.crispy import Columns
from trygghet.dates import day
from trygghet.words import upper_first

GROUPS = (
    ("Lägesbild och orsaksanalys", ("pictures_due", "joint_picture_due", "analysis_due")),
    (
        "Åtgärdsplan",
        ("draft_due", "review_due", "decision_due", "submission_due", "board_due", "tertial_due"),
    ),
    ("Uppföljning och återkoppling", ("follow_up_opens", "follow_up_due", "compilation_due", "feedback_due")),
)


class YearDatesForm(CooperationForm):
    """The days of one year; each may be left open. ``seen`` is what they were when the page was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, cycle, **kwargs):
        self.cycle = cycle
        super().__init__(*args, initial={"seen": seen_of(cycle)}, **kwargs)
        for name in DATE_FIELDS:
            label = PlanningCycle._meta.get_field(name).verbose_name
            self.fields[name] = DayField(upper_first(label), years_ahead=None)
            self.initial[name] = getattr(cycle, name)
        self.helper.layout = Layout("seen", *(Fieldset(legend, Columns(*names)) for legend, names in GROUPS))

    def clean(self):
        values = super().clean()
        if values.get("seen") != seen_of(self.cycle):
            raise forms.ValidationError(self._what_has_changed(values))
        for name in DATE_FIELDS:
            if wrong := too_far(self.cycle.year, values.get(name)):
                self.add_error(name, wrong)
        for name, wrong in date_mistakes(values).items():
            self.add_error(name, wrong)
        return values

    def _what_has_changed(self, values):
        """Say which days somebody else has set meanwhile; the page then shows both theirs and one's own."""
        was = dict(part.split("=") for part in (values.get("seen") or "").split(",") if part.count("=") == 1)
        changed = [
            f"{self.fields[name].label}: {day(value) if value else 'ingen dag'}"
            for name in DATE_FIELDS
            if str((value := getattr(self.cycle, name)) or "") != was.get(name, "")
        ]
        # The next press is about what stands now.
        self.data = self.data.copy()
        self.data["seen"] = seen_of(self.cycle)
        return (
            "Någon annan har ändrat datumen sedan du öppnade sidan. "
            f"Nu gäller: {'; '.join(changed) or 'samma dagar som förut'}. "
            "Dina står kvar i fälten. Spara om de ska gälla i stället."
        )

    def days(self):
        """Return the days as {field: day or None}; the form must be valid."""
        return {name: self.cleaned_data[name] for name in DATE_FIELDS}


def seen_of(cycle):
    """Return the year's days as one line, to tell whether somebody has changed them."""
    return ",".join(f"{name}={getattr(cycle, name) or ''}" for name in DATE_FIELDS)


class CycleAdminForm(forms.ModelForm):
    """A planning year in the admin, held to the same order of its days as on the city's page."""

    class Meta:
        model = PlanningCycle
        fields = ("year", "area_set", *DATE_FIELDS)

    def clean(self):
        values = super().clean()
        for name in DATE_FIELDS:
            if values.get("year") and (wrong := too_far(values["year"], values.get(name))):
                self.add_error(name, wrong)
        for name, wrong in date_mistakes(values).items():
            self.add_error(name, wrong)
        return values
