"""The report's page as a file: what it says, its look and its typeface in one, to be opened anywhere, at any time.

It is made once, when the report is published. The site shows its sheet within
its own frame, with the look that is in the file (:func:`sheet_of`,
:func:`look_of`), so that an old report looks as it did when style sheets and
templates have been drawn anew.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from functools import cache, cached_property

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from followup.charts import svg_of
from followup.report.measured import Measured
from followup.report.page import Page
from trygghet.pdf import read_static

FRAME = "followup/_report_published_frame.html"
"""The frame of the page as a file."""
GROUND = ("tokens", "site")
"""The style sheets that the site's frame has too."""
LOOK = ("city", "report", "report-writing", "report-onward", "indicators")
"""The style sheets of the report itself."""
BEGINS, ENDS = "<!-- Här börjar årsrapporten -->", "<!-- Här slutar årsrapporten -->"
_LOOK = re.compile(r'<style id="utseende">(.*?)</style>', re.DOTALL)
_SITE = re.compile(r'<meta name="webbplats" content="([^"]*)">')
_FONT = re.compile(r"url\(\.\./(fonts/[\w.-]+\.woff2)\)")


class _InFile(Measured):
    """An indicator whose charts are in the page itself."""

    @property
    def chart_address(self):
        """The chart as an address that holds it."""
        return _in_address(self.figure.chart if self.figure.can_be_drawn else None)

    @property
    def narrow_chart_address(self):
        """The chart for a phone, likewise."""
        return _in_address(self.figure.chart if self.figure.can_be_drawn else None, is_narrow=True)

    @property
    def drawing_address(self):
        """The districts beside the city, likewise."""
        return _in_address(self.drawing)

    @property
    def narrow_drawing_address(self):
        """The same for a phone."""
        return _in_address(self.drawing, is_narrow=True)


def _in_address(chart, *, is_narrow=False):
    """Return an address that holds the chart; "" when there is none."""
    if chart is None:
        return ""
    svg = svg_of(replace(chart, is_narrow=is_narrow))
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


class _FilePage(Page):
    """The page as a file: it has no reader of its own and asks for nothing else."""

    @cached_property
    def situation(self):
        """What is measured, with the charts."""
        return [_InFile(self.report, each, self.opens) for each in self.report.indicators]


def page_html(report, published=None):
    """Return the report as a page of its own, without anything that is one reader's own.

    Its links lead to places of the report itself, and to the site for the rows
    behind the numbers. ``published`` is the decision that it tells, None to tell none.
    """
    context = {
        "page": _FilePage(report, opens=frozenset()),
        "year": report.year,
        "frame": FRAME,
        "published": published,
        "site": settings.SITE_URL,
        "styles": mark_safe(_style("grund", GROUND) + _style("utseende", LOOK)),  # our own, as they are
        "begins": mark_safe(BEGINS),
        "ends": mark_safe(ENDS),
    }
    # What somebody has written is escaped, so that a quotation mark of its own is never in the text.
    html = render_to_string("followup/report.html", context).strip()
    return html.replace('href="/', f'href="{settings.SITE_URL}/')


@cache
def _style(name, names):
    """Return the style sheets as a part of the file, which is no page of the site's, whose policy refuses such."""
    sheets = "\n".join(read_static(f"css/{name}.css").decode() for name in names)
    return f'<style id="{name}">{_FONT.sub(_font_itself, sheets)}</style>'


def _font_itself(font):
    return f"url(data:font/woff2;base64,{b64encode(read_static(font[1])).decode()})"


# --- What the site shows of the file


def sheet_of(html):
    """Return what stands between the head and the foot of the file, its links within the site; "" for another file."""
    sheet = html.partition(BEGINS)[2].rpartition(ENDS)[0]
    site = _SITE.search(html)
    return sheet.replace(f'href="{site[1]}/', 'href="/') if site else sheet


def look_of(html):
    """Return the report's own style sheets out of the file, "" where there are none."""
    found = _LOOK.search(html)
    return found[1] if found else ""
