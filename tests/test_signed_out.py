"""A form that is sent when its session has ended: what was written comes back, to whoever sent it and nobody else."""

import re
import uuid
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

FORM = "/samverkan/skarholmen/lagesbilder/2025/staden/iakttagelse/ny/"
WRITTEN = {"title": "Fler rån vid torget", "text": "Första raden\r\nandra raden", "trend": "up", "row_version": "3"}


def send(values=WRITTEN, address=FORM, **more):
    return Client().post(address, values, **more)


def texts(answer):
    """The texts that the page shows, as they were written."""
    return [
        unescape(text) for text in re.findall(r"<textarea[^>]*readonly>\n(.*?)</textarea>", said(answer), re.DOTALL)
    ]


def said(answer):
    return answer.content.decode()


def is_sent_to_sign_in(answer):
    return answer.status_code == 302 and answer["Location"].startswith("/konto/logga-in/")


def test_what_was_written_comes_back_and_is_to_be_kept_nowhere():
    answer = send()
    assert answer.status_code == 401
    assert "Du har loggats ut. Texten är inte sparad, men den finns här." in said(answer)
    assert texts(answer) == [WRITTEN["title"], WRITTEN["text"]]
    assert "no-store" in answer["Cache-Control"]


def test_everything_in_the_form_goes_to_the_same_address_again():
    answer = send(WRITTEN | {"places": ["4", "7"]}, f"{FORM}?av=1&b=2")
    assert f'action="{FORM}?av=1&amp;b=2"' in said(answer)
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', said(answer))
    carried = [(name, value) for name, value in hidden if name != "csrfmiddlewaretoken"]
    assert carried == [("trend", "up"), ("row_version", "3"), ("places", "4"), ("places", "7")]


@pytest.mark.parametrize(
    "address",
    [
        "kommunikation/2025/ny/", "overenskommelser/ny/", f"orsaksanalyser/{uuid.UUID(int=1)}/orsak/ny/",
        "grupper/ny/", "platser/ny/", "lagesbilder/2025/gemensam/problem/nytt/",
    ],
)  # fmt: skip
def test_every_long_form_of_the_cooperation_keeps_its_text(address):
    assert texts(send(address=f"/samverkan/skarholmen/{address}")) == [WRITTEN["title"], WRITTEN["text"]]


def test_markup_that_somebody_wrote_is_text():
    answer = send({"text": "</textarea><script>alert(1)</script>", 'mark"up': '"><b>'})
    assert "<script>alert" not in said(answer)
    assert texts(answer)[0] == "</textarea><script>alert(1)</script>"


def test_a_page_that_is_not_ours_gets_no_text_back():
    """The token of the form is checked first."""
    answer = Client(enforce_csrf_checks=True).post(FORM, WRITTEN)
    assert answer.status_code == 403
    assert WRITTEN["title"] not in said(answer)


def test_a_password_is_never_shown():
    assert is_sent_to_sign_in(send(WRITTEN | {"oldpassword": "Hemligt ord"}))


def test_a_file_has_to_be_chosen_again():
    answer = send(WRITTEN | {"file": SimpleUploadedFile("Hemligt namn.pdf", b"%PDF-hemlig")})
    assert "Filen som du valde följde inte med." in said(answer)
    assert "emlig" not in said(answer)
    assert "Filen som du valde" not in said(send())


@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"Accept": "application/json"}, {"Sec-Fetch-Mode": "cors"}])
def test_what_a_script_sends_is_answered_as_the_script_expects(header):
    assert is_sent_to_sign_in(send(headers=header))


def test_json_is_no_form():
    assert is_sent_to_sign_in(Client().post(FORM, WRITTEN, content_type="application/json"))


def test_a_button_without_any_text_leads_to_the_sign_in_page():
    assert is_sent_to_sign_in(send({"row_version": "3", "seen": "decision_due=2025-03-31,board_due=", "step": "up"}))
    assert is_sent_to_sign_in(Client().get(FORM))


def test_who_pressed_a_button_comes_back_to_the_page_it_was_on():
    """Where the button leads there is nothing to read: a meeting's points are moved there, not shown."""
    meeting = f"/samverkan/skarholmen/moten/{uuid.UUID(int=1)}/"
    moves = f"{meeting}punkter/{uuid.UUID(int=2)}/upp/"
    answer = send({"row_version": "3"}, moves, headers={"Referer": f"http://testserver{meeting}"})
    assert parse_qs(urlsplit(answer["Location"]).query) == {"next": [meeting]}


@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [
        ("http://testserver/samverkan/skarholmen/lagesbilder/?a=1", "/samverkan/skarholmen/lagesbilder/%3Fa%3D1"),
        ("https://ondska.example/samverkan/", FORM),
        ("", FORM),
    ],
)
def test_signing_in_leads_to_the_form(came_from, leads_to):
    answer = send(headers={"Referer": came_from})
    found = re.search(r'href="/konto/logga-in/\?next=([^"]*)" target="_blank"', said(answer))
    assert found[1].replace("%2F", "/") == leads_to
