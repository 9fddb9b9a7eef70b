"""Decided versions as pages, and what differs between two of them."""

import pytest
from django.test import Client
from django.urls import reverse

from plans import editing, open_format, versions, workflow
from plans.models import ActionPlan, PlanVersion
from tests.plans import stages
from tests.plans.test_page import grow, html, words

PAGE = "/planer/skarholmen/2025/"
VERSION = f"{PAGE}version/1/"
COMPARE = f"{PAGE}jamfor/"


@pytest.fixture
def sign_in():
    """Return a browser signed in as the person."""

    def browser(user):
        client = Client()
        client.force_login(user)
        return client

    return browser


@pytest.fixture
def editor(sign_in, cast):
    return sign_in(cast.editor)


@pytest.fixture
def decided(plan, cast):
    """The plan as decided once."""
    return stages.reach(plan, cast, "decided")


@pytest.fixture
def second(decided, cast):
    """A second version is being written; the first action of the plan says something new."""
    workflow.take(decided, "start_version", by=cast.editor, reason="Ny lägesbild")
    plan = ActionPlan.objects.with_place().get(pk=decided.pk)
    action = first_action(plan)
    values = {"text": "Nattvandra varje fredag", "when": "Hösten 2025"}
    editing.set_fields(plan, "action", action.uid, values, version=action.version, by=cast.editor)
    return plan


@pytest.fixture
def decided_again(second, cast):
    """The second version is decided too."""
    for stage in ("shared", "in_review", "reviewed", "ready_for_decision", "decided"):
        getattr(stages, f"_{stage}")(ActionPlan.objects.with_place().get(pk=second.pk), cast)
    return ActionPlan.objects.with_place().get(pk=second.pk)


def first_action(plan):
    return plan.actions.get(position=1, problem__position=1, problem__plan_area__position=1)


# --- A version as it was decided


def test_a_version_says_what_was_decided_by_whom_and_when(editor, decided):
    page = words(editor.get(VERSION))
    assert "Åtgärdsplan 2025, Skärholmen – version 1" in page
    assert "12 mars 2025" in page
    assert "Lokal styrgrupp Skärholmen" in page
    assert "Styrgruppsmöte 1" in page
    assert "Ja, det är den senast beslutade versionen" in page
    assert decided.versions.get().sha256 in page


def test_a_version_is_read_from_what_was_frozen_and_not_from_the_rows(editor, second):
    old = first_action(second)
    page = words(editor.get(VERSION))
    assert old.text == "Nattvandra varje fredag"
    assert "Nattvandra varje fredag" not in page
    assert "Nattvandra varje fredag" in words(editor.get(PAGE))


def test_what_was_frozen_is_read_as_it_is_and_what_was_changed_since_as_a_file_from_outside(decided, monkeypatch):
    version = decided.versions.get()
    assert versions.document_of(version) == open_format.loads(version.document)
    changed = PlanVersion(document=version.document.replace('"problems"', '"problem"'), sha256=version.sha256)
    with pytest.raises(open_format.OpenFormatError):
        versions.document_of(changed)
    # The checksum says that it is what we wrote: the schema is not asked again.
    monkeypatch.setattr(open_format, "_check", None)
    assert versions.document_of(version).areas


def test_a_version_has_the_tabs_and_the_grid_of_the_plan_and_nothing_to_write_in(editor, decided):
    for position in range(1, 6):
        address = VERSION if position == 1 else f"{VERSION}omrade/{position}/"
        page = html(editor.get(address))
        assert page.count('aria-current="page"') >= 1
        assert '<table class="plan"' in page
        assert "data-uid" not in page
    assert editor.get(f"{VERSION}omrade/6/").status_code == 404
    assert editor.get(f"{VERSION}omrade/0/").status_code == 404


def test_the_analysis_of_a_version_counts_what_it_held(editor, second, cast):
    editing.remove(second, "action", first_action(second).uid, by=cast.editor)
    assert "Summa 14 26 31" in words(editor.get(f"{VERSION}analys/"))
    assert "Summa 14 26 30" in words(editor.get(f"{PAGE}analys/"))


def test_a_version_that_has_been_replaced_says_by_which_and_when(editor, decided_again):
    page = words(editor.get(VERSION))
    assert "då version 2 beslutades" in page
    assert "Ersatt" in page
    assert "Jämför version 1 med version 2" in page
    assert "Gäller" in words(editor.get(f"{PAGE}version/2/"))


@pytest.mark.parametrize("address", [VERSION, f"{VERSION}analys/", f"{VERSION}omrade/2/", COMPARE])
def test_who_may_not_read_a_version_does_not_find_it(sign_in, cast, decided, address):
    seen = {person: sign_in(getattr(cast, person)).get(address).status_code for person in (
        "editor", "police", "steering", "registrar", "neighbour", "city_preparation", "external", "stranger",
        "administrator",
    )}  # fmt: skip
    assert {person for person, status in seen.items() if status == 200} == {
        "editor", "police", "steering", "registrar", "neighbour",
    }  # fmt: skip
    assert set(seen.values()) == {200, 404}


def test_the_citys_groups_find_a_version_when_it_has_been_sent_to_them(sign_in, cast, plan):
    stages.reach(plan, cast, "submitted")
    assert sign_in(cast.city_preparation).get(VERSION).status_code == 200


