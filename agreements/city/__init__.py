"""The city file: who cooperates where and about what, read from YAML and compared with the database.

The file becomes rows with natural keys (codes and addresses instead of
database ids), so that what would change can be told without writing anything.
What the file lacks is reported and left alone: a district with plans is never
removed because a line was. ``docs/city-file.md`` describes the format.
"""

from agreements.city.changes import Changed, TableChanges, changes, load
from agreements.city.checks import read
from agreements.city.rows import TABLES, City, Row, Table
from agreements.city.shape import DATA, SCHEMA
from agreements.city.source import CityError

STOCKHOLM = DATA / "stockholm.yaml"
EXAMPLE = DATA / "example-city.yaml"

__all__ = [
    "DATA",
    "EXAMPLE",
    "SCHEMA",
    "STOCKHOLM",
    "TABLES",
    "Changed",
    "City",
    "CityError",
    "Row",
    "Table",
    "TableChanges",
    "changes",
    "load",
    "read",
]
