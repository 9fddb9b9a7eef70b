"""Recognising the template in the workbooks people really have: tabs, header rows and columns."""

import re
import unicodedata
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from plans.workbook.row_ids import AreaIds, parse_area
from plans.workbook.template import (
    ANALYSIS_TAB,
    COLUMNS,
    INSTRUCTION_TAB,
    OWN_AREA,
    OWN_AREA_TITLE,
    PROBLEM,
    ROW_IDS,
)

HEADER_ROWS = 15  # how far down the header row is looked for
ALIKE = 0.78  # how equal two names must be to be taken for the same
HELP_ALIKE = 0.8
_HEADED = (*COLUMNS[1:], ROW_IDS)  # the columns that have a header of their own
_NUMBER = re.compile(r"^\s*(\d+)\s*[.):\-–]?\s*")
_WORD = re.compile(r"[^\W_]+")
_FILLERS = {"och", "i", "av", "for", "pa", "med", "mot", "eller", "den", "det", "de", "en", "ett"}


def plain(text):
    """Return the letters and digits of a text, lower-case and without diacritics, for comparing."""
    return "".join(_words(text))


def _words(text):
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return _WORD.findall(bare)


def without_number(tab):
    """Return a tab's name without the number it begins with."""
    return _NUMBER.sub("", tab).strip() or tab.strip()


def _alike(one, other):
    if one == other:
        return 1.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()


# --- Tabs


def is_instruction(tab):
    """Whether the tab is the template's instruction."""
    return _alike(plain(tab), plain(INSTRUCTION_TAB)) >= ALIKE


def is_analysis(tab):
    """Whether the tab is the template's analysis, to the letter: then it is not even opened."""
    return plain(tab) == plain(ANALYSIS_TAB)


def resembles_analysis(tab):
    """Whether the tab seems to be the template's analysis, should it have no table."""
    return _alike(plain(without_number(tab)), plain(ANALYSIS_TAB)) >= ALIKE


def is_own_area_template(tab, title):
    """Whether the tab is the template's empty one for an area of the district's own."""
    placeholder = plain(OWN_AREA_TITLE)
    return _alike(plain(title), placeholder) >= ALIKE or (
        not title and _alike(plain(without_number(tab)), plain(OWN_AREA)) >= ALIKE
    )


def area_score(template, tab, titles):
    """Return how well a tab fits an area, 0 to 1; 1 only when its title or name is the area's, letter for letter."""
    names = {plain(template.title), plain(without_number(template.sheet))}
    found = [text for text in (*titles, without_number(tab)) if text]
    return max((_name_score(text, names, template.title) for text in found), default=0.0)


def _name_score(text, names, title):
    score = max(_alike(plain(text), name) for name in names)
    if score == 1.0:
        return 1.0
    return max(min(score, 0.99), _abbreviation_score(text, title))


def _abbreviation_score(text, title):
    """Score a name whose every word begins a word of the title: ”Krim. miljöer”."""
    words = [word for word in _words(text) if word not in _FILLERS and not word.isdigit()]
    title_words = _words(title)
    matched = all(any(full.startswith(word) for full in title_words) for word in words)
    if not words or not matched or max(map(len, words)) < 4:
        return 0.0
    return 0.85 if len(words) > 1 else 0.8


# --- Tables


@dataclass(slots=True)
class Table:
    """Where the template's table lies in a sheet."""

    header_row: int
    columns: dict[str, int]  # key → column
    first_row: int
    title: str  # what heads the problem column
    titles_above: tuple[str, ...] = ()
    ids: AreaIds = AreaIds()
    extra: list[tuple[int, str]] = field(
        default_factory=list
    )  # columns that are not the template's, with their headers
    guessed_problem: bool = False
    missing: tuple[str, ...] = ()


