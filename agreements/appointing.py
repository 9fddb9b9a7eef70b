"""Appointing, changing and ending a group, each with its line in the group's log (P19, P20)."""

from django.db import transaction

from agreements import group_log
from agreements.claiming import claim
from agreements.enums import GroupKind
from agreements.models import CollaborationGroup
from agreements.seats import period_told
from trygghet.dates import day


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
    if seen is not None:
        claim(group, seen)
    group.save()
    group_log.write(group, _changed(before, group), by=by)
    return group


@transaction.atomic
def end(group, on, *, by):
    """Let the day be the group's last."""
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
