"""The words that a new agreement begins with, and how its texts are read: paragraphs, headings and lists."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML

from agreements.enums import AgreementPart, GroupLevel
from agreements.models import Municipality

DATA = Path(__file__).resolve().parent / "data"

# A question of the template that nobody has answered yet.
PROMPT = re.compile(r"\[Skriv\b[^\]]*\]")
LONGEST_HEADING = 80
BULLETS = ("- ", "• ", "– ")


def starting_texts(level):
    """Return what a new agreement of the level begins with, part → text, every part there (P07; 1 query).

    Local agreements use the common template (seed 001). The municipality's
    own words are used where it has some. Parts hold questions in brackets,
    "[Skriv …]", that :func:`prompts_in` finds while they are not answered.
    """
    municipality = Municipality.objects.first()
    own = _template(f"agreement-template-{municipality.code}.yaml") if municipality else {}
    common = _template("agreement-template.yaml")
    words = common[GroupLevel(level).value] | own.get(GroupLevel(level).value, {})
    return {part: words[part.value].strip() for part in AgreementPart}


def prompts_in(text):
    """Return the template's questions that stand unanswered in the text."""
    return PROMPT.findall(text)


@cache
def _template(name):
    path = DATA / name
    return YAML(typ="safe").load(path.read_text(encoding="utf-8")) if path.exists() else {}


class Block(NamedTuple):
    """A piece of a text: its kind ("heading", "paragraph" or "list"), and its words or the list's items."""

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()


def blocks(text):
    """Return the text as :class:`Block` list.

    An empty line begins a new paragraph. A short line of its own that does
    not end as a sentence is a heading, lines that begin with "- " are a list.
    """
    return [_block(chunk) for chunk in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()) if chunk.strip()]


def _block(chunk):
    lines = [line.strip() for line in chunk.strip().splitlines()]
    if all(line.startswith(BULLETS) for line in lines):
        return Block("list", items=tuple(line[2:].strip() for line in lines))
    is_heading = (
        len(lines) == 1 and len(lines[0]) <= LONGEST_HEADING and not lines[0].endswith((".", ":", "?", "!", "]"))
    )
    return Block("heading" if is_heading else "paragraph", "\n".join(lines))
