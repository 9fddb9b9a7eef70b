"""What has happened to a plan, read from its events: who, when, what, old and new."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone

from agreements.permissions import Permission, access_of
from plans.actors import said_of
from plans.enums import PlanState
from plans.models import ChangedRow, PlanEvent
from plans.operations import FIELD_LABELS, MAIN_FIELD, ROW_NAMES, empty_value
from plans.outline import Outline, Place, excerpt
from plans.permissions import may_read
from plans.wording import Wording
from trygghet.textdiff import word_changes

SHOWN_ROWS = 40
"""How many rows of one change the list shows; the page of the change shows all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """A field that got another value, in words."""

    label: str
    old: str
    new: str

    @property
    def changes(self):
        """How the old text became the new, word by word."""
        return word_changes(self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """What one change did to one row; ``place`` is None when the row is no longer in the plan."""

    verb: str
    label: str
    place: Place | None
    cells: list[CellChange] = field(default_factory=list)
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change of the plan, as the history tells it."""

    event: PlanEvent
    rows: list[RowChange]
    hidden: int  # how many more rows the change touched than are shown
    can_be_undone: bool
    is_undone: bool

    @property
    def by(self):
        return str(self.event.by) if self.event.by else "Ett kommando"

    @property
    def at(self):
        return timezone.localtime(self.event.at)


def check_follow(user, plan):
    """Raise PermissionDenied with the reason for who may read the plan but not how it came to be.

    What was written on the way and why steps were taken stays in the plan's own district.
    """
    if not access_of(user).allows(Permission.READ_HISTORY, plan.district_id):
        who_reads = "Hur planen har kommit till läses av dem som arbetar med den i stadsdelen."
        raise PermissionDenied(f"{said_of(plan, who_reads)} Du läser planen som den är beslutad.")


def may_follow(user, plan):
    """Whether :func:`check_follow` lets the person through."""
    return access_of(user).allows(Permission.READ_HISTORY, plan.district_id)


def events_of(plan, user, uid=None):
    """Return the plan's events that the person may read, newest first; only those that touched the row if given a uid.

    An event is read by those who could read the plan when it happened: what
    was written and taken away before a draft was shared is the writers' alone.
    """
    events = plan.events.select_related("by", "undoes", "undone_by").defer(
        "undoes__operations", "undoes__inverse", "undone_by__operations", "undone_by__inverse"
    )
    if not may_follow(user, plan):
        return events.none()
    if not access_of(user).allows(Permission.READ_DRAFT, plan.district_id):
        events = events.filter(_within(open_periods(plan, user)))
    return events.filter(pk__in=ChangedRow.objects.filter(uid=uid).values("event")) if uid else events


def _within(periods):
    condition = Q(pk__in=[])
    for start, end in periods:
        condition |= Q(at__gte=start, at__lt=end) if end else Q(at__gte=start)
    return condition


def open_periods(plan, user):
    """Return when the plan's text, as it then stood, was the person's to read, as [(start, end)] (1 query).

    The end is None for a period that lasts. Follows the steps of the plan's
    way; the last period is as the plan stands now.
    """
    state, is_shared, start, periods = PlanState.DRAFT, False, plan.created_at, []
    for step in plan.steps.order_by("pk"):
        if may_read(user, plan.district_id, state, is_shared):
            periods.append((start, step.at))
        state, start = step.to_state, step.at
        is_shared = step.name != "start_version" and (is_shared or step.name in ("share", "send_for_review"))
    if plan.state == PlanState.DRAFT and plan.shared_at:
        start = max(start, plan.shared_at)
    if may_read(user, plan.district_id, plan.state, bool(plan.shared_at)):
        periods.append((start, None))
    return periods


def latest_change(plan, user, uid):
    """Return the last event the person may read that touched the row, with who did it, or None."""
    return events_of(plan, user, uid).first()


def by_day(entries):
    """Return (day, its entries) with the newest day first."""
    return [(day, list(group)) for day, group in groupby(entries, key=lambda entry: entry.at.date())]


class Telling:
    """Tells events in words, with the rows named as they stand in the plan now."""

    def __init__(self, outline: Outline, wording: Wording):
        self.outline, self.wording = outline, wording

    def entry(self, event, *, uid=None, limit=SHOWN_ROWS):
        """Return the :class:`Entry` of an event; only what it did to one row if its uid is given."""
        steps = [step for step in event.operations if uid is None or step["uid"] == str(uid)]
        old = _OldValues(event.inverse)
        told = [self._row(step, old) for step in (steps if limit is None else steps[:limit])]
        return Entry(
            event=event,
            rows=told,
            hidden=len(steps) - len(told),
            can_be_undone=not hasattr(event, "undone_by") and bool(event.inverse),
            is_undone=hasattr(event, "undone_by"),
        )

    def _row(self, step, old):
        kind, uid = step["kind"], step["uid"]
        place = self.outline.places.get(uid)
        match step["op"]:
            case "set":
                before = old.of_set(uid, step["values"])
                cells = [self._cell(kind, name, before.get(name), step["values"][name]) for name in _named(step)]
                return self._told("Ändrade", step, place, before, cells)
            case "insert":
                cells = [self._cell(kind, name, None, step["values"][name]) for name in _named(step)]
                return self._told("La till", step, place, step["values"], cells)
            case "remove":
                rows = old.of_remove(uid)
                cells = [self._removed(row) for row in rows if row["values"].get(MAIN_FIELD[row["kind"]])]
                return self._told("Tog bort", step, place, rows[0]["values"] if rows else {}, cells)
            case "move":
                return self._told("Flyttade", step, place, {}, [], told=self._moved(step, old.of_move(uid)))

    def _told(self, verb, step, place, values, cells, told=""):
        if place:
            label = place.label
        else:
            text = excerpt(values.get(MAIN_FIELD[step["kind"]], ""))
            label = f"{ROW_NAMES[step['kind']]} «{text}»" if text else ROW_NAMES[step["kind"]]
            label += "" if step["op"] == "remove" else " (finns inte längre)"
        return RowChange(verb=verb, label=label, place=place, cells=cells, told=told)

    def _cell(self, kind, name, old, new):
        before = empty_value(name) if old is None else old
        say = self.wording.say
        return CellChange(label=self.wording.label(kind, name), old=say(kind, name, before), new=say(kind, name, new))

    def _removed(self, row):
        text = row["values"][MAIN_FIELD[row["kind"]]]
        return CellChange(label=ROW_NAMES[row["kind"]].capitalize(), old=text, new="")

    def _moved(self, step, before):
        if not before or before.get("parent") == step.get("parent"):
            return "Till en annan plats i samma ordning."
        return f"Från {self._name(before.get('parent'))} till {self._name(step.get('parent'))}."

    def _name(self, uid):
        place = self.outline.places.get(uid)
        return f"{place.name.lower()} «{place.excerpt}»" if place else "en rad som är borttagen"


def _named(step):
    """The fields that the step writes, in the order of the row; a database need not keep their order."""
    return [name for name in FIELD_LABELS[step["kind"]] if name in step["values"]]


class _OldValues:
    """What stood before, found in the inverse of an event, whose steps come last first."""

    def __init__(self, inverse):
        self.sets, self.moves, self.inserts = defaultdict(list), defaultdict(list), []
        for step in inverse:
            match step["op"]:
                case "set":
                    self.sets[step["uid"]].append(step["values"])
                case "move":
                    self.moves[step["uid"]].append(step)
                case "insert":
                    self.inserts.append(step)

    def of_set(self, uid, values):
        for at in range(len(self.sets[uid]) - 1, -1, -1):
            if set(self.sets[uid][at]) == set(values):
                return self.sets[uid].pop(at)
        return {name: empty_value(name) for name in values}

    def of_move(self, uid):
        return self.moves[uid].pop() if self.moves[uid] else None

    def of_remove(self, uid):
        """Return the removed row and what hung under it, parents first."""
        rows, under = [], {uid}
        for step in self.inserts:
            if step["uid"] in under or step.get("parent") in under:
                under.add(step["uid"])
                rows.append(step)
        return rows
