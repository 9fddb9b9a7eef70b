"""The joint situation picture: merged from the parties', prioritised, and confirmed by the steering group."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agreements import analyses
from agreements.claiming import StaleRow
from agreements.enums import Answer, PictureState, Producer
from agreements.meetings import workflow as meetings
from agreements.mentions import ANSWERED_FINDINGS, Mention
from agreements.models import CollaborationGroup, Finding, LeftOut, PictureStep, PrioritisedProblem, SituationPicture
from agreements.pictures import findings, joint
from agreements.pictures.workflow import WORKFLOW, address_of, start, why_not
from agreements.scope import Scope
from tests.agreements import picture_story as story
from tests.cast import Cast
from trygghet.workflow import StepRefused

CITY, POLICE, JOINT = Producer.CITY, Producer.POLICE, Producer.JOINT
LISTED = "/samverkan/skarholmen/lagesbilder/"
BEGIN = f"{LISTED}2025/gemensam/borja/"
IDENTITY_NUMBER = "811228-9874"


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def picture(cast):
    """A joint draft from one finding of the city's and two of the police's."""
    return story.joint_picture(cast)


@pytest.fixture
def client(cast):
    return client_of(cast.editor)


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(answer):
    return " ".join(answer.content.decode().split())


def page(name, *more):
    return reverse(f"cooperation:{name}", args=["skarholmen", 2025, *more])


def rows_of(picture):
    return joint.Merge(picture).all


# --- Beginning it (P02: separately first, then together)


class TestBeginning:
    def test_p02_it_begins_when_both_parties_have_shared_theirs(self, cast, client):
        city = story.own(cast, CITY, shared=True)
        police = story.own(cast, POLICE, shared=True)
        answer = client_of(cast.police).post(BEGIN)
        picture = SituationPicture.objects.get(producer=JOINT)
        assert answer.url == page("joint_merge")
        assert (picture.city_input, picture.police_input, picture.summary) == (city, police, "")

    def test_p02_not_when_nobody_has_shared(self, cast, client):
        story.own(cast, CITY)
        answer = client.get(BEGIN, follow=True)
        assert "Ingen part har delat sin lägesbild för 2025." in text_of(answer)
        with pytest.raises(StepRefused):
            joint.begin(Scope(cast.district), 2025, by=cast.editor, reason="Bråttom")

    def test_without_the_other_partys_a_reason_is_needed_and_stands_in_the_summary(self, cast, client):
        story.own(cast, CITY, shared=True)
        answer = client.post(BEGIN, {"reason": " "})
        assert answer.status_code == 422
        assert "Skriv varför den andra partens lägesbild inte är med." in text_of(answer)
        client.post(BEGIN, {"reason": "Polisen omorganiseras i höst."})
        picture = SituationPicture.objects.get(producer=JOINT)
        assert picture.summary == "Polisens lägesbild är inte med. Polisen omorganiseras i höst."
        assert (picture.city_input.producer, picture.police_input) == (CITY, None)

    def test_what_is_shared_later_can_be_taken_in(self, cast, client):
        story.own(cast, POLICE, shared=True)
        picture = joint.begin(Scope(cast.district), 2025, by=cast.editor, reason="Staden är sen.")
        assert picture.summary.startswith("Stadens lägesbild är inte med.")
        assert client.post(page("joint_add_input", CITY)).status_code == 404
        city = story.own(cast, CITY)
        assert client.post(page("joint_add_input", CITY)).status_code == 404
        WORKFLOW.take(city, "share", by=cast.editor)
        assert "har delats sedan ni började" in text_of(client.get(address_of(picture)))
        client.post(page("joint_add_input", CITY))
        picture.refresh_from_db()
        assert picture.city_input == city
        assert "är redan med" in text_of(client.post(page("joint_add_input", CITY), follow=True))

    def test_it_rests_on_the_same_place_and_year(self, cast):
        start(Scope(cast.other_district), CITY, 2025, by=cast.neighbour)
        story.own(cast, CITY, year=2024, shared=True)
        assert joint.shared_inputs(Scope(cast.district), 2025) == {}

    def test_those_who_do_not_make_it_are_told_who_does(self, cast):
        story.own(cast, CITY, shared=True)
        for person in (cast.working, cast.co_writer, cast.chair):
            answer = client_of(person).post(BEGIN, {"reason": "x"})
            assert answer.status_code == 403
            assert "trygghetsstrategen och kommunpolisen" in text_of(answer)

    def test_the_city_has_a_joint_picture_of_its_own(self, cast):
        own = start(Scope(None), CITY, 2025, by=cast.city_preparation)
        story.add_finding(own, "Fler sprängningar", cast.city_preparation)
        WORKFLOW.take(own, "share", by=cast.city_preparation)
        client = client_of(cast.city_preparation)
        client.post("/samverkan/staden/lagesbilder/2025/gemensam/borja/", {"reason": "Polisen är sen."})
        picture = SituationPicture.objects.get(producer=JOINT, district=None)
        merge = client.get("/samverkan/staden/lagesbilder/2025/gemensam/sammanfoga/")
        assert "0 av 1 hanterade" in text_of(merge)
        assert client_of(cast.editor).get(address_of(picture)).status_code == 404


# --- Merging


class TestMerging:
    def test_both_parties_findings_stand_side_by_side(self, picture, client):
        shown = text_of(client.get(page("joint_merge")))
        for told in ("Staden", "Polisen", "Otrygg gångtunnel", "Fler rån", "Öppen narkotikahandel"):
            assert told in shown
        assert "0 av 3 hanterade" in shown

    def test_the_draft_says_how_far_it_has_come_and_leads_on(self, picture, client):
        assert "är <b>0 av 3 hanterade</b>" in text_of(client.get(address_of(picture)))
        for row in rows_of(picture):
            joint.take_over(picture, row.finding)
        shown = text_of(client.get(address_of(picture)))
        assert "är <b>3 av 3 hanterade</b>" in shown
        assert "Till problem och prioritering" in shown

    def test_a_finding_is_taken_over_as_it_stands(self, cast, picture, client):
        row = rows_of(picture)[0]
        square = story.place(cast)
        row.finding.places.set([square])
        Finding.objects.filter(pk=row.finding.pk).update(
            text="På kvällen.", trend="increasing", table=[["a", "b"]], source_note="2023"
        )
        client.post(page("joint_take_over", row.finding.uid))
        copy = picture.findings.get()
        assert (copy.title, copy.text, copy.trend, copy.table, copy.source_note) == (
            "Otrygg gångtunnel", "På kvällen.", "increasing", [["a", "b"]], "2023",
        )  # fmt: skip
        assert (list(copy.places.all()), list(copy.origins.all())) == ([square], [row.finding])
        merge = joint.Merge(picture)
        assert (merge.told, merge.all[0].status) == ("1 av 3 hanterade", "Övertagen")

    def test_it_is_taken_over_once(self, picture, client):
        finding = rows_of(picture)[0].finding
        client.post(page("joint_take_over", finding.uid))
        answer = client.post(page("joint_take_over", finding.uid), follow=True)
        assert "bygger redan på den" in text_of(answer)
        assert picture.findings.count() == 1

    def test_the_parties_own_pictures_stay_as_they_were_shared(self, cast, picture):
        before = list(Finding.objects.filter(picture=picture.police_input).values())
        for row in rows_of(picture):
            joint.take_over(picture, row.finding)
        copy = picture.findings.last()
        findings.write(picture, {"title": "Omskriven"}, uid=copy.uid, seen=1, by=cast.editor)
        assert list(Finding.objects.filter(picture=picture.police_input).values()) == before

    def test_a_finding_is_rewritten_with_its_own_words_to_begin_from(self, picture, client):
        finding = rows_of(picture)[1].finding
        form = f"{address_of(picture, 'finding_new')}?av={finding.uid}"
        shown = client.get(form)
        assert 'value="Fler rån"' in shown.content.decode()
        data = {"uid": str(uuid.uuid4()), "seen": "", "title": "Fler rån mot unga", "origins": [str(finding.uid)]}
        answer = client.post(form, data)
        assert answer.url == f"{page('joint_merge')}#i-{finding.uid}"
        assert joint.Merge(picture).all[1].status == "Omskriven"
        assert list(picture.findings.get().origins.all()) == [finding]

    def test_one_joint_finding_may_rest_on_several(self, picture, client):
        both = [rows_of(picture)[0].finding, rows_of(picture)[2].finding]
        form = f"{address_of(picture, 'finding_new')}?av={both[0].uid}"
        data = {
            "uid": str(uuid.uuid4()),
            "seen": "",
            "title": "Handel i tunneln",
            "origins": [str(f.uid) for f in both],
        }
        client.post(form, data)
        merge = joint.Merge(picture)
        assert merge.told == "2 av 3 hanterade"
        assert {each.uid for each in picture.findings.get().origins.all()} == {each.uid for each in both}

    def test_a_finding_is_left_out_with_a_reason(self, picture, client):
        finding = rows_of(picture)[2].finding
        answer = client.post(page("joint_leave_out", finding.uid), {"reason": ""})
        assert answer.status_code == 422
        assert "Skriv varför, så att den andra parten kan läsa det." in text_of(answer)
        client.post(page("joint_leave_out", finding.uid), {"reason": "Hanteras i ordinarie drift."})
        row = joint.Merge(picture).all[2]
        assert (row.status, row.left_out.reason) == ("Utelämnad", "Hanteras i ordinarie drift.")
        assert "Hanteras i ordinarie drift." in text_of(client.get(address_of(picture)))

    def test_the_reason_names_nobody(self, picture, client):
        finding = rows_of(picture)[2].finding
        answer = client.post(page("joint_leave_out", finding.uid), {"reason": f"Om {IDENTITY_NUMBER}"})
        assert "personnummer" in text_of(answer)
        assert not LeftOut.objects.exists()

    def test_what_is_left_out_can_be_brought_back_or_taken_over(self, picture, client):
        first, second = (row.finding for row in rows_of(picture)[:2])
        for finding in (first, second):
            joint.leave_out(picture, finding, "Skäl")
        client.post(page("joint_bring_back", first.uid))
        client.post(page("joint_take_over", second.uid))
        assert not LeftOut.objects.exists()
        assert [row.status for row in rows_of(picture)] == ["Inte hanterad", "Övertagen", "Inte hanterad"]

    def test_what_is_rewritten_is_no_longer_left_out(self, cast, picture):
        finding = rows_of(picture)[0].finding
        joint.leave_out(picture, finding, "Skäl")
        story.add_finding(picture, "Omskriven", cast.editor, origins=[finding])
        assert not LeftOut.objects.exists()

    def test_what_is_in_the_picture_is_not_left_out(self, picture, client):
        finding = rows_of(picture)[0].finding
        joint.take_over(picture, finding)
        answer = client.post(page("joint_leave_out", finding.uid), {"reason": "Ändå inte"}, follow=True)
        assert "bygger redan på den" in text_of(answer)
        assert not LeftOut.objects.exists()

    def test_removing_a_joint_finding_opens_what_it_rested_on(self, picture, client):
        joint.take_over(picture, rows_of(picture)[0].finding)
        copy = picture.findings.get()
        asked = text_of(client.get(address_of(picture, "finding_remove", copy.uid)))
        assert "behöver hanteras på nytt" in asked
        findings.remove(picture, copy, seen=1)
        assert joint.Merge(picture).told == "0 av 3 hanterade"

    def test_only_what_the_picture_rests_on_is_merged(self, cast, picture, client):
        """Forged uids: another year's, another district's, the joint picture's own."""
        joint.take_over(picture, rows_of(picture)[0].finding)
        elsewhere = start(Scope(cast.other_district), CITY, 2025, by=cast.neighbour)
        strangers = (
            story.own(cast, CITY, year=2024, shared=True).findings.get(),
            story.add_finding(elsewhere, "Farsta", cast.neighbour),
            picture.findings.get(),
        )
        for finding in strangers:
            for name in ("joint_take_over", "joint_leave_out", "joint_bring_back"):
                assert client.post(page(name, finding.uid), {"reason": "x"}).status_code == 404
            assert client.get(f"{address_of(picture, 'finding_new')}?av={finding.uid}").status_code == 404
            data = {"uid": str(uuid.uuid4()), "seen": "", "title": "Smuggel", "origins": [str(finding.uid)]}
            assert client.post(address_of(picture, "finding_new"), data).status_code == 422
        assert client.get(f"{address_of(picture, 'finding_new')}?av=inget").status_code == 404
        assert picture.findings.count() == 1

    def test_two_who_take_over_at_once_make_one(self, picture):
        finding = rows_of(picture)[0].finding
        stale = SituationPicture.objects.get(pk=picture.pk)
        joint.take_over(picture, finding)
        with pytest.raises(StepRefused):
            joint.take_over(stale, finding)


