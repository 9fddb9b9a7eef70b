"""The pages of the steps: what a step means, what stands in its way, and that nothing is done twice or lost."""

from datetime import date

import pytest
from django.urls import reverse

from plans import comments, editing, workflow
from plans.enums import CommentKind, PlanState
from plans.models import PlanStep
from plans.views.workflow import OUT_OF_SIGHT
from tests.plans import stages
from tests.plans.pressing import PLACE, TOMORROW, browser_of, said, words

DECISION = {
    "decided_on": "2025-03-12", "body": "Lokal styrgrupp Skärholmen", "meeting": "Styrgruppsmöte 1", "paragraph": "§ 3",
}  # fmt: skip


@pytest.fixture
def browser():
    return browser_of


def state_of(plan):
    plan.refresh_from_db()
    return plan.state


@pytest.fixture
def filled(empty_plan, cast):
    stages.leave_out_empty_areas(empty_plan, cast.editor)
    return empty_plan


# --- What a page says


def test_sharing_says_its_legal_meaning_in_one_sentence_before_it_is_done(browser, cast, filled):
    page = words(browser(cast.editor).get("steg/dela-med-polisen/"))
    law = "kommer det in till polisen, som är en annan myndighet, och blir en allmän handling där; "
    assert f"När du delar utkastet {law}det går inte att ta tillbaka." in page
    assert filled.shared_at is None


def test_sending_for_review_says_the_same_where_the_draft_has_not_been_shared(browser, cast, filled):
    path = "steg/skicka-pa-granskning/"
    assert "allmän handling" in words(browser(cast.editor).get(path))
    stages.reach(filled, cast, "shared")
    assert "allmän handling" not in words(browser(cast.editor).get(path))


@pytest.mark.parametrize(
    ("stage", "path", "person"),
    [
        ("draft", "steg/dela-med-polisen/", "editor"),
        ("draft", "steg/skicka-pa-granskning/", "editor"),
        ("in_review", "steg/granskad/", "police"),
        ("reviewed", "steg/ta-tillbaka-granskad/", "police"),
        ("reviewed", "steg/skicka-till-beslut/", "editor"),
        ("in_review", "steg/tillbaka-till-utkast/", "editor"),
        ("ready_for_decision", "steg/ta-tillbaka-fran-beslut/", "editor"),
        ("ready_for_decision", "steg/aterremittera/", "chair"),
        ("decided", "steg/ny-version/", "editor"),
    ],
)
def test_a_step_is_taken_from_its_page_and_told_in_the_log(browser, cast, filled, stage, path, person):
    plan = stages.reach(filled, cast, stage)
    before = plan.steps.count()
    step = workflow.BY_SLUG[path.split("/")[1]]
    answer = browser(getattr(cast, person)).press(path, reason="Lägesbilden är ny.")
    assert answer.status_code == 302
    assert len(said(answer)) == 1
    assert state_of(plan) == step.to(step.sources[0])
    taken = plan.steps.first()
    assert (plan.steps.count(), taken.name, taken.by) == (before + 1, step.name, getattr(cast, person))
    assert taken.reason == ("Lägesbilden är ny." if step.needs_reason else "")


def test_the_chair_who_sends_a_plan_back_is_led_to_a_page_they_may_read(browser, cast, filled):
    stages.reach(filled, cast, "ready_for_decision")
    answer = browser(cast.chair).press("steg/aterremittera/", reason="Målen går inte att följa upp.")
    assert answer.url == reverse("start")
    assert said(answer) == ["Planen är återremitterad. Trygghetsstrategen ser vad du skrev."]


# --- What stands in the way


def test_a_blocked_step_has_no_button_but_links_to_what_has_to_be_done(browser, cast, empty_plan):
    answer = browser(cast.editor).get("steg/skicka-pa-granskning/")
    assert "Det här behöver göras först" in words(answer)
    assert 'method="post"' not in answer.content.decode().split('id="innehall"')[1]
    for area in empty_plan.planareas.all():
        assert f"{PLACE}omrade/{area.position}/#rad-{area.uid}" in answer.content.decode()


