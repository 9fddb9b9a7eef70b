"""A workbook that comes back: only what its last column says otherwise, only what the reader may write (P24)."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.models import PlanningCycle
from followup import exports
from followup.models import ActionOutcome, FollowUp, Fulfilment, GoalOutcome
from tests.cast import Cast
from tests.followup.answered import DONE, answer_everything, follow_up_of, goal_with_values, long_plan
from tests.followup.decided import decided_plan
from tests.followup.measured import measured

HERE = "/planer/skarholmen/2025/uppfoljning/"
UPLOAD, CONFIRM = f"{HERE}las-in/", f"{HERE}las-in/bekrafta/"
COLUMN = 7


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def follow_up(cast):
    """The answered follow-up of a plan with one action."""
    made = answer_everything(follow_up_of(decided_plan(cast)), cast)
    party = {"follow_up": made, "row": ActionOutcome.objects.get().row}
    Fulfilment.objects.create(party="Trafikkontoret", **party)
    earlier = timezone.now() - timedelta(hours=1)
    for model in (ActionOutcome, Fulfilment, GoalOutcome):
        model.objects.filter(at__isnull=False).update(at=earlier)
    return made


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def workbook_of(follow_up):
    return openpyxl.load_workbook(io.BytesIO(exports.export(follow_up, "xlsx").content))


def edited(follow_up, text, row=3):
    """The file of the follow-up with another text in the first action's cell."""
    workbook = workbook_of(follow_up)
    workbook.worksheets[1].cell(row, COLUMN).value = text
    return sent(workbook)


def sent(workbook):
    buffer = io.BytesIO()
    workbook.save(buffer)
    return SimpleUploadedFile("uppföljning.xlsx", buffer.getvalue())


def said_in(page):
    """What the preview carries along until it is confirmed."""
    return page.split('name="said" value="')[1].split('"')[0]


def read_in(client, file):
    """Upload, and confirm what is ticked; return the preview and the page after."""
    preview = client.post(UPLOAD, {"file": file}).content.decode()
    ticked = [
        part.split('value="')[1].split('"')[0] for part in preview.split('name="action"')[1:] if "checked" in part
    ]
    after = client.post(CONFIRM, {"said": said_in(preview), "action": ticked}, follow=True).content.decode()
    return preview, after


def answers():
    return [list(model.objects.order_by("pk").values()) for model in (ActionOutcome, GoalOutcome, Fulfilment)]


