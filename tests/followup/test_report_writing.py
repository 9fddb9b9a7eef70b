"""The annual report as it is written: texts, comments and quotes, and its way to the city's steering group."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from agreements.agenda import not_for, proposals_for
from agreements.claiming import StaleRow
from agreements.models import CollaborationGroup, PlanningCycle
from agreements.tasks import tasks_of
from followup.models import (
    AnnualReport,
    FollowUp,
    LocalFeedback,
    PublishedReport,
    ReportComment,
    ReportQuote,
    ReportStep,
    ReportText,
)
from followup.report import comments, quotes, writing
from followup.report.document import Written
from followup.report.reading import read_report
from followup.report.workflow import WORKFLOW, latest_step
from tests.cast import Cast
from tests.followup.answered import DONE, follow_up_of
from tests.followup.reported import decided_and_sent, hand_in, handed_in
from trygghet.prose import Block, blocks_of
from trygghet.workflow import StepRefused

REPORT = "/arsrapport/2025/"
SUMMARY = f"{REPORT}text/summary/"
AREA = "areas:unga-i-riskzon"
JSON = {"Accept": "application/json"}
NUMBER = "19811228-9874"


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def chair(cast):
    """The chair of the city's steering group, who decides the report."""
    seat = cast.city_steering.memberships.get()
    seat.pk, seat.user, seat.is_chair = (
        None,
        User.objects.create(username="city_chair", display_name="Ordföranden"),
        True,
    )
    seat.save()
    return seat.user


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def writer(cast):
    return signed_in(cast.city_preparation)


@pytest.fixture
def reader(cast):
    return signed_in(cast.city_steering)


def text_of(client, address=REPORT):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def save(cast, text, *, section="summary", seen=0, by=None):
    return writing.save_text(cast.cycle, section, text, seen=seen, by=by or cast.city_preparation)


def written(cast, section="summary"):
    return ReportText.objects.get(report__cycle=cast.cycle, section=section)


# --- The texts


def test_the_report_is_begun_when_somebody_first_writes_and_once(cast, writer):
    text_of(writer)
    text_of(writer, SUMMARY)
    assert not AnnualReport.objects.exists()
    for section in ("summary", "method"):
        sent = {"text": "Året i korthet.", "row_version": 0}
        assert writer.post(f"{REPORT}text/{section}/", sent).status_code == 302
    assert AnnualReport.objects.get().state == "open"
    assert "Året i korthet." in text_of(writer)


def test_a_text_is_saved_while_it_is_typed(cast, writer):
    first = writer.post(SUMMARY, {"text": "Vi\r\n\r\n- ett\r\n- två", "row_version": 0}, headers=JSON)
    told = first.json()
    assert (first.status_code, told["version"], told["text"]) == (200, 1, "Vi\n\n- ett\n- två")
    assert "<li>ett</li>" in told["html"] and len(told["saved_at"]) == 5
    second = writer.post(SUMMARY, {"text": "Vi två", "row_version": 1}, headers=JSON).json()
    assert second["version"] == 2
    row = written(cast)
    assert (row.text, row.by, row.row_version) == ("Vi två", cast.city_preparation, 2)


def test_the_same_text_once_more_is_written_once(cast, writer):
    for seen in (0, 0, 1):
        assert writer.post(SUMMARY, {"text": "Året", "row_version": seen}, headers=JSON).json()["version"] == 1
    assert written(cast).row_version == 1


def test_what_another_has_written_meanwhile_is_not_written_over_and_both_texts_are_told(cast, writer, chair):
    save(cast, "Den förstas text", by=chair)
    answer = writer.post(SUMMARY, {"text": "Min text", "row_version": 0}, headers=JSON)
    told = answer.json()
    assert answer.status_code == 409
    assert (told["mine"], told["theirs"], told["by"], told["version"]) == (
        "Min text", "Den förstas text", "Ordföranden", 1,
    )  # fmt: skip
    assert written(cast).text == "Den förstas text"
    page = writer.post(SUMMARY, {"text": "Min text", "row_version": 0})
    assert page.status_code == 409
    shown = page.content.decode()
    assert "Den förstas text" in shown and "Min text</textarea>" in shown and 'name="row_version" value="1"' in shown
    assert written(cast).text == "Den förstas text"
    assert writer.post(SUMMARY, {"text": "Min text", "row_version": 1}).status_code == 302
    assert written(cast).text == "Min text"


