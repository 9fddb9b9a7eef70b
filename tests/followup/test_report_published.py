"""The published report: frozen, served as it was kept, read by the districts, and the same whatever happens since."""

import hashlib
import io
import json
import re
import uuid
from datetime import timedelta
from unittest.mock import patch

import openpyxl
import pikepdf
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from followup.models import (
    ActionOutcome,
    AnnualReport,
    LocalFeedback,
    Obstacle,
    PublishedReport,
    ReportFile,
    ReportProposal,
    ReportText,
)
from followup.report import frozen, open_format, page_file, publishing
from followup.report.page import Page
from followup.report.publishing import PUBLISHED, AlreadyPublished, publish
from plans import editing
from plans.models import ActionPlan
from tests.cast import Cast
from tests.followup.published import DECISION, NEIGHBOURS, SAID, published_report, written_report
from tests.followup.test_report import put_districts
from tests.plans.test_frozen_files import Reader, attachments_of, work
from trygghet.dates import day

REPORT = "/arsrapport/2025/"
DOWNLOADS = {format: f"{REPORT}ladda-ner/{format}/" for format in ("pdf", "xlsx", "html", "json")}


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def published(cast):
    return published_report(cast)


@pytest.fixture(autouse=True)
def quick(request, monkeypatch):
    """Paper takes seconds to set: only those who look at it get it."""
    if "on_paper" not in request.fixturenames:
        monkeypatch.setattr(frozen, "pdf_bytes", lambda *args, **options: b"%PDF of another test")


@pytest.fixture
def on_paper():
    """The PDF is set as it is for readers."""


@pytest.fixture
def made(published):
    """The published report with its files."""
    PUBLISHED.make(published)
    return published


def html_of(published):
    with published.files.get(format="html").file.open("rb") as file:
        return file.read().decode()


def signed_in(user):
    client = Reader()
    client.force_login(user)
    return client


def shown(client, address=REPORT):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def body_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.body


def numbers_of(page):
    """Every number that leads to its rows, in order, with where."""
    return re.findall(r'class="figure-number"\s+href="([^"]+)"\s*>(\d+)</a>', page)


def change_everything(cast):
    """Let what the report rests on be something else: an answer, a plan, an obstacle, who is called what."""
    ActionOutcome.objects.all().update(status="cancelled", done="Ändrat efteråt")
    plan = ActionPlan.objects.get(district=cast.other_district)
    ActionPlan.objects.filter(pk=plan.pk).update(state="draft")
    for action in plan.actions.all()[:3]:
        editing.set_fields(plan, "action", action.uid, {"text": "Ändrat efteråt"}, version=action.version, by=None)
    now = timezone.now()
    Obstacle.objects.create(
        title="Kom efteråt", district=cast.district, plan=ActionPlan.objects.get(district=cast.district),
        text="Text", reported_by=cast.editor, state="escalated_to_central", escalated_at=now, last_answer_at=now,
    )  # fmt: skip
    cast.other_district.name = "Nyfarsta"
    cast.other_district.save()


class TestFreezing:
    def test_it_says_what_the_city_read_that_day_with_its_checksum(self, published, cast):
        document = open_format.loads(published.document)
        open_format.validate(published.document)
        assert published.sha256 == hashlib.sha256(published.document.encode()).hexdigest()
        assert document.figures["F3"].number == 31
        assert document.written.texts == {"summary": "Året präglades av vandringar."}
        assert [each.text for each in document.written.proposals] == ["Fler vandringar"]

    def test_feedback_is_in_no_file_and_its_checksum_is_in_the_text(self, made, cast):
        document = open_format.loads(made.document)
        assert document.written.feedback == {}
        assert document.written.feedback_sha256["skarholmen"] == hashlib.sha256(SAID.encode()).hexdigest()
        assert SAID not in made.document
        assert SAID not in html_of(made)
        assert "Staden har skrivit återkoppling till 2 av 2 stadsdelar." in frozen.page_html(document)

    def test_it_is_published_once(self, published, cast):
        with pytest.raises(AlreadyPublished, match="redan publicerad"):
            publish(published.report, by=cast.city_steering, **DECISION)
        assert PublishedReport.objects.count() == 1

    def test_who_takes_the_publishing_back_takes_it_all_back(self, cast):
        report = written_report(cast)
        before = DBTaskResult.objects.count()
        with pytest.raises(RuntimeError), transaction.atomic():
            publish(report, by=cast.city_steering, **DECISION)
            raise RuntimeError
        assert not PublishedReport.objects.exists()
        assert DBTaskResult.objects.count() == before


