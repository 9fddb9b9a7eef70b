"""The rows of a plan while they are being changed: applied in memory, written at once.

``plans/editing.py`` writes them, ``plans/imports.py`` only rehearses. An
operation on a few cells loads those rows; anything that changes the tree loads
the tree, so the number of queries does not depend on how much is changed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from uuid import UUID

from plans.basis import areas_of
from plans.errors import EditRefused, GoneRow, StaleRow
from plans.loading import PART_MODELS
from plans.models import Action, AlsoCause, Cause, PlanArea, Problem
from plans.open_format import part_data
from plans.operations import (
    FIELD_LABELS,
    KINDS,
    MAIN_FIELD,
    ROW_NAMES,
    InsertRow,
    MoveRow,
    RemoveRow,
    SetFields,
)
from plans.values import clean_value

MODELS = {"area": PlanArea, "problem": Problem, "cause": Cause, "action": Action}
CHILD = {"area": "problem", "problem": "cause", "cause": "action", "action": None}
PARENT_FIELD = {"area": None, "problem": "plan_area_id", "cause": "problem_id", "action": "cause_id"}
STORED_APART = {"also_causes", *PART_MODELS}


def kind_of(row):
    """Return the row's kind as the operations name it."""
    return type(row).__name__.lower().removeprefix("plan")


def _bare(value):
    """Parts are compared by what they say, not by who they are."""
    if isinstance(value, list):
        return [{k: v for k, v in part.items() if k != "uid"} if isinstance(part, dict) else part for part in value]
    return value


def _same(name, mine, theirs):
    """Whether a reader would call the two values of the field the same; links have no order of their own."""
    return sorted(mine) == sorted(theirs) if name == "also_causes" else _bare(mine) == _bare(theirs)


