"""Reading in a file of measurements: a preview with every fault, and all of it stored or nothing."""

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.models import GroupMembership, Neighbourhood
from followup.indicators import imports as measurement_import
from followup.indicators.files import MAX_BYTES, FileRefused, read_table
from followup.models import Measurement, MeasurementImport
from tests.cast import Cast
from tests.followup.measured import indicator, measured, shootings

HEADER = "Indikator;Område;År;Värde;Lägst;Högst;Antal svarande;Anmärkning\n"
ROWS = "otrygga;Skärholmen;2023;37,5;34;41,5;640;Ny fråga\nOtrygga i bostadsområdet;skärholmen;2024;36;;;;\n"
FILE = HEADER + ROWS


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def client(cast):
    signed_in = Client()
    signed_in.force_login(cast.editor)
    return signed_in


def upload(client, content, name="värden.csv"):
    """Upload a file; return the answer of the preview, or of the form that refuses it."""
    content = content.encode() if isinstance(content, str) else content
    return client.post("/indikatorer/las-in/", {"file": SimpleUploadedFile(name, content)}, follow=True)


def confirm(client, preview, **values):
    seen = preview.context["compared"].seen
    return client.post(preview.request["PATH_INFO"], {"seen": seen} | values, follow=True)


def stored():
    return {
        (row.district and row.district.slug, row.starts_on.year): row.value
        for row in Measurement.objects.select_related("district")
    }


def faults(answer):
    return [(fault.line, fault.column) for fault in answer.context["faults"]]


# --- From upload to confirmation


def test_one_new_value_is_told_in_the_singular(cast, client):
    indicator()
    head, row, *_ = FILE.splitlines(keepends=True)
    assert "1 ny, 0 ändras, 0 är som förut." in upload(client, head + row).content.decode()


def test_nothing_is_stored_before_it_is_confirmed(cast, client):
    indicator()
    preview = upload(client, FILE)
    assert "2 nya, 0 ändras, 0 är som förut." in preview.content.decode()
    assert not Measurement.objects.exists()
    answer = confirm(client, preview)
    assert "värden.csv är inläst. 2 mätvärden är sparade." in answer.content.decode()
    row = Measurement.objects.get(starts_on=date(2023, 1, 1))
    assert (row.value, row.low, row.high, row.respondents, row.note) == (
        Decimal("37.5"),
        Decimal(34),
        Decimal("41.5"),
        640,
        "Ny fråga",
    )
    assert (row.by, row.read_in.name, row.ends_on) == (cast.editor, "värden.csv", date(2023, 12, 31))


def test_the_same_file_twice_changes_nothing(cast, client):
    indicator()
    confirm(client, upload(client, FILE))
    before = list(Measurement.objects.values())
    preview = upload(client, FILE)
    assert "Allt i filen finns redan" in preview.content.decode()
    confirm(client, preview)
    assert list(Measurement.objects.values()) == before


def test_what_differs_is_shown_as_it_is_and_as_it_would_be(cast, client):
    of = indicator()
    row = measured(of, 2023, 40, cast.district, is_example=True)
    preview = upload(client, FILE)
    assert [len(getattr(preview.context["compared"], kind)) for kind in ("added", "changed", "unchanged")] == [1, 1, 0]
    assert "40 procent" in preview.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    confirm(client, preview)
    row.refresh_from_db()
    assert (row.value, row.row_version, row.is_example) == (Decimal("37.5"), 2, False)


def test_a_file_with_a_single_fault_is_not_stored_at_all(cast, client):
    indicator()
    preview = upload(client, FILE + "otrygga;Skärholmen;2022;tre;;;;\n")
    assert faults(preview) == [(4, "Värde")]
    page = preview.content.decode()
    assert "är inget tal" in page and "Läs in</button>" not in page
    confirm(client, preview)
    assert not Measurement.objects.exists()


def test_what_has_changed_since_the_preview_is_shown_anew(cast, client):
    of = indicator()
    preview = upload(client, FILE)
    measured(of, 2023, 40, cast.district)
    answer = confirm(client, preview)
    assert answer.status_code == 409
    assert "Mätvärdena har ändrats sedan" in answer.content.decode()
    assert stored() == {("skarholmen", 2023): 40}
    confirm(client, answer)
    assert stored() == {("skarholmen", 2023): Decimal("37.5"), ("skarholmen", 2024): 36}


