"""A district without a plan starts one: empty with the year's areas, or from a workbook."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from plans.models import ActionPlan

START = reverse("plans:start", args=["skarholmen", 2025])
PLAN = reverse("plans:plan", args=["skarholmen", 2025])


@pytest.mark.django_db
class TestStarting:
    def test_the_editor_is_offered_both_ways(self, client, cast):
        client.force_login(cast.editor)
        page = client.get(START)
        assertContains(page, "tom plan")
        assertContains(page, "arbetsbok")
        assertContains(page, reverse("plans:import", args=["skarholmen", 2025]))

    def test_an_empty_plan_begins_with_the_areas_of_the_year(self, client, cast):
        client.force_login(cast.editor)
        assertRedirects(client.post(START), PLAN)
        plan = ActionPlan.objects.get()
        codes = [area.area.code for area in plan.planareas.all()]
        assert codes == [area.code for area in cast.cycle.area_set.areas.all()]
        assert plan.events.get().by == cast.editor

    def test_looking_at_the_page_starts_nothing(self, client, cast):
        client.force_login(cast.editor)
        client.get(START)
        assert not ActionPlan.objects.exists()

    def test_a_plan_that_exists_is_opened_instead(self, client, cast, plan):
        client.force_login(cast.editor)
        for response in (client.get(START), client.post(START)):
            assertRedirects(response, PLAN)
        assert ActionPlan.objects.count() == 1

    def test_a_year_the_city_has_not_opened_is_not_found(self, client, cast):
        client.force_login(cast.editor)
        assert client.get(reverse("plans:start", args=["skarholmen", 2031])).status_code == 404

    @pytest.mark.parametrize("verb", ["get", "post"])
    def test_a_co_writer_is_told_who_starts_it(self, client, cast, verb):
        client.force_login(cast.co_writer)
        assertContains(getattr(client, verb)(START), "trygghetsstrateg", status_code=403)
        assert not ActionPlan.objects.exists()

    @pytest.mark.parametrize("person", ["police", "steering", "registrar", "city_preparation", "neighbour", "stranger"])
    @pytest.mark.parametrize("verb", ["get", "post"])
    def test_no_plan_and_a_plan_one_may_not_see_look_the_same(self, client, cast, person, verb):
        client.force_login(getattr(cast, person))
        assert getattr(client, verb)(START).status_code == 404
        client.force_login(cast.editor)
        client.post(START)
        client.force_login(getattr(cast, person))
        assert getattr(client, verb)(START).status_code == 404

    def test_one_who_is_not_signed_in_is_sent_to_sign_in(self, client, cast):
        assert reverse("account_login") in client.get(START).url
