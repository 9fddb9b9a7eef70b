"""The parts of a row, one by one: an action's goals, times and functions, an area's targets and commitments."""

from __future__ import annotations

import re

from django import forms

from agreements.forms.fields import DayField
from plans import enums
from plans.document import clean_text
from plans.forms.fields import CellField, WordField, choice_field

MOST_PARTS = 100
_BULLET = re.compile(r"^\s*(?:[-–—•*·▪●]|\d{1,2}[.)])\s+")


def split_goals(text):
    """Return the goals that a goals cell holds: one for each paragraph, without its bullet."""
    lines = (_BULLET.sub("", line).strip() for line in clean_text(text).split("\n"))
    return [line for line in lines if line]


class PartForm(forms.Form):
    """A goal, a time or a responsible function; a row with only its kind chosen is no row."""

    use_required_attribute = False
    uid = forms.CharField(required=False, widget=forms.HiddenInput)

    def is_blank(self):
        """Whether nothing has been written in the row."""
        return not any(value for name, value in self.cleaned_data.items() if name not in ("uid", "kind"))

    def part(self):
        """Return the row as an operation writes it."""
        values = {name: value for name, value in self.cleaned_data.items() if value}
        return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


class GoalForm(PartForm):
    """An operativt mål with what is needed to measure it."""

    MEASURES = ("indicator", "baseline", "baseline_date", "target", "unit", "measured_by")

    text = CellField("Mål", rows=2)
    kind = choice_field("Slag av mål", enums.GoalKind)
    due_on = DayField("Senast")
    indicator = WordField("Mäts genom", 300)
    baseline = WordField("Nuläge", 100)
    baseline_date = DayField("Nuläget gäller")
    target = WordField("Målvärde", 100)
    unit = WordField("Enhet", 50)
    measured_by = WordField("Källa", 200)

    def measures(self):
        """The fields that are folded away until they are needed."""
        return [self[name] for name in self.MEASURES]

    def has_measures(self):
        """Whether any of them is filled in or has to be mended."""
        return any(field.value() or (self.is_bound and field.errors) for field in self.measures())


class TimingForm(PartForm):
    """When the action is carried out."""

    kind = forms.ChoiceField(label="Slag", required=False, choices=enums.TimingKind.choices, initial="date")
    label = WordField("Vad", 300)
    starts_on = DayField("Från")
    ends_on = DayField("Till")

    def clean(self):
        values = super().clean()
        start, end = values.get("starts_on"), values.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", "Slutdatumet ligger före startdatumet. Ändra ett av dem.")
        return values | {"kind": values.get("kind") or "text"}


class ResponsibilityForm(PartForm):
    """A function that answers for the action or takes part in it."""

    kind = forms.ChoiceField(
        label="Roll", required=False, choices=enums.ResponsibilityKind.choices, initial="supporting"
    )
    function = WordField("Funktion", 200)
    organisation = WordField("Organisation", 200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].widget.attrs["list"] = "organisationer"
        if self.prefix and self.prefix.endswith("-0"):  # the one who answers for the action comes first
            self.fields["kind"].initial = "lead"

    def clean(self):
        values = super().clean()
        return values | {"kind": values.get("kind") or "supporting"}


class PartFormSet(forms.BaseFormSet):
    """The parts of one kind, in the order they stand on the page."""

    def parts(self):
        """Return the rows that are filled in, as an operation writes them."""
        return [form.part() for form in self.forms if not form.is_blank()]

    def is_filled(self):
        """Whether anything is written in any row, so that the page shows them unfolded."""
        return any(form[name].value() for form in self.forms for name in form.fields if name not in ("uid", "kind"))


class TargetForm(PartForm):
    """A delmål of an area, with what shows whether it is met."""

    MEASURES = ("indicator", "baseline", "target", "measured_by")

    text = CellField("Delmål", rows=2)
    due_on = DayField("Senast")
    indicator = WordField("Indikator", 300)
    baseline = WordField("Nuläge", 100)
    target = WordField("Målvärde", 100)
    measured_by = WordField("Källa", 200)

    def measures(self):
        """The fields that say how it is followed up; unlike a goal's they are always shown."""
        return [self[name] for name in self.MEASURES]

    def clean(self):
        values = super().clean()
        if not values.get("text") and any(values.get(name) for name in (*self.MEASURES, "due_on")):
            self.add_error("text", "Skriv delmålet som indikatorn mäter.")
        return values


