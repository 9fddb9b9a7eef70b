"""The instruction tab: the year's text and where to find support."""

import re
from dataclasses import dataclass, replace

from plans.document import Link
from plans.marker import Marker, parse_marker
from plans.workbook.template import ROW_IDS

TITLE, PARAGRAPH, NAME, TEXT, LABEL = "title", "paragraph", "link-name", "link-text", "link-label"
IDS_COLUMN = 2  # where our own workbook says what each row is
_OWNER = re.compile(r"(\w+):s\b")  # ”BRÅ:s material” names who the link below belongs to


@dataclass(frozen=True, slots=True)
class Instruction:
    """What the tab says."""

    title: str = ""
    paragraphs: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    marker: Marker | None = None


def owner_named_in(paragraph):
    """Return the name in the genitive that introduces the link below the paragraph, or an empty text."""
    owners = _OWNER.findall(paragraph)
    return owners[-1] if owners else ""


def read_instruction(grid):
    """Return the Instruction that the sheet holds.

    The template tells its parts apart by blank rows: a paragraph stands alone,
    a link is a name, perhaps a text, and a label.
    """
    return replace(_read_texts(_rows(grid)), marker=_marker(grid))


def _marker(grid):
    texts = (grid.text(row, IDS_COLUMN) for row in range(1, grid.last_row + 1))
    return next(filter(None, map(parse_marker, texts)), None)


def _read_texts(rows):
    if any(kind for _, _, _, kind in rows):
        return _read_marked(rows)
    if not rows:
        return Instruction()
    paragraphs, links = [], []
    for block in _blocks(rows[1:]):
        texts = [text for _, text, _, _ in block]
        address = next((link for _, _, link, _ in block if link), None)
        if len(block) == 1 and not address:
            paragraphs += texts
        elif texts[0].rstrip().endswith(":") or len(block) == 1:
            paragraphs += texts[:-1]
            links.append(Link(owner_named_in(texts[0]) if len(block) > 1 else "", address, "", texts[-1]))
        else:
            links.append(Link(texts[0], address, "\n".join(texts[1:-1]), texts[-1]))
    return Instruction(rows[0][1], tuple(paragraphs), tuple(links))


def _rows(grid):
    """Return (row, text, address, kind) of the filled rows; the text is that of the first filled cell."""
    marked = grid.text(1, IDS_COLUMN) == ROW_IDS.header
    found = []
    for row in range(1, grid.last_row + 1):
        kind = grid.text(row, IDS_COLUMN) if marked else ""
        columns = (1,) if marked else range(1, grid.last_column + 1)
        for column in columns:
            if text := grid.text(row, column):
                found.append((row, text, grid.links.get((row, column)), kind))
                break
    return found


def _blocks(rows):
    blocks, last = [], None
    for row in rows:
        if last is None or row[0] != last + 1:
            blocks.append([])
        blocks[-1].append(row)
        last = row[0]
    return blocks


def _read_marked(rows):
    title, paragraphs, links, name, text = "", [], [], None, ""
    for _, words, address, kind in rows:
        if kind == TITLE:
            title = words
        elif kind == NAME:
            name = words
        elif kind == TEXT:
            text = words
        elif kind == LABEL:
            named = owner_named_in(paragraphs[-1]) if name is None and paragraphs else name or ""
            links.append(Link(named, address, text, words))
            name, text = None, ""
        else:
            paragraphs.append(words)
    return Instruction(title, tuple(paragraphs), tuple(links))
