"""The seats of a group: what can stand beside what, giving somebody a seat, standing in for them, and ending it.

Roles and access follow from the seats that hold today (``permissions.role_of``), so that nothing more is done here
than to write in the group's log what was changed.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F, Q
from django.utils import formats

from agreements.claiming import claim
from agreements.enums import GroupKind, GroupLevel
from agreements.groups import log as group_log
from agreements.groups import whose_function
from agreements.groups.composition import POLICE
from agreements.models import CollaborationGroup, Function, GroupMembership, Organisation
from agreements.permissions import CITY_PARTIES, REGISTRAR_FUNCTION, SEAT, access_of
from trygghet.dates import day

FOREVER = date.max
DAY = timedelta(days=1)


def locked(group):
    """Hold the group while its seats are changed, so that two people do not fill the same one; in a transaction."""
    return CollaborationGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)


def hold_person(seat):
    """Let nobody else give the seat's person a seat, in whichever group, until the transaction is over.

    Nobody sits for both parties, which is asked across groups. Always after
    the group is held, so that no two wait for each other; what only refers to
    the person (a log, a comment) need not wait.
    """
    if seat.user_id:
        get_user_model().objects.select_for_update(no_key=True).get(pk=seat.user_id)


def period_told(row):
    """Say the period of a seat or a group: "1–31 juli 2025", "1 januari–30 juni 2025", "från 1 januari 2025"."""
    first, last = row.valid_from, row.valid_to
    if last is None:
        return f"från {day(first)}"
    if first == last:
        return day(first)
    if first.year != last.year:
        return f"{day(first)}–{day(last)}"
    shared = "j F" if first.month != last.month else "j"
    return f"{formats.date_format(first, shared)}–{day(last)}"


def tasks_of(seat):
    """Return what the person is in the group: ["ordförande", "adjungerad"]."""
    said = (("ordförande", seat.is_chair), ("sekreterare", seat.is_secretary), ("adjungerad", seat.co_opted))
    return [word for word, holds in said if holds]


def overlap(one, other):
    """Whether two periods have a day in common; both their ends are included."""
    return one.valid_from <= (other.valid_to or FOREVER) and other.valid_from <= (one.valid_to or FOREVER)


# --- What can be chosen


def people_known_to(user):
    """Return those who have, or have had, a seat in a group that the person sees; others are invited by mail."""
    seats = GroupMembership.objects.visible_to(user).filter(user__isnull=False)
    return get_user_model().objects.filter(pk__in=seats.values("user"), is_active=True).order_by("display_name")


def functions_for(group):
    """Return the functions that a seat in the group can be for; a working group has no registrar."""
    every = Function.objects.all()
    return every.exclude(code=REGISTRAR_FUNCTION) if group.kind == GroupKind.WORKING else every


def organisations_for(group):
    """Return the organisations that can have a seat in the group: the district's, and those of the whole city.

    The city's groups are for the parties alone (P21, P22): a seat there is read as theirs.
    """
    if group.level == GroupLevel.CITY:
        return Organisation.objects.filter(kind__in={*CITY_PARTIES, *POLICE})
    return Organisation.objects.filter(Q(district=None) | Q(district=group.district_id))


# --- What cannot stand beside what


def clashes(seat, by):
    """Return (field, what to do) for each thing that keeps the seat from standing as it is; [] if it can.

    The seat need not be saved. ``by`` is the person who wants it so. What is
    to be written is asked for with the group and the person held (:func:`locked`, :func:`hold_person`).
    """
    if seat.valid_to and seat.valid_to < seat.valid_from:
        return [("valid_to", "Slutdatumet ligger före startdatumet. Ändra ett av dem.")]
    others = _others(seat)
    found = [*_another_partys_function(seat), *_outside_the_group(seat), *_for_oneself(seat, by), *_both_parties(seat)]
    if seat.deputy_for_id:
        return [*found, *_deputy_clashes(seat, others)]
    return [*found, *_same_person(seat, others), *_same_vacancy(seat, others), *_two_chairs(seat, others)]


def _others(seat):
    seats = GroupMembership.objects.filter(group=seat.group_id).exclude(pk=seat.pk)
    return [other for other in seats.select_related("user", "function", *SEAT) if overlap(seat, other)]


def _another_partys_function(seat):
    told = whose_function.why_not(seat.function, (seat.deputy_for or seat).organisation)
    return [("function", told)] if told else []


def _outside_the_group(seat):
    group = seat.group
    if seat.valid_from < group.valid_from or (group.valid_to and seat.valid_from > group.valid_to):
        return [("valid_from", f"Gruppen finns {period_told(group)}. Välj en dag inom den tiden.")]
    return []


def is_own(seat, user):
    """Whether it is the person's own seat in a group that decides, reviews or writes, which others give and change."""
    return seat.user_id is not None and seat.user_id == user.pk and seat.group.kind != GroupKind.WORKING


