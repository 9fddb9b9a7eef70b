"""The rows as forms: areas, problems, causes and actions with all their fields."""

from __future__ import annotations

import hashlib
import json

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms

from plans import enums
from plans.forms.fields import CellField, TicksField, WordField, choice_field
from plans.forms.parts import formset_of
from plans.open_format import PARTS_OF
from plans.operations import FIELD_LABELS
from plans.outline import excerpt
from plans.workbook import template
from trygghet.crispy import Columns, Formset, Note


def digest(value):
    """Return a short mark of a field's value, by which a form knows what its reader has changed."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = sorted(value)
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


class RowForm(forms.Form):
    """What every row's form has: the version its reader saw, and marks of what they read in each field."""

    row_kind = ""
    version = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages={"required": "Sidan saknar uppgift om vilken version du läste. Ladda om den."},
    )
    read = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, place, *, values, version, offers, data=None, unsaved=None, focus=""):
        self.place, self.now, self.offers = place, values, offers
        self.leave_alone = set()
        self.told = unsaved.told if unsaved else ""
        initial = self.shown(values) | {"version": version, "read": self._marks(values)}
        if unsaved:
            initial |= self._typed(unsaved.data)
        super().__init__(data, initial=initial)
        self.offer()
        self.formsets = self._formsets(data, values, unsaved)
        self._set_focus(focus or (unsaved.focus if unsaved else ""))
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self.layout()

    # What the kinds of rows say for themselves

    part_names = ()

    def offer(self):
        """Fill in the choices that differ between plans."""

    def layout(self):
        """Return the fields under their legends."""
        raise NotImplementedError

    def shown(self, values):
        """Return the values of the row as the form's fields show them."""
        return {name: value for name, value in values.items() if name not in self.part_names}

    def written(self):
        """Return the fields as an operation writes them; only those that were posted."""
        names = [name for name in FIELD_LABELS[self.row_kind] if name in self.fields]
        return {name: self.cleaned_data[name] for name in names if self._was_posted(name)}

    # What they share

    def _marks(self, values):
        return json.dumps({name: digest(value) for name, value in (values | self.shown(values)).items()})

    def _typed(self, data):
        many = {name for name in self.base_fields if isinstance(self.base_fields[name], forms.MultipleChoiceField)}
        return {name: data.getlist(name) if name in many else data.get(name, "") for name in self.base_fields}

    def _formsets(self, data, values, unsaved):
        formsets = {}
        for name in self.part_names:
            rows = unsaved.rows[name] if unsaved else values[name]
            posted = data if data is not None and f"{name}-TOTAL_FORMS" in data else None
            formsets[name] = formset_of(name, posted, rows, extra=0 if unsaved else 1)
            formsets[name].is_pressed = bool(unsaved) and unsaved.focus.startswith(f"{name}-")
        return formsets

    def _set_focus(self, focus):
        candidates = {form.add_prefix(name): form.fields[name] for form in self.all_forms() for name in form.fields}
        if focus in candidates:
            candidates[focus].widget.attrs["autofocus"] = True

    def all_forms(self):
        """Return the form and the forms of its parts."""
        return [self, *(form for formset in self.formsets.values() for form in formset.forms)]

    def _was_posted(self, name):
        # A box that is not ticked is not posted at all, so the marks tell that the whole form was.
        is_ticks = isinstance(self.fields[name], forms.MultipleChoiceField)
        return name in self.data or (is_ticks and "read" in self.data)

    def is_valid(self):
        # Every part is checked too, so that all that has to be mended is told at once.
        return all([super().is_valid(), *(formset.is_valid() for formset in self._bound_formsets())])

    def _bound_formsets(self):
        return [formset for formset in self.formsets.values() if formset.is_bound]

    def values(self):
        """Return what the person has changed, as ``editing.set_fields`` takes it."""
        read = self._read()
        written = self.written() | {
            name: self._known_parts(name, formset.parts())
            for name, formset in self.formsets.items()
            if formset.is_bound
        }
        return {
            name: value
            for name, value in written.items()
            if name not in self.leave_alone and read.get(name) != digest(value)
        }

    def _read(self):
        try:
            marks = json.loads(self.cleaned_data["read"] or "{}")
        except ValueError:
            return {}
        return marks if isinstance(marks, dict) else {}

    def _known_parts(self, name, parts):
        """Keep the identities that the row's parts have; nobody may name those of another row."""
        known = {part["uid"] for part in self.now[name]}
        return [part if part.get("uid") in known else {k: v for k, v in part.items() if k != "uid"} for part in parts]

    def mistakes(self):
        """Return (address on the page, field, what to do) for everything that has to be mended."""
        found = [("", "", error) for error in self.non_field_errors()]
        for form in self.all_forms():
            for field in form:
                found += [(field.id_for_label or f"div_{field.auto_id}", field.label, error)
                          for error in (field.errors if form.is_bound else ())]  # fmt: skip
        for formset in self._bound_formsets():
            found += [("", "", error) for error in formset.non_form_errors()]
        return found


