"""U6, scenario 21: next year's plan begins with what this year's leaves, and an action has a life over the years."""

import re
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.models import AreaMapping, DataSource, PlanningCycle, PriorityArea, PriorityAreaSet
from followup import next_year
from followup.indicators.goals import baseline_target_outcome
from followup.life import history_of, life_of
from followup.models import ActionOutcome, Assessment, CarriedRow, Fulfilment, GoalIndicator, GoalOutcome
from followup.moved_year import is_unsure, moved_day, moved_text
from plans import editing
from plans.afterwards import offers_of
from plans.comparison import flatten
from plans.document import Action, AreaSection, Cause, OperationalGoal, Problem, Responsibility, Timing
from plans.errors import EditRefused
from plans.loading import load_document
from plans.models import ActionPlan, AreaTarget, Commitment
from plans.versions import freeze
from tests.cast import Cast
from tests.followup.answered import answer_everything, follow_up_of, goal_with_values, long_plan, real_plan
from tests.followup.decided import DECISION, decided_plan, put_action
from tests.followup.measured import indicator, measured
from tests.followup.opened import opened_in_city

HERE = "/planer/skarholmen/2025/uppfoljning/nasta-ar/"


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def cycle(cast):
    """The year after, with the same areas."""
    return PlanningCycle.objects.create(year=2026, area_set=cast.area_set)


@pytest.fixture
def follow_up(cast, cycle):
    """The answered follow-up of the real plan of 2025."""
    return answer_everything(follow_up_of(decided_plan(cast, content=real_plan())), cast)


def rows_of(document, kind="action"):
    return [row for row in flatten(document).by_uid.values() if row.kind == kind]


def actions_of(follow_up):
    return [action for area in next_year.Source(follow_up).areas() for action in area.actions]


def next_plan():
    return ActionPlan.objects.with_place().get(cycle__year=2026)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


class TestMovingTheYear:
    @pytest.mark.parametrize(
        ("text", "moved"),
        [
            ("Löpande under 2025", "Löpande under 2026"),
            ("Kvartal 2 2025, uppföljning i november 2025", "Kvartal 2 2026, uppföljning i november 2026"),
            ("Klart 2025-05-31", "Klart 2026-05-31"),
            ("Löpande", "Löpande"),
            ("", ""),
            ("T2 (maj-aug)", "T2 (maj-aug)"),
            ("2024–2025", "2024–2025"),
            ("Start 2025, klart 2026", "Start 2025, klart 2026"),
            ("Ärende 120250", "Ärende 120250"),
        ],
    )
    def test_the_year_of_a_text_moves_where_it_is_plain_what_is_meant(self, text, moved):
        assert moved_text(text, 2025) == moved

    def test_a_text_with_other_years_is_for_a_person(self):
        assert is_unsure("2024–2025", 2025)
        assert not is_unsure("Löpande under 2025", 2025)
        assert not is_unsure("Löpande", 2025)

    def test_a_leap_day_becomes_the_day_before(self):
        assert moved_day("2024-02-29") == "2025-02-28"
        assert moved_text("Den 2024-02-29", 2024) == "Den 2025-02-28"


class TestWhatIsProposed:
    @pytest.mark.parametrize(
        ("status", "marked", "goes_on"),
        [
            ("done", "", False),
            ("done_with_changes", "", False),
            ("cancelled", "", False),
            ("not_done", "", True),
            ("partly", "", True),
            ("continues_next_year", "", True),
            ("", "", True),
            ("done", "keep", True),
            ("done", "change", True),
            ("done", "scale_up", True),
            ("not_done", "stop", False),
        ],
    )
    def test_what_is_not_finished_and_what_is_to_be_kept_goes_on(self, cast, cycle, status, marked, goes_on):
        follow_up = answer_everything(follow_up_of(decided_plan(cast)), cast)
        ActionOutcome.objects.update(status=status, next_year=marked)
        (action,) = actions_of(follow_up)
        assert action.is_default == goes_on

    def test_a_year_that_the_city_has_not_opened_is_refused_in_words(self, cast):
        follow_up = follow_up_of(decided_plan(cast))
        with pytest.raises(EditRefused, match="inget planeringsår 2026"):
            next_year.Source(follow_up)


