"""The form of an activity in the communication plan."""

from crispy_forms.layout import Fieldset, Layout
from django import forms

from agreements.communication import WHOLE_COOPERATION
from agreements.enums import ActivityState
from agreements.forms.fields import DayField, LineField, LongField, VersionedForm
from agreements.year.days import too_far
from trygghet.crispy import Columns


class ActivityForm(VersionedForm):
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
    on = DayField("Datum", help_text="Lämna tomt om dagen inte är bestämd.", years_ahead=None)
    state = forms.ChoiceField(label="Status", choices=ActivityState.choices)
    outcome = LongField("Vad det ledde till", 2_000, required=False, rows=2)

    def __init__(self, data=None, *, activity, is_suggestion=False):
        super().__init__(data, initial={name: getattr(activity, name) for name in self.base_fields})
        self.year = activity.cycle.year
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

    def clean_on(self):
        on = self.cleaned_data["on"]
        if wrong := too_far(self.year, on):
            raise forms.ValidationError(wrong)
        return on
