"""Borrowing a decided action of another district into one's own draft (issue 5, 4.5)."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agreements.models import AreaMapping, PlanningCycle, PriorityArea, PriorityAreaSet
from followup.catalogue import borrowing, filling
from followup.catalogue.borrowing import AlreadyBorrowed, Borrowing
from followup.catalogue.loans import loans_in
from followup.life import life_of
from followup.models import BorrowedAction, CataloguedAction
from plans import editing
from plans.afterwards import offers_of
from plans.document import Action, OperationalGoal, Responsibility, Timing
from plans.errors import EditRefused
from plans.loading import load_document
from plans.models import ActionPlan, PlanEvent
from plans.outline import Outline
from tests.cast import Cast
from tests.followup.catalogued import decided, row_of
from tests.followup.decided import decided_anew, put_action

ACTION = Action(
    order=1, text="Vandringar", goals="Fyra vandringar 2025.", when="Löpande under 2025", who="Fältgruppen",
    follow_up="Gjort.", work_form="line_work", triangle_sides=(),
    operational_goals=(
        OperationalGoal(uid=str(uuid4()), text="Fyra vandringar", baseline="0", baseline_date=date(2024, 12, 1),
                        target="4", due_on=date(2025, 11, 30)),
    ),
    timings=(Timing(uid=str(uuid4()), kind="deadline", label="Klart 2025", ends_on=date(2025, 11, 30)),),
    responsibilities=(Responsibility(uid=str(uuid4()), kind="lead", function="Fältsekreterare"),),
)  # fmt: skip


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def source(cast):
    """Farsta's decided plan of 2025 with the action."""
    return decided(cast, ACTION, "Vuxna på kvällen", "Sommarjobb", evidence="Farstas mätning")


@pytest.fixture
def draft(cast):
    """Skärholmen's draft of 2026."""
    cycle = PlanningCycle.objects.create(year=2026, area_set=cast.area_set)
    return ActionPlan.objects.with_place().get(pk=editing.create_plan(cast.district, cycle, by=cast.editor).pk)


def catalogued(source, text="Vandringar"):
    rows = CataloguedAction.objects.select_related("plan__cycle__area_set", "plan__district", "version__plan")
    return rows.get(plan=source, text=text)


def asked(draft, source, text="Vandringar"):
    return Borrowing(draft, catalogued(source, text))


def borrow(draft, source, by, key="", text="Vandringar", seen=1):
    ask = asked(draft, source, text)
    uid = borrowing.borrow(ask, key or ask.default(), by=by, seen=seen)
    return Outline(load_document(draft)).find("action", uid)


def address(source, text="Vandringar", draft="skarholmen/2026"):
    return f"/planer/{draft}/lana/farsta/2025/{row_of(source, text).row}/"


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def told(answer):
    return [str(message) for message in answer.context["messages"]]


