"""The file as plain values, each with the line it stands on, so that an error can name both.

Only plain YAML 1.2 is read: no aliases, tags or directives, which a city file
has no use for and which can make a small file enormous.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, DocumentStartEvent
from ruamel.yaml.nodes import MappingNode, SequenceNode

MAX_BYTES = 2_000_000
MAX_DEPTH = 12
MAX_DIGITS = 9

# What ruamel says of the commonest slips, and what to do about them.
SLIPS = {
    r"found character '\t'": "Raden är indragen med tabb. Dra in med mellanslag.",
    "mapping values are not allowed": "Ett kolon står där det inte kan stå. Sätt citattecken om texten.",
    "could not find expected ':'": "Här saknas ett kolon, eller så är raden fel indragen.",
    "expected <block end>": "Raden är inte indragen som raderna ovanför.",
    "unexpected end of stream": "Ett citattecken saknar det som avslutar.",
    "expected ',' or": "En lista eller ett avsnitt inom klamrar saknar komma eller slutklammer.",
    "found unknown escape character": "Ett omvänt snedstreck står inom citattecken. Använd enkla citattecken.",
    "expected a single document": "Filen innehåller flera dokument. Ta bort strecken --- mellan dem.",
}
# Why the operating system does not hand the file over.
UNREADABLE = {
    FileNotFoundError: "den finns inte",
    IsADirectoryError: "det är en mapp",
    PermissionError: "du har inte rätt att läsa den",
}
OTHER_SLIP = "Jämför indrag, kolon och citattecken med raderna ovanför."

Path_ = tuple[str | int, ...]


class CityError(ValueError):
    """The file does not describe a city; the message is Swedish and names the file, the line and the field."""


@dataclass(frozen=True)
class Source:
    """A file's content as plain values; ``lines`` says where each of them stands, by its path."""

    name: str
    data: dict
    lines: dict[Path_, int]

    def line(self, path: Path_) -> int:
        """Return the line of the value, or of what it would be part of if it is not there."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def place(self, path: Path_) -> str:
        """Return line and field as people count: the first item of a list is number 1."""
        steps = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path)
        return f"rad {self.line(path)}, {steps.removeprefix('.')}"

    def error(self, path: Path_, wrong: str) -> CityError:
        """Return the error that says what is wrong with the value at the path."""
        return CityError(f"{self.name} {self.place(path)}: {wrong}")


def read_source(path) -> Source:
    """Return what the file says; raise CityError if it cannot be read as plain YAML."""
    path = Path(path)
    text = _text(path)
    try:
        _refuse_what_is_not_plain(path.name, text)
        root = _yaml().compose(text)
    except MarkedYAMLError as error:
        raise CityError(_slip(path.name, error)) from error
    except (YAMLError, ValueError, OverflowError) as error:  # ruamel meets an impossible character code with the latter
        if isinstance(error, CityError):
            raise
        raise CityError(f"{path.name}: filen är inte giltig YAML. Den innehåller ett otillåtet tecken.") from error
    if not isinstance(root, MappingNode):
        raise CityError(f"{path.name}: filen är tom eller börjar inte med ett avsnitt, till exempel municipality:.")
    lines = {}
    data = _plain(path.name, root, (), lines)
    return Source(path.name, data, lines)


def _yaml():
    return YAML(typ="safe", pure=True)


def _text(path):
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        why = UNREADABLE.get(type(error), error.strerror)
        raise CityError(f"{path.name}: filen går inte att läsa, {why}.") from error
    if len(content) > MAX_BYTES:
        raise CityError(f"{path.name}: filen är större än {MAX_BYTES // 1_000_000} MB.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CityError(f"{path.name}: filen är inte text i UTF-8. Spara om den som UTF-8.") from error


def _slip(file, error):
    said = f"{error.context or ''} {error.problem or ''}"
    advice = next((advice for slip, advice in SLIPS.items() if slip in said), OTHER_SLIP)
    mark = error.problem_mark or error.context_mark
    where = f" rad {mark.line + 1}" if mark else ""
    return f"{file}{where}: filen är inte giltig YAML. {advice}"


def _refuse_what_is_not_plain(file, text):
    depth = 0
    for event in _yaml().parse(text):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise CityError(f"{file} rad {line}: & och * (ankare och alias) används inte här. Skriv ut texten.")
        if getattr(event, "tag", None):
            raise CityError(f"{file} rad {line}: ! (taggar) används inte här. Ta bort den.")
        if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
            raise CityError(f"{file} rad {line}: rader som börjar med % används inte här. Ta bort den.")
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise CityError(f"{file} rad {line}: listor och avsnitt ligger för djupt i varandra.")


def _plain(file, node, path, lines):
    """Return the node as dicts, lists, texts, whole numbers, dates and booleans; a key without a value is left out."""
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        return dict(_pairs(file, node, path, lines))
    if isinstance(node, SequenceNode):
        return [_plain(file, item, (*path, number), lines) for number, item in enumerate(node.value)]
    return _scalar(file, node)


def _pairs(file, node, path, lines) -> Iterator[tuple[str, object]]:
    seen = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = key_node.value
        if not isinstance(key, str) or key == "<<":
            raise CityError(f"{file} rad {line}: ett fält har ett namn som inte kan användas här.")
        if key in seen:
            raise CityError(
                f"{file} rad {line}: {key} står redan på rad {seen[key]} i samma avsnitt. Ta bort en av dem."
            )
        seen[key] = lines[(*path, key)] = line
        if not value_node.tag.endswith(":null"):
            yield key, _plain(file, value_node, (*path, key), lines)


def _scalar(file, node):
    kind, text = node.tag.rpartition(":")[2], node.value
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int" and re.fullmatch(rf"[-+]?[0-9]{{1,{MAX_DIGITS}}}", text):
        return int(text)
    if kind == "timestamp" and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:  # 2025-02-30: a text, which is refused where a date belongs
            return text
    if kind == "null":
        return None
    return _clean(file, node.start_mark.line + 1, text)


def _clean(file, line, text):
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t" for character in text):
        raise CityError(f"{file} rad {line}: texten innehåller ett tecken som inte går att spara.")
    return unicodedata.normalize("NFC", text)
