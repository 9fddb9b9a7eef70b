"""Access lines: progress."""

LINES = {}


def addresses(cast):
    return {}
