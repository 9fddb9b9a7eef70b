"""Rows that are written once: what has happened, and what has been decided, is not rewritten.

The same holds in the database itself (:func:`guard`), for whoever reaches it
by another way than Django.
"""

from django.db import models

REFUSAL = "This is written once and not changed."


class AppendOnlyQuerySet(models.QuerySet):
    """Refuses what would change or remove many rows at once."""

    def update(self, **kwargs):
        """Raise TypeError: what is written stays as it is."""
        raise TypeError(REFUSAL)

    def delete(self):
        """Raise TypeError: what is written is not removed."""
        raise TypeError(REFUSAL)

    def bulk_update(self, objs, fields, batch_size=None):
        """Raise TypeError: what is written stays as it is."""
        raise TypeError(REFUSAL)


class AppendOnly(models.Model):
    """A row that can be added and read, and nothing else."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Add the row; raise TypeError for one that is already written."""
        if not self._state.adding:
            raise TypeError(REFUSAL)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Raise TypeError: what is written is not removed."""
        raise TypeError(REFUSAL)


# --- In the database itself

_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION trygghet_written_once() RETURNS trigger AS $$
       BEGIN RAISE EXCEPTION '% is written once', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END
       $$ LANGUAGE plpgsql""",
    """CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table}
       FOR EACH ROW EXECUTE FUNCTION trygghet_written_once()""",
)
# SQLite empties a table row by row, which an installation never does but Django's tests do: only changes are refused.
_SQLITE = (
    """CREATE TRIGGER {table}_written_once BEFORE UPDATE ON {table}
       BEGIN SELECT RAISE(ABORT, '{table} is written once'); END""",
)


def guard(schema_editor, *tables):
    """Let the database refuse changes of the tables' rows; for a migration.

    SQLite forgets it when a later migration alters the table, which then has to say it again.
    """
    statements = _POSTGRESQL if schema_editor.connection.vendor == "postgresql" else _SQLITE
    for table in tables:
        for statement in statements:
            schema_editor.execute(statement.replace("{table}", table), params=None)


def unguard(schema_editor, *tables):
    """Take :func:`guard` back."""
    on_table = schema_editor.connection.vendor == "postgresql"
    for table in tables:
        schema_editor.execute(f"DROP TRIGGER {table}_written_once" + (f" ON {table}" if on_table else ""), params=None)


# A row that something else has settled: ``{row}`` is OLD or NEW, ``{condition}`` says when it may not be touched.
_SETTLED_POSTGRESQL = """CREATE FUNCTION {table}_settled() RETURNS trigger AS $$
    BEGIN
      IF TG_OP <> 'INSERT' AND ({old}) THEN
        RAISE EXCEPTION '% is settled', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF TG_OP = 'INSERT' AND ({new}) THEN
        RAISE EXCEPTION '% is settled', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$ LANGUAGE plpgsql"""
_SETTLED_POSTGRESQL_TRIGGER = """CREATE TRIGGER {table}_settled BEFORE INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_settled()"""
_SETTLED_SQLITE = """CREATE TRIGGER {table}_settled_{name} BEFORE {event} ON {table} WHEN {condition}
    BEGIN SELECT RAISE(ABORT, '{table} is settled'); END"""


def guard_settled(schema_editor, table, condition):
    """Let the database refuse changes of the table's rows for which the condition holds; for a migration.

    ``condition`` is SQL in which ``{row}`` stands for the row, such as
    ``{row}.state = 'approved'``. It is asked of a row as it was before the
    change, or as it would be if it is new. As with :func:`guard`, SQLite
    refuses no removals, which the models have to do.
    """
    old, new = condition.replace("{row}", "OLD"), condition.replace("{row}", "NEW")
    if schema_editor.connection.vendor == "postgresql":
        function = _SETTLED_POSTGRESQL.replace("{old}", old).replace("{new}", new)
        for statement in (function, _SETTLED_POSTGRESQL_TRIGGER):
            schema_editor.execute(statement.replace("{table}", table), params=None)
        return
    for event, asked in (("INSERT", new), ("UPDATE", old)):
        statement = _SETTLED_SQLITE.replace("{name}", event.lower()).replace("{event}", event)
        schema_editor.execute(statement.replace("{condition}", asked).replace("{table}", table), params=None)


def unguard_settled(schema_editor, table):
    """Take :func:`guard_settled` back."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {table}_settled ON {table}", params=None)
        schema_editor.execute(f"DROP FUNCTION {table}_settled()", params=None)
        return
    for event in ("insert", "update"):
        schema_editor.execute(f"DROP TRIGGER {table}_settled_{event}", params=None)
