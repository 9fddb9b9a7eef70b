"""The follow-up as files: the template with its last column filled, on paper, and kept once it is approved."""

import io
import json
from dataclasses import replace
from datetime import date

import openpyxl
import pikepdf
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from followup import cell, exports, freezing, open_format, opening
from followup.document import ActionAnswer, FollowUpDocument
from followup.freezing import FOLLOW_UPS, freeze, make_files
from followup.loading import load
from followup.models import ApprovedFollowUp, FollowUp, Fulfilment
from followup.paper import FollowUpCover, part_of
from plans import editing, imports, versions
from plans.comparison import adopt, flatten
from plans.document import AreaTarget, Commitment
from plans.pdf import plan_html
from plans.versions import document_of
from plans.workbook.reader import read_workbook
from tests.cast import Cast
from tests.followup.answered import (
    DONE,
    REASON,
    answer_everything,
    follow_up_of,
    goal_with_values,
    long_plan,
    real_plan,
)
from tests.followup.decided import DECISION, decided_plan
from tests.plans.test_frozen_files import attachments_of, work

HERE = "/planer/skarholmen/2025/uppfoljning/"


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def follow_up(cast):
    """The answered follow-up of a plan with one action."""
    return answer_everything(follow_up_of(decided_plan(cast)), cast)


@pytest.fixture
def approved(follow_up, cast):
    """It, approved a moment ago: nothing is made yet."""
    when = date(2026, 2, 3)
    frozen = freeze(follow_up, approved_on=when, body="Lokala styrgruppen", meeting="Möte 1", by=cast.chair)
    FollowUp.objects.filter(pk=follow_up.pk).update(state="approved")
    return frozen


def column_of(content):
    """The Uppföljning column of a workbook, below its headings."""
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    return [cell.value for cell in workbook.worksheets[1]["G"][2:] if cell.value]


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


class TestReadingFromTheTables:
    def test_every_answer_is_in_the_document(self, follow_up):
        (action,) = load(follow_up).actions
        assert (action.status, action.done) == ("done", DONE)
        assert [goal.result for goal in action.goals] == ["met"]
        assert [(party.party, party.answer) for party in action.parties] == [("Polisen", "yes")]

    def test_it_names_the_version_it_is_of(self, follow_up):
        document = load(follow_up)
        assert (document.version, document.plan_sha256) == (1, follow_up.version.sha256)

    def test_an_action_that_nobody_has_answered_is_there(self, cast):
        (action,) = load(follow_up_of(decided_plan(cast))).actions
        assert action == ActionAnswer(row=action.row)

    def test_what_has_been_changed_in_the_plan_since_is_not_there(self, follow_up):
        follow_up.plan.actions.update(text="Något annat")
        assert len(load(follow_up).actions) == 1

    def test_it_costs_the_same_however_long_the_plan_is(self, follow_up, cast, django_assert_num_queries):
        long = answer_everything(follow_up_of(long_plan(cast)), cast)
        for each in (follow_up, long):
            with django_assert_num_queries(5):
                load(each)
        assert len(load(long).actions) == 31

    def test_where_a_goal_began_was_to_come_and_came_is_frozen_with_it(self, follow_up, cast):
        goal_with_values(follow_up, cast)
        (goal,) = load(follow_up).actions[0].goals
        assert goal.measured.replace("\N{NO-BREAK SPACE}", " ") == (
            "Otrygga i bostadsområdet: från 42 procent 2024 mot 37 procent; utfall: 36 procent 2025. Målvärdet är nått."
        )
        frozen = freeze(follow_up, approved_on=date(2026, 2, 3), body="S", meeting="", by=cast.chair)
        assert freezing.document_of(frozen).actions[0].goals == (goal,)
        assert goal.measured in column_of(exports.export(follow_up, "xlsx").content)[0]
        page = signed_in(cast.editor).get(HERE).content.decode()
        assert f'<span class="said-measured">{goal.measured}</span>' in page