class Content:
    """Rows by uid, siblings in order, and what has been done to them."""

    def __init__(self, plan):
        self.plan = plan
        self.rows = {}
        self.order = defaultdict(list)
        self.apart = defaultdict(list)  # (row uid, field) → values kept in tables of their own
        self.applied = []
        self.inserted_values = {}
        self.touched = {}
        self._inverses = []
        self._linked_before = {}  # action uid → its links before a move or a removal cut some of them
        self._new, self._removed = {}, {}
        self._dirty, self._dirty_apart, self._reordered = defaultdict(set), set(), set()

    # --- Loading

    @classmethod
    def for_operations(cls, plan, operations):
        """Load what the operations need: a few rows, or the whole tree."""
        if all(isinstance(step, SetFields) and "also_causes" not in step.values for step in operations):
            return cls._of_rows(plan, operations)
        return cls.whole(plan)

    @classmethod
    def _of_rows(cls, plan, operations):
        content = cls(plan)
        for kind in KINDS:
            uids = {_valid_uid(step.uid) for step in operations if step.kind == kind}
            if uids:
                content._take(MODELS[kind].objects.filter(plan=plan, pk__in=uids))
        fields = {name for step in operations for name in (*step.values, *(step.expect or ()))}
        owners = list(content.rows)
        for name in fields & set(PART_MODELS):
            content._take_parts(name, PART_MODELS[name][0].objects.filter(**{f"{PART_MODELS[name][2]}__in": owners}))
        return content

    @classmethod
    def whole(cls, plan):
        """Load the plan's whole tree (10 queries)."""
        content = cls(plan)
        for kind in KINDS:
            content._take(MODELS[kind].objects.filter(plan=plan).order_by("position"))
        for link in AlsoCause.objects.filter(plan=plan).order_by("position"):
            content.apart[str(link.action_id), "also_causes"].append(str(link.cause_id))
        for name, (model, *_) in PART_MODELS.items():
            content._take_parts(name, model.objects.filter(plan=plan))
        return content

    def _take(self, rows):
        for row in rows:
            self.rows[str(row.uid)] = row
            self.order[self.container(row), kind_of(row)].append(str(row.uid))

    def _take_parts(self, name, parts):
        _, kind, owner = PART_MODELS[name]
        for part in parts.order_by("position"):
            values = {field: getattr(part, field) for field in kind.__dataclass_fields__}
            self.apart[str(getattr(part, owner)), name].append(part_data(kind(**values)))

    # --- Looking

    def row(self, kind, uid):
        """Return the row; raise GoneRow when the plan does not have it."""
        found = self.rows.get(uid)
        if found is None or kind_of(found) != kind:
            raise GoneRow
        return found

    def excerpt(self, row):
        """The beginning of what the row says, in quotation marks, for a sentence; empty for an empty row."""
        text = " ".join(getattr(row, MAIN_FIELD[kind_of(row)]).split())
        return f" «{text if len(text) <= 50 else text[:49].rstrip() + '…'}»" if text else ""

    def summary(self):
        """Say in Swedish what was done, for a change that has no words of its own."""
        if len(self.applied) == 1 and isinstance(self.applied[0], SetFields):
            step = self.applied[0]
            labels = [FIELD_LABELS[step.kind][name] for name in step.values]
            what = labels[0] if len(labels) == 1 else f"{len(labels)} uppgifter"
            main_only = list(step.values) == [MAIN_FIELD[step.kind]]
            where = "" if main_only else f" i {ROW_NAMES[step.kind]}"
            return f"Ändrade {what}{where}{self.excerpt(self.rows[step.uid])}"
        return f"Ändrade {len(self.touched)} rader"

    def place(self, kind, parent, after):
        """Return ``after`` if a row under the parent can still come after it, else the row that comes last."""
        last = self.end_of(kind, parent)
        wanted = self.rows.get(str(after))
        if wanted is None or last is None or kind_of(wanted) != kind:
            return last
        return str(after) if self.container(wanted) == self.container(self.rows[last]) else last

    def end_of(self, kind, parent):
        """Return the sibling after which a row comes last under the parent, or None for first."""
        if kind == "action":
            cause = self.row("cause", parent)
            return self.end_of_actions(str(cause.problem_id), parent)
        self.row({"problem": "area", "cause": "problem"}[kind], parent)
        siblings = self.order[parent, kind]
        return siblings[-1] if siblings else None

    def end_of_actions(self, problem, cause):
        """Return the last action of the cause, else of the causes before it, or None."""
        causes = self.order[problem, "cause"]
        upto = causes[: causes.index(cause) + 1] if cause in causes else []
        own = [uid for uid in self.order[problem, "action"] if str(self.rows[uid].cause_id) == cause]
        earlier = [uid for uid in self.order[problem, "action"] if str(self.rows[uid].cause_id) in upto]
        return (own or earlier or [None])[-1]

    def container(self, row):
        """The row whose children stand in one order with this one: for an action its problem."""
        match row:
            case PlanArea():
                return None
            case Problem():
                return str(row.plan_area_id)
            case _:
                return str(row.problem_id)

    def parent(self, row):
        field = PARENT_FIELD[kind_of(row)]
        return str(getattr(row, field)) if field else None

    def before(self, uid):
        """The sibling the row comes after, or None."""
        row = self.rows[uid]
        siblings = self.order[self.container(row), kind_of(row)]
        at = siblings.index(uid)
        return siblings[at - 1] if at else None

    def _value(self, row, name):
        return list(self.apart[str(row.uid), name]) if name in STORED_APART else getattr(row, name)

    def _values(self, row):
        values = {name: self._value(row, name) for name in FIELD_LABELS[kind_of(row)]}
        if isinstance(row, PlanArea) and row.area_id:
            values["code"] = row.area.code
        return {name: value for name, value in values.items() if value not in ("", [])}

    # --- Applying

    def apply(self, step):
        """Do one operation in memory; raise what ``editing.apply`` documents."""
        match step:
            case SetFields():
                self._set(step)
            case InsertRow():
                self._insert(step)
            case MoveRow():
                self._move(step)
            case RemoveRow():
                self._remove(step)

    def inverse(self):
        """Return the operations that take back everything applied."""
        return [step for steps in reversed(self._inverses) for step in steps]

    def _log(self, step, inverse):
        self.applied.append(step)
        self._inverses.append(inverse)
        self.touched[step.uid] = None

    def _set(self, step):
        row = self.row(step.kind, step.uid)
        wanted = {name: self._clean(row, name, value, step.partial) for name, value in step.values.items()}
        now = {name: self._value(row, name) for name in wanted}
        stale = step.version is not None and step.version != row.version
        if not stale and step.expect:
            stale = not all(self._is_as_expected(row, name, value) for name, value in step.expect.items())
        if stale:
            raise StaleRow(step.kind, step.uid, mine=wanted, theirs=now, version=row.version)
        changed = {name: value for name, value in wanted.items() if not _same(name, value, now[name])}
        if not changed:
            return
        for name, value in changed.items():
            self._store(row, name, value)
        self._renew(row)
        old = {name: now[name] for name in changed}
        self._log(
            SetFields(kind=step.kind, uid=step.uid, values=changed),
            [SetFields(kind=step.kind, uid=step.uid, values=old, expect=changed)],
        )

    def _is_as_expected(self, row, name, value):
        """Whether the field holds the value, or held it until this very change cut some links."""
        held = [self._value(row, name)]
        if name == "also_causes" and str(row.uid) in self._linked_before:
            held.append(self._linked_before[str(row.uid)])
        return any(_same(name, value, each) for each in held)

    def _store(self, row, name, value):
        uid = str(row.uid)
        if name in STORED_APART:
            self.apart[uid, name] = value
            self._dirty_apart.add((uid, name))
        else:
            setattr(row, name, value)
            self._dirty[uid].add(name)

    def _renew(self, row):
        row.version += 1
        self._dirty[str(row.uid)].add("version")

    def _insert(self, step):
        if step.uid in self.rows:
            raise EditRefused("Raden finns redan i planen. Ladda om sidan.")
        if step.kind != "area":
            self.row({"problem": "area", "cause": "problem", "action": "cause"}[step.kind], step.parent)
        row = MODELS[step.kind](uid=_valid_uid(step.uid), plan=self.plan, position=0, version=step.version)
        self._hang(row, step.parent)
        values = dict(step.values)
        if step.kind == "area":
            row.area = self._city_area(values.pop("code", ""))
        cleaned = {name: self._clean(row, name, value, step.partial) for name, value in values.items()}
        self.rows[step.uid] = row
        self._new[step.uid] = row
        for name, value in cleaned.items():
            self._store(row, name, value)
        self._place(step.uid, step.after)
        code = {"code": step.values["code"]} if step.values.get("code") else {}
        # A plan always has the city's areas, so nothing takes them out again.
        inverse = [] if code else [RemoveRow(kind=step.kind, uid=step.uid, untouched=True)]
        self._log(replace(step, values=cleaned | code, partial=False), inverse)

    def _hang(self, row, parent):
        """Hang the row under its parent."""
        if parent is None:
            return
        setattr(row, PARENT_FIELD[kind_of(row)], UUID(parent))
        if isinstance(row, Action):
            row.problem_id = self.rows[parent].problem_id

    def _city_area(self, code):
        if not code:
            return None
        if not hasattr(self, "_city_areas"):
            self._city_areas = {area.code: area for area in areas_of(self.plan).areas.all()}
        if code not in self._city_areas:
            raise EditRefused(f"Området {code} finns inte bland stadens områden för {self.plan.cycle.year}.")
        return self._city_areas[code]

    def _place(self, uid, after):
        row = self.rows[uid]
        siblings = self.order[self.container(row), kind_of(row)]
        if after is None:
            siblings.insert(0, uid)
        elif after in siblings:
            siblings.insert(siblings.index(after) + 1, uid)
        else:  # the neighbour has been removed since
            siblings.append(uid)
        self._reordered.add((self.container(row), kind_of(row)))

    def _lift(self, uid):
        row = self.rows[uid]
        self.order[self.container(row), kind_of(row)].remove(uid)
        self._reordered.add((self.container(row), kind_of(row)))

    def _move(self, step):
        row = self.row(step.kind, step.uid)
        old_parent, old_after = self.parent(row), self.before(step.uid)
        if step.kind != "area":
            self.row({"problem": "area", "cause": "problem", "action": "cause"}[step.kind], step.parent)
        if step.after == step.uid or (old_parent == step.parent and old_after == step.after):
            return
        self._unlink(row, step.parent)
        inverse = [MoveRow(kind=step.kind, uid=step.uid, parent=old_parent, after=old_after)]
        carried = self.actions_of(row) if step.kind == "cause" and step.parent != old_parent else []
        inverse += [MoveRow(kind="action", uid=uid, parent=step.uid, after=self.before(uid)) for uid in carried]
        for uid in carried:
            self._lift(uid)
        self._lift(step.uid)
        self._hang(row, step.parent)
        if step.parent is not None:
            self._dirty[step.uid].add(PARENT_FIELD[step.kind].removesuffix("_id"))
        self._place(step.uid, step.after)
        self._carry(row, carried)
        if step.kind == "action":
            self._dirty[step.uid].add("problem")
        self._renew(row)
        self._log(step, inverse)

    def _carry(self, cause, actions):
        """Take the actions of a cause along to its new problem, in their place there."""
        for uid in actions:
            after = self.end_of_actions(str(cause.problem_id), str(cause.uid))
            self.rows[uid].problem_id = cause.problem_id
            self._dirty[uid].add("problem")
            self._place(uid, after)

    def actions_of(self, cause):
        problem = str(cause.problem_id)
        return [uid for uid in self.order[problem, "action"] if self.rows[uid].cause_id == cause.uid]

    def _unlink(self, row, parent):
        """Drop the links that a move would break: an action answers causes of its own problem, its home once.

        Done before the move, so that taking back moves the row home before it is linked again.
        """
        if isinstance(row, Action):
            problem = self.rows[parent].problem_id
            kept = [cause for cause in self.apart[str(row.uid), "also_causes"]
                    if cause != parent and self.rows[cause].problem_id == problem]  # fmt: skip
            self._link(str(row.uid), kept)
        elif isinstance(row, Cause) and str(row.problem_id) != parent:
            for uid in self.order[str(row.problem_id), "action"]:
                stays = self.rows[uid].cause_id != row.uid
                self._link(uid, [cause for cause in self.apart[uid, "also_causes"] if stays and cause != str(row.uid)])

    def _link(self, uid, causes):
        """Let the action answer these further causes; logged as an operation when it changes anything."""
        if causes != self.apart[uid, "also_causes"]:
            self._linked_before.setdefault(uid, self.apart[uid, "also_causes"])
            self._set(SetFields(kind="action", uid=uid, values={"also_causes": causes}))

    def _remove(self, step):
        row = self.row(step.kind, step.uid)
        below = self._below(row)
        if step.untouched:
            self._check_untouched(row, below)
        gone = {step.uid, *(uid for uid, _ in below)}
        for uid, kept in list(self.apart.items()):
            if uid[1] == "also_causes" and uid[0] not in gone and gone & set(kept):
                self._link(uid[0], [cause for cause in kept if cause not in gone])
        rows = [(step.uid, self.before(step.uid)), *below]
        inverse = [
            InsertRow(
                kind=kind_of(self.rows[uid]),
                uid=uid,
                parent=self.parent(self.rows[uid]),
                after=after,
                values=self._values(self.rows[uid]),
                version=self.rows[uid].version + 1,
            )
            for uid, after in rows
        ]
        for uid, _ in reversed(rows):
            self._lift(uid)
            removed = self.rows.pop(uid)
            if self._new.pop(uid, None) is None:
                self._removed[uid] = removed
            self._dirty.pop(uid, None)
            for name in STORED_APART:
                self.apart.pop((uid, name), None)
            self.touched[uid] = None
        self._log(step, inverse)

    def _below(self, row):
        """Return (uid, uid of the row before it) for all that hangs under the row, parents first."""
        uid = str(row.uid)
        match row:
            case PlanArea():
                children = self.order[uid, "problem"]
                below = [self._below(self.rows[child]) for child in children]
                return [pair for child, rest in zip(children, below, strict=True)
                        for pair in ((child, self.before(child)), *rest)]  # fmt: skip
            case Problem():
                return [(child, self.before(child)) for kind in ("cause", "action") for child in self.order[uid, kind]]
            case Cause():
                return [(child, self.before(child)) for child in self.actions_of(row)]
            case _:
                return []

    def _check_untouched(self, row, below):
        inserted = self.inserted_values.get(str(row.uid), {})
        now = {name: _bare(value) for name, value in self._values(row).items()}
        if below or now != {name: _bare(value) for name, value in inserted.items() if value not in ("", [])}:
            raise EditRefused(
                "Ändringen går inte att ångra, för någon har skrivit på raden sedan den lades till. "
                "Ta bort raden i stället."
            )

    def _clean(self, row, name, value, partial):
        if name == "also_causes":
            return self._clean_links(row, value, partial)
        return clean_value(row, FIELD_LABELS[kind_of(row)][name], name, value)

    def _clean_links(self, row, causes, partial):
        causes = {str(cause) for cause in causes}
        known = [uid for uid in self.order[str(row.problem_id), "cause"] if uid != str(row.cause_id)]
        if not partial and not causes <= set(known):
            raise EditRefused("En åtgärd kan bara svara mot orsaker under samma problem.")
        return [uid for uid in known if uid in causes]

    # --- Writing

    def write(self):
        """Write everything that was applied (a query per kind of row and of change)."""
        self._number()
        for kind in KINDS:
            model = MODELS[kind]
            model.objects.bulk_create([row for row in self._new.values() if kind_of(row) == kind])
        for kind in KINDS:
            self._update(kind)
        self._write_apart()
        for kind in reversed(KINDS):
            gone = [row.pk for row in self._removed.values() if kind_of(row) == kind]
            if gone:
                MODELS[kind].objects.filter(pk__in=gone).delete()

    def _number(self):
        for container, kind in self._reordered:
            for position, uid in enumerate(self.order[container, kind], start=1):
                row = self.rows[uid]
                if row.position != position:
                    row.position = position
                    self._dirty[uid].add("position")

    def _update(self, kind):
        rows = [self.rows[uid] for uid in self._dirty if uid not in self._new and kind_of(self.rows[uid]) == kind]
        fields = {name for row in rows for name in self._dirty[str(row.uid)]}
        if len(rows) == 1:
            rows[0].save(update_fields=fields, force_update=True)
        elif rows:
            MODELS[kind].objects.bulk_update(rows, fields, batch_size=500)

    def _write_apart(self):
        by_field = defaultdict(list)
        for uid, name in self._dirty_apart:
            if uid in self.rows:
                by_field[name].append(uid)
        for name, rows in by_field.items():
            model, _, owner = PART_MODELS.get(name, (AlsoCause, None, "action_id"))
            old = [uid for uid in rows if uid not in self._new]
            if old:
                model.objects.filter(**{f"{owner}__in": old}).delete()
            model.objects.bulk_create(
                self._part_row(model, name, {owner: UUID(uid)}, place, value)
                for uid in rows
                for place, value in enumerate(self.apart[uid, name], start=1)
            )

    def _part_row(self, model, name, owner, position, value):
        values = {"cause_id": UUID(value)} if name == "also_causes" else dict(value)
        return model(plan=self.plan, position=position, **owner, **values)


def _valid_uid(uid):
    try:
        return UUID(str(uid))
    except ValueError as error:
        raise GoneRow from error
