"""The annual report as JSON: our open format beside the plan's, described by ``docs/arsrapport.schema.json``.

How it is written follows from the fields of :class:`ReportDocument` and their
types, and so does the schema: a field that is added is in the text, and one
of a type that cannot be written is refused. The districts' plans and
follow-ups are in it in formats of their own. The same report always gives the
same text, and reading a written text back gives an equal report.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import NamedTuple, Union, get_args, get_origin, get_type_hints

import jsonschema

import followup.open_format as follow_up_format
import plans.open_format as plan_format
from followup.document import FollowUpDocument
from followup.report.document import ReportDocument
from plans.document import PlanDocument

FORMAT = "trygghet/arsrapport"
VERSION = 1
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "arsrapport.schema.json"
NAME = f"urn:trygghet:arsrapport:{VERSION}"


class OpenFormatError(ValueError):
    """The JSON does not describe an annual report; the message is Swedish and says where."""


def dumps(report):
    """Return the report as JSON text: Swedish letters as they are, and a line for each district, obstacle and so on."""
    data = {"format": FORMAT, "version": VERSION} | _codec(ReportDocument).write(report)
    return "{\n" + ",\n".join(f"{_json(name)}: {_lines(value)}" for name, value in data.items()) + "\n}\n"


def _json(value):
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def _lines(value):
    if isinstance(value, list):
        return "[\n" + ",\n".join(_json(each) for each in value) + "\n]"
    return _json(value)


def loads(text):
    """Return the report of a text that :func:`dumps` wrote and that is known to be unchanged since.

    It is not checked against the schema, which takes longer than all the rest
    (see :func:`validate`). Raises OpenFormatError for another format or version.
    """
    data = json.loads(text)
    if (data.pop("format", None), data.pop("version", None)) != (FORMAT, VERSION):
        raise OpenFormatError("Filen är inte en årsrapport i vårt JSON-format.")
    return _codec(ReportDocument).read(data)


# --- The schema


def schema():
    """Return the JSON Schema of the format, which ``docs/arsrapport.schema.json`` is."""
    defs = {}
    own = _codec(ReportDocument).schema(defs)["$ref"].rpartition("/")[2]
    whole = defs.pop(own)
    marks = {"format": {"const": FORMAT}, "version": {"const": VERSION}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": NAME,
        "title": "Årsrapport",
        "description": f"{whole['description']} See open-format.md.",
        "type": "object",
        "required": [*marks, *whole["required"]],
        "properties": marks | whole["properties"],
        "additionalProperties": False,
        "$defs": defs,
    }


def schema_text():
    """Return :func:`schema` as it is written in its file."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


@cache
def _validator():
    whole = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for each in EMBEDDED.values():  # found by their own names
        whole["$defs"][each.FORMAT] = json.loads(each.SCHEMA.read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())


def validate(text):
    """Check the text against the written schema; raise OpenFormatError saying where it does not fit."""
    error = jsonschema.exceptions.best_match(_validator().iter_errors(json.loads(text)))
    if error:
        place = error.json_path.removeprefix("$.") if error.json_path != "$" else "filens början"
        raise OpenFormatError(f"Filen är inte en årsrapport i vårt JSON-format. Felet finns vid {place}.")


# --- A kind of value: how it is written, how it is read, and what the schema says of it


class _Codec(NamedTuple):
    """``schema`` is given the definitions that it may refer to, and adds its own."""

    write: Callable
    read: Callable
    schema: Callable


def _same(value):
    return value


_SIMPLE = {
    str: _Codec(_same, _same, lambda defs: {"type": "string"}),
    bool: _Codec(_same, _same, lambda defs: {"type": "boolean"}),
    int: _Codec(_same, _same, lambda defs: {"type": "integer"}),
    float: _Codec(_same, _same, lambda defs: {"type": "number"}),
    date: _Codec(date.isoformat, date.fromisoformat, lambda defs: {"type": "string", "format": "date"}),
    # A number with just the decimals it was written with, which a JSON number may lose.
    Decimal: _Codec(str, Decimal, lambda defs: {"type": "string", "pattern": r"^-?\d+(\.\d+)?(E[+-]?\d+)?$"}),
}
EMBEDDED = {PlanDocument: plan_format, FollowUpDocument: follow_up_format}
"""What is in the report in a format of its own."""