class CommitmentForm(PartForm):
    """An åtagande: who takes upon themselves to do what."""

    organisation = WordField("Förvaltning eller bolag", 200)
    function = WordField("Funktion", 200)
    text = CellField("Åtagande", rows=2)
    due_on = DayField("Senast")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].widget.attrs["list"] = "organisationer"

    def clean(self):
        values = super().clean()
        if values.get("text") and not values.get("organisation"):
            self.add_error("organisation", "Skriv vem som åtar sig det.")
        if values.get("organisation") and not values.get("text"):
            self.add_error("text", "Skriv vad förvaltningen eller bolaget åtar sig.")
        return values


PART_FORMS = {
    "targets": TargetForm,
    "commitments": CommitmentForm,
    "operational_goals": GoalForm,
    "timings": TimingForm,
    "responsibilities": ResponsibilityForm,
}


def formset_of(name, data, rows, extra):
    kind = forms.formset_factory(
        PART_FORMS[name], formset=PartFormSet, extra=extra, max_num=MOST_PARTS, absolute_max=2 * MOST_PARTS,
        validate_max=True,
    )  # fmt: skip
    messages = {"too_many_forms": f"Högst {MOST_PARTS} rader får plats."}
    return kind(data, prefix=name, initial=rows, error_messages=messages)


def posted_rows(data, name):
    """Return the rows of parts as they were posted, unchecked: for showing them again."""
    total = data.get(f"{name}-TOTAL_FORMS", "")
    count = min(int(total), MOST_PARTS) if total.isdecimal() else 0
    fields = PART_FORMS[name].base_fields
    return [{field: data.get(f"{name}-{at}-{field}", "") for field in fields} for at in range(count)]


class Rearrangement:
    """A press on one of the buttons that change which rows of parts there are, and save nothing.

    The button's value says what: "ny:timings", "upp:timings:2", "ner:…",
    "bort:…", "dela" (the goals cell into goals).
    """

    def __init__(self, data, command):
        verb, _, rest = command.partition(":")
        name, _, at = rest.partition(":")
        self.data, self.focus, self.told = data, "", ""
        self.rows = {name: posted_rows(data, name) for name in PART_FORMS}
        if verb == "dela":
            self._split()
        elif name in PART_FORMS:
            self._rearrange(verb, name, int(at) if at.isdecimal() else 0)

    def _rearrange(self, verb, name, at):
        rows = self.rows[name]
        if verb == "ny":
            at = len(rows)
            rows.append({})
        elif verb == "bort" and at < len(rows):
            del rows[at]
            at = min(at, len(rows) - 1)
        elif verb in ("upp", "ner") and at < len(rows):
            to = max(0, min(at + (-1 if verb == "upp" else 1), len(rows) - 1))
            rows.insert(to, rows.pop(at))
            at = to
        if not rows:
            rows.append({})
        first = next(field for field in PART_FORMS[name].base_fields if field != "uid")
        self.focus = f"{name}-{max(at, 0)}-{first}"

    def _split(self):
        rows = [row for row in self.rows["operational_goals"] if row.get("text", "").strip()]
        known = {" ".join(row["text"].split()) for row in rows}
        goals = [goal for goal in split_goals(self.data.get("goals", "")) if " ".join(goal.split()) not in known]
        self.focus = f"operational_goals-{len(rows) if goals else 0}-text"
        self.rows["operational_goals"] = [*rows, *({"text": goal} for goal in goals)] or [{}]
        count = "Ett mål är hämtat" if len(goals) == 1 else f"{len(goals)} mål är hämtade"
        self.told = f"{count} ur texten. Inget är sparat än." if goals else "Texten i Operativa mål gav inga fler mål."
