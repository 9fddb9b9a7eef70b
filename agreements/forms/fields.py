"""What the forms of the cooperation share: no personnummer in a text, days, and a summary of what to mend."""

from dataclasses import dataclass
from datetime import date

from crispy_forms.helper import FormHelper
from django import forms

from agreements import day_bounds
from trygghet import dates
from trygghet.privacy import identity_numbers
from trygghet.textdiff import word_changes

UNSEEN = "Sidan saknar uppgift om vilken version du läste. Ladda om den."
NO_IDENTITY_NUMBERS = "Texten ser ut att innehålla ett personnummer. Ta bort det."


class CooperationForm(forms.Form):
    """A form drawn by crispy inside the template's own <form>; refuses a personnummer in any of its texts."""

    use_required_attribute = False
    stale = None  # the row as it stands, where somebody else has changed it meanwhile

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True  # the template has it

    def clean(self):
        values = super().clean()
        for name, value in list(values.items()):
            if isinstance(value, str) and identity_numbers(value):
                self.add_error(name, NO_IDENTITY_NUMBERS)
        return values

    def as_it_stands(self):
        """Return (label, text) of what the row says now, if somebody else has changed it meanwhile."""
        if self.stale is None:
            return []
        shown = {name: field for name, field in self.fields.items() if name != "row_version"}
        return [
            (field.label, in_words(field, getattr(self.stale, name)) or getattr(field, "empty_label", ""))
            for name, field in shown.items()
        ]

    def mistakes(self):
        """Return (id, label, what to do) for each thing to mend, for components/form_mistakes.html."""
        # What is wrong with a field that nobody sees is said of the whole form.
        unseen = [text for field in self.hidden_fields() for text in field.errors]
        found = [("", "", text) for text in (*self.non_field_errors(), *unseen)]
        return found + [(_way_to(field), field.label, text) for field in self.visible_fields() for text in field.errors]


def _way_to(field):
    """Return the id of what to mend: of several boxes or buttons the first, since Django names none of them."""
    return field.id_for_label or f"{field.auto_id}_0"


class VersionedForm(CooperationForm):
    """A form that changes a row and names the version of it that the person read (``agreements/claiming.py``)."""

    row_version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": UNSEEN, "invalid": UNSEEN})

    def values(self):
        """Return what was filled in, as fields of the row."""
        return {name: value for name, value in self.cleaned_data.items() if name != "row_version"}

    def found_stale(self, stale):
        """Say that the row is another now; saving once more, having seen it, writes over it."""
        self.add_error(None, str(stale))
        self.data = self.data.copy()
        self.data[self.add_prefix("row_version")] = stale.now.row_version
        self.stale = stale.now


# --- Two who have written in the same row


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field that two people have written differently, both texts as the page shows them."""

    label: str
    mine: str
    theirs: str
    is_prose: bool

    @property
    def changes(self):
        """How the other's text would become the reader's own, word by word."""
        return word_changes(self.theirs, self.mine)


def differences_between(form, theirs):
    """Return a :class:`Difference` for each field of a form that another has written something else in meanwhile.

    ``theirs`` is what the row says now, by the names of the fields; what the form does not ask for is left out.
    """
    found = []
    for name, field in form.fields.items():
        if name not in theirs:
            continue
        mine, other = in_words(field, form.cleaned_data.get(name)), in_words(field, theirs[name])
        if mine != other:
            is_prose = isinstance(field, LongField)
            found.append(Difference(label=field.label, mine=mine, theirs=other, is_prose=is_prose))
    return found


def in_words(field, value):
    """Return a value of a form's field as it is read, "" for none; a field may have words of its own for it."""
    if hasattr(field, "in_words"):
        return field.in_words(value)
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, date):
        return dates.day(value)
    if isinstance(field, forms.ModelMultipleChoiceField):
        return ", ".join(sorted(map(str, value or ())))
    choices = {} if isinstance(field, forms.ModelChoiceField) else dict(getattr(field, "choices", ()))
    return str(choices.get(value, value) or "")


# --- Fields


class LineField(forms.CharField):
    """A text of one line; ``missing`` is what is said when it is empty, without it the field may be."""

    def __init__(self, label, limit, *, missing="", help_text="", **more):
        more.setdefault("required", bool(missing))
        super().__init__(label=label, max_length=limit, help_text=help_text, **more)
        self.error_messages |= {
            "required": missing,
            "max_length": f"Högst {limit} tecken får plats. Korta texten.",
        }
        self.widget.attrs.pop("maxlength", None)  # the browser would cut a pasted text without a word


class LongField(LineField):
    """A text of several lines."""

    def __init__(self, label, limit=8_000, *, rows=4, **more):
        super().__init__(label, limit, widget=forms.Textarea(attrs={"rows": rows}), **more)


class DayField(forms.DateField):
    """A day, as the browser's own calendar gives it; may be left out unless ``missing`` says what to do.

    It lies within ``agreements.day_bounds``, at most ``years_ahead``; with None
    the form itself says between which days.
    """

    def __init__(self, label, *, missing="", help_text="", years_ahead=day_bounds.YEARS_AHEAD):
        self.years_ahead = years_ahead
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(label=label, required=bool(missing), help_text=help_text, widget=widget)
        self.error_messages |= {
            "required": missing,
            "invalid": "Skriv datumet som år-månad-dag, till exempel 2025-04-29.",
        }

    def clean(self, value):
        on = super().clean(value)
        if on and self.years_ahead and (wrong := day_bounds.why_not(on, self.years_ahead)):
            raise forms.ValidationError(wrong)
        return on


class DatedAdminForm(forms.ModelForm):
    """A row in the admin, whose days lie where those of the other forms do."""

    def clean(self):
        values = super().clean()
        for name, value in list((values or {}).items()):
            if isinstance(value, date) and (wrong := day_bounds.why_not(value)):
                self.add_error(name, wrong)
        return values
