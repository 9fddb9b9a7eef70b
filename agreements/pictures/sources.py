"""What the situation pictures add: what waits for a person and for a steering group, and what is recorded of the year.

That a party has a draft is nobody else's business (seed 001, P02): what is
told of an own picture is told to its own writers, or that it has been shared.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from agreements.agenda import AGENDA_SOURCES, Proposal
from agreements.clocks import Urgency
from agreements.enums import GroupKind, PictureState, Producer
from agreements.facts import FACT_SOURCES, Fact, gives
from agreements.models import PictureStep, SituationPicture
from agreements.permissions import Permission, access_of
from agreements.pictures.workflow import INPUTS, NAMES, OWN, address_of, clock_of, may_write
from agreements.querysets import DRAFT_PERMISSIONS
from agreements.scope import Scope
from agreements.tasks import TASK_SOURCES, Task
from agreements.year.deadlines import own_scopes
from agreements.year.steps import WHERE_DONE, cycles
from trygghet.dates import day
from trygghet.words import upper_first

P = Permission
BEFORE = timedelta(weeks=6)
"""How long before the last day a picture waits for those who make it."""


# --- What waits for a person


@TASK_SOURCES.add
def picture_tasks(user):
    """Return the pictures that wait for the person to make, merge or confirm them (at most 4 queries)."""
    reach = access_of(user).reach({*DRAFT_PERMISSIONS.values(), P.CONFIRM_PICTURE})
    if not reach:
        return []
    scopes = [scope for scope in own_scopes(user) if reach.covers(scope.pk)]
    pictures = {}
    for picture in SituationPicture.objects.visible_to(user).filter(reach.condition()).select_related("district"):
        pictures.setdefault(picture.district_id, {})[picture.year, picture.producer] = picture
    years = {cycle.year: cycle for cycle in cycles()}
    return [task for scope in scopes for task in _Place(user, scope, pictures.get(scope.pk, {}), years).tasks()]


@dataclass(frozen=True)
class _Place:
    """A place's pictures as they stand for a person: those that they see, by year and producer."""

    user: object
    scope: Scope
    pictures: dict
    cycles: dict

    def tasks(self):
        for producer in OWN:
            if self._may(DRAFT_PERMISSIONS[producer]):
                yield from self._own(producer)
        if self._may(P.WRITE_JOINT_PICTURE):
            yield from self._joint()
            yield from self._due()
        if self._may(P.CONFIRM_PICTURE):
            yield from self._to_confirm()

    def _may(self, permission):
        return self.scope.allows(self.user, permission)

    def _own(self, producer):
        """The party's own picture, when the last day to share it is near or has passed."""
        for cycle in self._near("pictures_due"):
            picture = self.pictures.get((cycle.year, producer))
            if picture is None:
                yield self._task(f"Börja {NAMES[producer]} {cycle.year}", self._list(), cycle.pictures_due)
            elif picture.state == PictureState.DRAFT:
                yield self._task(
                    f"Gör klar och dela {NAMES[producer]} {cycle.year}", address_of(picture), cycle.pictures_due
                )

    def _near(self, name):
        """Cycles of this year or later whose day is near, or has passed."""
        today = timezone.localdate()
        return [
            cycle
            for cycle in self.cycles.values()
            if cycle.year >= today.year and (due := getattr(cycle, name)) and due <= today + BEFORE
        ]

    def _joint(self):
        """The joint picture, when both parties have shared theirs, until it is handed to the steering group."""
        this_year = timezone.localdate().year
        for year in sorted({year for year, _ in self.pictures if year >= this_year}):
            joint = self.pictures.get((year, Producer.JOINT))
            if joint is None and all(self._is_shared(year, producer) for producer in OWN):
                yield self._task(f"Börja den gemensamma lägesbilden {year}", self._list(), self._joint_due(year))
            elif joint and joint.state == PictureState.DRAFT:
                yield self._task(
                    f"Gör klar den gemensamma lägesbilden {year}", address_of(joint), self._joint_due(year)
                )

    def _is_shared(self, year, producer):
        picture = self.pictures.get((year, producer))
        return picture is not None and picture.state == PictureState.SHARED

    def _joint_due(self, year):
        cycle = self.cycles.get(year)
        return cycle.joint_picture_due if cycle else None

    def _due(self):
        """That the confirmed picture is to be updated within six or three months (law 2023:196, P01).

        What is due within a month, or late, waits as a duty (``agreements/duties/tasks.py``).
        """
        for (year, _), picture in self.pictures.items():
            clock = clock_of(picture)
            begun = any(producer == Producer.JOINT and later > year for later, producer in self.pictures)
            if clock and not begun and clock.urgency in (Urgency.SIX_MONTHS, Urgency.THREE_MONTHS):
                yield self._task("Börja på nästa lägesbild: den som gäller ska uppdateras", self._list(), clock.due)

    def _to_confirm(self):
        for (year, producer), picture in self.pictures.items():
            if producer == Producer.JOINT and picture.state == PictureState.PRIORITISED:
                yield self._task(
                    f"Fastställ den gemensamma lägesbilden {year}", address_of(picture), self._joint_due(year)
                )

    def _task(self, text, address, due):
        return Task(text=text, about=str(self.scope), address=address, due=due)

    def _list(self):
        return reverse("cooperation:pictures", args=[self.scope.slug])


