"""Access lines: year."""

from agreements.models import CalendarAddress
from tests.agreements.access import PLACE, Line
from tests.cast import PEOPLE

OWN = {"editor", "co_writer", "police", "steering", "chair", "working", "registrar"}
CITY = {"city_preparation", "city_steering", "administrator"}
READS = OWN | CITY
"""An external party, who only takes part in its own group, follows neither the year nor the duties."""
# Who reads the city's own year: all who take part somewhere.
FOLLOWS_CITY = OWN | CITY | {"neighbour", "neighbour_police"}
SETS_DAYS = {"city_preparation", "administrator"}

LINES = {
    PLACE + "arshjul/": Line(get={302: READS}),
    PLACE + "arshjul/<int:year>/": Line(get={200: READS}),
    PLACE + "arshjul/<int:year>/datum/": Line(
        get={200: SETS_DAYS, 403: FOLLOWS_CITY - SETS_DAYS}, post={422: SETS_DAYS, 403: FOLLOWS_CITY - SETS_DAYS}
    ),
    PLACE + "arshjul/<int:year>/lagg-upp/": Line(post={302: SETS_DAYS, 403: FOLLOWS_CITY - SETS_DAYS}),
    "samverkan/kalender/": Line(get={200: {*PEOPLE}}, post={302: {*PEOPLE}}),
    "kalender/<str:secret>.ics": Line(get={200: {*PEOPLE}}, anonymous=200, is_page=False),
}


def addresses(cast):
    """Make what the addresses are about; return an example of each."""
    CalendarAddress.objects.get_or_create(user=cast.editor, defaults={"secret": "hemlig"})
    return {
        PLACE + "arshjul/": f"/samverkan/{cast.district.slug}/arshjul/",
        PLACE + "arshjul/<int:year>/": f"/samverkan/{cast.district.slug}/arshjul/2025/",
        PLACE + "arshjul/<int:year>/datum/": "/samverkan/staden/arshjul/2025/datum/",
        PLACE + "arshjul/<int:year>/lagg-upp/": "/samverkan/staden/arshjul/2025/lagg-upp/",
        "samverkan/kalender/": "/samverkan/kalender/",
        "kalender/<str:secret>.ics": "/kalender/hemlig.ics",
    }
