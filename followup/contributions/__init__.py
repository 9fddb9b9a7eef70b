"""What the follow-up adds to the pages of the cooperation and the plans, and to what is kept; loaded with the app."""

from followup import freezing
from followup.contributions import (
    agenda,
    catalogue,
    facts,
    hub,
    ils,
    indicators,
    life,
    next_year,
    obstacles,
    opening,
    plan_page,
    progress,
    report,
    report_feedback,
    report_tasks,
    start_offers,
    tasks,
)
from followup.report import drafts, publishing

__all__ = [
    "agenda",
    "catalogue",
    "drafts",
    "facts",
    "freezing",
    "hub",
    "ils",
    "indicators",
    "life",
    "next_year",
    "obstacles",
    "opening",
    "plan_page",
    "progress",
    "publishing",
    "report",
    "report_feedback",
    "report_tasks",
    "start_offers",
    "tasks",
]