def test_two_sections_are_no_conflict(cast):
    save(cast, "Sammanfattning")
    save(cast, "Metod", section="method")
    with pytest.raises(StaleRow):
        save(cast, "Metoden", section="method", seen=0)
    assert {row.section: row.text for row in ReportText.objects.all()} == {
        "summary": "Sammanfattning",
        "method": "Metod",
    }


def test_a_personnummer_is_refused_and_what_was_typed_is_kept(cast, writer):
    sent = {"text": f"Han, {NUMBER}, var där.", "row_version": 0}
    answer = writer.post(SUMMARY, sent, headers=JSON)
    assert answer.status_code == 422 and "personnummer" in answer.json()["reason"]
    page = writer.post(SUMMARY, sent)
    assert page.status_code == 422 and "var där.</textarea>" in page.content.decode()
    said = writer.post(f"{REPORT}kommentarer/summary/", {"text": sent["text"]})
    assert said.status_code == 422 and "var där.</textarea>" in said.content.decode()
    assert not ReportText.objects.exists() and not ReportComment.objects.exists()


def test_a_session_that_has_ended_saves_nothing_and_gives_the_text_back(cast):
    client = Client()
    sent = {"text": "Året som gick", "row_version": 0}
    answer = client.post(SUMMARY, sent, headers=JSON)
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/konto/logga-in/")
    page = client.post(SUMMARY, sent)
    assert page.status_code == 401 and "Året som gick" in page.content.decode()
    assert not AnnualReport.objects.exists()


def test_another_person_in_the_same_browser_does_not_save_the_first_ones_text(cast, writer):
    sent = {"text": "Året", "row_version": 0, "writer": cast.city_steering.pk}
    assert writer.post(SUMMARY, sent, headers=JSON).status_code == 403
    assert not ReportText.objects.exists()


def test_whoever_only_reads_it_sees_the_text_and_is_told_who_writes(cast, reader):
    save(cast, "Året i korthet.")
    shown = text_of(reader)
    assert "Året i korthet." in shown and "data-write" not in shown
    refused = reader.get(SUMMARY)
    assert refused.status_code == 403 and "centrala beredningsgruppen" in refused.content.decode()


@pytest.mark.parametrize("section", ["nagot", "areas:", "areas:nagot"])
def test_a_section_that_is_not_there_is_not_found(cast, writer, section):
    for address in (f"{REPORT}text/{section}/", f"{REPORT}kommentarer/{section}/"):
        assert writer.get(address).status_code == 404


def test_each_section_and_each_area_has_a_place_for_its_text(cast, writer):
    handed_in(cast)
    shown = text_of(writer)
    for key in ("summary", "situation", "compliance", "areas", "parties", "obstacles", "patterns", "lessons", "method"):
        assert f'data-write="{key}"' in shown, key
    assert f'data-write="{AREA}"' in shown
    save(cast, "Unga har fått mer.", section=AREA)
    assert "Unga har fått mer." in text_of(writer)


def test_what_is_typed_is_shown_as_text_and_never_as_markup(cast, writer):
    save(cast, "<b>fet</b> & stor")
    assert "&lt;b&gt;fet&lt;/b&gt; &amp; stor" in text_of(writer)


def test_a_text_is_paragraphs_and_lists():
    assert blocks_of("Ett\nstycke\n\n  \nEtt till:\n- en\n- två\n\n") == [
        Block(lines=("Ett", "stycke")),
        Block(lines=("Ett till:",)),
        Block(lines=("en", "två"), is_list=True),
    ]
    assert blocks_of(" \n ") == []
    assert blocks_of("2024-2025 - ett år") == [Block(lines=("2024-2025 - ett år",))]


# --- Comments


