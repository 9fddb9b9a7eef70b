"""The overview of the cooperation, the reminders and the mail's page, with something late and something that fails."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from agreements.models import Agreement, CollaborationGroup, Meeting, OutgoingMail, Place, PlanningCycle
from tests.browser.conftest import barriers, sign_in
from tests.browser.reach import tabbed_through
from tests.browser.test_pages import DESK, PHONE, ZOOMED, walk, wider_than_the_window

PAGES = {
    "editor": {"hub": "/samverkan/skarholmen/", "start": "/", "reminders": "/konto/paminnelser/"},
    "external": {"hub": "/samverkan/skarholmen/"},
    "city_preparation": {"home": "/samverkan/", "city": "/samverkan/staden/"},
    "administrator": {"mail": "/samverkan/brev/", "start": "/"},
}


@pytest.fixture
def busy(cast):
    """A place with an agreement that is late, meetings and places; letters that fail."""
    today = timezone.localdate()
    PlanningCycle.objects.filter(year=2025).update(pictures_due=date(2024, 10, 31), decision_due=date(2055, 3, 31))
    Agreement.objects.create(
        district=cast.district, title="Överenskommelse", area_set=cast.area_set, state="signed",
        signed_on=today - timedelta(days=800),
    )  # fmt: skip
    for slug in ("local-working-skarholmen", "local-steering-skarholmen"):
        group = CollaborationGroup.objects.get(slug=slug)
        on = today + timedelta(days=9)
        Meeting.objects.create(group=group, title="Styrgruppsmöte 1", on=on, starts_at=time(13))
    for number in range(6):
        Place.objects.create(
            district=cast.district, slug=f"p{number}", name=f"Kollektivtrafikknutpunkten {number}",
            valid_from=date(2024, 1, 1), vulnerability="vulnerable",
        )  # fmt: skip
    for number, state in enumerate(("waiting", "given_up")):
        OutgoingMail.objects.create(
            key=f"invitation:{number}", to=f"ett.mycket.langt.namn.{number}@trafikkontoret.stockholm.example",
            state=state,
            subject="Inbjudan", attempts=12, next_attempt_at=timezone.now(),
            last_error="E-postservern tar inte emot brev till adressen (svar 550).",
        )  # fmt: skip
    return cast


@pytest.mark.parametrize("person", PAGES)
def test_no_page_has_a_barrier_at_any_size(site, page, busy, person):
    sign_in(page.context, getattr(busy, person), site)
    for size in (DESK, PHONE, ZOOMED):
        page.set_viewport_size(size)
        assert walk(page, site, PAGES[person], barriers, wider_than_the_window, tabbed_through) == {}


def test_reminders_are_chosen_with_the_keyboard_alone(site, page, cast):
    sign_in(page.context, cast.editor, site)
    page.goto(f"{site}/konto/paminnelser/")
    first = page.get_by_role("group", name="Det som väntar på dig").get_by_role("radio", name="Varje vardag")
    expect(first).to_be_checked()
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Dina val är sparade.")).to_be_visible()
    group = page.get_by_role("group", name="Det som väntar på dig")
    expect(group.get_by_role("radio", name="Varje måndag")).to_be_checked()
