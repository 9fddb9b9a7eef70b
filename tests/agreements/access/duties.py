"""Access lines: duties."""

from tests.agreements.access import PLACE, Line
from tests.agreements.access.year import READS

LINES = {
    PLACE + "lagkrav/": Line(get={200: READS}),
    PLACE + "lagkrav/ladda-ner/xlsx/": Line(get={200: {"city_preparation", "city_steering"}}, is_page=False),
}


def addresses(cast):
    """Make what the addresses are about; return an example of each."""
    return {
        PLACE + "lagkrav/": f"/samverkan/{cast.district.slug}/lagkrav/",
        PLACE + "lagkrav/ladda-ner/xlsx/": "/samverkan/staden/lagkrav/ladda-ner/xlsx/",
    }