def test_the_citys_groups_comment_and_mark_as_done_and_it_is_never_in_the_report(cast, reader, writer):
    said = reader.post(f"{REPORT}kommentarer/summary/", {"text": "Nämn vakanserna."})
    assert said.url == f"{REPORT}?kommentarer=summary#kommentarer-sammanfattning"
    reader.post(f"{REPORT}kommentarer/summary/", {"text": "Nämn vakanserna."})  # pressed twice
    comment = ReportComment.objects.get()
    assert "Nämn vakanserna." in text_of(writer) and "1 kommentar är öppen." in text_of(writer)
    assert read_report(cast.city_preparation, cast.cycle).written == Written()
    writer.post(f"{REPORT}kommentar/{comment.pk}/klar/")
    comment.refresh_from_db()
    assert comment.resolved_by == cast.city_preparation
    assert "Kommentarer, alla klara" in text_of(writer)
    reader.post(f"{REPORT}kommentar/{comment.pk}/oppna/")
    comment.refresh_from_db()
    assert (comment.resolved_by, comment.resolved_at) == (None, None)


def test_an_empty_comment_is_refused(cast, reader):
    answer = reader.post(f"{REPORT}kommentarer/summary/", {"text": " "})
    assert answer.status_code == 422 and "Skriv vad du vill säga." in answer.content.decode()
    assert not AnnualReport.objects.exists()


def test_a_comment_of_another_year_is_not_found_here(cast, reader):
    said = comments.comment(cast.cycle, "summary", "Nämn det.", by=cast.city_steering)
    PlanningCycle.objects.create(year=2026, area_set=cast.area_set)
    assert reader.post(f"/arsrapport/2026/kommentar/{said.pk}/klar/").status_code == 404


# --- Quotes


def answer_of(follow_up, **where):
    return follow_up.actionoutcomes.filter(**where).exclude(done="").first()


def quote(client, row, field="done", district="farsta"):
    return client.post(f"{REPORT}citera/", {"citat": f"{district}:{row}:{field}", "tillbaka": f"{REPORT}atgarder/"})


def test_a_districts_words_are_quoted_word_for_word_in_the_section_of_their_area(cast, writer):
    follow_up = handed_in(cast)
    answer = answer_of(follow_up)
    for _ in range(2):
        assert quote(writer, answer.row).url == f"{REPORT}atgarder/"
    quoted = ReportQuote.objects.get()
    assert (quoted.text, quoted.section.partition(":")[0]) == (DONE, "areas")
    shown = text_of(writer)
    assert "<blockquote>" in shown and DONE in shown and f"#rad-{answer.row}" in shown
    assert "<b>Farsta (uppföljningen är inte godkänd än)</b>" in shown
    written = read_report(cast.city_preparation, cast.cycle).written
    assert [(each.district, each.row, each.text) for each in written.quotes] == [("farsta", str(answer.row), DONE)]
    assert writer.post(f"{REPORT}citat/{quoted.pk}/ta-bort/").status_code == 302
    assert not ReportQuote.objects.exists() and "<blockquote>" not in text_of(writer)


def test_every_answer_with_a_text_is_offered_where_the_actions_are_listed(cast, writer, reader):
    follow_up = handed_in(cast)
    answer = answer_of(follow_up)
    shown = text_of(writer, f"{REPORT}atgarder/")
    assert f'value="farsta:{answer.row}:done"' in shown
    assert "Citera i rapporten" not in text_of(reader, f"{REPORT}atgarder/")
    quote(writer, answer.row)
    assert f'value="farsta:{answer.row}:done"' not in text_of(writer, f"{REPORT}atgarder/")
    assert f'value="farsta:{answer.row}:done"' not in text_of(writer, f"{REPORT}rader/?figur=F3")
    left = ReportQuote.objects.get()
    left.delete()
    assert f'value="farsta:{answer.row}:done"' in text_of(writer, f"{REPORT}rader/?figur=F3")