def test_a_file_is_confirmed_once(cast, client):
    indicator()
    preview = upload(client, FILE)
    confirm(client, preview)
    Measurement.objects.all().delete()
    answer = confirm(client, preview)
    assert "Det har redan ändrats till «Inläst»." in answer.content.decode()
    assert not Measurement.objects.exists()


def test_a_file_that_is_thrown_away_is_forgotten(cast, client):
    indicator()
    preview = upload(client, FILE)
    address = preview.request["PATH_INFO"]
    assert "är slängd. Inget är ändrat." in client.post(f"{address}slang/", follow=True).content.decode()
    job = MeasurementImport.objects.get()
    assert (job.rows, job.faults) == ([], [])
    confirm(client, preview)
    assert not Measurement.objects.exists()


def test_what_has_waited_for_more_than_a_day_is_gone(cast, client):
    indicator()
    upload(client, FILE)
    MeasurementImport.objects.update(at=timezone.now() - timedelta(days=2))
    upload(client, FILE)
    assert MeasurementImport.objects.count() == 1


def test_whoever_has_lost_the_seat_since_stores_nothing(cast, client):
    indicator()
    preview = upload(client, FILE)
    GroupMembership.objects.filter(user=cast.editor).delete()
    assert confirm(client, preview).status_code == 403
    assert not Measurement.objects.exists()


# --- Every way to write it


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_whatever_program_saved_the_file_it_is_read(cast, client, delimiter, encoding):
    indicator()
    text = delimiter.join(["Indikator", "Område", "År", "Värde"]) + "\r\n"
    text += delimiter.join(["otrygga", "Skärholmen", "2023", '"37,5"']) + "\r\n"
    confirm(client, upload(client, text.encode(encoding)))
    assert stored() == {("skarholmen", 2023): Decimal("37.5")}


def workbook(*rows, title="Mätvärden"):
    book = openpyxl.Workbook()
    book.active.title = "Om"
    book.active["A1"] = "Läs det här först"
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_from_the_sheet_with_the_columns(cast, client):
    indicator()
    content = workbook(
        ["Mätvärden för 2023"], ["indikator", "OMRÅDE", "År", "Värde"], [], ["otrygga", "Staden", 2023, 37.5]
    )
    client.force_login(cast.city_preparation)
    confirm(client, upload(client, content, "värden.xlsx"))
    assert stored() == {(None, 2023): Decimal("37.5")}


def test_a_cell_shown_as_per_cent_is_read_as_it_is_shown(cast, client):
    indicator()
    content = workbook(["Indikator", "Område", "År", "Värde"], ["otrygga", "Skärholmen", 2023, 0.375])
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["Mätvärden"]["D2"].number_format = "0.0%"
    out = io.BytesIO()
    book.save(out)
    confirm(client, upload(client, out.getvalue(), "värden.xlsx"))
    assert stored() == {("skarholmen", 2023): Decimal("37.5")}


def test_a_formula_is_never_worked_out(cast, client):
    indicator()
    content = workbook(
        ["Indikator", "Område", "År", "Värde", "Anmärkning"],
        ["otrygga", "Skärholmen", 2023, "=1+1", ""],
        ["otrygga", "Skärholmen", 2024, 37, "=HYPERLINK(1)"],
    )
    preview = upload(client, content, "värden.xlsx")
    assert faults(preview) == [(2, "Värde")]
    assert "formel" in preview.context["faults"][0].said
    kept = MeasurementImport.objects.get().rows[0]
    assert kept["note"] == "=HYPERLINK(1)"


def test_a_period_and_a_neighbourhood_are_read(cast, client):
    of = indicator()
    there = Neighbourhood.objects.create(district=cast.district, name="Vårberg", slug="varberg")
    text = "Indikator;Område;Stadsdel;År;Första dagen;Sista dagen;Värde\n"
    text += "otrygga;Skärholmen;vårberg;;2024-01-01;2024-06-30;41\n"
    preview = upload(client, text)
    assert "januari–juni 2024" in preview.content.decode()
    confirm(client, preview)
    row = of.measurements.get()
    assert (row.neighbourhood, row.ends_on) == (there, date(2024, 6, 30))


