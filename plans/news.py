"""What is new in a plan to a person: when they last looked at it, and what others have done since.

A visit lasts as long as the person keeps coming back within half an hour;
what is new is what has happened since the visit before it. What the person
did is never news to them, nor what they have written over themselves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from plans.history import CellChange, RowChange, may_follow
from plans.models import Answer, Comment, PlanEvent, PlanStep, PlanVisit
from plans.operations import FIELD_LABELS, MAIN_FIELD, ROW_NAMES, empty_value
from plans.outline import excerpt
from plans.permissions import DECIDED_STATES
from trygghet.dates import short_day, time_of_day
from trygghet.words import counted, lower_first

VISIT_ENDS_AFTER = timedelta(minutes=30)
NOTED_EVERY = timedelta(minutes=1)

NEW, CHANGED, MOVED, REMOVED = "new", "changed", "moved", "removed"
MARKS = {NEW: "Ny", CHANGED: "Ändrad", MOVED: "Flyttad"}
VERBS = {NEW: "Ny rad", CHANGED: "Ändrad", MOVED: "Flyttad", REMOVED: "Borttagen"}


# --- Visits


def visit(plan, user):
    """Note that the person has the plan open now; return the PlanVisit as it then stands.

    Written at most once a minute. Two windows that open at once make one visit.
    """
    now = timezone.now()
    seen, is_first = PlanVisit.objects.get_or_create(plan=plan, user=user, defaults={"at": now})
    if is_first or now - seen.at < NOTED_EVERY:
        return seen
    before = _new_since(seen, now)
    if PlanVisit.objects.filter(pk=seen.pk, at=seen.at).update(at=now, before=before):
        seen.at, seen.before = now, before
    else:  # another window was faster
        seen.refresh_from_db()
    return seen


def _new_since(visit, now):
    """Return the moment after which things are new; None during the first visit ever."""
    return visit.at if now - visit.at > VISIT_ENDS_AFTER else visit.before


# --- What is new


@dataclass(slots=True, kw_only=True)
class RowNews:
    """What others have done to a row, all their changes taken together.

    ``cells`` has [before, now] by field; ``moved`` is (where it was, where it
    is), each (parent, after); ``lost`` is what a removed row and the rows
    under it said, as (kind, text).
    """

    uid: str
    kind: str
    is_new: bool = False
    cells: dict = field(default_factory=dict)
    moved: list | None = None
    lost: list | None = None

    @property
    def fields(self):
        """The fields that say something else than before, in the order of the row."""
        changed = {name for name, (before, now) in self.cells.items() if before != now}
        return [name for name in FIELD_LABELS[self.kind] if name in changed]

    @property
    def what(self):
        """One of NEW, CHANGED, MOVED and REMOVED; None when what was done has been taken back."""
        if self.lost is not None:
            return REMOVED if self.lost and not self.is_new else None
        if self.fields:
            return NEW if self.is_new else CHANGED
        is_moved = self.moved is not None and self.moved[0] != self.moved[1]
        return MOVED if is_moved and not self.is_new else None

    def marks(self):
        """Yield (field, mark) for the cells where the news is seen."""
        if self.what in (NEW, MOVED):
            yield MAIN_FIELD[self.kind], MARKS[self.what]
        elif self.what == CHANGED:
            yield from ((name, MARKS[CHANGED]) for name in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What others have done in a plan since the person's last visit; ``since`` None: they have never been there.

    Steps, comments and answers come newest first.
    """

    plan: object
    since: datetime | None = None
    rows: list = field(default_factory=list)
    steps: list = field(default_factory=list)
    comments: list = field(default_factory=list)
    answers: list = field(default_factory=list)

    @property
    def is_first(self):
        return self.since is None

    @property
    def is_something(self):
        """Whether there is anything to show."""
        return bool(self.rows or self.steps or self.comments or self.answers)

    @property
    def since_words(self):
        """When the person was there, such as "3 mars"; the time if it was today, the year if it was another."""
        is_today = timezone.localdate(self.since) == timezone.localdate()
        return f"i dag {time_of_day(self.since)}" if is_today else short_day(self.since)

    @property
    def figures(self):
        """How much is new, such as "4 rader ändrade, 2 nya kommentarer"; empty when only steps are."""
        count = Counter(row.what for row in self.rows)
        said = (
            counted(count[CHANGED], "rad ändrad", "rader ändrade"),
            counted(count[MOVED], "rad flyttad", "rader flyttade"),
            counted(count[NEW], "ny rad", "nya rader"),
            counted(count[REMOVED], "rad borttagen", "rader borttagna"),
            counted(len(self.comments), "ny kommentar", "nya kommentarer"),
            counted(len(self.answers), "nytt svar", "nya svar"),
        )
        return ", ".join(words for words in said if not words.startswith("0 "))

    @property
    def latest_step(self):
        """Who took the latest step and what it was, as a sentence; empty if nobody has taken any."""
        return step_told(self.steps[0]) if self.steps else ""

    @property
    def earlier_steps(self):
        """How many steps were taken before the latest one, such as "2 steg till"."""
        return counted(len(self.steps) - 1, "steg till", "steg till") if len(self.steps) > 1 else ""

    def marks(self):
        """What to write beside the cells of the grid, by (uid, field)."""
        return {(row.uid, name): mark for row in self.rows for name, mark in row.marks()}


