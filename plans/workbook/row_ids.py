"""The hidden column that lets a workbook come back with its rows known.

A cell of it reads, for instance, ``P=<problem> C=<cause> a=<action> also=<cause>,<cause>``.
A key is the row's uid in the plan, or ``#n`` in a document without identities:
then it only tells the rows of this file apart.

The capital letter says that the row is the first of its problem or cause, and
``R`` that it returns to a cause told earlier; the analysis tab counts by it.
``A`` marks an action all of whose cells are shared with the row above.
"""

import re
import uuid
from dataclasses import dataclass

_TOKEN = re.compile(r"(area|code|also|goal|reason|own|[PpCcRAa])(?:=(\S+))?(?:\s|\Z)")
GOAL, REASON = "goal", "reason"


@dataclass(frozen=True, slots=True)
class RowIds:
    """The keys of a row; empty where the cell says nothing."""

    problem: str = ""
    cause: str = ""
    action: str = ""
    also: tuple[str, ...] = ()
    is_goal: bool = False
    is_reason: bool = False
    stands_alone: bool = False  # an action with no cell of its own


@dataclass(frozen=True, slots=True)
class AreaIds:
    """The keys of an area, in the help row."""

    key: str = ""
    code: str = ""
    is_own: bool = False


NO_IDS = RowIds()


def uid_of(key):
    """Return the key as an identity of the plan, or None when it only numbers the rows of the file."""
    try:
        return str(uuid.UUID(key))
    except ValueError:
        return None


def parse_row(text):
    """Return the RowIds that the text of a cell says."""
    found = _tokens(text)
    if not found:
        return NO_IDS
    return RowIds(
        problem=found.get("P") or found.get("p", ""),
        cause=found.get("C") or found.get("R") or found.get("c", ""),
        action=found.get("A") or found.get("a", ""),
        also=tuple(found["also"].split(",")) if found.get("also") else (),
        is_goal=GOAL in found,
        is_reason=REASON in found,
        stands_alone="A" in found,
    )


def parse_area(text):
    """Return the AreaIds that the text of the help row's cell says."""
    found = _tokens(text)
    return AreaIds(found.get("area", ""), found.get("code", ""), "own" in found)


def _tokens(text):
    return {name: value or "" for name, value in _TOKEN.findall(text)} if text else {}


def area_text(key, code):
    """Return what the help row says of its area."""
    return f"area={key} code={code}" if code else f"area={key} own"
