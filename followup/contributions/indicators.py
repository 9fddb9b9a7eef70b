"""What the indicators add: a section of the city file, and at each action a way to say where its goals are seen."""

from django.urls import reverse

from agreements.city.rows import add_section
from agreements.permissions import Permission, access_of
from followup.demo import measured as demo_indicators
from followup.enums import MeasurementImportState
from followup.indicators import city_section
from followup.indicators.imports import IMPORT_TRANSITIONS
from plans.afterwards import ACTION_OFFERS, Offer
from plans.demo.loading import FURTHER
from plans.models import AreaTarget, OperationalGoal
from plans.permissions import EDITABLE_STATES
from plans.states_doc import TABLES, Table

add_section(city_section.INDICATORS, city_section.rows)
FURTHER.add(demo_indicators)
TABLES.add(
    Table(
        title="A file of measurements",
        source="followup/indicators/imports.py",
        transitions=IMPORT_TRANSITIONS,
        states=MeasurementImportState.choices,
        remark="Only whoever uploaded the file sees it. It is stored as a whole or not at all.",
    )
)


@ACTION_OFFERS.add
def choose_indicators(plan, user):
    """Offer whoever may change the plan to say which indicator a row's goals are seen in (2 queries).

    For actions with goals entered one by one, and for areas with delmål.
    """
    if plan.state not in EDITABLE_STATES or not access_of(user).allows(Permission.EDIT_PLAN, plan.district_id):
        return {}
    rows = {
        *OperationalGoal.objects.filter(plan=plan).values_list("action", flat=True),
        *AreaTarget.objects.filter(plan=plan).values_list("plan_area", flat=True),
    }
    return {str(uid): [Offer(label="Målens indikatorer", address=_address(plan, uid))] for uid in rows}


def _address(plan, uid):
    return reverse("followup:goal_indicators", args=[plan.scope.slug, plan.year, uid])
