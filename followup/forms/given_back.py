"""What somebody had typed in forms that can no longer be saved, to be given back as text."""

from django import forms

from plans.document import clean_text


def typed_in(bound):
    """Return (label, text) for everything filled in that says something else than the stored row does.

    The forms are bound to what was sent and nothing in it is checked: none of
    it is saved. A field that was left alone or emptied has no text to lose.
    """
    return [found for form in bound for name in form.fields for found in _typed(form, name)]


def _typed(form, name):
    field, sent = form.fields[name], form[name].data
    if isinstance(field.widget, forms.HiddenInput) or not sent or not field.has_changed(form[name].initial, sent):
        return
    text = clean_text(str(sent))  # a browser sends other line ends than are stored
    if text.strip() and text != clean_text(str(form[name].initial or "")):
        label = f"{form.heading}: {field.label}" if form.heading else field.label
        yield label, str(dict(getattr(field, "choices", ())).get(text, text))
