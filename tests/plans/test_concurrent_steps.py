"""Two people who press at the same moment, through the pages, on PostgreSQL: one wins, the other is told, once."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from plans import editing, workflow
from plans.models import ActionPlan, PlanStep, PlanVersion, Submission
from tests.cast import Cast
from tests.plans import stages

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer in at a time"),
]
PLACE = ["skarholmen", 2025]
DECISION = {"decided_on": "2025-03-12", "body": "Lokal styrgrupp", "meeting": "Möte 1", "paragraph": ""}


@pytest.fixture
def cast(transactional_db):
    """Everybody, visible to every connection."""
    return Cast()


@pytest.fixture
def plan(cast):
    """Skärholmen's plan as it begins."""
    return editing.create_plan(cast.district, cast.cycle, by=cast.editor)


def colleague(user, **seat):
    """A second person with the same seat."""
    other = User.objects.create(username=f"{user.username}_2")
    membership = user.memberships.get()
    membership.pk, membership.user = None, other
    membership.save()
    return other


class Window:
    """A page with a form that somebody has open."""

    def __init__(self, user, address, **typed):
        self.client = Client()
        self.client.force_login(user)
        self.address = address
        page = self.client.get(address)
        assert page.status_code == 200, (address, page.status_code)
        inputs = re.findall(r"<input[^>]*>", page.content.decode())
        named = {self._of(tag, "name"): self._of(tag, "value") for tag in inputs if 'type="hidden"' in tag}
        self.fields = {name: value for name, value in named.items() if name != "csrfmiddlewaretoken"} | typed

    @staticmethod
    def _of(tag, attribute):
        found = re.search(rf'\b{attribute}="([^"]*)"', tag)
        return found[1] if found else ""

    def press(self):
        """Send the form; return the answer."""
        return self.client.post(self.address, self.fields)

    def is_told(self, answer):
        """Return what the person reads where the answer leads, which has to be a page of theirs."""
        if answer.status_code == 302:
            answer = self.client.get(answer.url, follow=True)
            assert answer.status_code == 200
        return answer.content.decode()


def at_once(*windows):
    """Press in all windows at the same moment, each on a connection of its own; return what each person is told."""
    together = Barrier(len(windows))

    def run(window):
        try:
            together.wait(timeout=20)
            return window.press()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(windows)) as pool:
        answers = list(pool.map(run, windows))
    assert all(answer.status_code in (302, 422) for answer in answers), [answer.status_code for answer in answers]
    return [window.is_told(answer) for window, answer in zip(windows, answers, strict=True)]


def step_page(slug):
    return reverse("plans:step", args=[*PLACE, slug])


def submission_page(slug):
    return reverse("plans:submission_step", args=[*PLACE, 1, slug])


def one_is_told(told, words):
    assert sum(words in page for page in told) == 1, [re.sub(r"\s+", " ", page)[:3000] for page in told]


def test_of_two_that_record_the_decision_one_does_and_the_plan_is_frozen_once(plan, cast):
    stages.reach(plan, cast, "ready_for_decision")
    windows = [Window(user, step_page("besluta"), **DECISION) for user in (cast.chair, colleague(cast.chair))]
    told = at_once(*windows)
    one_is_told(told, "Ditt tryck gjorde ingenting")
    assert PlanVersion.objects.count() == PlanStep.objects.filter(name="decide").count() == 1


def test_a_decision_and_a_way_back_at_once_are_one_of_them(plan, cast):
    stages.reach(plan, cast, "ready_for_decision")
    decides = Window(cast.chair, step_page("besluta"), **DECISION)
    sends_back = Window(colleague(cast.chair), step_page("aterremittera"), reason="Ett mål saknas.")
    told = at_once(decides, sends_back)
    one_is_told(told, "Ditt tryck gjorde ingenting")
    is_decided = PlanVersion.objects.exists()
    assert ActionPlan.objects.get().state == ("decided" if is_decided else "draft")
    assert PlanStep.objects.filter(name__in=["decide", "send_back"]).count() == 1


def test_the_two_parties_review_at_once_and_both_count(plan, cast):
    stages.reach(plan, cast, "in_review")
    told = at_once(*[Window(user, step_page("granskad")) for user in (cast.editor, cast.police)])
    assert not any("Ditt tryck gjorde ingenting" in page for page in told)
    assert plan.reviews.count() == 2


def test_two_of_the_same_party_review_at_once_and_it_counts_once(plan, cast):
    stages.reach(plan, cast, "in_review")
    told = at_once(*[Window(user, step_page("granskad")) for user in (cast.police, colleague(cast.police))])
    one_is_told(told, "har redan markerat planen som granskad för polisen")
    assert PlanStep.objects.filter(name="mark_reviewed").count() == 1


def test_a_change_and_a_review_at_once_never_leave_a_review_of_what_was_not_read(plan, cast):
    stages.reach(plan, cast, "in_review")
    reviews = Window(cast.police, step_page("granskad"))
    area = plan.planareas.first()
    together = Barrier(2)

    def changes():
        try:
            together.wait(timeout=20)
            editing.add(plan, "problem", area.uid, by=cast.editor)
        finally:
            connection.close()

    def presses():
        try:
            together.wait(timeout=20)
            return reviews.press()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        changing, pressing = pool.submit(changes), pool.submit(presses)
        changing.result(), pressing.result()
    assert workflow.Situation(plan, cast.police).reviews == {}


def test_a_draft_is_shared_once(plan, cast):
    told = at_once(*[Window(user, step_page("dela-med-polisen")) for user in (cast.editor, colleague(cast.editor))])
    one_is_told(told, "redan delat med polisen")
    assert PlanStep.objects.filter(name="share").count() == 1


def test_a_version_is_sent_to_the_city_once(plan, cast):
    stages.reach(plan, cast, "decided")
    users = (cast.editor, colleague(cast.editor))
    told = at_once(*[Window(user, submission_page("skicka-till-staden")) for user in users])
    one_is_told(told, "Ditt tryck gjorde ingenting")
    assert Submission.objects.count() == PlanStep.objects.filter(name="submit").count() == 1


def test_the_city_acknowledges_or_asks_for_completion_and_not_both(plan, cast):
    stages.reach(plan, cast, "submitted")
    acknowledges = Window(cast.city_preparation, submission_page("kvittera"))
    asks = Window(colleague(cast.city_preparation), submission_page("begar-komplettering"), answer="Bilaga saknas.")
    told = at_once(acknowledges, asks)
    one_is_told(told, "Ditt tryck gjorde ingenting")
    assert PlanStep.objects.filter(name__in=["acknowledge", "request_completion"]).count() == 1


def test_a_new_version_is_begun_once(plan, cast):
    stages.reach(plan, cast, "decided")
    users = (cast.editor, colleague(cast.editor))
    told = at_once(*[Window(user, step_page("ny-version"), reason="Ny lägesbild.") for user in users])
    one_is_told(told, "Ditt tryck gjorde ingenting")
    assert ActionPlan.objects.get().version == 2
