"""The fields of the plan's forms: text kept verbatim, closed choices that may be left open."""

from __future__ import annotations

from django import forms

from plans.document import MAX_TEXT, clean_text

UNSAID = "Inte angivet"


class CellField(forms.CharField):
    """A cell of the template: any text, kept verbatim."""

    widget = forms.Textarea

    def __init__(self, label, help_text="", rows=3, limit=MAX_TEXT):
        super().__init__(label=label, help_text=help_text, required=False, strip=False, max_length=limit)
        self.widget.attrs["rows"] = rows
        # The browser would cut a pasted text that is too long without a word.
        self.widget.attrs.pop("maxlength", None)
        self.validators = [validator for validator in self.validators if validator.code != "max_length"]

    def to_python(self, value):
        return clean_text(value)

    def validate(self, value):
        if len(value) > self.max_length:
            raise forms.ValidationError(
                f"Texten är {_number(len(value))} tecken. Högst {_number(self.max_length)} får plats. "
                "Korta den eller dela upp raden.",
                code="max_length",
            )


class WordField(CellField):
    """A text of one line."""

    widget = forms.TextInput

    def __init__(self, label, limit, help_text=""):
        super().__init__(label, help_text, limit=limit)
        self.widget.attrs.pop("rows", None)


def _number(value):
    return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")


def choice_field(label, choices, help_text=""):
    """Return a field for a closed choice that may be left open."""
    return forms.ChoiceField(label=label, help_text=help_text, required=False, choices=[("", UNSAID), *choices.choices])


class TicksField(forms.MultipleChoiceField):
    """Boxes to tick; the choices are given when the form is made."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, label, help_text=""):
        super().__init__(label=label, help_text=help_text, required=False)