# --- Prioritising (P04)


def problem_data(picture, **more):
    """What the form of a new problem posts."""
    return {
        "uid": str(uuid.uuid4()),
        "seen": "",
        "title": "Rån av unga",
        "findings": [str(finding.uid) for finding in picture.findings.all()],
        **more,
    }


class TestPrioritising:
    @pytest.fixture
    def picture(self, cast):
        return story.merged(cast)

    @pytest.mark.parametrize(
        ("answers", "told"),
        [
            (("no", "yes"), "Problemet kan inte prioriteras: parterna kan inte påverka det."),
            (("yes", "no"), "Problemet kan inte prioriteras: det saknas resurser."),
            (("no", "no"), "Problemet kan inte prioriteras: parterna kan inte påverka det."),
            (("", "yes"), "Problemet kan inte prioriteras: svara först på om parterna kan påverka det"),
            (("yes", ""), "Problemet kan inte prioriteras: svara först på om parterna kan påverka det"),
        ],
    )
    def test_p04_only_what_the_parties_can_influence_and_have_resources_for(self, picture, client, answers, told):
        data = problem_data(picture, decision="yes", can_influence=answers[0], has_resources=answers[1])
        answer = client.post(page("problem_new"), data)
        assert answer.status_code == 422
        assert told in text_of(answer)
        assert not PrioritisedProblem.objects.exists()

    def test_p04_with_yes_to_both_it_is_prioritised(self, picture, client):
        data = problem_data(picture, decision="yes", can_influence="yes", has_resources="yes")
        client.post(page("problem_new"), data)
        problem = PrioritisedProblem.objects.get()
        assert (problem.is_prioritised, problem.can_influence, problem.has_resources) == (True, Answer.YES, Answer.YES)
        assert problem.findings.count() == 3

    def test_p04_what_is_left_has_a_reason(self, picture, client):
        answer = client.post(page("problem_new"), problem_data(picture, decision="no", can_influence="no"))
        assert answer.status_code == 422
        assert "Skriv varför problemet inte prioriteras." in text_of(answer)
        client.post(page("problem_new"), problem_data(picture, decision="no", reason="Ligger hos regionen."))
        assert PrioritisedProblem.objects.get().is_prioritised is False
        assert "Ligger hos regionen." in text_of(client.get(page("joint_priorities")))

    def test_p04_the_database_asks_for_the_reason_too(self, picture):
        with pytest.raises(IntegrityError), transaction.atomic():
            story.add_problem(picture, is_prioritised=False, reason="")

    @pytest.mark.parametrize(
        ("can_influence", "has_resources", "may"),
        [(a, b, (a, b) == ("yes", "yes")) for a in Answer.values for b in Answer.values],
    )
    def test_p04_the_whole_table_of_answers(self, can_influence, has_resources, may):
        assert (why_not(can_influence, has_resources) == "") is may

    def test_a_problem_rests_on_a_finding(self, picture, client):
        answer = client.post(page("problem_new"), problem_data(picture) | {"findings": []})
        # In the summary above the form, with the way to the first of the boxes.
        way = '<a href="#id_findings_0">Iakttagelser som visar problemet</a>: Välj minst en iakttagelse'
        assert way in text_of(answer) and 'id="id_findings_0"' in text_of(answer)

    def test_it_rests_on_the_joint_pictures_own_findings(self, cast, picture, client):
        """Forged uids: a party's finding, and one of another district."""
        elsewhere = start(Scope(cast.other_district), CITY, 2025, by=cast.neighbour)
        for finding in (picture.police_input.findings.first(), story.add_finding(elsewhere, "F", cast.neighbour)):
            answer = client.post(page("problem_new"), problem_data(picture) | {"findings": [str(finding.uid)]})
            assert answer.status_code == 422
        assert not PrioritisedProblem.objects.exists()

    def test_a_problem_can_wait_to_be_decided(self, picture, client):
        client.post(page("problem_new"), problem_data(picture))
        assert PrioritisedProblem.objects.get().is_prioritised is None
        assert "Inte bestämt" in text_of(client.get(page("joint_priorities")))

    def test_two_who_decide_are_both_shown(self, picture, client):
        problem = story.add_problem(picture)
        data = problem_data(picture, uid=str(problem.uid), seen="1")
        first = data | {"decision": "no", "reason": "Ligger hos regionen."}
        assert client.post(page("problem", problem.uid), first).status_code == 302
        second = data | {"decision": "yes", "can_influence": "yes", "has_resources": "yes"}
        answer = client.post(page("problem", problem.uid), second)
        assert answer.status_code == 409
        assert "Ligger hos regionen." in text_of(answer)
        assert PrioritisedProblem.objects.get().is_prioritised is False

    def test_a_problem_is_moved_and_removed(self, picture, client):
        first, second = story.add_problem(picture, title="Första"), story.add_problem(picture, title="Andra")
        client.post(page("problem_move", second.uid, "upp"))
        assert [each.title for each in picture.problems.all()] == ["Andra", "Första"]
        with pytest.raises(StaleRow):
            joint.remove_problem(picture, first, seen=7)
        client.post(page("problem_remove", first.uid), {"seen": "1"})
        assert [each.title for each in picture.problems.all()] == ["Andra"]

    def test_a_problem_that_is_analysed_is_left_with_a_reason_and_not_removed(self, cast):
        picture = story.prioritised(cast)
        problem = picture.problems.get()
        analyses.begin(problem, by=cast.editor)
        WORKFLOW.take(picture, "reopen", by=cast.editor, reason="Fel problem")
        where = address_of(picture, "problem_remove", problem.uid)
        answer = client_of(cast.editor).post(where, {"seen": str(problem.row_version)}, follow=True)
        assert "Ange i stället att det inte prioriteras, och skriv varför." in text_of(answer)
        assert picture.problems.get() == problem

    def test_a_problem_of_another_picture_is_not_found_here(self, cast, picture, client):
        other = story.merged(cast, year=2024)
        problem = story.add_problem(other)
        for name, more in (("problem", ()), ("problem_remove", ()), ("problem_move", ("upp",))):
            assert client.post(page(name, problem.uid, *more)).status_code == 404

    def test_the_page_names_the_findings_that_no_problem_rests_on(self, picture, client):
        story.add_problem(picture, findings=list(picture.findings.all())[:1])
        shown = text_of(client.get(page("joint_priorities")))
        after = shown.split("Iakttagelser som inget problem bygger på")[1]
        assert "Fler rån" in after
        assert "Otrygg gångtunnel" not in after


