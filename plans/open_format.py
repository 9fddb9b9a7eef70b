"""The plan as JSON: our open format, described by ``docs/atgardsplan.schema.json``.

``areas`` has the shape that the districts' workbooks were first written out
in; everything the model adds is a key of its own, left out where it is empty.
Reading a written document back gives an equal document.
"""

import json
from collections import Counter
from dataclasses import fields, replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import jsonschema

from plans.document import (
    Action,
    AreaSection,
    AreaTarget,
    Cause,
    Commitment,
    Link,
    OperationalGoal,
    PlanDocument,
    Problem,
    Responsibility,
    Timing,
    clean_text,
    dense_orders,
)
from plans.marker import marker_from

FORMAT = "trygghet/atgardsplan"
VERSION = 1
SCHEMA = Path(__file__).resolve().parent.parent / "docs" / "atgardsplan.schema.json"

# What a kind of row has beside its cells, one by one; and all of them.
PARTS_OF = {
    "area": {"targets": AreaTarget, "commitments": Commitment},
    "action": {"operational_goals": OperationalGoal, "timings": Timing, "responsibilities": Responsibility},
}
PARTS = {name: kind for parts in PARTS_OF.values() for name, kind in parts.items()}


class OpenFormatError(ValueError):
    """The JSON does not describe a plan; the message is Swedish and says where."""


# --- Writing


def to_data(document, marker=None):
    """Return the document as JSON-ready data; a ``marker`` says where in its history the plan is."""
    exported = {"exported": {"event": marker.event, "at": marker.at.isoformat()}} if marker else {}
    return {
        "format": FORMAT,
        "version": VERSION,
        **exported,
        "title": document.title,
        "year": document.year,
        "district": document.district,
        "instructions": list(document.instructions),
        "links": [
            {"name": link.name, "url": link.url, "text": link.text, "label": link.label} for link in document.links
        ],
        "areas": [_area_data(section) for section in document.areas],
        "layout": {"shared_cells": [shared for section in document.areas for shared in _shared_cells(section)]},
        "counts": [
            {"area": section.number, "title": section.canonical_title, **section.counts()._asdict()}
            for section in document.areas
        ],
    }


def dumps(document, marker=None):
    """Return what :func:`to_data` does as JSON text, indented and with Swedish letters as they are."""
    return json.dumps(to_data(document, marker), ensure_ascii=False, indent=1) + "\n"


def part_data(part):
    """Return a goal, timing, commitment and so on as data: what is filled in, dates in ISO form."""
    values = {item.name: getattr(part, item.name) for item in fields(part)}
    return {
        name: value.isoformat() if isinstance(value, date) else str(value) if name == "uid" else value
        for name, value in values.items()
        if value or name == "text"  # a goal may have a measure before it has words
    }


def part_from_data(kind, data):
    """Return the goal, timing or responsibility that the data describes."""
    values = dict(data)
    for name in ("baseline_date", "due_on", "starts_on", "ends_on"):
        if values.get(name):
            values[name] = date.fromisoformat(values[name])
    for name, value in values.items():
        if isinstance(value, str) and name not in {"uid", "kind"}:
            values[name] = clean_text(value)
    return PARTS[kind](**({"text": ""} if "text" in PARTS[kind].__dataclass_fields__ else {}) | values)


def _filled(**values):
    return {name: value for name, value in values.items() if value}


def _area_data(section):
    problems, rows_before = [], 0
    for number, problem in enumerate(section.problems, start=1):
        problems.append(_problem_data(problem, f"{section.number}.{number}", rows_before))
        rows_before += sum(len(cause.actions) for cause in problem.causes)
    return {
        **_filled(uid=section.uid),
        "number": section.number,
        "code": section.code,
        "title": section.title,
        "canonical_title": section.canonical_title,
        "sheet": section.sheet,
        "overarching_goal": section.overarching_goal or None,
        **_filled(
            not_applicable_reason=section.not_applicable_reason,
            **{kind: [part_data(part) for part in getattr(section, kind)] for kind in PARTS_OF["area"]},
        ),
        "problems": problems,
    }