class TestNothingChangesIt:
    def test_not_the_models_and_not_many_rows_at_once(self, made):
        file = made.files.first()
        for row in (made, file):
            with pytest.raises(TypeError):
                row.save()
            with pytest.raises(TypeError):
                row.delete()
        for rows in (PublishedReport.objects, ReportFile.objects):
            with pytest.raises(TypeError):
                rows.update(sha256="")
            with pytest.raises(TypeError):
                rows.all().delete()
        for model in (ReportText, ReportProposal, LocalFeedback):
            with pytest.raises(TypeError):
                model.objects.update(text="Något annat")
            with pytest.raises(TypeError):
                model.objects.all().delete()
            with pytest.raises(TypeError):
                model.objects.first().save()

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE followup_publishedreport SET document = ''",
            "UPDATE followup_reportfile SET sha256 = ''",
            "UPDATE followup_annualreport SET state = 'open'",
            "UPDATE followup_reporttext SET text = ''",
            "UPDATE followup_reportproposal SET text = ''",
            "UPDATE followup_localfeedback SET text = ''",
        ],
    )
    def test_not_who_reaches_the_database_by_another_way(self, made, statement):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    def test_not_the_administration(self, made, cast):
        client = signed_in(cast.administrator)
        for address in ("publishedreport", "reporttext", "localfeedback", "annualreport"):
            pk = {"publishedreport": made.pk, "annualreport": made.report_id}.get(address, 1)
            answer = client.post(f"/admin/followup/{address}/{pk}/change/", {"text": "x", "document": "x"})
            assert answer.status_code in (403, 404)
            assert client.post(f"/admin/followup/{address}/{pk}/delete/", {"post": "yes"}).status_code in (403, 404)
        assert PublishedReport.objects.get().document == made.document


class TestItIsTheSameWhateverHappens:
    def test_on_the_page_before_and_after_its_file_is_made(self, published, cast):
        client = signed_in(cast.city_preparation)
        before = shown(client)
        assert "Sidan, Excel och PDF väntar på att skapas" in before
        change_everything(cast)
        computed = numbers_of(shown(client))
        assert computed == numbers_of(before)
        PUBLISHED.make(published)
        kept = shown(client)
        assert numbers_of(kept) == computed
        assert len(computed) > 60
        assert "Nyfarsta" not in kept
        assert "Ändrat efteråt" not in kept

    def test_each_number_leads_to_as_many_rows_as_it_says(self, made, cast):
        change_everything(cast)
        client = signed_in(cast.editor)
        for address, number in dict.fromkeys(numbers_of(shown(client))):
            rows = client.get(address.replace("&amp;", "&"))
            assert rows.status_code == 200, address
            assert rows.context["number"] == int(number), address

    def test_in_the_files(self, made, cast):
        day = Page(frozen.document_of(made))
        change_everything(cast)
        client = signed_in(cast.editor)
        document = open_format.loads(body_of(client, DOWNLOADS["json"]).decode())
        assert {code: figure.number for code, figure in Page(document).figures.items()} == {
            code: figure.number for code, figure in day.figures.items()
        }
        book = openpyxl.load_workbook(io.BytesIO(body_of(client, DOWNLOADS["xlsx"])))
        statuses = [row[6] for row in book["Åtgärder"].iter_rows(min_row=2, values_only=True) if row[0] == "Farsta"]
        assert len(statuses) == 31
        assert statuses.count("Genomförd") == day.figures["F3"].where(kind="done").number > 0

    def test_in_the_appendix_and_in_the_old_address_of_the_workbook(self, made, cast):
        change_everything(cast)
        client = signed_in(cast.city_preparation)
        page = shown(client, f"{REPORT}atgarder/")
        assert "Ändrat efteråt" not in page
        assert "Nyfarsta" not in page
        assert client.get(f"{REPORT}atgarder/ladda-ner/").url == DOWNLOADS["xlsx"]


