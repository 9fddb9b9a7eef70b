"""What the demo tells of follow-ups that the city reads: one approved, and one that waits for the steering group.

``demo/handed_in.json`` has what they write, an entry for each action in the
plan's order. A party that is not named there answers yes. All of it is made
up, in plans that are marked as example data.
"""

import json
from datetime import date
from pathlib import Path

from accounts.models import User
from followup import opening, writing
from followup.enums import Fulfilled
from followup.models import FollowUp
from followup.page import Sheet, Writer
from followup.workflow import WORKFLOW
from followup.writing import Answer
from plans.meeting_outcomes import steering_group_of
from plans.models import ActionPlan

FILE = Path(__file__).resolve().parent / "handed_in.json"
YEAR = 2025


def is_told():
    """Whether the demo's follow-ups that are handed in are in the database."""
    districts = [each["district"] for each in _stories()]
    return FollowUp.objects.filter(plan__district__slug__in=districts, plan__cycle__year=YEAR).exists()


def tell():
    """Answer the follow-ups and hand them in, by the right people; the plans have to be there."""
    for story in _stories():
        _Telling(story).tell()


def _stories():
    return json.loads(FILE.read_text(encoding="utf-8"))


class _Telling:
    def __init__(self, story):
        self.story = story
        plan = ActionPlan.objects.select_related("district", "cycle").get(
            district__slug=story["district"], cycle__year=YEAR
        )
        self.follow_up = FollowUp.objects.with_place().get(pk=opening.open(plan).pk)
        self.sheet = Sheet(self.follow_up)
        self.editor, self.police, self.chair = (
            User.objects.get(username=f"{function}.{story['district']}")
            for function in ("trygghetsstrateg", "kommunpolis", "styrgrupp")
        )

    def tell(self):
        for row, told in zip(self.sheet.rows.values(), self.story["actions"], strict=True):
            outcome = {name: value for name, value in told.items() if name != "goals"}
            goals = [(goal, _goal(*said)) for goal, said in zip(row.goals, told["goals"], strict=True)]
            self._write([(row.outcome, outcome), *goals], self.editor)
        self._answers()
        self._write([(self.follow_up, {"summary": self.story["summary"]})], self.editor)
        self._hand_in()

    def _answers(self):
        """Each party answers for itself; one that nobody in the district sits for has not answered."""
        said = {(each["action"], each["party"]): each for each in self.story["answers"]}
        for person in (self.editor, self.police):
            writer = Writer(person, self.sheet)
            for number, row in enumerate(self.sheet.rows.values(), start=1):
                for party in row.parties:
                    if writer.may_answer(party):
                        told = said.get((number, party.party), {})
                        values = {"answer": told.get("answer", Fulfilled.YES), "comment": told.get("comment", "")}
                        self._write([(party, values)], person)

    def _hand_in(self):
        follow_up = FollowUp.objects.get(pk=self.follow_up.pk)
        handed_in = WORKFLOW.take(follow_up, "submit", by=self.editor)
        approval = self.story["approval"]
        if approval:
            WORKFLOW.take(
                handed_in,
                "approve",
                by=self.chair,
                approved_on=date.fromisoformat(approval["approved_on"]),
                body=steering_group_of(self.follow_up.plan.district),
                meeting=approval["meeting"],
            )

    def _write(self, rows, by):
        writing.write(self.follow_up, [Answer(row, values, row.row_version) for row, values in rows], by=by)


def _goal(result, value, comment=""):
    return {"result": result, "value": value, "comment": comment}
