"""What waits for a person, from whoever has something for them: "Att göra" on Min sida, and the reminders by mail."""

from dataclasses import dataclass
from datetime import date

from trygghet.contributions import Contributions


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that waits for a person.

    ``about`` says which plan or group it is in, ``told`` are sentences that
    explain, ``places`` (text, address) of what is missing. ``due`` is the last
    day, None if there is none.
    """

    text: str
    about: str
    address: str
    due: date | None = None
    told: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()


TASK_SOURCES = Contributions()
"""Callables ``(user) -> list[Task]``, each with a fixed number of queries."""


def tasks_from_sources(user):
    """Return what the cooperation has for the person, in the order of the sources."""
    return [task for source in TASK_SOURCES for task in source(user)]
