"""Access lines: the follow-up as files, read back, and carried into next year."""

from tests.agreements.access import Line
from tests.followup.answered import answer_everything, follow_up_of
from tests.followup.decided import decided_plan

READS = {"editor", "co_writer", "police", "steering", "chair", "working", "registrar"}
FOLLOW_UP = "planer/<slug:district>/<int:year>/uppfoljning/"

LINES = {
    FOLLOW_UP + "ladda-ner/<str:format>/": Line(get={200: READS}, is_page=False),
}


def addresses(cast):
    """An example of each address: an open follow-up of a decided plan, which the city does not read yet."""
    answer_everything(follow_up_of(decided_plan(cast)), cast)
    here = "/planer/skarholmen/2025/uppfoljning/"
    return {
        FOLLOW_UP + "ladda-ner/<str:format>/": here + "ladda-ner/json/",
    }
