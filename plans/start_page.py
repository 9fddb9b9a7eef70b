"""What an app further up adds to Min sida: something new to the person, and what they often come to do."""

from trygghet.contributions import Contributions

START_OFFERS = Contributions()
"""Callables ``(user) -> [plans.afterwards.Offer]``: what the person often comes to do, near at hand.

What is done most often is added first.
"""

START_NEWS = Contributions()
"""Callables ``(user) -> [agreements.tasks.Headline]``: what others have answered the person lately.

Unlike in a letter the text may say what it is about: the page is only the person's own.
"""


def offers_to(user):
    """Return what the person often comes to do, as the sources come."""
    return [offer for source in START_OFFERS for offer in source(user)]


def news_to(user):
    """Return what others have answered the person lately, as the sources come."""
    return [headline for source in START_NEWS for headline in source(user)]
