"""The form of a proposal for the coming year; it writes nothing, it says what was filled in."""

from crispy_forms.layout import Fieldset, Layout
from django import forms

from agreements.forms.fields import DayField, LineField, LongField, VersionedForm
from followup.enums import ProposalKind
from trygghet.crispy import Columns

KINDS = (
    (ProposalKind.ACTION.value, "Åtgärd: något som ska göras mot ett problem"),
    (ProposalKind.COMMITMENT.value, "Åtagande: något som en förvaltning eller ett bolag tar på sig i området"),
)


class ProposalForm(VersionedForm):
    """What is proposed, in which area, by whom and by when. A new one has no version to name."""

    kind = forms.ChoiceField(
        label="Förslaget blir", choices=KINDS, widget=forms.RadioSelect, initial=ProposalKind.ACTION,
        error_messages={"required": "Välj om förslaget är en åtgärd eller ett åtagande."},
    )  # fmt: skip
    area = forms.ChoiceField(
        label="Prioriterat område",
        error_messages={"required": "Välj vilket område förslaget gäller.", "invalid_choice": "Välj ett av områdena."},
    )
    problem = LineField(
        "Problem", 300,
        help_text="Det som åtgärden ska göra något åt. En åtgärd står under sitt problem i handlingsplanen.",
    )  # fmt: skip
    text = LongField("Förslag", 4_000, missing="Skriv vad staden ska göra.")
    owner = forms.ModelChoiceField(
        label="Ansvarig", queryset=None, required=False, empty_label="Ingen i listan",
        error_messages={"invalid_choice": "Välj en av organisationerna, eller skriv vem i fältet bredvid."},
    )  # fmt: skip
    owner_text = LineField("Ansvarig i ord", 200, help_text="Om ingen i listan passar. Funktion, inte namn.")
    when = LineField("När", 200, help_text="Till exempel hela året, eller andra kvartalet.")
    due_on = DayField("Klart senast")
    budget = LineField("Budget", 300, help_text="Till exempel underlag till budget 2027, tertial 1.")

    def __init__(self, data=None, *, areas, owners, proposal=None, coming):
        names = [name for name in self.base_fields if name != "row_version"]
        first = {name: getattr(proposal, name) for name in (*names, "row_version")} if proposal else None
        super().__init__(data, initial=first)
        self.areas = dict(areas)
        if proposal and proposal.area not in self.areas:  # of a set that the coming year no longer has
            self.areas = {"": f"Välj område för {coming}"} | self.areas
            self.initial["area"] = ""
        self.fields["area"].choices = [("", "Välj område"), *((code, title) for code, title in areas)]
        self.fields["owner"].queryset = owners
        self.fields["row_version"].required = proposal is not None
        self.helper.layout = Layout(
            "row_version",
            Fieldset("Vad", "kind", "area", "problem", "text"),
            Fieldset("Vem", Columns("owner", "owner_text")),
            Fieldset("När", Columns("when", "due_on"), "budget"),
        )

    def clean(self):
        values = super().clean()
        if values.get("kind") == ProposalKind.ACTION and not values.get("problem") and "problem" not in self.errors:
            self.add_error("problem", "Skriv vilket problem åtgärden ska göra något åt.")
        if (
            not values.get("owner")
            and not values.get("owner_text")
            and not {"owner", "owner_text"} & self.errors.keys()
        ):
            self.add_error("owner", "Välj vem som ansvarar, eller skriv det i ord.")
        if values.get("owner") and values.get("owner_text"):
            self.add_error("owner_text", "Ange ansvarig antingen i listan eller i ord, inte båda.")
        return values

    def as_it_stands(self):
        """Return (label, text) of what the row says now, with the area by its name."""
        told = super().as_it_stands()
        area = self.fields["area"].label
        return [(label, self.areas.get(text, text) if label == area else text) for label, text in told]
