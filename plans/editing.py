"""The one way to change a plan.

Every edit (a cell, a new row, a move, a deletion, an import, an undo) is a
list of operations that :func:`apply` checks and writes in one transaction and
appends to the plan's history as one event. Nothing else writes the content of
a plan.
"""

from __future__ import annotations

from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from agreements.models import PlanningCycle
from agreements.scope import Scope
from plans import operations as ops
from plans.basis import at_start
from plans.comparison import adopt, diff
from plans.content import Content
from plans.document import clean_text
from plans.errors import EditRefused, GoneRow, StaleRow
from plans.loading import load_document
from plans.models import ActionPlan, ChangedRow, PlanArea, PlanEvent
from plans.moves import rescues, step_moves
from plans.operations import FIELD_LABELS, InsertRow, MoveRow, RemoveRow, SetFields
from plans.permissions import check_create, check_edit

__all__ = ["EditRefused", "GoneRow", "StaleRow"]


@transaction.atomic
def apply(plan, operations, *, by, summary, undoes=None):
    """Write the operations in the plan and return the event that tells of them.

    ``plan`` may also be a queryset that names one plan, which then need not
    be fetched first. ``by`` is None for a command. Raises ActionPlan.DoesNotExist for a plan
    the person may not see, PermissionDenied with the reason if it may not be
    changed, StaleRow when a row has changed since it was read, GoneRow when
    it is no longer there and EditRefused for what the plan cannot hold. Then
    nothing is written. Returns None when there was nothing to do.
    """
    operations = list(operations)
    plan = _locked(plan, by)
    if undoes:
        _check_not_undone(undoes)
    content = Content.for_operations(plan, operations)
    if undoes:
        steps = ops.from_data(undoes.operations)
        content.inserted_values = {step.uid: step.values for step in steps if isinstance(step, InsertRow)}
    for operation in operations:
        content.apply(operation)
    if not content.applied:
        return None
    content.write()
    return _record(plan, content, by=by, summary=summary, undoes=undoes)


def _locked(plan, by):
    plans = ActionPlan.objects.filter(pk=plan.pk) if isinstance(plan, ActionPlan) else plan
    plans = plans.select_for_update(of=("self",)).select_related("district", "cycle")
    if by is None:
        return plans.get()
    locked = plans.visible_to(by).get()
    check_edit(by, locked)
    return locked


def _check_not_undone(event):
    if not event.inverse:
        raise EditRefused("Planens början går inte att ångra. Stadens områden står alltid i planen.")
    if PlanEvent.objects.filter(undoes=event).exists():
        raise EditRefused("Ändringen är redan ångrad.")


def _record(plan, content, *, by, summary, undoes):
    event = PlanEvent.objects.create(
        plan=plan,
        by=by,
        summary=(summary or content.summary())[:200],
        operations=ops.to_data(content.applied),
        inverse=ops.to_data(content.inverse()),
        undoes=undoes,
        takes_back=undoes is not None and not undoes.takes_back,
    )
    ChangedRow.objects.bulk_create(ChangedRow(event=event, uid=uid) for uid in content.touched)
    return event


# --- A plan as a whole


@transaction.atomic
def create_plan(district, cycle, *, by, is_example=False):
    """Start the district's plan for the year, with the year's areas and no rows.

    Raises PermissionDenied for who may not, EditRefused if the plan exists.
    """
    if by is not None:
        check_create(by, Scope(district))
    try:
        with transaction.atomic():
            plan = ActionPlan.objects.create(
                district=district, cycle=cycle, is_example=is_example, **at_start(Scope(district), cycle)
            )
    except IntegrityError as error:
        raise EditRefused(f"{Scope(district)} har redan en plan för {cycle.year}. Öppna den i stället.") from error
    previous, inserts = None, []
    for area in cycle.area_set.areas.all():
        values = {"code": area.code, "title": area.title, "sheet": area.sheet}
        inserts.append(InsertRow(kind="area", uid=str(uuid4()), parent=None, after=previous, values=values))
        previous = inserts[-1].uid
    apply(plan, inserts, by=by, summary="Började planen")
    return plan


def replace_content(plan, document, *, by, summary, fields=FIELD_LABELS):
    """Make the plan hold what the document says; rows that stay keep their identity.

    ``fields`` limits what is compared in rows that stay, for a source that
    does not carry everything. Returns the event, or None if nothing differed.
    """
    old = load_document(plan)
    return apply(plan, diff(old, adopt(old, document), fields), by=by, summary=summary)


def cycle_of(year):
    """Return the planning year, or raise EditRefused if the city has not opened it."""
    try:
        return PlanningCycle.objects.select_related("area_set").get(year=year)
    except PlanningCycle.DoesNotExist as error:
        raise EditRefused(f"Det finns inget planeringsår {year}. Be förvaltaren att lägga upp det.") from error


# --- Rows


def set_fields(plan, kind, uid, values, *, version, by):
    """Write fields of one row, as read in ``version``; return the event, or None if nothing changed."""
    return apply(plan, [SetFields(kind=kind, uid=str(uid), values=values, version=version)], by=by, summary="")


