"""HTML to PDF: tagged for screen readers (PDF/UA-1), and for the archive also PDF/A-3a.

The only importer of WeasyPrint. WeasyPrint names one standard per file; what
it leaves undone for the other, and what it gets wrong in tables that break
over pages, is put right in its own structure just before the file is written
(``_finish``), so nothing is parsed twice:

- text in the page margins becomes an artifact, so that it is not read aloud;
- header cells get their scope, spans end with the page, and a column whose
  cell began on an earlier page gets an empty cell: every table is regular;
- a link is described by its words, not by its address;
- an archived file also declares PDF/UA-1, with the extension schema PDF/A
  asks for, and lists each attachment once, by a name that keeps its å.
"""

import threading
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from io import BytesIO
from mimetypes import guess_type
from urllib.parse import unquote, urljoin, urlsplit

import pydyf
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from weasyprint import CSS, HTML, Attachment
from weasyprint.css import ColorProfile
from weasyprint.formatting_structure import boxes
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

# Never looked up: it only gives "/static/…" a base to be absolute against.
BASE_URL = "https://static.invalid/"

_SCOPES = {"col": "/Column", "colgroup": "/Column", "row": "/Row", "rowgroup": "/Row"}
_UA_IDENTIFICATION = """
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
 <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
  <pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
  <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
  <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
  <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
   <pdfaProperty:name>part</pdfaProperty:name>
   <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
   <pdfaProperty:category>internal</pdfaProperty:category>
   <pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description>
  </rdf:li></rdf:Seq></pdfaSchema:property>
 </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>"""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file carried inside an archived PDF.

    ``relationship`` is PDF/A-3's word for what it is to the pages: ``Source``
    (they were made from it), ``Alternative``, ``Data``, ``Supplement``.
    """

    name: str
    content: bytes
    mime_type: str
    description: str
    relationship: str = "Alternative"


def render_pdf(html, *, stylesheets, most_pages=None, sheets=()):
    """Return the HTML as a tagged PDF/UA-1 file; raise :class:`TooManyPages` if it has more pages than told.

    So it does where one of the ``sheets``, ids of elements, is on more than one.

    ``stylesheets`` are paths under ``static/``; they are read, and their fonts
    loaded, once per thread, so the HTML should not link to them again.
    """

    def finish(document, pdf):
        if most_pages is not None and len(document.pages) > most_pages:
            raise TooManyPages(len(document.pages))
        _check_sheets(document, sheets)
        _finish(document, pdf)

    return _write(html, stylesheets, pdf_variant="pdf/ua-1", finisher=finish)


class TooManyPages(ValueError):
    """The file would have had more pages than it may; the argument is how many."""


def pages_by_anchor(html, *, stylesheets):
    """Return {id: on how many pages there is something of its element} of the HTML; nothing is written."""
    return _pages_by_anchor(_laid_out(html, stylesheets))


def _pages_by_anchor(document):
    return Counter(anchor for page in document.pages for anchor in page.anchors)


def _check_sheets(document, sheets):
    found = _pages_by_anchor(document)
    if any(found[anchor] > 1 for anchor in sheets):
        raise TooManyPages(len(document.pages))


def render_archive_pdf(html, *, stylesheets, attachments=(), sheets=()):
    """Return the HTML as one file that is both PDF/A-3a and PDF/UA-1, with ``attachments`` inside.

    PDF/A-3a is the variant that is tagged and may carry files of any kind
    (A-2a may only carry PDF/A); both standards are built on PDF 1.7, so one
    file can keep to both. ``sheets`` are as in :func:`render_pdf`.
    """

    def finish(document, pdf):
        _check_sheets(document, sheets)
        _finish_archive(document, pdf)

    embedded = [_attachment(attached) for attached in attachments]
    return _write(
        html,
        stylesheets,
        pdf_variant="pdf/a-3a",
        attachments=embedded,
        color_profiles={"print": _srgb()},
        output_intent="print",
        finisher=finish,
    )


class AddressRefused(ValueError):
    """A template asked for something that is not one of our static files."""


# --- Writing with WeasyPrint

_local = threading.local()  # Pango's font maps must not be shared between threads


def _write(html, stylesheets, **options):
    return _with_styles(HTML.write_pdf, html, stylesheets, **options)


def _laid_out(html, stylesheets):
    return _with_styles(HTML.render, html, stylesheets)


def _with_styles(do, html, stylesheets, **options):
    styles, fonts = _styles(tuple(stylesheets))
    try:
        page = HTML(string=html, base_url=BASE_URL, url_fetcher=_StaticFetcher())
        return do(page, stylesheets=styles, font_config=fonts, **options)
    except FatalURLFetchingError as error:
        raise AddressRefused(str(error)) from error


def _styles(paths):
    """Parse the stylesheets and load their fonts: a third of the time of a short plan if done each time."""
    known = _local.__dict__.setdefault("styles", {})
    if paths not in known:
        fonts = FontConfiguration()
        known[paths] = [_stylesheet(path, fonts) for path in paths], fonts
    return known[paths]


def _stylesheet(path, fonts):
    # By its plain name: what is collected under a hashed name is for browsers.
    return CSS(url=urljoin(_static_root(), path), font_config=fonts, url_fetcher=_StaticFetcher())


def _static_root():
    return urljoin(BASE_URL, settings.STATIC_URL)


class _StaticFetcher(URLFetcher):
    """Serves the project's static files and nothing else: no network, no file system.

    Only a template can name an address (what people write is escaped), so
    anything refused is a mistake of ours and stops the rendering.
    """

    def fetch(self, url, headers=None):
        path = unquote(urlsplit(url).path.removeprefix(urlsplit(_static_root()).path))
        content = read_static(path) if url.startswith(_static_root()) else None
        if content is None:
            raise FatalURLFetchingError(f"Inte en statisk fil: {url}")
        return URLFetcherResponse(url, content, {"Content-Type": guess_type(path)[0] or "application/octet-stream"})


def read_static(path):
    """Return the bytes of a static file of the project; None if there is none by that name."""
    try:
        source = finders.find(path)
    except SuspiciousFileOperation:  # ../
        return None
    if source is None:
        return None
    with open(source, "rb") as file:
        return file.read()


def _srgb():
    """Return the colour profile the archived file is to be shown with.

    It is the one WeasyPrint would take by itself, which leaves the file open.
    """
    content = files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()
    return ColorProfile(BytesIO(content), "sRGB2014.icc", "relative-colorimetric", ("r", "g", "b"))


def _attachment(attached):
    made_at = datetime.now(UTC)
    attachment = Attachment(
        string=attached.content,
        name=attached.name,
        description=attached.description,
        relationship=attached.relationship,
        created=made_at,
        modified=made_at,
    )
    # WeasyPrint would guess the type from the name; we know it.
    attachment.source = nullcontext((BytesIO(attached.content), None, None, attached.mime_type))
    return attachment


# --- Putting the structure right before the file is written


def _finish(document, pdf):
    for page in document.pages:
        for box in page._page_box.descendants():
            if isinstance(box, boxes.TableBox):
                _make_regular(pdf, box)
            if box.link_annotation:
                box.link_annotation["Contents"] = pydyf.String("".join(box.element.itertext()).strip())
    _margins_to_artifacts(pdf)


def _finish_archive(document, pdf):
    _finish(document, pdf)
    metadata = _object(pdf, pdf.catalog["Metadata"])
    metadata.stream = [b"".join(metadata.stream).replace(b"</rdf:RDF>", _UA_IDENTIFICATION.strip().encode())]
    if "AF" in pdf.catalog:
        _name_attachments(pdf)


def _name_attachments(pdf):
    """List each attached file once, and by its name as text: WeasyPrint writes å as two bytes of UTF-8."""
    references = list(dict.fromkeys(pdf.catalog["AF"]))
    pdf.catalog["AF"] = pydyf.Array(references)
    named = []
    for reference in references:
        file = _object(pdf, reference)
        file["F"] = file["UF"]
        named.append((file["UF"], reference))
    named.sort(key=lambda pair: pair[0].data)
    names = _object(pdf, pdf.catalog["Names"]["EmbeddedFiles"])
    names["Names"] = pydyf.Array(item for pair in named for item in pair)


def _object(pdf, reference):
    return pdf.objects[int(reference.split()[0])]


def _make_regular(pdf, table):
    """Give the part of a table on one page a cell in every column of every row."""
    for group in table.children:
        covered = {}  # column → first row below the cell that spans down into it
        for at, row in enumerate(group.children):
            placed = {}
            for cell in row.children:
                rowspan = min(cell.rowspan, len(group.children) - at)
                _mark_cell(cell, rowspan)
                placed[cell.grid_x] = cell.mark
                covered.update((column, at + rowspan) for column in range(cell.grid_x, cell.grid_x + cell.colspan))
            missing = [column for column in range(len(table.column_widths)) if covered.get(column, 0) <= at]
            if missing and placed:
                _add_empty_cells(pdf, placed, missing)


def _mark_cell(cell, rowspan):
    """Set scope and span; drop WeasyPrint's ids, which repeat on each page and miss columns spanned from above."""
    attributes = cell.mark["A"]
    attributes.pop("RowSpan", None)
    attributes.pop("Headers", None)
    cell.mark.pop("ID", None)
    if rowspan > 1:
        attributes["RowSpan"] = rowspan
    if cell.element_tag == "th":
        attributes["Scope"] = _SCOPES[cell.element.get("scope", "col")]