# --- To the steering group, and confirmed


class TestHandingOver:
    def blockers(self, picture, user):
        with pytest.raises(StepRefused) as refused:
            WORKFLOW.take(picture, "prioritise", by=user)
        return [blocker.text for blocker in refused.value.blockers]

    def test_every_finding_is_handled_and_every_problem_decided_first(self, cast, picture):
        assert self.blockers(picture, cast.editor) == [
            "3 iakttagelser är inte hanterade. Ta över, skriv om eller utelämna.",
            "Inget problem är beskrivet än. Skriv vilka problem iakttagelserna visar.",
        ]
        joint.leave_out(picture, rows_of(picture)[0].finding, "Skäl")
        joint.take_over(picture, rows_of(picture)[1].finding)
        problem = story.add_problem(picture, title="Rån")
        assert self.blockers(picture, cast.police) == [
            "1 iakttagelse är inte hanterad. Ta över, skriv om eller utelämna.",
            "Bestäm om problemet «Rån» ska prioriteras.",
            "Inget problem är prioriterat. Prioritera minst ett.",
        ]
        joint.take_over(picture, rows_of(picture)[2].finding)
        joint.write_problem(picture, story.PROBLEM | story.PRIORITISED | {"findings": []}, uid=problem.uid, seen=1)
        assert self.blockers(picture, cast.editor) == [
            "Problemet «Rån av unga vid torget» bygger inte på någon iakttagelse."
        ]

    def test_p04_holds_also_for_what_was_written_past_the_form(self, cast):
        picture = story.merged(cast)
        story.add_problem(picture, title="Väder", **story.PRIORITISED | {"can_influence": "no"})
        assert self.blockers(picture, cast.editor) == [
            "Problemet «Väder» kan inte prioriteras: parterna kan inte påverka det."
        ]

    def test_no_personnummer_goes_to_the_steering_group(self, cast):
        picture = story.merged(cast)
        story.add_problem(picture, **story.PRIORITISED, description=f"Född {IDENTITY_NUMBER}")
        assert self.blockers(picture, cast.editor) == ["Problem 1 ser ut att innehålla ett personnummer. Ta bort det."]

    def test_the_page_lists_what_stands_in_the_way_with_the_way_there(self, picture, client):
        shown = client.get(address_of(picture, "picture_step", "lamna-till-styrgruppen"))
        assert "Det här behöver göras först" in text_of(shown)
        assert f'href="{page("joint_merge")}"' in shown.content.decode()

    def test_what_waits_is_locked_and_can_be_taken_back_with_a_reason(self, cast, client):
        picture = story.prioritised(cast)
        finding = picture.findings.first()
        answer = client.post(address_of(picture, "finding_remove", finding.uid), {"seen": "1"}, follow=True)
        assert "Lägesbilden väntar på styrgruppen och går inte att ändra." in text_of(answer)
        back = address_of(picture, "picture_step", "ta-tillbaka")
        assert client.post(back, {"seen_state": "prioritised", "reason": ""}).status_code == 422
        client.post(back, {"seen_state": "prioritised", "reason": "Ny statistik."})
        picture.refresh_from_db()
        assert picture.state == PictureState.DRAFT
        assert PictureStep.objects.filter(picture=picture).first().reason == "Ny statistik."

    def test_the_chair_sends_it_back_and_is_led_to_what_they_may_read(self, cast):
        picture = story.prioritised(cast)
        back = address_of(picture, "picture_step", "ta-tillbaka")
        answer = client_of(cast.chair).post(back, {"seen_state": "prioritised", "reason": "Saknar platser."})
        assert answer.url == LISTED
        assert client_of(cast.chair).get(address_of(picture)).status_code == 404


