"""Read a plan out of a workbook."""

import re
from dataclasses import dataclass

from plans.document import MAX_TEXT, AreaSection, PlanDocument
from plans.workbook import commitments
from plans.workbook.grid import Grid, cell_name, read_grids
from plans.workbook.instruction import Instruction, read_instruction
from plans.workbook.layout import with_true_shared_cells
from plans.workbook.outcome import Note, Origin, Reading, Source, notes_on_origin
from plans.workbook.recognition import (
    ALIKE,
    Table,
    area_score,
    find_table,
    is_analysis,
    is_instruction,
    is_own_area_template,
    resembles_analysis,
    without_number,
)
from plans.workbook.row_ids import uid_of
from plans.workbook.rows import AreaRows, Identities, formulas_without_value, homes_of, row_ids, rows_told
from plans.workbook.safety import open_package
from plans.workbook.template import COLUMNS
from trygghet.words import listed

_YEAR = re.compile(r"\b20\d\d\b")


@dataclass(slots=True)
class _Tab:
    """A tab with the template's table, and the area it was taken for."""

    grid: Grid
    table: Table
    ids: dict
    area: object = None  # AreaTemplate, or None for an area of the district's own
    score: float = 0.0
    wanted: object = None  # the area it fits although another tab has it

    @property
    def name(self):
        """The tab's name."""
        return self.grid.name

    @property
    def titles(self):
        """What the tab calls its area, its name aside."""
        return (self.table.title,) if self.table.title else self.table.titles_above


def read_workbook(file, *, name, areas, year, district):
    """Return the Reading of a workbook made from the city's template.

    ``file`` is a binary file object and ``name`` what to call it in messages;
    ``areas`` are the AreaTemplates of the year, in order. The document has all
    of them, empty where the workbook has no tab, and the district's own after.

    Raises WorkbookRefused when the file is not such a workbook, cannot be
    trusted or cannot be read; nothing of it is kept then.
    """
    return _WorkbookReader(open_package(file, name), areas, year, district).read()


def _may_hold_rows(tab):
    """Whether the tab is worth opening: not those that are counted or written out of the others."""
    return not is_analysis(tab) and not commitments.is_tab(tab)


