"""The city file: who cooperates where and about what, read from TOML and compared with the database.

The file becomes rows with natural keys (codes and addresses instead of
database ids), so that what would change can be told without writing anything.
What the file lacks is reported and left alone: a district with plans is never
removed because a line was.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import jsonschema
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import slugify

from agreements.enums import GroupLevel, OrganisationKind
from agreements.models import (
    AreaObjective,
    CollaborationGroup,
    District,
    Function,
    LocalPoliceArea,
    Municipality,
    Neighbourhood,
    Organisation,
    PlanningCycle,
    PoliceArea,
    PriorityArea,
    PriorityAreaSet,
    TriangleSide,
)

DATA = Path(__file__).resolve().parent / "data"
STOCKHOLM = DATA / "stockholm.toml"
SCHEMA = DATA / "city.schema.json"

DistrictPolice = District.local_police_areas.through


class CityError(ValueError):
    """The file does not describe a city; the message is Swedish and names the file and the place in it."""


@dataclass(frozen=True)
class Table:
    """A kind of row: its model and what recognises a row (lookups, also through foreign keys)."""

    model: type[models.Model]
    key: tuple[str, ...]
    also_unique: tuple[str, ...] = ()
    name: str = ""

    @property
    def title(self):
        """The kind as the reader knows it, in the plural."""
        return self.name or self.model._meta.verbose_name_plural


# In the order they are written: a row comes after those it refers to.
TABLES = (
    Table(Municipality, ("code",)),
    Table(PoliceArea, ("code",)),
    Table(LocalPoliceArea, ("code",)),
    Table(District, ("slug",)),
    Table(Neighbourhood, ("district__slug", "slug")),
    Table(DistrictPolice, ("district__slug", "localpolicearea__code"), name="lokalpolisområden per stadsdelsområde"),
    Table(Organisation, ("slug",)),
    Table(Function, ("code",)),
    Table(CollaborationGroup, ("slug",)),
    Table(PriorityAreaSet, ("code",)),
    Table(TriangleSide, ("area_set__code", "code"), also_unique=("area_set__code", "number")),
    Table(PriorityArea, ("area_set__code", "code"), also_unique=("area_set__code", "number")),
    Table(AreaObjective, ("area__area_set__code", "area__code", "number")),
    Table(PlanningCycle, ("year",)),
)
TABLE_OF = {table.model: table for table in TABLES}

# A year's last days for the steps of its plans, in the order the steps are taken; each may be left out.
DUE_DATES = ("review_due", "decision_due", "submission_due", "board_due")


@dataclass(frozen=True)
class Row:
    """A row as the file has it; ``values`` are lookups like the key, and ``place`` is where it stands."""

    table: Table
    place: str
    label: str
    values: dict

    @property
    def key(self):
        return tuple(self.values[name] for name in self.table.key)


@dataclass(frozen=True)
class City:
    """A city file that holds together."""

    file: str
    rows: tuple[Row, ...]

    def rows_of(self, table) -> list[Row]:
        return [row for row in self.rows if row.table == table]


@dataclass(frozen=True)
class Changed:
    """A row that differs from the database; ``fields`` gives old and new value by lookup."""

    row: Row
    fields: dict[str, tuple]

    @property
    def closes(self):
        """Whether the row gets an end that it did not have."""
        old, new = self.fields.get("valid_to", (None, None))
        return old is None and new is not None


@dataclass
class TableChanges:
    """What reading a file would do to one kind of row; ``absent`` are keys that only the database has."""

    table: Table
    added: list[Row] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    unchanged: int = 0

    @property
    def is_empty(self):
        """Whether nothing would be written."""
        return not self.added and not self.changed

    @property
    def is_first_load(self):
        """Whether the database had no row of the kind."""
        return bool(self.added) and not (self.changed or self.absent or self.unchanged)


# --- Reading


def read(path) -> City:
    """Return the city that the file describes; raise CityError saying what is wrong and where."""
    path = Path(path)
    data = _parse(path)
    _check_shape(path.name, data)
    city = City(path.name, tuple(_rows(path.name, data)))
    for row in city.rows:
        _check_values(city.file, row)
    for table in TABLES:
        _check_duplicates(city, table, table.key)
        if table.also_unique:
            _check_duplicates(city, table, table.also_unique)
    _check_references(city)
    return city


def _parse(path):
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CityError(f"{path.name}: filen går inte att läsa ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise CityError(f"{path.name}: filen är inte text i UTF-8. Spara om den som UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise CityError(f"{path.name}: filen är inte giltig TOML. {error}.") from error


def _is_date(_, value):
    # A TOML date with a time of day is a datetime, which is a date to Python but not to us.
    return type(value).__name__ == "date"


@cache
def _validator():
    checker = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("date", _is_date)
    validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, type_checker=checker)
    return validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


TYPE_NAMES = {
    "string": "text inom citattecken",
    "integer": "ett heltal",
    "date": "ett datum, till exempel 2025-01-31",
    "array": "en lista",
    "object": "ett avsnitt med egna rader",
    "boolean": "true eller false",
}


def _check_shape(file, data):
    error = min(_validator().iter_errors(data), key=lambda error: list(map(str, error.absolute_path)), default=None)
    if error is None:
        return
    path = list(error.absolute_path)
    if error.validator == "required":
        path.append(next(name for name in error.validator_value if name not in error.instance))
        wrong = "saknas"
    elif error.validator == "additionalProperties":
        path.append(next(name for name in error.instance if name not in error.schema["properties"]))
        wrong = "är inget som kan anges här. Är det felstavat?"
    else:
        wrong = f"ska vara {TYPE_NAMES[error.validator_value]}"
    raise CityError(f"{file}: {_place(path)} {wrong}{_whose(data, path)}")


def _place(path):
    """Return the place as people count: the first item of a list is number 1."""
    steps = (f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def _whose(data, path):
    names = ""
    for step in path[:-1]:
        data = data[step]
        if isinstance(data, dict):
            names = next((str(data[key]) for key in ("name", "title", "year") if key in data), names)
    return f" ({names})" if names else ""


# --- From the file's sections to rows


def _rows(file, data) -> Iterator[Row]:
    municipality = data["municipality"]
    yield _row(Municipality, "municipality", municipality["name"], municipality)
    for place, item in _items(data, "police_areas"):
        yield _row(PoliceArea, place, item["name"], item)
    for place, item in _items(data, "local_police_areas"):
        values = {"code": item["code"], "name": item["name"], "police_area__code": item["police_area"]}
        yield _row(LocalPoliceArea, place, item["name"], values)
    for place, item in _items(data, "districts"):
        yield from _district_rows(place, item, municipality["code"])
    for place, item in _items(data, "organisations"):
        yield _organisation_row(place, item)
    for code, title in data["functions"].items():
        yield _row(Function, f"functions.{code}", title, {"code": code, "title": title})
    yield from _group_rows(data)
    for place, item in _items(data, "area_sets"):
        yield from _area_set_rows(place, item)
    yield from _cycle_rows(file, data)


def _row(model, place, label, values):
    return Row(TABLE_OF[model], place, label, dict(values))


def _items(data, section):
    for number, item in enumerate(data[section], start=1):
        yield f"{section}[{number}]", item


def _period(item):
    return {"valid_from": item["valid_from"], "valid_to": item.get("valid_to")}


def _district_rows(place, item, municipality):
    slug, name = item["slug"], item["name"]
    values = {"slug": slug, "name": name, "municipality__code": municipality, **_period(item)}
    yield _row(District, place, name, values)
    for number, neighbourhood in enumerate(item["neighbourhoods"], start=1):
        values = {"district__slug": slug, "slug": slugify(neighbourhood), "name": neighbourhood}
        yield _row(Neighbourhood, f"{place}.neighbourhoods[{number}]", f"{neighbourhood} ({name})", values)
    for number, code in enumerate(item["local_police_areas"], start=1):
        values = {"district__slug": slug, "localpolicearea__code": code}
        yield _row(DistrictPolice, f"{place}.local_police_areas[{number}]", f"{name}: {code}", values)
    administration = {
        "slug": slugify(item["administration"]),
        "name": item["administration"],
        "kind": OrganisationKind.DISTRICT_ADMIN,
        "is_party": True,
        "district": slug,
    }
    yield _organisation_row(f"{place}.administration", administration)


def _organisation_row(place, item):
    values = {
        "slug": item["slug"],
        "name": item["name"],
        "short_name": item.get("short_name", ""),
        "kind": item["kind"],
        "is_party": item.get("is_party", False),
        "district__slug": item.get("district"),
    }
    return _row(Organisation, place, item["name"], values)


def _group_rows(data):
    for place, item in _items(data, "city_groups"):
        yield _group_row(place, item, item["slug"], item["name"], None)
    for place, item in _items(data, "local_groups"):
        for district in data["districts"]:
            slug, name = (
                item[key].replace("{slug}", district["slug"]).replace("{district}", district["name"])
                for key in ("slug", "name")
            )
            yield _group_row(place, item, slug, name, district)


def _group_row(place, item, slug, name, district):
    values = {
        "slug": slug,
        "name": name,
        "level": GroupLevel.LOCAL if district else GroupLevel.CITY,
        "kind": item["kind"],
        "district__slug": district["slug"] if district else None,
        "mandate": item.get("mandate", ""),
        "min_meetings_per_year": item.get("min_meetings_per_year"),
        **_period(item),
    }
    if district:  # a district's group does not outlive the district
        values["valid_from"] = max(item["valid_from"], district["valid_from"])
        values["valid_to"] = item.get("valid_to") or district.get("valid_to")
    return _row(CollaborationGroup, place, name, values)


def _area_set_rows(place, item):
    code = item["code"]
    yield _row(PriorityAreaSet, place, item["name"], {"code": code, "name": item["name"], **_period(item)})
    for number, side in enumerate(item["triangle_sides"], start=1):
        yield _row(TriangleSide, f"{place}.triangle_sides[{number}]", side["title"], {"area_set__code": code, **side})
    for number, area in enumerate(item["areas"], start=1):
        yield from _area_rows(f"{place}.areas[{number}]", area, code)


def _area_rows(place, area, area_set):
    values = {"area_set__code": area_set, "description": "", "example_activities": "", **area}
    objectives = values.pop("objectives")
    yield _row(PriorityArea, place, area["title"], values)
    for number, text in enumerate(objectives, start=1):
        values = {"area__area_set__code": area_set, "area__code": area["code"], "number": number, "text": text}
        yield _row(AreaObjective, f"{place}.objectives[{number}]", f"{area['short_title']}, {number}", values)


def _cycle_rows(file, data):
    by_year = {item["year"]: item for item in data["cycles"]}
    for place, item in _items(data, "cycles"):
        year = item.get("same_template_as", item["year"])
        if year not in by_year:
            raise CityError(f"{file}: {place}.same_template_as är {year}, men det året finns inte under cycles.")
        template = by_year[year]
        values = {
            "year": item["year"],
            "area_set__code": item["area_set"],
            "instructions": template.get("instructions", []),
            "links": [{"name": "", "url": None, "text": "", "label": ""} | link for link in template.get("links", [])],
            **{due: item.get(due) for due in DUE_DATES},
        }
        yield _row(PlanningCycle, place, str(item["year"]), values)


# --- Checking the rows against the models and each other


def _references(row) -> dict[str, dict]:
    """Return the row's foreign keys: for each, the lookups that find what it refers to, if anything."""
    found = {}
    for lookup, value in row.values.items():
        name, _, rest = lookup.partition("__")
        if rest and value is not None:
            found.setdefault(name, {})[rest] = value
    return found