class TestWhatIsBorrowed:
    def test_the_problem_and_the_cause_come_along_into_the_same_area(self, cast, draft, source):
        place = borrow(draft, source, cast.editor)
        assert (place.area.code, place.problem.text) == ("unga-i-riskzon", "Otrygghet på torget")
        assert place.cause.text == "Belysningen är dålig och få vuxna är där"
        assert place.cause.node.evidence == ""  # what it rested on was the other district's
        kinds = {row.kind for row in BorrowedAction.objects.filter(plan=draft)}
        assert kinds == {"problem", "cause", "action"}

    def test_text_goals_who_and_times_a_year_later_come_along_and_the_follow_up_is_empty(self, cast, draft, source):
        action = borrow(draft, source, cast.editor).node
        assert (action.text, action.who, action.work_form) == ("Vandringar", "Fältgruppen", "line_work")
        assert (action.when, action.follow_up) == ("Löpande under 2026", "")
        goal, timing, lead = action.operational_goals[0], action.timings[0], action.responsibilities[0]
        assert (goal.text, goal.target, goal.due_on) == ("Fyra vandringar", "4", date(2026, 11, 30))
        assert (goal.baseline, goal.baseline_date) == ("", None)
        assert (timing.label, timing.ends_on, lead.function) == ("Klart 2026", date(2026, 11, 30), "Fältsekreterare")
        theirs = {part.uid for part in (*ACTION.operational_goals, *ACTION.timings, *ACTION.responsibilities)}
        assert not theirs & {goal.uid, timing.uid, lead.uid}

    @pytest.mark.parametrize(("year", "when"), [(2025, "Löpande under 2025"), (2027, "Löpande under 2027")])
    def test_the_times_move_as_many_years_as_lie_between_the_plans(self, cast, source, year, when):
        cycle = PlanningCycle.objects.get_or_create(year=year, defaults={"area_set": cast.area_set})[0]
        draft = editing.create_plan(cast.district, cycle, by=cast.editor)
        action = borrow(ActionPlan.objects.with_place().get(pk=draft.pk), source, cast.editor).node
        assert (action.when, action.timings[0].ends_on.year) == (when, year)

    def test_it_goes_under_a_cause_of_the_own_plan_and_brings_nothing_else(self, cast, draft, source):
        put_action(draft, cast, "Vår egen")
        cause = draft.causes.get()
        place = borrow(draft, source, cast.editor, key=f"cause:{cause.uid}")
        assert (place.cause.uid, place.number) == (str(cause.uid), 2)
        assert (draft.problems.count(), draft.causes.count()) == (1, 1)

    def test_it_goes_under_a_problem_of_the_own_plan_and_brings_its_cause(self, cast, draft, source):
        put_action(draft, cast, "Vår egen")
        place = borrow(draft, source, cast.editor, key=f"problem:{draft.problems.get().uid}")
        assert (draft.problems.count(), place.cause.number) == (1, 2)
        assert place.cause.text == "Belysningen är dålig och få vuxna är där"

    def test_the_history_says_where_it_comes_from(self, cast, draft, source):
        borrow(draft, source, cast.editor)
        event = PlanEvent.objects.filter(plan=draft).first()
        assert event.summary == "Lånade in en åtgärd från Farsta 2025: «Vandringar»"
        assert "Lånade in en åtgärd från Farsta 2025" in signed_in(cast.editor).get(
            "/planer/skarholmen/2026/historik/"
        ).content.decode()  # fmt: skip

    def test_undoing_takes_it_back_and_then_it_may_be_borrowed_anew(self, cast, draft, source):
        borrow(draft, source, cast.editor)
        editing.undo(draft, PlanEvent.objects.filter(plan=draft).first(), by=cast.editor)
        assert not draft.actions.exists()
        borrow(draft, source, cast.editor)
        assert draft.actions.count() == 1

    def test_borrowing_asks_as_much_however_large_the_plans_are(self, cast, draft, source):
        counts = []
        for text in ("Sommarjobb", "Vuxna på kvällen"):
            with CaptureQueriesContext(connection) as queries:
                borrow(draft, source, cast.editor, text=text, key=f"area:{draft.planareas.get(position=1).uid}")
            counts.append(len(queries))
            for at in range(10):
                put_action(draft, cast, f"Egen {at}")
        assert counts[0] == counts[1]


class TestWhereItMostLikelyGoes:
    def test_a_second_action_of_the_same_cause_goes_under_the_borrowed_cause(self, cast, draft, source):
        first = borrow(draft, source, cast.editor)
        second = borrow(draft, source, cast.editor, text="Vuxna på kvällen")
        assert second.cause.uid == first.cause.uid
        assert draft.problems.count() == 1

    def test_a_cause_or_a_problem_of_the_own_plan_that_says_the_same(self, cast, draft, source):
        put_action(draft, cast, "Vår egen")  # under the problem «Otrygghet på torget»
        assert asked(draft, source).default() == f"problem:{draft.problems.get().uid}"

    def test_the_cause_that_the_person_came_from(self, cast, draft, source):
        put_action(draft, cast, "Vår egen")
        cause = draft.causes.get()
        assert asked(draft, source).default(str(cause.uid)) == f"cause:{cause.uid}"
        assert asked(draft, source).default("x") == f"problem:{draft.problems.get().uid}"

    def test_the_area_that_has_taken_over(self, cast, source):
        areas = PriorityAreaSet.objects.create(code="2026", name="Ett område", valid_from=date(2026, 1, 1))
        new = PriorityArea.objects.create(
            area_set=areas, number=1, code="unga", title="Unga", short_title="Unga", sheet="1. Unga"
        )
        AreaMapping.objects.create(old=cast.area_set.areas.get(code="unga-i-riskzon"), new=new)
        cycle = PlanningCycle.objects.create(year=2026, area_set=areas)
        draft = ActionPlan.objects.with_place().get(pk=editing.create_plan(cast.district, cycle, by=cast.editor).pk)
        assert borrow(draft, source, cast.editor).area.code == "unga"

    def test_it_is_asked_where_no_area_takes_over(self, cast, source):
        areas = PriorityAreaSet.objects.create(code="2026", name="Ett område", valid_from=date(2026, 1, 1))
        PriorityArea.objects.create(area_set=areas, number=1, code="x", title="X", short_title="X", sheet="X")
        cycle = PlanningCycle.objects.create(year=2026, area_set=areas)
        draft = editing.create_plan(cast.district, cycle, by=cast.editor)
        assert asked(ActionPlan.objects.with_place().get(pk=draft.pk), source).default() == ""
        answer = signed_in(cast.editor).post(address(source), {"place": "", "seen": 1})
        assert answer.status_code == 422
        assert "Välj var i planen åtgärden ska stå." in answer.content.decode()