def test_only_what_is_handed_in_and_counted_is_quoted(cast, writer):
    follow_up = handed_in(cast)
    answer = answer_of(follow_up)
    asked = [
        (answer.row, "reason", "farsta"),  # no answer that is quoted
        (answer.row, "done", "skarholmen"),
        ("inte-en-rad", "done", "farsta"),
        (follow_up.actionoutcomes.filter(done="").first().row, "done", "farsta"),  # nothing said
    ]
    for row, field, district in asked:
        assert quote(writer, row, field, district).status_code == 302
    FollowUp.objects.filter(pk=follow_up.pk).update(state="open")
    quote(writer, answer.row)
    assert not ReportQuote.objects.exists()
    assert "Det finns ingen sådan text att citera nu." in text_of(writer)


def test_the_words_of_a_follow_up_that_is_opened_again_are_left_out_until_it_is_handed_in(cast, writer):
    follow_up = handed_in(cast)
    quote(writer, answer_of(follow_up).row)
    FollowUp.objects.filter(pk=follow_up.pk).update(state="open")
    assert read_report(cast.city_preparation, cast.cycle).written.quotes == ()
    FollowUp.objects.filter(pk=follow_up.pk).update(state="submitted")
    assert len(read_report(cast.city_preparation, cast.cycle).written.quotes) == 1


def test_a_quote_leads_back_to_no_other_site(cast, writer):
    answer = writer.post(f"{REPORT}citera/", {"citat": "x", "tillbaka": "https://example.com/"})
    assert answer.url == REPORT


# --- The way to the decision


def ready(cast, by=None):
    """The report with all that is asked for, handed over to the steering group; Farsta has handed in."""
    if not FollowUp.objects.exclude(state="open").exists():
        handed_in(cast)
    save(cast, "Året i korthet.")
    report = AnnualReport.objects.get()
    _feed_back(report)
    return WORKFLOW.take(report, "hand_over", by=by or cast.city_preparation)


def _feed_back(report):
    for follow_up in FollowUp.objects.exclude(state="open").select_related("plan"):
        LocalFeedback.objects.get_or_create(
            report=report, district_id=follow_up.plan.district_id, defaults={"text": "Bra gjort."}
        )


def seen(report, **typed):
    """What a step's page carries when it is opened now, and what was typed there."""
    return {"seen_state": report.state, "seen_step": latest_step(report)} | typed


def decision(report, **typed):
    """The same of the page where the report is published, without Skärholmen."""
    given = {"decided_on": timezone.localdate().isoformat(), "body": "Stadens styrgrupp", "without": "skarholmen"}
    return seen(report, **given | typed)


def again(cast, report):
    """The report taken back, written anew and handed over once more."""
    WORKFLOW.take(report, "take_back", by=cast.city_preparation, reason="Ett tal var fel.")
    save(cast, "Året på nytt.", seen=written(cast).row_version)
    return WORKFLOW.take(report, "hand_over", by=cast.city_preparation)


def test_a_report_that_was_handed_over_again_meanwhile_is_read_before_it_is_published(cast, chair):
    report, client = ready(cast), signed_in(chair)
    address, sent = f"{REPORT}steg/publicera/", decision(report, meeting="Möte 2")
    assert f'name="seen_step" value="{sent["seen_step"]}"' in text_of(client, address)
    again(cast, report)
    refused = client.post(address, sent)
    shown = refused.content.decode()
    assert refused.status_code == 409
    assert f'<a href="{REPORT}">Rapporten har lämnats över på nytt sedan du öppnade sidan. Läs den först.</a>' in shown
    assert 'value="Möte 2"' in shown and "checked" in shown
    assert f'name="seen_step" value="{latest_step(report)}"' in shown
    assert not PublishedReport.objects.exists() and AnnualReport.objects.get().state == "ready"
    assert client.post(address, decision(report)).status_code == 302
    assert "Året på nytt." in PublishedReport.objects.get().document


def test_no_step_is_taken_with_a_report_that_has_gone_back_and_forth_meanwhile(cast, writer, chair):
    report = ready(cast)
    old = seen(report, reason="Skriv om hindren.")
    again(cast, report)
    for client, slug in ((signed_in(chair), "skicka-tillbaka"), (writer, "ta-tillbaka")):
        shown = client.post(f"{REPORT}steg/{slug}/", old).content.decode()
        assert "lämnats över på nytt" in shown and "Skriv om hindren.</textarea>" in shown, slug
    WORKFLOW.take(report, "return", by=chair, reason="Skriv om hindren.")
    shown = writer.post(f"{REPORT}steg/lamna-over/", {"seen_state": "open", "seen_step": 0}).content.decode()
    assert "Rapporten har lämnats över och kommit tillbaka sedan du öppnade sidan." in shown
    assert AnnualReport.objects.get().state == "open" and ReportStep.objects.count() == 4