class _WorkbookReader:
    def __init__(self, package, areas, year, district):
        self.package, self.areas, self.year, self.district = package, tuple(areas), year, district
        self.notes = []
        self.sources = {}
        self.identities = Identities()

    def _note(self, level, message, sheet=None, cell=None):
        self.notes.append(Note(level, message, sheet, cell))

    def read(self):
        """Read the workbook; see read_workbook."""
        grids, property_title = read_grids(self.package, wanted=_may_hold_rows)
        tabs, instruction = self._sort_out(grids)
        self._assign(tabs)
        origin = self._origin(instruction.title, property_title)
        document = self._document(tabs, instruction)
        return Reading(document, tuple(self.notes), self.sources, instruction.marker, origin)

    # --- Which tab is what

    def _sort_out(self, grids):
        tabs, instruction, strange = [], Instruction(), []
        for grid in grids:
            table = find_table(grid)
            if table is None:
                if is_instruction(grid.name):
                    instruction = read_instruction(grid)
                elif grid.texts and not resembles_analysis(grid.name):
                    strange.append(grid.name)
                continue
            tab = _Tab(grid, table, row_ids(grid, table))
            if not self._is_empty_template(tab):
                tabs.append(tab)
        if not tabs:
            self.package.refuse(
                "är inte mallen för åtgärdsplan: ingen flik har rubrikerna Orsak, Åtgärd och Operativa mål. "
                "Välj den arbetsbok som planen står i."
            )
        for tab_name in strange:
            self._note("help", f"Fliken ”{tab_name}” följer inte mallen och är inte läst.", tab_name)
        return tabs, instruction

    def _is_empty_template(self, tab):
        if tab.table.ids.key or not is_own_area_template(tab.name, tab.table.title):
            return False
        columns = [tab.table.columns[column.key] for column in COLUMNS if column.key in tab.table.columns]
        rows = range(tab.table.first_row, tab.grid.last_row + 1)
        return not any(tab.grid.text(row, column) for row in rows for column in columns)

    def _assign(self, tabs):
        """Give each area the tab that fits it best; what is left is the district's own."""
        fits = sorted(
            ((self._fit(area, tab), -at, tab, area) for at, tab in enumerate(tabs) for area in self.areas),
            key=lambda fit: fit[:2],
            reverse=True,
        )
        taken = set()
        for score, _, tab, area in fits:
            if score < ALIKE or tab.area is not None:
                continue
            if area.code in taken:
                tab.wanted = tab.wanted or area
            elif tab.wanted is None:
                tab.area, tab.score = area, score
                taken.add(area.code)
        for tab in tabs:
            self._note_assignment(tab)

    def _fit(self, area, tab):
        ids = tab.table.ids
        if ids.is_own:
            return 0.0
        if ids.code:
            return 2.0 if ids.code == area.code else 0.0
        by_title = area_score(area, "", tab.titles) if tab.titles else 0.0
        if tab.titles and not is_own_area_template(tab.name, tab.table.title):
            best = max(area_score(other, "", tab.titles) for other in self.areas)
            if best >= ALIKE:
                return by_title
        return area_score(area, tab.name, ())

    def _note_assignment(self, tab):
        if tab.area is None:
            if tab.wanted:
                self._note(
                    "help",
                    f"Två flikar liknar området {tab.wanted.title}. "
                    f"Fliken ”{tab.name}” är läst som ett eget område; flytta raderna om de hör ihop.",
                    tab.name,
                )
            return
        if tab.table.ids.code == tab.area.code:
            return  # the tab says itself which area it is
        exact = area_score(tab.area, tab.name, ()) == 1.0, area_score(tab.area, "", tab.titles) == 1.0
        if not all(exact):
            called = tab.name if not exact[0] else tab.titles[0] if tab.titles else tab.name
            cell = cell_name(tab.table.header_row, tab.table.columns.get("problem", 1))
            self._note("guess", f"”{called}” är läst som området {tab.area.title}.", tab.name, cell)

    def _origin(self, title, property_title):
        """Return whose the workbook says it is; ask for help first of all if it is another year's or district's."""
        years = _YEAR.findall(title) or _YEAR.findall(property_title)
        year = self.year if str(self.year) in years or not years else int(years[0])
        district = property_title.rpartition(" – ")[2].strip() if " – " in property_title else ""
        origin = Origin(year, district or self.district)
        self.notes[:0] = notes_on_origin(
            "Arbetsboken",
            year=origin.year,
            district=origin.district,
            into_year=self.year,
            into_district=self.district,
        )
        return origin

    # --- The areas

    def _document(self, tabs, instruction):
        homes = homes_of((tab.grid, tab.table, tab.ids) for tab in tabs)
        by_code = {tab.area.code: tab for tab in tabs if tab.area}
        own = [tab for tab in tabs if tab.area is None]
        sections = []
        for area in self.areas:
            tab = by_code.get(area.code)
            if tab:
                sections.append(self._section(tab, len(sections), area.number, homes))
            else:
                self._note("info", f"Arbetsboken har ingen flik för området {area.title}.")
                sections.append(
                    AreaSection(
                        number=area.number,
                        code=area.code,
                        title=area.title,
                        canonical_title=area.title,
                        sheet=area.sheet,
                    )
                )
        next_number = max((area.number for area in self.areas), default=0) + 1
        for number, tab in enumerate(own, start=next_number):
            sections.append(self._section(tab, len(sections), number, homes))
        return PlanDocument(
            title=instruction.title or f"Åtgärdsplan {self.year}",
            year=self.year,
            district=self.district,
            instructions=instruction.paragraphs,
            links=instruction.links,
            areas=tuple(sections),
        )

    def _section(self, tab, at, number, homes):
        self._note_oddities(tab)
        rows = AreaRows(self.package, tab.grid, tab.table, tab.ids, self.identities, homes).read()
        self.notes += rows.notes
        problems, sources = rows.tree(at)
        title_cell = cell_name(tab.table.header_row, tab.table.columns.get("problem", 1))
        self.sources |= {(at,): Source(tab.name, title_cell)} | sources
        title = self._title(tab)
        section = AreaSection(
            uid=self._area_uid(tab),
            number=number,
            code=tab.area.code if tab.area else "",
            title=title,
            canonical_title=tab.area.title if tab.area else title,
            sheet=tab.name,
            overarching_goal="\n\n".join(rows.goals),
            not_applicable_reason="\n\n".join(rows.reasons),
            problems=problems,
        )
        return with_true_shared_cells(section)

    def _title(self, tab):
        heading = tab.table.title or next(iter(tab.titles), "")
        if tab.area:
            return heading or tab.area.title
        if not heading or is_own_area_template(tab.name, heading):
            heading = without_number(tab.name)
            self._note("guess", f"Området i fliken ”{tab.name}” har ingen rubrik och kallas ”{heading}”.", tab.name)
        if len(heading) > MAX_TEXT:
            self.package.refuse(f"kan inte läsas: i fliken ”{tab.name}” är områdets namn för långt. Korta det.")
        return heading

    def _area_uid(self, tab):
        key = tab.table.ids.key
        uid = self.identities.claim(key)
        if uid is None and uid_of(key):
            self._note("help", f"Fliken ”{tab.name}” är en kopia av en annan flik och läses som ny.", tab.name)
        return uid

    # --- What a person should know of a tab

    def _note_oddities(self, tab):
        grid, table = tab.grid, tab.table
        used = {table.columns[column.key] for column in COLUMNS if column.key in table.columns}
        if grid.hidden:
            self._note("info", f"Fliken ”{tab.name}” är dold i arbetsboken men är läst.", tab.name)
        self._note_hidden_rows(tab, used)
        hidden = [
            column for column in sorted(used) if any(first <= column <= last for first, last in grid.hidden_columns)
        ]
        if hidden:
            names = listed([cell_name(1, column).rstrip("1") for column in hidden])
            told = (
                f"Kolumnerna {names} är dolda i arbetsboken men är lästa."
                if len(hidden) > 1
                else f"Kolumnen {names} är dold i arbetsboken men är läst."
            )
            self._note("info", told, tab.name)
        self._note_columns(tab)
        if table.titles_above and table.title:
            self._note("info", "Det som står ovanför rubrikraden är inte läst.", tab.name, cell_name(1, 1))
        for cell in formulas_without_value(grid, table):
            self._note(
                "help", f"Formeln i {cell} har inget sparat värde. Öppna och spara filen i Excel.", tab.name, cell
            )

    def _note_hidden_rows(self, tab, used):
        rows = [
            row
            for row in sorted(tab.grid.hidden_rows)
            if row >= tab.table.first_row and any(tab.grid.text(row, column) for column in used)
        ]
        if rows:
            told = "är dolda i arbetsboken men är lästa" if len(rows) > 1 else "är dold i arbetsboken men är läst"
            self._note("info", f"{rows_told(rows)} {told}.", tab.name, cell_name(rows[0], 1))

    def _note_columns(self, tab):
        table = tab.table
        if table.guessed_problem:
            cell = cell_name(table.header_row, table.columns["problem"])
            self._note("guess", f"Kolumnen vid {cell} är läst som problemområden.", tab.name, cell)
        for header in table.missing:
            self._note("help", f"Fliken ”{tab.name}” saknar kolumnen {header}.", tab.name)
        if "problem" not in table.columns:
            self._note("help", f"Fliken ”{tab.name}” saknar kolumnen för problemområden.", tab.name)
        for column, header in table.extra:
            letter = cell_name(1, column).rstrip("1")
            called = f"”{header}” ({letter})" if header else letter
            self._note(
                "info",
                f"Kolumnen {called} finns inte i mallen och är inte läst.",
                tab.name,
                cell_name(table.header_row, column),
            )
