"""Access lines: meetings."""

from datetime import time

from django.utils import timezone

from agreements.meetings import workflow as meetings
from agreements.models import CollaborationGroup
from tests.agreements.access import PLACE, Line

READS = {"editor", "co_writer", "police", "steering", "chair", "working"}
KEEPS = {"editor", "police", "chair"}
# Those who read no meetings but those of the groups they sit in: the registrar in the steering group.
SEES = READS | {"registrar"}
READS_ONLY = SEES - KEEPS

LIST = PLACE + "moten/"
MEETING = LIST + "<uuid:uid>/"
ITEM = MEETING + "punkter/<uuid:item>/"
WRITES = {302: KEEPS, 403: READS_ONLY}

LINES = {
    LIST: Line(get={200: SEES | {"external"}}),
    LIST + "kalla/": Line(get={200: KEEPS, 403: READS - KEEPS}, post={422: KEEPS, 403: READS - KEEPS}),
    MEETING: Line(get={200: SEES}),
    MEETING + "andra/": Line(get={200: KEEPS, 403: READS_ONLY}, post={422: KEEPS, 403: READS_ONLY}),
    MEETING + "anteckna/": Line(get={200: KEEPS, 403: READS_ONLY}),
    MEETING + "narvaro/": Line(post={422: KEEPS, 403: READS_ONLY}),
    MEETING + "steg/<slug:slug>/": Line(get={200: KEEPS, 403: READS_ONLY}, post={422: KEEPS, 403: READS_ONLY}),
    MEETING + "kallelse/": Line(get={200: SEES}, is_page=False),
    MEETING + "protokoll/": Line(get={200: SEES}, is_page=False),
    MEETING + "punkter/": Line(post={422: KEEPS, 403: READS_ONLY}),
    MEETING + "punkter/vantar/": Line(post=WRITES),
    ITEM: Line(get={200: KEEPS, 403: READS_ONLY}, post={422: KEEPS, 403: READS_ONLY}),
    ITEM + "anteckna/": Line(post={422: KEEPS, 403: READS_ONLY}),
    ITEM + "upp/": Line(post=WRITES),
    ITEM + "ner/": Line(post=WRITES),
    ITEM + "ta-bort/": Line(post=WRITES),
}


def addresses(cast):
    """A held meeting of Skärholmen's steering group with two items; an example of each address."""
    group = CollaborationGroup.objects.get(slug="local-steering-skarholmen")
    meeting = meetings.call(
        group, by=cast.chair, on=timezone.localdate(), starts_at=time(9), ends_at=time(11), place="Skärholmstorget"
    )
    meetings.add_item(meeting, by=cast.chair, title="Beslut om mötesdagar", background="Hösten.", is_decision=True)
    item = meetings.add_item(meeting, by=cast.chair, title="Läget i Sätra")
    meetings.WORKFLOW.take(meeting, "hold", by=cast.chair)
    made = {
        "<slug:place>": cast.district.slug,
        "<uuid:uid>": meeting.pk,
        "<uuid:item>": item.pk,
        "<slug:slug>": "inte-genomfort",
    }
    return {route: f"/{_filled(route, made)}" for route in LINES}


def _filled(route, made):
    for part, value in made.items():
        route = route.replace(part, str(value))
    return route
