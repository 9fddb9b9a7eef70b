"""The colours of the figures' parts where no style sheet reaches: in the drawings of the PDF.

The same as ``static/css/report.css`` gives the page; the tokens are mixed
here, for what writes the PDF does not mix colours.
"""

from __future__ import annotations

from functools import cache

from followup.charts import colours

# kind → token, and how many per cent of it there is on white paper
FILLS = {
    **dict.fromkeys(("done", "met", "yes", "full", "green", "good"), ("--ok", 100)),
    "done_with_changes": ("--ok", 55),
    **dict.fromkeys(("continues_next_year", "social", "carried", "funnel"), ("--accent", 100)),
    **dict.fromkeys(("in_progress", "situational", "new", "lesson"), ("--accent", 45)),
    "safety_creating": ("--warn", 100),
    **dict.fromkeys(("partly", "some", "yellow"), ("--warn", 50)),
    **dict.fromkeys(("not_done", "not_met", "no", "red", "failed"), ("--stop", 100)),
    "cancelled": ("--stop", 45),
    **dict.fromkeys(("not_started", "not_measurable", "words", "stopped"), ("--line-control", 100)),
    **dict.fromkeys(("", "ingen"), ("--line", 100)),
}
OTHER = ("--ink-3", 100)
"""For what has no colour of its own."""


def fill_of(kind):
    """Return the colour of a kind as "#rrggbb"."""
    return mixed(*FILLS.get(kind, OTHER))


@cache
def mixed(token, per_cent):
    """Return so much of a token's colour on white."""
    channels = (int(colours()[token][at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - each) * per_cent / 100):02x}" for each in channels)
