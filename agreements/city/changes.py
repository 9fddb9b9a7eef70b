"""What a city file would change in the database, and the change itself."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from agreements.city.rows import TABLE_OF, TABLES, Row, Table
from agreements.models import GroupMembership, Municipality

BATCH = 500


@dataclass(frozen=True)
class Changed:
    """A row that differs from the database; ``fields`` gives old and new value by lookup."""

    row: Row
    pk: object
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


def changes(city) -> list[TableChanges]:
    """Return what loading the city would change, one entry per kind of row; writes nothing.

    Raises CityError if the database belongs to another city.
    """
    _refuse_another_city(city)
    return [_compare(city, table) for table in TABLES]


@transaction.atomic
def load(city) -> list[TableChanges]:
    """Write what differs and return it; raise CityError, with nothing written, if the database refuses."""
    done = changes(city)
    keys = _Keys()
    for change in done:
        _add(city, change, keys)
        _change(city, change, keys)
    return done


def _refuse_another_city(city):
    municipality = city.rows_of(TABLE_OF[Municipality])[0]
    other = Municipality.objects.exclude(code=municipality.values["code"]).first()
    if other:
        wrong = f"databasen hör till {other.name} ({other.code}). En annan kommun behöver en egen databas."
        raise city.source.error((*municipality.path, "code"), wrong)


def _compare(city, table):
    rows = {row.key: row for row in city.rows_of(table)}
    names = list(next(iter(rows.values())).values) if rows else list(table.key)
    stored = {tuple(values[name] for name in table.key): values for values in _stored(table).values("pk", *names)}
    found = TableChanges(table)
    for key, row in rows.items():
        if key not in stored:
            found.added.append(row)
            continue
        differing = {n: (stored[key][n], new) for n, new in row.values.items() if stored[key][n] != new}
        if differing and not table.only_added:
            found.changed.append(Changed(row, stored[key]["pk"], differing))
        else:
            found.unchanged += 1
    if not table.only_added:
        found.absent = [", ".join(map(str, key)) for key in stored if key not in rows]
    return found


def _stored(table):
    rows = table.model.objects.all()
    # Whoever stands in for somebody takes no place of their own.
    return rows.filter(deputy_for=None) if table.model is GroupMembership else rows


# --- Writing


class _Keys:
    """The database id of every row by what recognises it, one query per kind of row."""

    def __init__(self):
        self._ids = {}

    def find(self, model, lookups):
        """Return the id of the row, which is in the database by now."""
        table = TABLE_OF[model]
        if table not in self._ids:
            self._ids[table] = {tuple(key): pk for *key, pk in model.objects.values_list(*table.key, "pk")}
        return self._ids[table][tuple(lookups[part] for part in table.key)]


def _fill(instance, row, keys):
    meta = row.table.model._meta
    for name, value in row.plain_values().items():
        setattr(instance, name, value)
    for name, lookups in row.references().items():
        reference = meta.get_field(name)
        setattr(instance, reference.attname, keys.find(reference.related_model, lookups))
    for name in row.empty_references():
        setattr(instance, meta.get_field(name).attname, None)
    return instance


def _add(city, change, keys):
    if not change.added:
        return
    model = change.table.model
    instances = [_fill(model(), row, keys) for row in change.added]
    _write(city, change.added, instances, lambda: model.objects.bulk_create(instances, batch_size=BATCH))


def _change(city, change, keys):
    if not change.changed:
        return
    model = change.table.model
    stored = model.objects.in_bulk([each.pk for each in change.changed])
    rows = [each.row for each in change.changed]
    instances = [_fill(stored[each.pk], each.row, keys) for each in change.changed]
    names = {lookup.partition("__")[0] for lookup in rows[0].values}
    _write(city, rows, instances, lambda: model.objects.bulk_update(instances, names, batch_size=BATCH))


def _write(city, rows, instances, all_at_once):
    """Write all rows at once; if the database refuses, write them one by one to tell which it is."""
    try:
        with transaction.atomic():
            all_at_once()
    except DatabaseError:
        for row, instance in zip(rows, instances, strict=True):
            _save(city, row, instance)


def _save(city, row, instance):
    try:
        instance.full_clean()
        with transaction.atomic():
            instance.save()
    except ValidationError as error:
        raise city.source.error(row.path, f"går inte att spara ({row.label}). {error.messages[0]}") from error
    except DatabaseError as error:
        raise city.source.error(row.path, f"går inte att spara ({row.label}). Databasen säger nej.") from error
