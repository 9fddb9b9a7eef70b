"""Where the rows of a plan stand: their parents, numbers and neighbours, for pages that show one row at a time."""

from __future__ import annotations

from dataclasses import dataclass

from plans.document import Action, AreaSection, Cause, PlanDocument, Problem
from plans.open_format import PARTS, part_data
from plans.operations import FIELD_LABELS, MAIN_FIELD, ROW_NAMES

EXCERPT = 70
"""How many characters of a row name it where there is no room for all of it."""


def excerpt(text, length=EXCERPT):
    """Return the beginning of the text on one line, cut at a word and marked with … if it is longer."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[: length + 1].rsplit(" ", 1)[0][:length].rstrip(" ,.;:–-") + " …"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A row and where it stands; ``number`` is 1-based among its kind under the area or the problem."""

    kind: str
    node: AreaSection | Problem | Cause | Action
    number: int
    position: int  # of the area's tab
    area: AreaSection
    problem: Place | None = None
    cause: Place | None = None

    @property
    def uid(self):
        return str(self.node.uid)

    @property
    def text(self):
        """What the row says it is."""
        if self.kind == "area":
            return self.node.canonical_title or self.node.title
        return getattr(self.node, MAIN_FIELD[self.kind])

    @property
    def name(self):
        """The row as it is spoken of, such as "Orsak 2"."""
        return f"{ROW_NAMES[self.kind].capitalize()} {self.number}"

    @property
    def excerpt(self):
        return excerpt(self.text)

    @property
    def label(self):
        """Name and beginning of the text, such as "Orsak 2: Belysningen är dålig"."""
        return f"{self.name}: {self.excerpt or 'text saknas'}"


class Outline:
    """All rows of a document by uid, and those of each kind in the order of the sheet."""

    def __init__(self, document: PlanDocument):
        self.places: dict[str, Place] = {}
        self.of_kind: dict[str, list[Place]] = {"area": [], "problem": [], "cause": [], "action": []}
        for position, area in enumerate(document.areas, start=1):
            self._put(Place(kind="area", node=area, number=position, position=position, area=area))
            for number, problem in enumerate(area.problems, start=1):
                self._problem(area, position, problem, number)

    def _problem(self, area, position, problem, number):
        here = {"area": area, "position": position}
        above = self._put(Place(kind="problem", node=problem, number=number, **here))
        causes = {
            str(cause.uid): self._put(Place(kind="cause", node=cause, number=at, problem=above, **here))
            for at, cause in enumerate(problem.causes, start=1)
        }
        actions = [(cause, action) for _, cause, action in problem.rows() if action]
        for at, (cause, action) in enumerate(actions, start=1):
            home = causes[str(cause.uid)]
            self._put(Place(kind="action", node=action, number=at, problem=above, cause=home, **here))

    def _put(self, place):
        self.places[place.uid] = place
        self.of_kind[place.kind].append(place)
        return place

    def find(self, kind, uid):
        """Return the row's place, or None if the plan has no such row of that kind (any kind if it is empty)."""
        place = self.places.get(str(uid))
        return place if place and kind in ("", place.kind) else None

    def beside(self, place):
        """Return the rows of the same kind before and after it in the plan, None at the ends."""
        rows = self.of_kind[place.kind]
        at = rows.index(place)
        return (rows[at - 1] if at else None), (rows[at + 1] if at + 1 < len(rows) else None)

    def causes_beside(self, place):
        """Return the causes that an action could answer: those of its problem."""
        return [cause for cause in self.of_kind["cause"] if cause.problem is place.problem]

    def below(self, place):
        """Return the rows that hang directly under the row, in the order of the sheet."""
        match place.kind:
            case "area":
                return [problem for problem in self.of_kind["problem"] if problem.area is place.area]
            case "problem":
                return [cause for cause in self.of_kind["cause"] if cause.problem is place]
            case "cause":
                return [action for action in self.of_kind["action"] if action.cause is place]
        return []

    def last_action_of(self, cause):
        """Return the uid of the action after which another one comes last under the cause; None for first."""
        siblings = [action for action in self.of_kind["action"] if action.problem is cause.problem]
        own = [action for action in siblings if action.cause is cause]
        earlier = [action for action in siblings if action.cause.number < cause.number]
        last = (own or earlier or [None])[-1]
        return last and last.uid

    def values(self, place):
        """Return what each field of the row holds, as an operation writes it."""
        return {name: self._value(place, name) for name in FIELD_LABELS[place.kind]}

    def _value(self, place, name):
        value = getattr(place.node, name)
        if name == "also_causes":
            causes = self.causes_beside(place)
            return [causes[number - 1].uid for number in value]
        if name in PARTS:
            return [part_data(part) for part in value]
        return list(value) if isinstance(value, tuple) else value
