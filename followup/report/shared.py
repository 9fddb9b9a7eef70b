"""What several districts have in their plans at once: the same text but for its outer form (F9); no Django."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

LEAST = 3
"""How many districts have to share a row before it is called shared (domain §5.7)."""
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def plain_text(text, district=""):
    """Return the text as it is compared: no case, punctuation or spaces, and not the district's own name."""
    words = f" {_words(text)} "
    for name in _names(district):
        # Twice: names that stand beside each other share the space between them.
        words = words.replace(name, " ").replace(name, " ")
    return " ".join(words.split())


@lru_cache
def _names(district):
    """Return the ways a text names the district, each within spaces: "farsta" and "farstas"."""
    words = _words(district)
    return (f" {words} ", f" {words}s ") if words else ()


def _words(text):
    return _BETWEEN_WORDS.sub(" ", text.casefold()).strip()


def shared_among(rows: Iterable[tuple]):
    """Return (group, row) of the rows whose text at least :data:`LEAST` districts have; ``rows`` are (text, row).

    The group is a short name of the text, the same in every report. A text
    of nothing but the district's name is shared with nobody.
    """
    found = {}
    for text, row in rows:
        if plain := plain_text(*text):
            found.setdefault(plain, []).append(row)
    for plain, those in found.items():
        if len({row.district for row in those}) >= LEAST:
            group = sha256(plain.encode()).hexdigest()[:12]
            yield from ((group, row) for row in those)