class TestWhatIsTaken:
    def test_the_file_as_it_was_made_changes_nothing(self, follow_up, cast):
        before = answers()
        page = signed_in(cast.editor).post(UPLOAD, {"file": sent(workbook_of(follow_up))}).content.decode()
        assert "säger inget annat än vad som redan står" in page
        assert answers() == before

    def test_what_has_been_measured_is_in_the_file_and_never_read_from_it(self, follow_up, cast):
        of = goal_with_values(follow_up, cast)
        file = sent(workbook_of(follow_up))
        measured(of, 2026, 30, cast.district)
        before = answers()
        preview, _ = read_in(signed_in(cast.editor), file)
        assert "Det finns inget att läsa in." in preview
        assert answers() == before

    def test_nothing_is_written_before_it_is_confirmed(self, follow_up, cast):
        before = answers()
        page = signed_in(cast.editor).post(UPLOAD, {"file": edited(follow_up, "Vi gjorde mer")}).content.decode()
        assert "Vi gjorde" in page.replace('<span class="visually-hidden">', "")
        assert answers() == before

    def test_status_text_and_goals_are_written_when_confirmed(self, follow_up, cast):
        text = "Status: Delvis genomförd | Genomfört: Tre vandringar | Mål: 1 – inte uppnått, 41 % (regn)"
        _, after = read_in(signed_in(cast.editor), edited(follow_up, text))
        assert "säger om 1 åtgärd är sparat" in after
        outcome, goal = ActionOutcome.objects.get(), GoalOutcome.objects.get()
        assert (outcome.status, outcome.done, outcome.by) == ("partly", "Tre vandringar", cast.editor)
        assert (goal.result, goal.value, goal.comment) == ("not_met", "41 %", "regn")
        assert outcome.row_version == 2

    def test_the_same_file_twice_changes_nothing_the_second_time(self, follow_up, cast):
        client, file = signed_in(cast.editor), edited(follow_up, "Genomfört: Tre vandringar")
        content = file.read()
        read_in(client, SimpleUploadedFile("a.xlsx", content))
        before = answers()
        preview, _ = read_in(client, SimpleUploadedFile("a.xlsx", content))
        assert "säger inget annat" in preview
        assert answers() == before

    def test_a_text_in_no_form_is_what_has_been_done(self, follow_up, cast):
        read_in(signed_in(cast.editor), edited(follow_up, "Vi gick två vandringar."))
        outcome = ActionOutcome.objects.get()
        assert (outcome.status, outcome.done) == ("done", "Vi gick två vandringar.")

    def test_why_an_action_was_not_done_is_written(self, follow_up, cast):
        preview, _ = read_in(signed_in(cast.editor), edited(follow_up, "Status: Avbruten | Skäl: Två vakanser"))
        assert "Skriv varför" not in preview
        outcome = ActionOutcome.objects.get()
        assert (outcome.status, outcome.done, outcome.reason) == ("cancelled", DONE, "Två vakanser")

    def test_a_file_from_before_the_reason_had_a_place_leaves_it_as_it_is(self, follow_up, cast):
        ActionOutcome.objects.update(status="cancelled", reason="Två vakanser")
        text = f"Status: Avbruten | Genomfört: {DONE}"
        for person in (cast.editor, cast.police):
            preview = signed_in(person).post(UPLOAD, {"file": edited(follow_up, text)}).content.decode()
            assert "säger inget annat" in preview

    def test_an_empty_cell_says_nothing(self, follow_up, cast):
        preview, _ = read_in(signed_in(cast.editor), edited(follow_up, None))
        assert "säger inget annat" in preview
        assert ActionOutcome.objects.get().done == DONE

    def test_other_columns_are_not_read(self, follow_up, cast):
        workbook = workbook_of(follow_up)
        workbook.worksheets[1].cell(3, 6).value = "Någon annan"
        preview, _ = read_in(signed_in(cast.editor), sent(workbook))
        assert "säger inget annat" in preview

    def test_an_action_that_is_not_ticked_is_left_as_it_is(self, follow_up, cast):
        client = signed_in(cast.editor)
        preview = client.post(UPLOAD, {"file": edited(follow_up, "Annat")}).content.decode()
        after = client.post(CONFIRM, {"said": said_in(preview)}, follow=True).content.decode()
        assert "Inget ändrades" in after
        assert ActionOutcome.objects.get().done == DONE