class TestAsWorkbook:
    def test_the_column_says_what_came_of_each_action(self, follow_up):
        content = exports.export(follow_up, "xlsx").content
        (text,) = column_of(content)
        assert text == f"Status: Genomförd | Genomfört: {DONE} | Mål: 1 – uppnått | Parternas åtaganden: Polisen – ja"

    def test_it_is_the_plan_as_it_was_decided(self, follow_up, cast):
        follow_up.plan.actions.update(text="Skrivet efter beslutet")
        areas = imports.Target(cast.district, cast.cycle, follow_up.plan).areas
        content = io.BytesIO(exports.export(follow_up, "xlsx").content)
        read = read_workbook(content, name="x.xlsx", areas=areas, year=2025, district="Skärholmen").document
        decided = flatten(document_of(follow_up.version)).by_uid
        for uid, row in flatten(read).by_uid.items():
            if row.kind == "action":
                assert row.values["text"] == decided[uid].values["text"]

    def test_a_cell_that_was_shared_gets_an_answer_of_its_own(self):
        document = real_plan()
        document = adopt(document, document)  # with identities, which a plan in the tables has
        first, second, *_ = [row.uid for row in flatten(document).by_uid.values() if row.kind == "action"]
        answers = tuple(ActionAnswer(row=uid, done=f"Gjort {at}") for at, uid in enumerate((first, second)))
        filled = flatten(cell.filled(document, follow_up_with(answers))).by_uid
        found = [filled[uid].values["follow_up"] for uid in (first, second)]
        assert found == ["Genomfört: Gjort 0", "Genomfört: Gjort 1"]
        assert all("follow_up" not in row.values.get("shared_cells", ()) for row in filled.values())

    def test_where_nobody_has_answered_the_cell_says_what_it_did(self, cast):
        document = document_of(follow_up_of(decided_plan(cast)).version)
        assert cell.filled(document, follow_up_with(())) == document


class TestOnPaper:
    def page(self, follow_up):
        document = load(follow_up)
        plan = document_of(follow_up.version)
        shown = cell.filled(plan, document, write=cell.printed)
        return plan_html(shown, exports.cover_of(follow_up), part=part_of(plan, document))

    def test_it_tells_summary_parties_goals_and_assessments(self, follow_up):
        page = self.page(follow_up)
        for text in (
            "Uppföljning 2025, Skärholmen",
            "Följer upp version 1",
            "Året präglades av vakanser",
            "Genomförd",
            "Går som planerat",
            "Trygghetsmätningen 2025",
            "30 november 2025",
            "För tidigt att säga",
            "Hela staden: −4 procent",
            "Boka bussen redan i januari.",
        ):
            assert text in page

    def test_what_a_party_could_not_do_is_told_in_its_own_words(self, follow_up):
        Fulfilment.objects.update(answer="partly", comment=REASON)
        page = self.page(follow_up)
        assert "Polisen skriver" in page
        assert page.count(REASON) == 2  # in the part and in the column

    def test_it_says_that_every_party_has_answered_only_when_each_has(self, follow_up):
        Fulfilment.objects.update(answer="yes")
        assert "Varje part har själv svarat" in self.page(follow_up)
        Fulfilment.objects.filter(party="Polisen").update(answer="")
        page = self.page(follow_up)
        assert "Varje part har själv svarat" not in page and "De parter som har svarat har svarat själva" in page

    def test_a_follow_up_without_answers_is_printed_too(self, cast):
        page = self.page(follow_up_of(decided_plan(cast)))
        assert "Ingen sammanfattning är skriven." in page
        assert "Inte besvarad" in page
        assert "Inga bedömningar är gjorda." in page

    def test_a_draft_is_marked_and_is_for_screen_readers_too(self, follow_up):
        cover = exports.cover_of(follow_up)
        assert isinstance(cover, FollowUpCover)
        assert cover.is_draft
        with pikepdf.open(io.BytesIO(exports.export(follow_up, "pdf").content)) as pdf:
            assert pdf.Root.MarkInfo.Marked
            assert pdf.docinfo["/Title"] == "Uppföljning 2025, Skärholmen"
            with pdf.open_metadata() as metadata:
                assert metadata["pdfuaid:part"] == "1"