def step_told(step):
    """Say who did what: "Trygghetsstrateg, Skärholmen skickade planen på granskning."."""
    return f"{step.by or 'Ett kommando'} {lower_first(step.told)}."


def news_of(plan, user, visit=None):
    """Return the plan's :class:`News` to the person (4 queries, none on the first visit).

    Without the PlanVisit that :func:`visit` returned, one more.
    """
    return news_of_all([plan], user, visits=[visit] if visit else None)[plan.pk]


def news_of_all(plans, user, visits=None, after=None):
    """Return the :class:`News` of each plan by its id; 5 queries however many they are.

    Only for plans whose text the person may read. ``after``: nothing older
    than that moment, however long ago they were there.
    """
    now = timezone.now()
    plans = {plan.pk: plan for plan in plans}
    if visits is None:
        visits = PlanVisit.objects.filter(plan__in=plans, user=user)
    since = {visit.plan_id: _new_since(visit, now) for visit in visits}
    since = {pk: max(moment, after or moment) for pk, moment in since.items() if moment}
    found = _Found(plans, since, user) if since else None
    return {pk: found.news(pk) if pk in since else News(plan=plan) for pk, plan in plans.items()}


class _Found:
    """Everything that has happened in the plans since the person was there, fetched together."""

    def __init__(self, plans, since, user):
        self.plans, self.since, self.user = plans, since, user
        self.rows = defaultdict(dict)
        events = PlanEvent.objects.filter(self._later()).order_by("pk")
        for event in events.only("plan", "by", "operations", "inverse"):
            _fold(self.rows[event.plan_id], event, is_own=event.by_id == user.pk)
        self.steps = self._by_plan(self._steps())
        readable = Comment.objects.visible_to(user)
        comments = readable.filter(self._later()).exclude(by=user)
        self.comments = self._by_plan(comments.select_related("by").order_by("-at"))
        answers = Answer.objects.filter(self._later("comment__"), comment__in=readable).exclude(by=user)
        answers = answers.select_related("by", "comment").order_by("-at")
        self.answers = self._by_plan(answers, lambda answer: answer.comment.plan_id)

    def _later(self, path=""):
        """Condition: what happened in each plan after the moment from which things are new in it."""
        condition = Q()
        for pk, moment in self.since.items():
            condition |= Q(**{f"{path}plan": pk, "at__gt": moment})
        return condition

    def _by_plan(self, found, plan_of=lambda each: each.plan_id):
        groups = defaultdict(list)
        for each in found:
            groups[plan_of(each)].append(each)
        return groups

    def _steps(self):
        steps = PlanStep.objects.filter(self._later()).exclude(by=self.user).select_related("by")
        own = {pk: may_follow(self.user, plan) for pk, plan in self.plans.items()}
        return [step for step in steps if own[step.plan_id] or step.to_state in DECIDED_STATES]

    def news(self, pk):
        return News(
            plan=self.plans[pk],
            since=self.since[pk],
            rows=[row for row in self.rows[pk].values() if row.what],
            steps=self.steps[pk],
            comments=self.comments[pk],
            answers=self.answers[pk],
        )


