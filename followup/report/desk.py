"""The report as it is worked with: beside each section its text, quotes and comments, and how far the report has come.

What the report says is read from its document, so that a published one shows
the same; what can be done with it is asked of the database, with a constant
number of queries.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from followup.enums import ReportState
from followup.models import AnnualReport, ReportComment
from followup.report.addresses import comments_address, step_address, text_address
from followup.report.comments import may_comment
from followup.report.document import OF_AREA, SECTIONS
from followup.report.quotes import FIELDS
from followup.report.rows import where
from followup.report.workflow import WORKFLOW
from followup.report.writing import area_anchor, may_write
from trygghet.prose import Block, blocks_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownQuote:
    """A quote as it stands in a section: ``question`` is what the district answered, ``address`` its row, or "".

    ``pk`` is what it is taken out by; None for one who may not.
    """

    text: str
    district: str
    about: str
    question: str
    address: str
    pk: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is written in a section, and what the reader may do there, by the addresses ``write`` and ``discuss``."""

    key: str
    title: str
    anchor: str
    blocks: list[Block]
    quotes: list[ShownQuote]
    write: str = ""
    discuss: str = ""
    may_comment: bool = False
    comments: tuple[ReportComment, ...] = ()

    @property
    def is_empty(self):
        """Whether there is nothing to read."""
        return not self.blocks and not self.quotes

    @property
    def open_comments(self):
        """How many comments are not done."""
        return sum(each.resolved_at is None for each in self.comments)


def part_of(report, key, *, opens=None, desk=None):
    """Return the :class:`Part` of a section of the report's document; without a desk it is only read."""
    title, anchor = _named(report, key)
    texts = report.written.texts
    part = {
        "key": key,
        "title": title,
        "anchor": anchor,
        "blocks": blocks_of(texts.get(key, "")),
        "quotes": [_shown(report, each, opens, desk) for each in report.written.quotes if each.section == key],
    }
    return Part(**part, **desk.tools(key)) if desk else Part(**part)


def _named(report, key):
    if key in SECTIONS:
        return SECTIONS[key].title, SECTIONS[key].anchor
    area = key.removeprefix(OF_AREA)
    return dict(report.areas).get(area, area), area_anchor(area)


def _shown(report, quote, opens, desk):
    district = report.by_slug.get(quote.district)
    place = district.outline.find("", quote.row) if district and district.plan else None
    return ShownQuote(
        text=quote.text,
        district=district.signed if district else quote.district,
        about=quote.about,
        question=FIELDS[quote.field],
        address=where(report.year, district, place.position, quote.row, opens=opens) if place else "",
        pk=desk.removable(quote) if desk else None,
    )


class Desk:
    """A year's report as a person in the city's groups works with it, before it is published."""

    def __init__(self, user, year):
        self.user, self.year = user, year
        self.report = AnnualReport.objects.visible_to(user).select_related("cycle").filter(cycle__year=year).first()
        self.may_write = self.state == ReportState.OPEN and may_write(user)
        self.may_comment = self.state != ReportState.PUBLISHED and may_comment(user)

    @property
    def state(self):
        """Where the report stands; what nobody has begun is open."""
        return self.report.state if self.report else ReportState.OPEN

    # --- A section

    def tools(self, key):
        """Return what of a :class:`Part` the person may do there."""
        return {
            "write": text_address(self.year, key) if self.may_write else "",
            "discuss": comments_address(self.year, key),
            "may_comment": self.may_comment,
            "comments": tuple(self._comments[key]),
        }

    def removable(self, quote):
        """Return what the quote is taken out by; None for one who may not."""
        return self._quotes.get((quote.section, quote.district, quote.row, quote.field)) if self.may_write else None

    @cached_property
    def _comments(self):
        found = defaultdict(list)
        if self.report:
            for each in self.report.comments.select_related("by", "resolved_by"):
                found[each.section].append(each)
        return found

    @cached_property
    def _quotes(self):
        if not self.report:
            return {}
        rows = self.report.quotes.values_list("section", "follow_up__plan__district__slug", "row", "field", "pk")
        return {(section, slug, str(row), field): pk for section, slug, row, field, pk in rows}

    # --- The report as a whole

    @property
    def state_told(self):
        """Where the report stands, in words."""
        return self.report.get_state_display() if self.report else "Inte påbörjad"

    @cached_property
    def options(self):
        """The steps that the person may take, as :class:`trygghet.workflow.Option`."""
        return WORKFLOW.open_steps(self.report, self.user) if self.report else []

    @property
    def steps(self):
        """(address, option) of each step that the person may take."""
        return [(step_address(self.year, option.step.slug), option) for option in self.options]

    @property
    def remains(self):
        """What has to be done before the report can be handed over, for those who write it."""
        return [blocker for option in self.options for blocker in option.blockers]

    @cached_property
    def log(self):
        """The steps it has taken, the latest first."""
        return list(self.report.steps.select_related("by")) if self.report else []

    @property
    def returned(self):
        """The step by which it was sent back or taken back, if that was the latest; else None."""
        latest = self.log[0] if self.log else None
        return latest if latest and WORKFLOW.by_name[latest.name].is_back else None

    @property
    def open_comments(self):
        """How many comments are not done, in all sections."""
        return sum(each.resolved_at is None for said in self._comments.values() for each in said)