def add_area(plan, title, *, by, sheet=""):
    """Add the district's own area last in the plan (the template: «Infoga i så fall en ny flik»)."""
    title = clean_text(title).strip()
    if not title:
        raise EditRefused("Skriv vad området heter.")
    last = plan.planareas.order_by("-position").values_list("uid", flat=True).first()
    insert = InsertRow(
        kind="area",
        uid=str(uuid4()),
        parent=None,
        after=str(last) if last else None,
        values={"title": title, "sheet": sheet},
    )
    return apply(plan, [insert], by=by, summary=f"La till området {title}")


def add(plan, kind, parent, *, by, after=None):
    """Add an empty row under its parent, last unless it is to come ``after`` a sibling.

    A new problem gets a cause and a cause gets an action, so that there is a
    whole row of the template to write in. Returns the event; its first
    operation inserts the row asked for.
    """
    content = Content.whole(plan)
    parent = str(parent)
    place = content.place(kind, parent, after)
    row = _empty(kind, parent, place)
    inserts = [row]
    if kind == "problem":
        cause = _empty("cause", row.uid)
        inserts += [cause, _empty("action", cause.uid)]
    if kind == "cause":
        inserts.append(_empty("action", row.uid, content.end_of_actions(parent, place)))
    return apply(plan, inserts, by=by, summary=f"La till {ops.ROW_NAMES[kind]}")


def _empty(kind, parent, after=None):
    return InsertRow(kind=kind, uid=str(uuid4()), parent=parent, after=after, values={})


def remove(plan, kind, uid, *, by):
    """Remove a row with all that hangs under it.

    An action that also answers another cause of the problem stays, under
    that cause. Returns the event, whose undo brings everything back.
    """
    content = Content.whole(plan)
    row = content.row(kind, str(uid))
    if kind == "area" and row.area_id:
        raise EditRefused("Stadens områden kan inte tas bort. Markera i stället att området inte är aktuellt i år.")
    rescued = rescues(content, row) if kind == "cause" else []
    summary = f"Tog bort {ops.ROW_NAMES[kind]}{content.excerpt(row)}"
    return apply(plan, [*rescued, RemoveRow(kind=kind, uid=str(uid))], by=by, summary=summary)


def move_up(plan, kind, uid, *, by):
    """Move a row before the sibling above it; return None if it already is the first."""
    return _move_step(plan, kind, uid, -1, by)


def move_down(plan, kind, uid, *, by):
    """Move a row after the sibling below it; return None if it already is the last."""
    return _move_step(plan, kind, uid, 1, by)


def _move_step(plan, kind, uid, step, by):
    content = Content.whole(plan)
    row = content.row(kind, str(uid))
    moves = step_moves(content, row, step)
    if not moves:
        return None
    direction = "upp" if step < 0 else "ner"
    summary = f"Flyttade {direction} {ops.ROW_NAMES[kind]}{content.excerpt(row)}"
    return apply(plan, moves, by=by, summary=summary)


def move_to(plan, kind, uid, parent, *, by, after=None):
    """Move a row to another parent, last there unless it is to come ``after`` a sibling."""
    content = Content.whole(plan)
    row = content.row(kind, str(uid))
    place = content.place(kind, str(parent), after)
    if place == str(uid):
        return None
    move = MoveRow(kind=kind, uid=str(uid), parent=str(parent), after=place)
    return apply(plan, [move], by=by, summary=f"Flyttade {ops.ROW_NAMES[kind]}{content.excerpt(row)}")


# --- Taking back


def latest_undoable(plan):
    """Return the last change that stands, or None.

    A change that has been taken back does not stand; an undo is not a change,
    but the undo of an undo, which brings the change back, is one. The plan's
    beginning is not taken back, nor what was done before the plan took its
    latest step to another state: that is taken back in the history, knowingly.
    """
    moved = plan.steps.exclude(from_state=F("to_state")).order_by("-pk").values("at")[:1]
    return (
        plan.events.filter(undone_by__isnull=True, takes_back=False)
        .filter(at__gt=Coalesce(Subquery(moved), plan.created_at))
        .exclude(inverse=[])
        .select_related("by")
        .defer("operations", "inverse")
        .first()
    )


def undo(plan, event, *, by):
    """Take an event back as a change of its own; return the new event.

    Raises EditRefused, in words, when the rows have changed since, and for the plan's beginning.
    """
    try:
        return apply(plan, ops.from_data(event.inverse), by=by, summary=f"Ångrade: {event.summary}", undoes=event)
    except (StaleRow, GoneRow) as error:
        raise EditRefused(
            "Ändringen går inte att ångra, för någon har ändrat på samma ställe sedan dess. "
            "Öppna historiken för att se vad."
        ) from error


def clock(moment=None):
    """The time of day as the save status shows it, such as 10.42."""
    return timezone.localtime(moment).strftime("%H.%M")


def area_of(plan, position):
    """Return the plan's area in that place; raise PlanArea.DoesNotExist."""
    return PlanArea.objects.select_related("area").get(plan=plan, position=position)
