"""What a plan stands on: the agreement, the edition of the areas and the situation picture that held when it began.

The plan keeps them when new ones come (seed 001). They are part of what a
decided version says of itself. The grounds of a single row are in
``plans/grounds.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from agreements.agreement import workflow as agreements
from agreements.enums import PictureState, Producer
from agreements.models import Agreement, SituationPicture
from agreements.permissions import Permission, access_of
from agreements.pictures import workflow as pictures
from agreements.querysets import NEVER_SIGNED
from agreements.scope import CITY_SLUG
from plans.enums import PlanState
from plans.errors import EditRefused
from plans.models import ActionPlan, PlanEvent
from plans.permissions import check_edit
from trygghet.dates import day

P = Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One of the things a plan stands on: what it is called in a sentence, and where it is read ("" if not theirs)."""

    text: str
    address: str = ""


def at_start(scope, cycle):
    """Return the fields of a plan that begins now: what holds in the place today (2 queries).

    Without an agreement or a confirmed picture the plan has none, which it
    says; the areas are those of the year.
    """
    return {
        "agreement": agreements.of_place(scope).in_force().first(),
        "area_set": cycle.area_set,
        "picture": pictures.in_force(scope),
    }


def areas_of(plan):
    """Return the edition of the areas that the plan was written under; the year's for one from before it was kept."""
    return plan.area_set or plan.cycle.area_set


# --- Telling


def told(plan, user):
    """Return a :class:`Ground` for each thing that the plan stands on, with links for those who may read it.

    The plan comes with them (``with_place``), so that nothing is asked for.
    """
    access = access_of(user)
    found = [Ground(text=_agreement_words(plan.agreement), address=_agreement_address(plan, access))]
    reads_areas = access.allows(P.READ_SIGNED_AGREEMENT, None)
    address = reverse("cooperation:area_sets", args=[CITY_SLUG]) if reads_areas else ""
    found.append(Ground(text=f"områdena «{areas_of(plan)}»", address=address))
    found.append(Ground(text=_picture_words(plan.picture), address=_picture_address(plan, access)))
    return found


def frozen(plan):
    """Return what a decided version keeps of what the plan stands on, as JSON: key → text, absent for none."""
    agreement, picture = plan.agreement, plan.picture
    kept = {"area_set": {"code": areas_of(plan).code, "text": f"områdena «{areas_of(plan)}»"}}
    if agreement:
        kept["agreement"] = {"version": agreement.version, "text": _agreement_words(agreement)}
    if picture:
        kept["picture"] = {"year": picture.year, "text": _picture_words(picture)}
    return kept


def told_of_version(version):
    """Return the texts that a decided version keeps of what it stands on; empty for one from before they were kept."""
    kept = version.facts.get("basis", {})
    return [kept[name]["text"] for name in ("agreement", "area_set", "picture") if name in kept]


def _agreement_words(agreement):
    if agreement is None:
        return "ingen överenskommelse"
    return f"överenskommelse version {agreement.version}, undertecknad {day(agreement.signed_on)}"


def _picture_words(picture):
    if picture is None:
        return "ingen fastställd lägesbild"
    return f"lägesbild {picture.year}, fastställd {day(picture.confirmed_on)}"


def _agreement_address(plan, access):
    reads = plan.agreement and access.allows(P.READ_SIGNED_AGREEMENT, plan.district_id)
    where = [plan.scope.slug, plan.agreement.version] if reads else []
    return reverse("cooperation:agreement", args=where) if reads else ""


def _picture_address(plan, access):
    if not plan.picture or not access.allows(P.READ_PICTURES, plan.district_id):
        return ""
    plan.picture.district = plan.district  # the same, and already here
    return pictures.address_of(plan.picture)


# --- Choosing others


def agreements_for(plan, user):
    """Return the agreements that the plan can stand on: the place's own that are, or were, signed."""
    here = Agreement.objects.visible_to(user).filter(**plan.scope.lookup())
    return here.exclude(state__in=NEVER_SIGNED).order_by("-version")


def pictures_for(plan, user):
    """Return the pictures that the plan can stand on: the place's own joint ones that are, or were, confirmed."""
    confirmed = SituationPicture.objects.visible_to(user).filter(producer=Producer.JOINT, **plan.scope.lookup())
    states = (PictureState.CONFIRMED, PictureState.SUPERSEDED)
    return confirmed.filter(state__in=states, confirmed_on__isnull=False).order_by("-year")


@transaction.atomic
def change(plan, agreement, picture, *, seen, by):
    """Let the draft stand on another agreement or picture; return whether anything changed.

    ``seen`` is (agreement id, picture id) as the person read them. Raises
    EditRefused when the plan is no draft or somebody else has changed it, and
    when the agreement or picture is not one to choose.
    """
    plan = ActionPlan.objects.select_for_update(of=("self",)).select_related("district", "cycle").get(pk=plan.pk)
    check_edit(by, plan)
    if plan.state != PlanState.DRAFT:
        raise EditRefused("Planen är inte ett utkast, så det den bygger på kan inte bytas. Inget sparades.")
    if seen_of(plan) != tuple(seen):
        raise EditRefused("Någon annan har bytt underlag sedan du öppnade sidan. Se vad som står nu och välj igen.")
    if agreement and agreement not in agreements_for(plan, by) or picture and picture not in pictures_for(plan, by):
        raise EditRefused("Planen bygger på en överenskommelse och en lägesbild från samma område. Välj bland dem.")
    if (agreement, picture) == (plan.agreement, plan.picture):
        return False
    plan.agreement, plan.picture = agreement, picture
    plan.save(update_fields=["agreement", "picture"])
    words = f"Bytte underlag: {_agreement_words(agreement)}, {_picture_words(picture)}"
    # It touches no row and is not undone but chosen again.
    PlanEvent.objects.create(plan=plan, by=by, summary=words[:200], operations=[], inverse=[])
    return True


def seen_of(plan):
    """Return (agreement id, picture id) as texts, "" for none: what a form carries along."""
    return str(plan.agreement_id or ""), str(plan.picture_id or "")
