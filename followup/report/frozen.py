"""What is frozen of an annual report: the text that is kept, reading it back, and the files that are made of it.

The same for what the city publishes (:mod:`followup.report.publishing`) and
for the draft that somebody wants on paper (:mod:`followup.report.drafts`).
Nothing here asks the database what it knows of the districts by now.
"""

import logging
from dataclasses import replace
from functools import lru_cache

from followup.report.open_format import dumps, loads, validate
from followup.report.page_file import page_html
from followup.report.paper import pdf_bytes
from followup.report.reading import read_report
from followup.report.workbook import workbook_bytes
from plans.exports import FORMATS
from trygghet.kept_files import checksum

logger = logging.getLogger(__name__)

LABELS = {"xlsx": "Siffrorna och alla åtgärder i Excel", "json": "Årsrapporten i öppet format"}
"""What the files within the PDF are."""
KEPT_IN_MEMORY = 2
"""How many reports are kept read, since a report of every district takes seconds to read."""


# --- The text


def text_of(user, cycle):
    """Return the year's report as the person reads it today, as the text that is to be kept.

    The city's feedback is each district's own and the files are everybody's,
    so only its checksums are there (ADR 22). The cycle must come with its set of areas.
    """
    report = read_report(user, cycle)
    sums = {slug: checksum(text) for slug, text in report.written.feedback.items()}
    return dumps(replace(report, written=replace(report.written, feedback={}, feedback_sha256=sums)))


def document_of(frozen):
    """Return what the frozen report says, a ``ReportDocument``: of its text, which is not read twice (0–1 queries).

    ``frozen`` may come without its text.
    """
    return _read(type(frozen), frozen.pk, frozen.sha256)


@lru_cache(maxsize=KEPT_IN_MEMORY)
def _read(model, pk, sha256):
    text = model._base_manager.values_list("document", flat=True).get(pk=pk)
    if checksum(text) != sha256:
        # Not what was frozen; verify_versions says so to whoever keeps the system.
        logger.error("The text of %s %s is not what its checksum says", model.__name__, pk)
        validate(text)
    return loads(text)


# --- The files


def content_of(frozen, format, kept, *, published=None, name=""):
    """Return the bytes of the file in that format: html, xlsx or pdf.

    Of what is ``published`` (the same, when it is) the PDF carries the very
    workbook that is ``kept`` and the text itself, as PDF/A; ``name`` is what
    they are called without ending.
    """
    report = document_of(frozen)
    if format == "html":
        return page_html(report, published).encode()
    if format == "xlsx":
        return workbook_bytes(report)
    if published is None:
        return pdf_bytes(report)
    with kept["xlsx"].file.open("rb") as file:
        carried = {"xlsx": file.read(), "json": published.document.encode()}
    attachments = [
        (f"{name}.{each}", content, FORMATS[each].media_type, LABELS[each]) for each, content in carried.items()
    ]
    return pdf_bytes(report, attachments=attachments, published=published)
