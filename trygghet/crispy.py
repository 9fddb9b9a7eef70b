"""The house's own layout objects for crispy-forms: what Bootstrap's do not say."""

from crispy_forms.layout import Div, LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django.template.loader import render_to_string


class Columns(Div):
    """Fields side by side where there is room, below each other where there is not."""

    css_class = "form-columns"


class Formset(LayoutObject):
    """The rows of a formset in the form's own ``formsets``, drawn by a template of their own.

    The template is given ``rows`` (the formset), ``name``, and ``form``.
    """

    def __init__(self, name, template):
        self.name, self.template = name, template

    def render(self, form, context, template_pack=TEMPLATE_PACK, **kwargs):
        return render_to_string(self.template, {"rows": form.formsets[self.name], "name": self.name, "form": form})


class Note(LayoutObject):
    """Words among the fields, taken from the form's attribute or method of that name; nothing when it is empty."""

    def __init__(self, source, template="components/form_note.html"):
        self.source, self.template = source, template

    def render(self, form, context, template_pack=TEMPLATE_PACK, **kwargs):
        words = getattr(form, self.source)
        words = words() if callable(words) else words
        return render_to_string(self.template, {"words": words}) if words else ""
