"""The annual report read at 400 per cent: nothing of it is outside the window (WCAG 1.4.10)."""

import pytest
from django.utils import timezone

from followup.models import Obstacle
from tests.browser.conftest import sign_in
from tests.browser.reach import WIDER
from tests.followup.reported import handed_in

ZOOMED = {"width": 320, "height": 256}  # 1280 × 1024 at 400 %


@pytest.mark.parametrize("address", ["/arsrapport/", "/arsrapport/2025/"])
def test_the_reports_and_a_years_report_are_as_narrow_as_the_window(site, page, cast, address):
    plan = handed_in(cast).plan
    now = timezone.now()
    Obstacle.objects.create(
        plan=plan, district=plan.district, title="Belysningen", text="Den saknas.", reported_by=cast.neighbour,
        state="escalated_to_central", last_answer_at=now, escalated_at=now,
    )  # fmt: skip
    sign_in(page.context, cast.city_preparation, site)
    page.set_viewport_size(ZOOMED)
    page.goto(f"{site}{address}")
    assert page.evaluate(WIDER) == []