def _problem_data(problem, path, rows_before):
    return {
        **_filled(uid=problem.uid),
        "id": path,
        "title": problem.title,
        "overarching_goal": problem.overarching_goal or None,
        **_filled(kind=problem.kind),
        "causes": [_cause_data(cause, path, number, rows_before) for number, cause in enumerate(problem.causes, 1)],
    }


def _cause_data(cause, problem_path, number, rows_before):
    path = f"{problem_path}.{number}"
    return {
        **_filled(uid=cause.uid),
        "id": path,
        "text": cause.text,
        **_filled(
            scope=cause.scope,
            neighbourhoods=list(cause.neighbourhoods),
            perspectives=list(cause.perspectives),
            nature=cause.nature,
            evidence=cause.evidence,
        ),
        "actions": [
            _action_data(action, f"{path}.{at}", problem_path, rows_before)
            for at, action in enumerate(cause.actions, 1)
        ],
    }


def _action_data(action, path, problem_path, rows_before):
    return {
        **_filled(uid=action.uid),
        "id": path,
        "order": rows_before + action.order,
        "text": action.text,
        "goals": action.goals,
        "when": action.when,
        "who": action.who,
        "follow_up": action.follow_up,
        **_filled(
            also_causes=[f"{problem_path}.{number}" for number in action.also_causes],
            work_form=action.work_form,
            mode=action.mode,
            effect_horizon=action.effect_horizon,
            prevention=action.prevention,
            triangle_sides=list(action.triangle_sides),
            **{kind: [part_data(part) for part in getattr(action, kind)] for kind in PARTS_OF["action"]},
        ),
    }


def _shared_cells(section):
    """Yield the runs of rows that share a cell, as {area, column, orders}."""
    order, actions = 0, []
    for problem in section.problems:
        for _, _, action in problem.rows():
            if action:
                order += 1
                actions.append((order, action))
    for column in ("goals", "when", "who", "follow_up"):
        run = []
        for (before, _), (order, action) in pairwise(actions):
            if column in action.shared_cells:
                run = [*run, order] if run else [before, order]
            elif run:
                yield {"area": section.number, "column": column, "orders": run}
                run = []
        if run:
            yield {"area": section.number, "column": column, "orders": run}


# --- Reading


def loads(text):
    """Return the document that the JSON text describes; raise OpenFormatError."""
    return loads_marked(text)[0]


def loads_kept(text):
    """Return the document of a text that :func:`dumps` wrote and that is known to be unchanged since.

    It is not checked against the schema, which takes longer than all the
    rest. For what others have sent, ask :func:`loads`.
    """
    return from_kept(json.loads(text))


