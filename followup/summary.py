"""A follow-up on one page, for the board (domain §5.8): what is counted, what is chosen to be told, and what is not.

Made of the decided plan and its follow-up as documents. Every number is one
of the annual report's (``report/figures.py``), for this place alone. There is
room for a few actions only: by which rule they are chosen, and how many are
left out, is said beside them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from followup.charts import colours
from followup.document import ActionAnswer
from followup.enums import AssessedKind, Certainty, Change, Fulfilled, GoalResult, Implementation, Light, NextYear
from followup.report import figures
from followup.report.figures import NOTHING_SAID, OWN_AREAS, area_key, figures_of
from plans.outline import Outline, excerpt
from trygghet.words import counted, listed

A, N = Implementation, NextYear
WIDTH = 1000
"""How many units wide a bar is drawn; it is stretched to its place."""
GAP = 6
"""What is left empty after each part of a bar."""
MOST_NAMED = 3
"""How many lines without room are named, where more are only counted."""
NONE = "none"

CARRIED_OUT = (A.DONE, A.DONE_WITH_CHANGES)
NOT_CARRIED_OUT = (A.NOT_STARTED, A.NOT_DONE, A.CANCELLED)
GOES_ON = (N.KEEP, N.CHANGE, N.SCALE_UP)
TOLD_OF_NEXT_YEAR = {
    N.KEEP: "behålls",
    N.CHANGE: "ändras",
    N.SCALE_UP: "utökas",
    N.STOP: "avslutas",
    "": "har inget svar",
}

CHANGES = (
    (Change.BETTER, "har minskat", "har minskat"),
    (Change.UNCHANGED, "är oförändrat", "är oförändrade"),
    (Change.WORSE, "har ökat", "har ökat"),
)
NOT_THE_CAUSE = "Det går inte att säga att åtgärderna är orsaken."


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a bar is divided by: the answers that are counted together, what they are called, and their colour."""

    kind: str
    label: str
    of: tuple[str, ...]
    colour: str
    strength: int = 100  # per cent of the colour


