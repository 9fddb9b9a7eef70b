"""Access lines: where the cooperation begins."""

from tests.agreements.access import PLACE, Line
from tests.cast import PEOPLE

TAKES_PART = set(PEOPLE) - {"stranger", "external"}
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

LINES = {
    "samverkan/": Line(get={200: {*PEOPLE} - (OWN | {"neighbour", "neighbour_police"})
                            | {"city_preparation", "city_steering", "administrator", "external"},
                            302: OWN | {"neighbour", "neighbour_police"}}),
    PLACE: Line(get={200: OWN}),
}  # fmt: skip


def addresses(cast):
    """An example of each address."""
    return {"samverkan/": "/samverkan/", PLACE: f"/samverkan/{cast.district.slug}/"}
