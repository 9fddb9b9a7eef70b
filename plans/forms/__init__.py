"""A row of the plan as a form: all its fields, and its parts one by one.

A form writes nothing. It turns what was typed into the values that
``plans/editing.py`` writes, and keeps every character typed when something
has to be mended first.
"""

from plans.forms.parts import PART_FORMS, Rearrangement, split_goals
from plans.forms.rows import FORMS, NewAreaForm

__all__ = ["FORMS", "PART_FORMS", "NewAreaForm", "Rearrangement", "split_goals"]
