"""What differs between two documents, row by row and cell by cell.

Two steps: :func:`adopt` recognises which rows of a document without
identities (a workbook that came back by mail) are rows of the old one, and
:func:`diff` says which operations turn the old document into the new.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from uuid import uuid4

from plans.document import Action, AreaSection, Cause, PlanDocument, Problem
from plans.open_format import PARTS, PARTS_OF, part_data
from plans.operations import (
    FIELD_LABELS,
    InsertRow,
    MoveRow,
    Operation,
    RemoveRow,
    SetFields,
    empty_value,
)

SAME_ROW = 0.5
"""How alike two texts must be (0–1) for the one to be an edit of the other."""
_MANY_PAIRS = 40_000  # beyond this many pairs only rows with equal words are looked for

# --- A document as flat rows


@dataclass(slots=True)
class Row:
    """One row of a document: where it hangs and what it holds, in JSON-ready values."""

    kind: str
    uid: str
    parent: str | None
    values: dict


@dataclass(slots=True)
class Rows:
    """A document laid flat: its rows by uid, and who stands beside whom in which order."""

    by_uid: dict[str, Row] = field(default_factory=dict)
    siblings: dict[tuple[str | None, str], list[str]] = field(default_factory=lambda: defaultdict(list))


def flatten(document):
    """Return the :class:`Rows` of a document in which every row has a uid."""
    rows = Rows()
    for section in document.areas:
        area = _put(rows, "area", section, None, None)
        for problem in section.problems:
            problem_uid = _put(rows, "problem", problem, area, area)
            cause_uids = [_put(rows, "cause", cause, problem_uid, problem_uid) for cause in problem.causes]
            for _, cause, action in problem.rows():
                if action:
                    also = [cause_uids[number - 1] for number in action.also_causes]
                    _put(rows, "action", action, str(cause.uid), problem_uid, also_causes=also)
    return rows


def _put(rows, kind, node, parent, container, **known):
    uid = str(node.uid)
    rows.by_uid[uid] = Row(kind, uid, parent, _values(kind, node) | known)
    rows.siblings[container, kind].append(uid)
    return uid


def _values(kind, node):
    values = {}
    for name in FIELD_LABELS[kind]:
        value = getattr(node, name)
        if name in PARTS:
            value = [part_data(part) for part in value]
        elif isinstance(value, tuple):
            value = list(value)
        values[name] = value
    if kind == "area":
        values["code"] = node.code
    return values


# --- Recognising rows


def adopt(old: PlanDocument, new: PlanDocument) -> PlanDocument:
    """Return the new document with the identities of the old rows that stayed, and fresh ones for the rest.

    A row is the same if it carries the same uid, else if its words are the
    same, else if they are alike (:data:`SAME_ROW`) among the rows of the same
    parent that are still unclaimed.
    """
    return _Adoption(old).document(new)


class _Adoption:
    def __init__(self, old):
        self.known = {str(node.uid): node for node in _nodes(old)}
        self.claimed = set()
        self.old = old

    def document(self, new):
        new = _each_row_once(new)
        self.claimed_early(new)
        pairs = self._pair(self.old.areas, new.areas, same_area)
        return replace(new, areas=tuple(self._area(old, section) for old, section in pairs))

    def claimed_early(self, new):
        """Rows that name their identity keep it, wherever in the document they now stand."""
        self.named = {}
        for node in _nodes(new):
            old = self.known.get(str(node.uid))
            if old is not None and type(old) is type(node) and str(node.uid) not in self.claimed:
                self.claimed.add(str(node.uid))
                self.named[id(node)] = old

    def _area(self, old, section):
        pairs = self._pair(old.problems if old else (), section.problems, alike)
        problems = tuple(self._problem(*pair) for pair in pairs)
        return replace(section, uid=_uid(old), **_parts("area", old, section), problems=problems)

    def _problem(self, old, problem):
        pairs = self._pair(old.causes if old else (), problem.causes, alike)
        action_pairs = self._action_pairs(old, problem)
        causes = tuple(
            replace(
                cause,
                uid=_uid(old_cause),
                actions=tuple(_action(action_pairs.get(id(action)), action) for action in cause.actions),
            )
            for old_cause, cause in pairs
        )
        return replace(problem, uid=_uid(old), causes=causes)

    def _action_pairs(self, old, problem):
        """Actions are recognised within their problem, since they may change cause."""
        before = [action for cause in old.causes for action in cause.actions] if old else []
        now = [action for cause in problem.causes for action in cause.actions]
        return {id(action): known for known, action in self._pair(before, now, alike)}

    def _pair(self, before: Iterable, now: Iterable, similarity: Callable):
        """Return (old row or None, new row) for every new row, each old row used once."""
        now = list(now)
        partner = {id(node): self.named[id(node)] for node in now if id(node) in self.named}
        free = [node for node in before if str(node.uid) not in self.claimed]
        self._match_equal(free, now, partner)
        self._match_alike(free, now, partner, similarity)
        return [(partner.get(id(node)), node) for node in now]

    def _claim(self, old, node, free, partner):
        partner[id(node)] = old
        self.claimed.add(str(old.uid))
        free.remove(old)

    def _match_equal(self, free, now, partner):
        by_words = defaultdict(list)
        for old in free:
            by_words[_own_words(old)].append(old)
        for node in now:
            if id(node) not in partner and by_words[_own_words(node)]:
                self._claim(by_words[_own_words(node)].pop(0), node, free, partner)

    def _match_alike(self, free, now, partner, similarity):
        waiting = [node for node in now if id(node) not in partner]
        if not waiting or not free or len(waiting) * len(free) > _MANY_PAIRS:
            return
        scores = sorted(
            ((similarity(old, node), -at, -place) for at, old in enumerate(free) for place, node in enumerate(waiting)),
            reverse=True,
        )
        candidates = list(free)
        for score, at, place in scores:
            if score < SAME_ROW:
                break
            old, node = candidates[-at], waiting[-place]
            if id(node) not in partner and str(old.uid) not in self.claimed:
                self._claim(old, node, free, partner)


def _each_row_once(document):
    """Return the document with an object of its own for every row: rows are told apart by ``id()`` here."""

    def own(cause):
        return replace(cause, actions=tuple(replace(action) for action in cause.actions))

    return replace(
        document,
        areas=tuple(
            replace(area, problems=tuple(replace(problem, causes=tuple(map(own, problem.causes)))
                                         for problem in area.problems))
            for area in document.areas
        ),
    )  # fmt: skip


def _action(old, action):
    return replace(action, uid=_uid(old), **_parts("action", old, action))


def _parts(kind, old, node):
    """The row's goals, timings and so on, which keep their identity if they were the old row's own."""
    known = {part.uid for name in PARTS_OF[kind] for part in getattr(old, name)} if old else set()

    def part(part):
        uid = part.uid if part.uid in known else None
        known.discard(uid)
        return replace(part, uid=uid)

    return {name: tuple(map(part, getattr(node, name))) for name in PARTS_OF[kind]}


def _nodes(document):
    for section in document.areas:
        yield section
        for problem in section.problems:
            yield problem
            for cause in problem.causes:
                yield cause
                yield from cause.actions


def _uid(old):
    return str(old.uid) if old is not None else str(uuid4())


def _own_words(node):
    match node:
        case AreaSection():
            return node.code or _words(node.canonical_title)
        case Problem():
            return _words(node.title)
        case Cause():
            return _words(node.text)
        case Action():
            return tuple(_words(text) for text in (node.text, node.goals, node.when, node.who))


def _words(text):
    return tuple(re.findall(r"\w+", text.casefold()))


def same_area(old, new):
    """1 when the two sections are the same area of the city's set, else how alike their names are."""
    if old.code or new.code:
        return float(old.code == new.code)
    return _ratio(old.title, new.title)


