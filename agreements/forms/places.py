"""The form of a delimited place."""

from crispy_forms.layout import Layout
from django import forms

from agreements.enums import VulnerabilityClass
from agreements.forms.fields import DayField, LineField, LongField, VersionedForm
from trygghet.crispy import Columns

FIELDS = ("name", "neighbourhood", "vulnerability", "is_open_drug_scene", "description", "valid_from", "valid_to")


class PlaceForm(VersionedForm):
    """What is known of a place; it ends on a day, and keeps what has been said of it."""

    name = LineField("Namn", 150, missing="Skriv vad platsen heter.")
    neighbourhood = forms.ModelChoiceField(label="Stadsdel", queryset=None, required=False, empty_label="Inte angiven")
    vulnerability = forms.ChoiceField(
        label="Klass",
        choices=VulnerabilityClass.choices,
        required=False,
        help_text="Polisens bedömning av området som platsen ligger i.",
    )
    is_open_drug_scene = forms.BooleanField(label="Öppen drogscen", required=False)
    description = LongField(
        "Avgränsning och beskrivning",
        4_000,
        required=False,
        help_text="Var platsen börjar och slutar, och vad som finns där. Skriv inte om enskilda.",
    )
    valid_from = DayField("Gäller från", missing="Ange från vilken dag platsen gäller.")
    valid_to = DayField(
        "Gäller till",
        help_text="Lämna tomt så länge platsen gäller. Slås den ihop med en annan: ange sista dagen här och skriv i "
        "beskrivningen vilken plats som tar över.",
    )

    def __init__(self, data=None, *, place):
        super().__init__(data, initial={name: getattr(place, name) for name in (*FIELDS, "row_version")})
        self.fields["row_version"].required = not place._state.adding
        self.fields["neighbourhood"].queryset = place.district.neighbourhoods.order_by("name")
        self.helper.layout = Layout(
            "row_version",
            "name",
            Columns("neighbourhood", "vulnerability"),
            "is_open_drug_scene",
            "description",
            Columns("valid_from", "valid_to"),
        )

    def clean(self):
        values = super().clean()
        begins, ends = values.get("valid_from"), values.get("valid_to")
        if begins and ends and ends < begins:
            self.add_error("valid_to", "Slutdatumet ligger före startdatumet. Ändra ett av dem.")
        return values