# --- What waits for a steering group


def subject_of(picture):
    """What an agenda item about confirming the picture is told from others by."""
    return f"picture:{picture.pk}:confirm"


@AGENDA_SOURCES.add
def pictures_to_confirm(group, user):
    """Return the joint pictures that wait for the steering group to confirm them (2 queries)."""
    if group.kind != GroupKind.STEERING:
        return []
    waiting = SituationPicture.objects.visible_to(user).filter(
        district=group.district_id, producer=Producer.JOINT, state=PictureState.PRIORITISED
    )
    waiting = list(waiting.select_related("district").order_by("year"))
    since = _prioritised_on(waiting)
    return [
        Proposal(
            subject=subject_of(picture),
            title=f"Fastställ den gemensamma lägesbilden {picture.year}",
            address=address_of(picture),
            background=f"Prioriterad av parterna sedan {day(since[picture.pk])}." if picture.pk in since else "",
            is_decision=True,
            since=since.get(picture.pk),
        )
        for picture in waiting
    ]


def _prioritised_on(pictures):
    """Return the day each of the pictures was last handed to the steering group, by its key (1 query)."""
    steps = PictureStep.objects.filter(picture__in=pictures, name="prioritise").order_by("pk")
    return {picture: timezone.localdate(at) for picture, at in steps.values_list("picture", "at")}


# --- What is recorded of the year


@FACT_SOURCES.add
@gives("city_picture", "police_picture", "joint_picture", "picture_confirmed")
def pictures_recorded(district_ids, cycle):
    """Return which pictures the places have shared, prioritised and confirmed for the year (2 queries).

    Keys "city_picture" and "police_picture" (shared), "joint_picture"
    (prioritised), "picture_confirmed". A draft is never told of. They have no
    address here, since that depends on who asks.
    """
    pictures = SituationPicture.objects.filter(_in(district_ids), year=cycle.year)
    pictures = pictures.exclude(state__in=(PictureState.DRAFT, PictureState.DISCARDED)).select_related("district")
    prioritised = _prioritised_on([picture for picture in pictures if picture.is_joint])
    found = {}
    for picture in pictures:
        place = picture.district_id
        if picture.producer in INPUTS:
            shared, whose = timezone.localdate(picture.shared_at), NAMES[picture.producer]
            told = f"{upper_first(whose)} delad"
            found[f"{picture.producer}_picture", place] = Fact(on=shared, told=told)
            continue
        if picture.pk in prioritised:
            told = "Gemensam lägesbild prioriterad"
            found["joint_picture", place] = Fact(on=prioritised[picture.pk], told=told)
        if picture.confirmed_on:
            told = "Gemensam lägesbild fastställd"
            found["picture_confirmed", place] = Fact(on=picture.confirmed_on, told=told)
    return found


def _in(district_ids):
    """Condition: pictures of those places; None among them is the city's own."""
    within = Q(district__in=[pk for pk in district_ids if pk is not None])
    return within | Q(district__isnull=True) if None in district_ids else within


@WHERE_DONE.add
def where_pictures_are_made(user, district_ids, cycle):
    """Return where the person makes the year's pictures: their own party's, and the joint one (1 query)."""
    pictures = SituationPicture.objects.visible_to(user).filter(_in(district_ids), year=cycle.year)
    found = {}
    for picture in pictures.select_related("district"):
        if picture.is_joint:
            found["joint_picture", picture.district_id] = address_of(picture)
        elif may_write(user, picture):
            found["pictures", picture.district_id] = address_of(picture)
    return found