# --- Faults, by row, with what to do


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (";Skärholmen;2023;37;;;;", "Indikator", "Skriv vilken indikator"),
        ("Otryggx;Skärholmen;2023;37;;;;", "Indikator", "finns inte"),
        ("otrygga;;2023;37;;;;", "Område", "Skriv områdets namn"),
        ("otrygga;Atlantis;2023;37;;;;", "Område", "finns inte"),
        ("otrygga;Farsta;2023;37;;;;", "Område", "trygghetsstrategen i Farsta"),
        ("otrygga;Staden;2023;37;;;;", "Område", "den centrala beredningsgruppen"),
        ("otrygga;Skärholmen;;37;;;;", "År", "Skriv vilket år"),
        ("otrygga;Skärholmen;23;37;;;;", "År", "fyra siffror"),
        ("otrygga;Skärholmen;0000;37;;;;", "År", "fyra siffror"),
        ("otrygga;Skärholmen;2099;37;;;;", "År", "inte börjat"),
        ("otrygga;Skärholmen;2023;;;;;", "Värde", "Värdet saknas"),
        ("otrygga;Skärholmen;2023;137;;;;", "Värde", "mellan 0 och 100"),
        ("otrygga;Skärholmen;2023;färre än 5;;;;", "Värde", "är inget tal"),
        ("otrygga;Skärholmen;2023;37;38;40;;", "Lägst", "mellan lägst och högst"),
        ("otrygga;Skärholmen;2023;37;36;;;", "Högst", "Ange både"),
        ("otrygga;Skärholmen;2023;37;;;många;", "Antal svarande", "heltal"),
        (f"otrygga;Skärholmen;2023;37;;;;{'x' * 301}", "Anmärkning", "Högst 300 tecken"),
        ("otrygga;Skärholmen;2023;37;;;;811228-9874", "Anmärkning", "personnummer"),
    ],
)
def test_a_fault_says_which_row_which_column_and_what_to_do(cast, client, row, column, said):
    indicator()
    preview = upload(client, f"{HEADER}{row}\n")
    assert faults(preview) == [(2, column)]
    assert said in preview.context["faults"][0].said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1.234", "Ett antal är ett heltal. Menar du 1\N{NO-BREAK SPACE}234, skriv 1234."),
        ("1.000", "Menar du 1\N{NO-BREAK SPACE}000, skriv 1000."),
        ("12,5", "Ett antal är ett heltal. Skriv det utan punkt och komma."),
        ("7.0", "Skriv det utan punkt och komma."),
    ],
)
def test_a_count_with_a_point_or_a_comma_is_never_taken_for_another_number(cast, client, value, said):
    shootings()
    preview = upload(client, f"{HEADER}skjutningar;Skärholmen;2023;{value};;;;\n")
    assert faults(preview) == [(2, "Värde")]
    assert said in preview.context["faults"][0].said


def test_a_count_may_have_a_space_between_the_thousands(cast, client):
    shootings()
    confirm(client, upload(client, f"{HEADER}skjutningar;Skärholmen;2023;1 234;;;;\n"))
    assert Measurement.objects.get().value == 1234


def test_a_year_that_is_not_over_has_no_value_in_a_file_either(cast, client, time_machine):
    time_machine.move_to(date(2025, 11, 21))
    indicator()
    preview = upload(client, f"{HEADER}otrygga;Skärholmen;2025;37;;;;\n")
    assert faults(preview) == [(2, "År")]
    assert "Perioden är inte slut förrän 31 december 2025." in preview.context["faults"][0].said


def test_two_rows_of_the_same_are_told(cast, client):
    indicator()
    preview = upload(client, f"{HEADER}otrygga;Skärholmen;2023;37;;;;\notrygga;Skärholmen;2023;38;;;;\n")
    assert faults(preview) == [(3, "Värde")]
    assert "Rad 2 gäller samma" in preview.context["faults"][0].said


def test_small_counts_are_not_shown_in_the_preview(cast, client):
    shootings()
    page = upload(client, "Indikator;Område;År;Värde\nskjutningar;Skärholmen;2023;3\n").content.decode()
    assert "färre än 5" in page


