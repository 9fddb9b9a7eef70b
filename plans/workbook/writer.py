"""Write a plan as the city's Excel template."""

import math
from io import BytesIO
from itertools import count
from typing import NamedTuple

import openpyxl
from openpyxl.comments import Comment

from plans.document import Counts
from plans.workbook import analysis, commitments, instruction
from plans.workbook.layout import cells, lines_of, without_empty_rows
from plans.workbook.row_ids import GOAL, REASON, area_text
from plans.workbook.template import (
    ACTION_KEYS,
    ANALYSIS_HEADERS,
    ANALYSIS_TAB,
    ANALYSIS_TEXT,
    ANALYSIS_TITLE,
    ANALYSIS_TOTAL,
    COLUMNS,
    INSTRUCTION_TAB,
    NOT_APPLICABLE,
    OVERARCHING_GOAL,
    OWN_AREA,
    OWN_AREA_TITLE,
    ROW_IDS,
    SHAREABLE,
)
from trygghet.words import listed
from trygghet.xlsx import (
    MAX_ROW_HEIGHT,
    CellStyle,
    calibri,
    hairlines,
    merge,
    page,
    save,
    solid,
    tab_name,
    text_height,
    top_aligned,
)

EMPTY_ROWS = 12  # ready to write in, where an area has no row yet
LEAST_HEIGHT = 17.0
_BOLD = 1.08  # how much wider bold text runs
_PLACES = {column.key: at for at, column in enumerate((*COLUMNS, ROW_IDS), start=1)}
_WIDTHS = {column.key: column.width for column in COLUMNS}


def workbook_bytes(document, marker=None):
    """Return the workbook of write_workbook as bytes."""
    file = BytesIO()
    write_workbook(document, file, marker)
    return file.getvalue()


def write_workbook(document, file, marker=None):
    """Write the document to the binary file object as the template, filled in.

    Rows that show nothing are left out (see without_empty_rows), and so is
    what the template has no column for. Reading the workbook gives the rest
    back, with the identities of its rows and the ``marker``, if any, which
    says where in its history the plan is.
    """
    _WorkbookWriter(without_empty_rows(document), marker).write(file)


class _Looks:
    """The template's looks."""

    def __init__(self, sheet):
        lines, top = hairlines("A6A6A6"), top_aligned()

        def look(font, fill=None, border=lines, alignment=top):
            return CellStyle(sheet, font=font, fill=fill and solid(fill), border=border, alignment=alignment)

        self.area = look(calibri(13, bold=True, color="FFFFFF"), "1F4E79")
        self.header = look(calibri(11, bold=True, color="FFFFFF"), "1F4E79")
        self.help = look(calibri(8, italic=True, color="404040"), "DDEBF7")
        self.problem = look(calibri(9, bold=True), "F2F2F2")
        self.body = look(calibri(9))
        self.goal = look(calibri(9, bold=True), "FFF2CC")
        self.beside_goal = look(calibri(9), "FFF2CC")
        self.row_ids = look(calibri(8, color="808080"), "F2F2F2", border=None, alignment=None)
        self.title = look(calibri(20, bold=True, color="1F4E79"), border=None)
        self.paragraph = look(calibri(11), border=None)
        self.name = look(calibri(11, bold=True), border=None)
        self.link = look(calibri(11, underline="single", color="0563C1"), border=None)
        self.analysis = look(calibri(16, bold=True, color="1F4E79"), border=None, alignment=None)
        self.remark = look(calibri(9, italic=True), border=None, alignment=None)
        self.count = look(calibri(11))
        self.total = look(calibri(11, bold=True), "DDEBF7")


class _Block(NamedTuple):
    """A cell of the plan: one column, from one row of the plan to another, counted from 0."""

    key: str
    first: int
    last: int
    text: str
    look: CellStyle
    comment: str = ""