def test_a_page_that_does_not_tell_what_was_seen_takes_no_step(cast, chair):
    report = ready(cast)
    sent = decision(report)
    del sent["seen_step"], sent["seen_state"]
    refused = signed_in(chair).post(f"{REPORT}steg/publicera/", sent)
    assert refused.status_code == 422 and refused.content.decode().count("Sidan saknar uppgift") == 1
    assert AnnualReport.objects.get().state == "ready"


def test_a_year_of_which_nobody_has_handed_in_is_not_handed_over(cast, writer):
    decided_and_sent(cast, cast.district)
    save(cast, "Året i korthet.")
    none = "Ingen stadsdel har lämnat in sin uppföljning än."
    with pytest.raises(StepRefused, match=none):
        WORKFLOW.take(AnnualReport.objects.get(), "hand_over", by=cast.city_preparation)
    assert none in text_of(writer, f"{REPORT}steg/lamna-over/") and not ReportStep.objects.exists()


def test_a_report_whose_only_follow_up_went_back_is_not_published(cast, chair):
    report = ready(cast)
    FollowUp.objects.update(state="open")
    answer = signed_in(chair).post(f"{REPORT}steg/publicera/", decision(report, without="farsta,skarholmen"))
    assert "Ingen stadsdel har lämnat in sin uppföljning än." in answer.content.decode()
    assert not PublishedReport.objects.exists()


def test_the_pages_to_the_decision_say_how_many_have_handed_in_and_who_has_not_and_why(cast, writer, chair):
    decided_and_sent(cast, cast.district)
    handed_in(cast)
    save(cast, "Året i korthet.")
    _feed_back(AnnualReport.objects.get())
    pages = [text_of(writer, f"{REPORT}steg/lamna-over/")]
    WORKFLOW.take(AnnualReport.objects.get(), "hand_over", by=cast.city_preparation)
    pages.append(text_of(signed_in(chair), f"{REPORT}steg/publicera/"))
    for shown in pages:
        assert "1 av 2 stadsdelar har lämnat in sin uppföljning. Utan utfall:" in shown
        assert "<li>Skärholmen: uppföljningen är inte inlämnad.</li>" in shown
    assert f"av {cast.city_preparation}." in pages[1]


def test_a_report_without_some_districts_is_published_by_one_who_says_so(cast, chair):
    report, client = ready(cast), signed_in(chair)
    address = f"{REPORT}steg/publicera/"
    assert "Rapporten publiceras utan: Skärholmen" in text_of(client, address)
    for ticked, told in (
        ([], "Kryssa för att rapporten publiceras utan dem, eller vänta tills de har lämnat in."),
        (["farsta"], "Det har ändrats vilka stadsdelar som saknas."),
    ):
        refused = client.post(address, decision(report, without=ticked, meeting="Möte 2"))
        shown = refused.content.decode()
        assert refused.status_code == 422 and told in shown and 'value="Möte 2"' in shown
    assert not PublishedReport.objects.exists()
    assert client.post(address, decision(report)).status_code == 302
    assert PublishedReport.objects.exists()


def test_a_district_that_goes_missing_while_it_is_published_takes_it_all_back(cast, chair):
    report = ready(cast)
    given = {"decided_on": timezone.localdate(), "body": "Stadens styrgrupp", "meeting": ""}
    with pytest.raises(StepRefused, match="vilka stadsdelar som saknas"):
        WORKFLOW.take(report, "publish", by=chair, without=[], **given)
    assert not PublishedReport.objects.exists() and AnnualReport.objects.get().state == "ready"


