"""An open follow-up with parties and goals, for tests."""

from dataclasses import replace

from agreements.models import Organisation
from followup import opening
from followup.models import ActionOutcome, FollowUp, Fulfilment, GoalOutcome
from followup.workflow import WORKFLOW
from plans import editing
from plans.document import Action, Cause, Problem
from plans.loading import load_document
from plans.models import ActionPlan
from plans.versions import freeze
from tests.followup.decided import DECISION, put_action

WHO = "Kommunpolis (lokalpolisområdet)\nTrygghetsstrateg (stadsdelsförvaltningen) i samverkan med Trafikkontoret"
GOALS = "Fyra vandringar före sommaren.\n\nTryggheten på torget ökar."


def opened(cast, **more):
    """Return the open follow-up of a plan with two actions: one of the administration's, the police's and others'."""
    Organisation.objects.get_or_create(
        slug="trafikkontoret", defaults={"name": "Trafikkontoret", "kind": "specialist_admin"}
    )
    Organisation.objects.filter(slug="property_owners").update(name="Skafast")
    plan = decided_plan_with(cast, **more)
    return FollowUp.objects.with_place().get(pk=opening.open(plan, by=cast.editor).pk)


def decided_plan_with(cast, and_actions=0):
    """Return a decided plan where the police, the administration and the property owners take part, and maybe more."""
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    put_action(plan, cast, "Trygghetsvandringar på torget", who=WHO, goals=GOALS, when="Mars till juni")
    put_action(plan, cast, "Fastighetsägarna lagar belysningen", who="Skafast")
    if and_actions:
        _fill(plan, cast, and_actions)
    ActionPlan.objects.filter(pk=plan.pk).update(state="decided")
    plan = ActionPlan.objects.with_place().get(pk=plan.pk)
    freeze(plan, DECISION, by=cast.chair)
    return plan


def _fill(plan, cast, count):
    """Add that many actions of the police and the administration, each with a goal, to the plan's first area."""
    document = load_document(plan)
    first, *rest = document.areas
    actions = tuple(
        Action(order=at, text=f"Åtgärd {at}", goals="Ett mål.", who="Polisen och stadsdelsförvaltningen")
        for at in range(1, count + 1)
    )
    problem = Problem(title="Många åtgärder", causes=(Cause(text="En orsak", actions=actions),))
    filled = replace(document, areas=(replace(first, problems=(*first.problems, problem)), *rest))
    editing.replace_content(plan, filled, by=cast.editor, summary="Fyllde planen")


def opened_in_city(cast):
    """Return the open follow-up of the city's own plan, with a delmål and an åtagande in its first area (seed 001)."""
    plan = editing.create_plan(None, cast.cycle, by=cast.city_preparation)
    area = plan.planareas.get(position=1)
    parts = {
        "targets": [{"text": "Färre unga rekryteras", "target": "100"}],
        "commitments": [{"organisation": "Polisen", "text": "Bemannar stationerna"}],
    }
    editing.set_fields(plan, "area", area.uid, parts, version=area.version, by=cast.city_preparation)
    ActionPlan.objects.filter(pk=plan.pk).update(state="decided")
    plan = ActionPlan.objects.with_place().get(pk=plan.pk)
    freeze(plan, DECISION, by=cast.city_preparation)
    return FollowUp.objects.with_place().get(pk=opening.open(plan).pk)


def answer_all(follow_up):
    """Answer everything that has to be before the follow-up is handed in, as if its people had."""
    ActionOutcome.objects.filter(follow_up=follow_up).update(status="done", light="green", done="Gjort.")
    GoalOutcome.objects.filter(follow_up=follow_up).update(result="met")
    Fulfilment.objects.filter(follow_up=follow_up, party__in=["Polisen", "Stadsdelsförvaltningen"]).update(answer="yes")


def handed_in(cast):
    """Return a follow-up that has been handed in to the steering group."""
    follow_up = opened(cast)
    answer_all(follow_up)
    WORKFLOW.take(follow_up, "submit", by=cast.editor)
    return FollowUp.objects.with_place().get(pk=follow_up.pk)
