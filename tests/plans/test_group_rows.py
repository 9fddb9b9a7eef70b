"""The rows of a plan that a working group works on: chosen in the plan, shown beside the row and on its own page."""

import html
import re

import pytest
from django.test import Client

from agreements.groups.composition import work_of
from agreements.models import CollaborationGroup
from plans import editing, group_rows
from plans.models import GroupRow
from tests.cast import START

GROUP = "/samverkan/skarholmen/grupper/local-working-skarholmen/"
CHOOSE = "/planer/skarholmen/2025/arbetsgrupper/local-working-skarholmen/"


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def words(answer):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r" +([.,:)])", r"\1", " ".join(html.unescape(text).split()))


@pytest.fixture
def group(cast):
    return CollaborationGroup.objects.get(slug="local-working-skarholmen")


@pytest.fixture
def action(plan):
    return plan.actions.order_by("pk").first()


def choose(user, *rows, seen=()):
    return signed_in(user).post(CHOOSE, {"rad": [str(row.pk) for row in rows], "vald": [str(row.pk) for row in seen]})


def test_the_preparation_group_chooses_what_a_working_group_works_on(cast, plan, action):
    page = signed_in(cast.editor).get(GROUP)
    assert "Välj rader i åtgärdsplan 2025" in words(page) and CHOOSE in page.content.decode()
    assert choose(cast.editor, action).url == GROUP
    page = signed_in(cast.editor).get(GROUP)
    assert f"/planer/skarholmen/2025/rad/action/{action.pk}/" in page.content.decode()
    assert "Åtgärd i åtgärdsplan 2025" in words(page)
    assert f'value="{action.pk}" checked' in " ".join(signed_in(cast.editor).get(CHOOSE).content.decode().split())


def test_the_row_says_which_group_works_on_it(cast, plan, action, group):
    address = f"/planer/skarholmen/2025/rad/action/{action.pk}/"
    assert "Arbetsgrupp:" not in words(signed_in(cast.editor).get(address))
    choose(cast.editor, action)
    for person in (cast.editor, cast.co_writer):  # who writes in a form, and who reads
        answer = signed_in(person).get(address)
        assert "Arbetsgrupp: working skarholmen" in words(answer) and GROUP in answer.content.decode()
    CollaborationGroup.objects.filter(pk=group.pk).update(valid_to=START)
    assert "Arbetsgrupp:" not in words(signed_in(cast.editor).get(address))


def test_who_does_not_read_the_plan_sees_no_row_of_it(cast, plan, action, group):
    choose(cast.editor, action)
    assert len(work_of(group, cast.editor).rows) == 1
    for person in (cast.police, cast.working):  # the draft is not shared with them
        assert work_of(group, person).rows == []
        assert signed_in(person).get(CHOOSE).status_code == 404


def test_others_who_read_the_plan_do_not_choose(cast, plan):
    answer = signed_in(cast.co_writer).get(CHOOSE)
    assert answer.status_code == 403 and "som tillsätter arbetsgrupper" in words(answer)


def test_only_a_working_group_of_the_same_place_works_on_rows(cast, plan):
    assert signed_in(cast.editor).get(CHOOSE.replace("working", "steering")).status_code == 404
    assert signed_in(cast.editor).get(CHOOSE.replace("working-skarholmen", "preparation-farsta")).status_code == 404


def test_what_somebody_else_has_chosen_meanwhile_stays(cast, plan, group):
    mine, theirs, before = plan.actions.order_by("pk")[:3]
    choose(cast.editor, before)
    choose(cast.editor, before, theirs, seen=[before])
    choose(cast.editor, mine, seen=[before])  # from a page opened before the other's choice
    assert group_rows.chosen_rows(plan, group) == {str(mine.pk), str(theirs.pk)}


def test_a_row_that_is_not_in_the_plan_is_not_chosen(cast, plan, group):
    signed_in(cast.editor).post(CHOOSE, {"rad": ["6d1f1f30-0000-4000-8000-000000000000", "skräp"], "vald": ["skräp"]})
    assert not GroupRow.objects.exists()


def test_a_row_that_is_removed_and_taken_back_still_has_its_group(cast, plan, action, group):
    choose(cast.editor, action)
    event = editing.remove(plan, "action", action.pk, by=cast.editor)
    assert work_of(group, cast.editor).rows == []
    editing.undo(plan, event, by=cast.editor)
    assert len(work_of(group, cast.editor).rows) == 1


def test_many_rows_cost_no_more_queries(cast, plan, group, django_assert_num_queries):
    work_of(group, cast.editor)
    for count in (2, 12):
        choose(cast.editor, *plan.actions.all()[:count], *plan.problems.all()[:count], *plan.causes.all()[:count])
        with django_assert_num_queries(6):
            assert len(work_of(group, cast.editor).rows) >= count