def test_where_every_district_has_handed_in_nothing_is_ticked(cast, chair):
    hand_in(follow_up_of(decided_and_sent(cast, cast.district)), cast)
    handed_in(cast)
    report, client = ready(cast), signed_in(chair)
    shown = text_of(client, f"{REPORT}steg/publicera/")
    assert "Alla stadsdelar har lämnat in sin uppföljning." in shown and "publiceras utan" not in shown
    sent = decision(report)
    del sent["without"]
    assert client.post(f"{REPORT}steg/publicera/", sent).status_code == 302


def test_the_report_is_not_handed_over_without_its_summary_and_every_districts_feedback(cast, writer):
    handed_in(cast)
    decided_and_sent(cast, cast.district)  # not handed in, and so not waited for
    save(cast, "Metod", section="method")
    report = AnnualReport.objects.get()
    with pytest.raises(StepRefused) as refusal:
        WORKFLOW.take(report, "hand_over", by=cast.city_preparation)
    told = [blocker.text for blocker in refusal.value.blockers]
    assert told == ["Sammanfattningen är inte skriven.", "Återkoppling saknas till Farsta."]
    shown = text_of(writer)
    assert "Återstår:" in shown and all(each in shown for each in told)
    assert all(each in text_of(writer, f"{REPORT}steg/lamna-over/") for each in told)
    assert ready(cast).state == "ready"


def test_a_district_that_hands_in_while_the_steering_group_has_it_is_not_published_without_feedback(cast, chair):
    report = ready(cast)
    hand_in(follow_up_of(decided_and_sent(cast, cast.district)), cast)
    given = {"decided_on": timezone.localdate(), "body": "Stadens styrgrupp", "meeting": ""}
    with pytest.raises(StepRefused, match=r"^Återkoppling saknas till Skärholmen\.$"):
        WORKFLOW.take(report, "publish", by=chair, **given)
    assert "Återkoppling saknas till Skärholmen." in text_of(signed_in(chair), f"{REPORT}steg/publicera/")
    assert not PublishedReport.objects.exists()


def test_only_the_preparation_hands_over_and_only_the_chair_decides(cast, writer, chair, reader):
    ready(cast)
    for client, slug, status in (
        (reader, "publicera", 403), (writer, "publicera", 403), (signed_in(chair), "publicera", 200),
        (signed_in(chair), "skicka-tillbaka", 200), (reader, "skicka-tillbaka", 403), (reader, "ta-tillbaka", 403),
        (writer, "ta-tillbaka", 200), (writer, "nagot", 404),
    ):  # fmt: skip
        assert client.get(f"{REPORT}steg/{slug}/").status_code == status, slug


def test_nothing_is_written_while_the_steering_group_has_it_and_what_was_typed_is_given_back(cast, writer):
    follow_up = handed_in(cast)
    quote(writer, answer_of(follow_up).row)
    ready(cast)
    shown = text_of(writer)
    assert "data-write" not in shown and "/ta-bort/" not in shown
    assert writer.get(SUMMARY).status_code == 302
    sent = {"text": "Sent", "row_version": 1}
    page = writer.post(SUMMARY, sent)
    assert page.status_code == 409 and "Sent" in page.content.decode()
    answer = writer.post(SUMMARY, sent, headers=JSON)
    assert answer.status_code == 410 and "lämnad för beslut" in answer.json()["reason"]
    writer.post(f"{REPORT}citat/{ReportQuote.objects.get().pk}/ta-bort/")
    quote(writer, answer_of(follow_up).row, "lesson")
    assert written(cast).text == "Året i korthet." and ReportQuote.objects.count() == 1


def test_it_is_sent_back_with_a_reason_that_the_writers_read(cast, writer, chair):
    report, client = ready(cast), signed_in(chair)
    address = f"{REPORT}steg/skicka-tillbaka/"
    sent = seen(report, reason="Skriv om hindren.")
    assert client.post(address, sent | {"reason": ""}).status_code == 422
    assert client.post(address, sent).status_code == 302
    report.refresh_from_db()
    assert report.state == "open"
    shown = text_of(writer)
    assert "Skriv om hindren." in shown and "Vad har hänt" in shown and "Skickade tillbaka årsrapporten" in shown
    twice = client.post(address, sent | {"reason": "En gång till"}, follow=True).content.decode()
    assert "Steget går inte att ta nu" in twice or "har redan ändrats" in twice
    assert ReportStep.objects.filter(name="return").count() == 1