STATUSES = (
    Part(kind="done", label="Genomförda", of=CARRIED_OUT, colour="--ok"),
    Part(kind="going_on", label="Pågår eller fortsätter", of=(A.IN_PROGRESS, A.CONTINUES), colour="--accent"),
    Part(kind="partly", label="Delvis genomförda", of=(A.PARTLY,), colour="--warn", strength=50),
    Part(kind="not_done", label="Inte genomförda", of=NOT_CARRIED_OUT, colour="--stop"),
    Part(kind=NONE, label="Inget svar", of=(NOTHING_SAID,), colour="--line"),
)
RESULTS = (
    Part(kind="met", label="Uppnådda", of=(GoalResult.MET,), colour="--ok"),
    Part(kind="partly", label="Delvis uppnådda", of=(GoalResult.PARTLY,), colour="--warn", strength=50),
    Part(kind="not_met", label="Inte uppnådda", of=(GoalResult.NOT_MET,), colour="--stop"),
    Part(kind="not_measurable", label="Går inte att mäta", of=(GoalResult.NOT_MEASURABLE,), colour="--line-control"),
    Part(kind=NONE, label="Inget svar", of=(NOTHING_SAID,), colour="--line"),
)
ANSWERS = (
    Part(kind="yes", label="Ja", of=(Fulfilled.YES,), colour="--ok"),
    Part(kind="partly", label="Delvis", of=(Fulfilled.PARTLY,), colour="--warn", strength=50),
    Part(kind="no", label="Nej", of=(Fulfilled.NO,), colour="--stop"),
    Part(kind=NONE, label="Inget svar", of=(NOTHING_SAID,), colour="--line"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much is shown: actions in each list, and lines of the tables; ``text`` and ``summary`` in characters."""

    actions: int
    text: int
    title: int
    summary: int
    areas: int
    parties: int


ROOMS = (
    Room(actions=3, text=170, title=80, summary=620, areas=8, parties=6),
    Room(actions=3, text=120, title=70, summary=480, areas=8, parties=6),
    Room(actions=3, text=90, title=60, summary=320, areas=8, parties=5),
    Room(actions=2, text=90, title=60, summary=320, areas=7, parties=5),
    Room(actions=2, text=80, title=50, summary=260, areas=6, parties=4),
    Room(actions=1, text=70, title=40, summary=160, areas=4, parties=3),
)
"""From the most that fits on a page when texts are ordinary, to what fits on it however long they are."""


# --- What a page says


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNumber:
    """A number of how many, in words; ``of`` is 0 where the plan has none to count, which the words then say."""

    number: int
    of: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of a bar, in units of :data:`WIDTH` from the left."""

    x: int
    width: int
    fill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a column, with the colour it has in the bars."""

    label: str
    fill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a table: (label, number) by kind, and their sum."""

    title: str
    numbers: list[tuple[str, int]]
    total: int
    segments: list[Segment]

    @property
    def told(self):
        """What its bar shows, in words: "Mål: 3 Uppnådda, 1 Inget svar"."""
        return f"{self.title}: {', '.join(f'{number} {label}' for label, number in self.numbers if number)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Lines with their sum; ``left_out`` names those that are one line together, "" where they are none or many."""

    heads: list[Head]
    lines: list[Line]
    total: Line
    left_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An action that is told of, by its identity in the plan; ``what`` is said before its name."""

    uid: str
    title: str
    text: str
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The actions told of, out of how many that could have been."""

    actions: list[Told]
    of: int

    @property
    def left_out(self):
        """How many there was no room for."""
        return self.of - len(self.actions)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnAPage:
    """A follow-up on one page."""

    summary: str
    is_summary_cut: bool
    keys: list[KeyNumber]
    unanswered: str
    areas: Table
    goals: Line
    goal_heads: list[Head]
    parties: Table
    change: str
    worked: Chosen
    did_not: Chosen
    coming: Chosen
    coming_told: str

    @property
    def goal_numbers(self):
        """(head, number) of how it went with the goals."""
        return [(head, number) for head, (_, number) in zip(self.goal_heads, self.goals.numbers, strict=True)]


def on_a_page(plan, follow_up, room=ROOMS[0]):
    """Return the follow-up of the plan, both documents, as an :class:`OnAPage`: as much as there is room for."""
    return _Page(plan, follow_up, room).made()


class _Page:
    def __init__(self, plan, follow_up, room):
        self.plan, self.follow_up, self.room = plan, follow_up, room
        self.figures = figures_of([(follow_up.district, plan, follow_up)])
        self.places = Outline(plan).places

    def made(self):
        summary = " ".join(self.follow_up.summary.split())
        shown = _cut(summary, self.room.summary)
        goals = self.figures[figures.GOALS]
        return OnAPage(
            summary=shown,
            is_summary_cut=len(summary) > self.room.summary,
            keys=self._keys(),
            unanswered=self._unanswered(),
            areas=self._table(
                figures.STATUS, "area", STATUSES, self._area_titles(), self.room.areas, "område", "områden"
            ),
            goals=_line("Mål", goals, RESULTS),
            goal_heads=_heads(RESULTS),
            parties=self._table(
                figures.PARTIES, "party", ANSWERS, self._party_titles(), self.room.parties, "part", "parter"
            ),
            change=self._change(),
            worked=self._worked(),
            did_not=self._did_not(),
            coming=self._coming(),
            coming_told=self._coming_told(),
        )

    # --- Numbers

    def _count(self, code, kinds):
        return sum(self.figures[code].where(kind=kind).number for kind in kinds)

    def _keys(self):
        numbers = (
            (figures.STATUS, CARRIED_OUT, "åtgärder är genomförda", "planen har inga åtgärder"),
            (figures.GOALS, (GoalResult.MET,), "mål är uppnådda", "planen har inga mål"),
            (
                figures.PARTIES,
                (Fulfilled.YES,),
                "åtaganden är uppfyllda, enligt parterna själva",
                "inga parter är namngivna",
            ),
        )
        counts = [(self._count(code, kinds), self.figures[code].number, *words) for code, kinds, *words in numbers]
        on = sum(answer.next_year in GOES_ON for answer in self.follow_up.actions)
        words = f"åtgärder går vidare {self.follow_up.year + 1}"
        counts.append((on, len(self.follow_up.actions), words, "inga åtgärder att föra vidare"))
        return [KeyNumber(number=number, of=of, words=some if of else none) for number, of, some, none in counts]

    def _unanswered(self):
        left = (
            (self._count(figures.STATUS, ("",)), "åtgärd", "åtgärder"),
            (self._count(figures.GOALS, ("",)), "mål", "mål"),
            (self._count(figures.PARTIES, ("",)), "åtagande", "åtaganden"),
        )
        told = [counted(number, one, many) for number, one, many in left if number]
        return f"{listed(told).capitalize()} har inget svar." if told else ""

    def _table(self, code, per, parts, titles, most, one, many):
        """Return the figure with a line for each title; those that there is no room for are a line together."""
        figure = self.figures[code]
        of_each = figure.by(per)
        shown = titles if len(titles) <= most else titles[: most - 1]
        rest = [title for _, title in titles[len(shown) :]]
        lines = [_line(title, of_each[key,], parts) for key, title in shown]
        if rest:
            others = figures.Figure(tuple(row for key, _ in titles[len(shown) :] for row in of_each[key,].rows))
            lines.append(
                _line(f"{counted(len(rest), 'annan', 'andra')} {one if len(rest) == 1 else many}", others, parts)
            )
        named = listed(rest) if len(rest) <= MOST_NAMED else ""
        return Table(heads=_heads(parts), lines=lines, total=_line("Alla", figure, parts), left_out=named)

    def _area_titles(self):
        titles, own = {}, []
        for area in self.plan.areas:
            title = excerpt(area.canonical_title or area.title, 60) or "Område utan namn"
            if area_key(area) == OWN_AREAS:
                own.append(title)
            titles.setdefault(area_key(area), title)
        if len(own) > 1:
            titles[OWN_AREAS] = "Egna områden"
        counted_areas = set(self.figures[figures.STATUS].values("area"))
        return [(key, title) for key, title in titles.items() if key in counted_areas]

    def _party_titles(self):
        """Return (party, what it is called), those with most to answer for first."""
        parts = {party: part.number for (party,), part in self.figures[figures.PARTIES].by("party").items()}
        return [(party, excerpt(party, 40)) for party in sorted(parts, key=lambda name: (-parts[name], name))]

    def _change(self):
        """Say what the assessments of problems say, with how sure anyone can be; "" where none is made."""
        assessed = [each for each in self.follow_up.assessments if each.kind == AssessedKind.PROBLEM and each.change]
        if not assessed:
            return ""
        problems = sum(place.kind == "problem" and bool(place.text) for place in self.places.values())
        changes = Counter(each.change for each in assessed)
        told = [
            f"{changes[kind]} {one if changes[kind] == 1 else many}" for kind, one, many in CHANGES if changes[kind]
        ]
        if changes[Change.UNKNOWN]:
            told.append(f"för {changes[Change.UNKNOWN]} vet ingen")
        likely = sum(each.certainty == Certainty.LIKELY for each in assessed)
        is_are = "är bedömt" if len(assessed) == 1 else "är bedömda"
        cause = f"För {likely} har åtgärderna troligen bidragit." if likely else NOT_THE_CAUSE
        return f"{len(assessed)} av {counted(problems, 'problem', 'problem')} {is_are}: {listed(told)}. {cause}"

    # --- What is told of

    def _worked(self):
        """The actions carried out, those with most goals met first; none that the district says went wrong."""
        found = [each for each in self.follow_up.actions if each.status in CARRIED_OUT and each.light != Light.RED]
        found.sort(key=lambda each: (-sum(goal.result == GoalResult.MET for goal in each.goals), not each.done))
        return self._chosen(found, lambda answer: answer.done)

    def _did_not(self):
        """The actions that went wrong or were not carried out, those that say why first."""
        found = [each for each in self.follow_up.actions if each.light == Light.RED or each.status in NOT_CARRIED_OUT]
        found.sort(key=lambda each: not _why(each))
        return self._chosen(found, _why)

    def _coming(self):
        """The actions that are to be something else next year: more, otherwise, or no more."""
        order = (N.SCALE_UP, N.CHANGE, N.STOP)
        found = [each for each in self.follow_up.actions if each.next_year in order]
        found.sort(key=lambda each: (order.index(each.next_year), not each.lesson))
        return self._chosen(found, lambda answer: answer.lesson, lambda answer: NextYear(answer.next_year).label)

    def _coming_told(self):
        counts = Counter(answer.next_year for answer in self.follow_up.actions)
        told = [f"{counts[kind]} {words}" for kind, words in TOLD_OF_NEXT_YEAR.items() if counts[kind]]
        return f"Av {counted(len(self.follow_up.actions), 'åtgärd', 'åtgärder')}: {listed(told)}." if told else ""

    def _chosen(self, answers, text, what=lambda answer: ""):
        told = [
            Told(
                uid=answer.row,
                title=_cut(self.places[answer.row].text, self.room.title) or "Åtgärd utan text",
                text=_cut(text(answer), self.room.text),
                what=what(answer),
            )
            for answer in answers[: self.room.actions]
        ]
        return Chosen(actions=told, of=len(answers))


def _why(answer: ActionAnswer):
    return answer.reason or answer.hindered or answer.changed


def _cut(text, length):
    """Return the beginning of the text, with its … on the same line as the last word."""
    return excerpt(text, length).replace(" …", "\N{NO-BREAK SPACE}…")


def _line(title, figure, parts):
    counts = Counter(row.kind for row in figure.rows)
    numbers = [(part.label, sum(counts[kind] for kind in part.of)) for part in parts]
    segments, before = [], 0
    for part, (_, number) in zip(parts, numbers, strict=True):
        x, end = (WIDTH * count // figure.number if figure.number else 0 for count in (before, before + number))
        if number:
            segments.append(Segment(x=x, width=max(end - x - GAP, 1), fill=fill_of(part)))
        before += number
    return Line(title=title, numbers=numbers, total=figure.number, segments=segments)


def _heads(parts):
    return [Head(label=part.label, fill=fill_of(part)) for part in parts]


def fill_of(part):
    """Return the part's colour: the page's own, where needed mixed with white, as "#c4a97f"."""
    colour = colours()[part.colour]
    channels = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{(part.strength * each + (100 - part.strength) * 255) // 100:02x}" for each in channels)