class TestCarrying:
    def test_scenario_21_the_chosen_rows_are_copied_and_moved_and_emptied_and_remember(self, follow_up, cast):
        chosen = [action.uid for action in actions_of(follow_up)][:5]
        done = next_year.carry(follow_up, set(chosen), by=cast.editor)
        assert done.count == 5
        plan = next_plan()
        assert plan.state == "draft"
        before = flatten(next_year.Source(follow_up).document).by_uid
        carried = dict(CarriedRow.objects.filter(kind="action").values_list("row", "from_row"))
        rows = rows_of(load_document(plan))
        assert len(rows) == 5
        for row in rows:
            old = before[str(carried[UUID(row.uid)])]
            assert old.uid != row.uid
            for name in ("text", "goals", "who"):
                assert row.values[name] == old.values[name]
            assert row.values["when"] == moved_text(old.values["when"], 2025)
            assert row.values["follow_up"] == ""

    def test_a_row_brings_the_problem_and_the_causes_that_it_stands_under_once(self, follow_up, cast):
        source = next_year.Source(follow_up)
        problem = next(p for p in source.outline.of_kind["problem"] if len(below(source, p)) > 1)
        chosen = below(source, problem)
        next_year.carry(follow_up, {place.uid for place in chosen}, by=cast.editor)
        document = load_document(next_plan())
        (row,) = rows_of(document, "problem")
        assert row.values["title"] == problem.text
        assert [each.values["text"] for each in rows_of(document)] == [place.text for place in chosen]

    def test_everything_that_is_carried_keeps_its_place_in_the_tree(self, follow_up, cast):
        next_year.carry(follow_up, {action.uid for action in actions_of(follow_up)}, by=cast.editor)
        old, new = next_year.Source(follow_up).document, load_document(next_plan())

        def tree(document):
            return [
                (area.code, problem.title, cause.text, action.text, action.also_causes)
                for area in document.areas
                for problem in area.problems
                for _, cause, action in problem.rows()
                if action
            ]

        assert tree(new) == tree(old)

    def test_dates_and_goals_entered_one_by_one_move_too(self, cast, cycle):
        action = Action(
            order=1, text="Vandring", when="Hösten 2025",
            timings=(Timing(kind="period", label="Höst 2025", starts_on=date(2025, 9, 1), ends_on=date(2025, 11, 30)),),
            operational_goals=(
                OperationalGoal(text="Fyra", due_on=date(2025, 12, 31), baseline_date=date(2024, 5, 1)),
            ),
            responsibilities=(Responsibility(kind="lead", function="Samordnare", organisation="Polisen"),),
        )  # fmt: skip
        follow_up = follow_up_of(decided_plan(cast, content=with_problem(action)))
        next_year.carry(follow_up, {each.uid for each in actions_of(follow_up)}, by=cast.editor)
        (row,) = rows_of(load_document(next_plan()))
        (timing,), (goal,), (who,) = (row.values[name] for name in ("timings", "operational_goals", "responsibilities"))
        assert (timing["label"], timing["starts_on"], timing["ends_on"]) == ("Höst 2026", "2026-09-01", "2026-11-30")
        assert (goal["due_on"], goal["baseline_date"]) == ("2026-12-31", "2024-05-01")
        assert who["function"] == "Samordnare"
        (old,) = rows_of(next_year.Source(follow_up).document)
        assert goal["uid"] != old.values["operational_goals"][0]["uid"]

    def test_the_same_choice_twice_adds_nothing(self, follow_up, cast):
        chosen = {action.uid for action in actions_of(follow_up)[:3]}
        next_year.carry(follow_up, chosen, by=cast.editor)
        before = load_document(next_plan())
        assert next_year.carry(follow_up, chosen, by=cast.editor).count == 0
        assert load_document(next_plan()) == before
        assert CarriedRow.objects.filter(kind="action").count() == 3

    def test_more_is_added_under_the_problem_that_is_there(self, follow_up, cast):
        source = next_year.Source(follow_up)
        problem = next(p for p in source.outline.of_kind["problem"] if len(below(source, p)) > 1)
        for place in below(source, problem):
            next_year.carry(follow_up, {place.uid}, by=cast.editor)
        document = load_document(next_plan())
        assert len(rows_of(document, "problem")) == 1
        assert len(rows_of(document)) == len(below(source, problem))

    def test_a_row_that_was_removed_from_the_draft_can_be_carried_anew(self, follow_up, cast):
        uid = actions_of(follow_up)[0].uid
        next_year.carry(follow_up, {uid}, by=cast.editor)
        plan = next_plan()
        editing.remove(plan, "action", plan.actions.get().uid, by=cast.editor)
        assert next_year.carry(follow_up, {uid}, by=cast.editor).count == 1
        assert next_plan().actions.count() == 1

    def test_what_stands_in_the_draft_already_stays(self, follow_up, cast, cycle):
        plan = editing.create_plan(cast.district, cycle, by=cast.editor)
        editing.add(plan, "problem", plan.planareas.first().uid, by=cast.editor)
        own = plan.problems.get().uid
        next_year.carry(follow_up, {actions_of(follow_up)[0].uid}, by=cast.editor)
        assert plan.problems.filter(uid=own).exists()
        assert plan.problems.count() == 2

    def test_it_can_be_undone_in_the_history_as_one_change(self, follow_up, cast):
        next_year.carry(follow_up, {action.uid for action in actions_of(follow_up)}, by=cast.editor)
        plan = next_plan()
        event = editing.latest_undoable(plan)
        assert event.summary == "Förde över 31 åtgärder från 2025"
        editing.undo(plan, plan.events.get(pk=event.pk), by=cast.editor)
        assert not plan.actions.exists()
        assert not any(action.row for action in actions_of(follow_up))

    def test_the_districts_own_area_goes_on_under_its_name(self, cast, cycle):
        action = Action(order=1, text="Möten")
        section = with_problem(action).areas[0]
        own = AreaSection(number=6, title="Eget område", canonical_title="Eget område", sheet="6. Eget",
                          problems=section.problems)  # fmt: skip
        document = with_problem(action)
        document = replace(document, areas=(*document.areas, own))
        follow_up = follow_up_of(decided_plan(cast, content=document))
        chosen = [each.uid for each in actions_of(follow_up)]
        next_year.carry(follow_up, set(chosen), by=cast.editor)
        titles = [area.title for area in load_document(next_plan()).areas]
        assert titles[-1] == "Eget område"
        assert titles.count("Eget område") == 1

    @pytest.mark.parametrize("person", ["co_writer", "police", "steering", "neighbour", "city_preparation"])
    def test_only_the_editor_carries_over(self, follow_up, cast, person):
        with pytest.raises(PermissionDenied):
            next_year.carry(follow_up, {actions_of(follow_up)[0].uid}, by=getattr(cast, person))
        assert not ActionPlan.objects.filter(cycle__year=2026).exists()


