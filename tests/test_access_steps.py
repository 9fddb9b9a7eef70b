"""Every step of the plan's way, for everybody, at every stage: domain §3 as what the addresses answer.

404 for who may not read the plan then, 403 with the reason for who reads it
and whose step it is not, the page itself when the step can be taken, and one
sentence on the plan's page when it is not the time for it.
"""

import pytest
from django.test import Client

from plans import editing, submissions, workflow
from tests import worlds
from tests.cast import PEOPLE, Cast
from tests.plans import stages

PLAN = "planer/<slug:district>/<int:year>/"
PLACE = "/planer/skarholmen/2025/"
# Addresses whose lines are the tables here; tests/test_access.py asks for a line of every address.
STEP_PAGES = {
    PLAN + "steg/",
    PLAN + "steg/<slug:slug>/",
    PLAN + "beslutsunderlag/",
    PLAN + "version/<int:number>/inskickning/<slug:slug>/",
    PLAN + "version/<int:number>/namndbeslut/",
}

STAGES = (
    "draft",
    "shared",
    "in_review",
    "reviewed",
    "ready_for_decision",
    "decided",
    "submitted",
    "acknowledged",
    "second",
)
"""The stages, in the order of the columns; "second" is version 2 as a draft, version 1 being sent to the city."""

# Who reads the plan as it stands, and who reads version 1 (x reads, . does not).
READERS = """
                   The plan             Version 1
                   d s i v r  d s a  2  d s i v r  d s a  2
editor             x x x x x  x x x  x  . . . . .  x x x  x
co_writer          x x x x x  x x x  x  . . . . .  x x x  x
police             . x x x x  x x x  .  . . . . .  x x x  x
steering           . . x x x  x x x  .  . . . . .  x x x  x
chair              . . x x x  x x x  .  . . . . .  x x x  x
working            . x x x x  x x x  .  . . . . .  x x x  x
registrar          . . . . x  x x x  .  . . . . .  x x x  x
external           . . . . .  . . .  .  . . . . .  . . .  .
neighbour          . . . . .  x x x  .  . . . . .  x x x  x
neighbour_police   . . . . .  x x x  .  . . . . .  x x x  x
city_preparation   . . . . .  . x x  .  . . . . .  . x x  x
city_steering      . . . . .  . x x  .  . . . . .  . x x  x
stranger           . . . . .  . . .  .  . . . . .  . . .  .
administrator      . . . . .  . . .  .  . . . . .  . . .  .
"""
# Whose step it is, and when its page is there (P); else they are led to the plan or the version with a sentence (-).
STEPS = """
steg/dela-med-polisen/                          P - - - -  - - -  P  editor
steg/skicka-pa-granskning/                      P P - - -  - - -  P  editor
steg/granskad/                                  - - P - -  - - -  -  editor police
steg/ta-tillbaka-granskad/                      - - - P -  - - -  -  editor police
steg/skicka-till-beslut/                        - - P P -  - - -  -  editor
steg/tillbaka-till-utkast/                      - - P P -  - - -  -  editor
steg/ta-tillbaka-fran-beslut/                   - - - - P  - - -  -  editor
steg/aterremittera/                             - - - - P  - - -  -  chair
steg/besluta/                                   - - - - P  - - -  -  chair
steg/ny-version/                                - - - - -  P P P  -  editor
version/1/inskickning/skicka-till-staden/       - - - - -  P - -  -  editor
version/1/inskickning/kvittera/                 - - - - -  - P -  P  city_preparation
version/1/inskickning/begar-komplettering/      - - - - -  - P -  P  city_preparation
version/1/namndbeslut/                          - - - - -  P P P  P  registrar
"""
# What they read who read the plan; of steg/ only those of the district.
READING = """
steg/                                           P P P P P  P P P  P
beslutsunderlag/                                - - - - P  - - -  -
"""


OUTSIDE = {"neighbour", "neighbour_police", "city_preparation", "city_steering"}


def parsed(table):
    """Return the first word of each line → (marks, the words after them)."""
    lines = [line.split() for line in table.strip().splitlines()]
    lines = [line for line in lines if line[0] in PEOPLE or line[0].endswith("/")]
    marks = {"x", ".", "P", "-"}
    return {
        name: ("".join(word for word in rest if word in marks), [word for word in rest if word not in marks])
        for name, *rest in lines
    }


