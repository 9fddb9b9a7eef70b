"""Access lines: places."""

from tests.agreements.access import PLACE, Line

# Who reads the district's pictures, and who of them manages its places.
READS = {"editor", "co_writer", "police", "steering", "chair", "working"}
MANAGES = {"editor", "police"}
FORM = Line(
    get={200: MANAGES, 403: READS - MANAGES},
    post={422: MANAGES, 403: READS - MANAGES},  # an empty form is shown again
)

LINES = {
    PLACE + "platser/": Line(get={200: READS}),
    PLACE + "platser/ny/": FORM,
    PLACE + "platser/<slug:slug>/": Line(get={200: READS}),
    PLACE + "platser/<slug:slug>/redigera/": FORM,
}


def addresses(cast):
    """Make what the addresses are about; return an example of each."""
    from tests.agreements.analysed import place

    square = place(cast, "Sätra torg")
    base = f"/samverkan/{cast.district.slug}/platser/"
    return {
        PLACE + "platser/": base,
        PLACE + "platser/ny/": f"{base}ny/",
        PLACE + "platser/<slug:slug>/": f"{base}{square.slug}/",
        PLACE + "platser/<slug:slug>/redigera/": f"{base}{square.slug}/redigera/",
    }
