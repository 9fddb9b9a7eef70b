"""What the city and the board do with a decided version, from their pages."""

from datetime import date

import pytest

from agreements.models import Organisation
from plans import outlook, submissions, workflow
from plans.enums import SubmissionState
from plans.models import BoardDecision
from tests.plans import stages
from tests.plans.pressing import PLACE, TOMORROW, browser_of, said, words

VERSION = "version/1/"
SEND = VERSION + "inskickning/skicka-till-staden/"
ACKNOWLEDGE = VERSION + "inskickning/kvittera/"
ASK = VERSION + "inskickning/begar-komplettering/"
BOARD = VERSION + "namndbeslut/"
DECIDED = {
    "board": "Skärholmens stadsdelsnämnd", "decided_on": "2025-04-24", "paragraph": "§ 7",
    "diary_number": "SKA 2025/123", "reported_in": "Tertialrapport 1 2025",
}  # fmt: skip


@pytest.fixture
def browser():
    return browser_of


@pytest.fixture
def version(empty_plan, cast):
    return stages.reach(empty_plan, cast, "decided").versions.get()


@pytest.fixture
def sent(version, cast):
    return submissions.take(version, "submit", by=cast.editor)


# --- The city


def test_sending_gives_a_receipt_that_both_sides_read(browser, cast, version):
    answer = browser(cast.editor).press(SEND)
    receipt = version.submissions.get().receipt_number
    assert answer.url == version.get_absolute_url()
    assert said(answer) == [f"Version 1 är inskickad till staden. Kvittens: {receipt}."]
    for person in (cast.editor, cast.city_preparation):
        page = words(browser(person).get(VERSION))
        assert f"Kvittens {receipt}" in page
        assert "inte kvitterad än" in page


def test_the_city_acknowledges_and_the_district_sees_it(browser, cast, version, sent):
    answer = browser(cast.city_preparation).press(ACKNOWLEDGE)
    assert said(answer) == [f"Inskickningen {sent.receipt_number} är kvitterad."]
    page = words(browser(cast.editor).get(VERSION))
    assert "Staden kvitterade planen" in page
    assert "Kvitterad" in page


def test_the_city_asks_for_completion_in_words_and_it_is_sent_again(browser, cast, version, sent):
    browser(cast.city_preparation).press(ASK, answer="Bilaga 2 saknas.")
    editor = browser(cast.editor)
    assert "Bilaga 2 saknas." in words(editor.get(VERSION))
    assert "Bilaga 2 saknas." in words(editor.get(SEND))
    editor.press(SEND)
    states = list(version.submissions.order_by("pk").values_list("state", flat=True))
    assert states == [SubmissionState.COMPLETION_REQUESTED, SubmissionState.SENT]


@pytest.mark.parametrize("answer", ["", " ", "Gäller 19811218-9876."])
def test_a_request_without_words_or_with_a_personnummer_is_shown_again(browser, cast, sent, answer):
    got = browser(cast.city_preparation).press(ASK, answer=answer)
    assert got.status_code == 422
    assert "Skriv vad som behöver kompletteras" in words(got) or "personnummer" in words(got)
    sent.refresh_from_db()
    assert sent.state == SubmissionState.SENT


def test_who_presses_second_is_told_and_nothing_is_done_twice(browser, cast, version, sent):
    first, second = browser(cast.city_preparation), browser(cast.city_preparation)
    carried = second.open(ASK)
    first.press(ACKNOWLEDGE)
    answer = second.press(ASK, carried, answer="Bilaga 2 saknas.")
    assert answer.url == version.get_absolute_url()
    told, typed = said(answer)
    assert told.startswith(f"Inskickningen {sent.receipt_number} har redan status Kvitterad: city_preparation, ")
    assert typed == "Det du skrev sparades inte: ”Bilaga 2 saknas.”"
    assert version.submissions.get().state == SubmissionState.ACKNOWLEDGED


def test_a_version_is_sent_once_from_two_pages(browser, cast, version):
    first, second = browser(cast.editor), browser(cast.editor)
    carried = second.open(SEND)
    first.press(SEND)
    assert "har redan status Inskickad" in said(second.press(SEND, carried))[0]
    assert version.submissions.count() == 1


