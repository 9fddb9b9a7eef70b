"""The catalogue of decided actions (issue 5, 4.5): how it is filled, who is told what, and what a search finds."""

from datetime import date
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agreements.models import PlanningCycle
from followup.catalogue import demonstration, filling, search
from followup.catalogue.search import Asked
from followup.catalogue.words import beginning, meaningful, typed
from followup.models import CataloguedAction
from followup.workflow import WORKFLOW
from plans import editing
from plans.afterwards import offers_of_cause, tell_of_decision
from plans.document import Action
from plans.models import ActionPlan
from plans.start_page import offers_to
from plans.versions import freeze
from tests.cast import Cast
from tests.followup.catalogued import decided, followed_up, many, published, row_of
from tests.followup.decided import DECISION, decided_anew, decided_plan, put_action, version_of
from tests.followup.opened import handed_in
from tests.followup.reported import sent


@pytest.fixture
def cast(db):
    return Cast()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def found(user, **asked):
    return [hit.text for hit in search.find(user, Asked(**asked)).hits]


def page(user, query=""):
    return signed_in(user).get(f"/atgarder/{query}").content.decode()


def catalogued():
    return CataloguedAction.objects.values_list("text", flat=True)


class TestFilling:
    def test_deciding_a_version_catalogues_its_actions(self, cast, django_capture_on_commit_callbacks):
        plan = decided_plan(cast)
        with django_capture_on_commit_callbacks(execute=True):
            tell_of_decision(version_of(plan))
        row = CataloguedAction.objects.get()
        said = (row.text, row.cause, row.problem, row.year, row.district, row.version, row.approved_on)
        assert said == (
            "Fältgruppen finns på torget", "Få vuxna är där", "Otrygghet på torget", 2025, cast.district,
            version_of(plan), None,
        )  # fmt: skip
        assert row.words == "fältgruppen finns på torget\nfå vuxna är där\notrygghet på torget"

    def test_it_is_made_of_the_frozen_version_and_not_of_the_draft_after_it(self, cast):
        plan = decided(cast, "Fältgruppen finns på torget")
        ActionPlan.objects.filter(pk=plan.pk).update(state="draft", version=2)
        editing.set_fields(plan, "action", plan.actions.get().uid, {"text": "Något annat"}, version=1, by=None)
        filling.put(plan.pk)
        assert list(catalogued()) == ["Fältgruppen finns på torget"]

    def test_a_new_version_replaces_the_rows_of_the_one_before(self, cast):
        plan = decided(cast, "Vandringar", "Fältgruppen finns på torget")
        stays, goes = row_of(plan, "Vandringar"), row_of(plan, "Fältgruppen finns på torget")

        def change(draft):
            editing.remove(draft, "action", goes.row, by=None)
            put_action(draft, cast, "En ny åtgärd")

        decided_anew(plan, cast, change)
        assert filling.put(plan.pk) == filling.Filled(added=1, changed=1, removed=1)
        assert set(catalogued()) == {"Vandringar", "En ny åtgärd"}
        assert CataloguedAction.objects.get(pk=stays.pk).version.number == 2

    def test_a_row_without_a_text_is_no_action_to_borrow(self, cast):
        decided(cast, Action(order=1, goals="Ett mål"), Action(order=2, text="Vandringar"))
        assert list(catalogued()) == ["Vandringar"]

    def test_approving_the_follow_up_tells_what_came_of_each(self, cast, django_capture_on_commit_callbacks):
        follow_up = handed_in(cast)
        filling.put(follow_up.plan_id)
        given = {"approved_on": date(2026, 2, 5), "body": "Styrgruppen", "meeting": "Möte 1"}
        with django_capture_on_commit_callbacks(execute=True):
            WORKFLOW.take(follow_up, "approve", by=cast.chair, **given)
        row = row_of(follow_up.plan, "Trygghetsvandringar på torget")
        assert (row.status, row.light, row.done) == ("done", "green", "Gjort.")
        assert (row.goals_met, row.goals_asked, row.approved_on) == (2, 2, date(2026, 2, 5))

    def test_an_approval_stands_when_the_catalogue_cannot_be_written(
        self, cast, monkeypatch, django_capture_on_commit_callbacks, caplog
    ):
        follow_up = handed_in(cast)
        monkeypatch.setattr(filling, "put", lambda plan_id: 1 / 0)
        given = {"approved_on": date(2026, 2, 5), "body": "Styrgruppen", "meeting": "Möte 1"}
        with django_capture_on_commit_callbacks(execute=True):
            assert WORKFLOW.take(follow_up, "approve", by=cast.chair, **given).state == "approved"
        assert "division by zero" in caplog.text

    def test_what_was_missed_is_made_up_for_once(self, cast):
        plan = decided_plan(cast, cast.other_district)
        assert filling.make_up() == 1
        assert filling.make_up() == 0
        followed_up(plan, cast)
        CataloguedAction.objects.update(approved_on=None)
        assert filling.make_up() == 1
        assert row_of(plan).approved_on == date(2026, 2, 5)

    def test_the_command_tells_first_then_writes_and_changes_nothing_the_second_time(self, cast):
        decided_plan(cast)

        def said(*arguments):
            out = StringIO()
            call_command("catalogue", *arguments, stdout=out)
            return out.getvalue()

        assert "1 beslutade planer. Åtgärder: 1 nya" in said() and "Inget är sparat" in said()
        assert not catalogued()
        assert "Sparat." in said("--write")
        first = list(CataloguedAction.objects.values())
        assert "inga ändringar i 1 åtgärder" in said("--write")
        assert list(CataloguedAction.objects.values()) == first

    def test_filling_asks_as_much_however_many_actions_the_plan_has(self, cast):
        counts = []
        for district, number in ((cast.other_district, 2), (cast.district, 30)):
            plan = decided_plan(cast, district)
            for at in range(number):
                put_action(plan, cast, f"Åtgärd {at}")
            with CaptureQueriesContext(connection) as queries:
                filling.put(plan.pk)
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_a_demo_from_before_the_catalogue_gets_one(self, cast):
        decided_plan(cast)
        assert not demonstration.is_told()
        demonstration.tell()
        assert demonstration.is_told()


