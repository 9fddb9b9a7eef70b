"""The form for borrowing a catalogued action: where in the draft it is to go."""

from django import forms

STALE = "Sidan är gammal. Ladda om den och försök igen."


class BorrowForm(forms.Form):
    """The place among those of the draft, and which version the action was read in."""

    place = forms.CharField(error_messages={"required": "Välj var i planen åtgärden ska stå."})
    seen = forms.IntegerField(
        widget=forms.HiddenInput, error_messages={"required": STALE, "invalid": STALE}, min_value=1
    )