class TestTheFiles:
    def test_the_pdf_is_for_the_archive_and_carries_the_workbook_and_the_text(self, on_paper, made, cast):
        client = signed_in(cast.city_preparation)
        content = body_of(client, DOWNLOADS["pdf"])
        carried = attachments_of(content)
        assert carried["Årsrapport 2025.json"] == made.document.encode()
        assert carried["Årsrapport 2025.xlsx"] == body_of(client, DOWNLOADS["xlsx"])
        with pikepdf.open(io.BytesIO(content)) as pdf:
            metadata = pdf.open_metadata()
            assert (metadata["pdfaid:part"], metadata["pdfuaid:part"]) == ("3", "1")

    def test_the_json_is_the_very_text(self, published, cast):
        content = body_of(signed_in(cast.editor), DOWNLOADS["json"])
        assert hashlib.sha256(content).hexdigest() == published.sha256
        assert json.loads(content)["format"] == "trygghet/arsrapport"

    def test_a_worker_makes_them_and_one_that_was_killed_is_made_up_for(self, published, cast):
        DBTaskResult.objects.update(
            status=TaskResultStatus.RUNNING, started_at=timezone.now() - timedelta(hours=1), worker_ids=["gone"]
        )
        shown(signed_in(cast.city_preparation))
        work()
        assert sorted(published.files.values_list("format", flat=True)) == ["html", "pdf", "xlsx"]

    def test_the_restart_of_a_worker_asks_again(self, published):
        DBTaskResult.objects.all().delete()
        call_command("freeze_files", "--write", "--restarted")
        work()
        assert published.files.count() == 3

    def test_a_file_that_is_not_made_is_said_to_be_on_its_way(self, published, cast):
        client = signed_in(cast.editor)
        answer = client.get(DOWNLOADS["pdf"], follow=True)
        assert answer.redirect_chain[0][0] == REPORT
        assert "PDF är inte klar än" in answer.content.decode()

    def test_a_page_or_a_file_that_the_storage_has_lost_is_made_up_for_and_said(self, made, cast, caplog):
        client = signed_in(cast.editor)
        kept = numbers_of(shown(client))
        for file in made.files.all():
            default_storage.delete(file.file.name)
        assert numbers_of(shown(client)) == kept
        answer = client.get(DOWNLOADS["pdf"], follow=True)
        assert "gick inte att läsa från arkivet" in answer.content.decode()
        assert "is not in the storage" in caplog.text

    def test_a_page_that_somebody_has_changed_in_the_storage_is_not_shown(self, made, cast, caplog):
        kept = made.files.get(format="html")
        with open(kept.file.path, "ab") as file:
            file.write(b"<p>Insmuget</p>")
        assert "Insmuget" not in shown(signed_in(cast.editor))
        assert "is not what was kept" in caplog.text

    def test_the_command_checks_them(self, made, capsys):
        call_command("verify_versions")
        assert "1 publicerade årsrapporter och 3 filer stämmer" in capsys.readouterr().out
        with open(made.files.get(format="html").file.path, "ab") as file:
            file.write(b"x")
        with pytest.raises(CommandError, match="1 av"):
            call_command("verify_versions")

    def test_the_page_that_asks_again_says_only_what_is_new(self, published, cast):
        client = signed_in(cast.editor)
        asked = f"{REPORT}filer/?sett=waiting"
        answer = client.get(asked, headers={"HX-Request": "true"}).content.decode()
        assert "announcement" not in answer
        PUBLISHED.make(published)
        answer = client.get(asked, headers={"HX-Request": "true"}).content.decode()
        assert "hx-get" not in answer
        assert "announcement" in answer
        assert client.get(asked).url == REPORT


