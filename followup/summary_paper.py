"""The page for the board on paper: one A4 page, PDF/UA, however much the follow-up says."""

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone

from followup.exports import approval_told
from followup.freezing import document_of as approved_document
from followup.loading import load_beside
from followup.models import FollowUp
from followup.summary import ROOMS, on_a_page
from plans.frozen_files import decision_told
from plans.versions import document_of
from trygghet.dates import day
from trygghet.pdf import TooManyPages, render_pdf

STYLESHEETS = ("css/print-summary.css", "css/print-on-a-page.css")
DRAFT = "Utkast, inte godkänd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a text about a follow-up is built of, and as of when; ``state`` is how far it has come, in words."""

    follow_up: FollowUp
    is_draft: bool
    state: str
    told: str
    read_at: datetime


def read(follow_up):
    """Return (plan, follow-up) as documents, the follow-up as it was approved if it is (at most 4 queries).

    It must come with its plan, place, year, version and what was approved.
    """
    plan = document_of(follow_up.version)
    approved = getattr(follow_up, "approved", None)
    return plan, approved_document(approved) if approved else load_beside(follow_up, plan)


def basis_of(follow_up):
    """Return the :class:`Basis` of what is told of the follow-up now."""
    approved, now = getattr(follow_up, "approved", None), timezone.localtime()
    stood = (
        f"Uppföljningen: {_mid(approval_told(approved))}." if approved else f"Uppföljningen: som den stod {day(now)}."
    )
    version = follow_up.version
    return Basis(
        follow_up=follow_up,
        is_draft=approved is None,
        state=f"Godkänd {day(approved.approved_on)}" if approved else DRAFT,
        told=f"{version_told(version)} {stood}",
        read_at=now,
    )


def version_told(version):
    """Say which version of the plan is meant, and who decided it."""
    return f"Planen: version {version.number}, {_mid(decision_told(version))}."


def _mid(told):
    """Return the words where they do not begin a sentence."""
    return told[:1].lower() + told[1:]


def summary_pdf(plan, document, basis):
    """Return the follow-up on one A4 page as PDF/UA-1 bytes: with less of its words where they do not fit."""
    *rooms, least = ROOMS
    for room in rooms:
        try:
            return _pdf(plan, document, basis, room)
        except TooManyPages:
            continue
    return _pdf(plan, document, basis, least)


def _pdf(plan, document, basis, room):
    return render_pdf(_html(on_a_page(plan, document, room), basis), stylesheets=STYLESHEETS, most_pages=1)


def _html(page, basis):
    plan = basis.follow_up.plan
    context = {
        "page": page,
        "basis": basis,
        "plan": plan,
        "title": title_of(plan),
        "made_at": basis.read_at,
        "stylesheets": [],
    }
    return render_to_string("followup/pdf/on_a_page.html", context)


def title_of(plan):
    """Return what the page is called."""
    return f"Uppföljning {plan.year}, {plan.scope}"


def file_name(follow_up, *, is_draft):
    """Return the name people find the file by, such as "Uppföljning 2025 Skärholmen på en sida.pdf"."""
    plan = follow_up.plan
    return f"Uppföljning {plan.year} {plan.scope} på en sida{' utkast' if is_draft else ''}.pdf"
