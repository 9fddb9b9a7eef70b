"""Commenting: what is said, of what kind, and what it is about."""

from uuid import uuid4

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from plans import comments
from plans.enums import CommentKind

WHOLE_ROW = {"area": "Hela området", "problem": "Problemområdet", "cause": "Orsaken", "action": "Hela åtgärden"}


class CommentForm(forms.Form):
    """A new comment; on a row, which of its cells can be chosen.

    ``uid`` is made with the form, so that one sent twice is written once.
    """

    uid = forms.UUIDField(widget=forms.HiddenInput)
    rad = forms.UUIDField(widget=forms.HiddenInput, required=False)
    falt = forms.ChoiceField(label="Gäller", required=False)
    kind = forms.ChoiceField(
        label="Slag",
        widget=forms.RadioSelect,
        initial=CommentKind.COMMENT,
        error_messages={"required": "Välj om det är en kommentar eller en fråga."},
    )
    text = forms.CharField(
        label="Text", widget=forms.Textarea(attrs={"rows": 3}), strip=False, error_messages={"required": "Skriv något."}
    )

    def __init__(self, data=None, *, row=None, row_kind="", field="", may_require=False):
        super().__init__(data, initial={"uid": uuid4(), "rad": row, "falt": field})
        cells = [("", WHOLE_ROW[row_kind]), *self._cells(row_kind)] if row_kind else []
        if len(cells) > 1:
            self.fields["falt"].choices = cells
        else:
            del self.fields["falt"]
        self.fields["kind"].choices = [
            choice for choice in CommentKind.choices if may_require or choice[0] != CommentKind.MUST_FIX
        ]
        if may_require:
            self.fields["kind"].help_text = "Planen går inte till beslut förrän det som måste åtgärdas är löst."
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*(InlineRadios(name) if name == "kind" else name for name in self.fields))

    @staticmethod
    def _cells(row_kind):
        # The row's own cell is the row: only an action has cells beside the one that says what it is.
        main = comments.MAIN_FIELD[row_kind]
        return [(field, label) for field, label in comments.CELLS[row_kind].items() if field != main]

    def clean_text(self):
        try:
            return comments.cleaned(self.cleaned_data["text"])
        except comments.CommentRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