class TestWhatIsLeftOut:
    def test_p24_another_partys_answer_is_not_taken_from_a_file(self, follow_up, cast):
        text = "Status: Genomförd | Parternas åtaganden: Polisen – nej (de kom inte); Trafikkontoret – ja"
        preview, _ = read_in(signed_in(cast.editor), edited(follow_up, text))
        assert "Polisen svarar själv om sin del. Filens «nej (de kom inte)» tas inte med." in preview
        assert "Trafikkontoret svarar själv" in preview
        assert list(Fulfilment.objects.order_by("party").values_list("answer", flat=True)) == ["yes", ""]

    def test_the_police_answer_their_own_part_and_no_more(self, follow_up, cast):
        text = "Status: Avbruten | Parternas åtaganden: Polisen – delvis (vakanser)"
        preview, _ = read_in(signed_in(cast.police), edited(follow_up, text))
        assert "Du skriver inte om den här åtgärden." in preview
        police = Fulfilment.objects.get(party="Polisen")
        assert (police.answer, police.comment, police.by) == ("partly", "vakanser", cast.police)
        assert ActionOutcome.objects.get().status == "done"

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("Status: Genomförd", "Skriv vad som har genomförts, eller under Skäl varför det inte finns något att"),
            ("Status: Avbruten | Genomfört: Två av fyra", "Skriv varför åtgärden är avbruten."),
            ("Status: Inte genomförd", "Skriv varför åtgärden är inte genomförd."),
            ("Status: Inte påbörjad", "Skriv varför åtgärden är inte påbörjad."),
            ("Mål: 1 – går inte att mäta, 12 st", "Mål 1: Skriv varför målet inte går att mäta, så att ni kan"),
        ],
    )
    def test_what_the_page_would_refuse_is_not_taken_from_a_file(self, follow_up, cast, text, told):
        ActionOutcome.objects.update(status="", done="")
        before = answers()
        preview, _ = read_in(signed_in(cast.editor), edited(follow_up, text))
        assert told in preview.split("Tas inte med")[1]
        assert answers() == before

    def test_a_partys_no_without_words_is_not_taken_from_its_file(self, follow_up, cast):
        before = answers()
        preview, _ = read_in(signed_in(cast.police), edited(follow_up, "Parternas åtaganden: Polisen – nej"))
        assert "Polisen: Skriv med några ord vad som inte blev gjort, och varför." in preview.split("Tas inte med")[1]
        assert answers() == before

    def test_what_one_answer_lacks_does_not_stop_the_others(self, follow_up, cast):
        text = "Status: Avbruten | Mål: 1 – inte uppnått (regn)"
        preview, _ = read_in(signed_in(cast.editor), edited(follow_up, text))
        assert "Skriv varför åtgärden är avbruten." in preview
        assert ActionOutcome.objects.get().status == "done"
        assert GoalOutcome.objects.get().result == "not_met"

    def test_what_is_not_understood_is_told(self, follow_up, cast):
        text = "Status: Nästan | Mål: 7 – uppnått | Parternas åtaganden: SL – ja"
        preview, _ = read_in(signed_in(cast.editor), edited(follow_up, text))
        for told in ("«Nästan» gick inte att tolka.", "Åtgärden har inget mål 7.", "SL är ingen part i åtgärden."):
            assert told in preview

    def test_a_personnummer_is_left_out(self, follow_up, cast):
        preview, _ = read_in(signed_in(cast.editor), edited(follow_up, "Genomfört: Möte med 19811218-9876"))
        assert "Texten ser ut att innehålla ett personnummer" in preview
        assert ActionOutcome.objects.get().done == DONE

    def test_a_text_that_did_not_fit_in_the_cell_is_changed_on_the_page(self, follow_up, cast):
        ActionOutcome.objects.update(done="x" * 4_000)
        GoalOutcome.objects.update(comment="y" * 4_000)
        Fulfilment.objects.update(comment="z" * 4_000)
        preview, _ = read_in(signed_in(cast.editor), edited(follow_up, "Genomfört: kort"))
        assert "Texten var för lång för cellen" in preview
        assert ActionOutcome.objects.get().done == "x" * 4_000

    def test_a_row_that_is_not_in_the_plan_is_told(self, follow_up, cast):
        workbook = workbook_of(follow_up)
        sheet = workbook.worksheets[1]
        for column, text in ((3, "En helt ny åtgärd som ingen har beslutat"), (COLUMN, "Klart")):
            sheet.cell(4, column).value = text
        preview, _ = read_in(signed_in(cast.editor), sent(workbook))
        assert "1 rad i filen finns inte i den beslutade planen" in preview

    @pytest.mark.parametrize("other", ["district", "year"])
    def test_another_districts_or_years_file_is_refused_and_says_whose_it_is(self, follow_up, cast, other):
        if other == "district":
            plan, whose = decided_plan(cast, cast.other_district), "Farsta 2025"
        else:
            cast.cycle = PlanningCycle.objects.create(year=2026, area_set=cast.cycle.area_set)
            plan, whose = decided_plan(cast), "Skärholmen 2026"
        answer = signed_in(cast.editor).post(UPLOAD, {"file": edited(follow_up_of(plan), "Genomfört: Inte här")})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert f"är från {whose}, men det här är uppföljningen av Skärholmen 2025." in page
        assert "Läs in den på den uppföljningens sida, eller hämta filen härifrån" in page
        assert ActionOutcome.objects.get(follow_up=follow_up).done == DONE


