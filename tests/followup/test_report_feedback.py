"""Section 12 of the annual report: the city's feedback to each district, and that the districts have read it."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.duties.requirements import BY_NAME, statuses_of
from agreements.facts import facts_of
from agreements.hub import hub_of
from agreements.models import District, PlanningCycle
from agreements.scope import Scope
from agreements.tasks import news_of, tasks_of
from agreements.year.steps import addresses_of
from followup.models import AnnualReport, LocalFeedback, PublishedReport, ReportReceipt
from followup.report import feedback
from followup.report.writing import begin, written_of
from plans import editing
from plans.models import ActionPlan
from plans.start_page import news_to
from tests.cast import Cast
from tests.followup.reported import handed_in
from trygghet.workflow import StepRefused

ALL = "/arsrapport/2025/aterkoppling/"
HERE = f"{ALL}skarholmen/"
CONFIRM = f"{HERE}bekrafta/"
WORDS = "Ni nådde de unga vid torget. Staden tar med sig hur ni gjorde."
ELSEWHERE = "Farsta får stöd av trafikkontoret."


@pytest.fixture
def cast(db):
    return Cast()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def write(cast, district=None, text=WORDS, seen=0):
    return feedback.save(cast.cycle, district or cast.district, text, seen=seen, by=cast.city_preparation)


def sent(text=WORDS, seen=0, place="skarholmen"):
    """The feedback as the form sends it."""
    return {f"{place}-text": text, f"{place}-row_version": seen}


def published(cast):
    """Let the report of 2025 have been published as it stands."""
    report = begin(cast.cycle)
    made = PublishedReport.objects.create(
        report=report, document="{}", sha256="0" * 64, decided_on=date(2026, 2, 20), body="Centrala styrgruppen",
        by=cast.city_preparation,
    )  # fmt: skip
    AnnualReport.objects.filter(pk=report.pk).update(state="published")
    return made


def told(user, address, status=200):
    response = signed_in(user).get(address)
    assert response.status_code == status
    return response.content.decode()


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


class TestWriting:
    def test_the_list_says_which_districts_have_got_theirs(self, cast):
        write(cast)
        text = told(cast.city_preparation, ALL)
        assert "1 av 2 stadsdelar har fått sin återkoppling skriven" in text
        assert text.count("Inte skriven") == 1
        assert WORDS not in text

    def test_it_is_saved_and_stands_in_the_report(self, cast):
        browser = signed_in(cast.city_preparation)
        response = browser.post(HERE, sent())
        assert response.url == ALL
        assert written_of(AnnualReport.objects.get()).feedback == {"skarholmen": WORDS}

    def test_one_goes_on_to_the_next_district(self, cast):
        browser = signed_in(cast.city_preparation)
        assert browser.post(f"{ALL}farsta/", sent(place="farsta") | {"next": "1"}).url == HERE
        assert browser.post(HERE, sent() | {"next": "1"}).url == ALL  # the last one leads back

    def test_the_districts_key_facts_stand_beside(self, cast):
        handed_in(cast)
        text = told(cast.city_preparation, f"{ALL}farsta/")
        assert "Genomförda åtgärder <b>13 av 31</b>" in text
        assert "/planer/farsta/2025/uppfoljning/" in text

    def test_a_district_that_has_handed_in_nothing_gets_feedback_too(self, cast):
        assert "har inte lämnat in någon uppföljning av 2025" in told(cast.city_preparation, HERE)
        assert signed_in(cast.city_preparation).post(HERE, sent()).status_code == 302

    def test_what_two_have_written_at_once_is_shown_both_and_neither_is_lost(self, cast):
        write(cast, text="Den andras text")
        response = signed_in(cast.city_preparation).post(HERE, sent("Min text"))
        assert response.status_code == 422
        assert "Den andras text" in response.content.decode()
        assert "Min text" in response.content.decode()
        assert 'name="skarholmen-row_version" value="1"' in response.content.decode()
        assert LocalFeedback.objects.get().text == "Den andras text"
        again = signed_in(cast.city_preparation).post(HERE, sent("Min text", seen=1))
        assert again.status_code == 302
        assert LocalFeedback.objects.get().text == "Min text"

    def test_the_same_words_sent_twice_are_written_once(self, cast):
        assert write(cast)
        assert not write(cast)
        assert LocalFeedback.objects.get().row_version == 1

    def test_a_personnummer_is_refused_and_the_text_is_kept(self, cast):
        text = "Ring 19811218-9876"
        response = signed_in(cast.city_preparation).post(HERE, sent(text))
        assert response.status_code == 422
        assert "ser ut att innehålla ett personnummer" in response.content.decode()
        assert text in response.content.decode()
        assert not LocalFeedback.objects.exists()

    def test_nothing_is_written_in_a_report_that_is_handed_over_and_what_was_typed_stays(self, cast):
        begin(cast.cycle)
        AnnualReport.objects.update(state="ready")
        assert "lämnad för beslut" in told(cast.city_preparation, HERE)
        response = signed_in(cast.city_preparation).post(HERE, sent())
        assert response.status_code == 422
        assert WORDS in response.content.decode()
        with pytest.raises(StepRefused):
            write(cast)

    def test_who_only_reads_is_told_whom_to_ask(self, cast):
        assert "<textarea" not in told(cast.city_steering, HERE)
        response = signed_in(cast.city_steering).post(HERE, sent())
        assert response.status_code == 403
        assert "stadens beredningsgrupp" in response.content.decode()

    def test_the_report_says_how_many_have_feedback_and_what_it_says_to_the_city(self, cast):
        write(cast)
        text = told(cast.city_preparation, "/arsrapport/2025/")
        assert "Staden har skrivit återkoppling till 1 av 2 stadsdelar." in text
        assert WORDS in text


class TestReading:
    def test_a_district_reads_nothing_before_the_report_is_published(self, cast):
        write(cast)
        told(cast.editor, HERE, 404)
        assert WORDS in told(cast.city_steering, HERE)

    def test_a_district_reads_its_own_and_no_other(self, cast):
        write(cast)
        write(cast, cast.other_district, ELSEWHERE)
        published(cast)
        assert WORDS in told(cast.editor, HERE)
        assert ELSEWHERE in told(cast.neighbour, f"{ALL}farsta/")
        told(cast.neighbour, HERE, 404)
        told(cast.editor, ALL, 404)
        told(cast.working, HERE, 404)
        told(cast.editor, f"{ALL}staden/", 404)

    def test_a_district_that_nothing_is_written_to_is_told_so(self, cast):
        published(cast)
        assert "inte skrivit någon återkoppling till Skärholmen på 2025" in told(cast.editor, HERE)


class TestConfirming:
    def test_the_district_confirms_once_and_who_presses_then_is_told_who_did(self, cast):
        published(cast)
        first = signed_in(cast.editor).post(CONFIRM, follow=True)
        assert "har läst årsrapporten 2025" in messages_of(first)[0]
        receipt = ReportReceipt.objects.get()
        assert (receipt.by, receipt.function, receipt.district) == (cast.editor, "trygghetsstrateg", cast.district)
        second = signed_in(cast.police).post(CONFIRM, follow=True)
        assert messages_of(second)[0].startswith("Det är redan bekräftat av editor, trygghetsstrateg")
        assert ReportReceipt.objects.get().by == cast.editor

    def test_who_may_not_is_told_who_does(self, cast):
        published(cast)
        assert "kommunpolisen" in told(cast.steering, HERE)
        for user in (cast.steering, cast.city_preparation):
            response = signed_in(user).post(CONFIRM)
            assert response.status_code == 403
            assert "trygghetsstrateg" in response.content.decode()
        assert not ReportReceipt.objects.exists()

    def test_nothing_is_confirmed_before_it_is_published_or_for_another(self, cast):
        assert signed_in(cast.editor).post(CONFIRM).status_code == 404
        published(cast)
        assert signed_in(cast.neighbour).post(CONFIRM).status_code == 404

    def test_the_city_sees_who_has_read_and_who_has_not(self, cast):
        published(cast)
        signed_in(cast.police).post(CONFIRM)
        text = told(cast.city_steering, ALL)
        assert "1 av 2 stadsdelar har bekräftat" in text
        assert "kommunpolis" in text
        assert text.count("Inte bekräftat") == 1


class TestWhereItIsTold:
    def tasks(self, user):
        return [task for task in tasks_of(user) if "Läs årsrapporten" in task.text]

    def test_it_waits_for_those_who_confirm_until_one_of_them_has(self, cast):
        assert not self.tasks(cast.editor)
        published(cast)
        for user in (cast.editor, cast.police, cast.chair):
            (task,) = self.tasks(user)
            assert (task.about, task.address) == ("Årsrapport 2025, Skärholmen", HERE)
        assert not self.tasks(cast.steering)
        assert not self.tasks(cast.city_preparation)
        signed_in(cast.chair).post(CONFIRM)
        assert not self.tasks(type(cast.editor).objects.get(pk=cast.editor.pk))
        assert self.tasks(cast.neighbour)

    def test_it_is_new_on_min_sida_to_those_who_are_not_asked_to_confirm(self, cast):
        published(cast)
        assert [news.address for news in news_to(cast.steering)] == [HERE]
        assert news_to(cast.editor) == []
        assert news_to(cast.stranger) == []
        assert "Läs årsrapporten" in told(cast.editor, "/")

    def test_a_letter_tells_that_it_is_published_and_nothing_of_what_it_says(self, cast):
        write(cast)
        published(cast)
        yesterday = timezone.now() - timedelta(days=1)
        (headline,) = [each for each in news_of(cast.steering, yesterday) if "årsrapporten" in each.text]
        assert WORDS not in headline.text + headline.about
        assert not [each for each in news_of(cast.steering, timezone.now()) if "årsrapporten" in each.text]
        # Who is to confirm it is asked to, and is not told twice in the same letter.
        assert not [each for each in news_of(cast.editor, yesterday) if "årsrapporten" in each.text]

    def test_the_hub_says_whether_it_is_confirmed(self, cast):
        def topic():
            return next(
                (each for each in hub_of(Scope(cast.district), cast.editor).topics if each.name == "feedback"), None
            )

        assert topic() is None
        published(cast)
        assert (topic().title, topic().words) == (
            "Återkoppling från staden på 2025", "Inte bekräftat att ni har läst",
        )  # fmt: skip
        signed_in(cast.editor).post(CONFIRM)
        assert topic().words.startswith("Läst, bekräftat")

    def test_next_years_draft_begins_with_it(self, cast):
        """Scenario 38: what the city said of the year before stands where the next plan is written."""
        write(cast)
        coming = PlanningCycle.objects.create(year=2026, area_set=cast.area_set)
        editing.create_plan(cast.district, coming, by=cast.editor)
        editing.create_plan(cast.other_district, coming, by=cast.neighbour)
        there = "/planer/skarholmen/2026/"
        assert WORDS not in told(cast.editor, there)
        published(cast)
        text = told(cast.editor, there)
        assert "Återkoppling från staden på 2025" in text
        assert WORDS in text
        assert WORDS not in told(cast.neighbour, "/planer/farsta/2026/")
        assert WORDS not in told(cast.co_writer, there)  # does not read the report either
        ActionPlan.objects.update(state="decided")
        assert WORDS not in told(cast.editor, there)

    def test_paragraphs_and_lists_are_shown_as_such_wherever_it_is_read(self, cast):
        write(cast, text="Tack.\n\nFortsätt med:\n- torget\n- <bussen>")
        coming = PlanningCycle.objects.create(year=2026, area_set=cast.area_set)
        editing.create_plan(cast.district, coming, by=cast.editor)
        shown = ["<p>Tack.</p>", "<p>Fortsätt med:</p>", "<ul><li>torget</li><li>&lt;bussen&gt;</li></ul>"]
        of_city = told(cast.city_preparation, "/arsrapport/2025/")
        published(cast)
        for page in (of_city, told(cast.editor, HERE), told(cast.editor, "/planer/skarholmen/2026/")):
            compact = re.sub(r"\s*(<[^>]+>)\s*", r"\1", page)
            assert all(each in compact for each in shown)


class TestFacts:
    def test_the_duties_are_recorded_on_the_day_it_was_published(self, cast):
        PlanningCycle.objects.filter(pk=cast.cycle.pk).update(
            compilation_due=date(2026, 1, 31), feedback_due=date(2026, 2, 28)
        )
        duties = BY_NAME["sammanstallning"], BY_NAME["aterkoppling"]

        def statuses():
            found = statuses_of([None], date(2026, 6, 1))[None]
            return [found[duty] for duty in duties]

        assert all(status.is_late for status in statuses())
        write(cast)
        assert all(status.is_late for status in statuses())  # nobody has read it yet
        made = published(cast)
        on = timezone.localdate(made.at)
        assert [status.last for status in statuses()] == [on, on]
        assert not any(status.is_late for status in statuses())

    def test_facts_say_when_and_never_what(self, cast):
        write(cast)
        published(cast)
        facts = facts_of([cast.district.pk, cast.other_district.pk, None], cast.cycle)
        assert set(facts) & {("feedback", cast.district.pk), ("feedback", cast.other_district.pk)} == {
            ("feedback", cast.district.pk)
        }
        assert facts["feedback", None].told.startswith("Återkoppling till 1 av 2 stadsdelar,")
        assert WORDS not in "".join(fact.told for fact in facts.values())

    def test_what_is_written_so_far_is_told_before_it_is_published(self, cast):
        write(cast)
        PlanningCycle.objects.update(compilation_due=date(2026, 1, 31), feedback_due=date(2026, 2, 28))
        part = "Återkopplingen är skriven till 1 av 2 stadsdelar och lämnas när årsrapporten publiceras"
        assert statuses_of([None], date(2026, 6, 1))[None][BY_NAME["aterkoppling"]].note == part
        assert part in told(cast.city_preparation, "/samverkan/staden/arshjul/2025/")
        assert part in told(cast.city_preparation, "/samverkan/staden/lagkrav/")

    def test_the_city_has_not_fed_back_while_a_district_that_handed_in_lacks_its_own(self, cast):
        handed_in(cast)  # Farsta
        write(cast)
        published(cast)
        facts = facts_of([cast.district.pk, None], cast.cycle)
        assert ("feedback", None) not in facts
        assert facts["feedback_so_far", None].told.startswith("Återkoppling till 1 av 2 stadsdelar,")
        assert ("feedback", cast.district.pk) in facts  # Skärholmen has its own

    def test_the_city_has_fed_back_when_every_district_that_handed_in_has_its_own(self, cast):
        handed_in(cast)  # Farsta
        write(cast, cast.other_district)
        published(cast)
        assert ("feedback", None) in facts_of([None], cast.cycle)

    def test_one_that_hands_in_after_it_was_published_was_owed_nothing(self, cast):
        write(cast)
        published(cast)
        handed_in(cast)
        assert ("feedback", None) in facts_of([None], cast.cycle)

    def test_a_report_without_feedback_has_fed_nothing_back(self, cast):
        published(cast)
        facts = facts_of([None], cast.cycle)
        assert ("compilation", None) in facts
        assert ("feedback", None) not in facts

    def test_the_year_leads_the_city_to_where_feedback_is_written(self, cast):
        assert addresses_of(cast.city_preparation, [None], cast.cycle)["feedback", None] == ALL
        assert ("feedback", None) not in addresses_of(cast.editor, [None], cast.cycle)


def test_the_number_of_queries_does_not_grow_with_the_districts(cast):
    def queries():
        browser = signed_in(cast.city_preparation)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(ALL).status_code == 200
        return len(asked)

    write(cast)
    handed_in(cast)
    made = published(cast)
    ReportReceipt.objects.create(published=made, district=cast.district, by=cast.editor)
    few = queries()
    new = [
        District(name=f"Distrikt {at}", slug=f"d{at}", municipality=cast.municipality, valid_from=date(2024, 1, 1))
        for at in range(288)
    ]
    District.objects.bulk_create(new)
    ReportReceipt.objects.bulk_create(
        ReportReceipt(published=made, district=each, by=cast.police)
        for each in District.objects.filter(slug__startswith="d")
    )
    text = told(cast.city_preparation, ALL)
    assert "289 av 290 stadsdelar har bekräftat" in text
    assert queries() <= few
