"""What is new in a plan since the person was there."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from plans import comments, editing, news, workflow
from plans.enums import CommentKind
from plans.models import ActionPlan, PlanVisit
from tests.plans import stages

PAGE = "/planer/skarholmen/2025/"
NEWS = f"{PAGE}nytt/"
MONDAY = datetime(2025, 3, 3, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def clock(time_machine):
    """Move the clock to that long after Monday morning, 3 March 2025."""

    def move(later):
        time_machine.move_to(MONDAY + later, tick=False)

    move(timedelta(0))
    return move


@pytest.fixture
def seen(clock, plan, cast):
    """Skärholmen's plan, shared; the police and the editor opened it on Monday, and now it is Wednesday."""
    plan = stages.reach(plan, cast, "shared")
    clock(timedelta(hours=1))
    for person in (cast.police, cast.editor):
        news.visit(plan, person)
    clock(2 * DAY)
    return plan


@pytest.fixture
def action(seen):
    return seen.actions.get(position=1, problem__plan_area__position=1)


def get(user, address=PAGE):
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def words(user, address=PAGE):
    """What the page says, without its markup."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", get(user, address), flags=re.DOTALL)
    return re.sub(r" +([.,:])", r"\1", " ".join(text.split()))


def write(row, by, **values):
    row.refresh_from_db()
    kind = type(row).__name__.lower()
    return editing.set_fields(row.plan, kind, row.uid, values, version=row.version, by=by)


def rows_of(plan, user):
    return {row.uid: row for row in news.news_of(plan, user).rows}


# --- Visits


def test_the_first_visit_ever_has_no_flood_of_news(plan, cast):
    assert "Nytt sedan du var här" not in words(cast.editor)
    assert PlanVisit.objects.get(plan=plan, user=cast.editor).before is None
    assert "Du har inte öppnat planen tidigare." in words(cast.editor, NEWS)


def test_a_visit_lasts_while_the_person_keeps_coming_back(clock, plan, cast):
    news.visit(plan, cast.editor)
    for minutes, before in ((180, 0), (209, 0), (230, 0), (261, 230)):
        clock(timedelta(minutes=minutes))
        assert news.visit(plan, cast.editor).before == MONDAY + timedelta(minutes=before)


def test_a_visit_is_written_at_most_once_a_minute(clock, plan, cast, django_assert_num_queries):
    news.visit(plan, cast.editor)
    clock(timedelta(seconds=50))
    with django_assert_num_queries(1):
        assert news.visit(plan, cast.editor).at == MONDAY


def test_of_two_windows_that_open_at_once_the_slower_finds_the_visit_noted(seen, cast, monkeypatch):
    get_or_create = PlanVisit.objects.get_or_create
    faster, last = timezone.now() - timedelta(seconds=1), MONDAY + timedelta(hours=1)

    def read_before_the_other_wrote(**values):
        read = get_or_create(**values)
        PlanVisit.objects.filter(user=cast.police).update(at=faster, before=last)
        return read

    monkeypatch.setattr(PlanVisit.objects, "get_or_create", read_before_the_other_wrote)
    visit = news.visit(seen, cast.police)
    assert (visit.at, visit.before) == (faster, last)


def test_every_page_of_a_plan_is_the_same_visit(plan, cast):
    for address in (PAGE, f"{PAGE}omrade/2/", f"{PAGE}analys/", NEWS):
        get(cast.editor, address)
    assert PlanVisit.objects.filter(plan=plan, user=cast.editor).count() == 1


# --- What is new


def test_the_polices_page_leads_with_what_is_new(seen, action, cast):
    stages.leave_out_empty_areas(seen, cast.editor)
    workflow.take(seen, "send_for_review", by=cast.editor)
    write(action, cast.editor, goals="Minst tio möten", when="Hösten 2025")
    page = words(cast.police)
    assert (
        "Nytt sedan du var här 3 mars: 1 rad ändrad. editor skickade planen på granskning. Visa vad som är nytt" in page
    )
    assert page.index("Nytt sedan du var här") < page.index("Du kan läsa planen men inte ändra den.")


def test_nothing_is_said_when_nothing_is_new(seen, cast):
    assert "Nytt sedan" not in words(cast.police)
    assert "Ingen annan har gjort något i planen sedan du var här 3 mars." in words(cast.police, NEWS)


def test_what_is_new_stays_new_through_the_visit_and_is_old_at_the_next(seen, action, cast, clock):
    write(action, cast.editor, goals="Minst tio möten")
    assert "1 rad ändrad" in words(cast.police)
    clock(2 * DAY + timedelta(minutes=20))
    assert "1 rad ändrad" in words(cast.police)
    clock(3 * DAY)
    assert "Nytt sedan" not in words(cast.police)


def test_what_one_does_oneself_is_no_news(seen, action, cast):
    write(action, cast.editor, goals="Mitt eget")
    assert not rows_of(seen, cast.editor)


def test_several_changes_of_a_cell_are_one_from_the_visit_to_now(seen, action, cast):
    before = action.goals
    write(action, cast.editor, goals="Ett första försök")
    write(action, cast.editor, goals="Det som gäller")
    assert rows_of(seen, cast.police)[str(action.uid)].cells == {"goals": [before, "Det som gäller"]}
    page = words(cast.police, NEWS)
    assert "Det som gäller" in page
    assert "Ett första försök" not in page


def test_a_change_that_was_taken_back_is_no_news(seen, action, cast):
    editing.undo(seen, write(action, cast.editor, goals="Fel"), by=cast.editor)
    editing.remove(seen, "action", action.uid, by=cast.editor)
    editing.undo(seen, seen.events.first(), by=cast.editor)
    assert not rows_of(seen, cast.police)


def test_what_one_has_written_over_oneself_is_no_news(seen, action, cast, monkeypatch):
    monkeypatch.setattr("plans.editing.check_edit", lambda user, plan: None)  # two who write the same plan
    write(action, cast.co_writer, goals="Deras", when="Våren 2025")
    write(action, cast.editor, goals="Mitt")
    assert rows_of(seen, cast.editor)[str(action.uid)].fields == ["when"]


def test_a_new_row_is_told_when_something_is_written_in_it(seen, action, cast):
    editing.add(seen, "cause", action.problem_id, by=cast.editor)
    assert not rows_of(seen, cast.police)
    cause = seen.causes.get(text="")
    write(cause, cast.editor, text="Få vuxna på kvällen")
    assert rows_of(seen, cast.police)[str(cause.uid)].what == news.NEW
    assert "1 ny rad." in words(cast.police)


def test_a_removed_row_is_one_however_much_hung_under_it(seen, action, cast):
    editing.remove(seen, "problem", action.problem_id, by=cast.editor)
    assert "1 rad borttagen." in words(cast.police)
    page = words(cast.police, NEWS)
    assert "Borttagen: problemområde" in page
    assert "Lokalt BOB-råd" in page or action.text[:40] in page


def test_a_moved_row_says_so_and_not_of_those_that_follow_it(seen, action, cast):
    editing.move_down(seen, "cause", action.cause_id, by=cast.editor)
    assert "1 rad flyttad." in words(cast.police)
    assert "Raden står på en annan plats än förut." in words(cast.police, NEWS)


def test_the_grid_marks_the_very_cells_in_words(seen, action, cast):
    write(action, cast.editor, goals="Minst tio möten")
    page = get(cast.police)
    (cell,) = re.findall(r'<td class="cell goals"[^>]*>(?:(?!</td>).)*news-mark.*?</td>', page, flags=re.DOTALL)
    assert "Minst tio möten" in cell
    assert page.count('class="news-mark"') == 1


def test_comments_and_answers_of_others_are_new_to_those_who_may_read_them(seen, action, cast):
    mine = comments.write(seen, "Var står det?", CommentKind.QUESTION, by=cast.police)
    comments.answer(mine, "I lägesbilden", by=cast.editor)
    assert "1 nytt svar." in words(cast.police)
    assert "I lägesbilden" in words(cast.police, NEWS)
    assert "1 ny kommentar." in words(cast.editor)
    page = get(cast.editor, NEWS)
    assert f'href="{PAGE}kommentarer/?visa=alla#kommentar-{mine.pk}"' in page


def test_another_district_is_told_of_the_decision_and_not_of_the_way_to_it(clock, plan, cast):
    plan = stages.reach(plan, cast, "decided")
    clock(DAY)
    news.visit(plan, cast.neighbour)
    clock(2 * DAY)
    workflow.take(plan, "start_version", by=cast.editor, reason="Hemligt skäl")
    stages.reach(ActionPlan.objects.with_place().get(), cast, "submitted")
    plan = ActionPlan.objects.with_place().get()
    assert [step.name for step in news.news_of(plan, cast.neighbour).steps] == ["submit", "decide"]
    page = words(cast.neighbour, NEWS)
    assert "skickade version 2 till staden" in page
    assert "Hemligt skäl" not in page


def test_the_number_of_queries_does_not_grow_with_the_news(seen, action, cast, django_assert_max_num_queries):
    def happen(times):
        for at in range(times):
            write(action, cast.editor, goals=f"Mål {at}")
            question = comments.write(seen, f"{at}?", CommentKind.QUESTION, by=cast.editor)
            comments.answer(question, "Ja", by=cast.editor)

    happen(2)
    client = Client()
    client.force_login(cast.police)
    client.get(PAGE)
    for address, limit in ((PAGE, 22), (NEWS, 20)):
        with django_assert_max_num_queries(limit) as few:
            client.get(address)
        happen(8)
        with django_assert_max_num_queries(len(few.captured_queries)):
            client.get(address)


def test_who_no_longer_reads_the_plan_as_it_stands_is_led_to_the_version_in_force(plan, cast):
    plan = stages.reach(plan, cast, "decided")
    workflow.take(plan, "start_version", by=cast.editor, reason="Nytt läge")
    client = Client()
    client.force_login(cast.steering)
    assert client.get(NEWS).url == f"{PAGE}version/1/"