@pytest.mark.parametrize("person", ["police", "editor"])
def test_who_marks_the_plan_while_something_must_be_mended_is_told_and_not_stopped(browser, cast, filled, person):
    stages.reach(filled, cast, "in_review")
    reader = browser(getattr(cast, person))
    assert "måste åtgärdas" not in words(reader.get("steg/granskad/"))
    for told in (
        "En kommentar som måste åtgärdas är inte löst. Planen kan inte skickas till beslut förrän den är det.",
        "2 kommentarer som måste åtgärdas är inte lösta. Planen kan inte skickas till beslut förrän de är det.",
    ):
        comments.write(filled, "Saknar mål", CommentKind.MUST_FIX, by=cast.police)
        page = reader.get("steg/granskad/")
        assert told in words(page)
        assert f'href="{PLACE}kommentarer/?visa=maste"' in page.content.decode()
    assert reader.press("steg/granskad/").status_code == 302
    assert filled.reviews.get().by == getattr(cast, person)


def test_taking_a_mark_back_is_told_nothing_of_what_must_be_mended(browser, cast, filled):
    stages.reach(filled, cast, "reviewed")
    comments.write(filled, "Saknar mål", CommentKind.MUST_FIX, by=cast.police)
    assert "måste åtgärdas" not in words(browser(cast.police).get("steg/ta-tillbaka-granskad/"))


def test_what_has_come_in_the_way_since_the_page_was_opened_is_told_on_it(browser, cast, filled):
    stages.reach(filled, cast, "reviewed")
    editor = browser(cast.editor)
    carried = editor.open("steg/skicka-till-beslut/")
    comments.write(filled, "Saknar mål", CommentKind.MUST_FIX, by=cast.police)
    answer = editor.press("steg/skicka-till-beslut/", carried)
    assert answer.status_code == 422
    assert "Steget togs inte." in words(answer)
    assert "kommentarer/?visa=maste" in answer.content.decode()
    assert state_of(filled) == PlanState.IN_REVIEW


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_step_back_without_a_reason_is_asked_for_one(browser, cast, filled, reason):
    stages.reach(filled, cast, "in_review")
    answer = browser(cast.editor).press("steg/tillbaka-till-utkast/", reason=reason)
    assert answer.status_code == 422
    assert "Skriv varför, så att de andra förstår vad som ska göras." in words(answer)
    assert state_of(filled) == PlanState.IN_REVIEW


def test_a_reason_with_a_personnummer_is_refused_and_kept_in_the_field(browser, cast, filled):
    stages.reach(filled, cast, "in_review")
    answer = browser(cast.editor).press("steg/tillbaka-till-utkast/", reason="Gäller 19811218-9876.")
    assert answer.status_code == 422
    assert "ser ut att innehålla ett personnummer" in words(answer)
    assert "Gäller 19811218-9876.</textarea>" in answer.content.decode()


def test_a_form_without_what_the_page_showed_is_shown_again_with_it(browser, cast, filled):
    stages.reach(filled, cast, "in_review")
    editor = browser(cast.editor)
    answer = editor.press("steg/tillbaka-till-utkast/", {"seen_step": "x"}, reason="Fel område.")
    assert answer.status_code == 422
    assert "Sidan saknar uppgift om vad du läste." in words(answer)
    assert "Fel område.</textarea>" in answer.content.decode()
    assert f'name="seen_step" value="{filled.steps.first().pk}"' in answer.content.decode()
    assert state_of(filled) == PlanState.IN_REVIEW


# --- A stale page, and two who press


def test_a_step_that_is_not_possible_now_leads_to_the_plan_with_one_sentence(browser, cast, filled):
    stages.reach(filled, cast, "in_review")
    answer = browser(cast.editor).get("steg/skicka-pa-granskning/")
    assert answer.url == PLACE
    assert said(answer) == [
        "Planen har status På granskning, så steget «Skicka på granskning» går inte att ta nu. "
        "Här ser du vad som går att göra."
    ]


def test_who_presses_second_is_told_who_did_it_and_nothing_is_done_twice(browser, cast, filled):
    editor, other = browser(cast.editor), browser(cast.editor)
    first, second = editor.open("steg/skicka-pa-granskning/"), other.open("steg/skicka-pa-granskning/")
    editor.press("steg/skicka-pa-granskning/", first)
    answer = other.press("steg/skicka-pa-granskning/", second)
    assert answer.url == PLACE
    (told,) = said(answer)
    assert told.startswith("Planen har nu status På granskning: editor skickade planen på granskning ")
    assert told.endswith("Ditt tryck gjorde ingenting.")
    assert PlanStep.objects.filter(plan=filled, name="send_for_review").count() == 1


