"""The files of a decided version: made once, of its own text, whatever happens meanwhile."""

import hashlib
import io
import json
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import unquote

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from plans import editing, exports, frozen_files, imports, open_format, versions
from plans.frozen_files import Stage
from plans.models import ActionPlan, FrozenFile, PlanVersion
from plans.pdf import plan_html
from tests.cast import Cast
from tests.plans import stages
from tests.plans.test_concurrency import at_once

VERSION = "/planer/skarholmen/2025/version/1/"


def work():
    """Do what is in the queue, as ``manage.py db_worker --batch`` does, on the test's own connection."""
    options = {"queue_names": ["default"], "excluded_queue_names": [], "backend_name": "default"}
    pace = {"interval": 0, "batch": True, "startup_delay": False, "max_tasks": None}
    with patch.object(db_worker, "close_old_connections"):
        db_worker.Worker(**options, **pace, worker_id=get_random_string(32)).run()


def small(document):
    """The document with its first problem alone, which is printed in a second."""
    first, *others = document.areas
    areas = (replace(first, problems=first.problems[:1]), *(replace(area, problems=()) for area in others))
    return replace(document, areas=areas)


@pytest.fixture
def decided(empty_plan, skarholmen, cast):
    """A small plan of Skärholmen, decided a moment ago: nothing is made yet."""
    editing.replace_content(empty_plan, small(skarholmen), by=cast.editor, summary="Läste in planen")
    return stages.reach(empty_plan, cast, "decided")


@pytest.fixture
def version(decided):
    """Its version 1."""
    return PlanVersion.objects.with_place().get(plan=decided)


@pytest.fixture
def made(version):
    """The version with its files."""
    frozen_files.make(version)
    return version


@pytest.fixture
def requests(db):
    """What has been asked for."""
    return DBTaskResult.objects


class Reader(Client):
    """A browser that reads what it is sent to the end; it is then in ``body``."""

    def get(self, *args, **options):
        answer = super().get(*args, **options)
        answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer


def signed_in(user):
    client = Reader()
    client.force_login(user)
    return client


@pytest.fixture
def reader(cast):
    """The editor's browser."""
    return signed_in(cast.editor)


def content_of(version, format):
    with version.files.get(format=format).file.open("rb") as file:
        return file.read()


