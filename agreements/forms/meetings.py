"""The forms of a meeting: when and where, an item of the agenda, who was there, what was said, and its steps."""

from crispy_forms.layout import Layout
from django import forms
from django.utils import timezone

from agreements.enums import MeetingState
from agreements.forms.fields import CooperationForm, DayField, LineField, LongField
from agreements.meetings.workflow import YEARS_AHEAD
from trygghet.crispy import Columns
from trygghet.dates import day

UNSEEN = "Sidan saknar uppgift om vad du läste. Läs den igen och tryck sedan på knappen."


class TimeField(forms.TimeField):
    """A time of day, as the browser asks for it; may be left out."""

    def __init__(self, label):
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        invalid = "Skriv tiden som timme och minut, till exempel 09:00."
        super().__init__(label=label, required=False, widget=widget, error_messages={"invalid": invalid})


class ReadVersionForm(CooperationForm):
    """A form that carries which version of the row its page showed; ``replaces`` is one that was shown beside it."""

    def __init__(self, data=None, *, row_version=None, **options):
        super().__init__(data, **options)
        self.fields["row_version"] = forms.IntegerField(widget=forms.HiddenInput, initial=row_version, required=False)

    def clean(self):
        values = super().clean()
        if not self.errors and self.read_version is None:
            self.add_error(None, UNSEEN)
        return values

    @property
    def read_version(self):
        """The version that the person had before them; None when nothing valid was sent."""
        newer = self.data.get("replaces", "")
        return int(newer) if newer.isdecimal() and len(newer) < 10 else self.cleaned_data.get("row_version")

    @property
    def texts(self):
        """What was written, by field."""
        return {name: value for name, value in self.cleaned_data.items() if name != "row_version"}


def check_times(form, values):
    """Refuse a meeting that ends before it starts, or that ends without having started."""
    starts, ends = values.get("starts_at"), values.get("ends_at")
    if ends and not starts and "starts_at" not in form.errors:
        form.add_error("starts_at", "Ange också när mötet börjar.")
    elif starts and ends and ends <= starts:
        form.add_error("ends_at", "Mötet slutar innan det börjar. Ändra någon av tiderna.")


def check_stands(form, group, on):
    """Refuse a day when the group did not stand."""
    if group and on and not (group.valid_from <= on and (group.valid_to is None or on <= group.valid_to)):
        until = f" till {day(group.valid_to)}" if group.valid_to else ""
        form.add_error("on", f"{group} finns från {day(group.valid_from)}{until}. Välj en dag då gruppen finns.")


WHEN_AND_WHERE = (Columns("on", "starts_at"), Columns("ends_at", "place"))


class CallForm(CooperationForm):
    """A meeting to be called; without a title it gets one by its number."""

    group = forms.ModelChoiceField(
        label="Grupp",
        queryset=None,
        empty_label="Välj grupp",
        error_messages={
            "required": "Välj vilken grupp som ska mötas.",
            "invalid_choice": "Välj en av grupperna i listan.",
        },
    )
    title = LineField("Rubrik", 150, help_text="Lämna tom, så får mötet nästa nummer: Styrgruppsmöte 2 2026.")
    on = DayField("Datum", missing="Ange vilken dag mötet är.", years_ahead=YEARS_AHEAD)
    starts_at = TimeField("Börjar")
    ends_at = TimeField("Slutar")
    place = LineField("Plats", 200, help_text="Lokal eller digitalt.")

    def __init__(self, data=None, *, groups, initial=None):
        super().__init__(data, initial=initial)
        self.fields["group"].queryset = groups
        self.helper.layout = Layout("group", "title", *WHEN_AND_WHERE)

    def clean(self):
        values = super().clean()
        check_times(self, values)
        check_stands(self, values.get("group"), values.get("on"))
        return values