class TestGoalsSeenInAnIndicator:
    """Domain §5.3: baseline → target → outcome, and next year begins where this one came."""

    @pytest.fixture
    def seen(self, cast, cycle):
        """The follow-up of a plan whose one goal goes from 42 to 37 procent; and the indicator, without values."""
        action = Action(order=1, text="Vandring", operational_goals=(OperationalGoal(text="Färre otrygga"),))
        follow_up = follow_up_of(decided_plan(cast, content=with_problem(action)))
        goal = follow_up.plan.actions.get().operational_goals.get()
        self.see(goal, of := indicator(), cast, baseline=42)
        return follow_up, of

    def see(self, goal, of, cast, baseline=None):
        GoalIndicator.objects.create(
            plan=goal.plan, goal=goal.uid, indicator=of, baseline=baseline, target=37, by=cast.editor
        )

    def carried_value(self, follow_up, cast):
        next_year.carry(follow_up, {each.uid for each in actions_of(follow_up)}, by=cast.editor)
        goal = next_plan().actions.get().operational_goals.get()
        return baseline_target_outcome(next_plan())[str(goal.uid)]

    def test_it_keeps_its_indicator_and_target_and_begins_at_the_latest_measurement(self, seen, cast):
        follow_up, of = seen
        measured(of, 2025, 39, cast.district)
        found = self.carried_value(follow_up, cast)
        assert (found.indicator, found.target) == (of, 37)
        assert found.baseline_told == "39\N{NO-BREAK SPACE}procent 2025"
        assert GoalIndicator.objects.filter(plan=follow_up.plan).get().baseline == 42

    def test_without_a_measurement_in_the_year_the_baseline_stays_as_it_was_written(self, seen, cast):
        follow_up, of = seen
        measured(of, 2023, 44, cast.district)
        assert self.carried_value(follow_up, cast).baseline == 42

    def test_a_measurement_that_comes_after_the_year_is_no_baseline(self, seen, cast):
        follow_up, of = seen
        measured(of, 2026, 30, cast.district)
        found = self.carried_value(follow_up, cast)
        assert (found.baseline, found.outcome.value) == (42, 30)

    def test_the_page_says_where_it_begins_and_where_it_is_to_come(self, seen, cast):
        follow_up, of = seen
        client = signed_in(cast.editor)
        assert "Nuläge: 42 procent, för 2025 finns inget mätvärde än. Målvärde: 37 procent." in read(client, HERE)
        measured(of, 2025, 39, cast.district)
        page = read(client, HERE)
        assert "Mål: Färre otrygga Följs i Otrygga i bostadsområdet. Nytt nuläge: 39 procent 2025." in page
        assert "redan nått" not in page

    def test_a_target_that_is_reached_is_told_on_the_page_and_when_it_is_carried(self, seen, cast):
        follow_up, of = seen
        measured(of, 2025, 36, cast.district)
        client = signed_in(cast.editor)
        assert "Målvärdet är redan nått. Skriv ett nytt i utkastet." in read(client, HERE)
        sent = {"omrade-1-actions": [each.uid for each in actions_of(follow_up)]}
        answer = client.post(HERE, sent, follow=True).content.decode()
        assert "Skriv ett nytt målvärde för «Färre otrygga»: det gamla är redan nått." in answer

    def test_an_indicator_that_comes_after_the_next_year_is_told_p29(self, seen, cast):
        DataSource.objects.update(next_on=date(2096, 1, 1))
        assert "Nästa Trygghetsmätningen är 2096." in read(signed_in(cast.editor), HERE)

    def test_it_costs_the_same_however_many_goals_are_seen_so(self, seen, cast):
        follow_up, of = seen

        def queries():
            with CaptureQueriesContext(connection) as captured:
                areas = next_year.Source(follow_up).areas()
            return len(captured), sum(len(action.goals) for area in areas for action in area.actions)

        one, count = queries()
        assert count == 1
        action = Action(
            order=1, text="Vandring", operational_goals=tuple(OperationalGoal(text=f"Mål {n}") for n in range(9))
        )
        follow_up = follow_up_of(decided_plan(cast, cast.other_district, content=with_problem(action)))
        for goal in follow_up.plan.actions.get().operational_goals.all():
            self.see(goal, of, cast)
        assert queries() == (one, 9)


