"""Agreements that stand where a test wants them, written by the people of the cast."""

from datetime import date

from accounts.models import User
from agreements.agreement import editing, workflow
from agreements.enums import AgreementPart, AgreementState, GroupKind, GroupLevel, ReviewOutcome
from agreements.models import (
    Agreement,
    AgreementReview,
    CollaborationGroup,
    Function,
    GroupMembership,
    Organisation,
)
from agreements.scope import Scope
from tests.cast import START

S = AgreementState
SIGNED_ON = date(2025, 3, 4)


def parties(cast):
    """Let the district's administration and the police be parties with somebody in the steering group; return them."""
    Organisation.objects.filter(slug__in=("district_admin", "police")).update(is_party=True)
    steering = CollaborationGroup.objects.get(kind=GroupKind.STEERING, level=GroupLevel.LOCAL, district=cast.district)
    administration, police = Organisation.objects.get(slug="district_admin"), Organisation.objects.get(slug="police")
    chief, _ = Function.objects.get_or_create(code="lokalpolisomradeschef", defaults={"title": "lokalpolisområdeschef"})
    signer, _ = User.objects.get_or_create(username="signer", defaults={"display_name": "Polisens chef"})
    GroupMembership.objects.get_or_create(
        group=steering, organisation=police, function=chief, user=signer, valid_from=START
    )
    return [(administration, Function.objects.get(code="stadsdelsdirektor")), (police, chief)]


def draft(cast, *, as_copy=False):
    """A draft in Skärholmen, begun by the editor."""
    return workflow.start(Scope(cast.district), by=cast.editor, as_copy=as_copy)


def written(cast, agreement=None):
    """A draft that can be sent for signature."""
    agreement = agreement or draft(cast)
    for part in AgreementPart:
        agreement = write(cast, agreement, part, f"{part.label} för Skärholmen.")
    for area in agreement.area_set.areas.all():
        seen = editing.seen_now(agreement, editing.focuses_of(agreement, area))
        editing.write_area(agreement, area, [(f"Fokus {area.number}", "Ett mål")], "", seen=seen, by=cast.editor)
        agreement.refresh_from_db()
    seen = editing.seen_now(agreement, editing.parties_of(agreement))
    return editing.write_parties(agreement, parties(cast), seen=seen, by=cast.editor)


def write(cast, agreement, part, text):
    """Write a part of the text as the editor, having read what stands there."""
    agreement = Agreement.objects.get(pk=agreement.pk)
    seen = editing.seen_now(agreement, editing.text_of(agreement, part))
    return editing.write_text(agreement, part, text, seen=seen, by=cast.editor)


def circulated(cast):
    """An agreement that is sent for signature."""
    return workflow.WORKFLOW.take(written(cast), "circulate", by=cast.editor)


def signed(cast, on=SIGNED_ON):
    """An agreement that every party has signed."""
    agreement = circulated(cast)
    for party in agreement.parties.all():
        agreement = workflow.record_signature(agreement, party, by=cast.chair, on=on)
    return agreement


def under_review(cast):
    """An agreement that is being reviewed."""
    return workflow.WORKFLOW.take(signed(cast), "start_review", by=cast.editor)


def in_state(cast, state):
    """An agreement in the state, by the real steps as far as there are any."""
    makers = {S.DRAFT: written, S.CIRCULATED: circulated, S.SIGNED: signed, S.UNDER_REVIEW: under_review}
    if state in makers:
        return makers[state](cast)
    if state == S.DISCARDED:
        return workflow.WORKFLOW.take(draft(cast), "discard", by=cast.editor, reason="Fel")
    agreement = signed(cast)
    if state == S.TERMINATED:
        return workflow.WORKFLOW.take(agreement, "terminate", by=cast.chair, reason="Slut", on=date(2025, 6, 1))
    return workflow.WORKFLOW.take(agreement, "supersede", by=cast.chair, on=date(2025, 6, 1), version=2)


def review(on, meeting="Styrgruppsmöte 1"):
    """What a review says, not yet saved."""
    return AgreementReview(reviewed_on=on, meeting=meeting, outcome=ReviewOutcome.CONFIRMED_UNCHANGED)
