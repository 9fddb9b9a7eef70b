"""Access lines: the follow-up on one page for the board, and as text for the city's own reporting."""

from tests.agreements.access import Line
from tests.followup.answered import answer_everything, follow_up_of
from tests.followup.decided import decided_plan

READS = {"editor", "co_writer", "police", "steering", "chair", "working", "registrar"}
PLAN = "planer/<slug:district>/<int:year>/"
PAGE, ILS = PLAN + "sammanfattning/", PLAN + "ils/"

LINES = {
    PAGE: Line(get={200: READS}),
    PAGE + "ladda-ner/": Line(get={200: READS}, is_page=False),
    ILS: Line(get={200: READS}),
    ILS + "<slug:text>/ladda-ner/": Line(get={200: READS}, is_page=False),
}


def addresses(cast):
    """An example of each address: an open follow-up, which the city does not read yet."""
    answer_everything(follow_up_of(decided_plan(cast)), cast)
    here = "/planer/skarholmen/2025/"
    return {route: route.replace(PLAN, here).replace("<slug:text>", "tertial-1") for route in LINES}