def read(client, address):
    """Return the words of the page on one line."""
    page = client.get(address).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


class TestNewAreas:
    @pytest.fixture
    def new_set(self, cast):
        """An edition of the areas where the first has a new code and the second is split in two."""
        made = PriorityAreaSet.objects.create(code="2026", name="Nya områden", valid_from=date(2026, 1, 1))
        for number, code in enumerate(("unga", "torg", "parker"), 1):
            PriorityArea.objects.create(
                area_set=made, number=number, code=code, title=code, short_title=code, sheet=code
            )
        old, new = ({area.code: area for area in each.areas.all()} for each in (cast.area_set, made))
        for before, after in (("unga-i-riskzon", "unga"), ("otrygga-platser", "torg"), ("otrygga-platser", "parker")):
            AreaMapping.objects.create(old=old[before], new=new[after])
        PlanningCycle.objects.create(year=2026, area_set=made)
        return made

    @pytest.fixture
    def follow_up(self, cast, new_set):
        return follow_up_of(decided_plan(cast, content=real_plan()))

    def test_an_area_goes_to_the_one_it_is_mapped_to_and_others_are_asked_for(self, follow_up):
        targets = {area.place.node.code: area.target for area in next_year.Source(follow_up).areas()}
        assert targets["unga-i-riskzon"] == "unga"
        assert targets["otrygga-platser"] == ""  # two take over
        assert targets["systemhotande"] == ""  # none does

    def test_without_an_answer_nothing_is_written(self, follow_up, cast):
        chosen = {action.uid for action in actions_of(follow_up)}
        with pytest.raises(EditRefused, match="Välj vilket område"):
            next_year.carry(follow_up, chosen, by=cast.editor)
        assert not ActionPlan.objects.filter(cycle__year=2026).exists()

    def test_with_an_answer_the_rows_stand_where_it_says(self, follow_up, cast):
        areas = next_year.Source(follow_up).areas()
        asked = {area.place.uid: "parker" for area in areas if not area.target}
        next_year.carry(follow_up, {action.uid for action in actions_of(follow_up)}, by=cast.editor, targets=asked)
        counts = {area.code: area.counts().actions for area in load_document(next_plan()).areas}
        assert counts == {"unga": 5, "torg": 0, "parker": 26}

    def test_the_page_asks_and_keeps_what_was_ticked(self, follow_up, cast):
        client = signed_in(cast.editor)
        assert "Område i nästa års plan" in client.get(HERE).content.decode()
        uid = actions_of(follow_up)[-1].uid
        answer = client.post(HERE, {"omrade-5-actions": [uid]})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Välj vilket område i nästa års plan" in page
        assert page.count("checked") == 1
        client.post(HERE, {"omrade-5-actions": [uid], "omrade-5-target": "torg"})
        assert next_plan().actions.count() == 1


