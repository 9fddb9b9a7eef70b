"""Pressing the buttons of the plan's way as a browser does: with what the page carried when it was opened."""

import re
from datetime import timedelta

from django.test import Client
from django.utils import timezone

PLACE = "/planer/skarholmen/2025/"
TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()


class Browser:
    """Somebody's browser, and the forms that it has open."""

    def __init__(self, client, person):
        client.force_login(person)
        self.client = client

    def get(self, path):
        return self.client.get(PLACE + path)

    def open(self, path):
        """Return what the form on the page carries."""
        page = self.get(path)
        assert page.status_code == 200
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)"', page.content.decode())
        return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}

    def press(self, path, carried=None, **written):
        """Press the button of the page, opened now unless it was before."""
        carried = self.open(path) if carried is None else carried
        return self.client.post(PLACE + path, carried | written)


def browser_of(person):
    """A browser of their own for the person."""
    return Browser(Client(), person)


def words(response):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())


def said(response):
    return [str(message) for message in response.wsgi_request._messages]