def _plain_values(row):
    return {name: value for name, value in row.values.items() if "__" not in name}


def _check_values(file, row):
    model = row.table.model
    plain = _plain_values(row)
    others = [each.name for each in model._meta.fields if each.name not in plain]
    try:
        model(**plain).clean_fields(exclude=others)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise CityError(f"{file}: {row.place}.{name} stämmer inte ({row.label}). {messages[0]}") from error
    if plain.get("valid_to") and plain["valid_to"] < plain["valid_from"]:
        raise CityError(f"{file}: {row.place}.valid_to ligger före valid_from ({row.label}).")


def _check_duplicates(city, table, names):
    seen = {}
    for row in city.rows_of(table):
        values = tuple(row.values[name] for name in names)
        if values in seen:
            last = names[-1]
            raise CityError(
                f"{city.file}: {row.place} har samma {last} som {seen[values].place}, {values[-1]} "
                f"({row.label} och {seen[values].label})."
            )
        seen[values] = row


def _check_references(city):
    keys = {table: {row.key for row in city.rows_of(table)} for table in TABLES}
    for row in city.rows:
        for name, lookups in _references(row).items():
            table = TABLE_OF[row.table.model._meta.get_field(name).related_model]
            key = tuple(lookups[part] for part in table.key)
            if key not in keys[table]:
                raise CityError(
                    f"{city.file}: {row.place} hänvisar till {key[-1]!r}, som inte finns bland {table.title} i filen "
                    f"({row.label})."
                )