class TestThePage:
    def test_it_shows_each_action_with_what_came_of_it_and_its_new_time(self, follow_up, cast):
        page = signed_in(cast.editor).get(HERE).content.decode()
        assert page.count('type="checkbox"') == 31
        assert page.count("checked") == sum(action.is_default for action in actions_of(follow_up))
        assert "Genomförd med ändringar · Ändra" in page
        assert "Börja planen för 2026" in page

    def test_the_chosen_are_carried_and_the_draft_is_shown(self, follow_up, cast):
        client = signed_in(cast.editor)
        chosen = [action.uid for action in actions_of(follow_up)[:2]]
        answer = client.post(HERE, {"omrade-1-actions": chosen}, follow=True)
        assert answer.redirect_chain == [("/planer/skarholmen/2026/", 302)]
        assert "Överfört till utkastet för 2026: 2 åtgärder." in answer.content.decode()
        page = client.get(HERE).content.decode()
        assert page.count("Finns redan i planen för 2026.") == 2
        assert page.count('type="checkbox"') == 29

    def test_where_the_plan_is_begun_it_is_the_first_way(self, follow_up, cast):
        start = "/planer/skarholmen/2026/borja/"
        page = signed_in(cast.editor).get(start).content.decode()
        assert f'href="{HERE}"' in page
        assert page.index("Med det som går vidare från 2025") < page.index("Från en arbetsbok")
        assert "är inte inlämnad än" in page
        assert HERE not in signed_in(cast.neighbour).get(start.replace("skarholmen", "farsta")).content.decode()

    def test_nothing_chosen_is_said(self, follow_up, cast):
        answer = signed_in(cast.editor).post(HERE)
        assert answer.status_code == 422
        assert "Välj minst en rad att föra över." in answer.content.decode()

    def test_a_time_that_names_other_years_is_told(self, cast, cycle):
        action = Action(order=1, text="Vandring", when="2024–2025")
        follow_up = follow_up_of(decided_plan(cast, content=with_problem(action)))
        client = signed_in(cast.editor)
        assert "Nämner andra år och flyttas inte" in client.get(HERE).content.decode()
        answer = client.post(HERE, {"omrade-1-actions": [actions_of(follow_up)[0].uid]}, follow=True)
        assert "Se över När för «Vandring»" in answer.content.decode()

    def test_a_plan_that_is_decided_takes_no_more(self, follow_up, cast):
        next_year.carry(follow_up, {actions_of(follow_up)[0].uid}, by=cast.editor)
        ActionPlan.objects.filter(cycle__year=2026).update(state="decided")
        answer = signed_in(cast.editor).get(HERE, follow=True)
        assert answer.redirect_chain == [(HERE.replace("nasta-ar/", ""), 302)]
        assert "tar inte emot fler rader" in answer.content.decode()

    def test_a_year_that_is_not_opened_is_said(self, cast):
        follow_up_of(decided_plan(cast))
        answer = signed_in(cast.editor).get(HERE, follow=True)
        assert "Det finns inget planeringsår 2026" in answer.content.decode()

    def test_it_costs_the_same_however_long_the_plan_is(self, cast, cycle):
        answer_everything(follow_up_of(decided_plan(cast)), cast)
        answer_everything(follow_up_of(long_plan(cast)), cast)

        def queries(person, address):
            client = signed_in(person)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            return len(captured)

        assert queries(cast.editor, HERE) == queries(cast.neighbour, HERE.replace("skarholmen", "farsta"))


