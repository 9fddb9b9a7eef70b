"""Every address of the cooperation, for everybody. The lines are in tests/agreements/access/."""

import pytest
from django.test import Client

from tests.agreements import access
from tests.cast import PEOPLE, Cast
from tests.plans import invariants

LINES = access.lines()
TOPIC_OF = {route: topic for topic in access.topics() for route in topic.LINES}


@pytest.fixture
def cast(db):
    return Cast()


def asked(client, verb, address):
    with invariants.rolled_back():
        return getattr(client, verb)(address)


@pytest.mark.parametrize("route", LINES)
def test_an_address_answers_each_as_its_line_says(cast, route):
    address = TOPIC_OF[route].addresses(cast)[route]
    found, expected = {}, {}
    for person in PEOPLE:
        client = Client()
        client.force_login(getattr(cast, person))
        for verb in ("get", "post"):
            found[person, verb] = asked(client, verb, address).status_code
            expected[person, verb] = LINES[route].expected(person, verb)
    assert {key: status for key, status in found.items() if status != expected[key]} == {}


@pytest.mark.parametrize("route", LINES)
def test_who_is_not_signed_in_is_asked_to_or_turned_away(cast, route):
    address = TOPIC_OF[route].addresses(cast)[route]
    answer = Client().get(address)
    assert answer.status_code == LINES[route].anonymous
    if answer.status_code == 302:
        assert answer.url.startswith("/konto/logga-in/")


@pytest.mark.parametrize("route", [route for route, line in LINES.items() if line.post])
def test_a_form_from_another_site_is_refused(cast, route):
    person = next(iter(next(iter(LINES[route].post.values()))))
    client = Client(enforce_csrf_checks=True)
    client.force_login(getattr(cast, person))
    assert client.post(TOPIC_OF[route].addresses(cast)[route]).status_code == 403


@pytest.mark.parametrize("route", [route for route in LINES if "<slug:place>" in route])
def test_a_place_that_is_not_there_is_not_found(cast, route):
    address = TOPIC_OF[route].addresses(cast)[route]
    place = address.split("/")[2]
    client = Client()
    client.force_login(cast.editor)
    for verb in ("get", "post"):
        answer = asked(client, verb, address.replace(f"/samverkan/{place}/", "/samverkan/atlantis/"))
        assert answer.status_code in (404, 405)
