"""An area of the decided plan as the template's grid, with the Uppföljning column open (P15)."""

from __future__ import annotations

from dataclasses import dataclass

from followup.page import ActionRow, Sheet, Writer, address_of
from plans import grid
from plans.document import AreaSection

COLUMNS = grid.COLUMNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An action's answers in its cell, where the person writes or reads them all, and the words of that link.

    ``goals`` are its goals, each with what its indicator says (a GoalValue), None for a goal without one.
    """

    row: ActionRow
    goals: list
    address: str
    label: str
    is_mine: bool  # the person has something to write there
    opens_here: bool  # what is written most can be written in the cell itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """What has been assessed of a problem or an area; ``address`` is where the person writes it, "" if they do not."""

    row: object
    address: str


@dataclass(frozen=True, kw_only=True)
class Area:
    """An area as the page of the follow-up shows it.

    ``problems`` are (problem of the grid, its rows), each row a list of (cell,
    :class:`Answered` or None, :class:`Assessed` or None).
    """

    section: AreaSection
    lines: list
    problems: list
    assessed: Assessed | None
    goals: list
    targets_address: str
    commitments: list


def laid_out(sheet: Sheet, writer: Writer, position):
    """Return the area in that place as an :class:`Area`."""
    section = sheet.sections()[position - 1]
    lines = [line for line in grid.area_lines(section, {}) if line.text]
    goals = sheet.goals[str(section.uid)]
    return Area(
        section=section,
        lines=lines,
        problems=[
            (problem, [[_cell(cell, sheet, writer) for cell in row] for row in problem.rows])
            for problem in grid.problems(section, {})
        ],
        assessed=_assessed(section.uid, sheet, writer),
        goals=with_values(goals, sheet),
        targets_address=address_of(sheet.follow_up, "targets", position) if goals and writer.may_assess() else "",
        commitments=[
            (commitment, party) for area, commitment, party in sheet.commitments() if area.position == position
        ],
    )


def _cell(cell, sheet, writer):
    if cell.column is grid.FOLLOW_UP and cell.uid in sheet.rows:
        return cell, answered(sheet.rows[cell.uid], sheet, writer), None
    if cell.column is grid.PROBLEM:
        return cell, None, _assessed(cell.uid, sheet, writer)
    return cell, None, None


def answered(row, sheet, writer):
    """Return what the action's cell shows, and what the person does there."""
    may_write = writer.may_write(row)
    own = [party for party in row.parties if writer.may_answer(party)]
    if may_write:
        label = "Ändra" if row.outcome.status else "Skriv"
    elif own:
        label = "Ändra svaret" if all(party.answer for party in own) else f"Svara för {_within(own[0].party)}"
    else:
        label = "Läs allt"
    return Answered(
        row=row,
        goals=with_values(row.goals, sheet),
        address=address_of(sheet.follow_up, "action", row.uid),
        label=label,
        is_mine=may_write or bool(own),
        opens_here=may_write,
    )


def with_values(goals, sheet):
    """Return (goal, what the measurements say of it or None) for each of the goals."""
    return [(goal, sheet.goal_values.get(goal.goal)) for goal in goals]


def _within(name):
    """The party's name inside a sentence: a name that is a common noun loses its capital."""
    return name[:1].lower() + name[1:] if name in ("Polisen", "Stadsdelsförvaltningen") else name


def _assessed(uid, sheet, writer):
    row = sheet.assessments.get(str(uid))
    if row is None:
        return None
    return Assessed(row=row, address=address_of(sheet.follow_up, "assessment", uid) if writer.may_assess() else "")
