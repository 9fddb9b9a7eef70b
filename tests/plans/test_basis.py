"""What a plan stands on: the agreement, the areas and the picture that held when it began, kept when new ones come."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from agreements.enums import AgreementState, PictureState, Producer
from agreements.models import Agreement, PriorityArea, PriorityAreaSet, SituationPicture
from agreements.pictures import workflow as pictures
from plans import basis, editing, versions
from plans.enums import PlanState
from plans.errors import EditRefused
from plans.exports import objectives_of
from plans.models import ActionPlan, PlanEvent
from tests.cast import Cast
from tests.plans import stages


@pytest.fixture
def cast(db):
    return Cast()


def agreement(cast, version=1, state=AgreementState.SIGNED, **more):
    values = {"district": cast.district, "title": "Överenskommelse", "signed_on": date(2024, 3, 4)} | more
    return Agreement.objects.create(area_set=cast.area_set, version=version, state=state, **values)


def picture(cast, year=2025, state=PictureState.CONFIRMED, **more):
    values = {"district": cast.district, "title": f"Lägesbild {year}", "confirmed_on": date(year - 1, 11, 12)} | more
    return SituationPicture.objects.create(producer=Producer.JOINT, year=year, state=state, **values)


def begun(cast):
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    return ActionPlan.objects.with_place().get(pk=plan.pk)


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_plan_names_what_holds_when_it_begins(cast):
    held, seen = agreement(cast), picture(cast)
    agreement(cast, version=2, state=AgreementState.DRAFT, signed_on=None)
    plan = begun(cast)
    assert (plan.agreement, plan.area_set, plan.picture) == (held, cast.area_set, seen)


def test_without_an_agreement_or_a_picture_the_plan_says_so(cast):
    plan = begun(cast)
    assert [each.text for each in basis.told(plan, cast.editor)] == [
        "ingen överenskommelse",
        "områdena «Fem områden»",
        "ingen fastställd lägesbild",
    ]


def test_a_plan_keeps_what_it_stands_on_when_new_ones_come(cast):
    held, seen = agreement(cast), picture(cast)
    plan = begun(cast)
    Agreement.objects.filter(pk=held.pk).update(state=AgreementState.SUPERSEDED)
    SituationPicture.objects.filter(pk=seen.pk).update(state=PictureState.SUPERSEDED)
    agreement(cast, version=2)
    picture(cast, 2026)
    plan = ActionPlan.objects.with_place().get(pk=plan.pk)
    assert (plan.agreement, plan.picture) == (held, seen)
    shown = client_of(cast.editor).get(plan.get_absolute_url()).content.decode()
    assert "överenskommelse version 1, undertecknad 4 mars 2024" in shown
    assert "lägesbild 2025, fastställd 12 november 2024" in shown


def test_p08_a_plan_keeps_its_edition_of_the_areas_when_the_year_gets_another(cast):
    plan = begun(cast)
    goal = cast.area_set.areas.first().objectives.create(number=1, text="Det gamla målet")
    new = PriorityAreaSet.objects.create(code="ny", name="Nya områden", valid_from=date(2025, 6, 1))
    area = PriorityArea.objects.create(area_set=new, number=1, code="nytt", title="Nytt", short_title="N", sheet="1. N")
    area.objectives.create(number=1, text="Det nya målet")
    cast.cycle.area_set = new
    cast.cycle.save()
    plan = ActionPlan.objects.with_place().get(pk=plan.pk)
    assert basis.areas_of(plan) == cast.area_set
    assert objectives_of(plan) == {goal.area.code: ["Det gamla målet"]}
    other = editing.create_plan(cast.other_district, cast.cycle, by=cast.neighbour)
    assert list(other.planareas.values_list("area__code", flat=True)) == ["nytt"]


def test_a_plan_from_before_it_was_kept_has_the_areas_of_its_year(cast):
    plan = begun(cast)
    ActionPlan.objects.filter(pk=plan.pk).update(area_set=None)
    assert basis.areas_of(ActionPlan.objects.get(pk=plan.pk)) == cast.cycle.area_set


def test_what_it_stands_on_is_a_link_for_those_who_may_read_it(cast):
    held, seen = agreement(cast), picture(cast)
    plan = begun(cast)
    addresses = [each.address for each in basis.told(plan, cast.editor)]
    assert addresses == [
        reverse("cooperation:agreement", args=["skarholmen", held.version]),
        "/samverkan/staden/omraden/",
        pictures.address_of(seen),
    ]
    assert [each.address for each in basis.told(plan, cast.neighbour)][2] == ""
    assert client_of(cast.editor).get(addresses[2]).status_code == 200


def test_the_writer_of_a_draft_chooses_another_and_it_is_in_the_history(cast):
    agreement(cast)
    plan = begun(cast)
    seen = picture(cast)
    page, where = client_of(cast.editor), reverse("plans:basis", args=["skarholmen", 2025])
    posted = {"seen_agreement": str(plan.agreement_id), "seen_picture": "", "agreement": "", "picture": str(seen.pk)}
    assert page.post(where, posted).status_code == 302
    plan.refresh_from_db()
    assert (plan.agreement, plan.picture) == (None, seen)
    told = "Bytte underlag: ingen överenskommelse, lägesbild 2025, fastställd 12 november 2024"
    assert plan.events.first().summary == told
    assert told in page.get(reverse("plans:history", args=["skarholmen", 2025])).content.decode()


def test_what_somebody_else_has_chosen_meanwhile_stands(cast):
    plan, seen = begun(cast), picture(cast)
    basis.change(plan, None, seen, seen=("", ""), by=cast.editor)
    with pytest.raises(EditRefused, match="Någon annan har bytt underlag"):
        basis.change(plan, agreement(cast), None, seen=("", ""), by=cast.editor)
    plan.refresh_from_db()
    assert (plan.agreement, plan.picture) == (None, seen)


@pytest.mark.parametrize("wrong", ["another district's", "a draft", "a discarded draft", "an unconfirmed picture"])
def test_only_what_the_place_itself_has_signed_and_confirmed_can_be_chosen(cast, wrong):
    plan = begun(cast)
    chosen = {
        "another district's": lambda: (agreement(cast, district=cast.other_district), None),
        "a draft": lambda: (agreement(cast, state=AgreementState.DRAFT, signed_on=None), None),
        "a discarded draft": lambda: (agreement(cast, state=AgreementState.DISCARDED, signed_on=None), None),
        "an unconfirmed picture": lambda: (None, picture(cast, state=PictureState.DRAFT, confirmed_on=None)),
    }[wrong]()
    with pytest.raises(EditRefused, match="från samma område"):
        basis.change(plan, *chosen, seen=("", ""), by=cast.editor)
    assert not PlanEvent.objects.filter(plan=plan, summary__startswith="Bytte").exists()


def test_only_a_draft_changes_what_it_stands_on_and_only_by_its_writer(cast):
    plan, seen = begun(cast), picture(cast)
    with pytest.raises(PermissionDenied):
        basis.change(plan, None, seen, seen=("", ""), by=cast.co_writer)
    ActionPlan.objects.filter(pk=plan.pk).update(state=PlanState.IN_REVIEW)
    with pytest.raises(EditRefused, match="inte ett utkast"):
        basis.change(plan, None, seen, seen=("", ""), by=cast.editor)


def test_a_decided_version_keeps_what_it_stood_on(cast):
    agreement(cast)
    picture(cast)
    plan = begun(cast)
    version = versions.freeze(plan, stages.DECISION, by=None)
    ActionPlan.objects.filter(pk=plan.pk).update(agreement=None, picture=None)
    assert basis.told_of_version(version) == [
        "överenskommelse version 1, undertecknad 4 mars 2024",
        "områdena «Fem områden»",
        "lägesbild 2025, fastställd 12 november 2024",
    ]
    shown = client_of(cast.editor).get(version.get_absolute_url()).content.decode()
    assert "Överenskommelse version 1, undertecknad 4 mars 2024" in shown


def test_a_version_from_before_it_was_kept_says_nothing_of_it(cast):
    version = versions.freeze(begun(cast), stages.DECISION, by=None)
    version.facts.pop("basis")
    assert basis.told_of_version(version) == []