def test_a_version_that_is_not_there_is_not_found(editor, decided):
    assert editor.get(f"{PAGE}version/2/").status_code == 404
    assert editor.get("/planer/farsta/2025/version/1/").status_code == 404


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}omrade/2/", f"{PAGE}analys/"])
def test_who_may_not_read_the_draft_is_sent_to_the_version_in_force(sign_in, cast, second, address):
    for person in (cast.neighbour, cast.steering, cast.registrar):
        response = sign_in(person).get(address)
        assert (response.status_code, response["Location"]) == (302, VERSION)
    for person in (cast.stranger, cast.city_preparation):
        assert sign_in(person).get(address).status_code == 404
    assert sign_in(cast.editor).get(address).status_code == 200


def test_a_tab_that_is_not_there_is_not_found_also_when_there_is_a_version(editor, second):
    assert editor.get(f"{PAGE}omrade/99/").status_code == 404


# --- What differs


def test_the_comparison_marks_the_words_and_says_them(editor, second):
    page = words(editor.get(f"{COMPARE}?fran=1&till=nu"))
    assert "Ändrat sedan version 1" in page
    assert "1 åtgärd ändrad, 0 tillagda, 0 borttagna" in page
    assert "Lagt till:" in page
    assert "Tagit bort:" in page
    assert "Hela området är oförändrat." in page
    assert "3 orsaker oförändrade" in page


def test_without_choosing_one_sees_what_is_written_beside_the_version_in_force(sign_in, cast, second):
    assert "Ändrat sedan version 1" in words(sign_in(cast.editor).get(COMPARE))
    assert "bara en version" in words(sign_in(cast.neighbour).get(COMPARE))


def test_without_choosing_one_sees_the_two_latest_versions_of_a_decided_plan(sign_in, cast, decided_again):
    for person in (cast.editor, cast.neighbour):
        assert "Från version 1 till version 2" in words(sign_in(person).get(COMPARE))


def test_a_plan_that_has_never_been_decided_has_nothing_to_compare(sign_in, cast, plan):
    assert "är inte beslutad än" in words(sign_in(cast.editor).get(COMPARE))
    assert sign_in(cast.neighbour).get(COMPARE).status_code == 404


@pytest.mark.parametrize(
    "chosen", ["fran=2", "till=7", "fran=nu&till=1", "fran=x", "fran=", "till=", "fran=1&till=nu%00", "fran=-1"]
)
def test_what_is_not_there_to_compare_is_not_found(editor, second, chosen):
    assert editor.get(f"{COMPARE}?{chosen}").status_code == 404


def test_the_draft_is_compared_only_for_one_who_may_read_it(sign_in, cast, second):
    for person in (cast.neighbour, cast.steering, cast.city_steering):
        response = sign_in(person).get(f"{COMPARE}?fran=1&till=nu")
        assert response.status_code == 404
        assert "Nattvandra varje fredag" not in response.content.decode()


def test_a_version_compared_with_itself_says_that_nothing_differs(editor, second):
    assert "Inget skiljer." in words(editor.get(f"{COMPARE}?fran=1&till=1"))


def test_the_whole_text_is_shown_to_one_who_asks_for_it(editor, second):
    last = second.actions.filter(problem__plan_area__position=5).order_by("problem__position", "position").last()
    assert last.text.split("\n")[0] not in html(editor.get(f"{COMPARE}?fran=1&till=nu"))
    assert last.text.split("\n")[0] in html(editor.get(f"{COMPARE}?fran=1&till=nu&allt=1"))


def test_added_removed_and_moved_rows_are_told(editor, second, cast):
    first = first_action(second)
    editing.remove(second, "action", first.problem.actions.get(position=2).uid, by=cast.editor)
    editing.add(second, "problem", first.problem.plan_area_id, by=cast.editor)
    page = words(editor.get(COMPARE))
    for said in ("Borttagen åtgärd", "Nytt problemområde", "Ny orsak", "Ny åtgärd"):
        assert said in page


def test_text_that_looks_like_markup_is_compared_as_text(editor, second, cast):
    action = first_action(second)
    values = {"text": "<script>alert(1)</script>"}
    editing.set_fields(second, "action", action.uid, values, version=action.version, by=cast.editor)
    page = html(editor.get(COMPARE))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


# --- Cost


@pytest.mark.parametrize(
    ("address", "most"),
    [(VERSION, 14), (f"{VERSION}analys/", 14), (f"{COMPARE}?fran=1&till=2", 8), (f"{COMPARE}?fran=1&till=nu", 17)],
    # The plan as it now stands is read with all its parts, targets and commitments too: 10.
)
def test_the_number_of_queries_does_not_grow(editor, cast, plan, address, most, django_assert_max_num_queries):
    decided = stages.reach(plan, cast, "decided")
    copy_of_version(decided, 2)
    with django_assert_max_num_queries(most) as few:
        editor.get(address)
    grow(decided, 100)
    for number in range(3, 8):
        copy_of_version(decided, number)
    with django_assert_max_num_queries(len(few.captured_queries)):
        editor.get(address)


def copy_of_version(plan, number):
    """Freeze the plan as it stands as that version."""
    ActionPlan.objects.filter(pk=plan.pk).update(version=number)
    plan = ActionPlan.objects.with_place().get(pk=plan.pk)
    return versions.freeze(plan, stages.DECISION, by=None)


def test_the_addresses_are_those_that_are_mailed(cast, decided):
    assert decided.versions.get().get_absolute_url() == VERSION
    assert reverse("plans:compare", args=["skarholmen", 2025]) == COMPARE
    assert PlanVersion.objects.visible_to(cast.stranger).count() == 0
