"""Small words of Swedish sentences: a number with its noun, several things in a row, a name within a sentence."""


def counted(number, one, several):
    """Return how many in words: "1 åtgärd", "3 åtgärder"."""
    return f"{number} {one if number == 1 else several}"


def listed(words):
    """Return the words in a row: "a", "a och b", "a, b och c"; "" for none."""
    *first, last = words or [""]
    return f"{', '.join(first)} och {last}" if first else last


def lower_first(text):
    """Return the text with a small first letter, for the middle of a sentence."""
    return text[:1].lower() + text[1:]


def upper_first(text):
    """Return the text with a capital first letter, for the beginning of a sentence."""
    return text[:1].upper() + text[1:]