PART_LEGENDS = {"targets": "Delmål och indikatorer", "commitments": "Åtaganden per förvaltning och bolag"}


class AreaForm(RowForm):
    """A priority area: its direction for the year, or why it is left out; and the name of the district's own."""

    row_kind = "area"
    title = WordField("Områdets namn", 200)
    sheet = WordField("Flikens namn i Excel", 31, "Högst 31 tecken. Lämna tomt om namnet duger.")
    place_after = forms.ChoiceField(label="Plats bland flikarna", required=False)
    overarching_goal = CellField(
        "Övergripande mål", "Vad vill ni uppnå i området under året? Det står överst på fliken."
    )
    is_left_out = forms.BooleanField(label="Inte aktuellt i år", required=False)
    not_applicable_reason = CellField(
        "Skäl", "Till exempel att lägesbilden inte visar något problem som stadsdelen och polisen kan påverka.", rows=2
    )

    def __init__(self, *args, after=None, offers, **kwargs):
        values = kwargs["values"]
        if offers.has_targets or values["targets"] or values["commitments"]:
            self.part_names = ("targets", "commitments")
        self.after = after  # [(uid of the area before, words)], the present one first; own areas only
        super().__init__(*args, offers=offers, **kwargs)

    def offer(self):
        if not self.place.node.is_local:
            for name in ("title", "sheet", "place_after"):
                del self.fields[name]
            return
        self.fields["place_after"].choices = self.after

    def layout(self):
        goal = Fieldset("Riktning", "overarching_goal")
        left_out = Fieldset("Om området inte är aktuellt", "is_left_out", "not_applicable_reason", Note("what_stays"))
        parts = [Fieldset(PART_LEGENDS[name], Formset(name, f"plans/_row_{name}.html")) for name in self.part_names]
        hidden = ("version", "read")
        if not self.place.node.is_local:
            return Layout(*hidden, goal, *parts, left_out)
        own = Fieldset("Ert eget område", "title", Columns("sheet", "place_after"))
        return Layout(*hidden, own, goal, *parts, left_out)

    def what_stays(self):
        count = len(self.place.node.problems)
        if not count:
            return ""
        rows = "ett problemområde" if count == 1 else f"{count} problemområden"
        them = "Det" if count == 1 else "De"
        return f"Området har {rows}. {them} står kvar i planen även om området inte är aktuellt i år."

    def shown(self, values):
        return values | {"is_left_out": bool(values["not_applicable_reason"])}

    def clean_title(self):
        title = self.cleaned_data["title"].strip()
        if not title:
            raise forms.ValidationError("Skriv vad området heter.")
        return title

    def clean(self):
        values = super().clean()
        if values.get("is_left_out") and not values.get("not_applicable_reason", "unsaid"):
            self.add_error("not_applicable_reason", "Skriv varför området inte är aktuellt i år.")
        if not values.get("is_left_out") and "not_applicable_reason" in values:
            self._forget_reason(values)
        return values

    def _forget_reason(self, values):
        """The box decides, but a reason that somebody has just written is not thrown away."""
        if values["not_applicable_reason"] not in ("", self.now["not_applicable_reason"]):
            self.add_error(
                "is_left_out",
                "Du har skrivit ett skäl. Kryssa i rutan om området inte är aktuellt i år, eller ta bort skälet.",
            )
        values["not_applicable_reason"] = ""

    def new_place(self):
        """Return the uid of the area to come after ("first" for none), or None if the tab stays where it is."""
        chosen = self.cleaned_data.get("place_after")
        return chosen if chosen and chosen != self.after[0][0] else None

    def written(self):
        # The box decides over the reason, whichever of them was changed.
        written = super().written()
        if "is_left_out" in self.data or "read" in self.data:
            written["not_applicable_reason"] = self.cleaned_data["not_applicable_reason"]
        return written


