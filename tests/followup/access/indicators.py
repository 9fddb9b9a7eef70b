"""Access lines: indicators."""

LINES = {}


def addresses(cast):
    return {}
