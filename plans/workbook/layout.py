"""How a plan lies in the rows of the template, and what of it the rows can carry."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from plans.document import Action, AreaSection, Cause, PlanDocument, Problem, dense_orders
from plans.workbook.template import ACTION_KEYS, SHAREABLE


@dataclass(frozen=True, slots=True)
class Line:
    """A problem's title, its causes and at most one action, side by side.

    It takes a row per cause: an action that also answers the causes right
    below it is one cell beside them.
    """

    problem: Problem
    causes: tuple[tuple[int, Cause], ...]  # (number, cause) from above
    action: Action | None = None


def lines_of(problem: Problem) -> Iterator[Line]:
    """Yield the problem's lines from above; a problem without causes has one."""
    rows = list(problem.rows())
    if not rows and problem.title:
        yield Line(problem, ())
    at = 0
    while at < len(rows):
        number, cause, action = rows[at]
        at += 1
        causes = [(number, cause)]
        while action and at < len(rows) and rows[at][2] is None and rows[at][0] in action.also_causes:
            causes.append(rows[at][:2])
            at += 1
        yield Line(problem, tuple(causes), action)


def cells(action: Action) -> dict[str, str]:
    """Return the texts of an action by column."""
    return dict(zip(ACTION_KEYS, (action.text, action.goals, action.when, action.who, action.follow_up), strict=True))


def without_empty_rows(document: PlanDocument) -> PlanDocument:
    """Return the document as a workbook can carry it: without what shows nothing.

    Left out are actions without a text in any cell, causes without text or
    action, and problems without title, goal or cause; what remains is numbered
    without gaps. A cell is shared only with a row right above that says the
    same. Fields that have no column in the template are left as they are.
    """
    return replace(document, areas=tuple(_without_empty(section) for section in document.areas))


def _without_empty(section):
    problems = (_compact(problem) for problem in section.problems)
    kept = tuple(problem for problem in problems if problem.title or problem.overarching_goal or problem.causes)
    return with_true_shared_cells(replace(section, problems=kept))


def _is_compact(problem):
    orders = sorted(action.order for action in _actions(problem))
    return orders == list(range(1, len(orders) + 1)) and all(
        (cause.text or cause.actions)
        and all(earlier.order < later.order for earlier, later in pairwise(cause.actions))
        and all(not action.also_causes and any(cells(action).values()) for action in cause.actions)
        for cause in problem.causes
    )


def _compact(problem):
    if _is_compact(problem):
        return problem
    causes = [
        replace(cause, actions=tuple(action for action in cause.actions if any(cells(action).values())))
        for cause in problem.causes
    ]
    kept = [number for number, cause in enumerate(causes, start=1) if cause.text or cause.actions]
    place = {number: at for at, number in enumerate(kept, start=1)}

    def answering(action, home):
        also = {place[number] for number in action.also_causes if number in place} - {home}
        return replace(action, also_causes=tuple(sorted(also)))

    return dense_orders(
        replace(
            problem,
            causes=tuple(
                replace(
                    causes[number - 1],
                    actions=tuple(answering(action, place[number]) for action in causes[number - 1].actions),
                )
                for number in kept
            ),
        )
    )


def with_true_shared_cells(section: AreaSection) -> AreaSection:
    """Return the area with only such shared cells as can be drawn: equal, filled and on lines next to each other."""
    if not any(action.shared_cells for problem in section.problems for action in _actions(problem)):
        return section
    above: Action | None = None
    problems = []
    for problem in section.problems:
        shared = {}
        for line in lines_of(problem):
            if line.action:
                shared[line.action.order] = _shared(line.action, above)
            above = line.action
        if problem.overarching_goal:
            above = None
        problems.append(_with_shared(problem, shared))
    return replace(section, problems=tuple(problems))


def _actions(problem):
    return (action for cause in problem.causes for action in cause.actions)


def _shared(action, above):
    if not action.shared_cells or above is None:
        return ()
    return tuple(
        key
        for key in SHAREABLE
        if key in action.shared_cells and getattr(action, key) and getattr(action, key) == getattr(above, key)
    )


def _with_shared(problem, shared):
    if all(action.shared_cells == shared[action.order] for action in _actions(problem)):
        return problem
    causes = tuple(
        replace(
            cause,
            actions=tuple(replace(action, shared_cells=shared[action.order]) for action in cause.actions),
        )
        for cause in problem.causes
    )
    return replace(problem, causes=causes)
