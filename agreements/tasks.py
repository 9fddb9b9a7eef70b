"""What waits for a person, what is new to them and which last days are near, from whoever has something for them.

It is what Min sida shows under "Att göra", and what the reminders by mail are made of.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from agreements.asking_once import asking_once
from trygghet.contributions import Contributions
from trygghet.dates import deadline_told, is_late


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that waits for a person.

    ``about`` says which plan or group it is in, ``told`` are sentences that
    explain, ``places`` (text, address) of what is missing. ``due`` is the last
    day, None if there is none; ``since`` the moment from which it has waited,
    None if nobody knows: a daily letter tells of what is new. ``text`` and ``about`` are also in mail, and so
    say nothing that somebody has written in a plan, a picture or a comment;
    ``told`` and ``places`` may, and stay on the page.
    """

    text: str
    about: str
    address: str
    due: date | None = None
    since: datetime | None = None
    told: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()

    @property
    def is_late(self):
        """Whether the last day has passed."""
        return is_late(self.due)

    @property
    def deadline(self):
        """The last day in words; empty if there is none."""
        return deadline_told(self.due) if self.due else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A last day that is not yet met: what is to be done by then, in which place, and where it is done."""

    on: date
    text: str
    about: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """That something is new: where, and how much in figures ("2 nya kommentarer"), never what was written."""

    text: str
    about: str
    address: str


TASK_SOURCES = Contributions()
"""Callables ``(user) -> list[Task]``, each with a fixed number of queries."""

DEADLINE_SOURCES = Contributions()
"""Callables ``(user, until) -> list[Deadline]``: what the person's places have not met, due today or later up to that
day. Each with a fixed number of queries."""

NEWS_SOURCES = Contributions()
"""Callables ``(user, since) -> list[Headline]``: what others have done after the moment that the person has not seen.

Each with a fixed number of queries."""


@asking_once()
def tasks_of(user, found=None):
    """Return everything that waits for the person, the most urgent first; what is equally urgent as the sources come.

    ``found`` has, by source, tasks that the caller has already asked for.
    """
    found = found or {}
    tasks = [task for source in TASK_SOURCES for task in (found[source] if source in found else source(user))]
    return sorted(tasks, key=lambda task: task.due or date.max)


@asking_once()
def deadlines_of(user, until):
    """Return the last days that the person's places have before them, the next first."""
    found = [deadline for source in DEADLINE_SOURCES for deadline in source(user, until)]
    return sorted(found, key=lambda deadline: deadline.on)


def news_of(user, since):
    """Return what is new to the person after the moment, as the sources come."""
    return [headline for source in NEWS_SOURCES for headline in source(user, since)]


SEVERAL = 7
"""More tasks than this are easier to take in with headings between them."""
SOON = timedelta(days=14)


def by_urgency(tasks):
    """Return the tasks as (heading, tasks), by how near their last days are; one group without heading if few."""
    if len(tasks) <= SEVERAL:
        return [("", tasks)] if tasks else []
    groups = {"Försenat": [], "Inom två veckor": [], "Längre fram": [], "Utan sista dag": []}
    for task in tasks:
        groups[_urgency(task)].append(task)
    return [(heading, group) for heading, group in groups.items() if group]


def _urgency(task):
    if task.due is None:
        return "Utan sista dag"
    if task.is_late:
        return "Försenat"
    return "Inom två veckor" if task.due <= timezone.localdate() + SOON else "Längre fram"