class TestWhatIsRefused:
    def test_the_same_action_twice_with_where_it_is(self, cast, draft, source):
        place = borrow(draft, source, cast.editor)
        with pytest.raises(AlreadyBorrowed, match="åtgärd 1 i området Unga i riskzon") as refused:
            borrow(draft, source, cast.editor, key=f"cause:{place.cause.uid}")
        assert refused.value.row == place.uid
        for verb in ("get", "post"):
            answer = getattr(signed_in(cast.editor), verb)(address(source), follow=True)
            assert "Åtgärden är redan inlånad" in told(answer)[0]
            assert f"rad={place.uid}" in answer.redirect_chain[0][0]
        assert draft.actions.count() == 1

    def test_the_same_action_of_a_later_version_is_the_same(self, cast, draft, source):
        borrow(draft, source, cast.editor)
        decided_anew(source, cast, lambda plan: None)
        filling.put(source.pk)
        with pytest.raises(AlreadyBorrowed):
            borrow(draft, source, cast.editor, seen=2)

    def test_an_action_decided_anew_since_it_was_read(self, cast, draft, source):
        decided_anew(source, cast, lambda plan: None)
        filling.put(source.pk)
        answer = signed_in(cast.editor).post(
            address(source), {"place": f"area:{draft.planareas.first().uid}", "seen": 1}
        )
        assert answer.status_code == 422
        assert borrowing.DECIDED_ANEW in answer.content.decode()
        assert 'name="seen" value="2"' in answer.content.decode()
        assert not draft.actions.exists()

    @pytest.mark.parametrize("key", ["", "area:x", f"cause:{UUID(int=7)}", "action:1", "area", "x:y:z", "\x00"])
    def test_a_place_that_is_not_there(self, cast, draft, source, key):
        with pytest.raises(EditRefused):
            borrowing.borrow(asked(draft, source), key, by=cast.editor, seen=1)
        answer = signed_in(cast.editor).post(address(source), {"place": key, "seen": 1})
        assert answer.status_code == 422
        assert not draft.actions.exists() and not BorrowedAction.objects.exists()

    def test_a_cause_of_another_plan(self, cast, draft, source):
        with pytest.raises(EditRefused):
            borrow(draft, source, cast.editor, key=f"cause:{source.causes.get().uid}")
        with pytest.raises(EditRefused):
            borrow(draft, source, cast.editor, key=f"action:{source.actions.first().uid}")

    def test_an_action_of_the_own_district_goes_on_through_its_follow_up(self, cast, draft):
        own = decided(cast, "Vandringar", district=cast.district)
        with pytest.raises(EditRefused, match="förs över från uppföljningen"):
            borrow(draft, own, cast.editor)
        address = f"/planer/skarholmen/2026/lana/skarholmen/2025/{row_of(own).row}/"
        assert told(signed_in(cast.editor).get(address, follow=True)) == [borrowing.OWN]
        text = signed_in(cast.editor).get("/atgarder/").content.decode()
        assert "Er egen åtgärd" in text and "Låna in i vår plan" not in text

    def test_a_plan_that_is_no_longer_written(self, cast, draft, source):
        ActionPlan.objects.filter(pk=draft.pk).update(state="ready_for_decision")
        answer = signed_in(cast.editor).post(address(source), {"place": "x", "seen": 1}, follow=True)
        assert "tar inte emot fler rader" in told(answer)[0]
        with pytest.raises(PermissionDenied):
            draft.refresh_from_db()
            borrow(draft, source, cast.editor, key=f"area:{draft.planareas.first().uid}")
        assert not draft.actions.exists()

    def test_whoever_reads_the_draft_and_does_not_write_it_is_told_who_does(self, cast, draft, source):
        answer = signed_in(cast.co_writer).get(address(source))
        assert answer.status_code == 403
        assert "stadsdelens trygghetsstrateg som skriver" in answer.content.decode()
        with pytest.raises(PermissionDenied):
            borrow(draft, source, cast.co_writer)