def alike(old, new):
    """How alike two rows are (0–1): by their own text, or by what stands in and under them."""
    mine, theirs = _text(old), _text(new)
    if not mine and not theirs:
        return SAME_ROW if isinstance(old, Action) is False else 0.0
    return max(_ratio(mine, theirs), _overlap(_all_words(old), _all_words(new)))


def _text(node):
    return node.title if isinstance(node, Problem) else node.text


def _ratio(mine, theirs):
    matcher = SequenceMatcher(None, mine[:400], theirs[:400], autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= SAME_ROW and matcher.quick_ratio() >= SAME_ROW else 0.0


def _overlap(mine, theirs):
    return len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0


def _all_words(node):
    match node:
        case Problem():
            return set(_words(node.title)).union(*(_all_words(cause) for cause in node.causes))
        case Cause():
            return set(_words(node.text)).union(*(_all_words(action) for action in node.actions))
        case Action():
            return set(_words(" ".join((node.text, node.goals, node.when, node.who))))


# --- Finding the operations


def diff(old: PlanDocument, new: PlanDocument, fields=FIELD_LABELS) -> list[Operation]:
    """Return the operations that turn the old document into the new one.

    Every row must have a uid (see :func:`adopt`). Only the named ``fields``
    of the rows that stayed are compared. Areas the new document lacks are
    left alone: a workbook without a tab says nothing about it.
    """
    before, after = flatten(old), flatten(new)
    return [
        *_placements(before, after),
        *_edits(before, after, fields),
        *_removals(before, after),
    ]


def _placements(before, after):
    container_of = _containers(before)
    for (container, kind), uids in after.siblings.items():
        steady = steady_order(before.siblings.get((container, kind), []), uids)
        previous = None
        for uid in uids:
            row = after.by_uid[uid]
            known = before.by_uid.get(uid)
            if known is None:
                yield InsertRow(kind=kind, uid=uid, parent=row.parent, after=previous, values=_written(row.values))
            elif uid not in steady or known.parent != row.parent or container_of[uid] != container:
                yield MoveRow(kind=kind, uid=uid, parent=row.parent, after=previous)
            previous = uid


def _written(values):
    return {name: value for name, value in values.items() if value not in ("", [])}


def steady_order(before, now):
    """Return the uids that keep their order among themselves, as many as possible."""
    place = {uid: at for at, uid in enumerate(before)}
    tails, tail_uids, previous = [], [], {}
    for uid in now:
        if uid not in place:
            continue
        at = bisect_left(tails, place[uid])
        previous[uid] = tail_uids[at - 1] if at else None
        tails[at : at + 1] = [place[uid]]
        tail_uids[at : at + 1] = [uid]
    steady, uid = set(), tail_uids[-1] if tail_uids else None
    while uid:
        steady.add(uid)
        uid = previous[uid]
    return steady


def _containers(rows):
    """Return, for each uid, the row whose children stand in one order with it."""
    return {uid: container for (container, _), uids in rows.siblings.items() for uid in uids}


def _relinked(before, after):
    """Return the actions that come to another problem, by themselves or with their cause.

    A move cuts the links to causes that are not (yet) there too, so their links are written again.
    """
    was, now = _containers(before), _containers(after)
    moved = {uid for uid, container in was.items() if now.get(uid, container) != container}
    return {uid for uid, row in before.by_uid.items() if row.kind == "action" and {uid, row.parent} & moved}


def _edits(before, after, fields):
    relinked = _relinked(before, after)
    for uid, row in after.by_uid.items():
        known = before.by_uid.get(uid)
        if known is None:
            continue
        changed = {
            name: value
            for name, value in row.values.items()
            if name in fields[row.kind]
            and (
                _bare(value) != _bare(known.values.get(name, empty_value(name)))
                or (name == "also_causes" and value and uid in relinked)
            )
        }
        if changed:
            yield SetFields(
                kind=row.kind, uid=uid, values=changed, expect={name: known.values[name] for name in changed}
            )


def _bare(value):
    """The value without the identities of its parts, which a reader does not see."""
    if isinstance(value, list):
        return [
            {name: word for name, word in part.items() if name != "uid"} if isinstance(part, dict) else part
            for part in value
        ]
    return value


def _removals(before, after):
    gone = {uid for uid, row in before.by_uid.items() if uid not in after.by_uid and row.kind != "area"}
    kept_areas = {uid for uid, row in before.by_uid.items() if row.kind == "area" and uid not in after.by_uid}
    hidden = set()
    for uid, row in before.by_uid.items():
        if uid not in after.by_uid and (row.parent in kept_areas or row.parent in hidden):
            hidden.add(uid)  # stands in an area the new document says nothing about
        elif uid in gone and row.parent not in gone:
            yield RemoveRow(kind=row.kind, uid=uid)
