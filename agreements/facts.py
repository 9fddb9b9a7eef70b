"""What is recorded of the year in each place: the one thing that calendar and duties are read from.

The tool never says that something is done because it believes so; it says what is recorded.
"""

from dataclasses import dataclass
from datetime import date

from trygghet.contributions import Contributions


@dataclass(frozen=True, kw_only=True)
class Fact:
    """That something has been done in a place: on which day, in words, and where it is seen ("" if nowhere)."""

    on: date
    told: str
    address: str = ""


FACT_SOURCES = Contributions()
"""Callables ``(district_ids, cycle) -> {(key, district_id): Fact}``, a fixed number of queries however many districts.

``district_ids`` may hold None, the city's own. The keys are those of
``agreements/year.py`` and ``agreements/duties.py``. What happened in which
place and when is no secret within the city (domain §3, status); texts are.
"""


def facts_of(district_ids, cycle):
    """Return every recorded fact of the year in those places, by (key, district id)."""
    found = {}
    for source in FACT_SOURCES:
        found |= source(list(district_ids), cycle)
    return found