def test_the_preparation_takes_it_back_with_a_reason(cast, writer):
    sent = seen(ready(cast), reason="Ett tal var fel.")
    assert writer.post(f"{REPORT}steg/ta-tillbaka/", sent).status_code == 302
    assert AnnualReport.objects.get().state == "open"
    assert ReportStep.objects.first().reason == "Ett tal var fel."


def test_a_step_of_a_report_that_nobody_has_begun_is_refused(cast, writer):
    answer = writer.get(f"{REPORT}steg/lamna-over/", follow=True)
    assert "Ingen har skrivit i årsrapporten än." in answer.content.decode()


def test_the_decision_is_of_a_day_that_has_been(cast, chair):
    report, client = ready(cast), signed_in(chair)
    for days in (-1, 1):
        on = timezone.localdate() + timedelta(days=days)
        sent = decision(report, decided_on=on.isoformat())
        answer = client.post(f"{REPORT}steg/publicera/", sent)
        assert answer.status_code == 422 and 'value="Stadens styrgrupp"' in answer.content.decode()
    assert AnnualReport.objects.get().state == "ready"


# --- Whom it waits for


def tasks_about(user):
    return [(task.text, task.told) for task in tasks_of(user) if "årsrapporten" in task.text]


def test_the_report_waits_for_the_preparation_and_then_for_the_chair(cast, chair):
    cast.cycle.compilation_due = timezone.localdate() + timedelta(days=30)
    cast.cycle.save()
    assert tasks_about(cast.city_preparation) == []
    handed_in(cast)
    assert tasks_about(cast.city_preparation) == [("Skriv årsrapporten", ())]
    assert tasks_about(cast.city_steering) == []
    ready(cast)
    assert tasks_about(cast.city_preparation) == []
    assert [text for text, _ in tasks_about(chair)] == ["Besluta om årsrapporten"]
    WORKFLOW.take(AnnualReport.objects.get(), "return", by=chair, reason="Skriv om hindren.")
    assert tasks_about(chair) == []
    [(text, told)] = tasks_about(cast.city_preparation)
    assert text == "Skriv årsrapporten" and told[0].endswith("Skriv om hindren.")


def test_a_compilation_that_is_far_off_is_no_task_yet(cast):
    handed_in(cast)
    assert tasks_about(cast.city_preparation) == []
    PlanningCycle.objects.filter(pk=cast.cycle.pk).update(compilation_due=timezone.localdate() + timedelta(days=90))
    assert tasks_about(cast.city_preparation) == []


def test_the_steering_group_has_the_report_on_its_agenda(cast, chair):
    group = CollaborationGroup.objects.get(slug="city-steering-None")
    local = CollaborationGroup.objects.get(slug="local-steering-skarholmen")
    assert _titles(group, chair) == []
    ready(cast)
    assert _titles(group, chair) == ["Besluta om årsrapport 2025"]
    assert _titles(local, cast.chair) == []
    item = type("Item", (), {"pk": 1, "subject": f"report:{AnnualReport.objects.get().pk}:publish"})
    assert not_for(cast.chair, None, [item]) == {1} and not_for(chair, None, [item]) == set()


def _titles(group, user):
    return [each.title for each in proposals_for(group, user) if each.subject.startswith("report:")]


# --- Published


@pytest.fixture
def published(cast, chair):
    """A report with a text, a comment and a quote, published."""
    follow_up = handed_in(cast)
    quoted = quotes.Wanted("farsta", str(answer_of(follow_up).row), "done")
    quotes.quote(cast.cycle, quoted, by=cast.city_preparation)
    comments.comment(cast.cycle, "summary", "Nämn det.", by=cast.city_steering)
    report = ready(cast)
    given = {"decided_on": timezone.localdate(), "body": "Stadens styrgrupp", "meeting": "Möte 2"}
    return WORKFLOW.take(report, "publish", by=chair, **given)