def _add_empty_cells(pdf, placed, missing):
    row = _object(pdf, next(iter(placed.values()))["P"])
    for column in missing:
        placed[column] = pydyf.Dictionary(
            {
                "Type": "/StructElem",
                "S": "/TD",
                "P": row.reference,
                "K": pydyf.Array(),
                "A": pydyf.Dictionary({"O": "/Table"}),
            }
        )
        pdf.add_object(placed[column])
    row["K"] = pydyf.Array(placed[column].reference for column in sorted(placed))


def _margins_to_artifacts(pdf):
    """Turn marked content outside the structure tree, which is what stands in the margins, into artifacts."""
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    document = _object(pdf, root["K"][0])
    top = set(document["K"])
    numbers = _object(pdf, root["ParentTree"])["Nums"]
    for page_number, owners in zip(numbers[::2], numbers[1::2], strict=True):
        if not isinstance(owners, pydyf.Array):
            continue  # a link's annotation, not a page
        outside = {mcid for mcid, owner in enumerate(owners) if not _is_inside(pdf, owner, document.reference, top)}
        for mcid in outside:
            owners[mcid] = "null"
        page = _object(pdf, pdf.page_references[page_number])
        _unmark(_object(pdf, page["Contents"]), outside)


def _is_inside(pdf, reference, document, top):
    while (parent := _object(pdf, reference)["P"]) != document:
        reference = parent
    return reference in top


def _unmark(stream, outside):
    for at, operand in enumerate(stream.stream):
        if isinstance(operand, pydyf.Dictionary) and operand.get("MCID") in outside:
            stream.stream[at - 1] = "/Artifact"
            stream.stream[at] = pydyf.Dictionary({"Type": "/Pagination"})