def attachments_of(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {name: document.attachments[name].get_file().read_bytes() for name in document.attachments}


def in_the_past(request, **ago):
    """Let the request have happened so long ago."""
    moment = timezone.now() - timedelta(**ago)
    times = {"enqueued_at": moment, "started_at": moment, "finished_at": moment}
    DBTaskResult.objects.filter(pk=request.pk).update(**times)


def actions_of(document):
    return [
        action for area in document.areas for problem in area.problems for cause in problem.causes
        for action in cause.actions
    ]  # fmt: skip


class TestMaking:
    def test_the_decision_asks_for_the_files_and_a_worker_makes_them(self, version, requests):
        assert [request.args_kwargs["args"] for request in requests.all()] == [[version.pk]]
        assert not version.files.exists()
        work()
        assert {file.format for file in version.files.all()} == {"xlsx", "pdf"}
        assert frozen_files.progress(version).is_done

    def test_a_decision_that_is_not_carried_through_asks_for_nothing(self, decided, requests):
        requests.all().delete()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            frozen_files.ask_for(decided.versions.get())
            1 / 0  # noqa: B018
        assert not requests.exists()

    def test_each_file_is_kept_with_its_checksum_its_size_and_a_name_people_find(self, made):
        for format in ("xlsx", "pdf"):
            file = made.files.get(format=format)
            content = content_of(made, format)
            assert file.sha256 == hashlib.sha256(content).hexdigest()
            assert file.size == len(content)
            assert file.name == f"Åtgärdsplan 2025 Skärholmen version 1.{format}"

    def test_the_pdf_carries_the_very_workbook_and_json_that_are_downloaded(self, made):
        assert attachments_of(content_of(made, "pdf")) == {
            "Åtgärdsplan 2025 Skärholmen version 1.xlsx": content_of(made, "xlsx"),
            "Åtgärdsplan 2025 Skärholmen version 1.json": made.document.encode(),
        }

    def test_the_pdf_is_for_the_archive(self, made):
        with pikepdf.open(io.BytesIO(content_of(made, "pdf"))) as document:
            assert document.open_metadata()["pdfaid:conformance"] == "A"

    def test_the_cover_says_who_decided_and_the_checksum_and_that_it_is_no_draft(self, version, monkeypatch):
        given = []
        monkeypatch.setattr(
            frozen_files, "archive_pdf", lambda document, cover, files, **rest: given.append((cover, rest)) or b"%PDF"
        )
        frozen_files.make(version)
        ((cover, rest),) = given
        assert cover.version == "Version 1"
        assert cover.decision == "Beslutad av Lokal styrgrupp Skärholmen, 12 mars 2025, Styrgruppsmöte 1"
        assert cover.checksum == version.sha256 == hashlib.sha256(version.document.encode()).hexdigest()
        assert version.sha256 in plan_html(open_format.loads(version.document), cover)
        assert not cover.is_draft
        assert rest["objectives"] == version.facts["objectives"]

    @pytest.mark.parametrize("paragraph", ["3", "§ 3"])
    def test_the_paragraph_is_written_with_its_sign_once(self, version, paragraph):
        version.paragraph = paragraph
        assert frozen_files.decision_told(version).endswith(", Styrgruppsmöte 1, § 3")

    def test_they_are_made_of_the_frozen_text_also_when_the_plan_has_changed_since(self, decided, version, cast):
        ActionPlan.objects.filter(pk=decided.pk).update(state="draft")
        action = decided.actions.first()
        change = {"text": "Något helt annat"}
        editing.set_fields(decided, "action", action.uid, change, version=action.version, by=cast.editor)
        frozen_files.make(version)
        (workbook,) = [file for name, file in attachments_of(content_of(version, "pdf")).items() if "xlsx" in name]
        target = imports.Target(decided.district, decided.cycle, decided)
        material = imports.read_file(io.BytesIO(workbook), name="plan.xlsx", target=target)
        texts = [row.text for row in actions_of(material.document)]
        assert action.text in texts
        assert "Något helt annat" not in texts

    def test_what_is_made_is_not_made_again(self, made, monkeypatch):
        before = list(made.files.values())
        monkeypatch.setattr(frozen_files, "write_workbook", None)
        monkeypatch.setattr(frozen_files, "archive_pdf", None)
        frozen_files.make(made)
        assert list(made.files.values()) == before

    def test_a_crash_loses_only_the_file_in_the_making(self, version, monkeypatch):
        with monkeypatch.context() as broken, pytest.raises(MemoryError):
            broken.setattr(frozen_files, "archive_pdf", raising(MemoryError()))
            frozen_files.make(version)
        workbook = version.files.get()
        frozen_files.make(version)
        assert version.files.get(format="xlsx") == workbook
        assert version.files.count() == 2

    def test_who_comes_second_with_a_file_throws_its_own_away(self, version, monkeypatch, settings):
        def slowly(document, buffer, marker):
            buffer.write(b"mine")
            frozen_files._keep(version, "xlsx", b"theirs")  # the other worker, meanwhile

        monkeypatch.setattr(frozen_files, "write_workbook", slowly)
        monkeypatch.setattr(frozen_files, "archive_pdf", lambda *args, **options: b"%PDF")
        frozen_files.make(version)
        assert content_of(version, "xlsx") == b"theirs"
        kept = {path.name.partition("_")[0].rpartition(".")[2] for path in settings.MEDIA_ROOT.rglob("*.*")}
        assert kept == {"xlsx", "pdf"}
        assert len(list(settings.MEDIA_ROOT.rglob("*.*"))) == 2

    def test_a_file_that_the_database_does_not_take_is_not_left_in_the_storage(self, version, monkeypatch, settings):
        monkeypatch.setattr(FrozenFile, "save", raising(IntegrityError("some other rule")))
        with pytest.raises(IntegrityError):
            frozen_files._keep(version, "xlsx", b"mine")
        assert not list(settings.MEDIA_ROOT.rglob("*.*"))


def raising(error):
    def fails(*args, **options):
        raise error

    return fails


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer in at a time")
def test_two_workers_at_the_same_moment_keep_one_set_of_files(skarholmen, settings):
    cast = Cast()
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    editing.replace_content(plan, small(skarholmen), by=cast.editor, summary="Läste in planen")
    version = stages.reach(plan, cast, "decided").versions.with_place().get()
    results = at_once(*[lambda: frozen_files.make(PlanVersion.objects.with_place().get(pk=version.pk))] * 2)
    assert results == [None, None]
    assert sorted(version.files.values_list("format", flat=True)) == ["pdf", "xlsx"]
    assert len(list(settings.MEDIA_ROOT.rglob("*.*"))) == 2
    assert frozen_files.differences(version) == []


class TestHealing:
    def test_a_request_that_got_lost_is_made_again_when_somebody_looks(self, version, requests, reader):
        requests.all().delete()
        looked_at(reader)
        assert requests.count() == 1
        looked_at(reader)
        assert requests.count() == 1
        work()
        assert frozen_files.progress(version).is_done

    def test_who_asks_for_a_file_that_is_lost_asks_for_it_again(self, version, requests, reader):
        requests.all().delete()
        answer = reader.get(f"{VERSION}ladda-ner/pdf/")
        assert answer.status_code == 302
        assert answer.url == VERSION
        assert "PDF är inte klar än." in str(*answer.wsgi_request._messages)
        assert requests.count() == 1

    def test_a_worker_that_was_killed_is_waited_for_and_then_replaced(self, version, requests, reader):
        request = requests.get()
        request.claim("killed")
        looked_at(reader)
        assert frozen_files.progress(version).stage is Stage.MAKING
        assert requests.count() == 1
        in_the_past(request, minutes=31)
        looked_at(reader)
        assert requests.count() == 2
        work()
        assert frozen_files.progress(version).is_done

    def test_the_start_of_a_worker_does_not_wait_for_the_one_that_was_killed(self, version, requests):
        requests.get().claim("killed")
        call_command("freeze_files", write=True)
        assert requests.count() == 1
        call_command("freeze_files", write=True, restarted=True)
        call_command("freeze_files", write=True, restarted=True)
        assert requests.count() == 2
        work()
        assert frozen_files.progress(version).is_done

    def test_a_storage_that_fails_once_is_told_in_words_and_tried_again(self, version, requests, reader, monkeypatch):
        with monkeypatch.context() as full:
            full.setattr("django.core.files.storage.FileSystemStorage._save", raising(OSError(28, "No space left")))
            work()
        assert requests.get().status == TaskResultStatus.FAILED
        page = looked_at(reader)
        assert "gick det inte att spara filen" in page
        assert "Ett nytt försök görs" in page
        assert requests.count() == 1  # not at once: the disk is as full as it was
        in_the_past(requests.get(), minutes=6)
        assert "Excel och PDF väntar på att skapas" in looked_at(reader)
        work()
        assert frozen_files.progress(version).told == "Excel och PDF klara"

    def test_a_failure_of_ours_is_told_without_blaming_the_storage(self, version, reader, monkeypatch):
        with monkeypatch.context() as broken:
            broken.setattr(frozen_files, "archive_pdf", raising(ValueError("a mistake in a template")))
            work()
        page = looked_at(reader)
        assert "Excel klar · PDF är inte gjord än" in page
        assert "gick det fel när filen skulle skapas" in page

    def test_a_worker_that_does_not_run_is_named(self, version, requests, reader):
        in_the_past(requests.get(), minutes=4)
        page = looked_at(reader)
        assert "De har väntat i 4 minuter. Systemets arbetsprocess verkar stå stilla." in page
        assert requests.count() == 1

    def test_a_worker_that_is_busy_with_something_else_is_not_blamed(self, version, requests, reader):
        other = frozen_files.make_files.enqueue(0)
        requests.get(pk=other.id).claim("worker")
        in_the_past(requests.exclude(pk=other.id).get(), minutes=4)
        page = looked_at(reader)
        assert "Excel och PDF väntar på att skapas, 4 minuter" in page
        assert "stå stilla" not in page

    def test_the_command_asks_for_nothing_where_all_is_there(self, made, requests, capsys):
        requests.all().delete()
        call_command("freeze_files", write=True)
        assert "0 versioner saknar filer" in capsys.readouterr().out
        assert not requests.exists()

    def test_the_command_says_what_it_asks_for(self, version, requests, capsys):
        requests.all().delete()
        call_command("freeze_files")
        assert "filerna skulle beställas" in capsys.readouterr().out
        assert not requests.exists()
        call_command("freeze_files", write=True)
        assert f"{version}: filerna är beställda." in capsys.readouterr().out
        assert requests.count() == 1


def looked_at(client):
    """What the version's page asks for while it is open."""
    answer = client.get(f"{VERSION}filer/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


class TestProgress:
    def test_it_says_what_is_there_and_what_is_being_made_and_for_how_long(self, version, requests, reader):
        frozen_files._keep(version, "xlsx", b"PK")
        requests.get().claim("worker")
        in_the_past(requests.get(), seconds=12)
        FrozenFile.objects.get()  # made just now, which is when the PDF was begun
        page = looked_at(reader)
        assert "Excel klar · PDF skapas, 0 sekunder" in page
        assert f'href="{VERSION}ladda-ner/xlsx/"' in page
        assert f'href="{VERSION}ladda-ner/pdf/"' not in page
        assert f'href="{VERSION}ladda-ner/json/"' in page

    def test_it_asks_again_until_all_is_there(self, version, reader):
        assert 'hx-trigger="every 2s"' in looked_at(reader)
        work()
        page = looked_at(reader)
        assert "hx-get" not in page
        assert "Ladda om" not in page

    def test_only_news_is_read_out(self, version, reader):
        key = frozen_files.progress(version).key
        news = 'id="announcement" hx-swap-oob'
        assert news not in reader.get(f"{VERSION}filer/?sett={key}", headers={"HX-Request": "true"}).content.decode()
        work()
        page = reader.get(f"{VERSION}filer/?sett={key}", headers={"HX-Request": "true"}).content.decode()
        assert news in page
        assert "Excel och PDF klara" in page

    def test_who_comes_by_another_way_is_sent_to_the_page(self, version, reader):
        answer = reader.get(f"{VERSION}filer/")
        assert answer.status_code == 302
        assert answer.url == VERSION

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [
            (0, "0 sekunder"),
            (1, "1 sekund"),
            (59, "59 sekunder"),
            (60, "1 minut"),
            (150, "2 minuter"),
            (7300, "2 timmar"),
        ],
    )
    def test_a_duration_is_told_in_its_largest_unit(self, seconds, words):
        assert frozen_files.duration_told(timedelta(seconds=seconds)) == words

    def test_it_costs_the_same_however_many_have_been_asked_for(self, version, reader):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                looked_at(reader)
            return len(captured)

        few = queries()
        for _ in range(8):
            frozen_files.ask_for(version)
        assert queries() == few


class TestDownloading:
    @pytest.mark.parametrize("format", ["xlsx", "pdf"])
    def test_a_file_is_sent_as_it_was_kept(self, made, reader, format):
        answer = reader.get(f"{VERSION}ladda-ner/{format}/")
        assert answer.body == content_of(made, format)
        assert answer["ETag"] == f'"{made.files.get(format=format).sha256}"'
        assert "private" in answer["Cache-Control"]
        assert answer["Content-Type"] == exports.FORMATS[format].media_type
        assert unquote(answer["Content-Disposition"]).endswith(f"Åtgärdsplan 2025 Skärholmen version 1.{format}")

    def test_the_json_is_the_versions_own_text(self, version, reader):
        answer = reader.get(f"{VERSION}ladda-ner/json/")
        assert answer.content == version.document.encode()
        assert hashlib.sha256(answer.content).hexdigest() == version.sha256
        assert answer["ETag"] == f'"{version.sha256}"'

    @pytest.mark.parametrize("format", ["xlsx", "pdf", "json"])
    def test_what_the_reader_has_already_is_not_sent_again(self, made, reader, format):
        etag = reader.get(f"{VERSION}ladda-ner/{format}/")["ETag"]
        answer = reader.get(f"{VERSION}ladda-ner/{format}/", headers={"If-None-Match": etag})
        assert answer.status_code == 304
        assert answer["ETag"] == etag

    def test_a_format_that_is_not_is_not_found(self, made, reader):
        assert reader.get(f"{VERSION}ladda-ner/docx/").status_code == 404
        assert reader.get("/planer/skarholmen/2025/version/2/ladda-ner/pdf/").status_code == 404

    def test_a_file_that_is_lost_from_the_storage_is_told_of(self, made, reader, caplog):
        kept = made.files.get(format="pdf")
        kept.file.storage.delete(kept.file.name)
        answer = reader.get(f"{VERSION}ladda-ner/pdf/")
        assert answer.url == VERSION
        assert "gick inte att läsa från arkivet" in str(*answer.wsgi_request._messages)
        assert "is not in the storage" in caplog.text

    def test_it_is_for_those_who_read_the_version(self, made, cast):
        allowed = {"editor", "neighbour", "police", "steering"}
        for person in ("editor", "neighbour", "police", "steering", "stranger", "external", "city_preparation"):
            client = signed_in(getattr(cast, person))
            for address in ("ladda-ner/xlsx/", "ladda-ner/json/", "filer/"):
                answer = client.get(f"{VERSION}{address}", headers={"HX-Request": "true"})
                assert answer.status_code == (200 if person in allowed else 404), (person, address)

    @pytest.mark.parametrize("format", ["xlsx", "pdf", "json"])
    def test_a_decided_plan_is_downloaded_as_it_was_decided(self, made, reader, format):
        answer = reader.get(f"/planer/skarholmen/2025/ladda-ner/{format}/")
        assert answer.status_code == 302
        assert answer.url == f"{VERSION}ladda-ner/{format}/"

    def test_a_draft_of_version_2_is_downloaded_as_it_stands(self, made, decided, reader):
        ActionPlan.objects.filter(pk=decided.pk).update(state="draft", version=2)
        assert reader.get("/planer/skarholmen/2025/ladda-ner/json/").status_code == 200

    def test_it_costs_the_same_for_a_large_plan(self, made, reader):
        with CaptureQueriesContext(connection) as captured:
            reader.get(f"{VERSION}ladda-ner/pdf/")
        assert len(captured) <= 7

    @pytest.mark.parametrize("format", ["xlsx", "json"])
    def test_what_is_downloaded_is_read_in_again_as_the_same_rows(self, made, decided, reader, format):
        content = reader.get(f"{VERSION}ladda-ner/{format}/").body
        target = imports.Target(decided.district, decided.cycle, decided)
        material = imports.read_file(io.BytesIO(content), name=f"plan.{format}", target=target)
        _, marker = open_format.loads_marked(made.document)
        assert material.marker == marker
        assert marker.event == json.loads(made.document)["exported"]["event"]
        uids = {str(row.uid) for row in actions_of(material.document)}
        assert uids == {str(uid) for uid in decided.actions.values_list("uid", flat=True)}


class TestChecking:
    def test_what_is_as_it_was_kept_is_said_to_be(self, made, capsys):
        call_command("verify_versions")
        assert "1 versioner och 2 filer stämmer" in capsys.readouterr().out

    def test_a_file_that_was_changed_in_the_storage_is_named(self, made, settings, capsys):
        (path,) = settings.MEDIA_ROOT.rglob("*.xlsx")
        path.write_bytes(path.read_bytes() + b" ")
        with pytest.raises(CommandError, match="1 av 3 kontrollsummor stämmer inte"):
            call_command("verify_versions")
        assert "Åtgärdsplan 2025 Skärholmen version 1.xlsx: filen stämmer inte" in capsys.readouterr().err

    def test_a_file_that_is_gone_is_named(self, made, settings, capsys):
        (path,) = settings.MEDIA_ROOT.rglob("*.pdf")
        path.unlink()
        with pytest.raises(CommandError):
            call_command("verify_versions")
        assert "version 1.pdf: filen går inte att läsa" in capsys.readouterr().err

    def test_content_that_is_not_what_was_decided_is_named(self, version, decided, capsys):
        wrong = {"sha256": versions.checksum("annat"), "document": version.document, "facts": {}, "counts": []}
        decision = {"decided_on": version.decided_on, "body": "x", "meeting": "x"}
        PlanVersion.objects.create(plan=decided, number=2, **wrong, **decision)
        with pytest.raises(CommandError):
            call_command("verify_versions")
        assert "version 2: innehållet stämmer inte" in capsys.readouterr().err

    def test_files_that_are_not_made_yet_are_no_difference(self, version, capsys):
        call_command("verify_versions")
        assert "1 versioner har inte fått alla sina filer än" in capsys.readouterr().out
