"""What is recorded of the year in each place: the one thing that calendar and duties are read from.

The tool never says that something is done because it believes so; it says what is recorded.
"""

from collections.abc import Mapping
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
``agreements/year/steps.py`` and ``agreements/duties/requirements.py``. What happened in which
place and when is no secret within the city (domain §3, status); texts are.
"""


def gives(*keys):
    """Say which facts a source has, so that it is asked only when one of them is wanted.

    A source that does not say may have any.
    """

    def told(source):
        source.gives = frozenset(keys)
        return source

    return told


class Facts(Mapping):
    """The recorded facts of a year in some places, by (key, district id); a source is asked once, when it is needed.

    Whoever asks for a few keys costs the queries of the sources that give
    them; whoever goes through them all costs those of every source.
    """

    def __init__(self, district_ids, cycle):
        self.district_ids, self.cycle = list(district_ids), cycle
        self._found, self._left = {}, list(FACT_SOURCES)

    def __getitem__(self, key_and_place):
        key, _ = key_and_place
        self._ask(lambda source: key in getattr(source, "gives", {key}))
        return self._found[key_and_place]

    def __iter__(self):
        self._ask(lambda source: True)
        return iter(self._found)

    def __len__(self):
        self._ask(lambda source: True)
        return len(self._found)

    def _ask(self, is_wanted):
        wanted = [source for source in self._left if is_wanted(source)]
        self._left = [source for source in self._left if source not in wanted]
        for source in wanted:
            self._found |= source(self.district_ids, self.cycle)


def facts_of(district_ids, cycle):
    """Return the recorded :class:`Facts` of the year in those places; None among them is the city's own."""
    return Facts(district_ids, cycle)
