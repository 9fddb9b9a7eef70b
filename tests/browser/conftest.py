"""Driving the pages in the system's Chromium, against a server with a database file as in `make run`."""

import json
import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from plans import editing, open_format
from plans.models import ActionPlan
from scripts.system_packages import chromium
from tests.browser.grid import Grid
from tests.cast import Cast

# Playwright keeps an event loop running in the thread of the test, where Django
# would else refuse to reach the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# Only looked in where the system has no Chromium; see scripts/setup.
os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", str(settings.BASE_DIR / ".venv" / "browsers"))

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DATA = Path(__file__).resolve().parent.parent / "data"
PATIENCE = 20_000
"""How many milliseconds a page may take before a test gives it up, on whichever machine it runs."""
expect.set_options(timeout=PATIENCE)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The system's Chromium if there is one, which keeps to itself."""
    path = chromium()
    return {**browser_type_launch_args, "args": QUIET, **({"executable_path": path} if path else {})}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A Swedish reader at 1440 px."""
    return {
        **browser_context_args,
        "locale": "sv-SE",
        "timezone_id": "Europe/Stockholm",
        "viewport": {"width": 1440, "height": 900},
    }


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """A file instead of SQLite's memory, which the server's threads could not write to at the same time."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = tmp_path_factory.mktemp("database") / "browser.sqlite3"


@pytest.fixture
def site(live_server, page, watched):
    """The address of the running site; a page that fails behind the reader's back fails the test."""
    watched(page)
    return live_server.url


@pytest.fixture
def watched():
    """Call it with a page that is to fail the test when something in it breaks without a word."""
    failures = []

    def on_response(response):
        """A page may answer 403 or 404 when that is what is tested; a style sheet or a script may not."""
        if response.status >= 500 or (response.status >= 400 and "/static/" in response.url):
            failures.append(f"{response.status} {response.url}")

    def on_console(message):
        """What the content security policy refused is said here."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            failures.append(f"Console: {message.text}")

    def watch(page):
        page.set_default_timeout(PATIENCE)
        page.on("response", on_response)
        page.on("console", on_console)
        page.on("pageerror", lambda error: failures.append(f"JavaScript: {error}"))
        return page

    yield watch
    assert not failures, failures


@pytest.fixture
def browser_of(live_server, browser, browser_context_args, watched):
    """Call it with a person, and what their browser is like, for a page where they are signed in."""
    contexts = []

    def open_browser(user, **differs):
        context = browser.new_context(**browser_context_args, **differs)
        contexts.append(context)
        sign_in(context, user, live_server.url)
        return watched(context.new_page())

    yield open_browser
    for context in contexts:
        context.close()


def sign_in(context, user, url):
    """Give the browser a session of the person, where the sign-in page is not what is tested."""
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


# --- What there is to read and write


@pytest.fixture
def cast(transactional_db):
    """Everybody, in a city with Skärholmen and Farsta and no plan yet."""
    return Cast()


@pytest.fixture
def plan(cast):
    """Skärholmen's plan for 2025 with its real content, as a draft that is shared."""
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    content = open_format.from_data(json.loads((DATA / "skarholmen-2025.json").read_text(encoding="utf-8")))
    editing.replace_content(plan, content, by=cast.editor, summary="Läste in planen")
    ActionPlan.objects.filter(pk=plan.pk).update(shared_at=timezone.now())
    return ActionPlan.objects.get(pk=plan.pk)


@pytest.fixture
def grid(site, page, plan, cast):
    """The plan's page, with the person who writes it signed in; no tab opened yet."""
    sign_in(page.context, cast.editor, site)
    return Grid(page, f"{site}{plan.get_absolute_url()}")


@pytest.fixture
def assert_accessible(page):
    """Call it to fail if axe finds a violation of WCAG 2.2 AA or of good practice on the page as it stands."""

    def check():
        assert barriers(page) == []

    return check


def barriers(page):
    """Return what axe finds wrong on the page as it stands, a line for each place."""
    page.wait_for_load_state()  # one that has only begun to arrive lacks what comes last
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"], "preload": False}
    found = Axe().run(page, options=options)
    return [
        f"{rule['id']}: {place['failureSummary']} {place['html'][:300]}"
        for rule in found.response["violations"]
        for place in rule["nodes"]
    ]
