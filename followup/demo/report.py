"""What the demo tells of the city's annual report: begun by the central preparation group, and far from done.

``demo/report.json`` has what they write. All of it is made up, about plans
that are marked as example data, and the texts say so themselves.
"""

import json
from datetime import date
from pathlib import Path

from accounts.models import User
from agreements.models import District, Organisation, PlanningCycle
from followup.models import AnnualReport
from followup.report import comments, feedback, proposals, quotes, writing
from plans.models import ActionPlan
from plans.outline import Outline
from plans.versions import document_of, in_force

FILE = Path(__file__).resolve().parent / "report.json"
YEAR, WRITER = 2025, "central.beredning"


def is_told():
    """Whether the demo's report is in the database."""
    return AnnualReport.objects.filter(cycle__year=YEAR).exists()


def tell():
    """Write in the report of the year, by those who do; the follow-ups that are handed in have to be there."""
    story = json.loads(FILE.read_text(encoding="utf-8"))
    cycle = PlanningCycle.objects.select_related("area_set").get(year=YEAR)
    writer = User.objects.get(username=WRITER)
    for section, text in story["texts"].items():
        writing.save_text(cycle, section, text, seen=0, by=writer)
    for said in story["comments"]:
        comments.comment(cycle, said["section"], said["text"], by=User.objects.get(username=said["by"]))
    for quoted in story["quotes"]:
        quotes.quote(cycle, _wanted(**quoted), by=writer)
    for proposal in story["proposals"]:
        proposals.add(cycle, _values(proposal), by=writer)
    for slug, text in story["feedback"].items():
        feedback.save(cycle, District.objects.get(slug=slug), text, seen=0, by=writer)


def _wanted(district, action, field):
    """What is quoted; an action is named by its number in the plan's order."""
    plan = ActionPlan.objects.get(district__slug=district, cycle__year=YEAR)
    places = Outline(document_of(in_force(plan))).of_kind["action"]
    return quotes.Wanted(district, places[action - 1].uid, field)


def _values(proposal):
    owner = Organisation.objects.get(slug=proposal["owner"])
    return proposal | {"owner": owner, "owner_text": "", "due_on": date.fromisoformat(proposal["due_on"])}
