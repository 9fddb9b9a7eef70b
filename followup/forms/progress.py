"""The form of a note: short enough for a phone, and filled in beforehand as far as it can be."""

from datetime import date
from uuid import uuid4

from crispy_forms.layout import Layout
from django import forms
from django.utils import timezone

from agreements.forms.fields import DayField, LineField, LongField, VersionedForm
from followup.forms.sent_once import SentOnceForm
from followup.models import MAX_NOTE
from followup.numbers import plain, unspaced
from followup.progress import quantity_told
from trygghet.crispy import Columns
from trygghet.dates import day

TOO_LARGE = "Skriv ett mindre tal."


class QuantityField(forms.DecimalField):
    """How much, as Swedes write it: "1 200" and "27,5"."""

    def to_python(self, value):
        return super().to_python(unspaced(value) if isinstance(value, str) else value)


class NoteForm(SentOnceForm, VersionedForm):
    """What has happened, on which day, how much, and who did it.

    A new note's form has a name of its own (``uid``), so that one that is sent
    twice writes one note.
    """

    on = DayField("Datum", missing="Skriv vilken dag det hände.")
    text = LongField("Vad har hänt?", MAX_NOTE, rows=3, missing="Skriv vad som har hänt.")
    quantity = QuantityField(
        label="Antal",
        required=False,
        localize=True,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": "Skriv antalet med siffror.",
            "min_value": "Antalet kan inte vara mindre än noll.",
            "max_digits": TOO_LARGE,
            "max_whole_digits": TOO_LARGE,
            "max_decimal_places": "Högst två decimaler.",
        },
    )
    unit = LineField("Av vad", 50)
    organisation = forms.ModelChoiceField(label="Vem gjorde det?", queryset=None, required=False, empty_label="Flera")

    def __init__(self, data=None, *, plan, parties, note=None, own=None, writes=False):
        super().__init__(data, initial=_initial(note, own))
        self.year = plan.year
        self.fields["organisation"].queryset = parties
        self.fields["unit"].widget.attrs["placeholder"] = "till exempel deltagare"
        self.fields["on"].widget.attrs["max"] = timezone.localdate().isoformat()
        if writes:
            self.fields["text"].widget.attrs["autofocus"] = True
        self.helper.layout = Layout(
            "row_version", "uid", "text", Columns("quantity", "unit"), Columns("on", "organisation")
        )

    def clean_on(self):
        """Refuse a day that has not come, or is from long before the plan's year."""
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError("Datumet har inte varit än. Skriv dagen då det hände.")
        if on < date(self.year - 1, 1, 1):
            raise forms.ValidationError(f"Planen gäller {self.year}. Skriv en dag från och med {self.year - 1}.")
        return on

    def clean(self):
        values = super().clean()
        if values.get("unit") and values.get("quantity") is None and "quantity" not in self.errors:
            self.add_error("quantity", f"Skriv hur många ({values['unit']}), eller ta bort det.")
        if values.get("quantity") is not None and "unit" in values and not values["unit"]:
            self.add_error("unit", "Skriv vad antalet räknar, till exempel deltagare.")
        return values

    def as_it_stands(self):
        """Return (label, text) of what the note says now, if it has been changed meanwhile."""
        if self.stale is None:
            return []
        who = str(self.stale.organisation or "")
        said = (self.stale.text, quantity_told(self.stale), day(self.stale.on), who)
        return list(zip(("Vad har hänt?", "Antal", "Datum", "Vem gjorde det?"), said, strict=True))

    def values(self):
        """Return what was filled in, as fields of the note."""
        return {name: value for name, value in super().values().items() if name != "uid"}


def _initial(note, own):
    if note is None:
        return {"row_version": 0, "uid": uuid4(), "on": timezone.localdate(), "organisation": own}
    names = ("row_version", "on", "text", "quantity", "unit", "organisation")
    values = {name: getattr(note, name) for name in names} | {"uid": note.pk}
    if note.quantity is not None:
        values["quantity"] = plain(note.quantity)
    return values
