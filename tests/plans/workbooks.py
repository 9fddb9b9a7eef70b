"""Workbooks to test with: the template as people fill it in, and plans that strain what it can carry."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
from hypothesis import strategies as st

from plans.document import MAX_TEXT, AreaTemplate
from plans.workbook import read_workbook
from plans.workbook.template import COLUMNS, SHAREABLE
from tests.cast import AREAS as CITY_AREAS
from tests.plans.strategies import documents

FIXTURE = Path(__file__).resolve().parent.parent / "data" / "skarholmen-2025.xlsx"
AREAS = tuple(
    AreaTemplate(number=number, code=code, title=title, sheet=sheet) for number, code, title, sheet in CITY_AREAS
)
HEADERS = tuple(column.header for column in COLUMNS[1:])
HELP = tuple(column.help for column in COLUMNS)


def fixture():
    """Return the real workbook of Skärholmen 2025, open in openpyxl."""
    return openpyxl.load_workbook(FIXTURE)


def as_bytes(workbook):
    """Return the workbook as bytes."""
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def filled(*rows, tab="1. Unga i riskzon", title="Unga i riskzon för destruktivt beteende", headers=HEADERS, above=()):
    """Return a workbook with one tab: what stands above, header row, help row and the rows."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = tab
    for row in (*above, (title, *headers), HELP, *rows):
        sheet.append(row)
    return workbook


def read(workbook, **options):
    """Return the Reading of an openpyxl workbook or of bytes."""
    content = workbook if isinstance(workbook, bytes) else as_bytes(workbook)
    settings = {"name": "plan.xlsx", "areas": AREAS, "year": 2025, "district": "Skärholmen"} | options
    return read_workbook(BytesIO(content), **settings)


def problems_of(workbook, area=0):
    """Return the problems that are read in the area of that place."""
    return read(workbook).document.areas[area].problems


def messages(reading, level=None):
    """Return the notes' messages, of one level if given, as one text."""
    return "\n".join(note.message for note in reading.notes if level in (None, note.level))


def with_parts(content, parts):
    """Return the zip with parts changed or added: by name their bytes, or a function of the old ones."""
    file = BytesIO()
    parts = dict(parts)
    with ZipFile(BytesIO(content)) as source, ZipFile(file, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            change = parts.pop(name, data)
            target.writestr(name, change(data) if callable(change) else change)
        for name, data in parts.items():
            target.writestr(name, data)
    return file.getvalue()


# --- Plans


def with_rows(document, change):
    """Return the document with every action, in the order of the sheet, as ``change(action, above)`` has it."""

    def of_problem(problem, above):
        changed = {}
        for _, _, action in problem.rows():
            if action:
                above = changed[action.order] = change(action, above)
        causes = tuple(
            replace(cause, actions=tuple(changed[action.order] for action in cause.actions)) for cause in problem.causes
        )
        return replace(problem, causes=causes), above

    areas = []
    for section in document.areas:
        above, problems = None, []
        for problem in section.problems:
            problem, above = of_problem(problem, above)
            problems.append(problem)
        areas.append(replace(section, problems=tuple(problems)))
    return replace(document, areas=tuple(areas))


def with_uids(document):
    """Return the document with an identity on every row."""
    numbers = iter(range(1, 1_000_000))

    def uid():
        return str(UUID(int=next(numbers)))

    def of_cause(cause):
        return replace(cause, uid=uid(), actions=tuple(replace(action, uid=uid()) for action in cause.actions))

    def of_problem(problem):
        return replace(problem, uid=uid(), causes=tuple(map(of_cause, problem.causes)))

    def of_area(section):
        return replace(section, uid=uid(), problems=tuple(map(of_problem, section.problems)))

    return replace(document, areas=tuple(map(of_area, document.areas)))


def uids(document):
    """Return every row's identity, from above."""
    found = []
    for section in document.areas:
        found.append(section.uid)
        for problem in section.problems:
            found.append(problem.uid)
            for cause in problem.causes:
                found.append(cause.uid)
                found += [action.uid for action in cause.actions]
    return found


STRAINING = (
    "ÖVERGRIPANDE MÅL\nändå en åtgärd",
    "_x0041_ och _x000D_",
    "Orsak",
    "x" * MAX_TEXT,
    "Ord " * 1_000,
    "\n\nbörjar längre ned",
    "\tmed tabb",
    "#REF!",
    "2025-04-29",
    "5",
)


@st.composite
def straining_documents(draw):
    """Plans with cells shared over rows, texts that mean something to a spreadsheet, and titles that repeat."""
    document = draw(documents(details=False))
    choices = st.sampled_from((None, None, "share", "strain"))

    def change(action, above):
        chosen = draw(choices)
        if chosen == "strain":
            return replace(action, goals=draw(st.sampled_from(STRAINING)), text=draw(st.sampled_from(STRAINING)))
        if chosen == "share" and above:
            shared = tuple(key for key in SHAREABLE if draw(st.booleans()))
            return replace(action, **{key: getattr(above, key) for key in shared}, shared_cells=shared)
        return action

    document = with_rows(document, change)
    if draw(st.booleans()):
        title = draw(st.sampled_from(STRAINING))
        document = replace(
            document,
            areas=tuple(
                replace(section, problems=tuple(replace(problem, title=title) for problem in section.problems))
                for section in document.areas
            ),
        )
    return document
