"""From a file to a changed plan: one mechanism for the page and the command.

``read_file`` gives what a workbook or a JSON file says, ``find_changes`` how
the plan differs from it, ``choose`` what of it to write. Between an
upload and its confirmation an :class:`~plans.models.ImportJob` keeps it all;
nothing of the plan is written before (``plans/import_jobs.py``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from uuid import uuid4

from django.db import transaction

from agreements.models import District
from agreements.permissions import Permission, access_of
from agreements.scope import CITY_SLUG, Scope, lookup_of
from plans import editing, open_format
from plans import operations as ops
from plans.basis import areas_of
from plans.comparison import adopt, diff, flatten
from plans.content import Content
from plans.document import AreaSection, AreaTemplate, PlanDocument, clean_text
from plans.enums import FileKind
from plans.errors import EditRefused
from plans.loading import load_document
from plans.marker import Marker
from plans.models import ActionPlan
from plans.models.content import name_of
from plans.operations import FIELD_LABELS, WORKBOOK_FIELDS, InsertRow, MoveRow, RemoveRow, SetFields
from plans.permissions import check_create, check_edit
from plans.since import moment_told, overtaken, row_paths
from plans.workbook import without_empty_rows
from plans.workbook.outcome import Note, Source, WorkbookRefused, notes_on_origin
from plans.workbook.reader import read_workbook

MAX_BYTES = 10 * 1024 * 1024
MAX_SHEET_NAME = 31
FIELDS_CARRIED = {FileKind.WORKBOOK: WORKBOOK_FIELDS, FileKind.OPEN_FORMAT: FIELD_LABELS}


class ImportRefused(Exception):
    """The file cannot be imported; the message is one Swedish sentence that says why and what to do."""


# --- Where to


@dataclass(frozen=True, slots=True)
class Target:
    """Where an import is to land: a district's year, and its plan if there is one."""

    district: District | None
    cycle: object
    plan: ActionPlan | None

    @property
    def scope(self):
        """Whose plan it is: the district's, or the city's."""
        return Scope(self.district)

    @property
    def plan_name(self):
        """What the plan is called, also before it has been started."""
        return name_of(self.scope, self.cycle.year)

    @property
    def areas(self):
        """The city's areas for the plan, or for the year before there is one, as the reader recognises tabs."""
        return tuple(
            AreaTemplate(number=area.number, code=area.code, title=area.title, sheet=area.sheet)
            for area in (areas_of(self.plan) if self.plan else self.cycle.area_set).areas.all()
        )


def target_of(slug, year):
    """Return the target that a command names; raise ImportRefused for one that does not exist."""
    try:
        district = None if slug == CITY_SLUG else District.objects.get(slug=slug)
        cycle = editing.cycle_of(year)
    except District.DoesNotExist as error:
        raise ImportRefused(f"Det finns inget stadsdelsområde med adressen {slug}.") from error
    except EditRefused as error:
        raise ImportRefused(str(error)) from error
    return Target(district, cycle, ActionPlan.objects.with_place().filter(district=district, cycle=cycle).first())


def target_for(user, slug, year):
    """Return where the person may import to, or None for what the person may not know of.

    Raises PermissionDenied with the reason for a plan that the person reads
    but may not change. Of a plan that does not exist only those know who
    would see its first draft, so that nobody else can tell it from a hidden one.
    """
    plan = ActionPlan.objects.visible_to(user).with_place().filter(**lookup_of(slug), cycle__year=year).first()
    if plan:
        check_edit(user, plan)
        return Target(plan.district, plan.cycle, plan)
    try:
        target = target_of(slug, year)
    except ImportRefused:
        return None
    if target.plan or not access_of(user).allows(Permission.READ_DRAFT, target.scope.pk):
        return None
    check_create(user, target.scope)
    return target


