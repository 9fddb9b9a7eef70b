"""A row of a plan a year later: its dates, and the year in its texts, moved; what came of it emptied. No Django."""

from __future__ import annotations

import re
from datetime import date

from dateutil.relativedelta import relativedelta

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def moved_text(text, year):
    """Return the När text with the year moved one on: "Löpande under 2025" → "Löpande under 2026".

    Only where it is plain what is meant: a text that names any other year
    than ``year`` too stays as it is (see :func:`is_unsure`).
    """
    years = {int(found) for found in YEAR.findall(text)}
    if years != {year}:
        return text
    text = _DAY.sub(lambda found: _moved_day(found[0], year), text)
    return YEAR.sub(lambda found: str(year + 1) if int(found[0]) == year else found[0], text)


def is_unsure(text, year):
    """Whether the text names another year, so that a person has to say what it is to be."""
    return bool({int(found) for found in YEAR.findall(text)} - {year})


def _moved_day(text, year):
    try:
        return moved_day(text)
    except ValueError:  # it looks like a date and is none, such as 2025-31-12
        return text.replace(str(year), str(year + 1))


def moved_day(text):
    """Return the ISO date a year later; 29 February becomes the 28th."""
    return (date.fromisoformat(text) + relativedelta(years=1)).isoformat()


def moved_values(kind, values, year):
    """Return the fields of a row (as ``comparison.flatten`` has them) as a plan for the year after begins with them.

    Its parts get identities of their own, its När and its dates move a year,
    its Uppföljning is empty, and no cell is one with the row above.
    """
    moved = fresh_values(kind, values)
    if kind != "action":
        return moved
    moved["when"] = moved_text(values["when"], year)
    moved["timings"] = [_moved_part(part, year, ("starts_on", "ends_on"), "label") for part in moved["timings"]]
    moved["operational_goals"] = [_moved_part(part, year, ("due_on",)) for part in moved["operational_goals"]]
    return moved


def moved_part(part, year):
    """Return a delmål or an åtagande of an area as it begins the year after: its day a year later, without identity."""
    return _moved_part({name: value for name, value in part.items() if name != "uid"}, year, ("due_on",))


def fresh_values(kind, values):
    """Return the fields of a row (as ``comparison.flatten`` has them) as the same words begin in another plan.

    Its parts get identities of their own, its Uppföljning is empty, and no cell is one with the row above.
    """
    fresh = {name: _without_identities(value) for name, value in values.items() if name != "also_causes"}
    return fresh | {"follow_up": "", "shared_cells": []} if kind == "action" else fresh


def _without_identities(value):
    if not isinstance(value, list):
        return value
    return [{k: v for k, v in each.items() if k != "uid"} if isinstance(each, dict) else each for each in value]


def _moved_part(part, year, days, *texts):
    moved = {name: moved_day(part[name]) for name in days if part.get(name)}
    return part | moved | {name: moved_text(part[name], year) for name in texts if part.get(name)}
