"""The last days that a person's places have before them: the steps of the year, and when agreements are due again."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from agreements.agreement.clocks import clock_of, in_force
from agreements.asking_once import once
from agreements.enums import PictureState, Producer
from agreements.facts import facts_of
from agreements.models import District, SituationPicture
from agreements.navigation import tabs_of
from agreements.permissions import Permission, access_of
from agreements.pictures.workflow import next_due
from agreements.scope import Scope
from agreements.tasks import DEADLINE_SOURCES, Deadline
from agreements.year import steps as year


@once
def own_scopes(user):
    """Return the places whose groups the person sits in, districts by name and the city last (1 query)."""
    own = access_of(user).own()
    districts = year.by_name(District.objects.valid_on().filter(pk__in=own.districts)) if own.districts else []
    return [*map(Scope, districts), *([Scope(None)] if own.city else [])]


@DEADLINE_SOURCES.add
def of_the_year(user, until):
    """Return the steps of the year that the person's places have not taken (domain §1b); a few queries a year."""
    today = timezone.localdate()
    scopes = own_scopes(user)
    near = [cycle for cycle in year.cycles() if _has_a_day(cycle, today, until)] if scopes else []
    return [deadline for cycle in near for deadline in _steps(user, scopes, cycle, today, until)]


def _has_a_day(cycle, today, until):
    return any(value and today <= value <= until for value in year.days_of(cycle).values())


def _steps(user, scopes, cycle, today, until):
    ids = [scope.pk for scope in scopes]
    facts, addresses = facts_of(ids, cycle), year.addresses_of(user, ids, cycle)
    for scope in scopes:
        tabs = {tab.name: address for tab, address in tabs_of(user, scope)}
        for each in year.progress_of(scope.pk, cycle, facts=facts, user=user, addresses=addresses, tabs=tabs):
            if each.standing == year.Standing.DUE and today <= each.due <= until:
                yield Deadline(
                    on=each.due,
                    text=each.step.title,
                    about=f"{scope}, {cycle.year}",
                    address=each.address or tabs.get("year") or reverse("cooperation:hub", args=[scope.slug]),
                )


@DEADLINE_SOURCES.add
def of_agreements(user, until):
    """Return the agreements of the person's places that are to be reviewed by then (seed 001; P07, P08); 1 query."""
    today, access = timezone.localdate(), access_of(user)
    readable = [scope for scope in own_scopes(user) if access.allows(Permission.READ_SIGNED_AGREEMENT, scope.pk)]
    found = in_force([scope.pk for scope in readable]) if readable else {}
    clocks = [(scope, clock_of(found[scope.pk], today=today)) for scope in readable if scope.pk in found]
    return [
        Deadline(
            on=clock.due,
            text="Överenskommelsen ska följas upp" if scope.is_city else "Överenskommelsen ska ses över",
            about=str(scope),
            address=_tab(user, scope, "agreements"),
        )
        for scope, clock in clocks
        if clock and today <= clock.due <= until
    ]


def _tab(user, scope, name):
    """Return the address of one of the place's tabs, of its overview if the person has no such tab."""
    tabs = {tab.name: address for tab, address in tabs_of(user, scope)}
    return tabs.get(name) or reverse("cooperation:hub", args=[scope.slug])


@DEADLINE_SOURCES.add
def of_joint_pictures(user, until):
    """Return the joint pictures of the person's places to be made anew by then (law 2023:196; P01); 1 query."""
    own, today = access_of(user).own(), timezone.localdate()
    confirmed = Q(producer=Producer.JOINT, state=PictureState.CONFIRMED) & own.condition()
    pictures = SituationPicture.objects.visible_to(user).filter(confirmed).select_related("district")
    return [
        Deadline(
            on=next_due(picture),
            text="Lägesbilden ska uppdateras",
            about=str(Scope(picture.district)),
            address=_tab(user, Scope(picture.district), "pictures"),
        )
        for picture in pictures
        if today <= next_due(picture) <= until
    ]
