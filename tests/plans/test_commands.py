"""The commands that read a plan from a file and write one to it."""

import io
import os
import stat
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from plans import editing, open_format
from plans.loading import load_document
from plans.models import ActionPlan
from tests.plans.test_imports import exported, set_cell, small, workbook
from tests.plans.workbooks import FIXTURE

PLACE = ["--district", "skarholmen", "--year", "2025"]


@pytest.fixture
def file(tmp_path):
    """Write bytes to a file of that name; return its path as text."""

    def write(content, name="plan.xlsx"):
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return write


def run(*arguments):
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


class TestImport:
    def test_without_write_it_tells_what_it_found_and_saves_nothing(self, cast, skarholmen, file):
        told = run("import_plan", file(FIXTURE.read_bytes()), *PLACE)
        assert "plan.xlsx: 14 problemområden, 26 orsaker och 31 åtgärder i 5 områden" in told
        assert "Otrygga och brottsutsatta platser: 7 problemområden, 9 orsaker och 8 åtgärder" in told
        assert "”Systemhotade brottslighet” är läst som området Systemhotande brottslighet." in told
        assert "Inget är sparat" in told
        assert not ActionPlan.objects.exists()

    def test_with_write_it_starts_the_plan_and_fills_it(self, cast, skarholmen, file):
        told = run("import_plan", file(workbook(skarholmen)), *PLACE, "--write")
        plan = ActionPlan.objects.get()
        assert load_document(plan).areas == skarholmen.areas
        assert told.splitlines()[-1].startswith("Sparade ")
        assert plan.events.first().by is None
        assert plan.events.first().summary == "Läste in plan.xlsx"

    def test_the_same_file_again_changes_nothing(self, plan, skarholmen, file):
        events = plan.events.count()
        told = run("import_plan", file(workbook(skarholmen)), *PLACE, "--write")
        assert told.splitlines()[-1] == "Inga ändringar"
        assert plan.events.count() == events

    def test_it_tells_each_change_with_old_and_new_text(self, plan, file):
        before = load_document(plan)
        told = run("import_plan", file(exported(plan, set_cell(1, "E3", "Hela året"))), *PLACE)
        assert "Unga i riskzon för destruktivt beteende (1 ändring)" in told
        assert "Åtgärd 1 Sätta strukturen" in told
        assert "→ Hela året" in told
        assert load_document(plan) == before

    def test_added_and_removed_rows_are_told_and_written(self, plan, skarholmen, file):
        area = small(skarholmen.areas[0], text="En helt ny åtgärd")
        document = replace(skarholmen, areas=(area, *skarholmen.areas[1:]))
        path = file(open_format.dumps(document).encode(), "plan.json")
        told = run("import_plan", path, *PLACE, "--write")
        assert "+ Åtgärd: En helt ny åtgärd" in told
        assert "− Problemområde: Nyrekrytering" in told
        assert load_document(plan).areas == document.areas

    def test_a_refused_file_leaves_everything_as_it_was(self, plan, file):
        before = load_document(plan)
        with pytest.raises(CommandError, match="plan.xlsx"):
            run("import_plan", file(b"not a workbook"), *PLACE, "--write")
        assert load_document(plan) == before

    def test_a_refusal_of_the_plan_itself_starts_no_plan(self, cast, skarholmen, file, monkeypatch):
        def refuse(*args, **options):
            raise editing.EditRefused("Det gick inte.")

        path = file(workbook(skarholmen))
        monkeypatch.setattr("plans.imports.choose", refuse)
        with pytest.raises(CommandError, match="Det gick inte"):
            run("import_plan", path, *PLACE, "--write")
        assert not ActionPlan.objects.exists()

    @pytest.mark.parametrize(
        ("place", "sentence"),
        [
            (["--district", "nergens", "--year", "2025"], "inget stadsdelsområde med adressen nergens"),
            (["--district", "skarholmen", "--year", "1999"], "inget planeringsår 1999"),
        ],
    )
    def test_a_place_that_does_not_exist_is_named(self, cast, file, place, sentence):
        with pytest.raises(CommandError, match=sentence):
            run("import_plan", file(b""), *place)

    def test_a_missing_file_is_named(self, cast, tmp_path):
        with pytest.raises(CommandError, match=r"^Filen /.*borta\.xlsx finns inte\.$"):
            run("import_plan", str(tmp_path / "borta.xlsx"), *PLACE)

    def test_a_folder_is_not_a_file(self, cast, tmp_path):
        with pytest.raises(CommandError, match="är en mapp"):
            run("import_plan", str(tmp_path), *PLACE)

    def test_a_file_that_may_not_be_read_is_named(self, cast, file, monkeypatch):
        def refuse(*args, **options):
            raise PermissionError(13, "Permission denied")

        path = file(b"")
        monkeypatch.setattr("pathlib.Path.open", refuse)
        with pytest.raises(CommandError, match=r"inte rätt att läsa filen /.*plan\.xlsx\.$"):
            run("import_plan", path, *PLACE)


class TestExport:
    def test_it_writes_a_file_that_reads_back(self, plan, tmp_path):
        path = tmp_path / "plan.json"
        told = run("export_plan", "skarholmen", "2025", "--format", "json", "--output", str(path))
        assert "Skrev Åtgärdsplan 2025, Skärholmen" in told
        assert open_format.loads(path.read_text(encoding="utf-8")) == load_document(plan)

    @pytest.mark.parametrize(("format", "starts"), [("xlsx", b"PK"), ("pdf", b"%PDF")])
    def test_standard_output_gets_the_bytes_and_nothing_else(self, plan, capsysbinary, format, starts):
        assert run("export_plan", "skarholmen", "2025", "--format", format, "--output", "-") == ""
        written = capsysbinary.readouterr().out
        assert written.startswith(starts)
        assert len(written) > 5_000

    def test_an_old_file_is_replaced_as_a_whole_and_keeps_its_mode(self, plan, tmp_path):
        path = tmp_path / "plan.json"
        path.write_text("gammalt")
        path.chmod(0o600)
        run("export_plan", "skarholmen", "2025", "--format", "json", "--output", str(path))
        assert path.read_text(encoding="utf-8").startswith("{")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert os.listdir(tmp_path) == ["plan.json"]

    def test_an_old_file_stays_when_the_new_one_cannot_be_written(self, plan, tmp_path, monkeypatch):
        path = tmp_path / "plan.json"
        path.write_text("gammalt")

        def refuse(*args):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.replace", refuse)
        with pytest.raises(CommandError, match="kan inte skrivas"):
            run("export_plan", "skarholmen", "2025", "--format", "json", "--output", str(path))
        assert path.read_text() == "gammalt"
        assert os.listdir(tmp_path) == ["plan.json"]

    def test_a_plan_that_does_not_exist_is_said(self, cast, tmp_path):
        with pytest.raises(CommandError, match="ingen plan för skarholmen 2025"):
            run("export_plan", "skarholmen", "2025", "--format", "json", "--output", str(tmp_path / "plan.json"))
        assert os.listdir(tmp_path) == []
