"""Access lines: obstacles."""

LINES = {}


def addresses(cast):
    return {}