class TestTheLife:
    @pytest.fixture
    def carried(self, follow_up, cast):
        """An action that has gone on into the draft of 2026: (row of 2025, row of 2026)."""
        uid = actions_of(follow_up)[0].uid
        next_year.carry(follow_up, {uid}, by=cast.editor)
        return uid, str(CarriedRow.objects.get(kind="action").row)

    def test_it_is_the_same_from_both_years(self, follow_up, cast, carried):
        old, new = carried
        lives = [life_of(plan, uid, cast.editor) for plan, uid in ((follow_up.plan, old), (next_plan(), new))]
        assert [[(year.year, year.uid) for year in life.years] for life in lives] == [[(2025, old), (2026, new)]] * 2

    def test_it_tells_what_came_of_it_and_why_it_stopped(self, follow_up, cast, carried):
        ActionOutcome.objects.filter(row=carried[0]).update(status="not_done", reason="Vakanser", next_year="stop")
        old, new = life_of(follow_up.plan, carried[0], cast.editor).years
        assert (old.status, dict(old.words)["Skäl"]) == ("Inte genomförd", "Vakanser")
        assert not new.is_decided
        other = actions_of(follow_up)[3].uid
        ActionOutcome.objects.filter(row=other).update(next_year="stop")
        assert life_of(follow_up.plan, other, cast.editor).ending == "Åtgärden avslutades efter 2025."

    @pytest.mark.parametrize("person", ["police", "steering", "registrar"])
    def test_a_draft_that_is_not_shared_does_not_exist_to_others(self, follow_up, cast, carried, person):
        user, (old, new) = getattr(cast, person), carried
        client = signed_in(user)
        assert client.get("/planer/skarholmen/2026/").status_code == 404
        assert client.get(f"/planer/skarholmen/2026/atgard/{new}/over-aren/").status_code == 404
        assert [year.year for year in life_of(follow_up.plan, old, user).years] == [2025]
        assert history_of(follow_up.plan, user) == {}
        for page in ("", f"uppfoljning/atgard/{old}/", f"atgard/{old}/over-aren/"):
            answer = client.get(f"/planer/skarholmen/2025/{page}")
            assert answer.status_code == 200
            text = answer.content.decode()
            assert not [told for told in ("till 2026", "/2026/", "inte delad med dig") if told in text]

    def test_a_draft_that_is_shared_is_there_for_the_police(self, follow_up, cast, carried):
        ActionPlan.objects.filter(cycle__year=2026).update(shared_at=timezone.now())
        assert history_of(follow_up.plan, cast.police) == {carried[0]: "Vidare till 2026"}
        assert [year.year for year in life_of(follow_up.plan, carried[0], cast.police).years] == [2025, 2026]

    def test_what_is_carried_to_a_new_draft_of_a_decided_plan_is_told_when_that_is_decided(self, follow_up, cast):
        plan = editing.create_plan(cast.district, PlanningCycle.objects.get(year=2026), by=cast.editor)
        freeze(plan, DECISION, by=cast.chair)
        old = actions_of(follow_up)[0].uid
        next_year.carry(follow_up, {old}, by=cast.editor)
        assert history_of(follow_up.plan, cast.police) == {}
        assert [year.year for year in life_of(follow_up.plan, old, cast.editor).years] == [2025, 2026]
        ActionPlan.objects.filter(pk=plan.pk).update(version=2)
        freeze(next_plan(), DECISION, by=cast.chair)
        assert history_of(follow_up.plan, cast.police) == {old: "Vidare till 2026"}
        assert [year.year for year in life_of(follow_up.plan, old, cast.police).years] == [2025, 2026]

    def test_what_it_came_from_is_not_told_either_where_that_may_not_be_read(self, follow_up, cast, carried):
        later = PlanningCycle.objects.create(year=2027, area_set=cast.area_set)
        last = editing.create_plan(cast.district, later, by=cast.editor)
        row = put_action(last, cast).uid
        CarriedRow.objects.create(plan=last, row=row, from_plan=next_plan(), from_row=carried[1], kind="action")
        ActionPlan.objects.filter(pk=last.pk).update(shared_at=timezone.now())
        assert history_of(last, cast.police) == {}
        assert history_of(last, cast.editor) == {str(row): "Från 2026"}
        assert [year.year for year in life_of(last, row, cast.police).years] == [2027]

    def test_its_page_says_both_years(self, follow_up, cast, carried):
        answer = signed_in(cast.editor).get(f"/planer/skarholmen/2026/atgard/{carried[1]}/over-aren/")
        page = answer.content.decode()
        assert "2025" in page
        assert "Utkast" in page
        assert "Genomförd" in page

    def test_its_page_says_what_came_of_the_goals_what_the_parties_answered_and_what_it_led_to(self, follow_up, cast):
        goal_with_values(follow_up, cast)
        goal = GoalOutcome.objects.filter(follow_up=follow_up).order_by("position", "pk").first()
        place = next(action.place for action in actions_of(follow_up) if action.uid == str(goal.row))
        assessed = {"kind": "problem", "change": "better", "certainty": "too_early", "text": "Färre rån."}
        Assessment.objects.update_or_create(follow_up=follow_up, row=place.problem.uid, defaults=assessed)
        Fulfilment.objects.filter(follow_up=follow_up, party="Polisen").update(answer="partly")
        page = signed_in(cast.editor).get(f"/planer/skarholmen/2025/atgard/{goal.row}/over-aren/").content.decode()
        shown = " ".join(re.sub(r"<[^>]+>", " ", page.replace("\N{NO-BREAK SPACE}", " ")).split())
        assert f"{goal.text} {goal.get_result_display()}" in shown
        assert "från 42 procent 2024 mot 37 procent; utfall: 36 procent 2025." in shown
        assert "Polisen: delvis" in shown
        assert "Har minskat (för tidigt att säga). Färre rån." in shown

    def test_what_came_of_it_is_not_told_to_who_does_not_read_the_follow_up(self, follow_up, cast):
        uid = actions_of(follow_up)[0].uid
        assert [year.goals for year in life_of(follow_up.plan, uid, cast.neighbour).years] == [()]

    def test_the_plan_leads_to_it_from_actions_with_a_history(self, follow_up, cast, carried):
        assert history_of(follow_up.plan, cast.editor) == {carried[0]: "Vidare till 2026"}
        labels = {uid: [o.label for o in offers] for uid, offers in offers_of(next_plan(), cast.editor).items()}
        assert "Från 2025" in labels[carried[1]]

    def test_an_action_with_no_other_year_has_a_page_too(self, follow_up, cast):
        uid = actions_of(follow_up)[7].uid
        assert [year.year for year in life_of(follow_up.plan, uid, cast.editor).years] == [2025]

    def test_an_action_that_is_not_there_is_not_found(self, follow_up, cast):
        address = f"/planer/skarholmen/2025/atgard/{UUID(int=1)}/over-aren/"
        assert signed_in(cast.editor).get(address).status_code == 404

    def test_it_costs_the_same_however_many_years(self, follow_up, cast, carried):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                life_of(follow_up.plan, carried[0], cast.editor)
            return len(captured)

        two = queries()
        plan, row = next_plan(), carried[1]
        for year in (2027, 2028):
            later = PlanningCycle.objects.create(year=year, area_set=cast.area_set)
            made = editing.create_plan(cast.district, later, by=cast.editor)
            uid = str(put_action(made, cast).uid)
            CarriedRow.objects.create(plan=made, row=uid, from_plan=plan, from_row=row, kind="action")
            plan, row = made, uid
        assert len(life_of(follow_up.plan, carried[0], cast.editor).years) == 4
        assert queries() == two


