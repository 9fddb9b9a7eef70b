"""Writing in the annual report while it is open: the city's own text of each section, never over another's unseen."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from agreements.claiming import StaleRow, claim
from agreements.models import PriorityArea
from agreements.permissions import Permission, access_of
from followup.enums import FollowUpState, ReportState
from followup.models import AnnualReport, ReportText
from followup.report.document import OF_AREA, SECTIONS, Proposal, Quote, Written
from followup.report.figures import OWN_AREAS
from plans.document import clean_text
from trygghet.workflow import StepRefused

OWN_AREAS_TITLE = "Egna områden"
CLOSED = {
    ReportState.READY: "Årsrapporten är lämnad för beslut och går inte att ändra. "
    "Den centrala beredningsgruppen kan ta tillbaka den.",
    ReportState.PUBLISHED: "Årsrapporten är publicerad och går inte att ändra.",
}
"""Why nothing is written in a report that is not open."""


def may_write(user):
    """Whether the person writes in the annual report, as the central preparation group does."""
    return access_of(user).allows(Permission.WRITE_REPORT, None)


def begin(cycle):
    """Return the year's report, begun if nobody has written in it before; safe to ask for twice at once."""
    return AnnualReport.objects.get_or_create(cycle=cycle)[0]


def open_for_writing(cycle):
    """Return the year's report, begun if need be and locked until the transaction ends.

    Raises StepRefused if it has been handed over or published. To be called in
    the transaction that writes.
    """
    report = AnnualReport.objects.select_for_update(of=("self",)).get(pk=begin(cycle).pk)
    if report.state != ReportState.OPEN:
        raise StepRefused(CLOSED[report.state])
    return report


# --- The sections


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: its key, what it is called, its anchor in the page, and its number among the sections."""

    key: str
    name: str
    anchor: str
    number: int | None = None

    @property
    def title(self):
        """What it is called in headings, with its number."""
        return f"{self.number} {self.name}" if self.number else self.name


def place_of(key, cycle):
    """Return the :class:`Place` of a section's or an area's key; None if there is no such place (up to 1 query)."""
    if key in SECTIONS:
        section = SECTIONS[key]
        return Place(key, section.title, section.anchor, section.number)
    if not key.startswith(OF_AREA):
        return None
    area = key.removeprefix(OF_AREA)
    title = _area_title(area, cycle)
    return Place(key, title, area_anchor(area)) if title else None


def area_anchor(area):
    """Return the anchor of an area's own part of the report."""
    return f"omrade-{area}"


def _area_title(key, cycle):
    """Return what the area is called, in the year's own words if the year has it; "" if no year has."""
    if key == OWN_AREAS:
        return OWN_AREAS_TITLE
    titles = dict(PriorityArea.objects.filter(code=key).order_by("area_set").values_list("area_set", "title"))
    return titles.get(cycle.area_set_id) or next(iter(titles.values()), "")


# --- The texts


@dataclass(frozen=True, slots=True)
class Saved:
    """A text as it now stands, and whether it was written now."""

    row: ReportText
    is_new: bool


@transaction.atomic
def save_text(cycle, section, text, *, seen, by):
    """Write the section's text, read in version ``seen`` (0 where there was none); return what :class:`Saved`.

    What stands there already is not written again, whichever version was
    read. Raises StaleRow if another has written something else meanwhile, and
    StepRefused if the report is not open; then nothing is changed.
    """
    report, text = open_for_writing(cycle), clean_text(text)
    row = ReportText.objects.filter(report=report, section=section).first()
    if text == (row.text if row else ""):
        return Saved(row or ReportText(report=report, section=section, row_version=0), False)
    if row is None:
        if seen:
            raise StaleRow(ReportText(report=report, section=section, row_version=0))
        made = ReportText.objects.create(report=report, section=section, text=text, by=by, at=timezone.now())
        return Saved(made, True)
    claim(row, seen)
    row.report, row.text, row.by, row.at = report, text, by, timezone.now()
    row.save(update_fields=["text", "by", "at", "row_version"])
    return Saved(row, True)


def text_of(cycle, section):
    """Return the section's text as it stands; an unsaved one in version 0 if nobody has written (1 query)."""
    found = ReportText.objects.select_related("by", "report").filter(report__cycle=cycle, section=section).first()
    return found or ReportText(section=section, row_version=0)


# --- What is written, for the report's document


def written_of(report):
    """Return what the central preparation group has written, a ``document.Written``; empty for None (up to 6 queries).

    A quote whose follow-up has been opened again is left out until it is handed in anew.
    """
    if report is None:
        return Written()
    texts = report.texts.exclude(text="").values_list("section", "text")
    feedback = report.feedback.exclude(text="").values_list("district__slug", "text")
    return Written(
        texts=dict(texts),
        quotes=tuple(map(_quote, quotes_in(report))),
        proposals=_proposals(report),
        feedback=dict(feedback),
    )


def quotes_in(report):
    """Return the quotes of the report, without those whose follow-up is open again (1 query)."""
    handed_in = report.quotes.exclude(follow_up__state=FollowUpState.OPEN)
    return handed_in.select_related("follow_up__plan__district")


def _quote(quote):
    return Quote(
        section=quote.section,
        district=quote.follow_up.plan.district.slug,
        row=str(quote.row),
        field=quote.field,
        text=quote.text,
        about=quote.about,
    )


def _proposals(report):
    """Return the proposals in order; one in an area that only another year has, with the area's title."""
    found = list(report.proposals.select_related("owner"))
    named = _of_other_years(report, {each.area for each in found}) if found else {}
    return tuple(_proposal(each, named.get(each.area, each.area)) for each in found)


def _of_other_years(report, codes):
    """Return {code: title} of the areas that the report's own year does not have, as the latest edition has them."""
    areas = PriorityArea.objects.filter(code__in=codes).order_by("area_set__valid_from", "area_set")
    areas = list(areas.values_list("code", "title", "area_set"))
    own = {code for code, _, area_set in areas if area_set == report.cycle.area_set_id}
    return {code: title for code, title, _ in areas if code not in own}


def _proposal(proposal, area):
    same = {name: getattr(proposal, name) for name in ("kind", "problem", "text", "when", "due_on", "budget")}
    return Proposal(area=area, owner=str(proposal.owner) if proposal.owner else proposal.owner_text, **same)
