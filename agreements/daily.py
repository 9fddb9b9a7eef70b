"""What is done once a day besides the reminders, by whoever has something for it (cron runs ``send_reminders``)."""

from trygghet.contributions import Contributions

DAILY = Contributions()
"""Callables without arguments that may be called as often as one likes: what is done already is not done again."""


def do_what_is_due():
    """Do it all, before the day's letters are written, so that they tell of it."""
    for act in DAILY:
        act()