class _WorkbookWriter:
    def __init__(self, document, marker):
        self.document, self.marker = document, marker
        self.workbook = openpyxl.Workbook()
        self.looks = _Looks(self.workbook.active)
        self.numbers = count(1)
        self.footer = f"{document.title or 'Åtgärdsplan'} – {document.district}"
        self.taken = {tab.casefold() for tab in (INSTRUCTION_TAB, ANALYSIS_TAB, commitments.TAB)}

    def write(self, file):
        """Write the workbook to the file."""
        properties = self.workbook.properties
        properties.title, properties.language, properties.creator = self.footer[:250], "sv-SE", "Trygghet"
        self._instruction(self.workbook.active)
        tabs = [self._area(section) for section in self.document.areas]
        number = max((section.number for section in self.document.areas), default=0) + 1
        tabs.append(self._empty_area(number))
        commitments.write(self.workbook, self.document, self.looks, self.footer)
        sheet, values = self._analysis(tabs)
        save(self.workbook, file, sheet=sheet, values=values)

    def key(self, node):
        """Return what the row ids call a row: its identity, or a number of this file's."""
        return node.uid or f"#{next(self.numbers)}"

    # --- Instruction

    def _instruction(self, sheet):
        sheet.title = INSTRUCTION_TAB
        sheet.column_dimensions["A"].width = 120
        sheet.column_dimensions["B"].width = ROW_IDS.width
        sheet.column_dimensions["B"].hidden = True
        self.looks.row_ids.put(sheet, 1, instruction.IDS_COLUMN, ROW_IDS.header)
        row = self._told(sheet, 2, instruction.TITLE, self.document.title, self.looks.title, 20) + 1
        for paragraph in self.document.instructions:
            row = self._told(sheet, row, instruction.PARAGRAPH, paragraph, self.looks.paragraph) + 1
        for at, link in enumerate(self.document.links):
            row = self._link(sheet, row, link, first=at == 0) + 1
        if self.marker:  # a hidden cell is what every spreadsheet program keeps
            self.looks.row_ids.put(sheet, row, instruction.IDS_COLUMN, str(self.marker))
        page(sheet, left=self.footer, height=1)

    def _told(self, sheet, row, kind, text, look, size=11):
        if not text:
            return row
        look.put(sheet, row, 1, text)
        self.looks.row_ids.put(sheet, row, instruction.IDS_COLUMN, kind)
        sheet.row_dimensions[row].height = min(max(LEAST_HEIGHT, text_height(text, 120, size)), MAX_ROW_HEIGHT)
        return row + 1

    def _link(self, sheet, row, link, first):
        introduced = first and self.document.instructions and not link.text
        if introduced and instruction.owner_named_in(self.document.instructions[-1]) == link.name:
            row -= 1  # right below the paragraph that names its owner
        else:
            row = self._told(sheet, row, instruction.NAME, link.name, self.looks.name)
        row = self._told(sheet, row, instruction.TEXT, link.text, self.looks.paragraph)
        label = link.label or link.url or link.name
        below = self._told(sheet, row, instruction.LABEL, label, self.looks.link)
        if link.url and label:
            sheet.cell(row, 1).hyperlink = link.url
            self.looks.link.put(
                sheet, row, 1, label
            )  # openpyxl gives a link its own look and may take the address for text
        return below

    # --- Areas

    def _area(self, section):
        wanted = section.sheet or f"{section.number}. {section.canonical_title or section.title}"
        sheet = self.workbook.create_sheet(tab_name(wanted, self.taken))
        self._head(sheet, section.title, area_text(section.uid or f"#{next(self.numbers)}", section.code))
        area = _AreaRows(self, section)
        last = area.write(sheet) if area.ids else self._empty_rows(sheet)
        return sheet, section.canonical_title or section.title, section.counts(), last

    def _empty_area(self, number):
        sheet = self.workbook.create_sheet(tab_name(f"{number}. {OWN_AREA}", self.taken))
        self._head(sheet, OWN_AREA_TITLE, "")
        return sheet, OWN_AREA, Counts(0, 0, 0), self._empty_rows(sheet)

    def _head(self, sheet, title, ids):
        looks = self.looks
        heights, help_heights = [text_height(title, COLUMNS[0].width, 13 * _BOLD)], []
        for at, column in enumerate(COLUMNS, start=1):
            look = looks.header if column.header else looks.area
            look.put(sheet, 1, at, column.header or title)
            looks.help.put(sheet, 2, at, column.help)
            help_heights.append(text_height(column.help, column.width, 8))
            sheet.column_dimensions[sheet.cell(1, at).column_letter].width = column.width
        looks.row_ids.put(sheet, 1, _PLACES[ROW_IDS.key], ROW_IDS.header)
        looks.row_ids.put(sheet, 2, _PLACES[ROW_IDS.key], ids)
        hidden = sheet.column_dimensions[sheet.cell(1, _PLACES[ROW_IDS.key]).column_letter]
        hidden.width, hidden.hidden = ROW_IDS.width, True
        sheet.row_dimensions[1].height = min(max(40.0, *heights), MAX_ROW_HEIGHT)
        sheet.row_dimensions[2].height = max(help_heights)
        sheet.freeze_panes = "A2"
        sheet.sheet_view.zoomScale = 90
        page(sheet, left=self.footer, header_rows="1:1")

    def _empty_rows(self, sheet):
        last = analysis.FIRST_ROW + EMPTY_ROWS - 1
        for row in range(analysis.FIRST_ROW, last + 1):
            for column in COLUMNS:
                look = self.looks.problem if column.key == "problem" else self.looks.body
                look.put(sheet, row, _PLACES[column.key])
        return last

    # --- Analysis

    def _analysis(self, tabs):
        looks = self.looks
        sheet = self.workbook.create_sheet(ANALYSIS_TAB)
        looks.analysis.put(sheet, 1, 1, ANALYSIS_TITLE)
        looks.remark.put(sheet, 2, 1, ANALYSIS_TEXT)
        for at, header in enumerate(ANALYSIS_HEADERS, start=1):
            looks.header.put(sheet, 4, at, header)
            sheet.column_dimensions[sheet.cell(4, at).column_letter].width = 18 if at > 1 else 46
        sheet.row_dimensions[4].height = 32
        values = {}
        for row, (tab, label, counts, last) in enumerate(tabs, start=5):
            looks.count.put(sheet, row, 1, label)
            sheet.row_dimensions[row].height = min(max(LEAST_HEIGHT, text_height(label, 46, 11)), MAX_ROW_HEIGHT)
            self._counted(sheet, row, looks.count, analysis.formulas(tab.title, last), counts, values)
        self._total(sheet, 5 + len(tabs), values)
        sheet.freeze_panes = "A5"
        page(sheet, left=self.footer, height=1)
        return sheet, values

    def _total(self, sheet, row, values):
        self.looks.total.put(sheet, row, 1, ANALYSIS_TOTAL)
        sums = Counts(*(f"=SUM({letter}5:{letter}{row - 1})" for letter in "BCD"))
        self._counted(sheet, row, self.looks.total, sums, self.document.counts(), values)

    def _counted(self, sheet, row, look, formulas, counts, values):
        for column, (formula, number) in enumerate(zip(formulas, counts, strict=True), start=2):
            cell = look.put(sheet, row, column)
            cell.value = formula
            values[cell.coordinate] = number