def _for_oneself(seat, by):
    """Nobody gives themself a say: a working group only works, but the others decide, review and write."""
    if is_own(seat, by):
        return [("user", "Du kan inte ge dig själv en plats här. Be den som förvaltar Trygghet.")]
    # Who runs Trygghet, and sits nowhere in the place, does not let themself in to what is written there.
    if seat.user_id == by.pk and not access_of(by).own().covers(seat.group.district_id):
        return [("user", "Du kan inte ge dig själv en plats här. Be beredningsgruppen.")]
    return []


def _both_parties(seat):
    """What keeps one person from representing both parties at a time: each says its own picture and its own yes."""
    other_party = _opposite(seat.organisation.kind)
    if seat.user_id is None or not other_party:
        return []
    theirs = GroupMembership.objects.filter(user=seat.user_id, organisation__kind__in=other_party).exclude(pk=seat.pk)
    for held in theirs.select_related("organisation"):
        if overlap(seat, held):
            told = f"{seat.user} sitter för {held.organisation} {period_told(held)}."
            return [("user", f"{told} Ingen sitter för både staden och polisen. Välj någon annan.")]
    return []


def _opposite(kind):
    if kind in POLICE:
        return CITY_PARTIES
    return POLICE if kind in CITY_PARTIES else frozenset()


def _same_person(seat, others):
    same = [other for other in others if other.user_id == seat.user_id and not other.deputy_for_id]
    if seat.user_id is None or not same:
        return []
    told = f"{same[0].user} har redan en plats i gruppen {period_told(same[0])}."
    return [("user", f"{told} Avsluta den först eller välj en annan tid.")]


def _same_vacancy(seat, others):
    same = [other for other in others if other.user_id is None and _same_place(seat, other)]
    if seat.user_id is not None or not same:
        return []
    told = f"Det finns redan en vakant plats för {seat.function} {period_told(same[0])}."
    return [("function", told)]


def _same_place(seat, other):
    return not other.deputy_for_id and (seat.function_id, seat.organisation_id) == (
        other.function_id,
        other.organisation_id,
    )


def _two_chairs(seat, others):
    chairs = [
        other
        for other in others
        if other.is_chair
        and not other.deputy_for_id
        # Whoever fills a vacant seat takes it over.
        and not (seat.user_id and other.user_id is None and _same_place(seat, other))
    ]
    if not seat.is_chair or not chairs:
        return []
    told = f"Gruppen har redan en ordförande, {chairs[0].function}, {period_told(chairs[0])}."
    return [("is_chair", f"{told} Bara en i taget kan vara det.")]


def _deputy_clashes(seat, others):
    """What keeps a person from standing in for another: the place's own period, others who do, and circles."""
    place = seat.deputy_for
    if place.deputy_for_id or place.group_id != seat.group_id:
        return [(None, "En ställföreträdare kan inte i sin tur ha en ställföreträdare.")]
    found = []
    if seat.valid_to is None:
        found.append(("valid_to", "Ange till och med vilken dag ställföreträdaren står in."))
    if seat.valid_from < place.valid_from or (seat.valid_to or FOREVER) > (place.valid_to or FOREVER):
        found.append(("valid_from", f"Platsen gäller {period_told(place)}. Välj en tid inom den."))
    if seat.user_id == place.user_id:
        found.append(("user", f"{seat.user} har själv platsen. Välj någon annan."))
    if seat.organisation_id != place.organisation_id:
        told = f"Ställföreträdaren får platsens behörighet och ska därför komma från {place.organisation}."
        found.append(("user", told))
    already = [other for other in others if other.deputy_for_id == place.pk]
    if already:
        told = f"{already[0].user} är redan ställföreträdare för platsen {period_told(already[0])}."
        found.append(("valid_from", told))
    away = [other for other in others if other.deputy_for_id and other.deputy_for.user_id == seat.user_id]
    if away:
        told = f"{seat.user} ställföreträds själv {period_told(away[0])} och kan inte stå in för någon annan då."
        found.append(("user", told))
    return found


# --- Giving, changing and ending


@transaction.atomic
def give(seat, *, by):
    """Write the new seat, and in the group's log who gave it. Return the seat."""
    fill(seat)
    group_log.write(seat.group, given_told(seat), by=by)
    return seat


