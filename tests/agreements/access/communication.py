"""Access lines: the communication plan."""

from agreements.models import CommunicationActivity
from tests.agreements.access import PLACE, Line
from tests.agreements.access.hub import OWN

# An external party takes part in its own group only.
READS = OWN - {"external"}
WRITES = {"editor", "police"}
FORM = Line(get={200: WRITES, 403: READS - WRITES}, post={422: WRITES, 403: READS - WRITES})
YEAR = PLACE + "kommunikation/<int:year>/"

LINES = {
    PLACE + "kommunikation/": Line(get={200: READS}),
    YEAR: Line(get={200: READS}),
    YEAR + "ny/": FORM,
    YEAR + "forslag/": FORM,
    YEAR + "<uuid:uid>/": FORM,
    YEAR + "<uuid:uid>/ta-bort/": FORM,
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
        YEAR + "<uuid:uid>/ta-bort/": f"{base}2025/{activity.pk}/ta-bort/",
    }