class ProblemForm(RowForm):
    """A problemområde."""

    row_kind = "problem"
    title = CellField("Problemområde", template.PROBLEM.help + ".")
    overarching_goal = CellField("Övergripande mål", "Vad ska vara annorlunda när problemet har minskat?")
    kind = choice_field("Slag av problem", enums.ProblemKind)

    def layout(self):
        return Layout(
            "version", "read", Fieldset("Problemet", "title", "overarching_goal"), Fieldset("Om problemet", "kind")
        )


class CauseForm(RowForm):
    """An orsak."""

    row_kind = "cause"
    text = CellField("Orsak", template.CAUSE.help, rows=4)
    scope = choice_field("Gäller", enums.CauseScope)
    neighbourhoods = TicksField("Stadsdelar", "Kryssa i dem som orsaken gäller.")
    perspectives = TicksField("Sidor i brottstriangeln", "Vad handlar orsaken om?")
    nature = choice_field("Orsakens art", enums.CauseNature)
    evidence = CellField(
        "Underlag", "Vad bygger orsaken på? Till exempel lägesbilden, en trygghetsmätning eller en trygghetsvandring."
    )

    def offer(self):
        names = dict.fromkeys([*self.offers.neighbourhoods, *self.now["neighbourhoods"]])
        self.fields["neighbourhoods"].choices = [(name, name) for name in names]
        self.fields["perspectives"].choices = self.offers.sides

    def layout(self):
        return Layout(
            "version",
            "read",
            Fieldset("Orsaken", "text", "evidence"),
            Fieldset("Var orsaken gäller", "scope", "neighbourhoods"),
            Fieldset("Om orsaken", "perspectives", "nature"),
        )

    def clean(self):
        values = super().clean()
        chosen, scope = values.get("neighbourhoods"), values.get("scope")
        if scope == enums.CauseScope.NEIGHBOURHOOD and chosen == []:
            self.add_error("neighbourhoods", "Välj minst en stadsdel.")
        if scope == enums.CauseScope.DISTRICT_WIDE:
            values["neighbourhoods"] = []
        if chosen and not scope:
            values["scope"] = enums.CauseScope.NEIGHBOURHOOD.value
        return values


