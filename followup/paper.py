"""The follow-up on paper: what is printed before the plan whose Uppföljning column it fills."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from followup.document import ActionAnswer, Assessed, FollowUpDocument, GoalAnswer, PartyAnswer
from followup.enums import AssessedKind, Certainty, Change, Fulfilled, GoalResult, Implementation, Light, NextYear
from plans.outline import Outline, Place
from plans.pdf import Cover, Part

UNANSWERED = "Inte besvarad"
# What a line of each column holds when the Uppföljning column is the widest; see print-follow-up.css.
LINE = {"problem": 20, "cause": 33, "action": 38, "goals": 30, "when": 16, "who": 20, "follow_up": 48}


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpCover(Cover):
    """The cover of a printed follow-up; ``version`` names what is followed up."""

    @property
    def title(self):
        """What the print is called, as in the heading and the file's title."""
        return f"Uppföljning {self.year}, {self.district}"

    @property
    def lead(self):
        return "Vad som blev gjort av det som beslutades, hur parterna höll sina åtaganden och om något förändrades."


def part_of(document, follow_up: FollowUpDocument):
    """Return the :class:`plans.pdf.Part` that tells the follow-up of the plan's document."""
    return Part(
        template="followup/pdf/_follow_up.html",
        told=Told.of(document, follow_up),
        title="Uppföljning",
        anchor="uppfoljning",
        stylesheet="css/print-follow-up.css",
        line=LINE,
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """How many there are of something."""

    label: str
    number: int


@dataclass(frozen=True, slots=True)
class ToldAction:
    """An action and what has been said of it that the column has no room for."""

    place: Place
    answer: ActionAnswer

    @property
    def number(self):
        return numbered(self.place)

    @property
    def light(self):
        return dict(Light.choices).get(self.answer.light, "–")

    @property
    def status(self):
        return dict(Implementation.choices).get(self.answer.status, UNANSWERED)

    @property
    def next_year(self):
        return dict(NextYear.choices).get(self.answer.next_year, "–")

    @property
    def words(self):
        """Return (heading, text) of what has been written."""
        texts = (
            ("Ändrades", self.answer.changed),
            ("Underlättade", self.answer.helped),
            ("Försvårade", self.answer.hindered),
            ("Lärdom", self.answer.lesson),
            ("Skäl", self.answer.reason),
        )
        return [(heading, text) for heading, text in texts if text]


@dataclass(frozen=True, slots=True)
class ToldGoal:
    """A goal, where it stands, and whether it was met."""

    where: str
    goal: GoalAnswer

    @property
    def result(self):
        return dict(GoalResult.choices).get(self.goal.result, "Inte besvarat")


@dataclass(frozen=True, slots=True)
class ToldAnswer:
    """What a party has said of its part in a row."""

    where: str
    party: PartyAnswer

    @property
    def answer(self):
        return dict(Fulfilled.choices).get(self.party.answer, "Inte besvarat")


@dataclass(frozen=True, slots=True)
class ToldParty:
    """A party: how many of its parts it has done, and what it has said of each."""

    name: str
    answers: tuple[ToldAnswer, ...]

    @property
    def counts(self):
        """Return how many of each answer, those nobody has given last."""
        counted = Counter(answer.party.answer for answer in self.answers)
        return [Counted(label, counted[value]) for value, label in (*Fulfilled.choices, ("", "Inte besvarat"))]

    @property
    def said(self):
        """What is more than a plain yes or nothing."""
        return [told for told in self.answers if told.party.comment or told.party.answer in ("partly", "no")]


@dataclass(frozen=True, slots=True)
class ToldAssessment:
    """What the indicators say of a problem or an area."""

    where: str
    assessed: Assessed

    @property
    def change(self):
        return dict(Change.choices).get(self.assessed.change, "Inte bedömt")

    @property
    def certainty(self):
        return dict(Certainty.choices).get(self.assessed.certainty, "–")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The follow-up as it is printed."""

    summary: str
    statuses: list[Counted]
    lights: list[Counted]
    parties: list[ToldParty]
    goals: list[ToldGoal]
    assessments: list[ToldAssessment]
    actions: list[ToldAction]

    @property
    def all_parties_answered(self):
        """Whether every party has answered for each of its parts."""
        return all(told.party.answer for party in self.parties for told in party.answers)

    @classmethod
    def of(cls, document, follow_up):
        """Return what is told of the follow-up of the plan's document."""
        outline = Outline(document)
        actions = [ToldAction(outline.places[answer.row], answer) for answer in follow_up.actions]
        areas = [(outline.places[area.row], area) for area in follow_up.areas]
        goals = [ToldGoal(told.number, goal) for told in actions for goal in told.answer.goals]
        goals += [ToldGoal(place.text, goal) for place, area in areas for goal in area.goals]
        return cls(
            summary=follow_up.summary,
            statuses=_counted((told.answer.status for told in actions), Implementation),
            lights=_counted((told.answer.light for told in actions), Light),
            parties=_parties(actions, areas),
            goals=goals,
            assessments=[
                ToldAssessment(_assessed(outline.places[each.row]), each)
                for each in follow_up.assessments
                if each.change or each.certainty or each.text
            ],
            actions=actions,
        )


def numbered(place):
    """Return where an action stands, such as "2, problem 1, åtgärd 3"."""
    return f"Område {place.area.number}, problem {place.problem.number}, åtgärd {place.number}"


def _assessed(place):
    if place.kind == AssessedKind.AREA:
        return f"Område {place.area.number}: {place.text}"
    return f"Område {place.area.number}, problem {place.number}: {place.text}"


def _counted(values, choices):
    counted = Counter(values)
    return [Counted(label, counted[value]) for value, label in (*choices.choices, ("", UNANSWERED)) if counted[value]]


def _parties(actions, areas):
    found = {}
    for told in actions:
        for party in told.answer.parties:
            found.setdefault(party.party, []).append(ToldAnswer(told.number, party))
    for place, area in areas:
        for _, party in area.parties:
            found.setdefault(party.party, []).append(ToldAnswer(place.text, party))
    return [ToldParty(name, tuple(answers)) for name, answers in sorted(found.items())]
