"""Access lines: pictures."""

import uuid

from django.utils import timezone

from agreements.enums import Producer
from agreements.models import DataSource
from agreements.pictures import findings, joint
from tests.agreements import picture_story as story
from tests.agreements.access import PLACE, Line

# Who reads the pictures of Skärholmen, who writes the city's and the joint one there.
READERS = {"editor", "co_writer", "police", "steering", "chair", "working"}
CITY = {"editor", "co_writer"}
BOTH = {"editor", "police"}
TAKES_PART = {*READERS, "registrar", "city_preparation", "city_steering", "administrator"}
DATES = {"city_preparation", "administrator"}

LISTED = f"{PLACE}lagesbilder/"
PICTURE = f"{LISTED}<int:year>/<producer:producer>/"
JOINT = f"{LISTED}<int:year>/gemensam/"
FINDING = f"{PICTURE}iakttagelse/<uuid:uid>/"
FILE = f"{PICTURE}bilaga/<uuid:uid>/"
INPUT = f"{JOINT}sammanfoga/<uuid:uid>/"
PROBLEM = f"{JOINT}problem/<uuid:uid>/"
SOURCES = f"{PLACE}datakallor/"

# What stands in the city's draft of 2024 is for those who write it; to everybody else it is not there (P02).
OWN_FORM = Line(get={200: CITY}, post={422: CITY})
OWN_PRESS = Line(post={302: CITY})
# What stands in the joint draft of 2025 is for the two who make it.
JOINT_FORM = Line(get={200: BOTH}, post={422: BOTH})
JOINT_PRESS = Line(post={302: BOTH})

LINES = {
    LISTED: Line(get={200: READERS}),
    # Nobody has begun the city's for next year: whoever reads pictures learns who writes them, and no more.
    f"{PICTURE}borja/": Line(get={200: CITY, 403: READERS - CITY}, post={302: CITY, 403: READERS - CITY}),
    PICTURE: Line(get={200: CITY}),
    f"{PICTURE}inledning/": OWN_FORM,
    f"{PICTURE}pdf/": Line(get={200: CITY}, is_page=False),
    f"{PICTURE}steg/<slug:slug>/": OWN_FORM,
    f"{PICTURE}iakttagelse/ny/": OWN_FORM,
    FINDING: OWN_FORM,
    f"{FINDING}ta-bort/": OWN_FORM,
    f"{FINDING}flytta/<order_step:step>/": OWN_PRESS,
    f"{FILE}ta-bort/": OWN_PRESS,
    f"{JOINT}sammanfoga/": Line(get={200: BOTH}),
    f"{JOINT}sammanfoga/med/<producer:producer>/": JOINT_PRESS,
    f"{INPUT}ta-over/": JOINT_PRESS,
    f"{INPUT}utelamna/": JOINT_FORM,
    f"{INPUT}ta-med/": JOINT_PRESS,
    f"{JOINT}prioritering/": Line(get={200: BOTH}),
    f"{JOINT}problem/nytt/": JOINT_FORM,
    PROBLEM: JOINT_FORM,
    f"{PROBLEM}ta-bort/": JOINT_FORM,
    f"{PROBLEM}flytta/<order_step:step>/": JOINT_PRESS,
    SOURCES: Line(get={200: TAKES_PART}),
    f"{SOURCES}<slug:code>/": Line(
        get={200: DATES, 403: TAKES_PART - DATES}, post={422: DATES, 403: TAKES_PART - DATES}
    ),
}  # fmt: skip


def addresses(cast):
    """A draft of the city's, a joint draft that rests on both parties' shared pictures, and a source."""
    place = f"/samverkan/{cast.district.slug}/"
    first = _own_draft(cast)
    file = first.attachments.get()
    picture = story.joint_picture(cast)
    row = joint.Merge(picture).first_open().finding
    joint.take_over(picture, picture.police_input.findings.first())
    problem = story.add_problem(picture)
    DataSource.objects.create(code="trygghetsmatningen", name="Trygghetsmätningen", interval_months=36)
    shared = f"{place}lagesbilder/2025/gemensam/"
    draft = f"{place}lagesbilder/2024/staden/"
    finding = f"{draft}iakttagelse/{first.uid}/"
    return {
        LISTED: f"{place}lagesbilder/",
        f"{PICTURE}borja/": f"{place}lagesbilder/{timezone.localdate().year + 1}/staden/borja/",
        PICTURE: draft,
        f"{PICTURE}inledning/": f"{draft}inledning/",
        f"{PICTURE}pdf/": f"{draft}pdf/",
        f"{PICTURE}steg/<slug:slug>/": f"{draft}steg/dela/",
        f"{PICTURE}iakttagelse/ny/": f"{draft}iakttagelse/ny/",
        FINDING: finding,
        f"{FINDING}ta-bort/": f"{finding}ta-bort/",
        f"{FINDING}flytta/<order_step:step>/": f"{finding}flytta/ner/",
        f"{FILE}ta-bort/": f"{draft}bilaga/{file.uid}/ta-bort/",
        f"{JOINT}sammanfoga/": f"{shared}sammanfoga/",
        f"{JOINT}sammanfoga/med/<producer:producer>/": f"{shared}sammanfoga/med/polisen/",
        f"{INPUT}ta-over/": f"{shared}sammanfoga/{row.uid}/ta-over/",
        f"{INPUT}utelamna/": f"{shared}sammanfoga/{row.uid}/utelamna/",
        f"{INPUT}ta-med/": f"{shared}sammanfoga/{row.uid}/ta-med/",
        f"{JOINT}prioritering/": f"{shared}prioritering/",
        f"{JOINT}problem/nytt/": f"{shared}problem/nytt/",
        PROBLEM: f"{shared}problem/{problem.uid}/",
        f"{PROBLEM}ta-bort/": f"{shared}problem/{problem.uid}/ta-bort/",
        f"{PROBLEM}flytta/<order_step:step>/": f"{shared}problem/{problem.uid}/flytta/ner/",
        SOURCES: f"{place}datakallor/",
        f"{SOURCES}<slug:code>/": f"{place}datakallor/trygghetsmatningen/",
    }


def _own_draft(cast):
    """The first finding, with a file, of a draft that the city has not shared."""
    picture = story.own(cast, Producer.CITY, (), year=2024)
    values = {"title": "Var tredje undviker centrum", "table": [["År", "Andel"], ["2023", "34 %"]]}
    first = findings.write(picture, values, uid=uuid.uuid4(), seen=None, by=cast.editor, files=[story.file()])
    story.add_finding(picture, "Otrygg gångtunnel", cast.editor)
    return first
