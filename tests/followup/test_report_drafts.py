"""The report on paper while it is written: one snapshot at a time, its files made outside the request."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from followup.models import ActionOutcome, AnnualReport, ReportDraft, ReportDraftFile
from followup.report import drafts, frozen
from followup.report.publishing import publish
from tests.cast import Cast
from tests.followup.published import DECISION, SAID, written_report
from tests.followup.test_report_published import shown, signed_in
from tests.plans.test_frozen_files import work

DRAFT = "/arsrapport/2025/utkast/"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Paper takes seconds to set, and how it looks is tested where it is set."""
    monkeypatch.setattr(frozen, "pdf_bytes", lambda *args, **options: b"%PDF of another test")


@pytest.fixture
def cast(db):
    cast = Cast()
    written_report(cast)
    return cast


@pytest.fixture
def draft(cast):
    return drafts.ask_for(cast.cycle, by=cast.city_preparation)


def names_of(draft):
    return [each.file.name for each in draft.files.all()]


def test_who_asks_gets_the_report_as_it_stands_and_is_told_how_far_it_has_come(cast):
    client = signed_in(cast.city_steering)
    assert "Inget utkast är skapat än." in shown(client, DRAFT)
    assert client.post(DRAFT).url == DRAFT
    page = shown(client, DRAFT)
    assert "Excel och PDF väntar på att skapas" in page
    assert "hx-get" in page
    assert "är inte klar än" in client.get(f"{DRAFT}ladda-ner/pdf/", follow=True).content.decode()
    work()
    page = shown(client, DRAFT)
    assert "hx-get" not in page
    for format in ("pdf", "xlsx"):
        answer = client.get(f"{DRAFT}ladda-ner/{format}/")
        kept = ReportDraftFile.objects.get(format=format)
        assert hashlib.sha256(answer.body).hexdigest() == kept.sha256
        assert kept.name == f"Årsrapport 2025 utkast.{format}"
    assert client.get(f"{DRAFT}ladda-ner/json/").status_code == 404


def test_it_says_what_was_so_when_it_was_asked_for(draft, cast):
    before = frozen.document_of(draft)
    ActionOutcome.objects.update(status="cancelled")
    work()
    assert frozen.document_of(ReportDraft.objects.get()) == before
    assert SAID not in draft.document


def test_the_same_is_not_taken_twice(draft, cast):
    again = drafts.ask_for(cast.cycle, by=cast.city_steering)
    assert again == draft
    answer = signed_in(cast.city_steering).post(DRAFT, follow=True)
    assert "Rapporten har inte ändrats sedan utkastet skapades." in answer.content.decode()
    assert DBTaskResult.objects.filter(task_path="followup.report.drafts.make_draft_files").count() == 1


def test_an_old_one_goes_with_its_files(draft, cast, django_capture_on_commit_callbacks):
    work()
    old = names_of(draft)
    assert len(old) == 2
    assert all(default_storage.exists(name) for name in old)
    ActionOutcome.objects.update(status="cancelled")
    with django_capture_on_commit_callbacks(execute=True):
        new = drafts.ask_for(cast.cycle, by=cast.city_preparation)
    assert list(ReportDraft.objects.all()) == [new]
    assert not any(default_storage.exists(name) for name in old)
    work()
    assert len(names_of(new)) == 2


def test_a_worker_leaves_one_that_has_been_removed(draft, cast, caplog):
    ActionOutcome.objects.update(status="cancelled")
    new = drafts.ask_for(cast.cycle, by=cast.city_preparation)
    work()
    statuses = DBTaskResult.objects.filter(task_path="followup.report.drafts.make_draft_files")
    assert set(statuses.values_list("status", flat=True)) == {TaskResultStatus.SUCCESSFUL}
    assert set(ReportDraftFile.objects.values_list("draft", flat=True)) == {new.pk}


def test_a_worker_that_was_killed_is_made_up_for(draft, cast):
    long_ago = timezone.now() - timedelta(hours=1)
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=long_ago, worker_ids=["gone"])
    shown(signed_in(cast.city_preparation), DRAFT)
    work()
    assert len(names_of(draft)) == 2


def test_the_restart_of_a_worker_asks_again(draft, capsys):
    DBTaskResult.objects.all().delete()
    call_command("freeze_files", "--write", "--restarted")
    assert "Årsrapport 2025, utkast: filerna är beställda." in capsys.readouterr().out
    work()
    assert len(names_of(draft)) == 2


def test_a_file_that_the_storage_has_lost_is_said(draft, cast):
    work()
    for name in names_of(draft):
        default_storage.delete(name)
    answer = signed_in(cast.city_preparation).get(f"{DRAFT}ladda-ner/pdf/", follow=True)
    assert "gick inte att läsa från arkivet" in answer.content.decode()


def test_it_goes_when_the_report_is_published_and_its_page_leads_there(draft, cast, django_capture_on_commit_callbacks):
    work()
    old = names_of(draft)
    with django_capture_on_commit_callbacks(execute=True):
        publish(AnnualReport.objects.get(), by=cast.city_steering, **DECISION)
    assert not ReportDraft.objects.exists()
    assert not any(default_storage.exists(name) for name in old)
    assert signed_in(cast.city_preparation).get(DRAFT).url == "/arsrapport/2025/"


def test_districts_do_not_read_it(draft, cast):
    for person in (cast.editor, cast.chair, cast.administrator, cast.stranger):
        client = signed_in(person)
        for page in (DRAFT, f"{DRAFT}filer/", f"{DRAFT}ladda-ner/pdf/"):
            assert client.get(page).status_code == 404
        assert client.post(DRAFT).status_code == 404


def test_a_year_nobody_has_written_in_can_be_asked_for_too(db):
    cast = Cast()
    signed_in(cast.city_preparation).post(DRAFT)
    assert ReportDraft.objects.get().report.year == 2025
