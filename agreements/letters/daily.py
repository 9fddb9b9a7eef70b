"""What is done once a day besides the reminders, by whoever has something for it (cron runs ``send_reminders``)."""

import logging

from trygghet.contributions import Contributions

logger = logging.getLogger(__name__)

DAILY = Contributions()
"""Callables without arguments that may be called as often as one likes: what is done already is not done again."""


def do_what_is_due():
    """Do it all, before the day's letters are written, so that they tell of it; return the names of what failed.

    A fault in one of them is logged and told, and stops neither the others nor the letters.
    """
    failed = []
    for act in DAILY:
        try:
            act()
        except Exception:
            logger.exception("What is done daily failed: %s", act.__qualname__)
            failed.append(f"{act.__module__}.{act.__qualname__}")
    return failed
