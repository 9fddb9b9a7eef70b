"""The history says who changed what, in words, and takes it back."""

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from plans import editing, workflow
from plans.history import Telling, events_of
from plans.loading import load_document
from plans.models import ActionPlan, PlanVisit
from plans.news import news_of
from plans.outline import Outline
from plans.wording import Wording
from tests.plans import stages


def url(name, *args):
    return reverse(f"plans:{name}", args=["skarholmen", 2025, *args])


@pytest.fixture
def signed_in(client, cast):
    client.force_login(cast.editor)
    return client


@pytest.fixture
def action(plan):
    return plan.actions.first()


@pytest.fixture
def write(plan, cast):
    def write(row, **values):
        row.refresh_from_db()
        kind = type(row).__name__.lower()
        return editing.set_fields(plan, kind, row.uid, values, version=row.version, by=cast.editor)

    return write


def told(plan, event, **more):
    outline = Outline(load_document(plan))
    return Telling(outline, Wording(outline)).entry(event, **more)


def words(entry):
    """(verb, field, old, new) of everything the entry tells."""
    return [(row.verb, cell.label, cell.old, cell.new) for row in entry.rows for cell in row.cells]


class TestTelling:
    def test_a_changed_cell_has_its_old_and_new_text(self, plan, action, write):
        write(action, when="Våren")
        event = write(action, when="Hösten")
        assert words(told(plan, event)) == [("Ändrade", "När", "Våren", "Hösten")]

    def test_choices_and_lists_are_told_in_the_words_of_the_page(self, plan, action, write):
        event = write(action, work_form="line_work", triangle_sides=["control"])
        assert set(words(told(plan, event))) == {
            ("Ändrade", "Arbetsform", "", "Linjearbete"),
            ("Ändrade", "Sidor i brottstriangeln", "", "Frånvaro av kontroll"),
        }

    def test_parts_are_told_with_their_dates_in_swedish(self, plan, action, write):
        timing = {"kind": "period", "label": "Vandringar", "starts_on": "2025-03-01", "ends_on": "2025-04-29"}
        event = write(action, timings=[timing])
        new = "Period · Vandringar · från 1 mars 2025 · till 29 april 2025"
        assert words(told(plan, event)) == [("Ändrade", "Tider", "", new)]

    def test_further_causes_are_told_by_number_and_text(self, plan, write):
        problem = next(problem for problem in plan.problems.all() if problem.causes.count() > 1)
        action = next(action for action in problem.actions.all() if not action.also_causes.exists())
        other = problem.causes.exclude(pk=action.cause_id).first()
        event = write(action, also_causes=[str(other.uid)])
        ((_, label, _, new),) = words(told(plan, event))
        assert label == "Ytterligare orsaker"
        assert new.startswith(f"Orsak {other.position}: ")

    def test_a_removed_row_is_told_with_all_its_texts(self, plan, cast):
        cause = next(cause for cause in plan.causes.all() if cause.actions.count() > 1 and cause.text)
        texts = {cause.text, *(action.text for action in cause.actions.all())}
        event = editing.remove(plan, "cause", cause.uid, by=cast.editor)
        entry = told(plan, event)
        assert texts <= {old for _, _, old, _ in words(entry)}
        assert {row.verb for row in entry.rows if row.place is None} == {"Tog bort"}

    def test_a_move_says_from_where_and_to_where(self, plan, cast, action):
        target = plan.causes.exclude(problem=action.problem).last()
        source = action.cause
        event = editing.move_to(plan, "action", action.uid, target.uid, by=cast.editor)
        row = told(plan, event).rows[0]
        assert row.verb == "Flyttade"
        assert row.told.startswith(f"Från orsak {source.position} «")
        assert f" till orsak {target.position} «" in row.told

    def test_a_long_change_is_cut_in_the_list_and_whole_on_its_own_page(self, plan, signed_in):
        event = plan.events.first()
        assert len(event.operations) > 40
        entry = told(plan, event)
        assert (len(entry.rows), entry.hidden) == (40, len(event.operations) - 40)
        assertContains(signed_in.get(url("history")), url("change", event.pk))
        whole = signed_in.get(url("change", event.pk))
        for step in event.operations:
            assertContains(whole, step["uid"])


