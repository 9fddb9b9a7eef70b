"""The city's feedback to each district on the year (section 12; seed 001: the result is fed back to the districts)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from agreements.claiming import StaleRow, claim
from agreements.models import District
from agreements.year.steps import districts_of
from followup.enums import FollowUpState, Fulfilled, GoalResult, Implementation
from followup.loading import load_beside
from followup.models import FollowUp, LocalFeedback, Obstacle, PublishedReport, ReportReceipt
from followup.obstacles import ENDED
from followup.page import address_of
from followup.report import figures
from followup.report.writing import open_for_writing
from plans.document import clean_text
from plans.models import PlanVersion
from plans.versions import document_of
from trygghet.dates import day


def feedback_address(year, slug):
    """Return where the feedback to the district is written, and read."""
    return reverse("followup:district_feedback", args=[year, slug])


# --- Writing


@transaction.atomic
def save(cycle, district, text, *, seen, by):
    """Write the feedback to the district, read in version ``seen`` (0 where there was none); return whether it changed.

    Raises StaleRow if another has written something else meanwhile, and
    StepRefused if the report is not open; then nothing is changed.
    """
    report, text = open_for_writing(cycle), clean_text(text)
    row = LocalFeedback.objects.filter(report=report, district=district).first()
    if text == (row.text if row else ""):
        return False
    if row is None:
        row = LocalFeedback(report=report, district=district)
        if seen:
            row.row_version = 0
            raise StaleRow(row)
    else:
        claim(row, seen)
        row.report = report
    row.text, row.by, row.at = text, by, timezone.now()
    row.save()
    return True


def feedback_to(user, cycle, district):
    """Return the feedback as the person reads it; an unsaved one in version 0 if there is none (1 query)."""
    found = LocalFeedback.objects.visible_to(user).filter(report__cycle=cycle, district=district)
    return found.select_related("by").first() or LocalFeedback(district=district, row_version=0)


# --- Every district


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A district in the list: its feedback, whether its follow-up is handed in, and who has confirmed having read."""

    district: District
    address: str
    feedback: LocalFeedback | None
    has_handed_in: bool
    receipt: ReportReceipt | None

    @property
    def is_written(self):
        return self.feedback is not None


def lines_of(user, cycle, published):
    """Return a :class:`Line` for each district of the year, by name (up to 4 queries).

    ``published`` is the year's PublishedReport, None before that.
    """
    visible = LocalFeedback.objects.visible_to(user).filter(report__cycle=cycle).exclude(text="")
    written = {each.district_id: each for each in visible.select_related("by").defer("text")}
    handed_in = FollowUp.objects.visible_to(user).exclude(state=FollowUpState.OPEN).filter(plan__cycle=cycle)
    handed_in = set(handed_in.order_by().values_list("plan__district", flat=True))
    receipts = ReportReceipt.objects.visible_to(user).filter(published=published).select_related("by")
    receipts = {each.district_id: each for each in receipts} if published else {}
    return [
        Line(
            district=district,
            address=feedback_address(cycle.year, district.slug),
            feedback=written.get(district.pk),
            has_handed_in=district.pk in handed_in,
            receipt=receipts.get(district.pk),
        )
        for district in districts_of(cycle)
    ]


def published_of(user, cycle):
    """Return the year's published report if the person reads it, without its text; else None (1 query)."""
    found = PublishedReport.objects.visible_to(user).filter(report__cycle=cycle)
    return found.defer("document").select_related("by").first()


# --- A district's key facts, beside what is written


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """What came of a district's year: how far it has come in words, (label, "12 av 31"), and where to read."""

    told: str
    numbers: list[tuple[str, str]]
    summary: str = ""
    links: list[tuple[str, str]]


NOT_HANDED_IN = (
    "{district} har inte lämnat in någon uppföljning av {year}. Skriv det i återkopplingen, och vad staden behöver."
)
NOT_SENT = "Uppföljningen är inlämnad, men den plan som är uppföljd är inte skickad till staden."
APPROVED = "Uppföljningen är godkänd av styrgruppen."
SUBMITTED = "Uppföljningen är inlämnad till den lokala styrgruppen."


def key_facts(user, cycle, district):
    """Return the district's :class:`KeyFacts` as far as the person reads them; a fixed number of queries."""
    obstacles = _obstacles(user, cycle, district)
    follow_up = (
        FollowUp.objects.visible_to(user)
        .with_place()
        .exclude(state=FollowUpState.OPEN)
        .filter(plan__district=district, plan__cycle=cycle)
        .first()
    )
    if follow_up is None:
        told = NOT_HANDED_IN.format(district=district.name, year=cycle.year)
        return KeyFacts(told=told, numbers=obstacles, links=[])
    if not PlanVersion.objects.visible_to(user).filter(pk=follow_up.version_id).exists():
        return KeyFacts(told=NOT_SENT, numbers=obstacles, links=[])
    plan = document_of(follow_up.version)
    answers = load_beside(follow_up, plan)
    found = figures.figures_of([(district.slug, plan, answers)])
    where = [district.slug, cycle.year]
    return KeyFacts(
        told=APPROVED if follow_up.state == FollowUpState.APPROVED else SUBMITTED,
        numbers=[*_numbers(found), *obstacles],
        summary=answers.summary,
        links=[
            ("Till uppföljningen", address_of(follow_up)),
            ("Året på en sida", reverse("followup:district_summary", args=where)),
        ],
    )


def _numbers(found):
    def of(code, *kinds):
        figure = found[code]
        return f"{sum(figure.where(kind=kind).number for kind in kinds)} av {figure.number}"

    return [
        ("Genomförda åtgärder", of(figures.STATUS, Implementation.DONE, Implementation.DONE_WITH_CHANGES)),
        ("Uppnådda mål", of(figures.GOALS, GoalResult.MET)),
        ("Uppfyllda åtaganden", of(figures.PARTIES, Fulfilled.YES)),
    ]


def _obstacles(user, cycle, district):
    states = Obstacle.objects.visible_to(user).filter(district=district, plan__cycle=cycle, escalated_at__isnull=False)
    states = list(states.values_list("state", flat=True))
    if not states:
        return [("Hinder lyfta till staden", "inga")]
    return [
        (
            "Hinder lyfta till staden, fortfarande öppna",
            f"{sum(state not in ENDED for state in states)} av {len(states)}",
        )
    ]


def told_when(feedback):
    """Say who wrote last, and which day: "Skrivet 3 mars 2026 av Karin Ek."; "" before anybody has."""
    at: date | None = feedback.at and timezone.localdate(feedback.at)
    return f"Skrivet {day(at)} av {feedback.by}." if at and feedback.by else ""
