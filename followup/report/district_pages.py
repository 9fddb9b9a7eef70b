"""Each district's page of section 5: its follow-up on one page, of what the report says and of nothing else.

The same page as the board's (:mod:`followup.summary`). A published report has
each district's plan and follow-up in it, so that its pages say for ever what
they said, whatever the district writes afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from followup.report.document import DistrictPart
from followup.summary import ROOMS, OnAPage, on_a_page
from trygghet.dates import day
from trygghet.words import lower_first

MOST_PRINTED = 30
"""How many districts' pages are printed at most; of more than that each is read on the web."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictPage:
    """A district whose outcomes are counted, on one page; ``room`` is how many of its words there was room for."""

    district: DistrictPart
    page: OnAPage
    room: int

    @property
    def anchor(self):
        """Its place in the printed report."""
        return f"stadsdel-{self.district.slug}"

    @property
    def is_draft(self):
        """Whether the steering group has not approved the follow-up."""
        return not self.district.is_approved

    @property
    def state(self):
        """How far it has come: "Inlämnad 3 februari 2026, inte godkänd"; without the day if nobody knows it."""
        if self.is_draft:
            return f"{_on('Inlämnad', self.district.handed_in_on)}, inte godkänd"
        return _on("Godkänd", self.district.cell("follow_up").on)

    @property
    def told(self):
        """What the page is made of, in words."""
        return f"Planen: version {self.district.version}. Uppföljningen: {lower_first(self.state)}."


def _on(what, when):
    return f"{what} {day(when)}" if when else what


def page_of(district, room=0):
    """Return the :class:`DistrictPage` of a district whose outcomes are counted, with the ``room`` of ``ROOMS``."""
    return DistrictPage(district=district, page=on_a_page(district.plan, district.follow_up, ROOMS[room]), room=room)


def fitted(districts, lengths_of):
    """Return the :class:`DistrictPage` of each, with as many of its words as one sheet of paper holds.

    ``lengths_of`` is given pages and returns on how many sheets each of them
    is, by anchor. Those that are on more are given less room, until they are not.
    """
    pages = {each.slug: page_of(each) for each in districts}
    waiting = list(pages.values())
    while waiting:
        lengths = lengths_of(waiting)
        long = [each for each in waiting if lengths[each.anchor] > 1 and each.room + 1 < len(ROOMS)]
        waiting = [page_of(each.district, each.room + 1) for each in long]
        pages |= {each.district.slug: each for each in waiting}
    return list(pages.values())