def test_an_old_version_is_not_sent_while_the_next_is_written(browser, cast, version):
    workflow.take(version.plan, "start_version", by=cast.editor, reason="Ny lägesbild")
    answer = browser(cast.editor).get(SEND)
    assert answer.url == version.get_absolute_url()
    assert said(answer) == ["Version 2 skrivs nu. Skicka in den när den är beslutad."]


# --- The board


def test_the_registrar_records_the_boards_decision_and_the_plan_is_untouched(browser, cast, version):
    before = version.sha256
    answer = browser(cast.registrar).press(BOARD, **DECIDED)
    assert said(answer) == ["Nämndens beslut är registrerat."]
    board = version.board_decision
    assert (board.board, board.decided_on, board.paragraph, board.diary_number, board.reported_in, board.by) == (
        "Skärholmens stadsdelsnämnd", date(2025, 4, 24), "§ 7", "SKA 2025/123", "Tertialrapport 1 2025", cast.registrar,
    )  # fmt: skip
    version.refresh_from_db()
    assert version.sha256 == before
    assert "Skärholmens stadsdelsnämnd beslutade 24 april 2025, § 7." in words(browser(cast.neighbour).get(VERSION))


def test_the_board_and_the_report_are_filled_in(browser, cast, version):
    organisation = Organisation.objects.get(slug="district_admin")
    organisation.name, organisation.district = "Skärholmens stadsdelsförvaltning", cast.district
    organisation.save()
    page = browser(cast.registrar).get(BOARD).content.decode()
    assert 'value="Skärholmens stadsdelsnämnd"' in page
    assert 'value="Tertialrapport 1 2025"' in page


def test_what_was_recorded_is_shown_to_be_corrected_and_both_are_told(browser, cast, version):
    registrar = browser(cast.registrar)
    registrar.press(BOARD, **DECIDED)
    page = registrar.get(BOARD).content.decode()
    assert 'value="SKA 2025/123"' in page
    assert "Spara rättelsen" in page
    registrar.press(BOARD, **DECIDED | {"paragraph": "§ 8"})
    assert version.board_decision.paragraph == "§ 8"
    log = words(registrar.get("steg/"))
    assert "Rättade nämndens beslut om version 1" in log
    assert "Registrerade nämndens beslut om version 1" in log


@pytest.mark.parametrize("name", DECIDED)
def test_everything_of_the_boards_decision_is_asked_for_and_what_was_written_is_kept(
    browser,
    cast,
    version,
    name,
):
    answer = browser(cast.registrar).press(BOARD, **DECIDED | {name: ""})
    assert answer.status_code == 422
    assert "Ange " in words(answer)
    for other in set(DECIDED) - {name}:
        assert f'value="{DECIDED[other]}"' in answer.content.decode()


def test_a_board_decides_no_day_that_has_not_come(browser, cast, version):
    answer = browser(cast.registrar).press(BOARD, **DECIDED | {"decided_on": TOMORROW})
    assert "Datumet ligger i framtiden." in words(answer)


# --- What it costs


def test_what_the_city_and_the_board_have_done_costs_the_same_however_often_it_was_sent(
    version, cast, django_assert_max_num_queries
):
    for _ in range(3):
        submissions.take(version, "submit", by=cast.editor)
        submissions.take(version, "request_completion", by=cast.city_preparation, answer="Mer")
    with django_assert_max_num_queries(4):
        told = outlook.milestones(version, cast.editor)
        assert len([(each.by.pk, each.receipt_number) for each in told.submissions]) == 3
    assert told.steps[0].address == f"{PLACE}{SEND}"


@pytest.mark.parametrize("field", ["board", "paragraph", "diary_number", "reported_in"])
def test_no_word_of_the_boards_decision_holds_a_personnummer(browser, cast, version, field):
    answer = browser(cast.registrar).press(BOARD, **DECIDED | {field: "811228-9874"})
    assert answer.status_code == 422
    assert "ser ut att innehålla ett personnummer" in words(answer)
    assert "811228-9874" in answer.content.decode()  # what was typed is kept
    assert not BoardDecision.objects.exists()