class TestApproved:
    def test_the_approval_asks_for_the_files_and_a_worker_makes_them(self, approved):
        (request,) = DBTaskResult.objects.filter(task_path=make_files.module_path)
        assert request.args_kwargs["args"] == [approved.pk]
        work()
        assert {file.format for file in approved.files.all()} == {"xlsx", "pdf"}
        assert FOLLOW_UPS.progress(approved).told == "Excel och PDF klara"
        assert FOLLOW_UPS.differences(approved) == []

    def test_an_approval_that_is_not_carried_through_asks_for_nothing(self, follow_up, cast):
        before = DBTaskResult.objects.count()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            freeze(follow_up, approved_on=date(2026, 2, 3), body="S", meeting="", by=cast.chair)
            1 / 0  # noqa: B018
        assert DBTaskResult.objects.count() == before
        assert not ApprovedFollowUp.objects.exists()

    def test_the_archived_pdf_carries_the_workbook_and_both_documents(self, approved, follow_up):
        FOLLOW_UPS.make(FOLLOW_UPS.everything().get())
        content = {file.format: FOLLOW_UPS.read(approved, file.format) for file in approved.files.all()}
        carried = attachments_of(content["pdf"])
        assert carried["Uppföljning 2025 Skärholmen.xlsx"] == content["xlsx"]
        assert carried["Uppföljning 2025 Skärholmen.json"] == approved.document.encode()
        assert carried["Åtgärdsplan 2025 Skärholmen version 1.json"] == follow_up.version.document.encode()
        with pikepdf.open(io.BytesIO(content["pdf"])) as pdf, pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert metadata["pdfuaid:part"] == "1"

    def test_the_files_are_made_of_what_was_approved(self, approved):
        assert open_format.loads(approved.document) == load(FollowUp.objects.with_place().get())
        cover = exports.cover_of(approved.follow_up, approved)
        assert not cover.is_draft
        assert cover.checksum == approved.sha256
        assert "Godkänd av Lokala styrgruppen, 3 februari 2026, Möte 1" in cover.decision

    def test_a_lost_asking_is_healed_by_the_command(self, approved, capsys):
        DBTaskResult.objects.all().delete()
        call_command("freeze_files", write=True)
        said = capsys.readouterr().out
        assert f"{approved}: filerna är beställda." in said
        assert "1 godkända uppföljningar saknar filer" in said

    def test_the_command_checks_follow_ups_too(self, approved, capsys):
        FOLLOW_UPS.make(FOLLOW_UPS.everything().get())
        call_command("verify_versions")
        assert "1 godkända uppföljningar och 2 filer stämmer med sina kontrollsummor." in capsys.readouterr().out