# --- Comparing and writing


def changes(city) -> list[TableChanges]:
    """Return what loading the city would change, one entry per kind of row; writes nothing."""
    return [_compare(city, table) for table in TABLES]


@transaction.atomic
def load(city) -> list[TableChanges]:
    """Write what differs and return it; raise CityError, with nothing written, if the database refuses."""
    done = changes(city)
    for change in done:
        for row in change.added:
            _save(city, row, row.table.model(**_plain_values(row)), _references(row))
        for changed in change.changed:
            row = changed.row
            stored = row.table.model.objects.get(**dict(zip(row.table.key, row.key, strict=True)))
            for name, value in _plain_values(row).items():
                setattr(stored, name, value)
            _save(city, row, stored, _references(row))
    return done


def _compare(city, table):
    rows = {row.key: row for row in city.rows_of(table)}
    names = list(next(iter(rows.values())).values) if rows else list(table.key)
    stored = {tuple(values[name] for name in table.key): values for values in table.model.objects.values(*names)}
    found = TableChanges(table)
    for key, row in rows.items():
        if key not in stored:
            found.added.append(row)
            continue
        differing = {n: (stored[key][n], new) for n, new in row.values.items() if stored[key][n] != new}
        if differing:
            found.changed.append(Changed(row, differing))
        else:
            found.unchanged += 1
    found.absent = [", ".join(map(str, key)) for key in stored if key not in rows]
    return found


def _save(city, row, instance, references):
    """Save the row with what it refers to, which is in the database by now."""
    for name, lookups in references.items():
        related = row.table.model._meta.get_field(name).related_model
        setattr(instance, name, related._default_manager.get(**lookups))
    for name in {lookup.partition("__")[0] for lookup in row.values if "__" in lookup} - references.keys():
        setattr(instance, name, None)
    try:
        instance.full_clean()
    except ValidationError as error:
        raise CityError(f"{city.file}: {row.place} går inte att spara ({row.label}). {error.messages[0]}") from error
    instance.save()