class TestConfirming:
    def confirm(self, cast, picture, person=None, **data):
        data = {"seen_state": "prioritised", "on": "2025-03-12", "meeting": "Styrgruppsmöte 1", **data}
        return client_of(person or cast.chair).post(address_of(picture, "picture_step", "faststall"), data)

    def test_the_steering_group_confirms_it_with_date_and_meeting(self, cast):
        picture = story.prioritised(cast)
        assert self.confirm(cast, picture).status_code == 302
        picture.refresh_from_db()
        assert (picture.state, picture.confirmed_on) == (PictureState.CONFIRMED, date(2025, 3, 12))
        step = PictureStep.objects.filter(picture=picture).first()
        assert (step.told, step.by) == (
            "Fastställde lägesbilden den 12 mars 2025 vid Styrgruppsmöte 1", cast.chair,
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("data", "told"),
        [
            ({"on": ""}, "Ange vilken dag styrgruppen fastställde lägesbilden."),
            ({"on": "2999-01-01"}, "Datumet ligger i framtiden."),
            ({"on": "1999-01-01"}, "En lägesbild för 2025 fastställs tidigast den 1 januari 2024."),
            ({"meeting": ""}, "Ange vid vilket möte."),
            ({"seen_state": ""}, "Sidan saknar uppgift om vad du läste."),
        ],
    )
    def test_a_mistake_leaves_it_waiting(self, cast, data, told):
        picture = story.prioritised(cast)
        answer = self.confirm(cast, picture, **data)
        assert answer.status_code == 422
        assert told in text_of(answer)
        picture.refresh_from_db()
        assert picture.state == PictureState.PRIORITISED

    def test_the_steering_groups_meetings_are_there_to_choose_and_another_may_be_written(self, cast):
        picture, today = story.prioritised(cast), timezone.localdate()
        group = CollaborationGroup.objects.get(slug="local-steering-skarholmen")
        for days, title in ((-9, "Styrgruppsmöte 1"), (-2, "Styrgruppsmöte 2"), (5, "Styrgruppsmöte 3")):
            meetings.call(group, by=cast.chair, on=today + timedelta(days=days), title=title)
        meetings.WORKFLOW.take(group.meetings.get(title="Styrgruppsmöte 2"), "cancel", by=cast.chair, reason="Förfall.")
        page = client_of(cast.chair).get(address_of(picture, "picture_step", "faststall")).content.decode()
        (listed,) = re.findall(r'<datalist id="styrgruppens-moten">(.*?)</datalist>', page, re.DOTALL)
        assert re.findall(r'value="(.*?)"', listed) == ["Styrgruppsmöte 1"]  # it has been, and was not cancelled
        assert 'list="styrgruppens-moten"' in page
        assert self.confirm(cast, picture, meeting="Extra styrgruppsmöte").status_code == 302

    def test_only_the_chair_or_the_secretary_records_it(self, cast):
        picture = story.prioritised(cast)
        for person in (cast.editor, cast.police, cast.steering, cast.working):
            assert self.confirm(cast, picture, person).status_code == 403
            with pytest.raises(PermissionDenied):
                WORKFLOW.take(picture, "confirm", by=person, on=date(2025, 3, 12), meeting="Möte")

    def test_the_earlier_one_is_replaced_and_both_are_logged(self, cast):
        first = story.confirmed(cast, year=2024, on=date(2024, 3, 1))
        second = story.confirmed(cast, year=2025)
        first.refresh_from_db()
        assert (first.state, second.state) == (PictureState.SUPERSEDED, PictureState.CONFIRMED)
        step = PictureStep.objects.filter(picture=first).first()
        assert (step.name, step.told) == ("supersede", "Ersattes av en senare lägesbild")

    @pytest.mark.parametrize(
        ("on", "told"),
        [
            (date(1999, 1, 1), "En lägesbild för 2025 fastställs tidigast den 1 januari 2024."),
            (date(2024, 6, 30), "Styrgruppen finns från 1 juli 2024."),
            (date(2024, 8, 31), "Gemensam lägesbild 2024, Skärholmen fastställdes 1 september 2024"),
        ],
    )
    def test_it_is_not_confirmed_before_the_group_stood_or_what_it_replaces_was_confirmed(self, cast, on, told):
        CollaborationGroup.objects.filter(kind="steering").update(valid_from=date(2024, 7, 1))
        earlier = story.confirmed(cast, year=2024, on=date(2024, 9, 1))
        picture = story.prioritised(cast)
        answer = self.confirm(cast, picture, on=on.isoformat())
        assert answer.status_code == 422
        assert told in text_of(answer)
        with pytest.raises(StepRefused, match=told):
            WORKFLOW.take(picture, "confirm", by=cast.chair, on=on, meeting="Möte")
        earlier.refresh_from_db()
        assert earlier.state == PictureState.CONFIRMED
        assert self.confirm(cast, picture, on="2024-09-01").status_code == 302

    def test_another_districts_picture_is_not_replaced(self, cast):
        elsewhere = SituationPicture.objects.create(
            district=cast.other_district, producer=JOINT, year=2024, title="Farsta", state=PictureState.CONFIRMED,
            confirmed_on=date(2024, 3, 1),
        )  # fmt: skip
        story.confirmed(cast)
        elsewhere.refresh_from_db()
        assert elsewhere.state == PictureState.CONFIRMED

    def test_what_is_longer_than_the_log_holds_is_cut(self, cast):
        given = {"on": date(2025, 3, 12), "meeting": "Styrgruppsmöte " + "x" * 400}
        picture = WORKFLOW.take(story.prioritised(cast), "confirm", by=cast.chair, **given)
        told = picture.steps.first().told
        assert len(told) == 300 and told.startswith("Fastställde lägesbilden den 12 mars 2025 vid Styrgruppsmöte x")

    def test_an_older_year_is_not_confirmed_after_a_later(self, cast):
        older = story.prioritised(cast, year=2024)
        story.confirmed(cast, year=2025)
        with pytest.raises(StepRefused, match="är redan fastställd"):
            WORKFLOW.take(older, "confirm", by=cast.chair, on=date(2025, 4, 1), meeting="Möte 2")

    def test_a_page_that_is_out_of_date_does_nothing(self, cast):
        picture = story.prioritised(cast)
        WORKFLOW.take(picture, "reopen", by=cast.editor, reason="Ändras")
        WORKFLOW.take(picture, "prioritise", by=cast.editor)
        answer = self.confirm(cast, picture, seen_state="draft")
        assert answer.status_code == 302
        picture.refresh_from_db()
        assert picture.state == PictureState.PRIORITISED


