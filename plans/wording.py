"""What a row's fields hold, in words: for reading, for the history and for two texts that meet."""

from __future__ import annotations

from datetime import date

from agreements.enums import TriangleSide
from plans import enums
from plans.operations import FIELD_LABELS
from plans.outline import Outline
from trygghet import dates
from trygghet.words import upper_first

CHOICES = {
    ("problem", "kind"): enums.ProblemKind,
    ("cause", "scope"): enums.CauseScope,
    ("cause", "nature"): enums.CauseNature,
    ("action", "work_form"): enums.WorkForm,
    ("action", "mode"): enums.ActionMode,
    ("action", "effect_horizon"): enums.EffectHorizon,
    ("action", "prevention"): enums.Prevention,
}
# The words of each part of a row, in the order they are read.
PART_WORDS = {
    "targets": ("text", "indicator", "baseline", "target", "due_on", "measured_by"),
    "commitments": ("organisation", "function", "text", "due_on"),
    "operational_goals": ("text", "kind", "indicator", "baseline", "baseline_date", "target", "unit", "due_on",
                          "measured_by"),
    "timings": ("kind", "label", "starts_on", "ends_on"),
    "responsibilities": ("kind", "function", "organisation"),
}  # fmt: skip
PART_LABELS = {
    "indicator": "mäts genom",
    "baseline": "nuläge",
    "baseline_date": "nuläget gäller",
    "target": "målvärde",
    "unit": "enhet",
    "due_on": "senast",
    "measured_by": "källa",
    "starts_on": "från",
    "ends_on": "till",
}
PART_CHOICES = {
    "operational_goals": enums.GoalKind,
    "timings": enums.TimingKind,
    "responsibilities": enums.ResponsibilityKind,
}


def day(value):
    """Return a date (or its ISO form) as people write it, such as 29 april 2025."""
    return dates.day(date.fromisoformat(value) if isinstance(value, str) else value)


class Wording:
    """Says values in the words of one plan: its areas' sides of the triangle, its rows' numbers."""

    def __init__(self, outline: Outline, sides: dict[str, str] | None = None):
        self.outline = outline
        self.sides = dict(TriangleSide.choices) | (sides or {})

    def label(self, kind, name):
        """The field's name as a heading."""
        label = FIELD_LABELS[kind].get(name, name)
        return upper_first(label)

    def say(self, kind, name, value):
        """Return the value of the field as text, one line for each item of a list; empty for nothing."""
        if name in PART_WORDS:
            return "\n".join(self._part(name, part) for part in value)
        if name in ("triangle_sides", "perspectives"):
            return "\n".join(self.sides.get(side, side) for side in value)
        if name == "also_causes":
            return "\n".join(self._row(uid) for uid in value)
        if name == "shared_cells":
            return "\n".join(self.label("action", cell) for cell in value)
        if (kind, name) in CHOICES:
            return CHOICES[kind, name](value).label if value else ""
        return "\n".join(value) if isinstance(value, (list, tuple)) else value

    def _row(self, uid):
        place = self.outline.places.get(str(uid))
        return place.label if place else "en rad som är borttagen"

    def _part(self, field, part):
        words = []
        for name in PART_WORDS[field]:
            value = part.get(name)
            if not value:
                continue
            if name == "kind":
                value = PART_CHOICES[field](value).label
            elif name in ("baseline_date", "due_on", "starts_on", "ends_on"):
                value = day(value)
            words.append(f"{PART_LABELS[name]} {value}" if name in PART_LABELS else value)
        return " · ".join(words)
