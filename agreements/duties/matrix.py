"""All districts' duties as one table: a row per district, a column per duty, and what is late in words."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from agreements.duties.requirements import BY_NAME, OF_DISTRICTS, Duty, Mark, Status, statuses_of
from agreements.models import District
from agreements.year.steps import by_name

FILTERS = {
    "": ("Alla", lambda status: True),
    "forsenade": ("Försenade", lambda status: status.is_late),
    "snart": ("Ska göras inom sex månader", lambda status: status.mark == Mark.SOON),
    "saknas": ("Inget registrerat", lambda status: status.mark == Mark.MISSING),
}
"""What the matrix can be narrowed to: the word in the address → what it is called, and which statuses it keeps."""


@dataclass(frozen=True)
class Row:
    """A district with its cells, in the order of the matrix's duties."""

    district: District
    cells: list[tuple[Duty, Status]]

    @property
    def is_late(self):
        return any(status.is_late for _, status in self.cells)


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """The rows and columns that are shown, and what was asked for. ``every`` are all districts' rows."""

    duties: list[Duty]
    rows: list[Row]
    every: list[Row]
    shown: str
    duty: str
    today: date

    def in_words(self):
        """Return how many districts are late with something: "3 av 11 stadsdelar är försenade med något."."""
        late = sum(row.is_late for row in self.every)
        if not late:
            return "Ingen stadsdel är försenad med något som är registrerat här."
        verb = "är försenad" if late == 1 else "är försenade"
        return f"{late} av {len(self.every)} stadsdelar {verb} med något."

    @property
    def late_by_duty(self):
        """How many districts are late with each duty, as (duty, number)."""
        at = range(len(self.duties))
        return [(self.duties[i], sum(row.cells[i][1].is_late for row in self.every)) for i in at]


def matrix_of(*, shown="", duty="", today=None):
    """Return the :class:`Matrix` of every district that stands today; a fixed number of queries.

    ``shown`` is a word of :data:`FILTERS`, ``duty`` the name of one; what is unknown is as nothing.
    """
    today = today or timezone.localdate()
    shown, duty = shown if shown in FILTERS else "", duty if duty in {each.name for each in OF_DISTRICTS} else ""
    duties = [BY_NAME[duty]] if duty else OF_DISTRICTS
    districts = by_name(District.objects.valid_on(today))
    statuses = statuses_of([district.pk for district in districts], today)
    every = [Row(district, [(each, statuses[district.pk][each]) for each in duties]) for district in districts]
    keeps = FILTERS[shown][1]
    rows = [row for row in every if any(keeps(status) for _, status in row.cells)]
    return Matrix(duties=duties, rows=rows, every=every, shown=shown, duty=duty, today=today)
