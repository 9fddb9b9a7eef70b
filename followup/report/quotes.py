"""A district's own words taken into the report as an example: word for word, and only what has been handed in."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from agreements.permissions import Permission, access_of
from followup.enums import FollowUpState, ReportState
from followup.models import ActionOutcome, AnnualReport, FollowUp, ReportQuote
from followup.report.document import section_of_area
from followup.report.figures import area_key
from followup.report.writing import CLOSED, open_for_writing
from plans.models import PlanVersion
from plans.outline import Outline
from plans.versions import document_of
from trygghet.workflow import StepRefused

FIELDS = {
    "done": "Vad har genomförts?",
    "lesson": "Lärdom",
    "changed": "Vad ändrades, och varför?",
    "helped": "Vad underlättade?",
    "hindered": "Vad försvårade eller hindrade?",
}
"""The answers of an action that may be quoted, in the order they are offered, with their questions."""
SHORT = {"done": "Genomfört", "lesson": "Lärdom", "changed": "Ändrat", "helped": "Underlättat", "hindered": "Försvårat"}
"""The same in a word, for buttons beside each other."""
NOTHING_TO_QUOTE = (
    "Det finns ingen sådan text att citera nu. Stadsdelen kan ha ändrat sin uppföljning sedan du öppnade sidan."
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks to quote: a district's slug, the identity of an action, and which of its answers."""

    district: str
    row: str
    field: str

    @classmethod
    def read(cls, text):
        """Return what :attr:`told` tells; None for anything else."""
        parts = text.split(":")
        return cls(*parts) if len(parts) == 3 and _is_identity(parts[1]) and parts[2] in FIELDS else None

    @property
    def told(self):
        """What the button sends."""
        return f"{self.district}:{self.row}:{self.field}"


def _is_identity(text):
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@transaction.atomic
def quote(cycle, wanted, *, by):
    """Quote what is :class:`Wanted` in the section of its area; return (the quote, whether it was quoted now).

    ``by`` must read the follow-up, handed in and of a version that the city
    has been sent. Raises StepRefused for anything else, and for a report that
    is not open.
    """
    follow_up, version = _counted(cycle, wanted.district, by)
    outcome = ActionOutcome.objects.visible_to(by).filter(follow_up=follow_up, row=wanted.row).first()
    text = getattr(outcome, wanted.field) if outcome else ""
    place = Outline(document_of(version)).find("action", wanted.row) if text else None
    if place is None:
        raise StepRefused(NOTHING_TO_QUOTE)
    return ReportQuote.objects.get_or_create(
        report=open_for_writing(cycle), section=section_of_area(area_key(place.area)), follow_up=follow_up,
        row=wanted.row, field=wanted.field, defaults={"about": place.text, "text": text, "by": by},
    )  # fmt: skip


def _counted(cycle, district, by):
    """Return the district's follow-up and its version, of what is counted in the year's report."""
    handed_in = FollowUp.objects.visible_to(by).exclude(state=FollowUpState.OPEN)
    follow_up = handed_in.filter(plan__cycle=cycle, plan__district__slug=district).first()
    readable = PlanVersion.objects.visible_to(by)
    version = readable.with_place().filter(pk=follow_up.version_id).first() if follow_up else None
    if version is None:
        raise StepRefused(NOTHING_TO_QUOTE)
    return follow_up, version


@transaction.atomic
def remove(quoted):
    """Take the quote out of the report; raise StepRefused if the report is not open."""
    report = AnnualReport.objects.select_for_update(of=("self",)).get(pk=quoted.report_id)
    if report.state != ReportState.OPEN:
        raise StepRefused(CLOSED[report.state])
    ReportQuote.objects.filter(pk=quoted.pk).delete()


# --- What may be quoted, where rows are listed


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer of a row: what the button sends, its question in a word, what it says, and whether it is quoted."""

    value: str
    short: str
    text: str
    is_quoted: bool


class Offers:
    """What of the report's rows a person may quote; nothing for one who does not write in it, or when it is closed.

    At most two queries, however many rows there are.
    """

    def __init__(self, user, report):
        self.report, self.quoted = report, set()
        found = AnnualReport.objects.visible_to(user).filter(cycle__year=report.year).first()
        writes = access_of(user).allows(Permission.WRITE_REPORT, None)
        self.is_open = writes and (found is None or found.state == ReportState.OPEN)
        if self.is_open and found:
            rows = found.quotes.values_list("follow_up__plan__district__slug", "row", "field")
            self.quoted = {Wanted(slug, str(row), field).told for slug, row, field in rows}

    def of(self, district, row):
        """Return an :class:`Offer` for each answer of the row (an action's identity) of the district (its slug)."""
        answer = self.report.by_slug[district].answers.get(row) if self.is_open else None
        if answer is None:
            return []
        return [self._offer(district, row, name, getattr(answer, name)) for name in FIELDS if getattr(answer, name)]

    def _offer(self, district, row, name, text):
        value = Wanted(district, row, name).told
        return Offer(value, SHORT[name], text, value in self.quoted)
