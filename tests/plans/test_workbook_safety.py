"""A file that is no plan, or no friend, is refused in one sentence, soon and with little memory."""

import random
import struct
import time
import tracemalloc
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.workbook import Reading, WorkbookRefused
from tests.plans.workbooks import FIXTURE, as_bytes, filled, read, with_parts

SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
PLAN = as_bytes(filled(("P", "O", "Å")))


def refusal(content, name="Plan 2025.xlsx"):
    """Return the sentence the file is refused with, after checking that it is one and comes soon."""
    began = time.process_time()
    with pytest.raises(WorkbookRefused) as refused:
        read(content, name=name)
    sentence = str(refused.value)
    assert time.process_time() - began < 5
    assert sentence.startswith(f"Filen ”{name}” ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def in_sheet(old, new, content=PLAN):
    """Return the plan with a piece of its first sheet's XML replaced."""

    def change(data):
        assert old in data
        return data.replace(old, new, 1)

    return with_parts(content, {SHEET: change})


def zipped(parts, compression=ZIP_DEFLATED):
    """Return a zip of the parts."""
    file = BytesIO()
    with ZipFile(file, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "är tom"),
        (b"Orsak;\xc5tg\xe4rd;Operativa m\xe5l\n", "inte en Excel-arbetsbok"),
        (b"%PDF-1.7\n", "inte en Excel-arbetsbok"),
        (OLE, ".xls"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "lösenord"),
        (PLAN[: len(PLAN) // 2], "delvis överförd"),
        (PLAN[:-30], "delvis överförd"),
        (b"PK\x03\x04" + b"\0" * 100, "delvis överförd"),
        (PLAN.ljust(10 * 1024 * 1024 + 1, b"\0"), "större än 10 MB"),
        (zipped({"word/document.xml": "<w/>", "[Content_Types].xml": "<Types/>"}), "inte en Excel-arbetsbok"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "inte en Excel-arbetsbok"),
        (with_parts(PLAN, {"xl/vbaProject.bin": b"x"}), "makron"),
        (zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": "x"}), ".xlsb"),
    ],
    ids=["empty", "csv", "pdf", "xls", "encrypted", "half", "cut", "zip head", "large", "docx", "ods", "macro", "xlsb"],
)
def test_another_kind_of_file_is_refused_by_name(content, said):
    assert said in refusal(content)


def test_a_macro_workbook_without_its_macros_is_refused():
    content = with_parts(
        PLAN,
        {
            "[Content_Types].xml": lambda data: data.replace(
                b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            )
        },
    )

    assert "makron" in refusal(content)


def test_a_workbook_that_is_not_the_template_is_refused():
    workbook = openpyxl.Workbook()
    workbook.active.append(("Kostnad", "Summa", "Moms"))

    assert "är inte mallen för åtgärdsplan" in refusal(as_bytes(workbook))


# --- What swells


def test_a_zip_bomb_is_refused_by_what_it_declares():
    content = with_parts(PLAN, {"xl/bomb.xml": b"<a>" + b" " * 70_000_000})

    assert "packas upp till mer" in refusal(content)


def test_a_zip_bomb_that_lies_about_its_size_is_refused():
    content = bytearray(with_parts(PLAN, {"xl/bomb.xml": b"<a>" + b" " * 30_000_000 + b"</a>"}))
    size = struct.pack("<L", len(b"<a>" + b" " * 30_000_000 + b"</a>"))
    assert content.count(size) == 2
    content = bytes(content).replace(size, struct.pack("<L", 1_000))

    refusal(content)


def test_a_zip_of_endless_members_is_refused():
    assert "packas upp till mer" in refusal(with_parts(PLAN, {f"x/{at}.xml": b"<a/>" for at in range(1_200)}))


def test_parts_that_are_only_large_together_are_refused():
    filler = random.Random(1).randbytes(20_000)
    parts = {f"xl/media/{at}.bin": filler * 100 for at in range(35)}

    assert "packas upp till mer" in refusal(with_parts(PLAN, parts))


def test_entities_are_refused():
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet '

    assert "DOCTYPE" in refusal(in_sheet(b"<worksheet ", laughs))


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "docProps/core.xml"])
def test_a_reference_to_another_file_is_refused_in_any_part(part):
    external = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'

    assert "DOCTYPE" in refusal(with_parts(PLAN, {part: external}))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "docProps/core.xml", SHEET]
)
@pytest.mark.parametrize("junk", [b"<a><b></a>", b"<a/>", b"", b"\xff\xfe\x00", b"<a>" * 100_000])
def test_a_broken_part_never_breaks_us(part, junk):
    try:
        reading = read(with_parts(PLAN, {part: junk}))
    except WorkbookRefused as refused:
        assert "Plan" in str(refused) or "plan.xlsx" in str(refused)
    else:
        assert reading.document.counts().actions == 1