WRITTEN = {ReportText: "text", ReportQuote: "text", LocalFeedback: "text", AnnualReport: "begun_at"}


def texts():
    return {model: list(model._base_manager.order_by("pk").values()) for model in WRITTEN}


def test_what_is_published_is_frozen_by_the_decision(cast, published, chair):
    frozen = PublishedReport.objects.get()
    assert (frozen.report_id, frozen.body, frozen.meeting, frozen.by) == (
        published.pk, "Stadens styrgrupp", "Möte 2", chair,
    )  # fmt: skip
    assert published.state == "published" and "Året i korthet." in frozen.document and DONE in frozen.document
    assert "Nämn det." not in frozen.document


@pytest.mark.parametrize("model", WRITTEN)
def test_what_is_published_is_not_changed_whichever_way(cast, published, model):
    before, now = texts(), timezone.now()
    name = WRITTEN[model]
    row = model.objects.first()
    value = now if name == "begun_at" else "annat"
    setattr(row, name, value)
    attempts = (
        row.save,
        lambda: row.save(update_fields=[name]),
        lambda: model.objects.update(**{name: value}),
        lambda: model._base_manager.update(**{name: value}),
        lambda: model.objects.bulk_update([row], [name]),
        row.delete,
        model.objects.all().delete,
    )
    for attempt in attempts:
        with pytest.raises((DatabaseError, TypeError)), transaction.atomic():
            attempt()
    with pytest.raises(DatabaseError, match="is settled"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {name} = '2020-01-01'")  # noqa: S608
    assert texts() == before


def test_nothing_is_written_in_a_published_report_through_its_pages(cast, published, writer, chair):
    before = texts()
    comment, quoted = ReportComment.objects.get(), ReportQuote.objects.get()
    for address, sent in (
        (SUMMARY, {"text": "Annat", "row_version": 1}),
        (f"{REPORT}kommentarer/summary/", {"text": "Annat"}),
        (f"{REPORT}kommentar/{comment.pk}/klar/", {}),
        (f"{REPORT}citera/", {"citat": f"farsta:{quoted.row}:lesson"}),
        (f"{REPORT}citat/{quoted.pk}/ta-bort/", {}),
        (f"{REPORT}steg/ta-tillbaka/", {"seen_state": "ready", "reason": "Fel"}),
    ):
        assert writer.post(address, sent).status_code in (302, 409), address
    client = signed_in(chair)
    for slug in ("publicera", "skicka-tillbaka"):
        sent = {"seen_state": "ready", "reason": "Fel", "decided_on": timezone.localdate(), "body": "B"}
        assert client.post(f"{REPORT}steg/{slug}/", sent).status_code == 302
    assert texts() == before
    assert ReportComment.objects.get().resolved_at is None
    assert AnnualReport.objects.get().state == "published" and PublishedReport.objects.count() == 1


def test_the_admin_has_no_form_for_it(cast, published):
    client = signed_in(cast.administrator)
    for name in ("annualreport", "reporttext", "reportquote", "reportcomment"):
        assert client.get(f"/forvaltning/followup/{name}/{published.pk}/change/").status_code == 404


# --- However much is written


def test_the_page_takes_as_many_queries_however_much_is_written(cast, writer):
    follow_up = handed_in(cast)
    save(cast, "Text")
    comments.comment(cast.cycle, "summary", "En", by=cast.city_steering)
    rows = [answer.row for answer in follow_up.actionoutcomes.exclude(done="")]
    quote(writer, rows[0])

    def asked():
        counts = []
        for address in (REPORT, f"{REPORT}atgarder/", f"{REPORT}rader/?figur=F3", f"{REPORT}kommentarer/summary/"):
            with CaptureQueriesContext(connection) as captured:
                text_of(writer, address)
            counts.append(len(captured))
        return counts

    asked()
    before = asked()
    for key in ("areas", "method", "lessons", AREA):
        save(cast, "Text", section=key)
        for at in range(5):
            comments.comment(cast.cycle, key, f"Sagt {at}", by=cast.city_steering)
    for row in rows[1:]:
        quote(writer, row)
    text_of(writer)  # with what was told of the quotes
    assert asked() == before
