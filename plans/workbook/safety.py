"""Look through an uploaded file before anything is built from it.

A workbook is a zip of XML, and both can be made to swell: ten megabytes can
unpack to gigabytes, a merged range can cover seventeen billion cells. So every
part is unpacked and parsed here first, under a ceiling and without keeping
more than positions. What openpyxl is given afterwards is known to be small,
well-formed and free of entities and macros.
"""

import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from xml.parsers import expat

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.exceptions import InvalidFileException

from plans.workbook.outcome import WorkbookRefused

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
MAX_RATIO = 200  # unpacked ÷ packed, for parts worth worrying about
RATIO_FROM = 4 * 1024 * 1024
MAX_MEMBERS = 1_000
MAX_SHEETS = 60
MAX_ELEMENTS = 2_000_000
MAX_CELLS = 500_000  # formatted ones included
MAX_FILLED = 200_000
MAX_ROWS = 50_000  # rows that are spelt out, empty or not
LAST_ROW = 20_000  # the last row a text may stand in
LAST_COLUMN = 60
MAX_STRINGS = 200_000
MAX_SMALL_PART = 4 * 1024 * 1024  # styles, names and relations

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SMALL_ROOTS = {"styleSheet", "workbook", "Relationships", "Types", "theme", "coreProperties", "Properties"}
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})\Z")
_CHUNK = 256 * 1024
# None of them says more than that a part is not what it should be; SyntaxError is the base of the XML parsers' errors.
_BROKEN = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, RuntimeError, SyntaxError,
    EOFError, OSError, struct.error, zlib.error, lzma.LZMAError, expat.ExpatError, zipfile.BadZipFile,
    InvalidFileException,
)  # fmt: skip
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml"  # the ISO variant, which openpyxl does not read


@dataclass(slots=True)
class SheetShape:
    """What a sheet holds besides its values: positions, 1-based (row, column)."""

    name: str
    part: str
    hidden: bool = False
    last_row: int = 0  # the last row and column with a value
    last_column: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row, first column, last row, last col
    formulas: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    links: dict[tuple[int, int], str] = field(default_factory=dict)  # cell → address


@dataclass(slots=True)
class Package:
    """A workbook file that passed: its bytes and the shape of its sheets, in order."""

    name: str
    content: bytes
    sheets: list[SheetShape]

    def refuse(self, reason):
        """Raise WorkbookRefused for this file."""
        refuse(self.name, reason)


def refuse(name, reason):
    """Raise WorkbookRefused with a sentence that begins by naming the file."""
    raise WorkbookRefused(f"Filen ”{name}” {reason}")


