"""What differs between two texts, word by word, for a reader of prose."""

import re
from difflib import SequenceMatcher
from itertools import groupby

SAME, REMOVED, ADDED = "same", "removed", "added"

# A word, a run of punctuation or one line break, each with the spaces before it.
_TOKEN = re.compile(r"[^\S\n]*(?:(\n|\w+|[^\w\s]+)|$)")
# Fewer words than this left standing between two changes read as part of one change.
_ISLAND = 2


def word_changes(old, new):
    """Return how the old text became the new, as ``[(kind, text)]`` with kind same, removed or added.

    Whole words, punctuation marks and line breaks are told apart; a removal
    comes before what replaced it. The texts that are same and added make up
    ``new`` exactly. Only the number of spaces between words goes unmentioned.
    """
    before, after = _tokens(old), _tokens(new)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    middle_before, middle_after = before[start : len(before) - end], after[start : len(after) - end]
    pieces = [(SAME, _joined(after[:start]))]
    pieces += _middle(middle_before, middle_after)
    pieces.append((SAME, _joined(after[len(after) - end :])))
    return _merged(pieces)


def _tokens(text):
    """Return (what is compared, what is shown) for each word; the spaces before a word are only shown."""
    return [(match[1] or "", match[0]) for match in _TOKEN.finditer(text) if match[0]]


def _common(before, after):
    """How many words the two have in common from the beginning."""
    count = 0
    for (mine, _), (theirs, _) in zip(before, after, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _joined(tokens):
    return "".join(shown for _, shown in tokens)


def _middle(before, after):
    # Very common words are no anchors (autojunk): it reads better, and the time stays bounded.
    matcher = SequenceMatcher(None, [word for word, _ in before], [word for word, _ in after])
    for is_same, steps in groupby(_without_islands(matcher.get_opcodes(), after), key=lambda step: step[0] == "equal"):
        steps = list(steps)
        removed, added = before[steps[0][1] : steps[-1][2]], after[steps[0][3] : steps[-1][4]]
        if is_same:
            yield SAME, _joined(added)
        else:
            yield REMOVED, _joined(removed)
            yield ADDED, _joined(added)


def _without_islands(steps, after):
    """Let a lone word between two changes be part of them."""
    for at, (name, *span) in enumerate(steps):
        inside = 0 < at < len(steps) - 1
        words = sum(1 for word, _ in after[span[2] : span[3]] if word != "\n")
        yield ("replace" if name == "equal" and inside and words < _ISLAND else name, *span)


def _merged(pieces):
    filled = [(kind, text) for kind, text in pieces if text]
    return [(kind, "".join(text for _, text in run)) for kind, run in groupby(filled, key=lambda piece: piece[0])]
