"""The annual report on paper: A4, tagged PDF/UA-1, and for the archive PDF/A-3a with its files inside.

Made of a :class:`~followup.report.document.ReportDocument` and of nothing
else. The numbers are those of the page (:mod:`followup.report.page`); here
they get what is printed around them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from followup.charts import svg_of
from followup.enums import ProposalKind
from followup.report.district_pages import MOST_PRINTED, fitted, page_of
from followup.report.document import SECTIONS, section_of_area
from followup.report.excerpts import Short
from followup.report.page import Page
from followup.report.rows import action_places, all_actions
from trygghet.pdf import AttachedFile, TooManyPages, pages_by_anchor, render_archive_pdf, render_pdf
from trygghet.prose import blocks_of

STYLESHEETS, DRAFT_STYLESHEET = ("css/print-report.css", "css/print-on-a-page.css"), "css/print-report-draft.css"
MOST_ACTIONS = 1000
"""How many actions are printed at most, some hundred pages; more are only in the workbook that goes with the report."""
TALL = 44
"""About how many lines of an action fit on a page of the appendix."""
LINE = {"problem": 24, "text": 38, "when": 14, "who": 18, "done": 44}
"""About how many characters a line of each of its columns holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Who decided that the report is published: what ``followup.models.PublishedReport`` also knows."""

    decided_on: date
    body: str
    meeting: str = ""
    sha256: str


def pdf_bytes(document, *, attachments=None, published=None):
    """Return the report as PDF/UA-1 bytes; with ``attachments``, also PDF/A-3a that carries them.

    ``attachments`` are (file name, bytes, MIME type, description).
    ``published`` says who decided it, as :class:`Decided`; None for a draft,
    which says so across each page.
    """
    page = Page(document, opens=())
    try:
        return _written(Paper(document, page), attachments, published)
    except TooManyPages:  # To look first would cost every report a sixth more.
        return _written(Paper(document, page, is_fitted=True), attachments, published)


def _written(printed, attachments, published):
    options = {
        "stylesheets": stylesheets(published),
        # What is fitted is written as it is, whatever it says.
        "sheets": [] if printed.is_fitted else [each.anchor for each in printed.district_pages],
    }
    html = _html(printed, published)
    if attachments is None:
        return render_pdf(html, **options)
    return render_archive_pdf(html, attachments=[AttachedFile(*each) for each in attachments], **options)


def stylesheets(published):
    """Return the static paths of the stylesheets that the report is set with."""
    return [*STYLESHEETS] if published else [*STYLESHEETS, DRAFT_STYLESHEET]


def report_html(document, *, published=None):
    """Return the report as the HTML that the PDF is made of, without its stylesheets."""
    return _html(Paper(document, Page(document, opens=())), published)  # nothing on paper leads anywhere


def _html(printed, published):
    document = printed.document
    context = {
        "title": f"Årsrapport {document.year}, {document.city}",
        "made_at": timezone.localtime(),
        "stylesheets": [],
        "paper": printed,
        "page": printed.page,
        "published": published,
    }
    return render_to_string("followup/pdf/report.html", context)


# --- What is printed beside the page's figures


@dataclass(frozen=True, slots=True)
class PrintedQuote:
    """A district's own words with the district's name."""

    text: str
    district: str
    about: str


@dataclass(frozen=True, slots=True)
class Said:
    """What the city has written in a section, as :class:`~trygghet.prose.Block`, and whom it quotes."""

    blocks: list
    quotes: list[PrintedQuote]

    def __bool__(self):
        return bool(self.blocks or self.quotes)


@dataclass(frozen=True, slots=True)
class UntoldArea:
    """An area that something is written of, and nothing counted."""

    title: str
    told: str = ""
    good = failed = Short(rows=[], number=0, address="")


class Paper:
    """What is written, drawn and listed in the printed report; ``page`` has its figures.

    ``is_fitted``: each district's page has only as many of its words as one sheet holds.
    """

    def __init__(self, document, page, *, is_fitted=False):
        self.document, self.page, self.is_fitted = document, page, is_fitted

    @cached_property
    def said(self):
        """What is written in each section, by the section's key."""
        return {key: self._said(key) for key in SECTIONS}

    @cached_property
    def areas(self):
        """(part, what is written) of each area that anything is counted or written of."""
        parts = {part.key: part for part in self.page.area_parts}
        told = [(parts.get(key), title, self._said(section_of_area(key))) for key, title in self.document.areas]
        return [(part or UntoldArea(title), said) for part, title, said in told if part or said]

    def _said(self, key):
        written = self.document.written
        quotes = [
            PrintedQuote(each.text, self._name(each.district), each.about)
            for each in written.quotes
            if each.section == key
        ]
        return Said(blocks_of(written.texts.get(key, "")), quotes)

    def _name(self, slug):
        district = self.document.by_slug.get(slug)
        return district.signed if district else slug

    @cached_property
    def charts(self):
        """(measured, its chart as SVG, that of the districts) of each indicator; "" where there is nothing to draw."""
        return [
            (each, _drawn(each.figure.chart if each.figure.can_be_drawn else None), _drawn(each.drawing))
            for each in self.page.situation
        ]

    @cached_property
    def proposals(self):
        """(title of the area, [(kind, proposal)]) of what is proposed for the coming year, in the areas' order."""
        titles = dict(self.document.areas)
        kinds = dict(ProposalKind.choices)
        found = {}
        for each in self.document.written.proposals:
            found.setdefault(each.area, []).append((kinds.get(each.kind, each.kind), each))
        order = [*titles, *(area for area in found if area not in titles)]
        return [(titles.get(area, area), found[area]) for area in order if area in found]

    @property
    def has_too_many_districts(self):
        """Whether those that have handed in are more than there are pages printed of."""
        return len(self.document.reported) > MOST_PRINTED

    @cached_property
    def district_pages(self):
        """A :class:`~followup.report.district_pages.DistrictPage` of each that has handed in; none if too many."""
        if self.has_too_many_districts:
            return []
        reported = self.document.reported
        return fitted(reported, _sheets_of) if self.is_fitted else [page_of(each) for each in reported]

    @cached_property
    def action_count(self):
        """How many actions the plans have that are counted."""
        return len(action_places(self.document))

    @property
    def has_too_many_actions(self):
        """Whether they are more than are printed."""
        return self.action_count > MOST_ACTIONS

    @cached_property
    def actions(self):
        """(district, [PrintedAction]) of every action of the plans that are counted."""
        by_district = groupby(all_actions(self.document, opens=()), lambda line: line.district)
        return [(name, [PrintedAction(each) for each in those]) for name, those in by_district]


def _sheets_of(pages):
    """Return {anchor: on how many sheets it is} of the districts' pages as they are printed in the report."""
    context = {"title": "Stadsdelarnas sidor", "made_at": timezone.localtime(), "stylesheets": []}
    html = render_to_string("followup/pdf/district_pages.html", context | {"district_pages": pages})
    return pages_by_anchor(html, stylesheets=STYLESHEETS)


def _drawn(chart):
    return mark_safe(svg_of(chart)) if chart else ""  # noqa: S308 - drawn by us, with every word in it escaped


@dataclass(frozen=True, slots=True)
class PrintedAction:
    """An action of the appendix."""

    line: object

    @property
    def is_tall(self):
        """Whether it may not fit on a page: then it gets one of its own, for a split row loses its heads."""
        return any(lines_of(getattr(self.line, name), room) > TALL for name, room in LINE.items())


def lines_of(text, room):
    """Return about how many lines the text takes."""
    return sum(1 + len(paragraph) // room for paragraph in text.split("\n"))