class TestWords:
    def test_each_word_is_looked_for_once_and_in_lower_case(self):
        assert typed("  Ökad  BELYSNING ökad ") == ["ökad", "belysning"]

    def test_the_words_of_a_cause_that_mean_something_are_kept_with_their_beginnings(self):
        assert meaningful("Det finns dålig belysning vid torget och på torg") == [
            ("dålig", "dålig"), ("belysning", "belysning"), ("torget", "torg"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("word", "stem"), [("torget", "torg"), ("kvällarna", "kväll"), ("barn", "barn"), ("vuxna", "vuxn")]
    )
    def test_an_ending_is_left_out_as_far_as_four_letters_are_left(self, word, stem):
        assert beginning(word) == stem

    def test_a_cause_of_empty_words_says_nothing_to_look_for(self):
        assert meaningful("Det finns också andra problem i området") == []


class TestSearching:
    def test_all_words_have_to_occur_in_the_action_its_cause_or_its_problem(self, cast):
        decided(cast, "Vandringar med ÅVC", "Fältgruppen finns där")
        assert found(cast.editor, text="vandringar belysningen TORGET") == ["Vandringar med ÅVC"]
        assert found(cast.editor, text="åvc") == ["Vandringar med ÅVC"]
        assert found(cast.editor, text="vandringar kameror") == []

    @pytest.mark.parametrize("text", ["100%", "_", "\\", "'; drop table", "\x00"])
    def test_signs_that_mean_something_to_a_database_are_only_signs(self, cast, text):
        decided(cast, "Vandringar")
        assert found(cast.editor, text=text) == ([] if text.strip("\x00") else ["Vandringar"])

    def test_the_filters_narrow_and_what_nobody_can_choose_counts_as_none(self, cast):
        decided(cast, "Vandringar")
        editor = signed_in(cast.editor)
        for query, number in (
            ("?omrade=unga-i-riskzon&stadsdel=farsta&ar=2025&utfall=inte-uppfoljd", 1),
            ("?stadsdel=atlantis&ar=x&omrade=hemligt&utfall=allt", 1),
            ("?utfall=genomford", 0),
        ):
            assert editor.get(f"/atgarder/{query}").context["found"].number == number, query

    def test_an_action_worded_the_same_in_several_districts_is_one_hit(self, cast):
        for district in (cast.other_district, cast.district):
            decided(
                cast,
                "Vandringar",
                "Bara i Farsta" if district is cast.other_district else "Bara här",
                district=district,
            )
        text = page(cast.editor)
        assert "3 åtgärder" in text
        assert "Samma åtgärd i 2 stadsdelar" in text
        alike = signed_in(cast.editor).get(f"/atgarder/?samma={row_of(decided_plan_of('farsta'), 'Vandringar').pk}")
        assert alike.context["found"].number == 2

    def test_the_same_district_another_year_is_no_other_district(self, cast):
        plan = decided(cast, "Vandringar")
        cycle = PlanningCycle.objects.create(year=2026, area_set=cast.area_set)
        row = row_of(plan)
        later = ActionPlan.objects.create(district=cast.other_district, cycle=cycle, state="decided")
        version = version_of(plan)
        version.pk, version.plan, version._state.adding = None, later, True
        version.save()
        row.pk, row.plan, row.version, row.year, row._state.adding = None, later, version, 2026, True
        row.save()
        assert "Samma åtgärd i 2 planer" in page(cast.editor)

    @pytest.mark.parametrize(
        "query", ["?samma=1234567", "?samma=x", "?samma=" + "9" * 40, "?orsak=x", f"?orsak={UUID(int=7)}"]
    )
    def test_what_is_not_there_is_not_found(self, cast, query):
        decided(cast, "Vandringar")
        assert signed_in(cast.editor).get(f"/atgarder/{query}").status_code == 404

    def test_the_city_reads_what_has_been_sent_to_it(self, cast):
        plan = decided(cast, "Vandringar")
        assert found(cast.city_preparation) == []
        assert signed_in(cast.city_preparation).get(f"/atgarder/?samma={row_of(plan).pk}").status_code == 404
        assert "inga beslutade åtgärder att visa än" in page(cast.city_preparation)
        sent(plan, cast)
        assert found(cast.city_preparation) == ["Vandringar"]

    def test_the_link_leads_to_the_row_in_the_decided_version(self, cast):
        plan = decided(cast, "Vandringar")
        row = row_of(plan)
        answer = signed_in(cast.editor).get(f"/atgarder/farsta/2025/{row.row}/", follow=True)
        assert answer.redirect_chain == [(f"/planer/farsta/2025/version/1/omrade/1/#rad-{row.row}", 302)]
        assert f'id="rad-{row.row}"' in answer.content.decode()

    def test_nothing_found_says_what_to_do(self, cast):
        decided(cast, "Vandringar")
        assert "Pröva färre eller kortare ord" in page(cast.editor, "?ord=kamel")

    @pytest.mark.parametrize("query", ["", "?ord=torget", "?orsak", "?utfall=genomford", "?samma"])
    def test_it_asks_as_much_for_290_districts_with_40_actions_as_for_one(self, cast, query):
        own = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
        put_action(own, cast)
        cause = own.causes.get()
        editing.set_fields(own, "cause", cause.uid, {"text": "Belysningen vid torget"}, version=2, by=None)
        editor, counts = signed_in(cast.editor), []
        for districts, actions in ((range(2), 10), (range(2, 290), 40)):
            many(cast, districts, actions)
            asked = {"?orsak": f"?orsak={cause.uid}", "?samma": f"?samma={CataloguedAction.objects.first().pk}"}
            with CaptureQueriesContext(connection) as queries:
                assert editor.get(f"/atgarder/{asked.get(query, query)}").status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1]
        assert counts[0] <= 20


