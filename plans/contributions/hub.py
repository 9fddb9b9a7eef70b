"""How the place's own plan stands, at the head of its cooperation."""

from django.urls import reverse

from agreements.duties.requirements import Mark
from agreements.hub import TOPICS, Topic
from agreements.permissions import Permission
from agreements.year.steps import cycles
from plans.models import ActionPlan, PlanVersion
from plans.models.content import kind_of, name_of
from plans.permissions import DECIDED_STATES
from trygghet.words import lower_first


@TOPICS.add
def plan_of_place(scope, user):
    """Return the latest plan of the place that the person reads, as a topic; None where there is nothing to say.

    At most three queries. A draft that the person may not read is not told of; the version in force is.
    """
    plans = ActionPlan.objects.visible_to(user).filter(**scope.lookup()).with_place().order_by("-cycle__year")
    versions = PlanVersion.objects.visible_to(user).filter(**scope.lookup("plan__district")).in_force().with_place()
    plan = plans.first()
    version = versions.defer("document", "facts", "counts").order_by("-plan__cycle__year").first()
    if plan and (version is None or version.plan.year <= plan.year):
        sign = Mark.RECORDED if plan.state in DECIDED_STATES else Mark.PARTLY
        return _topic(scope, plan.get_absolute_url(), sign, f"{plan.year}: {plan.get_state_display()}", plan.version)
    if version:
        return _topic(
            scope, version.get_absolute_url(), Mark.RECORDED, f"{version.plan.year}: Beslutad", version.number
        )
    return _to_begin(scope, user)


def _topic(scope, address, sign, words, version):
    notes = [f"Version {version}."] if version > 1 else []
    return Topic(name="plan", title=kind_of(scope), address=address, sign=sign, words=words, notes=notes)


def _to_begin(scope, user):
    year = next(iter(cycles()), None)
    if year is None or not scope.allows(user, Permission.EDIT_PLAN):
        return None
    return Topic(
        name="plan",
        title=kind_of(scope),
        address=reverse("plans:start", args=[scope.slug, year.year]),
        sign=Mark.MISSING,
        words="Ingen plan än",
        notes=[f"Börja {lower_first(name_of(scope, year.year))}."],
    )
