"""From the database to the follow-up as a value; the number of queries does not grow with the rows."""

from collections import defaultdict

from followup.document import (
    ActionAnswer,
    AreaAnswer,
    Assessed,
    FollowUpDocument,
    GoalAnswer,
    PartyAnswer,
)
from followup.goal_values import values_of
from followup.models import ActionOutcome, Assessment, Fulfilment, GoalOutcome
from plans.comparison import flatten
from plans.versions import document_of

WORDS = ("status", "light", "done", "changed", "helped", "hindered", "lesson", "reason", "next_year")


def load(follow_up):
    """Return the follow-up as it stands as a :class:`FollowUpDocument` (5 queries, 7 where goals have indicators).

    The follow-up must come with its plan, place, year and version
    (``with_place``). Each action of the version that says anything is in it, in
    the order of the sheet, answered or not; an area only where it has something to answer.
    """
    return load_beside(follow_up, document_of(follow_up.version))


def load_beside(follow_up, document):
    """Return what :func:`load` does, where the version's plan is already read."""
    return load_many([(follow_up, document)])[0]


def load_many(pairs):
    """Return the :class:`FollowUpDocument` of each (follow-up, its version's plan), in 5 or 7 queries however many."""
    answers = _answers_of([follow_up for follow_up, _ in pairs])
    return [_document_of(follow_up, document, answers[follow_up.pk]) for follow_up, document in pairs]


def _document_of(follow_up, document, answers):
    rows = flatten(document).by_uid.values()
    actions = [row for row in rows if row.kind == "action" and answers.are_of(row)]
    areas = [row for row in rows if row.kind == "area"]
    return FollowUpDocument(
        district=document.district,
        year=document.year,
        version=follow_up.version.number,
        plan_sha256=follow_up.version.sha256,
        summary=follow_up.summary,
        actions=tuple(answers.of_action(row.uid) for row in actions),
        areas=tuple(area for row in areas if (area := answers.of_area(row))),
        assessments=tuple(answers.assessment(row.uid) for row in rows if row.uid in answers.assessments),
    )


def _answers_of(follow_ups):
    """Return the :class:`_Answers` of each follow-up, by its id."""
    found = {follow_up.pk: _Answers() for follow_up in follow_ups}
    of = {"follow_up__in": list(found)}
    for row in ActionOutcome.objects.filter(**of):
        found[row.follow_up_id].outcomes[str(row.row)] = row
    for row in Assessment.objects.filter(**of):
        found[row.follow_up_id].assessments[str(row.row)] = row
    measured = values_of([follow_up.plan for follow_up in follow_ups])
    values = {follow_up.pk: measured.get(follow_up.plan_id, {}) for follow_up in follow_ups}
    for goal in GoalOutcome.objects.filter(**of).order_by("position", "goal"):
        value = values[goal.follow_up_id].get(goal.goal)
        found[goal.follow_up_id].goals[str(goal.row)].append(_goal(goal, value.words if value else ""))
    for party in Fulfilment.objects.filter(**of).order_by("party"):
        found[party.follow_up_id].parties[str(party.row)].append(_party(party))
    return found


class _Answers:
    """The rows of a follow-up, by the row of the plan that each is about."""

    def __init__(self):
        self.outcomes, self.assessments = {}, {}
        self.goals, self.parties = defaultdict(list), defaultdict(list)

    def are_of(self, action):
        """Whether the action is followed up: an empty row of the sheet is not."""
        return action.uid in self.outcomes or bool(action.values["text"] or action.values["goals"])

    def of_action(self, uid):
        outcome = self.outcomes.get(uid)
        said = {name: getattr(outcome, name) for name in WORDS} if outcome else {}
        return ActionAnswer(row=uid, **said, parties=tuple(self.parties[uid]), goals=tuple(self.goals[uid]))

    def of_area(self, area):
        """Return the area's answer, or None where it has neither delmål nor åtaganden to answer for."""
        commitments = [part["uid"] for part in area.values["commitments"] if part.get("uid")]
        parties = tuple((uid, party) for uid in commitments for party in self.parties[uid])
        goals = tuple(self.goals[area.uid])
        return AreaAnswer(row=area.uid, goals=goals, parties=parties) if goals or parties else None

    def assessment(self, uid):
        row = self.assessments[uid]
        said = {name: getattr(row, name) for name in ("kind", "change", "certainty", "text", "comparison")}
        return Assessed(row=uid, **said)


def _goal(row, measured):
    values = {name: getattr(row, name) for name in ("text", "result", "value", "source", "on", "comment")}
    return GoalAnswer(key=row.goal, measured=measured, **values)


def _party(row):
    return PartyAnswer(party=row.party, answer=row.answer, comment=row.comment)
