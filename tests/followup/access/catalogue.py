"""Access lines: the catalogue of decided actions, and borrowing one into a draft."""

from plans import editing
from tests.agreements.access import Line
from tests.followup.catalogued import decided, followed_up
from tests.followup.reported import sent

# Whoever reads a decided plan somewhere; Farsta's has been sent to the city.
OTHERS = {"neighbour", "neighbour_police", "city_preparation", "city_steering"}
READS = {"editor", "co_writer", "police", "steering", "chair", "working", "registrar"} | OTHERS
LIST = "atgarder/"
ACTION = f"{LIST}<slug:source>/<int:from_year>/<uuid:uid>/"
BORROW = "planer/<slug:district>/<int:year>/lana/<slug:source>/<int:from_year>/<uuid:uid>/"

LINES = {
    LIST: Line(get={200: READS}),
    ACTION: Line(get={302: READS}, is_page=False),
    # Into a draft that is not shared; the one who helps to write it reads it.
    BORROW: Line(get={200: {"editor"}, 403: {"co_writer"}}, post={422: {"editor"}, 403: {"co_writer"}}),
}


def addresses(cast):
    """An action that is decided and followed up in Farsta, and a draft in Skärholmen that it may be borrowed into."""
    plan = decided(cast, "Fältgruppen finns på torget")
    sent(plan, cast)
    followed_up(plan, cast)
    editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    action = f"farsta/2025/{plan.actions.get().uid}/"
    return {
        LIST: "/atgarder/",
        ACTION: f"/atgarder/{action}",
        BORROW: f"/planer/skarholmen/2025/lana/{action}",
    }
