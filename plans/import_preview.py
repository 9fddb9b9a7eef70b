"""What an import would do, in words: for the preview on the page and for the command's printout."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from plans.document import AreaSection, Counts, PlanDocument
from plans.imports import default_choice, is_consequence
from plans.operations import FIELD_LABELS, MAIN_FIELD, ROW_NAMES, InsertRow, MoveRow, RemoveRow, SetFields
from plans.outline import Outline, excerpt
from plans.since import row_paths
from plans.wording import Wording
from plans.workbook.outcome import Source
from trygghet.textdiff import SAME, word_changes
from trygghet.words import counted, upper_first

EXCERPT = 100
NOTE_HEADINGS = {"help": "Behöver din hjälp", "guess": "Gissat", "info": "Att känna till"}
ADDED_HEADINGS = {"area": "Nytt område", "problem": "Nytt problemområde", "cause": "Ny orsak", "action": "Ny åtgärd"}


# --- What the file holds


@dataclass(slots=True, kw_only=True)
class Node:
    """A row the file holds: its number and text as the grid shows them, the cell it came from, what is under it."""

    number: str
    text: str
    missing: str
    source: Source | None
    children: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTree:
    """An area the file speaks of, or (``is_silent``) says nothing about."""

    title: str
    counts: Counts
    source: Source | None
    overarching_goal: str
    problems: list[Node]
    is_silent: bool

    @property
    def tells(self):
        """The counts in words."""
        return self.counts.told


def material_told(material):
    """Return what the file holds, such as "14 problemområden, 26 orsaker och 31 åtgärder i 5 områden"."""
    return f"{material.counts().told} i {counted(len(material.areas), 'område', 'områden')}"


def area_trees(material, document):
    """Return an :class:`AreaTree` for each area; ``document`` is the material's, perhaps with identities."""
    sources = material.sources
    return [
        AreaTree(
            title=_area_title(section),
            counts=section.counts(),
            source=sources.get((at,)),
            overarching_goal=section.overarching_goal,
            problems=_problem_nodes(section, at, sources),
            is_silent=not material.speaks_of(at),
        )
        for at, section in enumerate(document.areas)
    ]


def _problem_nodes(section, at, sources):
    return [
        _node("problem", place, problem.title, sources.get((at, place)), [
            _node("cause", cause_place, cause.text, sources.get((at, place, cause_place)), [
                _node("action", action_place, action.text, sources.get((at, place, cause_place, action_place)))
                for action_place, action in enumerate(cause.actions)
            ])
            for cause_place, cause in enumerate(problem.causes)
        ])
        for place, problem in enumerate(section.problems)
    ]  # fmt: skip


def _node(kind, place, text, source, children=()):
    missing = "" if text else f"{ROW_NAMES[kind].capitalize()} saknas"
    return Node(number=str(place + 1), text=text, missing=missing, source=source, children=list(children))


def _area_title(section: AreaSection):
    return section.canonical_title or section.title


def notes_by_level(notes):
    """Return (heading, notes) for each level there is, the one that asks for help first."""
    groups = ((heading, [note for note in notes if note.level == level]) for level, heading in NOTE_HEADINGS.items())
    return [(heading, found) for heading, found in groups if found]


# --- What would change


@dataclass(slots=True, kw_only=True)
class Choice:
    """One thing a person can say yes or no to.

    An ``edit`` has a label, the old text and what became of it word by word;
    an ``add`` and a ``remove`` have lines (label, text); a ``move`` has the
    old and the new place.
    """

    index: int
    verb: str  # edit | add | move | remove
    question: str
    label: str = ""
    old: str = ""
    new: str = ""
    changes: list = field(default_factory=list)
    lines: list = field(default_factory=list)
    ticked: bool = True
    since: str = ""  # what was done in the plan since the file was made of it

    @property
    def only_spaces(self):
        """Whether the two texts differ in nothing that can be marked."""
        return self.verb == "edit" and all(kind == SAME for kind, _ in self.changes)


@dataclass(slots=True, kw_only=True)
class ChangedRow:
    """A row with what would happen to it."""

    heading: str
    excerpt: str
    place: str
    source: Source | None
    choices: list[Choice] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class AreaChanges:
    """The changed rows of an area, in the order of the plan, removed ones last."""

    title: str
    rows: list[ChangedRow]

    @property
    def tells(self):
        """How much changes, in words."""
        return counted(sum(len(row.choices) for row in self.rows), "ändring", "ändringar")


def area_changes(old: PlanDocument, new: PlanDocument, operations, sources=None, chosen=None, overtaken=None):
    """Return the :class:`AreaChanges` of the areas where something changes.

    ``chosen`` are the indexes to tick, the default choice unless told;
    ``overtaken`` as from :func:`plans.imports.find_overtaken`.
    """
    return _Changes(old, new, operations, sources or {}, chosen, overtaken or {}).areas()


class _Side:
    """One of the two documents: its rows by uid, what its values say, and the order of reading."""

    def __init__(self, document):
        outline = Outline(document)
        self.places = outline.places
        self.say = Wording(outline).say
        self.order = {uid: at for at, uid in enumerate(self.places)}
        self.under = defaultdict(list)
        for uid, place in self.places.items():
            self.under[_parent_uid(place)].append(uid)


def _parent_uid(place):
    parent = place.cause or place.problem
    if parent:
        return parent.uid
    return None if place.kind == "area" else str(place.area.uid)


def _where(place):
    """What the row stands under, such as "Problemområde 1, orsak 2"; empty directly under its area."""
    return ", ".join([above.name for above in (place.problem, place.cause) if above]).replace(", O", ", o")