class TestOthersMeanwhile:
    def test_what_was_changed_since_the_file_was_made_is_not_ticked(self, follow_up, cast):
        file = edited(follow_up, "Genomfört: Tre vandringar")
        ActionOutcome.objects.update(done="Skrivet sedan dess", at=timezone.now() + timedelta(seconds=1))
        preview, after = read_in(signed_in(cast.editor), file)
        assert "har ändrats sedan filen hämtades" in preview
        assert "Inget ändrades" in after
        assert ActionOutcome.objects.get().done == "Skrivet sedan dess"

    def test_what_was_changed_since_the_preview_is_shown_again(self, follow_up, cast):
        client = signed_in(cast.editor)
        preview = client.post(UPLOAD, {"file": edited(follow_up, "Genomfört: Tre vandringar")}).content.decode()
        ActionOutcome.objects.update(done="Skrivet under tiden", row_version=2)
        row = str(ActionOutcome.objects.get().row)
        answer = client.post(CONFIRM, {"said": said_in(preview), "action": [row]})
        assert answer.status_code == 409
        assert "Någon annan har skrivit" in answer.content.decode()
        assert ActionOutcome.objects.get().done == "Skrivet under tiden"

    def test_a_goal_that_was_changed_since_the_preview_is_not_written_over(self, follow_up, cast):
        client = signed_in(cast.editor)
        file = edited(follow_up, "Genomfört: Tre vandringar | Mål: 1 – uppnått")
        preview = client.post(UPLOAD, {"file": file}).content.decode()
        GoalOutcome.objects.update(result="not_met", row_version=2)
        row = str(ActionOutcome.objects.get().row)
        assert client.post(CONFIRM, {"said": said_in(preview), "action": [row]}).status_code == 409
        assert GoalOutcome.objects.get().result == "not_met"

    @pytest.mark.parametrize("state", ["submitted", "approved"])
    def test_one_that_is_no_longer_open_takes_nothing(self, follow_up, cast, state):
        client = signed_in(cast.editor)
        preview = client.post(UPLOAD, {"file": edited(follow_up, "Genomfört: Tre")}).content.decode()
        FollowUp.objects.update(state=state)
        row = str(ActionOutcome.objects.get().row)
        after = client.post(CONFIRM, {"said": said_in(preview), "action": [row]}, follow=True).content.decode()
        assert "går inte att ändra" in after
        assert ActionOutcome.objects.get().done == DONE


class TestTheFile:
    def test_no_file_is_said(self, follow_up, cast):
        answer = signed_in(cast.editor).post(UPLOAD)
        assert answer.status_code == 422
        assert "Välj en fil att läsa in." in answer.content.decode()

    def test_what_is_no_workbook_is_refused_in_words(self, follow_up, cast):
        answer = signed_in(cast.editor).post(UPLOAD, {"file": SimpleUploadedFile("bild.xlsx", b"not a workbook")})
        assert answer.status_code == 422
        assert "bild.xlsx" in answer.content.decode()

    def test_a_changed_or_old_preview_is_refused(self, follow_up, cast):
        after = signed_in(cast.editor).post(CONFIRM, {"said": "annat"}, follow=True)
        assert after.redirect_chain == [(UPLOAD, 302)]
        assert "Förhandsgranskningen gäller inte längre" in after.content.decode()

    def test_a_file_that_has_lost_its_identities_is_known_by_its_words(self, follow_up, cast):
        workbook = workbook_of(follow_up)
        sheet = workbook.worksheets[1]
        for row in range(1, sheet.max_row + 1):
            sheet.cell(row, COLUMN + 1).value = None
        sheet.cell(3, COLUMN).value = "Genomfört: Tre vandringar"
        read_in(signed_in(cast.editor), sent(workbook))
        assert ActionOutcome.objects.get().done == "Tre vandringar"

    def test_it_costs_the_same_however_long_the_plan_is(self, follow_up, cast):
        long = answer_everything(follow_up_of(long_plan(cast)), cast)

        def queries(person, each, place):
            client, file = signed_in(person), edited(each, "Genomfört: Annat")
            address = UPLOAD.replace("skarholmen", place)
            with CaptureQueriesContext(connection) as captured:
                assert client.post(address, {"file": file}).status_code == 200
            return len(captured)

        assert queries(cast.editor, follow_up, "skarholmen") == queries(cast.neighbour, long, "farsta")
