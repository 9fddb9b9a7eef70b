"""What is measured: each subject is our way and the bare libraries' way to the same result."""

import io
import pickle
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.shortcuts import render
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook
from weasyprint import CSS, HTML

from accounts.models import User
from bench.fixture import the_plan
from plans import exports
from plans.document import AreaTemplate
from plans.views import pages
from plans.workbook.reader import read_workbook


@dataclass(frozen=True)
class Subject:
    """``ours`` and ``bare`` each do the whole work once; ``queries`` counts what ours asks the database."""

    ours: object
    bare: object

    def queries(self):
        with CaptureQueriesContext(connection) as captured:
            self.ours()
        return len(captured)


def page(folder):
    """The plan's page of its largest area ÷ rendering the same template from ready data."""
    client = Client()
    client.force_login(User.objects.get(username="editor"))
    largest = the_plan().planareas.annotate(rows=Count("problems__actions")).order_by("-rows").first()
    address = f"{the_plan().get_absolute_url()}omrade/{largest.position}/"
    given = []

    def keeping(request, template, context):
        given.append((request, template, context))
        return render(request, template, context)

    pages.render = keeping
    assert client.get(address).status_code == 200
    pages.render = render
    return Subject(ours=lambda: client.get(address).content, bare=lambda: render(*given[0]).content)


def xlsx(folder):
    """The Excel export ÷ openpyxl writing the same cells with the same styles, each style made once."""
    styles, sheets = pickle.loads((folder / "cells.pickle").read_bytes())
    plan = the_plan()

    def bare():
        book, made = Workbook(), {}
        book.remove(book.active)
        for content in sheets:
            _write_sheet(book.create_sheet(content["title"]), content, styles, made)
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()

    return Subject(ours=lambda: exports.export(plan, "xlsx").content, bare=bare)


def _write_sheet(sheet, content, styles, made):
    for row, column, value, key in content["cells"]:
        cell = sheet.cell(row, column)
        cell.value = value
        if key not in made:
            for name, look in styles[key].items():
                setattr(cell, name, look)
            made[key] = cell._style
        cell._style = made[key]
    for area in content["merged"]:
        sheet.merge_cells(area)
    for name, width in content["widths"].items():
        sheet.column_dimensions[name].width = width
    for number, height in content["heights"].items():
        sheet.row_dimensions[number].height = height


def pdf(folder):
    """The PDF export ÷ WeasyPrint's write_pdf on the same HTML with the same stylesheets."""
    html = (folder / "plan.html").read_text(encoding="utf-8")
    plan = the_plan()
    paths = [settings.BASE_DIR / "static" / "css" / name for name in ("print.css", "print-draft.css")]

    def bare():
        sheets = [CSS(filename=path) for path in paths]
        return HTML(string=html).write_pdf(stylesheets=sheets, pdf_variant="pdf/ua-1")

    return Subject(ours=lambda: exports.export(plan, "pdf").content, bare=bare)


def reading(folder):
    """Reading an uploaded workbook into a plan ÷ openpyxl's load_workbook of the same file."""
    content = (folder / "plan.xlsx").read_bytes()
    plan = the_plan()
    areas = [
        AreaTemplate(number=area.number, code=area.code, title=area.title, sheet=area.sheet)
        for area in plan.cycle.area_set.areas.order_by("number")
    ]

    def ours():
        file = io.BytesIO(content)
        return read_workbook(file, name="plan.xlsx", areas=areas, year=plan.year, district=str(plan.district))

    assert ours().document.counts().actions == plan.actions.exclude(text="").count()
    return Subject(ours=ours, bare=lambda: load_workbook(io.BytesIO(content)))


SUBJECTS = {"page": page, "xlsx": xlsx, "pdf": pdf, "import": reading}
AIMS = {"page": None, "xlsx": 1.5, "pdf": 1.1, "import": 1.5}
