"""Where the plans speak of a place, or rest on a finding."""

from __future__ import annotations

from collections import defaultdict

from django.urls import reverse

from agreements.mentions import ANSWERED_FINDINGS, PLACE_MENTIONS, Mention
from plans.grounds import rests_on
from plans.models import ActionPlan, Cause, PlanVersion, Problem, RowGround, RowPlace
from plans.outline import Outline
from plans.versions import document_of


@PLACE_MENTIONS.add
def of_place(place, user):
    """The rows of plans that are about the place, of what the person may read (6 queries)."""
    links = RowPlace.objects.filter(place=place).values_list("plan", "row")
    return sorted(_shown(links, user).values(), key=lambda mention: (-mention.year, mention.kind, mention.text))


@ANSWERED_FINDINGS.add
def of_findings(picture, user):
    """Which findings of the picture the plans answer, themselves or through a problem or a cause, and in which rows.

    A party's finding is answered also where the joint finding that took it over is. At most 11 queries.
    """
    own = list(picture.findings.values_list("pk", flat=True))
    stands_for = defaultdict(set)  # finding that a ground may name → the picture's findings that it answers
    for pk in own:
        stands_for[pk].add(pk)
    for pk, joint in picture.findings.filter(taken_over_as__isnull=False).values_list("pk", "taken_over_as"):
        stands_for[joint].add(pk)
    grounds = RowGround.objects.filter(rests_on(stands_for)).prefetch_related("problem__findings", "cause__findings")
    grounds = list(grounds.distinct())
    shown = _shown({(ground.plan_id, ground.row) for ground in grounds}, user)
    answered = defaultdict(dict)
    for ground in grounds:
        mention = shown.get((ground.plan_id, str(ground.row)))
        for finding in _findings_of(ground) if mention else ():
            for pk in stands_for.get(finding, ()):
                answered[pk][mention.address] = mention
    return {pk: list(mentions.values()) for pk, mentions in answered.items()}


def _findings_of(ground):
    source = ground.problem or ground.cause
    return [each.pk for each in source.findings.all()] if source else [ground.finding_id]


def _shown(links, user):
    """Return (plan, row uid) → Mention for rows in a plan, or a version in force, that the person reads."""
    rows = defaultdict(set)
    for plan, row in links:
        rows[plan].add(row)
    plans = ActionPlan.objects.visible_to(user).filter(pk__in=rows).with_place().in_bulk()
    shown = _in_plans(plans, {row for plan in plans for row in rows[plan]})
    elsewhere = [plan for plan in rows if plan not in plans]
    for version in PlanVersion.objects.visible_to(user).in_force().filter(plan__in=elsewhere).with_place():
        shown |= _in_version(version, rows[version.plan_id])
    return shown


def _in_plans(plans, uids):
    shown = {}
    problems = Problem.objects.filter(plan__in=plans, uid__in=uids).select_related("plan_area")
    causes = Cause.objects.filter(plan__in=plans, uid__in=uids).select_related("problem__plan_area")
    for kind, row, area in (
        *(("Problemområde", problem, problem.plan_area) for problem in problems),
        *(("Orsak", cause, cause.problem.plan_area) for cause in causes),
    ):
        plan, uid = plans[row.plan_id], row.uid
        page = reverse("plans:area", args=[plan.scope.slug, plan.year, area.position])
        shown[plan.pk, str(uid)] = Mention(
            year=plan.year, kind=f"{kind}, {plan}", text=str(row), address=f"{page}?rad={uid}#rad-{uid}"
        )
    return shown


def _in_version(version, uids):
    plan, places = version.plan, Outline(document_of(version)).places
    where = [plan.scope.slug, plan.year, version.number]
    return {
        (plan.pk, str(uid)): Mention(
            year=plan.year,
            kind=f"{place.name}, {plan}, version {version.number}",
            text=place.text,
            address=f"{reverse('plans:version_area', args=[*where, place.position])}#rad-{uid}",
        )
        for uid in uids
        if (place := places.get(str(uid)))
    }
