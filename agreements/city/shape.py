"""Whether the file has the sections and fields of a city file, each of its type (``city.schema.json``)."""

import json
from functools import cache
from pathlib import Path

import jsonschema

from agreements.city.source import Source

DATA = Path(__file__).resolve().parent.parent / "data"
SCHEMA = DATA / "city.schema.json"

TYPE_NAMES = {
    "string": "text; sätt citattecken om den ser ut som ett tal eller ett datum",
    "integer": "ett heltal",
    "date": "ett datum, till exempel 2025-01-31",
    "array": "en lista",
    "object": "ett avsnitt med egna fält",
    "boolean": "true eller false",
}


def check_shape(source: Source):
    """Raise CityError for the first value in the file that is missing, unknown or of another type."""
    errors = [_told(source, error) for error in _validator().iter_errors(source.data)]
    if errors:
        path, wrong = min(errors, key=lambda told: source.line(told[0]))
        raise source.error(path, f"{wrong}{_whose(source.data, path)}.")


def whose(source: Source, path) -> str:
    """Return the name of the row that the path leads into, within brackets, or an empty text."""
    return _whose(source.data, path)


def _is_date(_, value):
    return type(value).__name__ == "date"


@cache
def _validator():
    checker = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("date", _is_date)
    validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, type_checker=checker)
    return validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _told(source, error):
    """Return the path and what is wrong there, in Swedish."""
    path = tuple(error.absolute_path)
    match error.validator:
        case "required":
            return (*path, next(name for name in error.validator_value if name not in error.instance)), "saknas"
        case "additionalProperties":
            unknown = next(name for name in error.instance if name not in error.schema.get("properties", {}))
            return (*path, unknown), "är inget som kan anges här; kontrollera stavningen"
        case "minimum" | "maximum":
            return path, f"ska vara mellan {error.schema['minimum']} och {error.schema['maximum']}"
        case "maxLength":
            return path, f"är längre än {error.validator_value} tecken"
        case "minItems":
            return path, "är tom"
        case _:
            return path, f"ska vara {TYPE_NAMES[error.validator_value]}"


def _whose(data, path):
    names = ""
    for step in path[:-1]:
        data = data[step]
        if isinstance(data, dict):
            names = next((str(data[key]) for key in ("name", "title", "year") if key in data), names)
    return f" ({names})" if names else ""
