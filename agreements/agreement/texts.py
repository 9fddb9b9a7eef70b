"""The words that a new agreement begins with, and how its texts are read: paragraphs, headings and lists."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML

from agreements.enums import AgreementPart, GroupLevel
from agreements.models import TemplateText

COMMON = Path(__file__).resolve().parent.parent / "data" / "agreement-template.yaml"

# A question of the template that nobody has answered yet.
PROMPT = re.compile(r"\[Skriv\b[^\]]*\]")
LONGEST_HEADING = 80
BULLETS = ("- ", "• ", "– ")


def starting_texts(level):
    """Return what a new agreement of the level begins with, part → text, every part there (P07; 1 query).

    The city's own words, from its file (``agreement_template``), are used where
    it has some, otherwise those of the common template (seed 001). Parts hold
    questions in brackets, "[Skriv …]", that :func:`prompts_in` finds while
    they are not answered.
    """
    own = dict(TemplateText.objects.filter(level=level).values_list("part", "text"))
    words = _common_template()[GroupLevel(level).value] | own
    return {part: words[part.value].strip() for part in AgreementPart}


def prompts_in(text):
    """Return the template's questions that stand unanswered in the text."""
    return PROMPT.findall(text)


@cache
def _common_template():
    return YAML(typ="safe").load(COMMON.read_text(encoding="utf-8"))


class Block(NamedTuple):
    """A piece of a text: its kind ("heading", "paragraph" or "list"), and its words or the list's items."""

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()


def blocks(text):
    """Return the text as :class:`Block` list.

    An empty line begins a new paragraph. A short line of its own that does
    not end as a sentence is a heading of what follows, lines that begin with "- " are a list.
    """
    read = [_block(chunk) for chunk in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()) if chunk.strip()]
    if read and read[-1].kind == "heading":
        read[-1] = Block("paragraph", read[-1].text)
    return read


def _block(chunk):
    lines = [line.strip() for line in chunk.strip().splitlines()]
    if all(line.startswith(BULLETS) for line in lines):
        return Block("list", items=tuple(line[2:].strip() for line in lines))
    is_heading = (
        len(lines) == 1 and len(lines[0]) <= LONGEST_HEADING and not lines[0].endswith((".", ":", "?", "!", "]"))
    )
    return Block("heading" if is_heading else "paragraph", "\n".join(lines))
