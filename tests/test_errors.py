"""What people meet when an address is not for what they did."""

import pytest
from django.test import Client

from tests.cast import Cast

POSTED_ONLY = "/planer/skarholmen/2025/cell/"


@pytest.fixture
def client(db):
    client = Client()
    client.force_login(Cast().editor)
    return client


def test_who_opens_the_address_of_a_button_is_told_where_to_find_it(client):
    answer = client.get(POSTED_ONLY)
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert "Adressen hör till en knapp." in answer.content.decode()
    assert 'href="/"' in answer.content.decode()


def test_what_is_not_a_page_that_somebody_opens_is_answered_without_one(client):
    assert client.get(POSTED_ONLY, headers={"HX-Request": "true"}).content == b""
    assert client.put(POSTED_ONLY).content == b""