# --- What the plans answer (issue 4 §3.4)


@pytest.fixture
def answers():
    """Call it with uid → mentions to let the plans say so."""
    added = []

    def say(found):
        def source(picture, user):
            return found

        added.append(ANSWERED_FINDINGS.add(source))

    yield say
    for source in added:
        ANSWERED_FINDINGS.remove(source)


class TestWhatThePlansAnswer:
    MENTION = Mention(year=2025, kind="Problem", text="Rån i centrum", address="/planer/skarholmen/2025/")

    def test_a_finding_and_its_problem_show_the_rows_that_answer_them(self, cast, client, answers):
        picture = story.confirmed(cast)
        finding = picture.findings.first()
        answers({finding.uid: [self.MENTION]})
        shown = text_of(client.get(address_of(picture)))
        assert shown.count('<a href="/planer/skarholmen/2025/">Rån i centrum</a>') == 2
        assert "Inte besvarade i någon plan (2)" in shown

    def test_the_filter_leaves_what_no_plan_answers(self, cast, client, answers):
        picture = story.confirmed(cast)
        answers({picture.findings.first().uid: [self.MENTION]})
        shown = text_of(client.get(f"{address_of(picture)}?visa=obesvarade"))
        listed = shown.split("Inte besvarade i någon plan (2)")[1]
        assert "Fler rån" in listed
        assert "Otrygg gångtunnel" not in listed.split("Om lägesbilden")[0].replace("Bygger på", "")

    def test_a_draft_says_nothing_of_plans(self, cast, client, answers):
        picture = story.merged(cast)
        answers({picture.findings.first().uid: [self.MENTION]})
        assert "i någon plan" not in text_of(client.get(f"{address_of(picture)}?visa=obesvarade"))