class TestPages:
    def test_the_plans_history_says_who_when_and_what(self, plan, signed_in, action, write):
        write(action, when="Våren", goals="Mål & <b>mer</b>")
        response = signed_in.get(url("history"))
        for text in ("editor", "Ändrade 2 uppgifter i åtgärd", "Våren", "Mål &amp; &lt;b&gt;mer"):
            assertContains(response, text)
        assertContains(response, url("row", "action", action.uid))

    def test_the_rows_history_tells_of_that_row_only(self, plan, signed_in, action, write):
        other = plan.actions.exclude(pk=action.pk).first()
        write(action, when="Bara den här")
        write(other, when="Bara den andra")
        for address in (url("row_history", "action", action.uid), url("row_history", action.uid)):
            response = signed_in.get(address)
            assertContains(response, "Bara den här")
            assertNotContains(response, "Bara den andra")

    def test_a_removed_row_still_has_its_history(self, plan, signed_in, cast, action):
        text = action.text.split("\n")[0]
        editing.remove(plan, "action", action.uid, by=cast.editor)
        response = signed_in.get(url("row_history", "action", action.uid))
        assertContains(response, "borttagen rad (åtgärd)")
        assertContains(response, text)

    def test_a_row_that_never_was_has_no_history(self, plan, signed_in):
        assert signed_in.get(url("row_history", "action", "0b1c9d2e-0000-4000-8000-000000000000")).status_code == 404

    def test_the_history_comes_in_pages_of_fifty(self, plan, signed_in, action, write):
        for number in range(51):
            write(action, when=f"Tid {number:02d}.")
        assertContains(signed_in.get(url("history")), "Sida 1 av 2")
        assertNotContains(signed_in.get(url("history")), "Tid 00.</ins>")
        assertContains(signed_in.get(url("history") + "?sida=2"), "Började planen")

    def test_the_number_of_queries_does_not_grow_with_the_changes(
        self, plan, signed_in, action, write, django_assert_max_num_queries
    ):
        counts = []
        for size in (2, 20):
            for number in range(size):
                event = write(action, when=f"{size} {number}")
            editing.undo(plan, event, by=event.by)
            for address in (url("history"), url("row_history", "action", action.uid)):
                with django_assert_max_num_queries(15) as captured:
                    signed_in.get(address)
                counts.append(len(captured))
        assert counts[:2] == counts[2:]

    @pytest.mark.parametrize("person", ["neighbour", "stranger", "steering", "city_preparation", "administrator"])
    def test_the_history_of_a_draft_is_not_there_for_others(self, plan, client, cast, person):
        client.force_login(getattr(cast, person))
        event = plan.events.first()
        for address in (url("history"), url("change", event.pk)):
            assert client.get(address).status_code == 404
        assert client.post(url("undo", event.pk)).status_code == 404


class TestUndo:
    def test_a_change_is_taken_back_and_marked(self, plan, signed_in, action, write):
        before = action.when
        event = write(action, when="Våren")
        response = signed_in.post(url("undo", event.pk), {"fran": "historik"})
        assertRedirects(response, url("history"))
        action.refresh_from_db()
        assert action.when == before
        page = signed_in.get(url("history"))
        assertContains(page, "Ångrad")
        assertNotContains(page, url("undo", event.pk))

    def test_from_the_plan_it_leads_back_to_the_row(self, plan, signed_in, action, write):
        response = signed_in.post(url("undo", write(action, when="Våren").pk))
        assert response.url.endswith(f"?rad={action.uid}#rad-{action.uid}")

    def test_a_change_that_others_have_built_on_says_why_it_stays(self, plan, signed_in, action, write):
        event = write(action, when="Våren")
        write(action, when="Hösten")
        response = signed_in.post(url("undo", event.pk), {"fran": "historik"}, follow=True)
        assertContains(response, "går inte att ångra")
        action.refresh_from_db()
        assert action.when == "Hösten"

    def test_the_areas_a_plan_began_with_stay(self, empty_plan, signed_in):
        address = url("undo", empty_plan.events.last().pk)
        assertNotContains(signed_in.get(url("history")), address)
        assertContains(signed_in.post(address, follow=True), "Stadens områden står alltid i planen.")
        assert empty_plan.planareas.count() == 5

    def test_a_reader_sees_the_history_and_cannot_undo(self, plan, client, cast, action, write):
        event = write(action, when="Våren")
        client.force_login(cast.co_writer)
        page = client.get(url("history"))
        assertContains(page, "Våren")
        assertNotContains(page, url("undo", event.pk))
        assert client.post(url("undo", event.pk)).status_code == 403

    def test_an_event_of_another_plan_is_not_found(self, plan, signed_in, cast):
        other = editing.create_plan(cast.other_district, cast.cycle, by=cast.neighbour)
        assert signed_in.post(url("undo", other.events.first().pk)).status_code == 404


