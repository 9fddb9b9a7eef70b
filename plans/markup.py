"""Two editions of a plan as one marked-up text: what is struck, what is added and what has another place.

The marked-up text holds both editions whole. Without its additions it is the
old one, without its deletions the new one; a page leaves out what is the same.
Only what the parties write is compared, not what the city's template says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby, takewhile

from plans.comparison import adopt, flatten, steady_order
from plans.document import PlanDocument
from plans.operations import FIELD_LABELS, KINDS, MAIN_FIELD, ROW_NAMES
from plans.outline import Outline, Place, excerpt
from trygghet.textdiff import SAME as SAME_WORDS
from trygghet.textdiff import word_changes
from trygghet.words import upper_first

SAME, CHANGED, ADDED, REMOVED, LEFT = "same", "changed", "added", "removed", "left"
"""What has become of a row; one that has ``LEFT`` stands in another place of the new edition."""

PLURALS = {"area": "områden", "problem": "problemområden", "cause": "orsaker", "action": "åtgärder"}
NEW = {"area": "Nytt", "problem": "Nytt", "cause": "Ny", "action": "Ny"}
# Participles for an en word, an ett word and for several.
PARTICIPLES = {
    CHANGED: ("ändrad", "ändrat", "ändrade"),
    ADDED: ("tillagd", "tillagt", "tillagda"),
    REMOVED: ("borttagen", "borttaget", "borttagna"),
    "moved": ("flyttad", "flyttat", "flyttade"),
    SAME: ("oförändrad", "oförändrat", "oförändrade"),
}
OTHER_ORDER = "Åtgärderna står i en annan ordning i tabellen."


def participle(kind, what, count=1):
    """Return the word for what has happened to so many rows of the kind, such as "tillagt"."""
    is_neuter = kind in ("area", "problem")
    return PARTICIPLES[what][2 if count != 1 else 1 if is_neuter else 0]


def counted(kind, count):
    """Return a number of rows of the kind, such as "3 åtgärder"."""
    return f"{count} {ROW_NAMES[kind] if count == 1 else PLURALS[kind]}"


@dataclass(frozen=True, kw_only=True)
class MarkedText:
    """A field of a row, in words, with what became of it."""

    name: str
    label: str
    old: str
    new: str
    is_changed: bool

    @cached_property
    def pieces(self):
        """How the old text became the new, as from :func:`trygghet.textdiff.word_changes`."""
        if self.is_changed:
            return word_changes(self.old, self.new)
        return [(SAME_WORDS, self.new)] if self.new else []

    @property
    def only_spaces(self):
        """Whether the two texts differ in nothing that can be marked."""
        return self.is_changed and all(kind == SAME_WORDS for kind, _ in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Rows side by side in which nothing differs, told by their number."""

    rows: list[MarkedRow]
    is_fold: bool = True

    @property
    def tells(self):
        """How many there are, such as "3 åtgärder oförändrade"."""
        kind, count = self.rows[0].kind, len(self.rows)
        return f"{counted(kind, count)} {participle(kind, SAME, count)}"


@dataclass(frozen=True, kw_only=True)
class MarkedRow:
    """A row of either edition, with what became of it and of the rows under it.

    ``name`` is the row as the new edition numbers it, or the old one if it is
    gone. ``moved`` says where it came from or, if it has left, went.
    """

    kind: str
    uid: str
    mark: str
    name: str
    title: str  # what the row says it is, on one line
    texts: list[MarkedText] = field(default_factory=list)  # the main one first; the others if filled in
    moved: str = ""
    note: str = ""
    children: list[MarkedRow] = field(default_factory=list)
    is_fold: bool = False

    @property
    def is_touched(self):
        """Whether anything is said of the row itself."""
        return self.mark != SAME or bool(self.moved)

    @cached_property
    def differs(self):
        """Whether anything is said of the row or of one under it."""
        return self.is_touched or any(child.differs for child in self.children)

    @property
    def heading(self):
        """The row as it is spoken of, such as "Åtgärd 2" or "Borttagen orsak"."""
        if self.mark == ADDED:
            return f"{NEW[self.kind]} {ROW_NAMES[self.kind]}"
        if self.mark == REMOVED:
            return f"{participle(self.kind, REMOVED).capitalize()} {ROW_NAMES[self.kind]}"
        return self.name

    @property
    def stands(self):
        """Where a row that is new or gone stands or stood, such as "nu åtgärd 2"."""
        when = {ADDED: "nu", REMOVED: "förut"}.get(self.mark)
        return f"{when} {self.name.lower()}" if when else ""

    @property
    def marks(self):
        """What has happened to a row that stands in both editions, in words."""
        told = participle(self.kind, CHANGED).capitalize() if self.mark == CHANGED else ""
        return [word for word in (told, self.moved) if word]

    @property
    def main(self):
        """The text that says what the row is."""
        return self.texts[0]

    @property
    def details(self):
        """The other texts."""
        return self.texts[1:]

    @property
    def changed(self):
        """The other texts that differ."""
        return [text for text in self.details if text.is_changed]

    @property
    def unchanged(self):
        """The other texts that are the same."""
        return [text for text in self.details if not text.is_changed]

    @property
    def touched(self):
        """How many rows something is said of: this one and those under it, each once."""
        is_told = self.is_touched and self.mark != LEFT
        return is_told + sum(child.touched for child in self.children)

    @property
    def folded(self):
        """The rows under this one, those beside each other in which nothing differs as a :class:`Fold`."""
        return fold(self.children)