def test_a_reason_typed_on_a_stale_page_is_given_back(browser, cast, filled):
    stages.reach(filled, cast, "in_review")
    editor = browser(cast.editor)
    carried = editor.open("steg/tillbaka-till-utkast/")
    workflow.take(filled, "return_to_draft", by=cast.editor, reason="Först")
    answer = editor.press("steg/tillbaka-till-utkast/", carried, reason="Det här skrev jag.")
    assert said(answer)[1] == "Det du skrev sparades inte: ”Det här skrev jag.”"
    assert PlanStep.objects.filter(plan=filled, name="return_to_draft").count() == 1


def test_a_plan_that_has_changed_is_read_again_before_it_is_marked(browser, cast, filled):
    stages.reach(filled, cast, "in_review")
    police = browser(cast.police)
    carried = police.open("steg/granskad/")
    editing.add(filled, "problem", filled.planareas.first().uid, by=cast.editor)
    answer = police.press("steg/granskad/", carried)
    assert answer.url == PLACE
    assert said(answer) == ["Planen har ändrats sedan du öppnade sidan. Läs det som är nytt och markera sedan igen."]
    assert not filled.reviews.exists()


def test_who_may_no_longer_read_the_plan_they_press_on_is_told_that_it_has_gone_on(browser, cast, filled):
    stages.reach(filled, cast, "ready_for_decision")
    chair = browser(cast.chair)
    carried = chair.open("steg/besluta/")
    workflow.take(filled, "recall", by=cast.editor, reason="Fel bilaga")
    answer = chair.press("steg/besluta/", carried, **DECISION)
    assert answer.url == reverse("start")
    assert said(answer) == [OUT_OF_SIGHT]
    assert not filled.versions.exists()


@pytest.mark.parametrize("seen", ["", "0", "999999", "9" * 40, "x"])
def test_nobody_learns_of_a_plan_by_guessing_what_it_has_gone_through(browser, cast, filled, seen):
    workflow.take(filled, "share", by=cast.editor)
    for person in (cast.chair, cast.neighbour, cast.stranger):
        answer = browser(person).press("steg/besluta/", {"seen_step": seen, "seen_event": "0"})
        assert answer.status_code == 404


def test_a_number_of_a_step_gives_nothing_to_one_whose_step_it_never_was(browser, cast, filled):
    step = workflow.take(filled, "share", by=cast.editor)
    for person in (cast.steering, cast.neighbour, cast.stranger):
        answer = browser(person).press("steg/besluta/", {"seen_step": str(step.pk), "seen_event": "0"})
        assert answer.status_code == 404


# --- The decision


@pytest.fixture
def ready(plan, cast):
    return stages.reach(plan, cast, "ready_for_decision")


def test_the_decision_freezes_the_version_and_leads_to_it(browser, cast, ready):
    answer = browser(cast.chair).press("steg/besluta/", **DECISION)
    version = ready.versions.get()
    assert answer.url == version.get_absolute_url()
    assert said(answer) == ["Version 1 är beslutad och fryst. Nästa steg: trygghetsstrategen skickar den till staden."]
    assert (version.decided_on, version.body, version.meeting, version.paragraph, version.by) == (
        date(2025, 3, 12), "Lokal styrgrupp Skärholmen", "Styrgruppsmöte 1", "§ 3", cast.chair,
    )  # fmt: skip
    assert state_of(ready) == PlanState.DECIDED


def test_the_steering_group_reads_the_whole_plan_and_what_it_has_gone_through(browser, cast, ready):
    comments.write(ready, "När?", CommentKind.QUESTION, by=cast.police)
    page = words(browser(cast.steering).get("beslutsunderlag/"))
    assert "14 problemområden, 26 orsaker och 31 åtgärder i 5 områden" in page
    for action in ready.actions.all():
        assert " ".join(action.text.split())[:60] in page.replace("&#x27;", "'").replace("&quot;", '"')
    assert "Granskad av polisen" in page
    assert "Skickade planen till styrgruppen för beslut" in page
    assert "0 av 1 kommentar" in page
    assert "Du registrerar inte beslutet." in page
    assert "Registrera beslutet" not in page