class TestThePage:
    def test_it_says_who_decided_it_and_how_to_check_it(self, made, cast):
        page = shown(signed_in(cast.editor))
        assert "Publicerad 20 februari 2026 av stadens styrgrupp, Styrgruppsmöte 1." in page
        assert made.sha256 in page
        assert "Så kontrollerar du att rapporten är oförändrad" in page
        assert "Siffrorna uppdateras löpande" not in page
        assert all(address in page for address in DOWNLOADS.values())

    def test_it_is_served_as_a_file_and_nothing_is_counted(self, made, cast):
        client = signed_in(cast.editor)
        frozen._read.cache_clear()
        stop = AssertionError("the published page counts nothing")
        with (
            patch.object(frozen, "loads", side_effect=stop),
            patch.object(frozen, "page_html", side_effect=stop),
            CaptureQueriesContext(connection) as captured,
        ):
            page = shown(client)
        assert "Året präglades av vandringar." in page
        assert not [query for query in captured if '"document"' in query["sql"]]
        assert len(captured) < 15

    def test_its_file_is_nobodys_own_and_asks_for_nothing_else(self, made):
        html = html_of(made)
        assert not re.search(r"<form|<script|hx-|csrf|href=\"\"", html)
        assert not re.search(r'src="/', html)
        leads = set(re.findall(r'href="([^"#?]+)', html))
        assert all(address.startswith(f"{settings.SITE_URL}{REPORT}") for address in leads), leads
        ids = re.findall(r'id="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)

    def test_its_file_is_a_page_of_its_own_with_its_look_and_typeface_in_it(self, made, cast):
        html = body_of(signed_in(cast.editor), DOWNLOADS["html"]).decode()
        assert html == html_of(made)
        assert html.startswith("<!DOCTYPE html>") and '<meta charset="utf-8">' in html
        assert "Publicerad 20 februari 2026 av stadens styrgrupp, Styrgruppsmöte 1." in html
        assert made.sha256 in html
        assert not re.search(r"<link|@import", html)
        assert set(re.findall(r"url\((\w+:?)", html)) == {"data:"}
        classes = {name for names in re.findall(r'class="([^"]+)"', html) for name in names.split()}
        styles = "".join(re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL))
        assert {name for name in classes if f".{name}" in styles} >= {"report-split", "chapter", "head", "list", "told"}

    def test_the_site_shows_it_with_the_look_it_was_kept_with(self, made, cast):
        client = signed_in(cast.editor)
        page = shown(client)
        assert f'href="{REPORT}utseende.css"' in page
        assert "css/report.css" not in page
        assert settings.SITE_URL not in page  # its links stay within the site, wherever that is by now
        look = shown(client, f"{REPORT}utseende.css")
        assert look in html_of(made)
        assert ".report-split" in look
        with patch.object(page_file, "_style", return_value="of another time"):
            assert shown(client, f"{REPORT}utseende.css") == look

    def test_until_the_file_is_made_the_look_is_todays(self, published, cast):
        client = signed_in(cast.editor)
        page = shown(client)
        assert "css/report.css" in page
        assert "utseende.css" not in page
        assert client.get(f"{REPORT}utseende.css").status_code == 404

    def test_a_district_is_led_to_its_own_feedback_and_the_city_to_all_of_it(self, made, cast):
        assert f"{REPORT}aterkoppling/skarholmen/" in shown(signed_in(cast.editor))
        assert f"{REPORT}aterkoppling/farsta/" not in shown(signed_in(cast.editor))
        city = shown(signed_in(cast.city_preparation))
        assert f'href="{REPORT}aterkoppling/"' in city

    def test_neither_page_has_anybodys_feedback(self, made, cast):
        for person in (cast.editor, cast.neighbour, cast.city_preparation):
            page = shown(signed_in(person))
            assert SAID not in page
            assert NEIGHBOURS not in page

    def test_a_row_is_a_link_to_those_who_may_open_it_only(self, made, cast):
        address = f"{REPORT}rader/?figur=F3"
        own = signed_in(cast.neighbour).get(address).context["rows"]
        others = signed_in(cast.editor).get(address).context["rows"]
        city = signed_in(cast.city_preparation).get(address).context["rows"]
        assert all(row.address for row in [*own, *city])
        assert not any(row.address for row in others)
        assert [row.text for row in others] == [row.text for row in own]
        assert signed_in(cast.neighbour).get(own[0].address.partition("#")[0]).status_code == 200

    def test_the_same_holds_in_the_appendix(self, made, cast):
        for person, leads in ((cast.neighbour, True), (cast.editor, False)):
            lines = signed_in(person).get(f"{REPORT}atgarder/?stadsdel=farsta").context["lines"]
            assert lines and all(bool(line.address) is leads for line in lines)

    def test_an_obstacle_is_a_link_to_those_who_may_open_it_only(self, cast):
        report = written_report(cast)
        change_everything(cast)
        publish(report, by=cast.city_steering, **DECISION)
        AnnualReport.objects.update(state="published")
        address = f"{REPORT}rader/?figur=F8&status=escalated"
        for person, leads in ((cast.editor, True), (cast.city_preparation, True), (cast.neighbour, False)):
            (row,) = signed_in(person).get(address).context["rows"]
            assert bool(row.address) is leads


