"""Situation pictures for the tests: each taken where it stands by the real functions."""

import uuid
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from agreements.enums import Producer
from agreements.models import Place
from agreements.pictures import findings, joint
from agreements.pictures.workflow import WORKFLOW, start
from agreements.scope import Scope

YEAR = 2025
# What a problem says before anybody has decided on it.
PROBLEM = {
    "title": "Rån av unga vid torget",
    "description": "",
    "area": None,
    "places": [],
    "can_influence": "",
    "has_resources": "",
    "is_prioritised": None,
    "reason": "",
}
PRIORITISED = {"can_influence": "yes", "has_resources": "yes", "is_prioritised": True}
WRITERS = {Producer.CITY: "editor", Producer.POLICE: "police"}


def writer(cast, producer):
    """Who writes the party's picture in Skärholmen."""
    return getattr(cast, WRITERS[producer])


def add_finding(picture, title, by, **values):
    """Write a finding in a picture."""
    values = {"title": title, **values}
    return findings.write(picture, values, uid=uuid.uuid4(), seen=None, by=by)


def own(cast, producer, titles=("Fler rån",), *, year=YEAR, shared=False, district=None):
    """A party's picture in Skärholmen (or another district) with the findings."""
    by = writer(cast, producer)
    picture = start(Scope(district or cast.district), producer, year, by=by)
    for title in titles:
        add_finding(picture, title, by)
    return WORKFLOW.take(picture, "share", by=by) if shared else picture


def joint_picture(cast, city=("Otrygg gångtunnel",), police=("Fler rån", "Öppen narkotikahandel"), *, year=YEAR):
    """A joint picture that has just been begun from both parties' shared ones."""
    own(cast, Producer.CITY, city, year=year, shared=True)
    own(cast, Producer.POLICE, police, year=year, shared=True)
    return joint.begin(Scope(cast.district), year, by=cast.editor)


def merged(cast, **more):
    """A joint picture that has taken over all that the parties have."""
    picture = joint_picture(cast, **more)
    for row in joint.Merge(picture).all:
        joint.take_over(picture, row.finding)
    return picture


def add_problem(picture, **values):
    """Write a problem that rests on all findings of the joint picture."""
    values = PROBLEM | {"findings": list(picture.findings.all())} | values
    return joint.write_problem(picture, values, uid=uuid.uuid4(), seen=None)


def prioritised(cast, **more):
    """A joint picture that waits for the steering group."""
    picture = merged(cast, **more)
    add_problem(picture, **PRIORITISED)
    return WORKFLOW.take(picture, "prioritise", by=cast.editor)


def confirmed(cast, on=date(2025, 3, 12), **more):
    """A joint picture that the steering group has confirmed."""
    picture = prioritised(cast, **more)
    return WORKFLOW.take(picture, "confirm", by=cast.chair, on=on, meeting="Styrgruppsmöte 1")


def file(name="statistik.pdf"):
    """A file as the form's field has cleaned it."""
    return SimpleUploadedFile(name, b"%PDF-1.7\n%%EOF\n", content_type="application/pdf")


def place(cast, name="Skärholmens centrum", slug="skarholmens-centrum", district=None):
    """A delimited place."""
    return Place.objects.create(district=district or cast.district, name=name, slug=slug, valid_from=date(2024, 1, 1))
