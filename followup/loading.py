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
from followup.indicators.goals import values_of
from followup.models import ActionOutcome, Assessment, Fulfilment, GoalOutcome
from plans.versions import document_of

OUTCOME = ("status", "light", "done", "changed", "helped", "hindered", "lesson", "reason", "next_year")
ASSESSED = ("kind", "change", "certainty", "text", "comparison")
GOAL = ("text", "result", "value", "source", "on", "comment")
PARTY = ("party", "answer", "comment")
"""What is said in each kind of answer."""


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
    actions = [action for area in document.areas for problem in area.problems for *_, action in problem.rows()]
    assessable = [str(row.uid) for area in document.areas for row in (area, *area.problems)]
    return FollowUpDocument(
        district=document.district,
        year=document.year,
        version=follow_up.version.number,
        plan_sha256=follow_up.version.sha256,
        summary=follow_up.summary,
        actions=tuple(answers.of_action(str(action.uid)) for action in actions if action and answers.are_of(action)),
        areas=tuple(answer for area in document.areas if (answer := answers.of_area(area))),
        assessments=tuple(answers.assessments[row] for row in assessable if row in answers.assessments),
    )


def _answers_of(follow_ups):
    """Return the :class:`_Answers` of each follow-up, by its id."""
    found = {follow_up.pk: _Answers() for follow_up in follow_ups}
    for pk, row, said in _rows(ActionOutcome, found, OUTCOME):
        found[pk].outcomes[row] = said
    for pk, row, said in _rows(Assessment, found, ASSESSED):
        found[pk].assessments[row] = Assessed(row=row, **said)
    measured = values_of([follow_up.plan for follow_up in follow_ups])
    values = {follow_up.pk: measured.get(follow_up.plan_id, {}) for follow_up in follow_ups}
    for pk, row, said in _rows(GoalOutcome, found, ("goal", *GOAL), "position", "goal"):
        key = said.pop("goal")
        value = values[pk].get(key)
        found[pk].goals[row].append(GoalAnswer(key=key, **said, measured=value.words if value else ""))
    for pk, row, said in _rows(Fulfilment, found, PARTY, "party"):
        found[pk].parties[row].append(PartyAnswer(**said))
    return found


def _rows(model, follow_ups, names, *ordered):
    """Yield (follow-up's id, row of the plan, {name: value}) of the answers.

    As plain values: for a whole city the models' instances would take longer than all the rest.
    """
    found = model.objects.filter(follow_up__in=list(follow_ups)).order_by(*ordered)
    for pk, row, *said in found.values_list("follow_up", "row", *names):
        yield pk, str(row), dict(zip(names, said, strict=True))


class _Answers:
    """The rows of a follow-up, by the row of the plan that each is about."""

    def __init__(self):
        self.outcomes, self.assessments = {}, {}
        self.goals, self.parties = defaultdict(list), defaultdict(list)

    def are_of(self, action):
        """Whether the action is followed up: an empty row of the sheet is not."""
        return bool(action.text or action.goals) or str(action.uid) in self.outcomes

    def of_action(self, uid):
        said = self.outcomes.get(uid, {})
        return ActionAnswer(row=uid, **said, parties=tuple(self.parties[uid]), goals=tuple(self.goals[uid]))

    def of_area(self, area):
        """Return the area's answer, or None where it has neither delmål nor åtaganden to answer for."""
        uid, commitments = str(area.uid), [str(each.uid) for each in area.commitments]
        parties = tuple((each, party) for each in commitments for party in self.parties[each])
        goals = tuple(self.goals[uid])
        return AreaAnswer(row=uid, goals=goals, parties=parties) if goals or parties else None
