"""Access lines: places."""

LINES = {}


def addresses(cast):
    """Make what the addresses are about; return an example of each."""
    return {}
