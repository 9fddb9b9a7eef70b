"""The form for carrying actions over to next year's plan, a part per area."""

from django import forms


class CarryForm(forms.Form):
    """The actions of an area (a :class:`~followup.next_year.ProposedArea`) that go on, and where they go."""

    actions = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "En av åtgärderna finns inte att föra över. Ladda om sidan och välj igen."},
    )  # fmt: skip
    target = forms.ChoiceField(
        label="Område i nästa års plan", required=False,
        error_messages={"invalid_choice": "Välj ett av områdena i nästa års plan."},
    )  # fmt: skip

    def __init__(self, data=None, *, area, choices):
        first = {"actions": [action.uid for action in area.left if action.is_default], "target": area.target}
        super().__init__(data, prefix=f"omrade-{area.place.position}", initial=first)
        self.area = area
        # What has just been carried over by somebody else is not asked for twice, and is no mistake.
        self.fields["actions"].choices = [(action.uid, action.place.label) for action in area.actions]
        self.fields["target"].choices = [("", "Välj område"), *choices]
        if area.target:
            del self.fields["target"]

    def clean(self):
        values = super().clean()
        if "target" in self.fields and values.get("actions") and not values.get("target") and not self.errors:
            self.add_error("target", "Välj vilket område i nästa års plan som åtgärderna ska stå i.")
        return values

    @property
    def chosen(self):
        """The uids of the actions that are ticked, as the form is shown."""
        return set(self["actions"].value() or ())