def fill(seat):
    """Write the new seat; whoever fills a vacant one takes it over from that day. Return the seat; in a transaction."""
    if seat.user_id and not seat.deputy_for_id:
        for vacancy in vacancies_for(seat):
            if vacancy.valid_from < seat.valid_from:
                _end(vacancy, seat.valid_from - DAY)
            else:
                vacancy.delete()
    seat.save()
    return seat


@transaction.atomic
def change(seat, *, by, seen=None):
    """Write what the seat has become and return it; nothing is logged where nothing was changed.

    ``seen`` is the version that the person read; raises StaleRow if it is another now.
    """
    before = GroupMembership.objects.select_related("user", *SEAT).get(pk=seat.pk)
    claim(seat, before.row_version if seen is None else seen)
    seat.save()
    group_log.write(seat.group, changed_told(before, seat), by=by)
    return seat


def vacancies_for(seat):
    """Return the vacant seats for the same function and organisation during the seat's period."""
    vacant = GroupMembership.objects.filter(
        group=seat.group_id, function=seat.function_id, organisation=seat.organisation_id, user=None, deputy_for=None
    )
    return [vacancy for vacancy in vacant if overlap(seat, vacancy)]


@transaction.atomic
def end(seat, on, *, by, leaves_vacancy=False, seen=None):
    """Let the day be the last of the seat and its deputies; with ``leaves_vacancy`` it stands vacant from the next.

    ``seen`` is the version that the person read; raises StaleRow if it is another now.
    """
    ended_before = seat.valid_to
    _end(seat, on, seen)
    leaves_vacancy = leaves_vacancy and not seat.deputy_for_id
    if leaves_vacancy:
        GroupMembership.objects.create(
            group=seat.group, function=seat.function, organisation=seat.organisation, is_chair=seat.is_chair,
            is_secretary=seat.is_secretary, co_opted=seat.co_opted, valid_from=on + DAY,
            valid_to=ended_before if ended_before and ended_before > on else None,
        )  # fmt: skip
    group_log.write(seat.group, f"{_ended_told(seat)}{' Platsen är vakant därefter.' if leaves_vacancy else ''}", by=by)


def _end(seat, on, seen=None):
    claim(seat, seat.row_version if seen is None else seen)
    seat.valid_to = on
    seat.save(update_fields=["valid_to"])
    later = seat.deputies.filter(Q(valid_to=None) | Q(valid_to__gt=on))
    later.filter(valid_from__gt=on).delete()
    later.update(valid_to=on, row_version=F("row_version") + 1)


def may_be_left_vacant(seat):
    """Whether the place can stand vacant when its seat ends: not a deputy's, nor one that is vacant already."""
    return seat.user_id is not None and not seat.deputy_for_id


# --- What the log says


def place_told(seat):
    """Say for whom the seat is: "Kommunpolis, Polisregion Stockholm"."""
    return f"{seat.function}, {seat.organisation}"


def given_told(seat):
    """Return the log's sentence about a new seat."""
    tasks = f" som {' och '.join(tasks_of(seat))}" if tasks_of(seat) else ""
    if seat.deputy_for_id:
        return f"Lät {seat.user} stå in för {_whose(seat.deputy_for)} {period_told(seat)}."
    if seat.user_id is None:
        return f"La till en vakant plats för {place_told(seat)}{tasks} {period_told(seat)}."
    return f"Gav {place_told(seat)} en plats{tasks} {period_told(seat)} ({seat.user})."


def changed_told(before, seat):
    """Return the log's sentence about what the seat was and has become; "" if it is as it was."""
    told = [
        f"{name} {new}, förut {old}"
        for name, new, old in (
            ("person", seat.user or "ingen", before.user or "ingen"),
            ("funktion", seat.function, before.function),
            ("organisation", seat.organisation, before.organisation),
            ("uppgift", " och ".join(tasks_of(seat)) or "ingen", " och ".join(tasks_of(before)) or "ingen"),
            ("gäller", period_told(seat), period_told(before)),
        )
        if str(new) != str(old)
    ]
    return f"Ändrade platsen för {_whose(before)}: {'; '.join(told)}." if told else ""


def removed_told(seat):
    """Return the log's sentence about a seat that is removed as if it had never been."""
    return f"Tog bort platsen för {_whose(seat)}, {period_told(seat)}."


def _ended_told(seat):
    if seat.deputy_for_id:
        return f"Avslutade att {seat.user} står in för {_whose(seat.deputy_for)}. Sista dag {day(seat.valid_to)}."
    return f"Avslutade platsen för {_whose(seat)}. Sista dag {day(seat.valid_to)}."


def _whose(seat):
    return f"{place_told(seat)} ({seat.user or 'vakant'})"
