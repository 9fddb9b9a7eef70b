"""Writing a draft of an agreement: its texts, areas and parties, by those who prepare it.

Every write says which version of the agreement it read and what stood there
(``Seen``). When somebody else has changed the same thing since, nothing is
written and :class:`Stale` is raised; what another has changed elsewhere in
the agreement is no hindrance.
"""

import hashlib
import json
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from agreements.agreement.area_mapping import successors
from agreements.agreement.workflow import OWN_AREA
from agreements.enums import AgreementState
from agreements.models import Agreement, AgreementFocus, AgreementParty, AgreementText
from agreements.permissions import Permission, access_of
from trygghet.workflow import StepRefused

NOT_A_WRITER = (
    "Det är trygghetsstrategen och kommunpolisen, som bereder överenskommelsen, som skriver i den. "
    "Vänd dig till dem med det du vill ändra."
)


class Seen(NamedTuple):
    """What a form showed: the agreement's row version, and a checksum of what the form is about."""

    row_version: int
    checksum: str


class Stale(Exception):
    """Somebody else has changed the same thing since it was read; nothing was written."""


def seen_now(agreement, content):
    """Return the :class:`Seen` that a form carries along, with what stands there (strings and lists of them)."""
    return Seen(agreement.row_version, _checksum(content))


def check_write(user, agreement):
    """Raise PermissionDenied with the reason unless the person prepares the place's agreements."""
    if not access_of(user).allows(Permission.WRITE_AGREEMENT, agreement.district_id):
        raise PermissionDenied(NOT_A_WRITER)


# --- What stands there now


def text_of(agreement, part):
    """Return the text of a part, "" if nothing is written."""
    return next((text.text for text in agreement.texts.all() if text.part == part), "")


def area_at(agreement, code):
    """Return the prioritised area with the code, None for the place's own; raise PriorityArea.DoesNotExist."""
    return None if code == OWN_AREA else agreement.area_set.areas.get(code=code)


def focuses_of(agreement, area):
    """Return the focus areas under the area as [title, goals] pairs, and the reason to leave it out."""
    rows = agreement.focuses.filter(area=area) if area else agreement.focuses.filter(area=None)
    pairs = [[row.title, row.goals] for row in rows if row.title]
    return pairs, next((row.not_relevant_reason for row in rows if row.not_relevant_reason), "")


def parties_of(agreement):
    """Return the parties as [organisation id, function id] pairs in order."""
    return [list(pair) for pair in agreement.parties.values_list("organisation_id", "function_id")]


def facts_of(agreement):
    """Return [title, id of the edition of the areas]."""
    return [agreement.title, agreement.area_set_id]


# --- Writing


@transaction.atomic
def write_text(agreement, part, text, *, seen, by):
    """Write a part of the text."""
    agreement = _locked(agreement, by)
    _check_fresh(agreement, seen, text_of(agreement, part))
    AgreementText.objects.update_or_create(agreement=agreement, part=part, defaults={"text": text})
    return _written(agreement)


@transaction.atomic
def write_area(agreement, area, focuses, reason, *, seen, by):
    """Write the focus areas (title, goals) under a prioritised area, or why it is left out; None is the place's own."""
    agreement = _locked(agreement, by)
    _check_fresh(agreement, seen, focuses_of(agreement, area))
    agreement.focuses.filter(**({"area": area} if area else {"area__isnull": True})).delete()
    position = max(agreement.focuses.values_list("position", flat=True), default=0)
    rows = [AgreementFocus(title=title, goals=goals) for title, goals in focuses]
    rows = rows or ([AgreementFocus(not_relevant_reason=reason)] if reason else [])
    for at, row in enumerate(rows, position + 1):
        row.agreement, row.area, row.position = agreement, area, at
    AgreementFocus.objects.bulk_create(rows)
    return _written(agreement)


@transaction.atomic
def write_parties(agreement, parties, *, seen, by):
    """Write the parties, (organisation, function that signs) in order."""
    agreement = _locked(agreement, by)
    _check_fresh(agreement, seen, parties_of(agreement))
    agreement.parties.all().delete()
    AgreementParty.objects.bulk_create(
        AgreementParty(agreement=agreement, organisation=organisation, function=function, position=at)
        for at, (organisation, function) in enumerate(parties, 1)
    )
    return _written(agreement)


@transaction.atomic
def write_facts(agreement, title, area_set, *, seen, by):
    """Write the title and which edition of the areas it follows; focus areas go to the areas that have taken over."""
    agreement = _locked(agreement, by)
    _check_fresh(agreement, seen, facts_of(agreement))
    if area_set.pk != agreement.area_set_id:
        _move_focuses(agreement, area_set)
    agreement.title, agreement.area_set = title, area_set
    return _written(agreement)


def _move_focuses(agreement, area_set):
    heirs = {old.pk: new for old, new in successors(agreement.area_set, area_set).items()}
    agreement.focuses.filter(title="").delete()  # why an area was left out says nothing of the new ones
    for focus in agreement.focuses.exclude(area=None):
        focus.area = next(iter(heirs.get(focus.area_id, [])), None)
        focus.save(update_fields=["area"])


def _locked(agreement, by):
    agreement = Agreement.objects.select_for_update(of=("self",)).select_related("area_set").get(pk=agreement.pk)
    check_write(by, agreement)
    if agreement.state != AgreementState.DRAFT:
        raise StepRefused(
            f"Överenskommelsen har status «{agreement.get_state_display()}» och kan inte ändras. Inget sparades."
        )
    return agreement


def _check_fresh(agreement, seen, content):
    if seen.row_version != agreement.row_version and seen.checksum != _checksum(content):
        raise Stale


def _written(agreement):
    agreement.row_version += 1
    agreement.save(update_fields=["title", "area_set", "row_version"])
    return agreement


def _checksum(content):
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
