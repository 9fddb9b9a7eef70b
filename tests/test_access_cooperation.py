"""Every address of the cooperation, for everybody. The lines are in tests/agreements/access/."""

from importlib import import_module

import pytest
from django.test import Client

from tests import worlds
from tests.agreements import access
from tests.cast import PEOPLE, Cast
from tests.plans import invariants

LINES = access.lines()
TOPIC_OF = {route: topic for topic in access.topics() for route in topic.LINES}


def made(name):
    """Everybody, and an example of each address of the topic."""
    cast = Cast()
    return cast, import_module(name).addresses(cast)


world = worlds.fixture(made)


@pytest.fixture
def cast(world, db):
    return worlds.own_copy(world[0])


@pytest.fixture
def address(world, route):
    return world[1][route]


def each(routes):
    """Try each route, in a world with its topic's addresses."""
    return pytest.mark.parametrize(
        ("world", "route"),
        [(TOPIC_OF[route].__name__, route) for route in routes],
        indirect=["world"],
        ids=list(routes),
    )


def asked(client, verb, address):
    with invariants.rolled_back():
        return getattr(client, verb)(address)


@each(LINES)
def test_an_address_answers_each_as_its_line_says(cast, route, address):
    found, expected = {}, {}
    for person in PEOPLE:
        client = Client()
        client.force_login(getattr(cast, person))
        for verb in ("get", "post"):
            found[person, verb] = asked(client, verb, address).status_code
            expected[person, verb] = LINES[route].expected(person, verb)
    assert {key: status for key, status in found.items() if status != expected[key]} == {}


@each(LINES)
def test_who_is_not_signed_in_is_asked_to_or_turned_away(cast, route, address):
    answer = Client().get(address)
    assert answer.status_code == LINES[route].anonymous
    if answer.status_code == 302:
        assert answer.url.startswith("/konto/logga-in/")


@each([route for route, line in LINES.items() if line.post])
def test_a_form_from_another_site_is_refused(cast, route, address):
    person = next(iter(next(iter(LINES[route].post.values()))))
    client = Client(enforce_csrf_checks=True)
    client.force_login(getattr(cast, person))
    assert client.post(address).status_code == 403


@each([route for route in LINES if "<slug:place>" in route])
def test_a_place_that_is_not_there_is_not_found(cast, route, address):
    place = address.split("/")[2]
    client = Client()
    client.force_login(cast.editor)
    for verb in ("get", "post"):
        answer = asked(client, verb, address.replace(f"/samverkan/{place}/", "/samverkan/atlantis/"))
        assert answer.status_code in (404, 405)
