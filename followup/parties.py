"""Who the plan says takes part in an action, and who may answer for them.

A plan names its parties in words: one by one beside the Vem cell, or in the
cell itself. Those that the register knows are recognised; what the plan says
is kept as it is. A party's answer is its own: given by somebody who sits for
that organisation in the groups of the place, and by nobody else (P24).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.db.models import F, Q

from agreements.enums import GroupKind, GroupLevel, OrganisationKind
from agreements.models import GroupMembership, Organisation
from agreements.permissions import PERMISSIONS, PERMISSIONS_IN_CITY, SEAT, Permission, access_of, role_of
from followup.models import Fulfilment

POLICE = "Polisen"
OWN_ADMINISTRATION = "Stadsdelsförvaltningen"
# What the plans call the police and the district's own administration (seed 002).
POLICE_WORDS = r"kommunpolis(?:en)?|lokalpolisområde\w*|polismyndigheten|polisregion\w*|polisen|polis|lpo"
OWN_WORDS = r"stadsdelsförvaltning(?:en)?|sdf"


@dataclass(frozen=True, slots=True)
class Party:
    """Who takes part, as the follow-up calls them; ``organisation`` is None for one that the register does not know."""

    name: str
    organisation: Organisation | None = None


class Register:
    """The organisations that a plan may name, recognised in its text (2 queries)."""

    def __init__(self, plan):
        self.own = _own_administration(plan.district)
        known = list(Organisation.objects.filter(Q(district=None) | Q(district=plan.district)).order_by("pk"))
        # Which of the police's units is meant the plans do not say; any of them answers for the police.
        police = [each for each in known if each.kind == OrganisationKind.POLICE]
        self.police = next((each for each in police if each.is_party), next(iter(police), None))
        self._parties, patterns = [], []
        for words, organisation in sorted(_names({*known, self.own} - {None}), key=lambda pair: -len(pair[0])):
            patterns.append(f"(?P<p{len(self._parties)}>{re.escape(words)})")
            self._parties.append(self._party(organisation))
        for words, party in ((POLICE_WORDS, self._party(self.police)), (OWN_WORDS, self._party(self.own))):
            if party:
                patterns.append(f"(?P<p{len(self._parties)}>{words})")
                self._parties.append(party)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE) if patterns else None

    def _party(self, organisation):
        if organisation is None:
            return None
        if organisation.kind == OrganisationKind.POLICE:
            return Party(POLICE, self.police)
        return Party(OWN_ADMINISTRATION if organisation == self.own else organisation.name, organisation)

    def recognised(self, text):
        """Return the parties named in the text, each once, in the order they are named."""
        found = {}
        for match in self._pattern.finditer(text) if self._pattern else ():
            party = self._parties[int(match.lastgroup[1:])]
            found.setdefault(party.name, party)
        return list(found.values())

    def called(self, name):
        """Return the party with that name, one without organisation if nobody is known by it."""
        match = self._pattern.fullmatch(name.strip()) if self._pattern else None
        return self._parties[int(match.lastgroup[1:])] if match else Party(name.strip()[:200])

    def of_action(self, action):
        """Return the parties of an action: those entered one by one first, then those in the Vem cell."""
        entered = [self.called(each.organisation) for each in action.responsibilities if each.organisation.strip()]
        found = {party.name: party for party in (*entered, *self.recognised(action.who))}
        return list(found.values())


def _own_administration(district):
    """Return the district's own administration; None for the city's plan, which is no district's."""
    if district is None:
        return None
    administrations = Organisation.objects.filter(kind=OrganisationKind.DISTRICT_ADMIN)
    seated = GroupMembership.objects.filter(group__district=district).values("organisation")
    found = administrations.filter(Q(district=district) | Q(pk__in=seated))
    # The one that is the district's own comes before one that only sits there.
    return found.order_by(F("district_id").asc(nulls_last=True), "pk").first()


def _names(organisations):
    """Yield (name or short name, organisation) of everybody a plan may name."""
    for each in organisations:
        for name in filter(None, (each.name, each.short_name)):
            yield name, each


# --- Who may answer


@dataclass(frozen=True)
class Answering:
    """For whom a person answers in a place: the ids of the organisations they sit for there, and the police or not."""

    organisations: frozenset = field(default_factory=frozenset)
    for_police: bool = False

    def may_answer(self, fulfilment):
        """Whether the person answers for the party; the fulfilment must come with its organisation."""
        organisation = fulfilment.organisation
        if organisation is None:
            return False
        if organisation.kind == OrganisationKind.POLICE:
            return self.for_police
        return organisation.pk in self.organisations

    def condition(self):
        """Return the condition on fulfilments that the person answers."""
        own = Q(organisation__in=self.organisations)
        return own | Q(organisation__kind=OrganisationKind.POLICE) if self.for_police else own

    def __bool__(self):
        return bool(self.organisations or self.for_police)


def answering_in(user):
    """Return {district id: :class:`Answering`} for every place where the person answers for a party (1 query).

    None is the city's own plan. A deputy answers for the seat they stand in for.
    """
    if not access_of(user).reach({Permission.ANSWER_FOR_PARTY}):
        return {}
    found = {}
    for seat in GroupMembership.objects.in_force().filter(user=user).select_related(*SEAT):
        held = seat.deputy_for or seat
        table = PERMISSIONS_IN_CITY if held.group.level == GroupLevel.CITY else PERMISSIONS
        if Permission.ANSWER_FOR_PARTY in table[role_of(seat)] and not _answered_below(held):
            found.setdefault(held.group.district_id, []).append(held.organisation)
    return {
        place: Answering(
            organisations=frozenset(each.pk for each in organisations if each.kind != OrganisationKind.POLICE),
            for_police=any(each.kind == OrganisationKind.POLICE for each in organisations),
        )
        for place, organisations in found.items()
    }


def _answered_below(seat):
    """Whether the seat is a steering group's, of a party whose answers its preparation group gives (seed 001).

    The district's administration and the police sit in both; another
    department's head may be its only one.
    """
    own_sides = (OrganisationKind.DISTRICT_ADMIN, OrganisationKind.POLICE)
    return seat.group.kind == GroupKind.STEERING and seat.organisation.kind in own_sides


def answering_for(user, plan):
    """Return for whom the person answers in the plan (1 query)."""
    return answering_in(user).get(plan.district_id, Answering())


def must_answer(fulfilment, plan):
    """Whether the party's answer is waited for before the follow-up is handed in: the two that own the plan's.

    In a district they are its administration and the police (seed 001); in the
    city's plan the police, the city's own side being who hands it in.
    """
    organisation = fulfilment.organisation
    if organisation is None:
        return False
    is_own = organisation.kind == OrganisationKind.DISTRICT_ADMIN and fulfilment.party == OWN_ADMINISTRATION
    return organisation.kind == OrganisationKind.POLICE or (is_own and plan.district_id is not None)


def to_answer(user):
    """Return the parties' answers that are the person's to give, answered or not, of every follow-up (1 query).

    Also for an external party, who is named in the plan and reads no more of
    the follow-up than its own rows (domain §3).
    """
    mine = Q(pk__in=[])
    for district_id, answering in answering_in(user).items():
        place = Q(follow_up__plan__district=district_id) if district_id else Q(follow_up__plan__district__isnull=True)
        mine |= place & answering.condition()
    return Fulfilment.objects.filter(mine)
