"""Which activity in the city's handlingsplan a local action serves (seed 001: the direction, mirrored locally)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from plans.models import ActionPlan, PlanVersion, ServedActivity
from plans.outline import Outline, excerpt
from plans.permissions import check_edit
from plans.versions import document_of


@dataclass(frozen=True, kw_only=True)
class Activity:
    """An action of the city's decided plan, to a district: its identity, area, words and address."""

    uid: str
    area: str
    text: str
    address: str


@dataclass(frozen=True, kw_only=True)
class LocalAction:
    """An action of a district that serves an activity of the city's plan, to one who reads it."""

    district: str
    text: str
    address: str


def city_version_for(plan, user):
    """Return the city's decided plan of the same year that the person reads, or None (1 query)."""
    versions = PlanVersion.objects.visible_to(user).in_force().with_place()
    return versions.filter(plan__district__isnull=True, plan__cycle=plan.cycle_id).first()


def activities_of(version):
    """Return the version's actions as :class:`Activity`, by uid in the order of the plan."""
    outline = Outline(document_of(version))
    return {
        str(place.uid): Activity(
            uid=str(place.uid),
            area=place.area.canonical_title or place.area.title,
            text=excerpt(place.text, 200),
            address=f"{version.get_absolute_url()}omrade/{place.position}/#rad-{place.uid}",
        )
        for place in outline.of_kind["action"]
        if place.text
    }


def served_by(plan, row, activities):
    """Return those of the activities that the row has been said to serve, in their order (1 query)."""
    chosen = ServedActivity.objects.filter(plan=plan, row=row).values_list("city_row", flat=True)
    chosen = {str(uid) for uid in chosen}
    return [activity for uid, activity in activities.items() if uid in chosen]


@transaction.atomic
def serve(plan, row, version, chosen, *, by):
    """Say which activities of the city's version the row serves, instead of what was said before.

    ``chosen`` are uids of :func:`activities_of`. Links to other years' or gone
    activities stay. Raises PermissionDenied for who may not change the plan.
    """
    plan = ActionPlan.objects.select_for_update(of=("self",)).visible_to(by).with_place().get(pk=plan.pk)
    check_edit(by, plan)
    known = set(activities_of(version))
    ServedActivity.objects.filter(plan=plan, row=row, city_row__in=known).delete()
    ServedActivity.objects.bulk_create(
        ServedActivity(plan=plan, row=row, city_plan=version.plan, city_row=uid) for uid in chosen if uid in known
    )


def local_actions(city_plan, row, user):
    """Return the :class:`LocalAction` list of what serves the activity, as far as the person reads it (4 queries)."""
    links = ServedActivity.objects.filter(city_plan=city_plan, city_row=row)
    rows = {link.row: link.plan_id for link in links}
    plans = ActionPlan.objects.visible_to(user).with_place().filter(pk__in=rows.values()).order_by("district__name")
    plans = plans.prefetch_related("actions")
    found = [_local(plan, action, plan.get_absolute_url()) for plan in plans for action in plan.actions.all()
             if action.uid in rows and action.text]  # fmt: skip
    return found + _of_versions(set(rows), {*rows.values()} - {plan.pk for plan in plans}, user)


def _of_versions(rows, plans, user):
    """What is read in a decided version only, because the next is being written."""
    versions = PlanVersion.objects.visible_to(user).in_force().with_place().filter(plan__in=plans)
    found = []
    for version in versions:
        for place in Outline(document_of(version)).of_kind["action"]:
            if place.uid and any(str(uid) == str(place.uid) for uid in rows) and place.text:
                address = f"{version.get_absolute_url()}omrade/{place.position}/#rad-{place.uid}"
                found.append(
                    LocalAction(district=str(version.plan.scope), text=excerpt(place.text, 200), address=address)
                )
    return found


def _local(plan, action, address):
    return LocalAction(
        district=str(plan.scope), text=excerpt(action.text, 200), address=f"{address}rad/action/{action.uid}/"
    )
