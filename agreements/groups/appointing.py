"""Appointing, changing and ending a group, each with its line in the group's log (P19, P20)."""

from django.db import transaction

from agreements.claiming import claim
from agreements.enums import GroupKind
from agreements.groups import log as group_log
from agreements.groups.seats import overlap, period_told
from agreements.models import CollaborationGroup, District
from trygghet.dates import day


def hold_place(scope):
    """Let nobody else make or rename a group of the place until the transaction is over; the city's are in its file."""
    if scope.district:
        District.objects.select_for_update(no_key=True).get(pk=scope.district.pk)


def like_named(group):
    """Return another group of the same place and kind whose name is the same, and which stands at the same time.

    None if there is none; capitals and spaces tell no names apart. The group need not be saved.
    """
    others = CollaborationGroup.objects.filter(level=group.level, kind=group.kind, district=group.district_id).exclude(
        pk=group.pk
    )
    return next((other for other in others if _name(other) == _name(group) and overlap(other, group)), None)


def _name(group):
    return " ".join(group.name.split()).casefold()


@transaction.atomic
def appoint(group, *, by):
    """Write the new group and return it."""
    group.save()
    group_log.write(group, f"Tillsatte {_what(group)}, {period_told(group)}.", by=by)
    return group


@transaction.atomic
def change(group, *, by, seen=None):
    """Write what the group has become and return it; nothing is logged where nothing was changed.

    ``seen`` is the version that the person read; raises StaleRow if it is another now.
    """
    before = CollaborationGroup.objects.get(pk=group.pk)
    claim(group, before.row_version if seen is None else seen)
    group.save()
    group_log.write(group, _changed(before, group), by=by)
    return group


@transaction.atomic
def end(group, on, *, by, seen=None):
    """Let the day be the group's last; ``seen`` is the version that the person read, StaleRow if it is another now."""
    claim(group, group.row_version if seen is None else seen)
    group.valid_to = on
    group.save(update_fields=["valid_to"])
    group_log.write(group, f"Avslutade {_what(group)}, sista dag {day(on)}.", by=by)


def _what(group):
    return "arbetsgruppen" if group.kind == GroupKind.WORKING else "gruppen"


def _changed(before, group):
    told = []
    if group.name != before.name:
        told.append(f"namnet, förut {before.name}")
    if group.mandate != before.mandate:
        told.append("uppdraget")
    if group.focus_area_id != before.focus_area_id:
        told.append(f"fokusområdet till {group.focus_area.short_title if group.focus_area_id else 'inget särskilt'}")
    if period_told(group) != period_told(before):
        told.append(f"tiden till {period_told(group)}, förut {period_told(before)}")
    return f"Ändrade {'; '.join(told)}." if told else ""
