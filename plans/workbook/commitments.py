"""A tab of targets and commitments per area, which the template has no columns for; only where a plan has some.

It is written for the reader of the workbook and not read back: as with the
other things beside the template's columns, an import leaves them as they are.
"""

from plans.workbook.recognition import plain
from trygghet.dates import day
from trygghet.xlsx import MAX_ROW_HEIGHT, page, text_height

TAB = "Delmål och åtaganden"
TARGETS = (("Område", 34), ("Delmål", 46), ("Indikator", 30), ("Nuläge", 22), ("Målvärde", 22), ("Senast", 20),
           ("Källa", 26))  # fmt: skip
COMMITMENTS = ("Område", "Åtagande", "Förvaltning eller bolag", "Funktion", "Senast")


def is_tab(name):
    """Whether the tab is this one."""
    return plain(name) == plain(TAB)


def write(workbook, document, looks, footer):
    """Add the tab to the workbook if any area of the plan has targets or commitments."""
    if not any(section.targets or section.commitments for section in document.areas):
        return
    sheet = workbook.create_sheet(TAB)
    looks.analysis.put(sheet, 1, 1, TAB)
    for at, (_, width) in enumerate(TARGETS, start=1):
        sheet.column_dimensions[sheet.cell(1, at).column_letter].width = width
    row = _table(sheet, looks, 3, [header for header, _ in TARGETS], _targets(document))
    _table(sheet, looks, row + 1, COMMITMENTS, _commitments(document))
    page(sheet, left=footer, height=0)


def _targets(document):
    for section in document.areas:
        for target in section.targets:
            yield (section.canonical_title or section.title, target.text, target.indicator, target.baseline,
                   target.target, _day(target.due_on), target.measured_by)  # fmt: skip


def _commitments(document):
    for section in document.areas:
        for each in section.commitments:
            area = section.canonical_title or section.title
            yield (area, each.text, each.organisation, each.function, _day(each.due_on))


def _day(value):
    return day(value) if value else ""


def _table(sheet, looks, row, headers, lines):
    """Write the table from the row on; return the row after it. Nothing is written for a table without lines."""
    lines = list(lines)
    if not lines:
        return row
    for at, header in enumerate(headers, start=1):
        looks.header.put(sheet, row, at, header)
    widths = [width for _, width in TARGETS[: len(headers)]]
    for line in lines:
        row += 1
        for at, text in enumerate(line, start=1):
            looks.body.put(sheet, row, at, text)
        height = max(text_height(text or "–", width, 11) for text, width in zip(line, widths, strict=True))
        sheet.row_dimensions[row].height = min(height, MAX_ROW_HEIGHT)
    return row + 1
