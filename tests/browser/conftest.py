"""Driving the pages in the system's Chromium, against a server with a database file as in `make run`."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from scripts.system_packages import chromium

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
def site(live_server, page):
    """The address of the running site; a page that fails behind the reader's back fails the test."""
    page.set_default_timeout(10_000)
    failures = []

    def on_response(response):
        """A page may answer 403 or 404 when that is what is tested; a style sheet or a script may not."""
        if response.status >= 500 or (response.status >= 400 and "/static/" in response.url):
            failures.append(f"{response.status} {response.url}")

    def on_console(message):
        """What the content security policy refused is said here."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            failures.append(f"Console: {message.text}")

    page.on("response", on_response)
    page.on("console", on_console)
    page.on("pageerror", lambda error: failures.append(f"JavaScript: {error}"))
    yield live_server.url
    assert not failures, failures


@pytest.fixture
def assert_accessible(page):
    """Call it to fail if axe finds a violation of WCAG 2.2 AA or of good practice on the page as it stands."""

    def check():
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        assert found.violations_count == 0, found.generate_report()

    return check