@cache
def _codec(hint):
    """Return the :class:`_Codec` of a type hint; raise TypeError for what has none."""
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if hint in EMBEDDED:
        return _embedded(EMBEDDED[hint])
    if is_dataclass(hint):
        return _of_dataclass(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType) and len(arguments) == 2 and NoneType in arguments:
        return _optional(*(each for each in arguments if each is not NoneType))
    if origin is tuple:
        return _several(arguments[0], tuple) if arguments[1:] == (...,) else _pair(arguments)
    if origin is frozenset:
        return _several(arguments[0], frozenset)
    if origin is dict and arguments[0] is str:
        return _named(arguments[1])
    raise TypeError(f"The open format of the annual report cannot write {hint}.")


def _embedded(module):
    name = f"urn:{module.FORMAT.replace('/', ':')}:{module.VERSION}"
    return _Codec(module.to_data, module.from_kept, lambda defs: {"$ref": name})


def _optional(hint):
    of = _codec(hint)
    return _Codec(
        lambda value: None if value is None else of.write(value),
        lambda data: None if data is None else of.read(data),
        lambda defs: {"anyOf": [of.schema(defs), {"type": "null"}]},
    )


def _several(hint, kind):
    of, in_order = _codec(hint), sorted if kind is frozenset else _same
    return _Codec(
        lambda value: [of.write(each) for each in in_order(value)],
        lambda data: kind(of.read(each) for each in data),
        lambda defs: {"type": "array", "items": of.schema(defs)},
    )


def _pair(hints):
    each_of = [_codec(hint) for hint in hints]
    return _Codec(
        lambda value: [of.write(each) for of, each in zip(each_of, value, strict=True)],
        lambda data: tuple(of.read(each) for of, each in zip(each_of, data, strict=True)),
        lambda defs: {
            "type": "array",
            "prefixItems": [of.schema(defs) for of in each_of],
            "minItems": len(each_of),
            "maxItems": len(each_of),
        },
    )


def _named(hint):
    of = _codec(hint)
    return _Codec(
        lambda value: {name: of.write(each) for name, each in sorted(value.items())},
        lambda data: {name: of.read(each) for name, each in data.items()},
        lambda defs: {"type": "object", "additionalProperties": of.schema(defs)},
    )


def _of_dataclass(kind):
    """A dataclass is an object; a field that is empty, and is so unless told, is left out."""
    hints = get_type_hints(kind)
    codecs = {item.name: _codec(hints[item.name]) for item in fields(kind)}
    unless_told = {item.name: _unless_told(item) for item in fields(kind)}

    def write(value):
        filled = ((name, getattr(value, name)) for name in codecs)
        return {
            name: codecs[name].write(content)
            for name, content in filled
            if not (_is_empty(content) and content == unless_told[name])
        }

    def read(data):
        if unknown := data.keys() - codecs.keys():
            raise OpenFormatError(f"Årsrapporten har uppgifter som inte går att läsa: {', '.join(sorted(unknown))}.")
        return kind(**{name: codecs[name].read(content) for name, content in data.items()})

    def described(defs):
        if kind.__name__ not in defs:
            defs[kind.__name__] = {}  # its place, should it be in itself
            defs[kind.__name__] = {
                "description": " ".join((kind.__doc__ or "").partition("\n\n")[0].split()),
                "type": "object",
                "required": [name for name in codecs if unless_told[name] is MISSING],
                "properties": {name: of.schema(defs) for name, of in codecs.items()},
                "additionalProperties": False,
            }
        return {"$ref": f"#/$defs/{kind.__name__}"}

    return _Codec(write, read, described)


def _unless_told(item):
    return item.default if item.default_factory is MISSING else item.default_factory()


def _is_empty(content):
    """Whether there is nothing in it; a number and a yes or no always say something."""
    return content is None or (isinstance(content, str | tuple | frozenset | dict) and not content)
