"""Access lines: where the cooperation begins."""

from tests.agreements.access import PLACE, Line
from tests.cast import PEOPLE

OWN = {
    "editor",
    "co_writer",
    "police",
    "steering",
    "chair",
    "working",
    "registrar",
    "city_preparation",
    "city_steering",
    "administrator",
    "external",
}
# With one district of their own they are led to it; the others choose, or are told that they have none.
ONE_DISTRICT = (OWN - {"city_preparation", "city_steering", "administrator"}) | {"neighbour", "neighbour_police"}

LINES = {
    "samverkan/": Line(get={200: {*PEOPLE} - ONE_DISTRICT, 302: ONE_DISTRICT}),
    PLACE: Line(get={200: OWN}),
}


def addresses(cast):
    """An example of each address."""
    return {"samverkan/": "/samverkan/", PLACE: f"/samverkan/{cast.district.slug}/"}