# --- What the file says


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a file says: the plan in it, what should be known, and where each row stood.

    ``sources`` is keyed by path (see :class:`plans.workbook.outcome.Reading`);
    an area of a workbook without a source had no tab, so the file says
    nothing about it. ``marker`` says where in its history the plan was when
    the file was made of it, and ``identities`` what the file then calls its
    rows, by path.
    """

    file_name: str
    carries: FileKind
    document: PlanDocument
    notes: tuple[Note, ...] = ()
    sources: dict[tuple[int, ...], Source] = field(default_factory=dict)
    marker: Marker | None = None
    identities: dict[tuple[int, ...], str] = field(default_factory=dict)

    def speaks_of(self, area):
        """Whether the file says anything about the area in that place (0-based)."""
        return self.carries == FileKind.OPEN_FORMAT or (area,) in self.sources

    @property
    def areas(self):
        """The areas the file says anything about."""
        return tuple(section for at, section in enumerate(self.document.areas) if self.speaks_of(at))

    def counts(self):
        """Count problems, causes and actions over the areas the file speaks of."""
        return replace(self.document, areas=self.areas).counts()


def read_file(file, *, name, target):
    """Return the :class:`Material` of a workbook or JSON file; raise ImportRefused."""
    name = clean_text(name) or "filen"
    if not file.read(1):
        raise ImportRefused(f"Filen ”{name}” är tom. Välj den fil som planen står i.")
    file.seek(0)
    if _looks_like_json(file, name):
        return _read_json(file, name, target)
    try:
        reading = read_workbook(file, name=name, areas=target.areas, year=target.cycle.year, district=str(target.scope))
    except WorkbookRefused as error:
        raise ImportRefused(str(error)) from error
    return Material(
        file_name=name,
        carries=FileKind.WORKBOOK,
        document=_storable(reading.document),
        notes=reading.notes,
        sources=reading.sources,
        **_marked(reading.document, reading.marker),
    )


def _marked(document, marker):
    identities = {path: uid for uid, path in row_paths(document) if uid != "None"} if marker else {}
    return {"marker": marker, "identities": identities}


def _looks_like_json(file, name):
    head = file.read(64)
    file.seek(0)
    return name.lower().endswith(".json") or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def _read_json(file, name, target):
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ImportRefused(f"Filen ”{name}” är större än 10 MB. En plan i JSON är mycket mindre, välj en annan fil.")
    try:
        document, marker = open_format.loads_marked(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ImportRefused(f"Filen ”{name}” är inte sparad som UTF-8. Spara den som UTF-8 och försök igen.") from error
    except open_format.OpenFormatError as error:
        raise ImportRefused(f"Filen ”{name}” kan inte läsas in. {error}") from error
    except RecursionError as error:
        raise ImportRefused(f"Filen ”{name}” är inte en åtgärdsplan i vårt JSON-format.") from error
    _check_areas(document, name, target)
    notes = tuple(
        notes_on_origin(
            "Filen",
            year=document.year,
            district=document.district,
            into_year=target.cycle.year,
            into_district=str(target.scope),
        )
    )
    return Material(
        file_name=name,
        carries=FileKind.OPEN_FORMAT,
        document=_storable(document),
        notes=notes,
        **_marked(document, marker),
    )


def _check_areas(document, name, target):
    """An area of the city's is known by its code, and is there once."""
    codes = Counter(section.code for section in document.areas if section.code)
    known = {area.code for area in target.areas}
    for section in document.areas:
        if section.code and section.code not in known:
            raise ImportRefused(
                f"Filen ”{name}” har området ”{section.title}”, som inte finns bland stadens områden för "
                f"{target.cycle.year}. Ta bort dess kod så läses det in som ett eget område."
            )
        if codes[section.code] > 1:
            raise ImportRefused(f"Filen ”{name}” har området ”{section.title}” två gånger. Ta bort det ena.")


def _storable(document):
    """Leave out what is the year's and not the plan's, and the signs that no database holds."""
    areas = tuple(replace(section, sheet=clean_text(section.sheet)[:MAX_SHEET_NAME]) for section in document.areas)
    return replace(document, instructions=(), links=(), areas=areas)


# --- What would change


def find_changes(old, material):
    """Return the document of the file with the identities of the plan's rows, and what would change.

    The changes are operations, one for each cell; areas that the file says
    nothing about are left alone.
    """
    document = adopt(old, material.document)
    spoken = replace(document, areas=tuple(s for at, s in enumerate(document.areas) if material.speaks_of(at)))
    operations = diff(old, spoken, FIELDS_CARRIED[material.carries])
    if material.carries == FileKind.WORKBOOK:
        operations = _of_written_rows(old, operations)
    return document, list(_cell_by_cell(operations))


def _of_written_rows(old, operations):
    """A workbook has no rows without a text, so that such a row is missing in it says nothing."""
    written = flatten(without_empty_rows(old)).by_uid
    return [step for step in operations if not isinstance(step, RemoveRow) or step.uid in written]


def _cell_by_cell(operations):
    for operation in operations:
        if not isinstance(operation, SetFields):
            yield operation
            continue
        for name, value in operation.values.items():
            yield replace(operation, values={name: value}, expect={name: operation.expect[name]})


def base_document(target):
    """Return what the file is compared with: the plan, or the empty plan that would be started."""
    if target.plan:
        return load_document(target.plan)
    areas = tuple(
        AreaSection(
            uid=str(uuid4()),
            number=area.number,
            code=area.code,
            title=area.title,
            canonical_title=area.title,
            sheet=area.sheet,
        )
        for area in target.areas
    )
    year = target.cycle.year
    return PlanDocument(title=target.plan_name, year=year, district=str(target.scope), areas=areas)


def is_empty(document):
    """Whether nobody has written anything in the plan yet."""
    return not any(
        section.problems or section.overarching_goal or section.not_applicable_reason or section.is_local
        for section in document.areas
    )