def decided_plan_of(slug):
    return ActionPlan.objects.get(district__slug=slug, cycle__year=2025)


class TestWhatCameOfIt:
    @pytest.fixture
    def plan(self, cast):
        plan = decided(cast, Action(order=1, text="Vandringar", goals="Fler än 50 procent ska känna sig trygga."))
        followed_up(plan, cast)
        return plan

    def test_the_own_district_reads_it_once_it_is_approved(self, cast, plan):
        text = page(cast.neighbour)
        assert "Genomförd" in text and "1 av 1 mål uppnådda" in text
        assert "Boka bussen redan i januari." in text
        assert "Uppföljningen godkändes 5 februari 2026." in text

    def test_others_are_told_that_it_is_not_published_and_a_filter_does_not_tell_it_either(self, cast, plan):
        text = page(cast.editor)
        assert "Uppföljningen är inte publicerad" in text
        assert "Boka bussen" not in text and "Genomförd</p>" not in text
        for outcome in search.TOLD:
            assert found(cast.editor, outcome=outcome) == []

    def test_the_words_of_the_outcome_are_not_searched(self, cast, plan):
        assert found(cast.editor, text="bussen") == found(cast.neighbour, text="bussen") == []

    def test_everybody_is_told_once_the_annual_report_of_the_year_is_published(self, cast, plan):
        published(cast)
        text = page(cast.editor)
        assert "Boka bussen redan i januari." in text
        assert "Boka bussen redan i januari." in page(cast.working)
        assert found(cast.editor, outcome="genomford") == ["Vandringar"]
        assert found(cast.editor, outcome="mal-uppnadda") == ["Vandringar"]
        assert found(cast.editor, outcome="inte-genomford") == []

    def test_what_nobody_has_approved_is_not_followed_up(self, cast):
        decided(cast, "Vandringar")
        assert "Inte uppföljd än" in page(cast.editor)


