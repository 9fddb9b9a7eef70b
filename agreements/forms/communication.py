"""The form of an activity in the communication plan."""

from crispy_forms.layout import Fieldset, Layout
from django import forms

from agreements.communication import WHOLE_COOPERATION
from agreements.enums import ActivityState
from agreements.forms.fields import CooperationForm, DayField, LineField, LongField
from trygghet.crispy import Columns


class ActivityForm(CooperationForm):
    """What is told, to whom, how, by whom and when. A suggestion leaves the state to the city."""

    title = LineField("Aktivitet", 200, missing="Skriv vad ni ska göra.")
    area = forms.ModelChoiceField(
        label="Prioriterat område", queryset=None, required=False, empty_label=WHOLE_COOPERATION
    )
    audience = LineField("Målgrupp", 200, missing="Skriv vem ni vill nå.")
    channel = LineField("Kanal", 200, missing="Skriv hur ni når dem, till exempel brev till boende.")
    message = LongField("Budskap", 2_000, required=False, rows=3)
    owner = LineField(
        "Ansvarig funktion", 200, missing="Skriv vilken funktion som ansvarar.", help_text="Funktion, inte namn."
    )
    on = DayField("Datum", help_text="Lämna tomt om dagen inte är bestämd.")
    state = forms.ChoiceField(label="Status", choices=ActivityState.choices)
    outcome = LongField("Vad det ledde till", 2_000, required=False, rows=2)
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, activity, is_suggestion=False):
        names = [name for name in self.base_fields if name != "row_version"]
        initial = {name: getattr(activity, name) for name in names} | {"row_version": activity.row_version}
        super().__init__(data, initial=initial)
        self.fields["area"].queryset = activity.cycle.area_set.areas.order_by("number")
        follow_up = [Fieldset("Läget", "state", "outcome")]
        if is_suggestion:
            del self.fields["state"], self.fields["outcome"]
            follow_up = []
        self.helper.layout = Layout(
            "row_version",
            Fieldset("Aktiviteten", "title", "area", Columns("audience", "channel"), "message"),
            Fieldset("Vem och när", Columns("owner", "on")),
            *follow_up,
        )

    def name_version(self, version):
        """Let the form, shown again with what was typed, name the version that the person has now seen."""
        self.data = self.data.copy()
        self.data["row_version"] = version

    def values(self):
        """Return what the activity is to hold."""
        return {name: value for name, value in self.cleaned_data.items() if name != "row_version"}