# --- Growth


def big(cast, count, year):
    city, police = (tuple(f"{party} {n}" for n in range(count)) for party in ("Stad", "Polis"))
    picture = story.merged(cast, city=city, police=police, year=year)
    for number in range(count):
        story.add_problem(picture, title=f"Problem {number}", **story.PRIORITISED)
    return picture


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.fixture
def small_and_big(cast):
    """Joint pictures with 5 and 30 findings of the parties, taken over, and 2 and 15 problems."""
    return big(cast, 3, 2024), big(cast, 15, 2025)


@pytest.mark.parametrize("name", ["picture", "picture_pdf", "joint_merge", "joint_priorities", "problem_new"])
def test_a_page_asks_as_often_however_many_findings_and_problems(cast, client, small_and_big, name):
    few, many = small_and_big
    assert queries(client, address_of(many, name)) == queries(client, address_of(few, name))


def test_the_guards_ask_as_often_however_many_findings_and_problems(cast, small_and_big):
    def asked(picture):
        with CaptureQueriesContext(connection) as found:
            assert not [blocker for option in WORKFLOW.options(picture, cast.editor) for blocker in option.blockers
                        if option.step.name == "prioritise"]  # fmt: skip
        return len(found)

    few, many = small_and_big
    assert asked(many) == asked(few)


def test_today_is_a_day_that_can_be_recorded(cast):
    picture = story.prioritised(cast)
    today = timezone.localdate()
    data = {"seen_state": "prioritised", "on": today.isoformat(), "meeting": "Möte"}
    address = address_of(picture, "picture_step", "faststall")
    tomorrow = data | {"on": (today + timedelta(days=1)).isoformat()}
    assert client_of(cast.chair).post(address, tomorrow).status_code == 422
    assert client_of(cast.chair).post(address, data).status_code == 302