def loads_marked(text):
    """Return the document that the JSON text describes and its Marker or None; raise OpenFormatError."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise OpenFormatError(
            f"Filen är inte giltig JSON. Felet finns på rad {error.lineno}, tecken {error.colno}."
        ) from error
    except ValueError as error:  # a number too long to be one
        raise OpenFormatError("Filen är inte giltig JSON.") from error
    document = from_data(data)
    exported = data.get("exported")
    return document, marker_from(exported["event"], exported["at"]) if exported else None


def from_data(data):
    """Return the document that the data describes; raise OpenFormatError saying where it does not fit."""
    _check(data)
    return from_kept(data)


def from_kept(data):
    """Return the document of data that :func:`to_data` gave, which is not checked against the schema."""
    shared = Counter()
    for run in data.get("layout", {}).get("shared_cells", ()):
        for order in run["orders"][1:]:
            shared[run["area"], order, run["column"]] += 1
    return PlanDocument(
        title=clean_text(data["title"]),
        year=data["year"],
        district=clean_text(data["district"]),
        instructions=tuple(clean_text(text) for text in data.get("instructions", ())),
        links=tuple(
            Link(clean_text(link["name"]), link["url"], clean_text(link["text"]), clean_text(link["label"]))
            for link in data.get("links", ())
        ),
        areas=tuple(_area(area, shared) for area in data["areas"]),
    )


@cache
def _validator():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def _check(data):
    error = jsonschema.exceptions.best_match(_validator().iter_errors(data))
    if error:
        place = error.json_path.removeprefix("$.") if error.json_path != "$" else "filens början"
        raise OpenFormatError(f"Filen är inte en åtgärdsplan i vårt JSON-format. Felet finns vid {place}.")


def _area(data, shared):
    return AreaSection(
        uid=data.get("uid"),
        number=data["number"],
        code=data["code"],
        title=clean_text(data["title"]),
        canonical_title=clean_text(data.get("canonical_title") or data["title"]),
        sheet=data["sheet"],
        overarching_goal=clean_text(data["overarching_goal"]),
        not_applicable_reason=clean_text(data.get("not_applicable_reason")),
        **{kind: tuple(part_from_data(kind, part) for part in data.get(kind, ())) for kind in PARTS_OF["area"]},
        problems=tuple(_problem(problem, data["number"], shared) for problem in data["problems"]),
    )


def _problem(data, area, shared):
    numbers = {cause["id"]: number for number, cause in enumerate(data["causes"], start=1)}
    # As we write them they go on from the problem before.
    before = min((action["order"] for cause in data["causes"] for action in cause["actions"]), default=1) - 1
    return dense_orders(
        Problem(
            uid=data.get("uid"),
            title=clean_text(data["title"]),
            overarching_goal=clean_text(data["overarching_goal"]),
            kind=data.get("kind", ""),
            causes=tuple(_cause(cause, numbers, area, before, shared) for cause in data["causes"]),
        )
    )


def _cause(data, numbers, area, before, shared):
    return Cause(
        uid=data.get("uid"),
        text=clean_text(data["text"]),
        scope=data.get("scope", ""),
        neighbourhoods=tuple(data.get("neighbourhoods", ())),
        perspectives=tuple(data.get("perspectives", ())),
        nature=data.get("nature", ""),
        evidence=clean_text(data.get("evidence")),
        actions=tuple(_action(action, numbers, area, before, shared) for action in data["actions"]),
    )


def _action(data, numbers, area, before, shared):
    try:
        also_causes = tuple(numbers[cause] for cause in data.get("also_causes", ()))
    except KeyError as error:
        raise OpenFormatError(
            f"Åtgärd {data['id']} hänvisar till orsak {error.args[0]}, som inte finns under samma problem."
        ) from error
    return Action(
        uid=data.get("uid"),
        order=data["order"] - before,
        **{name: clean_text(data[name]) for name in ("text", "goals", "when", "who", "follow_up")},
        also_causes=also_causes,
        shared_cells=tuple(
            column for column in ("goals", "when", "who", "follow_up") if shared[area, data["order"], column]
        ),
        **{name: data.get(name, "") for name in ("work_form", "mode", "effect_horizon", "prevention")},
        triangle_sides=tuple(data.get("triangle_sides", ())),
        **{kind: tuple(part_from_data(kind, part) for part in data.get(kind, ())) for kind in PARTS_OF["action"]},
    )


def without_identities(document):
    """Return the document with no ``uid`` on any row, as for a copy that starts a plan of its own."""

    def bare(node, **children):
        return replace(node, uid=None, **children)

    def bare_parts(node, of):
        return {kind: tuple(bare(part) for part in getattr(node, kind)) for kind in PARTS_OF[of]}

    def bare_action(action):
        return bare(action, **bare_parts(action, "action"))

    def bare_cause(cause):
        return bare(cause, actions=tuple(bare_action(action) for action in cause.actions))

    def bare_problem(problem):
        return bare(problem, causes=tuple(bare_cause(cause) for cause in problem.causes))

    return replace(
        document,
        areas=tuple(
            bare(area, **bare_parts(area, "area"), problems=tuple(bare_problem(problem) for problem in area.problems))
            for area in document.areas
        ),
    )