def test_the_strict_variant_is_named():
    content = in_sheet(
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    )

    assert "Strict Open XML" in refusal(content)


# --- Sheets no plan looks like


def far(reference):
    """Return the plan with a text in a far-away cell."""
    row = "".join(filter(str.isdigit, reference))
    cell = f'<row r="{row}"><c r="{reference}" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return in_sheet(b"</sheetData>", cell.encode())


@pytest.mark.parametrize("reference", ["XFD1048576", "A1048576", "ZZ3"])
def test_a_far_away_text_is_refused_with_sheet_and_cell(reference):
    sentence = refusal(far(reference))

    assert "”1. Unga i riskzon”" in sentence
    assert reference in sentence


def test_a_far_away_empty_cell_does_no_harm():
    content = in_sheet(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>')

    assert read(content).document.counts().actions == 1


@pytest.mark.parametrize("reference", ["A1:XFD1048576", "A3:A1048576", "A3:XFD3"])
def test_a_huge_merged_range_is_refused_with_sheet_and_range(reference):
    sentence = refusal(
        in_sheet(b"</sheetData>", f'</sheetData><mergeCells><mergeCell ref="{reference}"/></mergeCells>'.encode())
    )

    assert "”1. Unga i riskzon”" in sentence
    assert reference in sentence


def test_many_large_merged_ranges_are_refused():
    merges = b'<mergeCell ref="A1:AZ9000"/>' * 2_000

    assert "sammanslagna" in refusal(in_sheet(b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>"))


def test_a_huge_hyperlink_does_no_harm():
    link = b'</sheetData><hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>'

    assert read(in_sheet(b"</sheetData>", link)).document.counts().actions == 1


def test_an_absurd_dimension_does_no_harm():
    content = in_sheet(b'<dimension ref="A1:G3"/>', b'<dimension ref="A1:XFD1048576"/>')

    assert read(content).document.counts().actions == 1


@pytest.mark.parametrize(
    "rows",
    [b'<row r="%d"/>', b'<row r="%d"><c r="A%d"/><c r="B%d"/><c r="C%d"/><c r="D%d"/></row>'],
    ids=["rows", "cells"],
)
def test_endless_rows_are_refused(rows):
    many = b"".join(rows.replace(b"%d", str(at).encode()) for at in range(10, 60_010))

    assert "”1. Unga i riskzon”" in refusal(in_sheet(b"</sheetData>", many + b"</sheetData>"))


@pytest.mark.parametrize("reference", ["A0", "A-1", "Ä3", "AAAA1", "", "3A", "A99999999"])
def test_a_cell_without_a_place_is_refused(reference):
    refusal(in_sheet(b'r="A3"', f'r="{reference}"'.encode()))


def test_memory_stays_bounded():
    content = with_parts(PLAN, {"xl/media/large.bin": random.Random(2).randbytes(9_000_000)})
    tracemalloc.start()
    try:
        read(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 60_000_000


# --- Whatever the bytes


@settings(max_examples=150)
@given(st.data())
def test_a_file_damaged_anywhere_is_read_or_refused_and_nothing_else(data):
    content = bytearray(FIXTURE.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    assert isinstance(read_or_refuse(bytes(content)), (Reading, str))


@settings(max_examples=150)
@given(st.data())
def test_a_sheet_damaged_anywhere_is_read_or_refused_and_nothing_else(data):
    def damage(xml):
        at = data.draw(st.integers(0, len(xml)))
        return xml[:at] + data.draw(st.binary(max_size=6)) + xml[at + data.draw(st.integers(0, 6)) :]

    name = data.draw(st.sampled_from((SHEET, "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")))

    assert isinstance(read_or_refuse(with_parts(PLAN, {name: damage})), (Reading, str))


def read_or_refuse(content):
    """Return the Reading, or the sentence of the refusal."""
    try:
        return read(content)
    except WorkbookRefused as refused:
        return str(refused)
