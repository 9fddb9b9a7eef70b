"""A plan of any size, made of the real one, in a database of its own."""

import io
import json
import pickle
from copy import copy
from dataclasses import replace
from itertools import count
from pathlib import Path

from openpyxl import load_workbook

from plans import editing, exports, open_format, pdf
from plans.document import Problem, dense_orders
from plans.models import ActionPlan
from tests.cast import Cast

REAL_PLAN = Path(__file__).resolve().parent.parent / "tests" / "data" / "skarholmen-2025.json"
STYLE = ("font", "fill", "border", "alignment", "number_format")


def of_size(document, actions):
    """Return the document with its problems repeated, in words that differ, until it has so many actions."""
    areas, left = [[] for _ in document.areas], actions
    for at, problem in _over_and_over(document):
        part = _first_actions(problem, left)
        areas[at].append(part)
        left -= sum(len(cause.actions) for cause in part.causes)
        if not left:
            break
    filled = zip(document.areas, areas, strict=True)
    return replace(document, areas=tuple(replace(section, problems=tuple(problems)) for section, problems in filled))


def _over_and_over(document):
    """Yield (place of the area, problem) without end, each time round in other words."""
    for time_round in count():
        for at, section in enumerate(document.areas):
            for problem in section.problems:
                yield at, _varied(problem, time_round)


def _varied(problem: Problem, time_round):
    if not time_round:
        return problem
    mark = f" ({time_round + 1})"

    def action(row):
        return replace(row, text=row.text + mark, goals=f"{mark.strip()} {row.goals}", when=row.when + mark)

    causes = (
        replace(cause, text=cause.text + mark, actions=tuple(map(action, cause.actions))) for cause in problem.causes
    )
    return replace(problem, title=problem.title + mark, causes=tuple(causes))


def _first_actions(problem, most):
    """The problem with its first actions only, so that the plan gets exactly as many as asked for."""
    causes = (
        replace(cause, actions=tuple(row for row in cause.actions if row.order <= most)) for cause in problem.causes
    )
    return dense_orders(replace(problem, causes=tuple(causes)))


def prepare(folder, actions):
    """Fill the migrated database with a plan of that size, and leave beside it what the bare libraries are given."""
    cast = Cast()
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    real = open_format.from_data(json.loads(REAL_PLAN.read_text(encoding="utf-8")))
    editing.replace_content(plan, of_size(real, actions), by=cast.editor, summary="Mätplan")
    assert plan.actions.count() == actions
    plan = the_plan()
    content = exports.export(plan, "xlsx").content
    (folder / "plan.xlsx").write_bytes(content)
    cells_of(content, folder / "cells.pickle")
    (folder / "plan.html").write_text(_html_for_pdf(plan), encoding="utf-8")


def the_plan():
    """Return the plan that is measured."""
    return ActionPlan.objects.with_place().get()


def _html_for_pdf(plan):
    """The HTML that is given to WeasyPrint, without waiting for it."""
    given = []
    written, pdf.render_pdf = pdf.render_pdf, lambda html, **options: given.append(html) or b""
    try:
        exports.export(plan, "pdf")
    finally:
        pdf.render_pdf = written
    return given[0]


def cells_of(content, path):
    """Keep (the distinct styles, the sheets with all their cells) of a workbook there, as plain values."""
    styles, sheets = {}, []
    for sheet in load_workbook(io.BytesIO(content)):
        cells = []
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None and not cell.has_style:
                    continue
                key = tuple(cell._style)
                if key not in styles:
                    styles[key] = {name: copy(getattr(cell, name)) for name in STYLE}
                cells.append((cell.row, cell.column, cell.value, key))
        sheets.append(
            {
                "title": sheet.title,
                "cells": cells,
                "merged": [str(area) for area in sheet.merged_cells.ranges],
                "widths": {name: column.width for name, column in sheet.column_dimensions.items()},
                "heights": {number: row.height for number, row in sheet.row_dimensions.items() if row.height},
            }
        )
    path.write_bytes(pickle.dumps((styles, sheets)))