class ActionForm(RowForm):
    """An åtgärd: the template's cells, and beside them what can be counted and followed up."""

    row_kind = "action"
    part_names = tuple(PARTS_OF["action"])

    text = CellField("Åtgärd", template.ACTION.help, rows=5)
    goals = CellField("Operativa mål", template.GOALS.help, rows=4)
    when = CellField("När", template.WHEN.help, rows=2)
    who = CellField("Vem", template.WHO.help, rows=2)
    follow_up = CellField("Uppföljning", " ".join(template.FOLLOW_UP.help.split()), rows=2)
    causes = TicksField("Orsaker")
    work_form = choice_field("Arbetsform", enums.WorkForm, "Punktinsats eller en del av ordinarie arbete?")
    mode = choice_field("Genomförs", enums.ActionMode)
    effect_horizon = choice_field("Effekt", enums.EffectHorizon)
    prevention = choice_field("Slag av prevention", enums.Prevention)
    triangle_sides = TicksField("Sidor i brottstriangeln", "Vilka sidor riktas åtgärden mot?")

    def __init__(self, *args, causes=(), **kwargs):
        self.causes_beside = causes
        super().__init__(*args, **kwargs)

    @property
    def home(self):
        """The uid of the cause under which the action stands."""
        return self.place.cause.uid

    def offer(self):
        self.fields["triangle_sides"].choices = self.offers.sides
        for name in self.now["shared_cells"]:
            if name in self.fields:
                field = self.fields[name]
                field.help_text += " Cellen är gemensam med åtgärden ovanför. Ändrar du den här skrivs de var för sig."
        if len(self.causes_beside) < 2:
            del self.fields["causes"]
            return
        field = self.fields["causes"]
        field.choices = [
            (cause.uid, f"{cause.name}: {excerpt(cause.text, 160) or 'text saknas'}") for cause in self.causes_beside
        ]
        field.help_text = (
            f"Åtgärden står under {self.place.cause.name.lower()} i planen. "
            "Tar du bort det krysset flyttas åtgärden till den första av de andra."
        )

    def layout(self):
        answers = [Fieldset("Svarar mot", "causes")] if "causes" in self.fields else []
        return Layout(
            "version",
            "read",
            Fieldset("Som i mallen", "text", "goals", Columns("when", "who")),
            *answers,
            Fieldset("Mål ett och ett", Formset("operational_goals", "plans/_row_goals.html")),
            Fieldset("Tider", Formset("timings", "plans/_row_timings.html")),
            Fieldset(
                "Ansvariga",
                Formset("responsibilities", "plans/_row_responsibilities.html"),
                Note("hint_on_responsibles"),
            ),
            Fieldset(
                "Om åtgärden",
                Columns("work_form", "mode"),
                Columns("effect_horizon", "prevention"),
                "triangle_sides",
            ),
            Fieldset("Vid årets slut", "follow_up"),
        )

    def shown(self, values):
        return super().shown(values) | {"causes": [self.home, *values["also_causes"]]}

    def hint_on_responsibles(self):
        """Say quietly that one function should answer for the action."""
        kinds = [form["kind"].value() for form in self.formsets["responsibilities"] if form["function"].value()
                 or form["organisation"].value()]  # fmt: skip
        leads = kinds.count(enums.ResponsibilityKind.LEAD.value)
        if leads > 1:
            return "Flera är angivna som ansvariga. Låt gärna en vara ansvarig och de andra medansvariga."
        if kinds and not leads:
            return "Ingen är angiven som ansvarig. Ange gärna en, så att åtgärden inte hamnar mellan stolarna."
        return ""

    def clean_causes(self):
        chosen = self.cleaned_data["causes"]
        if not chosen and self._was_posted("causes"):
            raise forms.ValidationError("Välj minst en orsak. En åtgärd hör alltid till en orsak.")
        return chosen

    def _chosen_causes(self):
        """Return the causes that the person has chosen anew, or None if they left them as they were."""
        chosen = self.cleaned_data.get("causes") or None
        if chosen is None or not self._was_posted("causes") or "also_causes" in self.leave_alone:
            return None
        return None if self._read().get("causes") == digest(chosen) else chosen

    def new_home(self):
        """Return the uid of the cause the action is to move to, or None if it stays where it is."""
        chosen = self._chosen_causes()
        return chosen[0] if chosen and self.home not in chosen else None

    def written(self):
        chosen = self._chosen_causes()
        if chosen is None:
            return super().written()
        home = self.new_home() or self.home
        return super().written() | {"also_causes": [cause for cause in chosen if cause != home]}


FORMS = {"area": AreaForm, "problem": ProblemForm, "cause": CauseForm, "action": ActionForm}


class NewAreaForm(forms.Form):
    """The district's own area."""

    title = WordField("Områdets namn", 200, "Till exempel Skolan som brottsplats.")
    agreed = forms.BooleanField(
        label="Stadsdelsförvaltningen och lokalpolisområdet har enats om området",
        error_messages={"required": "Ett eget område förutsätter att båda parterna har enats om det."},
    )

    def __init__(self, data=None):
        super().__init__(data)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_title(self):
        title = self.cleaned_data["title"].strip()
        if not title:
            raise forms.ValidationError("Skriv vad området heter.")
        return title
