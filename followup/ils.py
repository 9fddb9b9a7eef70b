"""Plain text for the city's own reporting (ILS), so that nobody types twice (domain §5.8): what it says, area by area.

Tertial 1 and 2 are told from the notes of the year, before there is a
follow-up; the verksamhetsberättelse from the follow-up. Nothing here asks the
database. Every number of the year's text is one of the annual report's
(``report/figures.py``). A text is lines of plain words: what is written over
several lines is put on one, so that it survives being pasted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from followup.document import GoalAnswer
from followup.enums import AssessedKind, Certainty, Change, Fulfilled, GoalResult, Implementation, Light, NextYear
from followup.opening import goals_of
from followup.report import figures
from followup.report.figures import figures_of
from followup.summary import CARRIED_OUT
from plans.outline import Outline, excerpt
from trygghet.dates import day
from trygghet.words import counted, listed

NAME = 160
"""How many characters of an action, a goal or a problem name it."""
WITHOUT_TEXT = "Utan text"
NEXT_YEAR = (
    (NextYear.KEEP, "behålls", "behålls"),
    (NextYear.CHANGE, "ändras", "ändras"),
    (NextYear.SCALE_UP, "utökas", "utökas"),
    (NextYear.STOP, "avslutas", "avslutas"),
    ("", "har inget svar", "har inget svar"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A part of the year that the city reports: its address, what it is called, and its days."""

    slug: str
    title: str
    first: date
    last: date