class TestDownloading:
    @pytest.mark.parametrize("format", ["xlsx", "pdf", "json"])
    def test_a_draft_is_made_when_it_is_asked_for(self, follow_up, cast, format):
        answer = signed_in(cast.police).get(f"{HERE}ladda-ner/{format}/")
        assert answer.status_code == 200
        assert "utkast" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_an_approved_one_is_sent_as_it_was_kept(self, approved, cast):
        FOLLOW_UPS.make(FOLLOW_UPS.everything().get())
        client = signed_in(cast.editor)
        for format in ("xlsx", "pdf", "json"):
            answer = client.get(f"{HERE}ladda-ner/{format}/")
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert body == FOLLOW_UPS.read(approved, format)
            again = client.get(f"{HERE}ladda-ner/{format}/", headers={"If-None-Match": answer.headers["ETag"]})
            assert again.status_code == 304

    def test_one_that_is_not_ready_says_so_and_is_asked_for(self, approved, cast):
        DBTaskResult.objects.all().delete()
        client = signed_in(cast.editor)
        answer = client.get(f"{HERE}ladda-ner/pdf/", follow=True)
        assert answer.redirect_chain == [(HERE, 302)]
        assert "PDF är inte klar än" in answer.content.decode()
        assert DBTaskResult.objects.count() == 1

    def test_one_that_the_storage_has_lost_says_so(self, approved, cast):
        FOLLOW_UPS.make(FOLLOW_UPS.everything().get())
        kept = approved.files.get(format="xlsx")
        kept.file.storage.delete(kept.file.name)
        page = signed_in(cast.editor).get(f"{HERE}ladda-ner/xlsx/", follow=True).content.decode()
        assert "gick inte att läsa från arkivet" in page

    def test_a_format_that_is_not_there_is_not_found(self, follow_up, cast):
        assert signed_in(cast.editor).get(f"{HERE}ladda-ner/docx/").status_code == 404

    def test_the_city_reads_it_once_it_is_handed_in(self, follow_up, cast):
        client = signed_in(cast.city_preparation)
        assert client.get(f"{HERE}ladda-ner/json/").status_code == 404
        FollowUp.objects.update(state="submitted")
        answer = client.get(f"{HERE}ladda-ner/json/")
        assert json.loads(answer.content)["format"] == "trygghet/uppfoljning"

    def test_it_costs_the_same_however_long_the_plan_is(self, follow_up, cast):
        answer_everything(follow_up_of(long_plan(cast)), cast)

        def queries(person, address):
            client = signed_in(person)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(f"{address}ladda-ner/xlsx/").status_code == 200
            return len(captured)

        assert queries(cast.editor, HERE) == queries(cast.neighbour, HERE.replace("skarholmen", "farsta"))


def follow_up_with(actions):
    return FollowUpDocument(district="Skärholmen", year=2025, version=1, plan_sha256="a" * 64, actions=actions)


class TestTheCitysPlan:
    """The city's areas have delmål and åtaganden of their own (seed 001), which are answered beside the actions."""

    @pytest.fixture
    def of_city(self, cast):
        document = real_plan()
        first, *rest = document.areas
        parts = {
            "targets": (AreaTarget(text="Färre rån", target="−10 %"),),
            "commitments": (Commitment(organisation="Trafikkontoret", text="Byta belysningen"),),
        }
        plan = editing.create_plan(None, cast.cycle, by=None)
        content = replace(document, district="Staden", areas=(replace(first, **parts), *rest))
        editing.replace_content(plan, content, by=None, summary="Läste in planen")
        versions.freeze(plan, DECISION, by=cast.city_preparation)
        made = opening.open(plan)
        Fulfilment.objects.filter(party="Trafikkontoret").exclude(row__in=plan.actions.values("uid")).update(
            answer="no"
        )
        return FollowUp.objects.with_place().get(pk=made.pk)

    def test_delmal_and_ataganden_are_in_the_document_and_come_back(self, of_city):
        document = load(of_city)
        (area,) = document.areas
        assert [goal.text for goal in area.goals] == ["Färre rån"]
        assert [(party.party, party.answer) for _, party in area.parties] == [("Trafikkontoret", "no")]
        assert open_format.loads(open_format.dumps(document)) == document

    def test_they_are_printed_with_the_actions(self, of_city):
        plan, document = document_of(of_city.version), load(of_city)
        page = plan_html(plan, exports.cover_of(of_city), part=part_of(plan, document))
        assert "Uppföljning 2025, Staden" in page
        assert "Trafikkontoret skriver" in page
        assert "Färre rån" in page
        assert exports.file_name(of_city, "pdf") == "Uppföljning 2025 Staden.pdf"
