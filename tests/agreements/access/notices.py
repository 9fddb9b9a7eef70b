"""Access lines: what a person wants letters about, and the mail on its way."""

from tests.agreements.access import Line
from tests.cast import PEOPLE

MAIL = "samverkan/brev/"

LINES = {
    "konto/paminnelser/": Line(get={200: set(PEOPLE)}, post={422: set(PEOPLE)}),
    MAIL: Line(get={200: {"administrator"}}),
    MAIL + "forsok-igen/": Line(post={302: {"administrator"}}),
}


def addresses(cast):
    """An example of each address."""
    return {route: f"/{route}" for route in LINES}