class TestHostile:
    @pytest.mark.parametrize("verb", ["get", "post"])
    def test_another_districts_draft_is_not_found(self, cast, draft, source, verb):
        for person in (cast.neighbour, cast.city_preparation, cast.stranger, cast.administrator):
            assert getattr(signed_in(person), verb)(address(source)).status_code == 404

    @pytest.mark.parametrize("verb", ["get", "post"])
    def test_an_action_of_a_plan_one_does_not_read_is_not_found(self, cast, source, verb):
        cycle = PlanningCycle.objects.create(year=2026, area_set=cast.area_set)
        editing.create_plan(None, cycle, by=cast.city_preparation)
        client = signed_in(cast.city_preparation)  # Farsta's plan has not been sent to the city
        assert getattr(client, verb)(address(source, draft="staden/2026")).status_code == 404

    def test_an_action_that_is_in_no_decided_plan_is_not_found(self, cast, draft):
        other = editing.create_plan(cast.other_district, cast.cycle, by=cast.neighbour)
        row = put_action(other, cast)
        assert signed_in(cast.editor).get(f"/planer/skarholmen/2026/lana/farsta/2025/{row.uid}/").status_code == 404

    def test_text_with_markup_is_shown_as_text(self, cast, draft):
        source = decided(cast, "<script>alert(1)</script>")
        client = signed_in(cast.editor)
        for where in ("/atgarder/", address(source, "<script>alert(1)</script>")):
            assert "<script>alert" not in client.get(where).content.decode()


class TestAfterwards:
    def test_the_catalogue_offers_it_and_then_says_where_it_is(self, cast, draft, source):
        client = signed_in(cast.editor)
        assert "Låna in i vår plan 2026" in client.get("/atgarder/").content.decode()
        place = borrow(draft, source, cast.editor)
        text = client.get("/atgarder/?ord=vandringar").content.decode()
        assert "Finns i vår plan 2026" in text and "Låna in i vår plan 2026" not in text
        assert f"/planer/skarholmen/2026/rad/action/{place.uid}/" in text
        assert "Låna in" not in signed_in(cast.police).get("/atgarder/").content.decode()

    def test_the_page_borrows_and_leads_to_the_row(self, cast, draft, source):
        client = signed_in(cast.editor)
        shown = client.get(address(source))
        data = {"place": shown.context["chosen"], "seen": shown.context["seen"]}
        answer = client.post(address(source), data, follow=True)
        assert told(answer) == ["Åtgärden är inlånad från Farsta 2025. Gör om den så att den passar hos er."]
        assert f"rad={draft.actions.get().uid}" in answer.redirect_chain[0][0]

    def test_a_text_with_other_years_is_for_a_person_to_look_at(self, cast, draft):
        source = decided(cast, Action(order=1, text="Vandringar", when="2024–2025"))
        client = signed_in(cast.editor)
        assert "Nämner andra år än 2026 och flyttas inte." in client.get(address(source)).content.decode()
        data = {"place": f"area:{draft.planareas.first().uid}", "seen": 1}
        assert "Se över När" in told(client.post(address(source), data, follow=True))[1]

    def test_the_life_of_the_action_says_where_it_was_borrowed_from(self, cast, draft, source):
        place = borrow(draft, source, cast.editor)
        offers = [offer.label for offer in offers_of(draft, cast.editor)[place.uid]]
        assert "Lånad från Farsta 2025" in offers
        life = life_of(draft, place.uid, cast.editor)
        assert life.loan.told == "Lånad från Farsta 2025"
        text = signed_in(cast.editor).get(f"/planer/skarholmen/2026/atgard/{place.uid}/over-aren/").content.decode()
        assert '<a href="/planer/farsta/2025/version/1/">Farsta 2025</a>' in text

    def test_whoever_does_not_read_that_plan_is_not_told(self, cast, draft, source):
        borrow(draft, source, cast.editor)
        assert len(loans_in([draft], cast.editor)) == 1
        assert loans_in([draft], cast.city_preparation) == {}  # it has not been sent to the city
