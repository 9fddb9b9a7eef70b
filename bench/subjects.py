"""What is measured: each subject is our way and the bare libraries' way to the same result."""

import hashlib
import io
import os
import pickle
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import Count
from django.http import FileResponse
from django.shortcuts import render
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path as url
from django.urls import reverse
from openpyxl import Workbook, load_workbook
from weasyprint import CSS, HTML

from accounts.models import User
from agreements.models import District
from bench.fixture import the_plan
from plans import exports, open_format, versions, workflow
from plans.document import AreaTemplate
from plans.loading import load_document
from plans.models import ActionPlan, FrozenFile, PlanStep, PlanVersion, Submission
from plans.views import city as city_views
from plans.views import pages
from plans.views import versions as version_views
from plans.workbook.reader import read_workbook
from tests.plans import stages
from trygghet.urls import urlpatterns


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
    largest = the_plan().planareas.annotate(rows=Count("problems__actions")).order_by("-rows").first()
    return page_of(pages, "editor", f"{the_plan().get_absolute_url()}omrade/{largest.position}/")


def page_of(views, reader, address):
    """A page of that module of views ÷ rendering its template from the data that the view gave it."""
    client = signed_in(reader)
    given = []

    def keeping(request, template, context):
        given.append((request, template, context))
        return render(request, template, context)

    views.render = keeping
    assert client.get(address).status_code == 200
    views.render = render
    return Subject(ours=lambda: client.get(address).content, bare=lambda: render(*given[0]).content)


def signed_in(username):
    """Return somebody's browser."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def xlsx(folder):
    """The Excel export ÷ openpyxl writing the same cells with the same styles, each style made once."""
    plan = the_plan()
    bare = bare_workbook(folder / "cells.pickle")
    return Subject(ours=lambda: exports.export(plan, "xlsx").content, bare=bare)


def bare_workbook(path):
    """Return what writes the cells that are kept there with openpyxl alone."""
    styles, sheets = pickle.loads(path.read_bytes())

    def bare():
        book, made = Workbook(), {}
        book.remove(book.active)
        for content in sheets:
            _write_sheet(book.create_sheet(content["title"]), content, styles, made)
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()

    return bare


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
    bare = bare_pdf(html, ("css/print.css", "css/print-draft.css"))
    return Subject(ours=lambda: exports.export(plan, "pdf").content, bare=bare)


def bare_pdf(html, stylesheets):
    """Return what writes the HTML with WeasyPrint alone."""
    paths = [settings.BASE_DIR / "static" / name for name in stylesheets]

    def bare():
        sheets = [CSS(filename=path) for path in paths]
        return HTML(string=html).write_pdf(stylesheets=sheets, pdf_variant="pdf/ua-1")

    return bare


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


# --- The way to a decision. What these write is never committed, so that the others still measure the draft.


def uncommitted():
    """Let everything that this process writes be forgotten when it ends."""
    transaction.atomic().__enter__()


def decide(folder):
    """Deciding the plan ÷ reading it, writing it as JSON and inserting the version and the step."""
    uncommitted()
    people = SimpleNamespace(**{user.username: user for user in User.objects.all()})
    plan = stages.reach(the_plan(), people, "ready_for_decision")

    def ours():
        with undone():
            workflow.take(plan, "decide", by=people.chair, decision=stages.DECISION)

    def bare():
        with undone():
            text = open_format.dumps(load_document(plan))
            told = {"decided_on": date(2025, 3, 12), "body": "Styrgruppen", "meeting": "Möte 1", "by": people.chair}
            digest = hashlib.sha256(text.encode()).hexdigest()
            PlanVersion.objects.create(plan=plan, number=1, document=text, sha256=digest, facts={}, counts=[], **told)
            PlanStep.objects.create(
                plan=plan, version=1, name="decide", from_state=plan.state, to_state="decided", by=people.chair
            )

    return Subject(ours=ours, bare=bare)


@contextmanager
def undone():
    """Do it and take it back, so that it can be done again."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def diff(folder):
    """The page that compares a version with a plan where every tenth action was rewritten ÷ rendering its template."""
    uncommitted()
    plan = the_plan()
    versions.freeze(plan, stages.DECISION, by=None)
    for action in plan.actions.filter(pk__in=list(plan.actions.values_list("pk", flat=True))[::10]):
        type(action).objects.filter(pk=action.pk).update(text=f"{action.text} Vi gör det oftare än förut.")
    ActionPlan.objects.filter(pk=plan.pk).update(version=2)
    return page_of(version_views, "editor", f"{plan.get_absolute_url()}jamfor/?fran=1&till=nu")


def city(folder):
    """The city's page with as many districts as there are actions elsewhere ÷ rendering its template."""
    uncommitted()
    plan = the_plan()
    count = plan.actions.count()
    version = versions.freeze(plan, stages.DECISION, by=None)
    place = {"municipality": plan.district.municipality, "valid_from": date(2024, 1, 1)}
    districts = District.objects.bulk_create(
        District(name=f"Stadsdel {number}", slug=f"stadsdel-{number}", **place) for number in range(count)
    )
    plans = ActionPlan.objects.bulk_create(
        ActionPlan(district=district, cycle=plan.cycle, state="decided") for district in districts
    )
    copied = ("number", "sha256", "facts", "counts", "decided_on", "body", "meeting")
    values = {name: getattr(version, name) for name in copied}
    decided = PlanVersion.objects.bulk_create(PlanVersion(plan=each, document="{}", **values) for each in plans)
    Submission.objects.bulk_create(Submission(version=each) for each in decided)
    return page_of(city_views, "city_preparation", f"/{plan.year}/")


def frozen(folder):
    """A frozen PDF ÷ a view that opens the same file, for the same reader behind the same middleware.

    The bytes are any; how many is about right.
    """
    uncommitted()
    plan = the_plan()
    version = versions.freeze(plan, stages.DECISION, by=None)
    content = os.urandom(100_000 + 1_000 * plan.actions.count())
    kept = FrozenFile(version=version, format="pdf", name="plan.pdf", sha256="0" * 64, size=len(content))
    kept.file.save("plan.pdf", ContentFile(content), save=False)
    kept.save()
    client, plain = signed_in("editor"), sent_plainly(kept.file.path)

    def sent(address):
        return b"".join(client.get(address).streaming_content)

    address = reverse("plans:version_file", args=[plan.district.slug, plan.year, 1, "pdf"])
    assert sent(plain) == content == sent(address)
    return Subject(ours=lambda: sent(address), bare=lambda: sent(plain))


def sent_plainly(path):
    """Return the address of a view that sends the file and does nothing else."""
    urlpatterns.append(url("plain/", lambda request: FileResponse(open(path, "rb"))))  # noqa: SIM115 (it closes it)
    return "/plain/"


SUBJECTS = {
    "page": page,
    "xlsx": xlsx,
    "pdf": pdf,
    "import": reading,
    "decide": decide,
    "diff": diff,
    "city": city,
    "frozen": frozen,
}
AIMS = dict.fromkeys(SUBJECTS) | {"xlsx": 1.5, "pdf": 1.1, "import": 1.5}
# A server compiles a template once.
PAGES = ("page", "diff", "city")