def find_table(grid):
    """Return the sheet's Table, or None if it has no header row of the template's."""
    for row in range(1, min(HEADER_ROWS, grid.last_row) + 1):
        columns = _header_columns(grid, row)
        if len(columns.keys() - {ROW_IDS.key}) >= 3 and columns.keys() & {"cause", "action"}:
            return _table(grid, row, columns)
    return None


def is_header_again(grid, table, row):
    """Whether the row repeats the table's headers."""
    keys = [column.key for column in COLUMNS[1:] if column.key in table.columns]
    same = sum(
        1
        for key in keys
        if (text := grid.text(row, table.columns[key])) and text == grid.text(table.header_row, table.columns[key])
    )
    return same >= 3 and same == len(keys)


def _header_columns(grid, row):
    candidates = []
    for column in range(1, grid.last_column + 1):
        text = grid.text(row, column)
        if text and len(text) <= 60:
            candidates += [(score, column, spec.key) for spec in _HEADED if (score := _header_score(text, spec))]
    found = {}
    for _, column, key in sorted(candidates, reverse=True):
        if key not in found and column not in found.values():
            found[key] = column
    return found


def _header_score(text, spec):
    words = _words(text)
    whole = "".join(words)
    best = 0.0
    for name in (spec.header, *spec.aliases):
        sought = plain(name)
        score = _alike(whole, sought) if len(sought) >= 5 else float(whole == sought)
        if words and words[0] == sought:
            score = max(score, 0.9)
        best = max(best, score)
    return best if best >= ALIKE else 0.0


def _table(grid, row, columns):
    ids = parse_area(grid.text(row + 1, columns[ROW_IDS.key])) if ROW_IDS.key in columns else AreaIds()
    problem, guessed = _problem_column(grid, row, columns)
    if problem:
        columns["problem"] = problem
    has_help = bool(ids.key) or _is_help_row(grid, row + 1, columns)
    title = grid.text(row, problem) if problem else ""
    if any(plain(title) == plain(alias) for alias in PROBLEM.aliases):
        title = ""
    return Table(
        header_row=row,
        columns=columns,
        first_row=row + 2 if has_help else row + 1,
        title=title,
        titles_above=tuple(
            text for at in range(1, row) for column in range(1, grid.last_column + 1) if (text := grid.text(at, column))
        ),
        ids=ids,
        extra=_extra_columns(grid, row, columns),
        guessed_problem=guessed,
        missing=tuple(spec.header for spec in COLUMNS[1:] if spec.key not in columns),
    )


def _problem_column(grid, row, columns):
    """Return the problem column, and whether it was guessed: it has no header of its own."""
    free = [column for column in range(1, grid.last_column + 1) if column not in columns.values()]
    for column in free:
        if any(plain(grid.text(row, column)) == plain(alias) for alias in PROBLEM.aliases):
            return column, False
        if _is_help(grid.text(row + 1, column), PROBLEM):
            return column, False
    filled = [column for column in free if _has_text(grid, row, column)]
    left = [column for column in filled if column < columns.get("cause", columns.get("action", 0))]
    if left:
        return left[-1], False
    return (filled[0], True) if filled else (None, False)


def _has_text(grid, first_row, column):
    return any(grid.text(row, column) for row in range(first_row, grid.last_row + 1))


def _is_help(text, spec):
    if not text or not spec.help:
        return False
    return SequenceMatcher(None, plain(text), plain(spec.help), autojunk=False).ratio() >= HELP_ALIKE


def _is_help_row(grid, row, columns):
    texts = [(grid.text(row, columns[spec.key]), spec) for spec in COLUMNS if spec.key in columns]
    filled = [(text, spec) for text, spec in texts if text]
    helping = sum(_is_help(text, spec) for text, spec in filled)
    return helping >= 1 and 2 * helping >= len(filled)


def _extra_columns(grid, row, columns):
    used = set(columns.values())
    return [
        (column, grid.text(row, column))
        for column in range(1, grid.last_column + 1)
        if column not in used and _has_text(grid, row, column)
    ]
