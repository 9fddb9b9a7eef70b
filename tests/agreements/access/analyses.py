"""Access lines: analyses."""

from tests.agreements.access import PLACE, Line

READS = {"editor", "co_writer", "police", "steering", "chair", "working"}
ANALYSES = {"editor", "co_writer", "police", "working"}
ONLY_READS = READS - ANALYSES
FORM = Line(get={200: ANALYSES, 403: ONLY_READS}, post={422: ANALYSES, 403: ONLY_READS})
WRITE = Line(post={302: ANALYSES, 403: ONLY_READS})

BASE = PLACE + "orsaksanalyser/"
ANALYSIS = BASE + "<uuid:uid>/"
CAUSE = ANALYSIS + "orsak/<uuid:cause>/"
LINES = {
    BASE: Line(get={200: READS}),
    BASE + "borja/<uuid:problem>/": WRITE,
    ANALYSIS: Line(get={200: READS}),
    ANALYSIS + "steg/<slug:step>/": FORM,
    ANALYSIS + "orsak/ny/": FORM,
    CAUSE: FORM,
    CAUSE + "ta-bort/": WRITE,
    CAUSE + "upp/": WRITE,
    CAUSE + "ner/": WRITE,
    # Something is in the way: the page says what, and a press leads back.
    ANALYSIS + "<slug:slug>/": Line(get={200: ANALYSES, 403: ONLY_READS}, post={302: ANALYSES, 403: ONLY_READS}),
}


def addresses(cast):
    """Make what the addresses are about; return an example of each."""
    from tests.agreements.analysed import Analysed, joint_picture

    made = Analysed(cast, picture=joint_picture(cast, year=2024))
    base = f"/samverkan/{cast.district.slug}/orsaksanalyser/"
    analysis = f"{base}{made.analysis.pk}/"
    cause = f"{analysis}orsak/{made.cause.pk}/"
    return {
        BASE: base,
        BASE + "borja/<uuid:problem>/": f"{base}borja/{made.other.pk}/",
        ANALYSIS: analysis,
        ANALYSIS + "steg/<slug:step>/": f"{analysis}steg/forberedelse/",
        ANALYSIS + "orsak/ny/": f"{analysis}orsak/ny/",
        CAUSE: cause,
        CAUSE + "ta-bort/": f"{cause}ta-bort/",
        CAUSE + "upp/": f"{cause}upp/",
        CAUSE + "ner/": f"{cause}ner/",
        ANALYSIS + "<slug:slug>/": f"{analysis}klar/",
    }
