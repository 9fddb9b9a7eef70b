"""The form for carrying rows over to next year's plan, a part per area."""

from django import forms


class CarryForm(forms.Form):
    """What of an area (a :class:`~followup.next_year.ProposedArea`) goes on, and where it goes.

    ``parts`` are its delmål and åtaganden, which the city's plan has.
    """

    actions = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "En av åtgärderna finns inte att föra över. Ladda om sidan och välj igen."},
    )  # fmt: skip
    parts = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Ett delmål eller åtagande finns inte att föra över. Ladda om sidan."},
    )  # fmt: skip
    target = forms.ChoiceField(
        label="Område i nästa års plan", required=False,
        error_messages={"invalid_choice": "Välj ett av områdena i nästa års plan."},
    )  # fmt: skip

    def __init__(self, data=None, *, area, choices):
        first = {
            name: [each.uid for each in rows if each.is_default and not each.row]
            for name, rows in (("actions", area.actions), ("parts", area.parts))
        } | {"target": area.target}
        super().__init__(data, prefix=f"omrade-{area.place.position}", initial=first)
        self.area = area
        # What has just been carried over by somebody else is not asked for twice, and is no mistake.
        self.fields["actions"].choices = [(action.uid, action.place.label) for action in area.actions]
        self.fields["parts"].choices = [(part.uid, part.text) for part in area.parts]
        self.fields["target"].choices = [("", "Välj område"), *choices]
        if area.target:
            del self.fields["target"]

    def clean(self):
        values = super().clean()
        goes_on = values.get("actions") or values.get("parts")
        if "target" in self.fields and goes_on and not values.get("target") and not self.errors:
            self.add_error("target", "Välj vilket område i nästa års plan som åtgärderna ska stå i.")
        return values

    def picked(self):
        """Return the uids of what was chosen."""
        return {*self.cleaned_data["actions"], *self.cleaned_data["parts"]}

    @property
    def chosen(self):
        """The uids that are ticked, as the form is shown."""
        return {*(self["actions"].value() or ()), *(self["parts"].value() or ())}
