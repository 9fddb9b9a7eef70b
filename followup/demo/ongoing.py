"""What the demo tells of a follow-up: one that is going on, partly answered, by the right people.

``demo/outcomes.json`` has what they write. An action is named by its number in
the plan's order, a problem by its number in its order. All of it is made up,
in a plan that is marked as example data.
"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from accounts.models import User
from followup import opening, progress, writing
from followup.models import FollowUp
from followup.page import Sheet, Writer
from followup.writing import Answer
from plans.models import ActionPlan
from plans.outline import Outline
from plans.versions import document_of, in_force

FILE = Path(__file__).resolve().parent / "outcomes.json"
YEAR = 2025


def is_told():
    """Whether the demo's follow-up is in the database."""
    return FollowUp.objects.filter(plan__district__slug=_story()["district"], plan__cycle__year=YEAR).exists()


def tell():
    """Note through the year, open the follow-up at its end and answer some of it; the plan has to be there."""
    _Telling(_story()).tell()


def _story():
    return json.loads(FILE.read_text(encoding="utf-8"))


class _Telling:
    def __init__(self, story):
        self.story = story
        plans = ActionPlan.objects.select_related("district", "cycle")
        self.plan = plans.get(district__slug=story["district"], cycle__year=YEAR)
        self.people = {
            function: User.objects.get(username=f"{function}.{story['district']}")
            for function in ("trygghetsstrateg", "kommunpolis")
        }

    def tell(self):
        self._notes()
        opened = opening.open(self.plan)
        self.follow_up = FollowUp.objects.with_place().get(pk=opened.pk)
        self.sheet = Sheet(self.follow_up)
        self.rows = list(self.sheet.rows.values())
        editor = self.people["trygghetsstrateg"]
        for told in self.story["actions"]:
            row = self.rows[told["action"] - 1]
            self._write(
                [(row.outcome, told["outcome"]), *zip(row.goals, map(_goal, told["goals"]), strict=True)], editor
            )
        self._answers()
        problems = self.sheet.outline.of_kind["problem"]
        for told in self.story["assessments"]:
            values = {name: told[name] for name in ("change", "certainty", "text", "comparison")}
            self._write([(self.sheet.assessments[problems[told["problem"] - 1].uid], values)], editor)
        self._write([(self.follow_up, {"summary": self.story["summary"]})], editor)

    def _notes(self):
        actions = Outline(document_of(in_force(self.plan))).of_kind["action"]
        for note in self.story["notes"]:
            values = {
                "on": date.fromisoformat(note["on"]),
                "text": note["text"],
                "quantity": Decimal(note["quantity"]),
                "unit": note["unit"],
            }
            progress.write(self.plan, actions[note["action"] - 1].uid, values, by=self.people[note["by"]])

    def _answers(self):
        """Each party answers for itself: whoever may not is not in the story."""
        writers = [Writer(person, self.sheet) for person in self.people.values()]
        for told in self.story["answers"]:
            row = self.rows[told["action"] - 1]
            party = next(each for each in row.parties if each.party == told["party"])
            by = next(writer.user for writer in writers if writer.may_answer(party))
            self._write([(party, {"answer": told["answer"], "comment": told["comment"]})], by)

    def _write(self, rows, by):
        writing.write(self.follow_up, [Answer(row, values, row.row_version) for row, values in rows], by=by)


def _goal(told):
    on = told.get("on")
    return told | {"on": date.fromisoformat(on) if on else None}
