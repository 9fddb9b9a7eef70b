"""The follow-up as files: the plan as it was decided with its Uppföljning column filled in.

What is approved has files of its own (``freezing.py``), made of the same parts.
"""

from datetime import datetime

from django.utils import timezone

from followup import open_format
from followup.cell import filled, printed
from followup.enums import FollowUpState
from followup.loading import load_beside
from followup.paper import FollowUpCover, part_of
from plans.exports import FORMATS, Exported
from plans.frozen_files import decision_told
from plans.marker import Marker
from plans.models.content import kind_of
from plans.open_format import loads_marked
from plans.pdf import archive_pdf, plan_pdf
from plans.workbook.writer import workbook_bytes
from trygghet.dates import day


def export(follow_up, name):
    """Return the follow-up as it stands as an :class:`~plans.exports.Exported` file of that format (4 queries).

    It must come with its plan, place, year and version.
    """
    plan, marker = loads_marked(follow_up.version.document)
    now = timezone.localtime()  # before the answers, so that none after it is taken for known
    document = load_beside(follow_up, plan)
    content = {
        "json": lambda: open_format.dumps(document).encode(),
        "xlsx": lambda: workbook_of(plan, document, _marked(marker, now)),
        "pdf": lambda: pdf_of(plan, document, cover_of(follow_up), objectives=follow_up.version.facts["objectives"]),
    }[name]()
    return Exported(file_name(follow_up, name, is_draft=True), FORMATS[name].media_type, content)


def _marked(marker: Marker | None, at: datetime):
    """Return where in the plan's history the version was frozen, and when the file is made."""
    return Marker(marker.event if marker else 0, at)


def file_name(follow_up, name, *, is_draft=False):
    """Return the name people find the file by, such as "Uppföljning 2025 Skärholmen.pdf"."""
    plan = follow_up.plan
    return f"Uppföljning {plan.year} {plan.scope}{' utkast' if is_draft else ''}.{FORMATS[name].extension}"


def workbook_of(plan, document, marker):
    """Return the template's workbook of the plan (its document) with the column filled in, as bytes."""
    return workbook_bytes(filled(plan, document), marker)


def pdf_of(plan, document, cover, attachments=None, *, objectives=None):
    """Return the follow-up on paper as bytes: PDF/UA, and with ``attachments`` also PDF/A-3a."""
    page = {"objectives": objectives, "part": part_of(plan, document)}
    shown = filled(plan, document, write=printed)
    return archive_pdf(shown, cover, attachments, **page) if attachments else plan_pdf(shown, cover, **page)


def cover_of(follow_up, approved=None):
    """Return what the cover of the printed follow-up says; ``approved`` is its ApprovedFollowUp, if it has one."""
    version = follow_up.version
    decisions = [f"Planen: {decision_told(version)}"]
    if approved:
        decisions.append(f"Uppföljningen: {approval_told(approved)}")
    return FollowUpCover(
        kind=kind_of(follow_up.plan.scope),
        district=str(follow_up.plan.scope),
        year=follow_up.plan.year,
        state=FollowUpState(follow_up.state).label if approved is None else FollowUpState.APPROVED.label,
        version=f"Följer upp version {version.number}",
        parties=tuple(version.facts["parties"]),
        decision="\n".join(decisions),
        checksum=approved.sha256 if approved else "",
        is_draft=approved is None,
        is_example=follow_up.plan.is_example,
        made_at=timezone.localtime(),
    )


def approval_told(approved):
    """Return the approval as it is printed: "Godkänd av Lokala styrgruppen, 3 februari 2026, Styrgruppsmöte 1"."""
    return ", ".join(filter(None, (f"Godkänd av {approved.body}", day(approved.approved_on), approved.meeting)))
