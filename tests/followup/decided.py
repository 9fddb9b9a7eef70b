"""A decided plan to follow through the year, for tests."""

from datetime import date

from plans import editing
from plans.models import ActionPlan, PlanVersion
from plans.versions import Decision, freeze

DECISION = Decision(decided_on=date(2025, 3, 12), body="Lokal styrgrupp Skärholmen", meeting="Styrgruppsmöte 1")


def decided_plan(cast, district=None, *, content=None, is_city=False):
    """Return a decided plan of the place (Skärholmen unless told) for 2025, with one action or the content given."""
    place = None if is_city else district or cast.district
    plan = editing.create_plan(place, cast.cycle, by=None)
    if content:
        editing.replace_content(plan, content, by=None, summary="Läste in planen")
    else:
        put_action(plan, cast)
    ActionPlan.objects.filter(pk=plan.pk).update(state="decided")
    plan = ActionPlan.objects.with_place().get(pk=plan.pk)
    freeze(plan, DECISION, by=cast.chair)
    return plan


def put_action(plan, cast, text="Fältgruppen finns på torget", **fields):
    """Add a problem with a cause and an action to the plan's first area; return the action."""
    area = plan.planareas.get(position=1)
    added = editing.add(plan, "problem", area.uid, by=None).operations
    texts = ({"title": "Otrygghet på torget"}, {"text": "Få vuxna är där"}, {"text": text, **fields})
    for row, values in zip(added, texts, strict=True):
        editing.set_fields(plan, row["kind"], row["uid"], values, version=1, by=None)
    return plan.actions.get(uid=added[-1]["uid"])


def version_of(plan):
    """The plan's version in force."""
    return PlanVersion.objects.filter(plan=plan).order_by("number").last()


def decided_anew(plan, cast, change):
    """Change the plan by ``change(plan)`` and let it be decided as its next version; return what the change gave."""
    ActionPlan.objects.filter(pk=plan.pk).update(state="draft", version=version_of(plan).number + 1)
    given = change(ActionPlan.objects.with_place().get(pk=plan.pk))
    ActionPlan.objects.filter(pk=plan.pk).update(state="decided")
    freeze(ActionPlan.objects.with_place().get(pk=plan.pk), DECISION, by=cast.chair)
    return given