def fold(rows):
    """Return the rows, those beside each other in which nothing differs as a :class:`Fold`."""
    items = []
    for differs, group in groupby(rows, key=lambda row: row.differs):
        run = list(group)
        items += run if differs else [Fold(rows=run)]
    return items


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedUp:
    """Two editions of a plan as one text, area by area."""

    areas: list[MarkedRow]

    @property
    def differs(self):
        """Whether there is anything to read."""
        return any(area.differs for area in self.areas)

    def rows(self) -> Iterator[MarkedRow]:
        """Yield every row, in the order of reading."""
        waiting = list(reversed(self.areas))
        while waiting:
            row = waiting.pop()
            yield row
            waiting += reversed(row.children)

    def tally(self):
        """Return how many rows of each kind have been changed, added, removed and moved."""
        tally = {kind: dict.fromkeys((CHANGED, ADDED, REMOVED, "moved"), 0) for kind in KINDS}
        for row in self.rows():
            if row.mark in tally[row.kind]:
                tally[row.kind][row.mark] += 1
            if row.moved and row.mark != LEFT:
                tally[row.kind]["moved"] += 1
        return tally

    @property
    def summary(self):
        """Sentences such as "4 åtgärder ändrade, 1 tillagd, 0 borttagna"; none for the kinds that are the same."""
        return [_summed(kind, counts) for kind, counts in reversed(self.tally().items()) if any(counts.values())]


def _summed(kind, counts):
    told = [what for what in (CHANGED, ADDED, REMOVED) if counts[CHANGED] or counts[ADDED] or counts[REMOVED]]
    first, *rest = [*told, *(["moved"] if counts["moved"] else [])]
    words = [f"{counted(kind, counts[first])} {participle(kind, first, counts[first])}"]
    return ", ".join([*words, *(f"{counts[what]} {participle(kind, what, counts[what])}" for what in rest)])


# --- Marking


def plain(outline: Outline) -> Callable[[str, str, object], str]:
    """Return a way to say values without knowing any words for them; see :class:`plans.wording.Wording`."""

    def say(kind, name, value):
        if isinstance(value, str):
            return value
        items = (_without_uid(item).values() if isinstance(item, dict) else [item] for item in value)
        return "\n".join(" · ".join(map(str, item)) for item in items)

    return say


def marked_up(old: PlanDocument, new: PlanDocument, wording=plain) -> MarkedUp:
    """Return the :class:`MarkedUp` text of two editions of a plan.

    Rows are the same by their identities; where an edition lacks them, as
    :func:`plans.comparison.adopt` recognises them. ``wording`` takes an
    outline and returns how to say (kind, name, value) as text.
    """
    if not _has_identities(old):
        old = adopt(replace(old, areas=()), old)
    if not _has_identities(new):
        new = adopt(old, new)
    return _Marking(_Edition(old, wording), _Edition(new, wording)).result()


def _has_identities(document):
    return all(uid != str(None) for uid in flatten(document).by_uid)


def _without_uid(part):
    return {name: value for name, value in part.items() if name != "uid"}


class _Edition:
    """One of the two: its rows by uid, who stands under whom, where they stand and how they are said."""

    def __init__(self, document, wording):
        rows = flatten(document)
        outline = Outline(document)
        self.values = {uid: row.values for uid, row in rows.by_uid.items()}
        self.order = rows.siblings
        self.places = outline.places
        self.say = wording(outline)
        self.under = defaultdict(list)
        for uid, row in rows.by_uid.items():
            self.under[row.parent].append(uid)

    def children(self, uid):
        return self.under.get(uid, [])

    def text(self, kind, uid, name):
        return self.say(kind, name, self.values[uid][name]) if uid in self.values else ""