# --- Files that are something else


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b" \n", "är tom"),
        (b"%PDF-1.7\n\0\0", "varken Excel"),
        (b"PK\x03\x04 inte en arbetsbok", "går inte att läsa som en Excel-arbetsbok"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "äldre format"),
        (b"Problem;Orsak\nMycket;Lite\n", "har inte mallens kolumner"),
        (HEADER.encode(), "rubriker men inga mätvärden"),
        ("Namn;Indikator;Område;År;Värde\nx;y;z;2023;1\n".encode(), "Kolumnen ”Namn” hör inte till mallen."),
        ("Indikator;Område;År;Värde;Värde\nx;y;2023;1;2\n".encode(), "finns två gånger"),
        (b"x" * (MAX_BYTES + 1), "större än 2 MB"),
        ((FILE + "otrygga;Skärholmen;2023;1;;;;\n" * 5_000).encode(), "fler än 5\N{NO-BREAK SPACE}000 rader"),
        (b"\xff\xfe\x8d\x81", "inte text som går att läsa"),
    ],
)
def test_a_file_that_is_something_else_is_refused_with_what_to_do(cast, client, content, said):
    answer = upload(client, content)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not MeasurementImport.objects.exists()


def test_no_file_is_told(cast, client):
    assert "Välj en fil att läsa in." in client.post("/indikatorer/las-in/").content.decode()


def test_a_plan_is_not_mistaken_for_measurements(cast):
    with (
        open("tests/data/skarholmen-2025.xlsx", "rb") as file,
        pytest.raises(FileRefused, match="har inte mallens kolumner"),
    ):
        read_table(file, "skarholmen-2025.xlsx")


# --- The template, and back


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_the_template_has_the_columns_and_no_values(cast, client, format):
    indicator()
    content = client.get(f"/indikatorer/las-in/mall/{format}/").content
    with pytest.raises(FileRefused, match="rubriker men inga mätvärden"):
        read_table(io.BytesIO(content), f"mall.{format}")


def test_the_template_says_how_it_is_filled_in_and_what_may_stand_in_it(cast, client):
    of = indicator()
    Neighbourhood.objects.create(district=cast.district, name="Vårberg", slug="varberg")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/indikatorer/las-in/mall/xlsx/").content))
    assert book.sheetnames == ["Mätvärden", "Så gör du", "Indikatorer", "Områden"]
    assert of.code in [cell.value for cell in book["Indikatorer"]["A"]]
    places = [[cell.value for cell in row] for row in book["Områden"].iter_rows(min_row=2)]
    assert ["Skärholmen", "Vårberg"] in places and places[0] == ["Staden", None]


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_what_is_downloaded_can_be_read_in_again_and_changes_nothing(cast, client, format):
    of = indicator()
    there = Neighbourhood.objects.create(district=cast.district, name="Vårberg", slug="varberg")
    measured(of, 2023, "37.5", cast.district, low=34, high="41.5", respondents=640, note="=1+1")
    measured(of, 2023, 41, cast.district, neighbourhood=there, note="-3 mot förra", is_example=True)
    content = client.get(f"/indikatorer/{of.code}/ladda-ner/{format}/").content
    preview = upload(client, content, f"otrygga.{format}")
    assert preview.context["faults"] == []
    assert len(preview.context["compared"].unchanged) == 2
    assert "Allt i filen finns redan" in preview.content.decode()


def test_a_downloaded_text_is_no_formula(cast, client):
    of = indicator()
    measured(of, 2023, 37, cast.district, note="=1+1")
    assert b";'=1+1;" in client.get(f"/indikatorer/{of.code}/ladda-ner/csv/").content
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/indikatorer/{of.code}/ladda-ner/xlsx/").content))
    cell = next(cell for row in book["Mätvärden"] for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"


def test_a_long_file_takes_as_many_queries_as_a_short_one(cast, client):
    indicator()

    def asked(years):
        lines = "".join(f"otrygga;Skärholmen;{year};37\n" for year in range(2023 - years, 2023))
        with CaptureQueriesContext(connection) as captured:
            preview = upload(client, f"Indikator;Område;År;Värde\n{lines}")
            confirm(client, preview)
        return len(captured)

    asked(1)
    assert asked(2) == asked(40)


def test_rows_are_read_with_three_queries_however_many(cast, django_assert_num_queries):
    indicator()
    table = read_table(io.BytesIO(FILE.encode()), "värden.csv")
    measurement_import.Reader(cast.editor)
    with django_assert_num_queries(3):
        rows, wrong = measurement_import.Reader(cast.editor).read(table)
    assert (len(rows), wrong) == (2, [])
