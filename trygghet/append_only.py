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
