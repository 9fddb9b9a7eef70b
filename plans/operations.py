"""The four things that can happen to a row of a plan, as values.

A change of a plan, whatever its source, is a list of these. They are what
``comparison.diff`` finds between two documents, what ``editing.apply`` writes
and what the history keeps, so a comparison can be applied, an application
undone and an undoing shown with the same words.

Rows are named by their ``uid``; a place is named by the sibling it comes
after (``None``: first). The siblings of an action are all actions of its
problem, since their order is the order of the sheet.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

KINDS = ("area", "problem", "cause", "action")
PARENT_KIND = {"area": None, "problem": "area", "cause": "problem", "action": "cause"}

# Every field of a row that can be changed, with the name a reader knows it by.
FIELD_LABELS = {
    "area": {
        "title": "områdets namn",
        "sheet": "flikens namn",
        "overarching_goal": "övergripande mål",
        "not_applicable_reason": "skäl till att området inte är aktuellt",
        "targets": "delmål",
        "commitments": "åtaganden",
    },
    "problem": {"title": "problemområde", "overarching_goal": "övergripande mål", "kind": "slag av problem"},
    "cause": {
        "text": "orsak",
        "scope": "gäller",
        "neighbourhoods": "stadsdelar",
        "perspectives": "sidor i brottstriangeln",
        "nature": "orsakens art",
        "evidence": "underlag",
    },
    "action": {
        "text": "åtgärd",
        "goals": "operativa mål",
        "when": "när",
        "who": "vem",
        "follow_up": "uppföljning",
        "also_causes": "ytterligare orsaker",
        "shared_cells": "gemensamma celler",
        "work_form": "arbetsform",
        "mode": "genomförs",
        "effect_horizon": "effekt",
        "prevention": "slag av prevention",
        "triangle_sides": "sidor i brottstriangeln",
        "operational_goals": "mål ett och ett",
        "timings": "tider",
        "responsibilities": "ansvariga",
    },
}
# The field that says what the row is.
MAIN_FIELD = {"area": "title", "problem": "title", "cause": "text", "action": "text"}
# What the template has a cell for; an import of a workbook leaves the rest alone.
WORKBOOK_FIELDS = {
    "area": {"title", "overarching_goal", "not_applicable_reason"},
    "problem": {"title", "overarching_goal"},
    "cause": {"text"},
    "action": {"text", "goals", "when", "who", "follow_up", "also_causes", "shared_cells"},
}
LIST_FIELDS = {
    "neighbourhoods",
    "perspectives",
    "also_causes",
    "shared_cells",
    "triangle_sides",
    "targets",
    "commitments",
    "operational_goals",
    "timings",
    "responsibilities",
}
ROW_NAMES = {"area": "område", "problem": "problemområde", "cause": "orsak", "action": "åtgärd"}


def empty_value(name):
    """What a field holds before anybody has written in it."""
    return [] if name in LIST_FIELDS else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFields:
    """Write new values in a row.

    ``version``: the version of the row the writer had read; a newer row
    refuses the write. ``expect``: the values the row must still have, for an
    undo. ``partial``: one of several operations of which some are left out;
    links to causes that therefore are not in the problem are left out too.
    """

    kind: str
    uid: str
    values: dict
    version: int | None = None
    expect: dict | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertRow:
    """Add a row under its parent (a cause for an action, nothing for an area).

    ``partial`` as for :class:`SetFields`.
    """

    kind: str
    uid: str
    parent: str | None
    after: str | None
    values: dict
    version: int = 1
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """Put a row in another place, with all that hangs under it."""

    kind: str
    uid: str
    parent: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveRow:
    """Take a row away, with all that hangs under it.

    ``untouched``: for the undo of an insertion; refuse if anybody has written
    in the row or under it since.
    """

    kind: str
    uid: str
    untouched: bool = False


Operation = SetFields | InsertRow | MoveRow | RemoveRow
_NAMES = {"set": SetFields, "insert": InsertRow, "move": MoveRow, "remove": RemoveRow}
_NAME_OF = {kind: name for name, kind in _NAMES.items()}


def to_data(operations):
    """Return the operations as JSON-ready data, as the history keeps them."""
    return [
        {"op": _NAME_OF[type(operation)]}
        | {name: value for name, value in asdict(operation).items() if value is not None and value is not False}
        for operation in operations
    ]


def from_data(data):
    """Return the operations that :func:`to_data` wrote."""
    return [_from_item(dict(item)) for item in data]


def _from_item(item):
    kind = _NAMES[item.pop("op")]
    if kind in (InsertRow, MoveRow):
        item = {"parent": None, "after": None} | item
    return kind(**item)


def select(operations, chosen):
    """Return the operations whose index is in ``chosen``, made to hold without the others.

    A row that is not added takes what hangs under it along; a place after it
    becomes the place after the row before it.
    """
    skipped_after, skipped = {}, set()
    kept = []
    for index, operation in enumerate(operations):
        wanted = index in chosen and getattr(operation, "parent", None) not in skipped
        if not wanted:
            if isinstance(operation, InsertRow):
                skipped.add(operation.uid)
                skipped_after[operation.uid] = operation.after
            continue
        if isinstance(operation, (InsertRow, MoveRow)):
            after = operation.after
            while after in skipped_after:
                after = skipped_after[after]
            operation = replace(operation, after=after)
        if isinstance(operation, (InsertRow, SetFields)) and len(chosen) < len(operations):
            operation = replace(operation, partial=True)
        kept.append(operation)
    return kept
