"""Whether the rows of a file hold on their own, and together: values, keys, references and periods."""

from collections import defaultdict
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.text import Truncator

from agreements.city.rows import TABLE_OF, TABLES, City, rows_of_file
from agreements.city.shape import check_shape
from agreements.city.source import read_source
from agreements.enums import AgreementPart, GroupKind
from agreements.groups.whose_function import why_not
from agreements.models import (
    CollaborationGroup,
    DataSource,
    Function,
    GroupMembership,
    Organisation,
    PlanningCycle,
    PriorityAreaSet,
)

# Days of a year of which the second never comes before the first.
IN_ORDER = (
    ("pictures_due", "joint_picture_due"),
    ("joint_picture_due", "analysis_due"),
    ("draft_due", "review_due"),
    ("review_due", "decision_due"),
    ("decision_due", "submission_due"),
    ("decision_due", "board_due"),
    ("follow_up_opens", "follow_up_due"),
    ("follow_up_due", "compilation_due"),
    ("compilation_due", "feedback_due"),
)

# What the file calls a reference, where that is not the model's name for it.
IN_FILE = {"old": "area"}


def read(path) -> City:
    """Return the city that the file describes; raise CityError saying what is wrong and where."""
    source = read_source(path)
    check_shape(source)
    _check_agreement_template(source)
    city = City(source, rows_of_file(source))
    for row in city.rows:
        _check_values(city, row)
    for table in TABLES:
        _check_duplicates(city, table, table.key)
        if table.also_unique:
            _check_duplicates(city, table, table.also_unique)
    _check_references(city)
    _check_seats(city)
    _check_periods(city)
    _check_years(city)
    return city


def _check_agreement_template(source):
    for level, texts in source.data.get("agreement_template", {}).items():
        for part in texts:
            if part not in AgreementPart.values:
                known = ", ".join(AgreementPart.values)
                raise source.error(("agreement_template", level, part), f"är ingen del av överenskommelsen: {known}.")


def _check_values(city, row):
    model = row.table.model
    plain = row.plain_values()
    others = [each.name for each in model._meta.fields if each.name not in plain]
    try:
        model(**plain).clean_fields(exclude=others)
    except ValidationError as error:
        name, (first, *_) = next(iter(error.error_dict.items()))
        if first.code == "max_length":
            wrong = f"är längre än {first.params['limit_value']} tecken ({Truncator(row.label).chars(60)})."
        else:
            wrong = f"stämmer inte ({row.label}). {first.messages[0]}"
        raise city.source.error((*row.path, name), wrong) from error
    if plain.get("valid_to") and plain["valid_to"] < plain["valid_from"]:
        raise city.source.error((*row.path, "valid_to"), f"ligger före valid_from ({row.label}).")


def _check_duplicates(city, table, names):
    seen = {}
    for row in city.rows_of(table):
        values = tuple(row.values[name] for name in names)
        if values in seen:
            last = names[-1].rpartition("__")[0] or names[-1]
            first = seen[values]
            raise city.source.error(
                row.path,
                f"har samma {last}, {values[-1]}, som {city.source.place(first.path)} ({row.label} och {first.label}).",
            )
        seen[values] = row


def _check_references(city):
    keys = {table: {row.key for row in city.rows_of(table)} for table in TABLES}
    for row in city.rows:
        for name, lookups in row.references().items():
            table = TABLE_OF[row.table.model._meta.get_field(name).related_model]
            key = tuple(lookups[part] for part in table.key)
            if key not in keys[table]:
                wrong = f"hänvisar till {key[-1]!r}, som inte finns bland {table.title} i filen ({row.label})."
                raise city.source.error(_field(city, row, name), wrong)


def _field(city, row, name):
    """Return where the file says what the row refers to by that name; the row itself if it is nothing but that."""
    path = (*row.path, IN_FILE.get(name, name))
    return path if path in city.source.lines else row.path


def _check_seats(city):
    """Refuse a seat of the one party with a function of the other's (law 2023:196; seed 001)."""
    functions, organisations = (
        {row.key[0]: model(**row.plain_values()) for row in city.rows_of(TABLE_OF[model])}
        for model in (Function, Organisation)
    )
    for row in city.rows_of(TABLE_OF[GroupMembership]):
        function = functions[row.values["function__code"]]
        wrong = why_not(function, organisations[row.values["organisation__slug"]])
        if wrong:
            raise city.source.error(_field(city, row, "function"), f"stämmer inte ({row.label}). {wrong}")


# --- Periods


def _check_periods(city):
    _check_overlaps(city, city.rows_of(TABLE_OF[PriorityAreaSet]), "Två uppsättningar områden får inte gälla samtidigt")
    by_kind = defaultdict(list)
    for row in city.rows_of(TABLE_OF[CollaborationGroup]):
        if row.values["kind"] != GroupKind.WORKING:
            by_kind[row.values["district__slug"], row.values["kind"]].append(row)
    for rows in by_kind.values():
        _check_overlaps(city, rows, "Två grupper av samma slag får inte gälla samtidigt på samma håll")
    for row in city.rows_of(TABLE_OF[DataSource]):
        if row.values["latest_on"] and row.values["next_on"] and row.values["next_on"] <= row.values["latest_on"]:
            raise city.source.error((*row.path, "next_on"), f"ligger inte efter latest_on ({row.label}).")


def _check_overlaps(city, rows, rule):
    for earlier, later in pairwise(sorted(rows, key=lambda row: row.values["valid_from"])):
        end = earlier.values["valid_to"]
        if end is None or end >= later.values["valid_from"]:
            other = f"{earlier.label} ({city.source.place(earlier.path)})"
            until = f"gäller till och med {end}" if end else "saknar slutdatum"
            wrong = f"{later.label} börjar innan {other} har upphört, som {until}. {rule}."
            raise city.source.error((*later.path, "valid_from"), wrong)


def _check_years(city):
    sets = {row.key[0]: row for row in city.rows_of(TABLE_OF[PriorityAreaSet])}
    for row in city.rows_of(TABLE_OF[PlanningCycle]):
        _check_days(city, row)
        year, area_set = row.values["year"], sets[row.values["area_set__code"]]
        ends = area_set.values["valid_to"]
        if area_set.values["valid_from"].year > year or (ends and ends.year < year):
            raise city.source.error((*row.path, "area_set"), f"{area_set.label} gäller inte {year}.")


def _check_days(city, row):
    days = {name: day for name, day in row.plain_values().items() if name.endswith(("_due", "_opens")) and day}
    for name, day in days.items():
        if abs(day.year - row.values["year"]) > 1:
            raise city.source.error((*row.path, name), f"{day} ligger långt från planeringsåret {row.label}.")
    for first, second in IN_ORDER:
        if first in days and second in days and days[second] < days[first]:
            raise city.source.error((*row.path, second), f"ligger före {first}, {days[first]} ({row.label}).")
