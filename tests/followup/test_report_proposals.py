"""Section 11 of the annual report: what the city proposes for the coming year, and what of it is in its next plan."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.claiming import StaleRow
from agreements.models import AreaMapping, Organisation, PlanningCycle, PriorityArea, PriorityAreaSet
from agreements.tasks import tasks_of
from followup.models import AnnualReport, ProposedRow, ReportProposal
from followup.report import proposals
from followup.report.writing import written_of
from plans import editing
from plans.errors import EditRefused
from plans.models import Action, ActionPlan, Cause, Commitment, PlanEvent
from tests.cast import Cast
from trygghet.workflow import StepRefused

HERE = "/arsrapport/2025/forslag/"
PUT = f"{HERE}lagg-i-planen/"
ACTION = {
    "kind": "action", "area": "otrygga-platser", "problem": "Otrygghet på torg", "text": "Byt belysningen på alla torg",
    "owner": None, "owner_text": "Trafikkontorets belysningsenhet", "when": "Hela året", "due_on": date(2026, 9, 30),
    "budget": "Underlag till budget 2027, tertial 1",
}  # fmt: skip
COMMITMENT = ACTION | {"kind": "commitment", "problem": "", "text": "Trafikkontoret avsätter medel", "budget": ""}


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def coming(cast):
    """The year after, with the same areas."""
    return PlanningCycle.objects.create(year=2026, area_set=cast.area_set)


@pytest.fixture
def propose(cast):
    """Propose something in the report of 2025; without anything said an action."""

    def made(**values):
        return proposals.add(cast.cycle, ACTION | values, by=cast.city_preparation)

    return made


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def posted(**values):
    """A proposal as the form sends it."""
    sent = {**ACTION, "owner": "", "due_on": "2026-09-30", **values}
    return {name: value for name, value in sent.items() if value is not None}


def report():
    return AnnualReport.objects.select_related("cycle").get()


def city_plan():
    return ActionPlan.objects.with_place().get(district=None, cycle__year=2026)


def close(state):
    AnnualReport.objects.update(state=state)


def put(cast, *chosen, by=None):
    return proposals.put(report(), [each.pk for each in chosen], by=by or cast.city_preparation)


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


class TestWriting:
    def test_a_proposal_is_written_and_stands_in_the_report(self, cast, coming):
        response = signed_in(cast.city_preparation).post(f"{HERE}nytt/", posted(), follow=True)
        assert "Byt belysningen på alla torg" in response.content.decode()
        (said,) = written_of(report()).proposals
        assert (said.owner, said.due_on, said.budget) == (
            "Trafikkontorets belysningsenhet", date(2026, 9, 30), "Underlag till budget 2027, tertial 1",
        )  # fmt: skip

    def test_a_form_sent_twice_proposes_once(self, cast, coming):
        for _ in range(2):
            signed_in(cast.city_preparation).post(f"{HERE}nytt/", posted())
        assert ReportProposal.objects.count() == 1

    def test_the_owner_is_an_organisation_of_the_whole_city_or_said_in_words(self, cast, coming):
        own = Organisation.objects.create(
            name="Skärholmens sdf", slug="sdf", kind="district_admin", district=cast.district
        )
        city = Organisation.objects.get(slug="specialist_admin")
        browser = signed_in(cast.city_preparation)
        assert browser.post(f"{HERE}nytt/", posted(owner=own.pk, owner_text="")).status_code == 422
        assert browser.post(f"{HERE}nytt/", posted(owner="", owner_text="")).status_code == 422
        assert browser.post(f"{HERE}nytt/", posted(owner=city.pk, owner_text="")).status_code == 302
        assert written_of(report()).proposals[0].owner == "specialist_admin"

    def test_an_action_says_which_problem_it_answers(self, cast, coming):
        response = signed_in(cast.city_preparation).post(f"{HERE}nytt/", posted(problem=""))
        assert response.status_code == 422
        assert "Skriv vilket problem" in response.content.decode()
        sent = posted(kind="commitment", problem="")
        assert signed_in(cast.city_preparation).post(f"{HERE}nytt/", sent).status_code == 302

    def test_a_personnummer_is_refused_and_the_text_is_kept(self, cast, coming):
        text = "Vänd er till 19811218-9876 på kontoret"
        response = signed_in(cast.city_preparation).post(f"{HERE}nytt/", posted(text=text))
        assert response.status_code == 422
        assert "ser ut att innehålla ett personnummer" in response.content.decode()
        assert text in response.content.decode()
        assert not ReportProposal.objects.exists()

    def test_what_two_have_changed_at_once_is_shown_both_and_neither_is_lost(self, cast, coming, propose):
        proposal = propose()
        browser = signed_in(cast.city_preparation)
        proposals.change(proposal, ACTION | {"text": "Den andras text"}, seen=1, by=cast.city_preparation)
        response = browser.post(f"{HERE}{proposal.pk}/", posted(text="Min text", row_version=1))
        assert response.status_code == 422
        assert "Den andras text" in response.content.decode()
        assert "Min text" in response.content.decode()
        assert "Otrygga och brottsutsatta platser" in response.content.decode()  # the area by its name
        assert ReportProposal.objects.get().text == "Den andras text"

    def test_a_change_read_in_an_older_version_is_refused(self, cast, coming, propose):
        proposal = propose()
        with pytest.raises(StaleRow):
            proposals.change(proposal, ACTION | {"text": "Ny"}, seen=7, by=cast.city_preparation)

    def test_proposals_change_places(self, cast, coming, propose):
        first, second = propose(text="Ett"), propose(text="Två")
        browser = signed_in(cast.city_preparation)
        browser.post(f"{HERE}{second.pk}/flytta/", {"till": "upp"})
        assert [each.text for each in written_of(report()).proposals] == ["Två", "Ett"]
        browser.post(f"{HERE}{second.pk}/flytta/", {"till": "upp"})  # the first stays first
        browser.post(f"{HERE}{first.pk}/flytta/", {"till": "åt sidan"})
        assert [each.text for each in written_of(report()).proposals] == ["Två", "Ett"]

    def test_a_proposal_is_removed_once_it_is_said_which(self, cast, coming, propose):
        proposal = propose()
        browser = signed_in(cast.city_preparation)
        assert proposal.text in browser.get(f"{HERE}{proposal.pk}/ta-bort/").content.decode()
        assert browser.post(f"{HERE}{proposal.pk}/ta-bort/", {"row_version": 9}).status_code == 302
        assert ReportProposal.objects.exists()
        browser.post(f"{HERE}{proposal.pk}/ta-bort/", {"row_version": 1})
        assert not ReportProposal.objects.exists()

    @pytest.mark.parametrize("state", ["ready", "published"])
    def test_nothing_is_written_in_a_report_that_is_handed_over(self, cast, coming, propose, state):
        proposal = propose()
        close(state)
        browser = signed_in(cast.city_preparation)
        for address, sent in (
            (f"{HERE}nytt/", posted(text="Nytt")),
            (f"{HERE}{proposal.pk}/", posted(text="Ändrat", row_version=1)),
            (f"{HERE}{proposal.pk}/ta-bort/", {"row_version": 1}),
            (f"{HERE}{proposal.pk}/flytta/", {"till": "upp"}),
        ):
            response = browser.post(address, sent, follow=True)
            assert "går inte att ändra" in " ".join(messages_of(response)), address
        assert [each.text for each in ReportProposal.objects.all()] == [ACTION["text"]]
        with pytest.raises(StepRefused):
            proposals.move(proposal, 1)

    def test_an_area_that_only_the_coming_year_has_stands_by_its_name(self, cast, propose):
        new = PriorityAreaSet.objects.create(code="2026", name="Nya", valid_from=date(2026, 1, 1))
        PriorityArea.objects.create(
            area_set=new, number=1, code="relationer", title="Våld i nära relationer", short_title="Våld", sheet="1"
        )
        PlanningCycle.objects.create(year=2026, area_set=new)
        propose()
        propose(area="relationer", text="Öppna fler samtalsmottagningar")
        assert [each.area for each in written_of(report()).proposals] == ["otrygga-platser", "Våld i nära relationer"]
        for address in (HERE, "/arsrapport/2025/"):
            assert "Våld i nära relationer" in signed_in(cast.city_preparation).get(address).content.decode()

    def test_who_only_reads_is_told_whom_to_ask(self, cast, coming):
        response = signed_in(cast.city_steering).get(f"{HERE}nytt/")
        assert response.status_code == 403
        assert "stadens beredningsgrupp" in response.content.decode()


class TestInThePlan:
    def test_an_action_becomes_a_row_under_its_problem_in_a_draft_that_is_begun(self, cast, coming, propose):
        done = put(cast, propose())
        assert (done.count, done.plan.year, done.plan.state) == (1, 2026, "draft")
        action = Action.objects.get(plan=city_plan())
        assert (action.text, action.who) == ("Byt belysningen på alla torg", "Trafikkontorets belysningsenhet")
        assert action.when == "Hela året\nSenast 30 september 2026\nBudget: Underlag till budget 2027, tertial 1"
        assert action.problem.title == "Otrygghet på torg"
        assert action.problem.plan_area.area.code == "otrygga-platser"
        assert action.cause.text == ""  # which cause it answers is for those who write the plan
        assert action.timings.get().ends_on == date(2026, 9, 30)

    def test_an_organisation_leads_the_action(self, cast, coming, propose):
        owner = Organisation.objects.get(slug="specialist_admin")
        put(cast, propose(owner=owner, owner_text=""))
        (lead,) = Action.objects.get().responsibilities.all()
        assert (lead.kind, lead.organisation) == ("lead", "specialist_admin")

    def test_a_problem_of_the_same_name_is_used_and_a_cause_to_be_written_is_shared(self, cast, coming, propose):
        plan = editing.create_plan(None, coming, by=cast.city_preparation)
        area = plan.planareas.get(area__code="otrygga-platser")
        added = editing.add(plan, "problem", area.uid, by=cast.city_preparation).operations
        for row, values in zip(
            added, ({"title": "otrygghet  på torg."}, {"text": "Mörkt"}, {"text": "Se"}), strict=True
        ):
            editing.set_fields(plan, row["kind"], row["uid"], values, version=1, by=cast.city_preparation)
        put(cast, propose(), propose(text="Klipp buskarna"))
        problem = plan.problems.get()
        assert [cause.text for cause in problem.causes.order_by("position")] == ["Mörkt", ""]
        texts = list(problem.actions.order_by("position").values_list("text", flat=True))
        assert texts == ["Se", "Byt belysningen på alla torg", "Klipp buskarna"]

    def test_a_commitment_stands_with_its_area_beside_those_that_are_there(self, cast, coming, propose):
        put(cast, propose(**COMMITMENT))
        put(cast, propose(**COMMITMENT | {"text": "Ett till"}))
        first, second = Commitment.objects.order_by("position")
        assert (first.text, first.organisation) == (
            "Trafikkontoret avsätter medel\nNär: Hela året", "Trafikkontorets belysningsenhet",
        )  # fmt: skip
        assert first.due_on == date(2026, 9, 30)
        assert second.text.startswith("Ett till")
        assert len(proposals.became_of(report(), cast.city_preparation)) == 2

    def test_what_the_plan_has_is_not_put_there_again(self, cast, coming, propose):
        one, other = propose(), propose(**COMMITMENT)
        put(cast, one)
        done = put(cast, one, other)
        assert (done.count, done.had) == (1, 1)
        assert Action.objects.count() == 1 and Commitment.objects.count() == 1
        events = PlanEvent.objects.count()
        assert put(cast, one, other).count == 0
        assert PlanEvent.objects.count() == events

    def test_a_row_that_is_removed_from_the_draft_can_be_put_there_anew(self, cast, coming, propose):
        proposal = propose()
        put(cast, proposal)
        editing.remove(city_plan(), "action", Action.objects.get().uid, by=cast.city_preparation)
        assert proposals.became_of(report(), cast.city_preparation) == {}
        assert put(cast, proposal).count == 1
        assert ProposedRow.objects.count() == 2

    def test_it_works_also_when_the_report_is_published(self, cast, coming, propose):
        proposal = propose()
        close("published")
        response = signed_in(cast.city_preparation).post(PUT, {"forslag": [proposal.pk]}, follow=True)
        assert messages_of(response) == ["1 förslag är lagt i stadens handlingsplan 2026."]
        assert f"/planer/staden/2026/rad/{Action.objects.get().uid}/" in response.content.decode()

    def test_a_plan_that_is_decided_takes_no_more_and_says_so(self, cast, coming, propose):
        proposal = propose()
        editing.create_plan(None, coming, by=cast.city_preparation)
        ActionPlan.objects.update(state="decided")
        browser = signed_in(cast.city_preparation)
        assert "tar inte emot fler rader" in browser.get(HERE).content.decode()
        response = browser.post(PUT, {"forslag": [proposal.pk]}, follow=True)
        assert messages_of(response)[0].startswith("Handlingsplanen för 2026 har status Beslutad")
        with pytest.raises(EditRefused):
            put(cast, proposal)
        assert not Action.objects.exists()

    def test_a_year_that_is_not_put_up_is_refused_in_words(self, cast, propose):
        proposal = propose()
        response = signed_in(cast.city_preparation).post(PUT, {"forslag": [proposal.pk]}, follow=True)
        assert "inget planeringsår 2026" in messages_of(response)[0]

    def test_proposals_wait_for_the_year_and_who_may_puts_it_up_from_there(self, cast, propose):
        propose()
        browser = signed_in(cast.city_preparation)
        page = browser.get(HERE).content.decode()
        assert "Planeringsåret 2026 är inte upplagt än. Förslagen står kvar här och blir rader" in page
        (address,) = re.findall(r'action="([^"]*lagg-upp[^"]*)"', page)
        assert browser.post(address, follow=True).redirect_chain == [("/samverkan/staden/arshjul/2026/datum/", 302)]
        page = browser.get(HERE).content.decode()
        assert "inte upplagt" not in page
        assert "Lägg i stadens handlingsplan 2026" in page

    def test_who_may_not_put_up_the_year_is_told_whom_to_ask(self, cast, propose):
        propose()
        page = signed_in(cast.city_steering).get(HERE).content.decode()
        assert "Be stadens beredningsgrupp att lägga upp året" in page
        assert "lagg-upp" not in page

    def test_a_year_that_is_too_far_away_says_from_when(self, cast):
        far = PlanningCycle.objects.create(year=timezone.localdate().year + 3, area_set=cast.area_set)
        proposals.add(far, ACTION, by=cast.city_preparation)
        page = signed_in(cast.city_preparation).get(f"/arsrapport/{far.year}/forslag/").content.decode()
        assert f"Det kan ske från och med {far.year}." in page

    def test_nothing_chosen_does_nothing(self, cast, coming, propose):
        propose()
        response = signed_in(cast.city_preparation).post(PUT, {"forslag": ["x", "99999999999999999999"]}, follow=True)
        assert messages_of(response) == ["Välj minst ett förslag att lägga i handlingsplanen."]
        assert not ActionPlan.objects.exists()

    def test_an_area_goes_over_to_the_only_one_that_takes_over_from_it(self, cast, propose):
        proposal = propose()
        new = PriorityAreaSet.objects.create(code="2026", name="Nya", valid_from=date(2026, 1, 1))
        areas = [
            PriorityArea.objects.create(area_set=new, number=at, code=code, title=code, short_title=code, sheet=code)
            for at, code in enumerate(("platser", "annat"), start=1)
        ]
        PlanningCycle.objects.create(year=2026, area_set=new)
        with pytest.raises(EditRefused, match="finns inte i handlingsplanen 2026"):
            put(cast, proposal)
        assert not ActionPlan.objects.exists()
        old = PriorityArea.objects.get(area_set=cast.area_set, code="otrygga-platser")
        AreaMapping.objects.create(old=old, new=areas[0])
        put(cast, proposal)
        assert Action.objects.get().problem.plan_area.area == areas[0]

    def test_who_does_not_write_the_citys_plan_puts_nothing_in_it(self, cast, coming, propose):
        proposal = propose()
        with pytest.raises(PermissionDenied):
            put(cast, proposal, by=cast.city_steering)
        assert not Cause.objects.exists()

    def test_what_is_in_the_plan_is_not_removed_from_the_report(self, cast, coming, propose):
        proposal = propose()
        put(cast, proposal)
        browser = signed_in(cast.city_preparation)
        response = browser.post(f"{HERE}{proposal.pk}/ta-bort/", {"row_version": 1}, follow=True)
        assert "kan inte tas bort ur rapporten" in messages_of(response)[0]
        assert ReportProposal.objects.exists()


class TestDecided:
    """What the steering group has decided is told to those who write the city's plan until it is there."""

    @pytest.fixture
    def year(self, cast):
        """The year that has been, whose report is decided on, and this year, which is put up."""
        this = timezone.localdate().year
        for each in (this - 1, this):
            PlanningCycle.objects.get_or_create(year=each, defaults={"area_set": cast.area_set})
        return PlanningCycle.objects.get(year=this - 1)

    def told_to(self, user):
        return [task.about for task in tasks_of(user) if "Lägg förslagen" in task.text]

    def test_it_waits_on_min_sida_until_it_is_in_the_plan(self, cast, year):
        one, other = (proposals.add(year, ACTION | {"text": text}, by=cast.city_preparation) for text in "AB")
        assert self.told_to(cast.city_preparation) == []  # not decided yet
        close("published")
        assert self.told_to(cast.city_preparation) == [f"Årsrapport {year.year}, 2 förslag kvar"]
        assert self.told_to(cast.city_steering) == self.told_to(cast.editor) == []
        put(cast, one)
        assert self.told_to(cast.city_preparation) == [f"Årsrapport {year.year}, 1 förslag kvar"]
        put(cast, other)
        assert self.told_to(cast.city_preparation) == []
        editing.remove(ActionPlan.objects.get(), "action", Action.objects.first().uid, by=cast.city_preparation)
        assert self.told_to(cast.city_preparation) == [f"Årsrapport {year.year}, 1 förslag kvar"]
        ActionPlan.objects.update(state="decided")
        assert self.told_to(cast.city_preparation) == []  # the plan takes no more

    def test_the_draft_of_the_citys_plan_lists_what_it_does_not_have(self, cast, coming, propose):
        one, _ = propose(text="Fler\nvandringar"), propose(text="Byt lampor")
        put(cast, one)
        browser = signed_in(cast.city_preparation)
        page = browser.get("/planer/staden/2026/").content.decode()
        assert "Förslag i årsrapporten 2025 som inte är med i planen: 1" in page
        assert "<li>Byt lampor</li>" in page and "<li>Fler vandringar</li>" not in page


def test_the_number_of_queries_does_not_grow_with_the_proposals(cast, coming, propose):
    def queries():
        browser = signed_in(cast.city_preparation)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert browser.get(HERE).status_code == 200
        return len(asked)

    put(cast, propose(text="Ett"), propose(**COMMITMENT))
    few = queries()
    many = [propose(text=f"Förslag {at}") for at in range(20)]
    put(cast, *many[:10], *[propose(**COMMITMENT | {"text": f"Åtagande {at}"}) for at in range(10)])
    assert queries() <= few


def test_putting_many_asks_no_more_than_putting_a_few(cast, coming, propose):
    first = [propose(text="Ett"), propose(**COMMITMENT)]
    put(cast, *first)  # begins the plan
    with CaptureQueriesContext(connection) as few:
        put(cast, propose(text="Två"), propose(**COMMITMENT | {"text": "Två"}))
    more = [propose(text=f"Förslag {at}", problem=f"Problem {at % 4}") for at in range(20)]
    with CaptureQueriesContext(connection) as many:
        put(cast, *more)
    assert len(many) <= len(few)
