"""How often a person wants letters about each kind of thing."""

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.layout import Layout
from django import forms

from agreements.enums import Frequency, NoticeKind
from agreements.forms.fields import CooperationForm

EXPLAINED = {
    NoticeKind.TASKS: "Det som står under Att göra på Min sida. Varje vardag: när något nytt väntar eller en sista dag "
    "närmar sig, och på måndagar allt.",
    NoticeKind.DEADLINES: "Stegen i årshjulet, och när överenskommelsen och lägesbilden ska ses över, två veckor "
    "framåt.",
    NoticeKind.NEWS: "Hur mycket andra har ändrat och kommenterat i planer som du har haft öppna, men inte vad de har "
    "skrivit.",
    NoticeKind.MEETINGS: "Möten två veckor framåt. Varje vardag: när mötet är 14, 7, 3 och 1 dagar bort.",
}


class NoticeForm(CooperationForm):
    """A choice for each kind; ``frequencies`` is what holds now, by kind."""

    def __init__(self, *args, frequencies, **kwargs):
        super().__init__(*args, **kwargs)
        for kind in NoticeKind:
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label,
                choices=Frequency.choices,
                initial=frequencies[kind],
                widget=forms.RadioSelect,
                help_text=EXPLAINED[kind],
                error_messages={"required": "Välj hur ofta.", "invalid_choice": "Välj ett av alternativen."},
            )
        self.helper.layout = Layout(*(InlineRadios(kind.value) for kind in NoticeKind))

    @property
    def chosen(self):
        """Return {kind: frequency}."""
        return {kind: Frequency(self.cleaned_data[kind.value]) for kind in NoticeKind}