class TestWhoReads:
    def test_districts_read_it_once_it_is_published(self, cast):
        report = written_report(cast)
        client = signed_in(cast.editor)
        pages = (REPORT, f"{REPORT}rader/?figur=F3", f"{REPORT}atgarder/", *DOWNLOADS.values(), f"{REPORT}filer/")
        assert {client.get(page).status_code for page in pages} == {404}
        assert "Ingen årsrapport är publicerad än" in shown(client, "/arsrapport/")
        publish(report, by=cast.city_steering, **DECISION)
        AnnualReport.objects.update(state="published")
        PUBLISHED.make(PublishedReport.objects.get())
        assert {client.get(page).status_code for page in pages[:-1]} == {200}
        listed = shown(client, "/arsrapport/")
        assert "Årsrapport 2025" in listed
        assert "20 februari 2026" in listed

    def test_who_sits_nowhere_does_not(self, made, cast):
        for person in (cast.stranger, cast.external, cast.administrator):
            client = signed_in(person)
            assert {client.get(page).status_code for page in (REPORT, "/arsrapport/", *DOWNLOADS.values())} == {404}

    def test_a_year_that_is_not_published_is_not_there(self, made, cast):
        assert signed_in(cast.editor).get("/arsrapport/2024/").status_code == 404
        assert signed_in(cast.editor).get(f"{REPORT}ladda-ner/docx/").status_code == 404


def asked(client):
    counts = []
    for page in (REPORT, f"{REPORT}rader/?figur=F3", f"{REPORT}atgarder/", *DOWNLOADS.values()):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        counts.append(len(captured))
    return counts


def test_the_pages_take_as_many_queries_however_many_districts_are_in_it(cast):
    counts = []
    report = written_report(cast)
    for number in (0, 30):
        if number:
            put_districts(cast, ActionPlan.objects.get(district=cast.other_district), number)
        with transaction.atomic():
            published = publish(report, by=cast.city_steering, **DECISION)
            PUBLISHED.make(published)
            client = signed_in(cast.editor)
            asked(client)
            counts.append(asked(client))
            transaction.set_rollback(True)
    assert counts[0] == counts[1]


def test_the_command_names_the_report(made, capsys):
    call_command("freeze_files")
    assert "0 publicerade årsrapporter saknar filer" in capsys.readouterr().out
    assert publishing.told(made) == "Publicerad 20 februari 2026 av stadens styrgrupp, Styrgruppsmöte 1"
    assert uuid.UUID(frozen.document_of(made).districts[0].plan.areas[0].uid)


def test_the_citys_page_says_that_the_report_is_published(cast, client):
    client.force_login(cast.city_preparation)
    written_report(cast)
    before = client.get("/samverkan/staden/").content.decode()
    assert "Rapporten växer medan stadsdelarnas uppföljningar kommer in." in before
    report = AnnualReport.objects.get()
    publish(report, by=cast.city_steering, **DECISION)
    AnnualReport.objects.filter(pk=report.pk).update(state="published")
    after = client.get("/samverkan/staden/").content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert f"Publicerad {day(timezone.localdate())}." in after