def open_package(file, name):
    """Return the Package in the binary file object, or raise WorkbookRefused."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        refuse(name, "är större än 10 MB. Ta bort bilder och annat som inte hör till planen och försök igen.")
    _check_magic(content, name)
    with broken_is_refused(name), zipfile.ZipFile(BytesIO(content)) as archive:
        return _look_through(archive, content, name)


@contextmanager
def broken_is_refused(name):
    """Turn what zipfile, the XML parsers and openpyxl raise on a broken file into a refusal of the file."""
    try:
        yield
    except _BROKEN as error:
        raise WorkbookRefused(
            f"Filen ”{name}” är skadad eller bara delvis överförd. "
            "Öppna den i Excel, spara den på nytt och försök igen."
        ) from error


def _check_magic(content, name):
    if not content:
        refuse(name, "är tom. Välj den arbetsbok som planen står i.")
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            refuse(name, "är skyddad med lösenord. Ta bort lösenordet i Excel och försök igen.")
        refuse(name, "är sparad i det äldre formatet .xls. Öppna den i Excel och spara den som .xlsx.")
    if not content.startswith(b"PK"):
        refuse(name, "är inte en Excel-arbetsbok (.xlsx). Välj den arbetsbok som planen står i.")


def _look_through(archive, content, name):
    members = archive.infolist()
    _check_members(members, name)
    budget = _Budget(name)
    roots = {}
    for member in members:
        if not member.is_dir():
            roots[member.filename] = _scan(archive, member, budget)
    sheets = _sheets(archive, roots, name)
    for shape in sheets:
        handler = _SheetScan(shape, budget)
        _scan(archive, archive.getinfo(shape.part), budget, handler)
        handler.resolve_links(archive, roots)
    return Package(name, content, sheets)


def _check_members(members, name):
    if any(member.flag_bits & 1 for member in members):
        refuse(name, "är skyddad med lösenord. Ta bort lösenordet och försök igen.")
    names = {member.filename.casefold() for member in members}
    if any(entry.endswith("vbaproject.bin") for entry in names):
        _refuse_macros(name)
    if any(entry.endswith("workbook.bin") for entry in names):
        refuse(name, "är sparad i formatet .xlsb. Öppna den i Excel och spara den som .xlsx.")
    if "[content_types].xml" not in names:
        refuse(name, "är inte en Excel-arbetsbok (.xlsx). Välj den arbetsbok som planen står i.")
    swollen = any(
        member.file_size > RATIO_FROM and member.file_size > MAX_RATIO * max(member.compress_size, 1)
        for member in members
    )
    if len(members) > MAX_MEMBERS or swollen or sum(member.file_size for member in members) > MAX_UNPACKED:
        _refuse_swollen(name)


def _refuse_macros(name):
    refuse(name, "innehåller makron. Spara den som .xlsx utan makron och försök igen.")


def _refuse_swollen(name):
    refuse(
        name,
        "packas upp till mer än en plan kan innehålla. Kopiera planens flikar till en ny arbetsbok och läs in den.",
    )


class _Budget:
    """How much the file may unpack to and hold, counted over all its parts."""

    def __init__(self, name):
        self.name = name
        self.left = 2 * MAX_UNPACKED  # the sheets are gone through twice
        self.cells = self.filled = self.rows = self.merged = 0

    def spend(self, amount):
        self.left -= amount
        if self.left < 0:
            _refuse_swollen(self.name)


class _PartScan:
    """Expat handler for a part nobody asks about: its root, and that it is neither large nor odd."""

    def __init__(self, name):
        self.name = name
        self.root = None
        self.elements = self.strings = 0

    def start(self, tag, attributes):
        """Count an element; called by expat for each."""
        if self.root is None:
            self.root = tag
        self.elements += 1
        if tag == "si":
            self.strings += 1
        if self.elements > MAX_ELEMENTS or self.strings > MAX_STRINGS:
            _refuse_swollen(self.name)
        if tag in ("Override", "Default") and _is_macro(attributes.get("ContentType", "")):
            _refuse_macros(self.name)


def _is_macro(content_type):
    return "macroenabled" in content_type.casefold() or "vbaproject" in content_type.casefold()


def _spelt(number):
    return f"{number:,}".replace(",", "\u00a0")


def _local(tag):
    return tag.rpartition(" ")[2]


def _scan(archive, member, budget, handler=None):
    """Unpack a part under the budget and parse it if it is XML; return the local name of its root."""
    handler = handler or _PartScan(budget.name)
    parser = None
    size = 0
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            budget.spend(len(chunk))
            if parser is None and size == len(chunk):
                parser = _parser(handler) if _is_xml(member.filename, chunk) else None
            if parser:
                parser.Parse(chunk, False)
                if handler.root in _SMALL_ROOTS and size > MAX_SMALL_PART:
                    _refuse_swollen(budget.name)
    if parser:
        parser.Parse(b"", True)
    return handler.root


def _is_xml(name, chunk):
    """Whether a part is XML by its name, or by how it begins: a relation may point to any name."""
    return name.endswith((".xml", ".rels")) or chunk.lstrip(b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n").startswith(b"<")


def _parser(handler):
    parser = expat.ParserCreate(namespace_separator=" ")
    start = handler.start

    def first(tag, attributes):
        if tag.startswith(_STRICT):
            refuse(handler.name, "är sparad som ”Strict Open XML”. Spara den som vanlig Excel-arbetsbok (.xlsx).")
        parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(" ")[2], attributes)
        start(_local(tag), attributes)

    parser.StartElementHandler = first
    parser.StartDoctypeDeclHandler = _refuse_doctype(handler)
    return parser


def _refuse_doctype(handler):
    def refuse_doctype(*_):
        refuse(handler.name, "innehåller otillåtna definitioner (DOCTYPE). Spara den på nytt i Excel och försök igen.")

    return refuse_doctype


def _attributes_of(archive, part, tag):
    """Return the attributes of every element of the name in a small part; names without their namespaces."""
    found = []

    def start(name, attributes):
        if _local(name) == tag:
            found.append({_local(key): value for key, value in attributes.items()})

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.Parse(archive.read(part), True)
    return found


def _relations(archive, part, roots):
    """Return a part's relations by id: type and, for parts of the archive, their full path."""
    folder, base = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{base}.rels")
    if roots.get(path) != "Relationships":
        return {}
    found = {}
    for relation in _attributes_of(archive, path, "Relationship"):
        target = relation.get("Target", "")
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        found[relation.get("Id", "")] = (relation.get("Type", ""), target)
    return found


def _sheets(archive, roots, name):
    """Return the shapes, yet empty, of the workbook's worksheets in the order of the tabs."""
    start = _relations(archive, "", roots)
    workbook = next((target for kind, target in start.values() if kind.endswith("/officeDocument")), None)
    if workbook not in roots or roots[workbook] != "workbook":
        refuse(name, "är inte en Excel-arbetsbok (.xlsx). Välj den arbetsbok som planen står i.")
    relations = _relations(archive, workbook, roots)
    shapes = []
    for sheet in _attributes_of(archive, workbook, "sheet"):
        _, target = relations.get(sheet.get("id", ""), ("", ""))
        if roots.get(target) == "worksheet":
            hidden = sheet.get("state", "visible") != "visible"
            shapes.append(SheetShape(sheet.get("name", ""), target, hidden))
    if not 0 < len(shapes) <= MAX_SHEETS:
        refuse(name, f"ska ha mellan 1 och {MAX_SHEETS} flikar. Välj den arbetsbok som planen står i.")
    return shapes


