"""Access lines: the communication plan."""

from agreements.models import CommunicationActivity
from tests.agreements.access import PLACE, Line
from tests.agreements.access.hub import OWN

WRITES = {"editor", "police"}
FORM = Line(get={200: WRITES, 403: OWN - WRITES}, post={422: WRITES, 403: OWN - WRITES})
YEAR = PLACE + "kommunikation/<int:year>/"

LINES = {
    PLACE + "kommunikation/": Line(get={200: OWN}),
    YEAR: Line(get={200: OWN}),
    YEAR + "ny/": FORM,
    YEAR + "forslag/": FORM,
    # An external party sits in a group, and reads no activity by its role.
    YEAR + "<uuid:uid>/": Line(
        get={200: WRITES, 403: OWN - WRITES - {"external"}}, post={422: WRITES, 403: OWN - WRITES - {"external"}}
    ),
}


def addresses(cast):
    """An example of each address."""
    activity = CommunicationActivity.objects.create(
        cycle=cast.cycle,
        district=cast.district,
        title="Brev till boende",
        owner="Trygghetsstrateg",
        audience="Boende",
        channel="Brev",
    )
    base = f"/samverkan/{cast.district.slug}/kommunikation/"
    return {
        PLACE + "kommunikation/": base,
        YEAR: f"{base}2025/",
        YEAR + "ny/": f"{base}2025/ny/",
        YEAR + "forslag/": f"{base}2025/forslag/",
        YEAR + "<uuid:uid>/": f"{base}2025/{activity.pk}/",
    }
