"""The pages of a place's cooperation, as its tabs: each for those who read what is on it."""

from typing import NamedTuple

from django.urls import reverse

from agreements.permissions import Permission, access_of
from agreements.scope import CITY_SLUG
from trygghet.contributions import Contributions

P = Permission


class Tab(NamedTuple):
    """A tab: the name of its address, what it says, and any one permission that shows it.

    ``app`` is whose address it is: an app further up adds tabs of its own.
    """

    name: str
    title: str
    permissions: frozenset
    in_city: bool = True  # whether the city as a whole has it too
    app: str = "cooperation"


_OWN = (
    Tab("hub", "Översikt", frozenset({P.READ_COOPERATION})),
    Tab("groups", "Grupper", frozenset({P.READ_COOPERATION})),
    Tab("meetings", "Möten", frozenset({P.READ_MEETINGS})),
    Tab("agreements", "Överenskommelser", frozenset({P.READ_SIGNED_AGREEMENT, P.READ_AGREEMENT_DRAFT})),
    Tab("pictures", "Lägesbilder", frozenset({P.READ_PICTURES})),
    Tab("analyses", "Orsaksanalyser", frozenset({P.READ_PICTURES})),
    Tab("places", "Platser", frozenset({P.READ_PICTURES}), in_city=False),
    Tab("year", "Årshjul", frozenset({P.READ_COOPERATION})),
    Tab("communication", "Kommunikation", frozenset({P.READ_COOPERATION})),
    Tab("duties", "Lagkrav och åtaganden", frozenset({P.READ_COOPERATION})),
)
BY_NAME = {tab.name: tab for tab in _OWN}
TABS = Contributions(_OWN)
"""The :class:`Tab` of each page, in order; an app further up adds its own last."""


def areas_address(user):
    """Return where the editions of the prioritised areas are, which are the city's; "" to those who do not see it."""
    reads = any(access_of(user).allows(each, None) for each in BY_NAME["agreements"].permissions)
    return reverse("cooperation:area_sets", args=[CITY_SLUG]) if reads else ""


def tabs_of(user, scope):
    """Return (tab, address) for each tab the person sees in the place."""
    return [
        (tab, reverse(f"{tab.app}:{tab.name}", args=[scope.slug]))
        for tab in TABS
        if (tab.in_city or not scope.is_city) and any(scope.allows(user, each) for each in tab.permissions)
    ]