READS = {person: marks for person, (marks, _) in parsed(READERS).items()}
TAKES = parsed(STEPS)


def reads(person, path, at):
    marks = READS[person]
    return marks[at + len(STAGES) if path.startswith("version/") else at] == "x"


def expected(person, path, at):
    """What GET answers; POST with an empty form answers 422 where there is a page."""
    if not reads(person, path, at):
        return 404
    marks, takers = TAKES[path]
    if person not in takers:
        return 403
    return 200 if marks[at] == "P" else 302


def plan_at(cast, stage):
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    if stage != "second":
        return stages.reach(plan, cast, stage)
    plan = stages.reach(plan, cast, "submitted")
    workflow.take(plan, "start_version", by=cast.editor, reason="Ny lägesbild")
    return plan


def made(stage):
    cast = Cast()
    return cast, plan_at(cast, stage)


world = worlds.fixture(made)


@pytest.fixture
def cast(world, db):
    return worlds.own_copy(world[0])


at_each_stage = pytest.mark.parametrize(
    ("world", "stage"), [(stage, stage) for stage in STAGES], indirect=["world"], ids=STAGES
)
at_submitted = pytest.mark.parametrize("world", ["submitted"], indirect=True)


def browser(cast, person):
    client = Client()
    client.force_login(getattr(cast, person))
    return client


def test_the_tables_are_whole():
    assert set(READS) == set(PEOPLE)
    assert {len(marks) for marks in READS.values()} == {2 * len(STAGES)}
    assert {len(marks) for marks, _ in TAKES.values()} == {len(STAGES)}
    slugs = [f"steg/{step.slug}/" for step in workflow.TRANSITIONS]
    slugs += [f"version/1/inskickning/{step.slug}/" for step in submissions.SUBMISSION_TRANSITIONS]
    assert set(TAKES) == {*slugs, "version/1/namndbeslut/"}


@at_each_stage
def test_a_step_answers_each_as_the_tables_say(cast, stage):
    at = STAGES.index(stage)
    wrong = []
    for person in PEOPLE:
        client = browser(cast, person)
        for path in TAKES:
            status = expected(person, path, at)
            got, posted = client.get(PLACE + path), client.post(PLACE + path, {})
            is_right = (got.status_code, posted.status_code) == (status, 422 if status == 200 else status)
            says_why = status != 403 or all("Det är " in answer.content.decode() for answer in (got, posted))
            if not (is_right and says_why):
                wrong.append((person, path, status, got.status_code, posted.status_code))
    assert wrong == []


@at_each_stage
def test_what_is_read_of_the_way_answers_each_as_the_tables_say(cast, stage):
    at = STAGES.index(stage)
    wrong = []
    for person in PEOPLE:
        client = browser(cast, person)
        for path, (marks, _) in parsed(READING).items():
            status = (200 if marks[at] == "P" else 302) if reads(person, path, at) else 404
            if path == "steg/" and status == 200 and person in OUTSIDE:
                status = 403  # why steps were taken stays in the district
            if path == "steg/" and status == 404 and reads(person, "version/1/", at):
                status = 302  # to the version that holds, while the next is written
            got, posted = client.get(PLACE + path), client.post(PLACE + path)
            if (got.status_code, posted.status_code) != (status, 405):
                wrong.append((person, path, status, got.status_code, posted.status_code))
    assert wrong == []


@at_submitted
@pytest.mark.parametrize("path", [*TAKES, *parsed(READING)])
def test_who_is_not_signed_in_is_asked_to(cast, client, path):
    for answer in (client.get(PLACE + path), client.post(PLACE + path, {})):
        assert answer.status_code == 302
        assert answer.url.startswith("/konto/logga-in/")


@at_submitted
@pytest.mark.parametrize("path", ["steg/hoppa/", "version/1/inskickning/hoppa/", "version/2/namndbeslut/"])
def test_a_step_or_a_version_that_there_is_not_is_not_found(cast, path):
    for person in ("editor", "registrar", "stranger"):
        client = browser(cast, person)
        assert client.get(PLACE + path).status_code == client.post(PLACE + path, {}).status_code == 404


@at_submitted
@pytest.mark.parametrize("path", TAKES)
def test_a_form_from_another_site_is_refused(cast, world, path):
    plan = world[1]
    steps = plan.steps.count()
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.editor)
    assert client.post(PLACE + path, {}).status_code == 403
    assert plan.steps.count() == steps
