"""The follow-up as JSON: our open format beside the plan's, described by ``docs/uppfoljning.schema.json``.

``plan`` names the version that is followed up by the checksum of its own
document; rows are named by the identities they have there. What nobody has
answered is left out. Reading a written document back gives an equal document.
"""

import json
from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path

import jsonschema

from followup.document import (
    ActionAnswer,
    AreaAnswer,
    Assessed,
    FollowUpDocument,
    GoalAnswer,
    PartyAnswer,
)

FORMAT = "trygghet/uppfoljning"
VERSION = 1
SCHEMA = Path(__file__).resolve().parent.parent / "docs" / "uppfoljning.schema.json"


class OpenFormatError(ValueError):
    """The JSON does not describe a follow-up; the message is Swedish and says where."""


# --- Writing


def to_data(document):
    """Return the follow-up as JSON-ready data."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "district": document.district,
        "year": document.year,
        "plan": {"version": document.version, "sha256": document.plan_sha256},
        "summary": document.summary,
        "actions": [_data(action) for action in document.actions],
        "areas": [_area_data(area) for area in document.areas],
        "assessments": [_data(assessment) for assessment in document.assessments],
    }


def dumps(document):
    """Return what :func:`to_data` does as JSON text, indented and with Swedish letters as they are."""
    return json.dumps(to_data(document), ensure_ascii=False, indent=1) + "\n"


def _data(value):
    """Return a dataclass as what it has filled in; dates in ISO form."""
    filled = {item.name: getattr(value, item.name) for item in fields(value)}
    return {name: _plain(content) for name, content in filled.items() if content or name in ("key", "text", "party")}


def _plain(content):
    if isinstance(content, tuple):
        return [_data(each) for each in content]
    return content.isoformat() if isinstance(content, date) else content


def _area_data(area):
    parties = [{"commitment": uid} | _data(party) for uid, party in area.parties]
    return {"row": area.row} | {
        name: value for name, value in (("goals", [_data(goal) for goal in area.goals]), ("parties", parties)) if value
    }


# --- Reading


def loads(text):
    """Return the follow-up that the JSON text describes; raise OpenFormatError."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise OpenFormatError(
            f"Filen är inte giltig JSON. Felet finns på rad {error.lineno}, tecken {error.colno}."
        ) from error
    return from_data(data)


def from_data(data):
    """Return the follow-up that the data describes; raise OpenFormatError saying where it does not fit."""
    _check(data)
    return from_kept(data)


def from_kept(data):
    """Return the follow-up of data that :func:`to_data` gave, which is not checked against the schema."""
    return FollowUpDocument(
        district=data["district"],
        year=data["year"],
        version=data["plan"]["version"],
        plan_sha256=data["plan"]["sha256"],
        summary=data["summary"],
        actions=tuple(_action(action) for action in data["actions"]),
        areas=tuple(_area(area) for area in data["areas"]),
        assessments=tuple(Assessed(**assessment) for assessment in data["assessments"]),
    )


@cache
def _validator():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def _check(data):
    error = jsonschema.exceptions.best_match(_validator().iter_errors(data))
    if error:
        place = error.json_path.removeprefix("$.") if error.json_path != "$" else "filens början"
        raise OpenFormatError(f"Filen är inte en uppföljning i vårt JSON-format. Felet finns vid {place}.")


def _action(data):
    return ActionAnswer(**data | _parts(data))


def _parts(data):
    return {
        "goals": tuple(_goal(goal) for goal in data.get("goals", ())),
        "parties": tuple(PartyAnswer(**party) for party in data.get("parties", ())),
    }


def _goal(data):
    return GoalAnswer(**data | {"on": date.fromisoformat(data["on"]) if data.get("on") else None})


def _area(data):
    parties = (
        (party["commitment"], PartyAnswer(**{name: value for name, value in party.items() if name != "commitment"}))
        for party in data.get("parties", ())
    )
    return AreaAnswer(row=data["row"], goals=_parts({"goals": data.get("goals", ())})["goals"], parties=tuple(parties))