class _AreaRows:
    """The rows of one area, first as blocks, then as cells."""

    def __init__(self, writer, section):
        self.key, self.looks = writer.key, writer.looks
        self.blocks: list[_Block] = []
        self.ids: list[str] = []  # one text per row of the plan
        if section.not_applicable_reason:
            self._headed(NOT_APPLICABLE, section.not_applicable_reason, REASON)
        if section.overarching_goal:
            self._headed(OVERARCHING_GOAL, section.overarching_goal, GOAL)
        self.shareable = {}  # column → its last block, while a line below may share it
        for problem in section.problems:
            self._problem(problem)

    # --- Blocks

    def _block(self, key, first, last, text, look, comment=""):
        self.blocks.append(_Block(key, first, last, text, look, comment))

    def _headed(self, heading, text, ids):
        at = len(self.ids)
        self.ids.append(ids)
        self._block("problem", at, at, f"{heading}\n{text}", self.looks.goal)
        for column in COLUMNS[1:]:
            self._block(column.key, at, at, "", self.looks.beside_goal)

    def _problem(self, problem):
        first = len(self.ids)
        problem_key = self.key(problem)
        cause_keys = [self.key(cause) for cause in problem.causes]
        told = set()
        causes = []  # the cause of each row
        for line in lines_of(problem):
            at = len(self.ids)
            self._line(line, at)
            for place, number in enumerate([number for number, _ in line.causes] or [0]):
                returns = number in told and (not causes or causes[-1] != number)
                mark = "R" if returns else "c" if number in told else "C"
                row_ids = [f"{'p' if len(self.ids) > first else 'P'}={problem_key}"]
                if number:
                    row_ids.append(f"{mark}={cause_keys[number - 1]}")
                if place == 0 and line.action:
                    row_ids += self._action_ids(line, cause_keys)
                told.add(number)
                causes.append(number)
                self.ids.append(" ".join(row_ids))
        self._cause_blocks(first, causes, problem)
        if causes:
            self._block("problem", first, len(self.ids) - 1, problem.title, self.looks.problem)
        if problem.overarching_goal:
            self.shareable = {}
            self._headed(OVERARCHING_GOAL, problem.overarching_goal, f"p={problem_key} {GOAL}")

    def _action_ids(self, line, cause_keys):
        action = line.action
        alone = all(key in action.shared_cells or not text for key, text in cells(action).items())
        ids = [f"{'A' if alone else 'a'}={self.key(action)}"]
        # A blank cell does not show which causes it stands beside.
        untold = _unseen_causes(line) if action.text else action.also_causes
        if untold:
            ids.append("also=" + ",".join(cause_keys[number - 1] for number in untold))
        return ids

    def _cause_blocks(self, first, causes, problem):
        start = 0
        for at in range(1, len(causes) + 1):
            if at == len(causes) or causes[at] != causes[start]:
                text = problem.causes[causes[start] - 1].text if causes[start] else ""
                self._block("cause", first + start, first + at - 1, text, self.looks.body)
                start = at

    def _line(self, line, at):
        last = at + max(len(line.causes), 1) - 1
        if line.action is None:
            self.shareable = {}
            for row in range(at, last + 1):
                for key in ACTION_KEYS:
                    self._block(key, row, row, "", self.looks.body)
            return
        unseen = _unseen_causes(line)
        for key, text in cells(line.action).items():
            if key in line.action.shared_cells and key in self.shareable:
                place = self.shareable[key]
                above = self.blocks[place]
                self.blocks[place] = _Block(key, above.first, last, above.text, above.look)
                continue
            if key in SHAREABLE:
                self.shareable[key] = len(self.blocks)
            comment = _answers_also(unseen) if key == "action" and unseen else ""
            self._block(key, at, last, text, self.looks.body, comment)

    # --- Cells

    def write(self, sheet):
        """Write the rows below header and help row; return the number of the last."""
        heights = self._heights()
        parts = [max(1, math.ceil(height / MAX_ROW_HEIGHT)) for height in heights]
        starts = [analysis.FIRST_ROW]
        for at, height in enumerate(heights):
            for row in range(starts[at], starts[at] + parts[at]):
                sheet.row_dimensions[row].height = round(height / parts[at], 1)
            starts.append(starts[at] + parts[at])
        for block in self.blocks:
            self._write_block(sheet, block, starts[block.first], starts[block.last + 1] - 1)
        for at, text in enumerate(self.ids):
            self.looks.row_ids.put(sheet, starts[at], _PLACES[ROW_IDS.key], text)
        return starts[-1] - 1

    def _write_block(self, sheet, block, top, bottom):
        column = _PLACES[block.key]
        cell = block.look.put(sheet, top, column, block.text)
        for row in range(top + 1, bottom + 1):
            block.look.put(sheet, row, column)
        merge(sheet, top, column, bottom, column)
        if block.comment:
            cell.comment = Comment(block.comment, "Trygghet", width=240, height=60)

    def _heights(self):
        """Return the height of each row of the plan, in points, such that every block shows all its text."""
        heights = [LEAST_HEIGHT] * len(self.ids)
        tall = []
        for block in self.blocks:
            if not block.text:
                continue
            size = 9 * _BOLD if block.key == "problem" else 9
            need = text_height(block.text, _WIDTHS[block.key], size)
            if block.first == block.last:
                heights[block.first] = max(heights[block.first], need)
            else:
                tall.append((block.last, block.first, need))
        for last, first, need in sorted(tall):
            lacking = need - sum(heights[first : last + 1])
            if lacking > 0:
                for row in range(first, last + 1):
                    heights[row] += lacking / (last - first + 1)
        return heights


def _unseen_causes(line):
    """Return the numbers of the causes the line's action answers without standing beside them."""
    seen = {number for number, _ in line.causes}
    return [number for number in line.action.also_causes if number not in seen]


def _answers_also(numbers):
    return f"Åtgärden svarar även mot orsak {listed([str(number) for number in numbers])}."