def test_the_group_is_filled_in_and_may_be_written_otherwise(browser, cast, ready):
    page = browser(cast.chair).get("steg/besluta/").content.decode()
    assert 'value="steering skarholmen"' in page
    browser(cast.chair).press("steg/besluta/", **DECISION | {"body": "Styrgruppen"})
    assert ready.versions.get().body == "Styrgruppen"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"decided_on": ""}, "Ange vilken dag beslutet fattades."),
        ({"decided_on": TOMORROW}, "Datumet ligger i framtiden."),
        ({"decided_on": "2023-12-31"}, "Det kan tidigast vara 1 januari 2024."),
        ({"decided_on": "i går"}, "Skriv datumet som år-månad-dag"),
        ({"body": " "}, "Ange vilken grupp som beslutade."),
        ({"meeting": ""}, "Ange vid vilket möte."),
        ({"meeting": "x" * 201}, "Högst 200 tecken får plats."),
    ],
)
def test_a_decision_with_something_wrong_is_shown_again_with_all_that_was_written(browser, cast, ready, wrong, told):
    answer = browser(cast.chair).press("steg/besluta/", **DECISION | wrong)
    assert answer.status_code == 422
    assert told in words(answer)
    kept = (DECISION | wrong)["meeting"] or DECISION["body"]
    assert f'value="{kept}"' in answer.content.decode()
    assert not ready.versions.exists()


def test_a_decision_is_not_registered_twice(browser, cast, ready):
    chair, again = browser(cast.chair), browser(cast.chair)
    carried = again.open("steg/besluta/")
    chair.press("steg/besluta/", **DECISION)
    answer = again.press("steg/besluta/", carried, **DECISION | {"meeting": "Styrgruppsmöte 2"})
    assert answer.url == PLACE
    assert said(answer)[0].startswith("Planen har nu status Beslutad: chair beslutade version 1")
    assert ready.versions.get().meeting == "Styrgruppsmöte 1"


def test_a_second_version_is_read_beside_the_first(browser, cast, plan):
    plan = stages.reach(plan, cast, "decided")
    workflow.take(plan, "start_version", by=cast.editor, reason="Ny lägesbild")
    plan = stages.reach(plan, cast, "ready_for_decision")
    page = browser(cast.steering).get("beslutsunderlag/").content.decode()
    assert "Jämför med version 1" in page
    assert f"{PLACE}jamfor/?fran=1&amp;till=nu" in page


# --- The log, and what it all costs


def test_the_log_tells_who_did_what_and_why_newest_first(browser, cast, ready):
    workflow.take(ready, "send_back", by=cast.chair, reason="Målen går inte att följa upp.")
    page = words(browser(cast.editor).get("steg/"))
    told = ["Återremitterade planen", "Målen går inte att följa upp.", "Skickade planen till styrgruppen för beslut",
            "Markerade planen som granskad för polisen", "Delade utkastet med polisen"]  # fmt: skip
    places = [page.index(each) for each in told]
    assert places == sorted(places)
    assert "Klar för beslut → Utkast" in page


def test_a_long_log_comes_in_pages(browser, cast, filled):
    for at in range(60):
        PlanStep.objects.create(
            plan=filled, version=1, name="x", from_state="draft", to_state="draft", told=f"Steg nummer {at}."
        )
    editor = browser(cast.editor)
    assert "Steg nummer 59." in words(editor.get("steg/"))
    assert "Steg nummer 9." not in words(editor.get("steg/"))
    assert "Steg nummer 9." in words(editor.get("steg/?sida=2"))


@pytest.mark.parametrize(
    ("path", "person", "most"),
    # To decide, the plan is read with all its parts, targets and commitments too: 10.
    [("steg/", "editor", 8), ("steg/besluta/", "chair", 22), ("beslutsunderlag/", "steering", 20)],
)
def test_the_number_of_queries_does_not_grow(browser, cast, ready, path, person, most, django_assert_max_num_queries):
    reader = browser(getattr(cast, person))
    with django_assert_max_num_queries(most) as few:
        assert reader.get(path).status_code == 200
    cause = ready.causes.first()
    action = cause.problem.actions.model
    last = cause.problem.actions.count()
    action.objects.bulk_create(
        action(plan=ready, problem=cause.problem, cause=cause, position=last + at, text="x") for at in range(1, 100)
    )
    for _ in range(20):
        PlanStep.objects.create(plan=ready, version=1, name="x", told="x", by=cast.editor)
        comments.write(ready, "När?", CommentKind.QUESTION, by=cast.police)
    with django_assert_max_num_queries(len(few.captured_queries)):
        reader.get(path)