def rehearse(target, base, operations):
    """Apply the operations in memory; raise ImportRefused for what the plan cannot hold.

    So a person learns at once that a text is too long, not after having gone
    through the preview.
    """
    try:
        content = _content(target, base)
        for operation in operations:
            content.apply(operation)
    except EditRefused as error:
        raise ImportRefused(str(error)) from error


def _content(target, base):
    if target.plan:
        return Content.whole(target.plan)
    content = Content(ActionPlan(district=target.district, cycle=target.cycle))
    previous = None
    for section in base.areas:
        values = {"code": section.code, "title": section.title, "sheet": section.sheet}
        content.apply(InsertRow(kind="area", uid=section.uid, parent=None, after=previous, values=values))
        previous = section.uid
    return content


# --- What is chosen


def is_consequence(operation):
    """Whether the operation only writes again what a move would cut, so that there is nothing to choose."""
    return isinstance(operation, SetFields) and operation.values == operation.expect


def find_overtaken(plan, old, document, operations, material):
    """Return, by index, what was done in the plan since the file was made of it and the file would undo.

    ``old``, ``document`` and ``operations`` as for :func:`find_changes`; the values are :class:`plans.since.Later`.
    """
    found = overtaken(plan, old, document, operations, marker=material.marker, identities=material.identities)
    return {index: later for index, later in found.items() if not is_consequence(operations[index])}


def overtaken_told(material):
    """Return the sentence that says that the plan has gone on since the file was made of it."""
    return f"Planen har ändrats sedan filen hämtades {moment_told(material.marker.at)}."


def default_choice(operations, overtaken=()):
    """Return the indexes that are chosen until a person says otherwise.

    Not what removes a row, and not what would undo what the plan has become since the file was made.
    """
    return {
        index
        for index, operation in enumerate(operations)
        if not isinstance(operation, RemoveRow) and index not in overtaken
    }


def choose(old, operations, chosen):
    """Return the operations to write for the chosen indexes; raise EditRefused for a choice that contradicts itself.

    An added row brings all that is added under it, and a moved row its links.
    """
    chosen = {index for index, step in enumerate(operations) if index in chosen or is_consequence(step)}
    inserts = {step.uid: index for index, step in enumerate(operations) if isinstance(step, InsertRow)}
    for index, step in enumerate(operations):  # parents come before what is added under them
        if isinstance(step, InsertRow) and step.parent in inserts:
            (chosen.add if inserts[step.parent] in chosen else chosen.discard)(index)
    _check_moves(old, operations, chosen, inserts)
    return list(_joined(ops.select(operations, chosen)))


def _check_moves(old, operations, chosen, inserts):
    """What moves away from a removed row must move, and the row it moves to must be there."""
    removed = {operations[index].uid for index in chosen if isinstance(operations[index], RemoveRow)}
    parents = {uid: row.parent for uid, row in flatten(old).by_uid.items()}
    for index, step in enumerate(operations):
        if not isinstance(step, MoveRow):
            continue
        if index in chosen and step.parent in inserts and inserts[step.parent] not in chosen:
            raise EditRefused(
                "Du har valt att flytta något till en ny rad men inte att lägga till raden. Välj båda eller ingen."
            )
        if index not in chosen and removed & set(_ancestors(parents, step.uid)):
            raise EditRefused(
                "Du har valt att ta bort en rad men inte att flytta det som filen har flyttat därifrån. "
                "Välj båda eller ingen."
            )


def _ancestors(parents, uid):
    while uid := parents.get(uid):
        yield uid


def _joined(operations):
    """Put the chosen cells of a row in one operation, as if written together, in the place of the first."""
    joined = {}
    for at, step in enumerate(operations):
        key = step.uid if isinstance(step, SetFields) else at
        known = joined.get(key)
        if known:
            step = replace(known, values=known.values | step.values, expect=known.expect | step.expect)
        joined[key] = step
    return joined.values()


# --- Writing


def write_all(target, material, *, by, overwrite=False):
    """Make the plan say what the file says, starting it if need be; return the event, or None if nothing differed.

    What has been written in the plan since the file was made of it stays, unless ``overwrite`` says otherwise.
    Raises EditRefused for what the plan cannot hold; then nothing is written.
    """
    with transaction.atomic():
        plan = target.plan or editing.create_plan(target.district, target.cycle, by=by)
        old = load_document(plan)
        document, operations = find_changes(old, material)
        kept = {} if overwrite else find_overtaken(plan, old, document, operations, material)
        steps = choose(old, operations, set(range(len(operations))) - kept.keys())
        return editing.apply(plan, steps, by=by, summary=summary_of(material.file_name))


def summary_of(file_name):
    """Return what the history says of an import."""
    return f"Läste in {file_name}"
