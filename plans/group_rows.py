"""Which rows of a plan the working groups work on (seed 001): said beside the rows, and on the group's own page."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from agreements.groups.composition import Work, WorkOffer, address_of
from agreements.models import CollaborationGroup
from plans.models import Action, Cause, GroupRow, PlanArea, Problem
from plans.operations import MAIN_FIELD, ROW_NAMES
from plans.outline import excerpt
from plans.overview import plans_of_place
from trygghet.words import lower_first

MODELS = {"area": PlanArea, "problem": Problem, "cause": Cause, "action": Action}
TEXT_SHOWN = 160
"""How many characters of a row the group's page shows."""


def work_of(group, user, may_change):
    """Return the rows that the group works on, of plans that the person reads, and where more are chosen (6 queries).

    A row that has been removed from its plan is left out; it is there again if it is taken back.
    """
    plans = plans_of_place(user, group.district_id)
    by_pk = {plan.pk: plan for plan in plans}
    chosen = dict(GroupRow.objects.filter(group=group, plan__in=plans).values_list("row", "plan"))
    rows = [_work(kind, uid, text, by_pk[chosen[uid]]) for kind, uid, text in _texts(chosen)]
    choose = [(f"Välj rader i {_called(plans[0])}", _choose(plans[0], group))] if plans and may_change else []
    return WorkOffer(rows=sorted(rows, key=lambda work: (work.about, work.text)), choose=choose)


def _texts(chosen):
    """Return (kind, uid, text) of the rows that are in their plans."""
    found = []
    for kind, model in MODELS.items():
        # An area's title is the city's own unless the district has added it.
        names = ("title", "area__title") if kind == "area" else (MAIN_FIELD[kind],)
        for uid, *texts in model.objects.filter(uid__in=chosen).values_list("uid", *names):
            found.append((kind, uid, next((text for text in texts if text), "")))
    return found


def _work(kind, uid, text, plan):
    return Work(
        about=f"{ROW_NAMES[kind].capitalize()} i {_called(plan)}",
        text=excerpt(text, TEXT_SHOWN),
        address=reverse("plans:row", args=[plan.scope.slug, plan.year, kind, uid]),
    )


def _called(plan):
    return lower_first(plan.name)


def _choose(plan, group):
    return reverse("plans:group_rows", args=[plan.scope.slug, plan.year, group.slug])


def groups_of(plan, uid, user):
    """Return (name, address) of the working groups that now work on the row, of those the person sees (1 query)."""
    groups = CollaborationGroup.objects.visible_to(user).valid_on()
    groups = groups.filter(plan_rows__plan=plan, plan_rows__row=uid).select_related("district")
    return [(str(group), address_of(group)) for group in groups]


def chosen_rows(plan, group):
    """Return the uids of the rows that the group works on in the plan, as text (1 query)."""
    return {str(uid) for uid in GroupRow.objects.filter(plan=plan, group=group).values_list("row", flat=True)}


@transaction.atomic
def choose(plan, group, *, seen, wanted, there):
    """Change the group's rows from those ``seen`` chosen to those ``wanted``; return how many changed.

    Only what differs between the two is written, so that what somebody else
    has chosen meanwhile stays. ``there`` are the rows that the plan has.
    """
    CollaborationGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    now = chosen_rows(plan, group)
    added = ((wanted - seen) & there) - now
    removed = (seen - wanted) & now
    GroupRow.objects.bulk_create(GroupRow(plan=plan, group=group, row=uid) for uid in sorted(added))
    GroupRow.objects.filter(plan=plan, group=group, row__in=removed).delete()
    return len(added) + len(removed)
