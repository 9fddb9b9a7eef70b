"""What has happened in a plan since a file was made of it, so that an old file does not quietly undo it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import dateformat, timezone

from plans.comparison import flatten
from plans.marker import Marker
from plans.models import PlanEvent
from plans.operations import InsertRow, MoveRow, RemoveRow, SetFields

CHANGED, ADDED, REMOVED = "Ändrat", "Tillkom", "Togs bort"


def latest_event(plan):
    """Return the number of the plan's last event, 0 if it has none, None for no plan."""
    if plan is None:
        return None
    return PlanEvent.objects.filter(plan=plan).values_list("pk", flat=True).first() or 0


def marker_of(plan):
    """Return the :class:`~plans.marker.Marker` for a file that is made of the plan now."""
    return Marker(latest_event(plan), timezone.localtime().replace(microsecond=0))


@dataclass(frozen=True, slots=True)
class Later:
    """What was done in the plan after the file was made, where the file now says something else."""

    what: str
    by: str
    at: datetime

    def __str__(self):
        return f"{self.what} i planen sedan filen hämtades, {self.by} {moment_told(self.at)}"


def moment_told(at):
    """Return the moment as "13.20", with the day if that is not today."""
    local = timezone.localtime(at)
    return dateformat.format(local, "H.i" if local.date() == timezone.localdate() else "j F H.i")


def overtaken(plan, old, document, operations, *, marker, identities):
    """Return, by index, the :class:`Later` of the operations that would undo what the plan has become since.

    ``document`` is the file's with the identities of ``old``, the plan as it
    is; ``identities`` has the file's own by path (see :func:`row_paths`). A
    marker is only trusted for a plan that has its event: without one, or for
    another plan, the answer is empty. One query.
    """
    if plan is None or marker is None:
        return {}
    events = list(
        PlanEvent.objects.filter(plan=plan, pk__gte=marker.event)
        .select_related("by")
        .only("at", "operations", "inverse", "by")
        .order_by("pk")
    )
    if not events or events[0].pk != marker.event:
        return {}
    return _Since(events[1:], old, document, identities).of(operations)


class _Since:
    def __init__(self, events, old, document, identities):
        self.old, self.new = flatten(old).by_uid, flatten(document).by_uid
        self.identities = {uid: identities.get(path) for uid, path in row_paths(document)}
        self.fields, self.added, self.removed, self.moved = {}, {}, {}, {}
        for event in events:
            self._remember(event)
        self.shuffled = {_container(self.old, uid): event for uid, event in self.moved.items() if uid in self.old}
        self.changed_under = self._changed_under()

    def _remember(self, event):
        for step in event.operations:
            uid = step["uid"]
            match step["op"]:
                case "set":
                    self.fields |= {(uid, name): event for name in step["values"]}
                case "move":
                    self.moved[uid] = event
                case "insert" if self.removed.pop(uid, None) is None:  # what an undo brought back was there
                    self.added[uid] = event
        for step in event.inverse:
            if step["op"] == "insert":
                self.removed[step["uid"]] = event

    def _changed_under(self):
        """Return the last event that changed each row or anything that hangs under it."""
        changed = {}
        touched = [*((uid, event) for (uid, _), event in self.fields.items()), *self.moved.items(), *self.added.items()]
        for uid, event in sorted(touched, key=lambda pair: pair[1].pk):
            while uid in self.old:
                changed[uid] = event
                uid = self.old[uid].parent
        return changed

    def of(self, operations):
        """Return the overtaken operations, those that need a row of which the addition is overtaken among them."""
        found, undone = {}, {}
        for index, step in enumerate(operations):
            what, event = self._later(step)
            if event is None and getattr(step, "parent", None) in undone:
                what, event = REMOVED, undone[step.parent]
            if event is None:
                continue
            if isinstance(step, InsertRow):
                undone[step.uid] = event
            found[index] = Later(what, str(event.by) if event.by else "ett kommando", event.at)
        return found

    def _later(self, step):
        added = self.added.get(step.uid)
        match step:
            case SetFields():
                last = [self.fields[step.uid, name] for name in step.values if (step.uid, name) in self.fields]
                return CHANGED, last[0] if last else added
            case InsertRow():
                return REMOVED, self.removed.get(self.identities.get(step.uid))
            case MoveRow():
                return CHANGED, self.moved.get(step.uid) or added or self._shuffle(step.uid)
            case RemoveRow():
                return (ADDED, added) if added else (CHANGED, self.changed_under.get(step.uid))

    def _shuffle(self, uid):
        """Return the event that moved a sibling: which of the two is said to have moved is a matter of taste."""
        container = _container(self.old, uid)
        return self.shuffled.get(container) if container == _container(self.new, uid) else None


def _container(rows, uid):
    """Return what the row has its place in: actions are ordered within their problem."""
    row = rows[uid]
    return row.kind, rows[row.parent].parent if row.kind == "action" else row.parent


def row_paths(document):
    """Yield (uid, path) for every row, the path as in a reading's sources."""
    for at, section in enumerate(document.areas):
        yield str(section.uid), (at,)
        for problem_at, problem in enumerate(section.problems):
            yield str(problem.uid), (at, problem_at)
            for cause_at, cause in enumerate(problem.causes):
                yield str(cause.uid), (at, problem_at, cause_at)
                for action_at, action in enumerate(cause.actions):
                    yield str(action.uid), (at, problem_at, cause_at, action_at)
