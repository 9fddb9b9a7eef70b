"""What a longer text looks like: paragraphs and simple lists, written as plain text; no Django.

A blank line ends a paragraph, and lines that begin with "- " are a list.
"""

import re
from dataclasses import dataclass

_BETWEEN = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_ITEM = re.compile(r"\s*[-*•–]\s+(?=\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, whose ``lines`` are broken as they were written, or a list, whose ``lines`` are its items."""

    lines: tuple[str, ...]
    is_list: bool = False


def blocks_of(text):
    """Return the text as a list of :class:`Block`; empty for a text without words."""
    return [block for part in _BETWEEN.split(text.strip()) if part for block in _blocks(part.split("\n"))]


def _blocks(lines):
    found = []
    for line in lines:
        marked = _ITEM.match(line)
        said = line[marked.end() :].strip() if marked else line.strip()
        if not found or found[-1][0] is not bool(marked):
            found.append((bool(marked), []))
        found[-1][1].append(said)
    return [Block(lines=tuple(said), is_list=is_list) for is_list, said in found]