class MeetingForm(ReadVersionForm):
    """When and where a meeting is, and what it is called."""

    title = LineField("Rubrik", 150, missing="Skriv vad mötet heter, till exempel Styrgruppsmöte 2 2026.")
    on = DayField("Datum", missing="Ange vilken dag mötet är.", years_ahead=YEARS_AHEAD)
    starts_at = TimeField("Börjar")
    ends_at = TimeField("Slutar")
    place = LineField("Plats", 200, help_text="Lokal eller digitalt.")

    def __init__(self, data=None, *, meeting):
        values = {name: getattr(meeting, name) for name in self.base_fields}
        super().__init__(data, row_version=meeting.row_version, initial=values)
        self.meeting = meeting
        self.helper.layout = Layout("row_version", "title", *WHEN_AND_WHERE)

    def clean(self):
        values = super().clean()
        check_times(self, values)
        on = values.get("on")
        check_stands(self, self.meeting.group, on)
        if on and on > timezone.localdate() and self.meeting.state == MeetingState.HELD:
            self.add_error("on", "Mötet är markerat som genomfört, så dagen kan inte ligga framåt i tiden.")
        return values


class ItemForm(ReadVersionForm):
    """An item of the agenda: what it is about."""

    title = LineField("Punkt", 300, missing="Skriv vad punkten gäller.")
    background = LongField("Underlag", rows=3, help_text="Varför frågan tas upp, eller vad mötet behöver veta.")
    is_decision = forms.BooleanField(label="Beslutspunkt", required=False)

    def __init__(self, data=None, *, item=None):
        values = {name: getattr(item, name) for name in self.base_fields} if item else {}
        super().__init__(data, row_version=item.row_version if item else 0, initial=values)


class NotesForm(ReadVersionForm):
    """What was said about an item of the agenda, and what was decided; many of them stand on one page."""

    notes = LongField("Anteckningar", rows=3)
    decision = LongField("Beslut", rows=2)

    def __init__(self, data=None, *, item):
        values = {name: getattr(item, name) for name in self.base_fields}
        super().__init__(data, row_version=item.row_version, initial=values, auto_id=f"id_%s_{item.pk}")
        self.helper.layout = Layout("notes", "decision")  # the version is where the answer to a save comes


class AttendanceForm(ReadVersionForm):
    """Who was there: the seats in force on the day, and others by function."""

    present = forms.ModelMultipleChoiceField(
        label="Närvarande ur gruppen",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "En av dem du kryssade har ingen plats i gruppen den dagen. Läs sidan igen."},
    )
    guests = LongField(
        "Övriga närvarande", 2_000, rows=2, help_text="En per rad. Skriv funktioner, inte namn: Enhetschef, RVC."
    )

    def __init__(self, data=None, *, meeting, seats, present=()):
        values = {"present": [seat.pk for seat in present], "guests": meeting.guests}
        super().__init__(data, row_version=meeting.row_version, initial=values)
        self.fields["present"].queryset = seats
        self.fields["present"].label_from_instance = seat_told
        self.helper.layout = Layout("present", "guests")

    @property
    def who(self):
        """Who was there, as ``meetings.attend`` takes it."""
        return {"seats": self.cleaned_data["present"], "guests": self.cleaned_data["guests"]}


def seat_told(seat):
    """Return a seat as it is ticked: its function and organisation, and its part in the group if it has one."""
    part = ", ordförande" if seat.is_chair else ", sekreterare" if seat.is_secretary else ""
    part += ", adjungerad" if seat.co_opted else ""
    return f"{seat.function}, {seat.organisation}{part}"


class MeetingStepForm(CooperationForm):
    """A step of a meeting, with what the page showed and the reason where one is needed."""

    seen_state = forms.CharField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = LongField("Skäl", 2_000, missing="Skriv varför.")

    def __init__(self, data=None, *, step, meeting, seen):
        super().__init__(data, initial={"seen_state": meeting.state, "seen": seen})
        if not step.needs_reason:
            del self.fields["reason"]

    def clean(self):
        values = super().clean()
        if not self.errors and not (values["seen_state"] and values["seen"]):
            self.add_error(None, UNSEEN)
            self.data = self.data.copy()
            self.data.update(self.initial)  # what is pressed next time is what the page then shows
        return values