class _SheetScan:
    """Expat handler that notes the shape of a sheet and refuses what no plan looks like."""

    def __init__(self, shape, budget):
        self.shape = shape
        self.budget = budget
        self.name = budget.name
        self.root = None
        self.row = self.column = 0
        self.elements = 0
        self.link_ids = {}
        self.on = {
            "row": self._row,
            "c": self._cell,
            "v": self._value,
            "is": self._value,
            "f": self._formula,
            "mergeCell": self._merge,
            "col": self._columns,
            "hyperlink": self._hyperlink,
        }

    def start(self, tag, attributes):
        """Note an element; called by expat for each."""
        if self.root is None:
            self.root = tag
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            _refuse_swollen(self.name)
        handler = self.on.get(tag)
        if handler:
            handler(attributes)

    def _refuse(self, reason):
        refuse(self.name, f"kan inte läsas: i fliken ”{self.shape.name}” {reason}")

    def _row(self, attributes):
        self.budget.rows += 1
        if self.budget.rows > MAX_ROWS:
            self._refuse(
                f"finns fler än {_spelt(MAX_ROWS)} rader. Ta bort de tomma raderna under planen och försök igen."
            )
        self.row = self._number(attributes["r"]) if "r" in attributes else self.row + 1
        self.column = 0
        if attributes.get("hidden") in ("1", "true"):
            self.shape.hidden_rows.add(self.row)

    def _number(self, text):
        if not text.isascii() or not text.isdigit() or len(text) > 7:
            self._refuse("är en rad felnumrerad. Öppna filen i Excel, spara den på nytt och försök igen.")
        return int(text)

    def _cell(self, attributes):
        self.budget.cells += 1
        if self.budget.cells > MAX_CELLS:
            self._refuse(
                f"finns fler än {_spelt(MAX_CELLS)} celler. Ta bort formateringen utanför planen och försök igen."
            )
        if "r" in attributes:
            self.row, self.column = self._place(attributes["r"])
        else:
            self.column += 1

    def _place(self, reference):
        match = _REFERENCE.match(reference)
        if not match:
            self._refuse("finns en felaktig cellhänvisning. Öppna filen i Excel, spara den på nytt och försök igen.")
        return int(match[2]), column_index_from_string(match[1])

    def _value(self, _attributes):
        if self.row > LAST_ROW or self.column > LAST_COLUMN:
            cell = f"{get_column_letter(self.column)}{self.row}"
            self._refuse(f"står något i cell {cell}, långt utanför planen. Ta bort det och försök igen.")
        self.budget.filled += 1
        if self.budget.filled > MAX_FILLED:
            self._refuse(
                f"och dem före står fler än {_spelt(MAX_FILLED)} texter. Kopiera planens flikar till en ny arbetsbok."
            )
        self.shape.last_row = max(self.shape.last_row, self.row)
        self.shape.last_column = max(self.shape.last_column, self.column)

    def _formula(self, _attributes):
        self.shape.formulas.add((self.row, self.column))

    def _range(self, reference):
        first, _, last = reference.partition(":")
        top, left = self._place(first)
        bottom, right = self._place(last or first)
        if bottom > LAST_ROW or right > LAST_COLUMN:
            self._refuse(
                f"är cellerna {reference} sammanslagna, långt utanför planen. Dela upp dem i Excel och försök igen."
            )
        self.budget.merged += (bottom - top + 1) * (right - left + 1)
        if self.budget.merged > MAX_CELLS:
            self._refuse(f"är alltför många celler sammanslagna, bland andra {reference}. Dela upp dem i Excel.")
        return top, left, bottom, right

    def _merge(self, attributes):
        self.shape.merges.append(self._range(attributes.get("ref", "")))

    def _columns(self, attributes):
        if attributes.get("hidden") in ("1", "true"):
            self.shape.hidden_columns.append(
                (self._number(attributes.get("min", "")), self._number(attributes.get("max", "")))
            )

    def _hyperlink(self, attributes):
        relation = next((value for key, value in attributes.items() if _local(key) == "id"), None)
        match = _REFERENCE.match(attributes.get("ref", "").partition(":")[0])
        if relation and match:
            self.link_ids[int(match[2]), column_index_from_string(match[1])] = relation

    def resolve_links(self, archive, roots):
        """Look up the addresses of the sheet's hyperlinks."""
        if self.link_ids:
            relations = _relations(archive, self.shape.part, roots)
            self.shape.links = {place: relations[key][1] for place, key in self.link_ids.items() if key in relations}
