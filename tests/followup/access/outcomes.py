"""Access lines: outcomes."""

LINES = {}


def addresses(cast):
    return {}
