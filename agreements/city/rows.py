"""From the file's sections to rows of the models, with what recognises each."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.utils.text import slugify

from agreements.city.source import Source
from agreements.enums import AgreementPart, GroupLevel, OrganisationKind
from agreements.models import (
    AreaMapping,
    AreaObjective,
    CollaborationGroup,
    DataSource,
    District,
    Function,
    GroupMembership,
    LocalPoliceArea,
    Municipality,
    Neighbourhood,
    Organisation,
    PlanningCycle,
    PoliceArea,
    PriorityArea,
    PriorityAreaSet,
    TemplateText,
    TriangleSide,
)
from agreements.year.steps import DATE_FIELDS
from trygghet.contributions import Contributions

DistrictPolice = District.local_police_areas.through


@dataclass(frozen=True)
class Table:
    """A kind of row: its model and what recognises a row (lookups, also through foreign keys).

    ``only_added``: the app's people take over once a row is there, so the file never changes it.
    """

    model: type[models.Model]
    key: tuple[str, ...]
    also_unique: tuple[str, ...] = ()
    name: str = ""
    only_added: bool = False

    @property
    def title(self):
        """The kind as the reader knows it, in the plural."""
        return self.name or self.model._meta.verbose_name_plural


# In the order they are written: a row comes after those it refers to. Apps further up add theirs (``add_section``).
TABLES = [
    Table(Municipality, ("code",)),
    Table(PoliceArea, ("code",)),
    Table(LocalPoliceArea, ("code",)),
    Table(District, ("slug",)),
    Table(Neighbourhood, ("district__slug", "slug")),
    Table(DistrictPolice, ("district__slug", "localpolicearea__code"), name="lokalpolisområden per stadsdelsområde"),
    Table(Organisation, ("slug",)),
    Table(Function, ("code",)),
    Table(CollaborationGroup, ("slug",)),
    Table(
        GroupMembership,
        ("group__slug", "function__code", "organisation__slug"),
        name="platser i grupperna",
        only_added=True,
    ),
    Table(PriorityAreaSet, ("code",)),
    Table(TriangleSide, ("area_set__code", "code"), also_unique=("area_set__code", "number")),
    Table(PriorityArea, ("area_set__code", "code"), also_unique=("area_set__code", "number")),
    Table(AreaObjective, ("area__area_set__code", "area__code", "number")),
    Table(AreaMapping, ("old__area_set__code", "old__code", "new__area_set__code", "new__code")),
    Table(DataSource, ("code",)),
    Table(PlanningCycle, ("year",)),
    Table(TemplateText, ("level", "part")),
]
TABLE_OF = {table.model: table for table in TABLES}

SECTIONS = Contributions()
"""Sections of the file whose rows belong to an app further up, as (table, rows): see :func:`add_section`."""


def add_section(table, rows):
    """Let the file have a section more, of rows of ``table``; its shape is said in ``city.schema.json``.

    ``rows(data)`` yields (path, label, values) of each row that the file describes.
    """
    if table.model not in TABLE_OF:
        TABLES.append(table)
        TABLE_OF[table.model] = table
        SECTIONS.add((table, rows))


@dataclass(frozen=True)
class Row:
    """A row as the file has it; ``values`` are lookups like the key, and ``path`` is where it stands."""

    table: Table
    path: tuple
    label: str
    values: dict

    @property
    def key(self):
        return tuple(self.values[name] for name in self.table.key)

    def references(self) -> dict[str, dict]:
        """Return the foreign keys: for each, the lookups that find what it refers to, if anything."""
        found = {}
        for lookup, value in self.values.items():
            name, _, rest = lookup.partition("__")
            if rest and value is not None:
                found.setdefault(name, {})[rest] = value
        return found

    def empty_references(self) -> set[str]:
        """Return the foreign keys that refer to nothing."""
        return {lookup.partition("__")[0] for lookup in self.values if "__" in lookup} - self.references().keys()

    def plain_values(self) -> dict:
        """Return what is not a foreign key."""
        return {name: value for name, value in self.values.items() if "__" not in name}


@dataclass(frozen=True)
class City:
    """A city file that holds together."""

    source: Source
    rows: tuple[Row, ...]

    @property
    def file(self):
        return self.source.name

    def rows_of(self, table) -> list[Row]:
        return [row for row in self.rows if row.table == table]


def rows_of_file(source: Source) -> tuple[Row, ...]:
    """Return every row that the file describes, in no particular order; raise CityError for a circle of references."""
    return tuple(_rows(source))


def _rows(source) -> Iterator[Row]:
    data = source.data
    municipality = data["municipality"]
    yield _row(Municipality, ("municipality",), municipality["name"], municipality)
    for path, item in _items(data, "police_areas"):
        yield _row(PoliceArea, path, item["name"], item)
    for path, item in _items(data, "local_police_areas"):
        values = {"code": item["code"], "name": item["name"], "police_area__code": item["police_area"]}
        yield _row(LocalPoliceArea, path, item["name"], values)
    for path, item in _items(data, "districts"):
        yield from _district_rows(path, item, municipality["code"])
    for path, item in _items(data, "organisations"):
        yield _organisation_row(path, item)
    for code, title in data["functions"].items():
        yield _row(Function, ("functions", code), title, {"code": code, "title": title})
    yield from _group_rows(data)
    yield from _area_rows_of_sets(source)
    for path, item in _items(data, "data_sources"):
        yield _data_source_row(path, item)
    yield from _cycle_rows(source)
    yield from _template_rows(data)
    for table, rows in SECTIONS:
        for path, label, values in rows(data):
            yield _row(table.model, path, label, values)


def _row(model, path, label, values):
    return Row(TABLE_OF[model], path, label, dict(values))


def _items(data, section, path=()):
    for number, item in enumerate(data.get(section, [])):
        yield (*path, section, number), item


def _period(item):
    return {"valid_from": item["valid_from"], "valid_to": item.get("valid_to")}


def _district_rows(path, item, municipality):
    slug, name = item["slug"], item["name"]
    values = {"slug": slug, "name": name, "municipality__code": municipality, **_period(item)}
    yield _row(District, path, name, values)
    for place, neighbourhood in _items(item, "neighbourhoods", path):
        values = {"district__slug": slug, "slug": slugify(neighbourhood), "name": neighbourhood}
        yield _row(Neighbourhood, place, f"{neighbourhood} ({name})", values)
    for place, code in _items(item, "local_police_areas", path):
        values = {"district__slug": slug, "localpolicearea__code": code}
        yield _row(DistrictPolice, place, f"{name}: {code}", values)
    administration = {
        "slug": slugify(item["administration"]),
        "name": item["administration"],
        "kind": OrganisationKind.DISTRICT_ADMIN,
        "is_party": True,
        "district": slug,
    }
    yield _organisation_row((*path, "administration"), administration)


def _organisation_row(path, item):
    values = {
        "slug": item["slug"],
        "name": item["name"],
        "short_name": item.get("short_name", ""),
        "kind": item["kind"],
        "is_party": item.get("is_party", False),
        "district__slug": item.get("district"),
    }
    return _row(Organisation, path, item["name"], values)


# --- Groups and their seats


def _group_rows(data):
    for path, item in _items(data, "city_groups"):
        yield from _group_with_seats(data, path, item, None)
    for path, item in _items(data, "local_groups"):
        for district in data["districts"]:
            yield from _group_with_seats(data, path, item, district)


def _group_with_seats(data, path, item, district):
    values = {
        "slug": _for_district(item["slug"], district),
        "name": _for_district(item["name"], district),
        "level": GroupLevel.LOCAL if district else GroupLevel.CITY,
        "kind": item["kind"],
        "district__slug": district["slug"] if district else None,
        "mandate": item.get("mandate", ""),
        "min_meetings_per_year": item.get("min_meetings_per_year"),
        **_period(item),
    }
    if district:  # a district's group does not outlive the district
        values["valid_from"] = max(item["valid_from"], district["valid_from"])
        values["valid_to"] = _earlier(item.get("valid_to"), district.get("valid_to"))
    if district and _ends_before_it_begins(values) and not _ends_before_it_begins(_period(item)):
        return  # the group's and the district's periods never meet
    yield _row(CollaborationGroup, path, values["name"], values)
    for place, seat in _items(item, "seats", path):
        yield _seat_row(data, place, seat, values, district)


def _for_district(text, district):
    if district is None:
        return text
    administration = slugify(district["administration"])
    for name, value in (("slug", district["slug"]), ("district", district["name"]), ("administration", administration)):
        text = text.replace(f"{{{name}}}", value)
    return text


def _earlier(one, other):
    return min((day for day in (one, other) if day), default=None)


def _ends_before_it_begins(period):
    return bool(period["valid_to"]) and period["valid_to"] < period["valid_from"]


def _seat_row(data, path, item, group, district):
    function = item["function"]
    values = {
        "group__slug": group["slug"],
        "function__code": function,
        "organisation__slug": _for_district(item["organisation"], district),
        "is_chair": item.get("is_chair", False),
        "is_secretary": item.get("is_secretary", False),
        "co_opted": item.get("co_opted", False),
        "valid_from": group["valid_from"],
    }
    return _row(GroupMembership, path, f"{data['functions'].get(function, function)}, {group['name']}", values)


# --- Prioritised areas


def _area_rows_of_sets(source):
    by_code = {item["code"]: item for item in source.data["area_sets"]}
    for path, item in _items(source.data, "area_sets"):
        refuse_circle(source, path, "follows", item["code"], by_code)
        yield from _area_set_rows(source, path, item)


def refuse_circle(source, path, name, start, by_key):
    """Raise CityError if going from item to item by the field comes back to where it began, or leads nowhere."""
    seen, at = {start}, start
    while (found := by_key[at].get(name)) is not None:
        if found not in by_key:
            raise source.error((*path, name), f"{found} finns inte bland {path[0]} i filen.")
        if found in seen:
            raise source.error((*path, name), f"{found} leder i en cirkel tillbaka till sig själv.")
        seen.add(found)
        at = found
    return at


def _area_set_rows(source, path, item):
    code = item["code"]
    yield _row(PriorityAreaSet, path, item["name"], {"code": code, "name": item["name"], **_period(item)})
    for place, side in _items(item, "triangle_sides", path):
        yield _row(TriangleSide, place, side["title"], {"area_set__code": code, **side})
    for place, area in _items(item, "areas", path):
        yield from _area_rows(place, area, code)
        yield from _mapping_rows(source, place, area, item)


def _area_rows(path, area, area_set):
    values = {"area_set__code": area_set, "description": "", "example_activities": "", **area}
    values.pop("takes_over", None)
    objectives = values.pop("objectives")
    yield _row(PriorityArea, path, area["title"], values)
    for number, text in enumerate(objectives, start=1):
        values = {"area__area_set__code": area_set, "area__code": area["code"], "number": number, "text": text}
        yield _row(AreaObjective, (*path, "objectives", number - 1), f"{area['short_title']}, {number}", values)


def _mapping_rows(source, path, area, area_set):
    for place, old in _items(area, "takes_over", path):
        if "follows" not in area_set:
            raise source.error(place, "uppsättningen säger inte med follows vilken den ersätter.")
        values = {
            "old__area_set__code": area_set["follows"],
            "old__code": old["area"],
            "new__area_set__code": area_set["code"],
            "new__code": area["code"],
            "note": old.get("note", ""),
        }
        yield _row(AreaMapping, place, f"{old['area']} → {area['short_title']}", values)


# --- Data sources and years


def _data_source_row(path, item):
    values = {
        "owner": "",
        "description": "",
        "interval_months": None,
        "latest_on": None,
        "next_on": None,
        **item,
    }
    return _row(DataSource, path, item["name"], values)


def _cycle_rows(source):
    by_year = {item["year"]: item for item in source.data["cycles"]}
    for path, item in _items(source.data, "cycles"):
        template = by_year[refuse_circle(source, path, "same_template_as", item["year"], by_year)]
        values = {
            "year": item["year"],
            "area_set__code": item["area_set"],
            "instructions": template.get("instructions", []),
            "links": [{"name": "", "url": None, "text": "", "label": ""} | link for link in template.get("links", [])],
            **{due: item.get(due) for due in DATE_FIELDS},
        }
        yield _row(PlanningCycle, path, str(item["year"]), values)


# --- The template of agreements


def _template_rows(data):
    for level, texts in data.get("agreement_template", {}).items():
        for part, text in texts.items():
            label = f"{AgreementPart(part).label}, {GroupLevel(level).label.lower()}"
            values = {"level": level, "part": part, "text": text.strip()}
            yield _row(TemplateText, ("agreement_template", level, part), label, values)