def _fold(rows, event, *, is_own):
    """Lay a change on top of the earlier ones; ``rows`` has a RowNews by uid."""
    old = _Before(event.inverse)
    for step in event.operations:
        uid = step["uid"]
        if is_own:
            _forget(rows, step, old)
            continue
        if step["op"] == "move" and old.follows(step):
            continue
        row = rows.setdefault(uid, RowNews(uid=uid, kind=step["kind"]))
        match step["op"]:
            case "set":
                for name, value in step["values"].items():
                    before = old.cells.get((uid, name), empty_value(name))
                    row.cells.setdefault(name, [before, value])[1] = value
            case "move":
                place = _place(step)
                row.moved = [row.moved[0] if row.moved else old.places.get(uid, place), place]
            case "insert" if row.lost is not None and not row.is_new:
                row.lost = None  # an undo brought it back
            case "insert":
                row.is_new, row.lost = True, None
                row.cells = {name: [empty_value(name), value] for name, value in step["values"].items()}
            case "remove":
                under = old.under(uid)
                row.lost = [(kind, text) for kind, text in (_at_the_visit(rows, *each) for each in under) if text]
                for gone, _, _ in under[1:]:
                    rows.pop(gone, None)


def _at_the_visit(rows, uid, kind, text):
    """Return (kind, what a row now removed said when the person was there); nothing for a row that is newer.

    What it said in between may have been written where it was not theirs to read.
    """
    row = rows.get(uid)
    if row is None:
        return kind, text
    return kind, "" if row.is_new else row.cells.get(MAIN_FIELD[kind], [text])[0]


def _forget(rows, step, old):
    """Leave out what the person has seen and done something about."""
    row = rows.get(step["uid"])
    match step["op"]:
        case "set" if row:
            for name in step["values"]:
                row.cells.pop(name, None)
        case "move" if row:
            row.moved = None
        case "insert":
            rows.pop(step["uid"], None)
        case "remove":
            for gone in (step["uid"], *(uid for uid, _, _ in old.under(step["uid"]))):
                rows.pop(gone, None)


def _place(step):
    return step.get("parent"), step.get("after")


class _Before:
    """What stood before a change, read from its inverse: the step that is played last goes furthest back."""

    def __init__(self, inverse):
        self.cells, self.places, self.inserts = {}, {}, []
        for step in inverse:
            match step["op"]:
                case "set":
                    self.cells |= {(step["uid"], name): value for name, value in step["values"].items()}
                case "move":
                    self.places[step["uid"]] = _place(step)
                case "insert":
                    self.inserts.append(step)

    def follows(self, step):
        """Whether a row moves only because the row that it hangs under does."""
        return step["parent"] in self.places and self.places.get(step["uid"], (None,))[0] == step["parent"]

    def under(self, uid):
        """Return (uid, kind, text) of a removed row and of what hung under it, the row itself first."""
        found, uids = [], {uid}
        for step in self.inserts:
            if step["uid"] in uids or step.get("parent") in uids:
                uids.add(step["uid"])
                found.append((step["uid"], step["kind"], step["values"].get(MAIN_FIELD[step["kind"]], "")))
        return found


# --- In words


def rows_told(news, telling):
    """Return the rows as (verb, plans.history.RowChange): those in the plan in its order, then the removed ones.

    ``telling`` is the plan's plans.history.Telling.
    """
    order = {uid: at for at, uid in enumerate(telling.outline.places)}
    rows = sorted(news.rows, key=lambda row: order.get(row.uid, len(order)))
    return [(VERBS[row.what], _row_told(row, telling)) for row in rows]


def _row_told(row, telling):
    place = telling.outline.places.get(row.uid)
    if row.what == REMOVED:
        cells = [CellChange(label=ROW_NAMES[kind].capitalize(), old=text, new="") for kind, text in row.lost]
    else:
        cells = [_cell_told(row, name, telling.wording) for name in row.fields]
    label = place.label if place else f"{ROW_NAMES[row.kind]} «{excerpt(_main_text(row))}»"
    return RowChange(
        verb=VERBS[row.what], label=label, place=place, cells=cells,
        told="Raden står på en annan plats än förut." if row.what == MOVED else "",
    )  # fmt: skip


def _cell_told(row, name, wording):
    before, now = row.cells[name]
    say = wording.say
    return CellChange(
        label=wording.label(row.kind, name), old=say(row.kind, name, before), new=say(row.kind, name, now)
    )


def _main_text(row):
    if row.lost:
        return row.lost[0][1]
    return row.cells.get(MAIN_FIELD[row.kind], ["", ""])[1]
