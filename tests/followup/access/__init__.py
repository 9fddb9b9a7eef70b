"""Access lines of the follow-up's addresses; see ``tests/agreements/access``."""
