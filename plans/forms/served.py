"""The form of which activities in the city's plan an action serves."""

from django import forms


class ServedForm(forms.Form):
    """The city's activities, to tick."""

    activities = forms.MultipleChoiceField(
        label="Stadens aktiviteter",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "En aktivitet finns inte längre i stadens handlingsplan. Välj på nytt."},
    )

    def __init__(self, data=None, *, activities, served):
        super().__init__(data, initial={"activities": [activity.uid for activity in served]})
        self.fields["activities"].choices = [
            (activity.uid, f"{activity.text} ({activity.area})") for activity in activities.values()
        ]