def _whole_place(place):
    where = _where(place)
    return f"{where}, {place.name.lower()}" if where else place.name


class _Changes:
    def __init__(self, old, new, operations, sources, chosen, overtaken):
        self.before, self.after = _Side(old), _Side(new)
        areas = (*new.areas, *old.areas)
        self.titles = {str(section.uid): _area_title(section) for section in reversed(areas)}
        self.area_order = {str(section.uid): at for at, section in reversed(list(enumerate(areas)))}
        self.operations = operations
        self.sources = {uid: sources.get(path) for uid, path in row_paths(new)}
        self.chosen = default_choice(operations, overtaken) if chosen is None else chosen
        self.overtaken = overtaken
        self.inserted = {step.uid for step in operations if isinstance(step, InsertRow)}
        self.added_under = defaultdict(list)
        for step in operations:
            if isinstance(step, InsertRow):
                self.added_under[step.parent].append(step)

    def areas(self):
        """Return the changes by area and row."""
        rows = defaultdict(dict)
        for index, step in enumerate(self.operations):
            if is_consequence(step) or getattr(step, "parent", None) in self.inserted and isinstance(step, InsertRow):
                continue  # told with the row it is moved with or added under
            found = rows[str(self._place(step).area.uid)]
            if step.uid not in found:
                found[step.uid] = self._row(step)
            found[step.uid].choices.append(self._choice(index, step))
        return [
            AreaChanges(
                title=self.titles[area],
                rows=[found[uid] for uid in sorted(found, key=self._reading_order)],
            )
            for area, found in sorted(rows.items(), key=lambda pair: self.area_order[pair[0]])
        ]

    def _reading_order(self, uid):
        in_file = uid in self.after.order
        return (not in_file, (self.after if in_file else self.before).order[uid])

    def _place(self, step):
        return (self.before if isinstance(step, RemoveRow) else self.after).places[step.uid]

    def _row(self, step):
        place = self._place(step)
        is_named = not isinstance(step, InsertRow | RemoveRow)
        return ChangedRow(
            heading=ADDED_HEADINGS[step.kind] if isinstance(step, InsertRow) else place.name,
            excerpt=excerpt(place.text, EXCERPT) if is_named and step.kind != "area" else "",
            place=_where(place),
            source=self.sources.get(step.uid),
        )

    def _choice(self, index, step):
        build = {SetFields: self._edit, InsertRow: self._addition, MoveRow: self._move, RemoveRow: self._removal}
        verb, question, told_as = build[type(step)](step)
        return Choice(
            index=index,
            verb=verb,
            question=question,
            ticked=index in self.chosen,
            since=str(self.overtaken.get(index, "")),
            **told_as,
        )

    def _edit(self, step):
        [(name, value)] = step.values.items()
        old = self.before.say(step.kind, name, step.expect[name])
        new = self.after.say(step.kind, name, value)
        label = FIELD_LABELS[step.kind][name]
        told_as = {"label": upper_first(label), "old": old, "new": new, "changes": word_changes(old, new)}
        return "edit", f"Ändra {label}", told_as

    def _addition(self, step):
        return "add", f"Lägg till {ROW_NAMES[step.kind]}", {"lines": list(self._lines(step))}

    def _lines(self, step):
        """What an added row holds, and what is added under it."""
        main = MAIN_FIELD[step.kind]
        yield upper_first(FIELD_LABELS[step.kind][main]), step.values.get(main) or "Saknas"
        for name, value in step.values.items():
            if name not in (main, "shared_cells", "sheet", "code"):
                yield upper_first(FIELD_LABELS[step.kind][name]), self.after.say(step.kind, name, value)
        for child in self.added_under[step.uid]:
            yield from self._lines(child)

    def _move(self, step):
        before, after = self.before.places[step.uid], self.after.places[step.uid]
        old, new = _whole_place(before), _whole_place(after)
        if before.area.uid != after.area.uid:
            old, new = f"{self.titles[str(before.area.uid)]}: {old}", f"{self.titles[str(after.area.uid)]}: {new}"
        return "move", f"Flytta {ROW_NAMES[step.kind]}", {"old": old, "new": new}

    def _removal(self, step):
        lines = [
            (upper_first(FIELD_LABELS[place.kind][MAIN_FIELD[place.kind]]), place.text or "Saknas")
            for place in self._removed(step.uid)
        ]
        return "remove", f"Ta bort {ROW_NAMES[step.kind]}", {"lines": lines}

    def _removed(self, uid):
        """The row and what is under it, except what the file has moved away."""
        yield self.before.places[uid]
        for child in self.before.under[uid]:
            if child not in self.after.places:
                yield from self._removed(child)


def change_lines(areas):
    """Yield the changes as lines of text, for the command's printout."""
    for area in areas:
        yield f"{area.title} ({area.tells})"
        for row in area.rows:
            yield "  " + " ".join(
                part for part in (row.heading, row.excerpt, f"({row.place})" if row.place else "") if part
            )
            for choice in row.choices:
                if choice.since:
                    yield f"    {choice.since}:"
                yield from _choice_lines(choice)


def _choice_lines(choice):
    if choice.verb in ("edit", "move"):
        label = choice.label or "Flyttas"
        yield f"    {label}: {excerpt(choice.old) or 'tomt'} → {excerpt(choice.new) or 'tomt'}"
        return
    sign = "+" if choice.verb == "add" else "−"
    for label, text in choice.lines:
        yield f"    {sign} {label}: {excerpt(text)}"