class _Marking:
    def __init__(self, before: _Edition, after: _Edition):
        self.before, self.after = before, after

    def result(self):
        return MarkedUp(areas=self._under(None))

    def _under(self, uid):
        """The rows under that row in either edition; between two that stand still, those gone come first."""
        before, after = self.before.children(uid), self.after.children(uid)
        steady = steady_order(before, after)
        old, new, marked = iter(before), iter(after), []
        for anchor in [*(row for row in after if row in steady), None]:
            marked += [self._gone(row) for row in takewhile(lambda row, anchor=anchor: row != anchor, old)]
            marked += [self._come(row) for row in takewhile(lambda row, anchor=anchor: row != anchor, new)]
            if anchor:
                marked.append(self._row(anchor))
        return marked

    def _gone(self, uid):
        """A row that no longer stands here: it is in another place, or in none."""
        place, now = self.before.places[uid], self.after.places.get(uid)
        if now is None:
            return self._row(uid)
        moved = f"{participle(place.kind, 'moved').capitalize()} till {_way(now, place)}"
        return MarkedRow(kind=place.kind, uid=uid, mark=LEFT, name=place.name, title=place.excerpt, moved=moved)

    def _come(self, uid):
        """A row that did not stand here: it stood in another place, or in none."""
        was, place = self.before.places.get(uid), self.after.places[uid]
        if was is None:
            return self._row(uid)
        return self._row(uid, moved=f"{participle(place.kind, 'moved').capitalize()} från {_way(was, place)}")

    def _row(self, uid, moved=""):
        place = self.after.places.get(uid) or self.before.places[uid]
        texts = self._texts(place.kind, uid)
        children = self._under(uid)
        note = self._note(place.kind, uid, children)
        return MarkedRow(
            kind=place.kind,
            uid=uid,
            mark=self._mark(uid, texts, note),
            name=place.name,
            title=place.excerpt,
            texts=texts,
            moved=moved,
            note=note,
            children=children,
        )

    def _mark(self, uid, texts, note):
        if uid not in self.before.values:
            return ADDED
        if uid not in self.after.values:
            return REMOVED
        return CHANGED if note or any(text.is_changed for text in texts) else SAME

    def _texts(self, kind, uid):
        main = MAIN_FIELD[kind]
        names = [main, *(name for name in FIELD_LABELS[kind] if name != main)]
        texts = [self._text(kind, uid, name) for name in names]
        return [text for text in texts if text.name == main or text.old or text.new]

    def _text(self, kind, uid, name):
        label = FIELD_LABELS[kind][name]
        is_changed = _seen(self.before.values.get(uid), name) != _seen(self.after.values.get(uid), name)
        new = self.after.text(kind, uid, name)
        # A row it speaks of may have another number now; that is no change of this one.
        old = self.before.text(kind, uid, name) if is_changed else new
        return MarkedText(name=name, label=upper_first(label), old=old, new=new, is_changed=is_changed)

    def _note(self, kind, uid, children):
        """What cannot be told of single rows: how the actions of different causes stand among each other."""
        if kind != "problem" or any(row.moved for cause in children for row in (cause, *cause.children)):
            return ""
        before, after = (edition.order.get((uid, "action"), []) for edition in (self.before, self.after))
        kept = set(before) & set(after)
        in_order = [row for row in before if row in kept] == [row for row in after if row in kept]
        return "" if in_order else OTHER_ORDER


def _seen(values, name):
    """The value as a reader sees it: the identities of its parts are not seen."""
    value = values[name] if values else None
    if isinstance(value, list):
        return [_without_uid(item) if isinstance(item, dict) else item for item in value]
    return value or None


def _way(place: Place, seen_from: Place):
    """Where a row stands, told to one who stands in another place."""
    steps = []
    if place.area.uid != seen_from.area.uid:
        steps.append(f"området «{excerpt(place.area.canonical_title or place.area.title)}»")
    for above, here in ((place.problem, seen_from.problem), (place.cause, seen_from.cause)):
        if above and (here is None or above.uid != here.uid):
            steps.append(f"{above.name.lower()} «{above.excerpt or 'utan text'}»")
    return ", ".join(steps) or f"plats {place.number}"
