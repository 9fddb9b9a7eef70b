"""What every address of the cooperation answers to whom, a module per topic.

Each module has ``LINES``, route → :class:`Line`, and ``addresses(cast)``, which
makes what the addresses are about and returns route → an example of it.
"""

from dataclasses import dataclass, field
from importlib import import_module

TOPICS = (
    "hub",
    "groups",
    "meetings",
    "agreements",
    "pictures",
    "analyses",
    "places",
    "year",
    "duties",
    "communication",
    "notices",
)
# Of the apps further up, whose pages are walked and asked for in the same way.
TOPICS_ABOVE = (
    "progress",
    "obstacles",
    "outcomes",
    "indicators",
    "files",
    "report",
    "catalogue",
    "report_writing",
    "report_onward",
    "report_published",
    "summary",
)
PLACE = "samverkan/<slug:place>/"


@dataclass(frozen=True)
class Line:
    """Status → who gets it, for GET and for an empty POST; everybody else of ``tests.cast.PEOPLE`` gets 404.

    ``get={200: {"editor"}, 403: {"police"}}``. Leave ``post`` (or ``get``) empty
    for an address that does not take it: everybody gets 405, also strangers.
    ``anonymous``: what somebody who is not signed in gets; 302 is to sign in.
    """

    get: dict = field(default_factory=dict)
    post: dict = field(default_factory=dict)
    anonymous: int = 302
    is_page: bool = True  # False for a file or a calendar, which no browser shows as a page

    def expected(self, person, verb):
        """The status the person gets."""
        statuses = getattr(self, verb)
        return next((status for status, people in statuses.items() if person in people), 404 if statuses else 405)


def topics():
    """The modules of the topics."""
    own = [import_module(f"tests.agreements.access.{name}") for name in TOPICS]
    return [*own, *(import_module(f"tests.followup.access.{name}") for name in TOPICS_ABOVE)]


def lines():
    """Every line, route → Line."""
    return {route: line for topic in topics() for route, line in topic.LINES.items()}
