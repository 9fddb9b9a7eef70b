"""Moves a person asks for in one breath, as the operations they consist of."""

from __future__ import annotations

from plans.content import kind_of
from plans.operations import MoveRow, SetFields


def step_moves(content, row, step):
    """Return the operations that move a row one place up (-1) or down (1); none at the edge."""
    uid, kind = str(row.uid), kind_of(row)
    siblings = content.order[content.container(row), kind]
    if kind == "action":
        siblings = [other for other in siblings if content.rows[other].cause_id == row.cause_id]
    at = siblings.index(uid)
    if not 0 <= at + step < len(siblings):
        return []
    neighbour = siblings[at + step]
    after = neighbour if step > 0 else content.before(neighbour)
    moves = [MoveRow(kind=kind, uid=uid, parent=content.parent(row), after=after)]
    if kind == "cause":
        order = [other for other in siblings if other != uid]
        order.insert(at + step, uid)
        moves += _regroup(content, row, order)
    return moves


def _regroup(content, cause, causes):
    """Actions come by their cause: move a cause's actions to where the cause now stands."""
    problem = str(cause.problem_id)
    own = content.actions_of(cause)
    rest = [uid for uid in content.order[problem, "action"] if uid not in own]
    later = set(causes[causes.index(str(cause.uid)) + 1 :])
    at = next((at for at, uid in enumerate(rest) if str(content.rows[uid].cause_id) in later), len(rest))
    after = rest[at - 1] if at else None
    for uid in own:
        yield MoveRow(kind="action", uid=uid, parent=str(cause.uid), after=after)
        after = uid


def rescues(content, cause):
    """Return the operations that give the actions answering another cause too their home there."""
    for uid in content.actions_of(cause):
        home, *rest = content.apart[uid, "also_causes"] or [None]
        if home:
            yield SetFields(kind="action", uid=uid, values={"also_causes": rest})
            yield MoveRow(kind="action", uid=uid, parent=home, after=content.before(uid))
