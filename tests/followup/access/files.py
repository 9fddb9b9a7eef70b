"""Access lines: the follow-up as files, read back, and carried into next year."""

from agreements.models import PlanningCycle
from tests.agreements.access import Line
from tests.followup.answered import answer_everything, follow_up_of
from tests.followup.decided import decided_plan

READS = {"editor", "co_writer", "police", "steering", "chair", "working", "registrar"}
PLAN = "planer/<slug:district>/<int:year>/"
FOLLOW_UP = PLAN + "uppfoljning/"
NEXT = FOLLOW_UP + "nasta-ar/"
READ_BACK = FOLLOW_UP + "las-in/"
WRITES = {"editor", "co_writer", "police", "working"}
LIFE = PLAN + "atgard/<uuid:uid>/over-aren/"

LINES = {
    FOLLOW_UP + "ladda-ner/<str:format>/": Line(get={200: READS}, is_page=False),
    NEXT: Line(get={200: {"editor"}, 403: READS - {"editor"}}, post={422: {"editor"}, 403: READS - {"editor"}}),
    READ_BACK: Line(get={200: WRITES, 403: READS - WRITES}, post={422: WRITES, 403: READS - WRITES}),
    READ_BACK + "bekrafta/": Line(post={302: WRITES, 403: READS - WRITES}),
    LIFE: Line(get={200: READS}),
}


def addresses(cast):
    """An example of each address: an open follow-up of a decided plan, which the city does not read yet."""
    plan = decided_plan(cast)
    answer_everything(follow_up_of(plan), cast)
    PlanningCycle.objects.create(year=2026, area_set=cast.area_set)
    here = "/planer/skarholmen/2025/"
    return {
        FOLLOW_UP + "ladda-ner/<str:format>/": here + "uppfoljning/ladda-ner/json/",
        READ_BACK: here + "uppfoljning/las-in/",
        READ_BACK + "bekrafta/": here + "uppfoljning/las-in/bekrafta/",
        NEXT: here + "uppfoljning/nasta-ar/",
        LIFE: f"{here}atgard/{plan.actions.get().uid}/over-aren/",
    }
