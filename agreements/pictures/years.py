"""The pictures of a place year by year, and what a person can do next with each.

What the person does not see is told as not shared, whether it is begun or not:
nobody learns that the other party has a draft (seed 001, P02).
"""

from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from agreements.enums import PictureState, Producer
from agreements.models import SituationPicture
from agreements.pictures.workflow import NAMES, OWN, may_write, open_years, steps_for
from agreements.querysets import DRAFT_PERMISSIONS
from trygghet.dates import age
from trygghet.words import upper_first

MARKS = {
    PictureState.DRAFT: "draft",
    PictureState.SHARED: "decided",
    PictureState.PRIORITISED: "review",
    PictureState.CONFIRMED: "decided",
    PictureState.SUPERSEDED: "none",
}
STATES = {
    PictureState.DRAFT: "Utkast",
    PictureState.SHARED: "Delad",
    PictureState.PRIORITISED: "Väntar på styrgruppen",
    PictureState.CONFIRMED: "Fastställd",
    PictureState.SUPERSEDED: "Ersatt",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One picture of a year as it stands for a person; ``picture`` None when there is none that they see."""

    producer: Producer
    year: int
    picture: SituationPicture | None
    may_begin: bool = False
    waits: str = ""  # what has to happen before it can be begun
    next: str = ""  # what the person does next, as on a button

    @property
    def name(self):
        name = "gemensam lägesbild" if self.producer == Producer.JOINT else NAMES[self.producer]
        return upper_first(name)

    @property
    def mark(self):
        return MARKS[self.picture.state] if self.picture else "none"

    @property
    def state(self):
        if self.picture:
            return STATES[self.picture.state]
        return "Inte klar" if self.producer == Producer.JOINT else "Inte delad"

    @property
    def since(self):
        """The day it was shared or confirmed, None before that."""
        if not self.picture:
            return None
        shared = timezone.localdate(self.picture.shared_at) if self.picture.shared_at else None
        return self.picture.confirmed_on or shared

    @property
    def age(self):
        return age(self.since) if self.since else ""


@dataclass(frozen=True)
class Year:
    year: int
    lines: list


def years_of(scope, user):
    """Return a :class:`Year` for each year that has a picture the person sees, and those that may be begun now.

    Newest first. A fixed number of queries.
    """
    pictures = {
        (picture.year, picture.producer): picture
        for picture in SituationPicture.objects.visible_to(user)
        .filter(**scope.lookup())
        .select_related("district")
        .annotate(finding_count=Count("findings"))
    }
    open_now = open_years()
    this_year = timezone.localdate().year
    shown = {year for year, _ in pictures} | {year for year in open_now if year >= this_year} | {max(open_now)}
    writes = {producer: scope.allows(user, permission) for producer, permission in DRAFT_PERMISSIONS.items()}
    return [
        Year(year, [_line(year, producer, pictures, writes, year in open_now, user) for producer in Producer])
        for year in sorted(shown, reverse=True)
    ]


def _line(year, producer, pictures, writes, is_open, user):
    picture = pictures.get((year, producer))
    if picture:
        return Line(producer=producer, year=year, picture=picture, next=_next(picture, user))
    if not writes[producer]:
        return Line(producer=producer, year=year, picture=None)
    if producer in OWN:
        return Line(producer=producer, year=year, picture=None, may_begin=is_open)
    shared = [each for each in OWN if (own := pictures.get((year, each))) and own.state == PictureState.SHARED]
    if not shared:
        waits = "Börjar när parterna har delat sina lägesbilder."
        return Line(producer=producer, year=year, picture=None, waits=waits)
    lacking = [each for each in OWN if each not in shared]
    waits = f"{NAMES[lacking[0]].capitalize()} är inte delad." if lacking else ""
    return Line(producer=producer, year=year, picture=None, may_begin=is_open, waits=waits)


def _next(picture, user):
    """What the person does next with the picture, as the words of a link; "Läs" when it is only to be read."""
    if picture.state == PictureState.DRAFT and may_write(user, picture):
        return "Fortsätt med den gemensamma" if picture.is_joint else "Fortsätt skriva"
    if picture.state == PictureState.PRIORITISED and any(
        option.step.name == "confirm" for option in steps_for(picture, user)
    ):
        return "Läs och fastställ"
    return "Läs"