class TestSameCause:
    @pytest.fixture
    def cause(self, cast):
        plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
        put_action(plan, cast)
        cause = plan.causes.get()
        text = {"text": "Dålig belysning på torget och få vuxna på kvällarna"}
        editing.set_fields(plan, "cause", cause.uid, text, version=2, by=None)
        return cause

    def test_actions_that_share_its_words_are_found_those_that_share_most_first(self, cast, cause):
        decided(
            cast,
            "Lampor som täcker hela torget på kvällen",
            "Vandringar",
            cause="Belysningen är dålig och få vuxna är där",
        )
        answer = signed_in(cast.editor).get(f"/atgarder/?orsak={cause.uid}")
        assert [each.hit.text for each in answer.context["shown"]] == [
            "Lampor som täcker hela torget på kvällen", "Vandringar",
        ]  # fmt: skip
        entry = answer.context["shown"][0].entries[0]
        assert entry.shared == ["dålig", "belysning", "torget", "vuxna", "kvällarna"]

    def test_what_shares_one_word_only_is_not_shown(self, cast, cause):
        decided(cast, "Klotter tas bort", cause="Sen sanering på kvällarna", problem="Klotter")
        answer = signed_in(cast.editor).get(f"/atgarder/?orsak={cause.uid}")
        assert answer.context["found"].number == 0
        assert "Ingen annan stadsdel har en beslutad åtgärd med orsakens ord." in answer.content.decode()

    @pytest.mark.parametrize("query", ["", "&ord=torget"])
    def test_a_cause_without_a_word_to_look_for_says_so(self, cast, cause, query):
        decided(cast, "Klotter tas bort")
        editing.set_fields(cause.plan, "cause", cause.uid, {"text": "Att det är så"}, version=3, by=None)
        answer = signed_in(cast.editor).get(f"/atgarder/?orsak={cause.uid}{query}")
        assert "Orsaken har inga ord att söka på än." in answer.content.decode()

    def test_the_own_district_is_not_elsewhere(self, cast, cause):
        ActionPlan.objects.filter(pk=cause.plan_id).update(state="decided")
        own = ActionPlan.objects.with_place().get(pk=cause.plan_id)
        freeze(own, DECISION, by=cast.chair)
        filling.put(own.pk)
        assert found(cast.editor) == ["Fältgruppen finns på torget"]
        assert signed_in(cast.editor).get(f"/atgarder/?orsak={cause.uid}").context["found"].number == 0

    @pytest.mark.parametrize("person", ["neighbour", "police", "city_preparation"])
    def test_a_cause_of_a_draft_one_does_not_read_is_not_found(self, cast, cause, person):
        assert signed_in(getattr(cast, person)).get(f"/atgarder/?orsak={cause.uid}").status_code == 404

    def test_it_is_offered_at_each_cause_of_a_draft_only(self, cast, cause):
        client = signed_in(cast.editor)
        address = f"/atgarder/?orsak={cause.uid}"
        assert address in client.get(f"/planer/skarholmen/2025/rad/cause/{cause.uid}/").content.decode()
        assert address in client.get("/planer/skarholmen/2025/").content.decode()
        ActionPlan.objects.filter(pk=cause.plan_id).update(state="decided")
        cause.refresh_from_db()
        assert offers_of_cause(ActionPlan.objects.get(pk=cause.plan_id), str(cause.uid), cast.editor) == []


class TestTheWayThere:
    @pytest.mark.parametrize(
        ("person", "offered"), [("editor", True), ("city_preparation", True), ("registrar", False)]
    )
    def test_min_sida_offers_it_to_whoever_writes_plans_or_follows_all_districts(self, cast, person, offered):
        labels = [offer.label for offer in offers_to(getattr(cast, person))]
        assert ("Åtgärdskatalogen" in labels) == offered

    def test_min_sida_offers_first_what_one_comes_to_do_most_often(self, cast):
        decided_plan(cast)
        labels = ["Anteckna på en åtgärd", "Rapportera ett hinder", "Åtgärdskatalogen"]
        assert [offer.label for offer in offers_to(cast.editor)] == labels
        assert [offer.label for offer in offers_to(cast.police)] == labels[:2]

    def test_the_list_of_plans_leads_there_for_whoever_reads_it(self, cast):
        assert 'href="/atgarder/"' in signed_in(cast.registrar).get("/planer/").content.decode()
        assert 'href="/atgarder/"' not in signed_in(cast.stranger).get("/planer/").content.decode()