def below(source, problem):
    return [place for place in source.outline.of_kind["action"] if place.problem is problem]


def with_problem(action):
    """A plan with one problem, one cause and the action in the first of the year's areas."""
    problem = Problem(title="Otrygghet", causes=(Cause(text="Mörkt", actions=(action,)),))
    document = real_plan()
    first, *rest = document.areas
    return replace(document, areas=(replace(first, problems=(problem,)), *(replace(a, problems=()) for a in rest)))


# --- The city's delmål and åtaganden


class TestOfTheCity:
    ADDRESS = "/planer/staden/2025/uppfoljning/nasta-ar/"

    @pytest.fixture
    def of_city(self, cast, cycle):
        return opened_in_city(cast)

    def parts(self, plan):
        rows = [*AreaTarget.objects.filter(plan=plan), *Commitment.objects.filter(plan=plan)]
        return [(each.text, str(each.uid)) for each in rows]

    def test_delmal_and_ataganden_go_on_and_remember_where_they_came_from(self, of_city, cast):
        AreaTarget.objects.update(due_on=date(2025, 12, 1))
        client = signed_in(cast.city_preparation)
        page = client.get(self.ADDRESS).content.decode()
        assert "Delmål. Inte besvarat." in page and "Åtagande. Polisen: inte besvarat." in page
        chosen = re.findall(r'name="(omrade-1-parts)"\s+value="([^"]+)"[^>]*checked', page)
        answer = client.post(self.ADDRESS, {"omrade-1-parts": [uid for _, uid in chosen]}, follow=True)
        assert "Överfört till utkastet för 2026: 1 delmål och 1 åtagande." in answer.content.decode()
        plan = next_plan()
        assert [text for text, _ in self.parts(plan)] == ["Färre unga rekryteras", "Bemannar stationerna"]
        assert plan.planareas.get(position=1).targets.get().target == "100"
        came = {str(row.from_row): str(row.row) for row in CarriedRow.objects.filter(plan=plan)}
        assert came == dict(zip(*([uid for _, uid in self.parts(each)] for each in (of_city.plan, plan)), strict=True))

    def test_what_is_there_already_is_kept_and_not_carried_twice(self, of_city, cast):
        chosen = {part.uid for area in next_year.Source(of_city).areas() for part in area.parts}
        assert next_year.carry(of_city, chosen, by=cast.city_preparation).count == 2
        area = next_plan().planareas.get(position=1)
        AreaTarget.objects.create(plan=area.plan, plan_area=area, position=2, text="Nytt")
        assert next_year.carry(of_city, chosen, by=cast.city_preparation).count == 0
        assert [each.text for each in area.targets.all()] == ["Färre unga rekryteras", "Nytt"]

    def test_a_delmal_goes_on_being_seen_in_its_indicator(self, of_city, cast):
        of, delmal = indicator(), AreaTarget.objects.get()
        measured(of, 2025, 39)
        by = {"by": cast.city_preparation}
        GoalIndicator.objects.create(plan=of_city.plan, goal=delmal.uid, indicator=of, baseline=42, target=37, **by)
        assert "Följs i Otrygga i bostadsområdet. Nytt nuläge: 39 procent 2025." in read(
            signed_in(cast.city_preparation), self.ADDRESS
        )
        next_year.carry(of_city, {str(delmal.uid)}, **by)
        found = baseline_target_outcome(next_plan())[str(AreaTarget.objects.get(plan=next_plan()).uid)]
        assert (found.before.value, found.target) == (39, 37)

    def test_a_delmal_that_is_met_is_not_chosen_beforehand(self, of_city):
        GoalOutcome.objects.filter(follow_up=of_city).update(result="met")
        (area,) = next_year.Source(of_city).areas()
        assert [(part.field, part.is_default) for part in area.parts] == [("targets", False), ("commitments", True)]