# --- Whose it is to read


def held(plan, user):
    """All that the history's events hold, as the person may read them."""
    return str([(event.summary, event.operations, event.inverse) for event in events_of(plan, user)])


@pytest.fixture
def secret(empty_plan, cast):
    """A plan in which something was written and taken away before the draft was shared."""
    stages.leave_out_empty_areas(empty_plan, cast.editor)
    area = empty_plan.planareas.first()
    for text in ("HEMLIGT 811228-9874", "Färre brott"):
        area.refresh_from_db()
        values = {"overarching_goal": text}
        editing.set_fields(empty_plan, "area", area.uid, values, version=area.version, by=cast.editor)
    return ActionPlan.objects.with_place().get()


@pytest.mark.parametrize("stage", ["shared", "in_review", "ready_for_decision", "submitted"])
def test_what_was_taken_away_before_sharing_is_the_writers_alone(secret, cast, stage, client):
    plan = stages.reach(secret, cast, stage)
    assert "HEMLIGT" in held(plan, cast.editor) and "HEMLIGT" in held(plan, cast.co_writer)
    for person in ("police", "working", "steering", "chair", "registrar", "neighbour", "city_preparation"):
        assert "HEMLIGT" not in held(plan, getattr(cast, person)), person
        client.force_login(getattr(cast, person))
        for page in ("", "historik/", "nytt/", "steg/", f"rad/area/{plan.planareas.first().uid}/historik/"):
            assert "HEMLIGT" not in client.get(f"/planer/skarholmen/2025/{page}").content.decode(), (person, page)


def test_what_is_written_while_others_read_is_theirs_to_follow(secret, cast):
    plan = stages.reach(secret, cast, "shared")
    area = plan.planareas.first()
    values = {"overarching_goal": "Halverade brott"}
    editing.set_fields(plan, "area", area.uid, values, version=area.version, by=cast.editor)
    for person in (cast.police, cast.working):
        (event,) = events_of(plan, person)
        assert event.operations[0]["values"] == values
    assert "Halverade" not in held(plan, cast.steering)


def test_the_draft_of_the_next_version_is_closed_again_until_it_is_shared(secret, cast):
    plan = stages.reach(secret, cast, "submitted")
    workflow.take(plan, "start_version", by=cast.editor, reason="Ny lägesbild.")
    area = plan.planareas.first()
    for text in ("HEMLIGT igen", "Inga brott"):
        area.refresh_from_db()
        editing.set_fields(plan, "area", area.uid, {"overarching_goal": text}, version=area.version, by=cast.editor)
    plan = stages.reach(ActionPlan.objects.with_place().get(), cast, "submitted")
    for person in (cast.police, cast.steering, cast.neighbour, cast.city_preparation):
        assert "HEMLIGT" not in held(plan, person)


def test_what_a_removed_row_said_in_a_closed_draft_is_no_news(plan, cast):
    plan = stages.reach(plan, cast, "submitted")
    PlanVisit.objects.create(plan=plan, user=cast.police, at=timezone.now())  # reads what was decided
    workflow.take(plan, "start_version", by=cast.editor, reason="Ny lägesbild.")
    action = plan.actions.first()
    said = action.text
    editing.set_fields(plan, "action", action.uid, {"text": "HEMLIGT"}, version=action.version, by=cast.editor)
    editing.remove(plan, "action", action.uid, by=cast.editor)
    workflow.take(ActionPlan.objects.get(), "share", by=cast.editor)
    PlanVisit.objects.update(before=F("at"))
    (row,) = news_of(ActionPlan.objects.with_place().get(), cast.police).rows
    assert row.lost == [("action", said)]
