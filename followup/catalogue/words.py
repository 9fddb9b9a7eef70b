"""The words that a catalogue is searched by: as typed, or those of a cause that mean something. No Django."""

from __future__ import annotations

import re
from pathlib import Path

from plans.document import clean_text

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
SHORTEST = 4
"""How many letters a word of a cause has at least; shorter ones are in every text."""
MOST = 12
"""How many words are looked for at most."""
EMPTY = frozenset((Path(__file__).parent / "empty_words.txt").read_text(encoding="utf-8").split())
"""Words that say nothing of what a cause is about, whatever their ending."""
# The endings of Swedish words that are most often another form of the same word, the longest first.
ENDINGS = ("arnas", "ernas", "ornas", "arna", "erna", "orna", "ens", "ets", "ar", "er", "or", "en", "et", "an", "na",
           "a", "e", "n", "s", "t")  # fmt: skip


def typed(text):
    """Return the words of a search as they are looked for: each has to occur, whatever stands around it."""
    return list(dict.fromkeys(clean_text(text).lower().split()))[:MOST]


def meaningful(text):
    """Return what is looked for of a cause: (the word, its beginning without its ending), each once."""
    found = {}
    for word in WORD.findall(clean_text(text).lower()):
        if len(word) >= SHORTEST and word not in EMPTY:
            found.setdefault(beginning(word), word)
    return [(word, stem) for stem, word in found.items()][:MOST]


def beginning(word):
    """Return the word without the ending that tells its form, torg for torget, as far as four letters are left."""
    ending = next((end for end in ENDINGS if word.endswith(end) and len(word) - len(end) >= SHORTEST), "")
    return word[: len(word) - len(ending)] if ending else word
