"""What the agreements add to the lists of the cooperation: facts, and what waits for a person and a steering group."""

from django.urls import reverse

from agreements.agenda import AGENDA_SOURCES, Proposal
from agreements.agreement.clocks import area_set_in_force, clock_of, in_force, with_last_review
from agreements.agreement.workflow import address_of
from agreements.enums import AgreementState, GroupKind
from agreements.facts import FACT_SOURCES, Fact, gives
from agreements.models import Agreement
from agreements.permissions import Permission, access_of
from agreements.scope import CITY_SLUG
from agreements.tasks import TASK_SOURCES, Task
from trygghet.dates import day

P = Permission
S = AgreementState


# --- What is recorded


@FACT_SOURCES.add
@gives("agreement_signed", "agreement_reviewed", "area_set")
def agreements_recorded(district_ids, cycle):
    """The agreement in force of each place and its latest review, and the city's areas (2 queries)."""
    found = {}
    for pk, agreement in in_force(district_ids).items():
        address = address_of(agreement)
        told = f"Version {agreement.version} undertecknad {day(agreement.signed_on)}"
        found["agreement_signed", pk] = Fact(on=agreement.signed_on, told=told, address=address)
        if agreement.confirmed_on:
            told = f"Version {agreement.version} bekräftad utan ändringar {day(agreement.confirmed_on)}"
            found["agreement_reviewed", pk] = Fact(on=agreement.confirmed_on, told=told, address=address)
    area_set = area_set_in_force() if None in district_ids else None
    if area_set:
        told = f"{area_set} gäller från {day(area_set.valid_from)}"
        address = reverse("cooperation:area_sets", args=[CITY_SLUG])
        found["area_set", None] = Fact(on=area_set.valid_from, told=told, address=address)
    return found


# --- What waits for a person


@TASK_SOURCES.add
def agreement_tasks(user):
    """What waits for those who prepare and sign the agreements of the person's own places (1 query).

    That the overarching one is to be followed up is told with the city's duties.
    """
    access = access_of(user)
    mine = access.reach({P.WRITE_AGREEMENT, P.SIGN_AGREEMENT})
    if not mine:
        return []
    agreements = Agreement.objects.visible_to(user).filter(mine.condition(), state__in=_WAITS)
    tasks = [_task(agreement, access) for agreement in with_last_review(agreements).select_related("district")]
    return [task for task in tasks if task]


_WAITS = (S.DRAFT, S.CIRCULATED, S.SIGNED, S.UNDER_REVIEW)


def _task(agreement, access):
    """The one thing that waits for the person in the agreement, or None."""
    writes = access.allows(P.WRITE_AGREEMENT, agreement.district_id)
    signs = access.allows(P.SIGN_AGREEMENT, agreement.district_id)
    if agreement.state == S.DRAFT:
        return _told(agreement, "Skriv klart och skicka för underskrift") if writes else None
    if agreement.state == S.CIRCULATED:
        return _told(agreement, "Registrera underskrifterna") if signs else None
    if agreement.state == S.UNDER_REVIEW and signs:
        return _told(agreement, "Registrera vad översynen ledde till", clock_of(agreement))
    clock = clock_of(agreement)
    if agreement.district_id and clock.is_near and writes and agreement.state == S.SIGNED:
        return _told(agreement, "Se över överenskommelsen", clock)
    return None


def _told(agreement, text, clock=None):
    place = agreement.district or "Staden"
    return Task(
        text=text,
        about=f"Överenskommelse version {agreement.version}, {place}",
        address=address_of(agreement),
        due=clock.due if clock else None,
    )


# --- What waits for the steering group


@AGENDA_SOURCES.add
def agreement_proposals(group, user):
    """The steering group signs what is sent for signature, and reviews what is due or under review (1 query)."""
    if group.kind != GroupKind.STEERING:
        return []
    here = Agreement.objects.visible_to(user).filter(district=group.district_id, state__in=_WAITS)
    found = [_proposal(agreement) for agreement in with_last_review(here).select_related("district")]
    return [proposal for proposal in found if proposal]


def _proposal(agreement):
    if agreement.state == S.CIRCULATED:
        background = f"Version {agreement.version} är skickad för underskrift till parterna."
        return _put_up(agreement, "sign", f"Undertecknande: {agreement.title}", background)
    clock = clock_of(agreement)
    if clock and (clock.is_near or agreement.state == S.UNDER_REVIEW):
        background = f"Version {agreement.version} ska ses över. {clock.told}."
        # One for each time it falls due: a later review is another point.
        return _put_up(
            agreement, f"review:{clock.due:%Y-%m-%d}", f"Översyn: {agreement.title}", background, clock.since
        )
    return None


def _put_up(agreement, what, title, background, since=None):
    return Proposal(
        subject=f"agreement:{agreement.pk}:{what}",
        title=title,
        address=address_of(agreement),
        background=background,
        is_decision=True,
        since=since,
    )