def periods(year):
    """Return the tertials that are reported before the follow-up: January to April, and January to August."""
    return [
        Period(slug="tertial-1", title="Tertial 1, januari–april", first=date(year, 1, 1), last=date(year, 4, 30)),
        Period(slug="tertial-2", title="Tertial 2, januari–augusti", first=date(year, 1, 1), last=date(year, 8, 31)),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note on an action, as it is told on one line; ``name`` is what the action is called."""

    action: str
    name: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hinder:
    """An obstacle as it stood on a day; ``action`` is "" when it is the whole plan's, ``answer`` the latest one."""

    action: str
    title: str
    reported_on: date
    state: str
    is_open: bool
    answer: str


def tertial_text(plan, period, *, head, notes, hinder, basis):
    """Return what was planned and done until the end of a tertial (a :class:`Period`), area by area.

    ``plan`` is the decided document, ``notes`` those whose day is in the
    period in order, ``hinder`` the obstacles as they stood at its end. ``head``
    is what the text begins with and ``basis`` what it ends with.
    """
    return _Tertial(plan, period, notes, hinder).text(head, basis)


def year_text(plan, follow_up, *, head, hinder, basis):
    """Return what came of the plan by its follow-up (a document), area by area."""
    return _Year(plan, follow_up, hinder).text(head, basis)


class _Text:
    """What the two kinds of text have in common: the plan's areas, and what is planned in each."""

    def __init__(self, plan, follow_up, hinder):
        self.plan, self.hinder = plan, hinder
        self.outline = Outline(plan)
        self.sections = [
            (place, [each for each in self.outline.of_kind["action"] if each.area is place.area])
            for place in self.outline.of_kind["area"]
        ]
        self.figures = {
            place.uid: figures_of([("", _only(plan, place.area), _of_area(follow_up, place, actions))])
            for place, actions in self.sections
        }
        self.figures[None] = figures_of([("", plan, follow_up)])

    def text(self, head, basis):
        blocks = [head, self.whole()]
        blocks += [self._of_area(place, actions) for place, actions in self.sections]
        blocks += [self._of_whole_plan(), [f"Underlag: {basis}"]]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"

    def count(self, area, code, *kinds):
        """Return how many of the kinds, or all, that the figure counts in the area (None for the whole plan)."""
        figure = self.figures[area][code]
        return sum(figure.where(kind=kind).number for kind in kinds) if kinds else figure.number

    def _of_area(self, place, actions):
        title = f"Område {place.number}: {_line(place.text)}"
        lines = [title, *self._planned(place)]
        if actions or place.area.targets or place.area.commitments:
            lines += self.came_of(place, actions)
            lines += self._hinder({each.uid for each in actions})
        return lines

    def _planned(self, place):
        area, uid = place.area, place.uid
        actions, problems = (self.count(uid, figures.COUNTED, kind) for kind in ("action", "problem"))
        if not (actions or problems or area.targets or area.commitments):
            why = _line(area.not_applicable_reason)
            return [f"Inte aktuellt i år. {_sentence(why)}" if why else "Inga åtgärder är beslutade."]
        parts = []
        if actions or problems:
            parts.append(f"{counted(actions, 'åtgärd', 'åtgärder')} mot {counted(problems, 'problem', 'problem')}")
        if area.targets:
            parts.append(f"{len(area.targets)} delmål")
        if area.commitments:
            parts.append(counted(len(area.commitments), "åtagande", "åtaganden"))
        names = "; ".join(named(problem.title) for problem in area.problems if problem.title)
        return [f"Planerat: {listed(parts)}{f' ({names})' if names else ''}."]

    def _hinder(self, actions):
        found = [each for each in self.hinder if each.action in actions]
        still = sum(each.is_open for each in found)
        return [f"Hinder: {len(found)} rapporterade, {still} öppna.", *map(_hinder_told, found)] if found else []

    def _of_whole_plan(self):
        lines = self._hinder({each.action for each in self.hinder} - set(self.outline.places))
        return ["Hela planen", *lines] if lines else []


# --- Tertial


class _Tertial(_Text):
    def __init__(self, plan, period, notes, hinder):
        super().__init__(plan, None, hinder)
        self.period, self.notes = period, notes
        self.noted = Counter(note.action for note in notes)

    def whole(self):
        actions = self.outline.of_kind["action"]
        about = sum(place.uid in self.noted for place in actions)
        if not self.notes:
            return ["Inget är antecknat om perioden."]
        more = sum(number for uid, number in self.noted.items() if uid not in self.outline.places)
        lines = [
            f"Under perioden finns {counted(len(self.notes), 'anteckning', 'anteckningar')}, "
            f"om {about} av {len(actions)} åtgärder."
        ]
        if more:
            lines += [
                f"{more} av dem är om åtgärder i en annan version av planen:",
                *(
                    f"- {_sentence(note.name)} {_sentence(note.told)}"
                    for note in self.notes
                    if note.action not in self.outline.places
                ),
            ]
        return lines

    def came_of(self, place, actions):
        done = [each for each in actions if each.uid in self.noted]
        rest = [each for each in actions if each.uid not in self.noted]
        lines = []
        if done:
            lines.append(f"Gjort: {len(done)} av {len(actions)} åtgärder har anteckningar.")
            lines += [f"- {_sentence(named(each.text))} {self._said(each)}" for each in done]
        goals = sum(len(goals_of(each.node)) for each in actions) + len(place.area.targets)
        if goals:
            lines.append(f"Mål: {goals} mål följs upp när året är slut.")
        if rest:
            lines.append(f"Återstår: {counted(len(rest), 'åtgärd', 'åtgärder')} utan anteckning under perioden.")
            lines += [f"- {_sentence(named(each.text))}{_planned_for(each)}" for each in rest]
        return lines

    def _said(self, action):
        return " ".join(_sentence(note.told) for note in self.notes if note.action == action.uid)


def _planned_for(action):
    when = _line(action.node.when)
    return f" Planerat: {_sentence(excerpt(when, NAME))}" if when else ""


# --- The year


class _Year(_Text):
    def __init__(self, plan, follow_up, hinder):
        super().__init__(plan, follow_up, hinder)
        self.follow_up = follow_up
        self.answers = follow_up.by_row()
        self.of_areas = {area.row: area for area in follow_up.areas}

    def whole(self):
        said = _line(self.follow_up.summary)
        lines = [self._done(None), self._goals(None), self._parties(None), self._next_year(self.follow_up.actions)]
        return [*([said] if said else []), *filter(None, lines)]

    def came_of(self, place, actions):
        asked = [each for each in actions if each.uid in self.answers]
        lines = [self._done(place.uid), *(self._action(each) for each in asked)]
        goals = [goal for each in asked for goal in self.answers[each.uid].goals]
        goals += self.of_areas[place.uid].goals if place.uid in self.of_areas else ()
        lines += [self._goals(place.uid), *map(_goal_told, goals)]
        lines += [self._parties(place.uid), *self._said_by_parties(place, asked)]
        lines += self._changes(place)
        lines += self._hindered(asked)
        return [*filter(None, lines), *self._going_on(asked)]

    # --- Numbers, of an area or (None) the whole plan

    def _done(self, area):
        every, done = self.count(area, figures.STATUS), self.count(area, figures.STATUS, *CARRIED_OUT)
        if not every:
            return ""
        counts = _by_kind(self.figures[area][figures.STATUS], (*Implementation.choices, ("", "inget svar")))
        return f"Genomfört: {done} av {every} åtgärder är genomförda ({counts})."

    def _goals(self, area):
        every, met = self.count(area, figures.GOALS), self.count(area, figures.GOALS, GoalResult.MET)
        if not every:
            return ""
        counts = _by_kind(self.figures[area][figures.GOALS], (*GoalResult.choices, ("", "inget svar")))
        return f"Mål: {met} av {every} mål är uppnådda ({counts})."

    def _parties(self, area):
        every, yes = self.count(area, figures.PARTIES), self.count(area, figures.PARTIES, Fulfilled.YES)
        if not every:
            return ""
        counts = _by_kind(self.figures[area][figures.PARTIES], (*Fulfilled.choices, ("", "inget svar")))
        return f"Parternas åtaganden: {yes} av {every} är uppfyllda enligt parterna själva ({counts})."

    def _next_year(self, answers):
        counts = Counter(answer.next_year for answer in answers)
        told = [f"{counts[kind]} {one if counts[kind] == 1 else many}" for kind, one, many in NEXT_YEAR if counts[kind]]
        return f"Nästa år: {', '.join(told)}." if told else ""

    # --- Words

    def _action(self, place):
        answer = self.answers[place.uid]
        status = Implementation(answer.status).label if answer.status else "Inget svar"
        light = Light(answer.light).label if answer.light in (Light.YELLOW, Light.RED) else ""
        texts = [named(place.text), status, light, answer.done, answer.changed, answer.reason]
        return "- " + " ".join(_sentence(text) for text in map(_line, texts) if text)

    def _said_by_parties(self, place, asked):
        said = [(named(each.text), party) for each in asked for party in self.answers[each.uid].parties]
        if place.uid in self.of_areas:
            texts = {str(each.uid): named(each.text) for each in place.area.commitments}
            said += [(texts.get(uid, ""), party) for uid, party in self.of_areas[place.uid].parties]
        return [
            f"- {party.party}, {Fulfilled(party.answer).label.lower()}: {_sentence(_line(party.comment))} ({name})"
            if party.comment
            else f"- {party.party}, {Fulfilled(party.answer).label.lower()} ({name})."
            for name, party in said
            if party.answer in (Fulfilled.PARTLY, Fulfilled.NO)
        ]

    def _changes(self, place):
        found = []
        for each in self.follow_up.assessments:
            assessed = self.outline.places.get(each.row)
            if assessed is None or assessed.area is not place.area or not each.change:
                continue
            name = "Området" if each.kind == AssessedKind.AREA else _before(assessed.text)
            change = Change(each.change).label.lower()
            sure = Certainty(each.certainty).label if each.certainty else ""
            said = (_sentence(text) for text in (_line(each.text), sure) if text)
            found.append(" ".join([f"- {name}: {change}.", *said]))
        return [f"Förändring: {counted(len(found), 'bedömning', 'bedömningar')}.", *found] if found else []

    def _hindered(self, asked):
        said = [(each, _line(self.answers[each.uid].hindered)) for each in asked]
        lines = [f"- {_before(each.text)}: {_sentence(text)}" for each, text in said if text]
        return ["Det som försvårade:", *lines] if lines else []

    def _going_on(self, asked):
        answers = [self.answers[each.uid] for each in asked]
        lines = [self._next_year(answers)] if answers else []
        for place, answer in zip(asked, answers, strict=True):
            lesson = _line(answer.lesson)
            if lesson or answer.next_year in (NextYear.CHANGE, NextYear.SCALE_UP, NextYear.STOP):
                what = f"{NextYear(answer.next_year).label}: " if answer.next_year else ""
                lines.append(
                    f"- {what}{_sentence(named(place.text))}{f' Lärdom: {_sentence(lesson)}' if lesson else ''}"
                )
        return lines


# --- Parts


def _only(plan, area):
    """Return the plan with that area alone."""
    return replace(plan, areas=(area,))


def _of_area(follow_up, place, actions):
    """Return the follow-up's answers of the area alone, None without a follow-up."""
    if follow_up is None:
        return None
    rows = {each.uid for each in actions}
    return replace(
        follow_up,
        actions=tuple(each for each in follow_up.actions if each.row in rows),
        areas=tuple(each for each in follow_up.areas if each.row == place.uid),
        assessments=(),
    )


def _by_kind(figure, choices):
    counts = Counter(row.kind for row in figure.rows)
    return ", ".join(f"{label.lower()} {counts[kind]}" for kind, label in choices if counts[kind])


def _goal_told(goal: GoalAnswer):
    result = GoalResult(goal.result).label.lower() if goal.result else "inget svar"
    when = day(goal.on) if goal.on else ""
    parts = [
        f"Utfall: {goal.value}" if goal.value else "",
        f"Källa: {', '.join(filter(None, (_line(goal.source), when)))}" if goal.source else "",
        goal.comment,
    ]
    return " ".join([f"- {_before(goal.text)}: {result}.", *(_sentence(each) for each in map(_line, parts) if each)])


def _hinder_told(each):
    reported = f"- {_sentence(_line(each.title))} Rapporterat {day(each.reported_on)}."
    if not each.answer:
        return f"{reported} Inget svar än."
    return f"{reported} {each.state}. Senaste svar: {_sentence(_line(each.answer))}"


def named(text):
    """Return what an action, a goal or a problem is called in a text: the beginning of what it says."""
    return excerpt(_line(text), NAME) or WITHOUT_TEXT


def _before(text):
    """Return what something is called, where a colon comes after it."""
    return named(text).rstrip(".:;,")


def _line(text):
    """Return the text on one line, as it is pasted."""
    return " ".join(text.split())


def _sentence(text):
    """Return the text with a full stop, unless it already ends."""
    return text if text[-1:] in tuple(".!?…:") else f"{text}."
