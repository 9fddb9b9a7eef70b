"""The groups of the cooperation (seed 001): who has to sit in which, what each one lacks, and who may change it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db.models import Max, Min, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from agreements.enums import GroupKind, GroupLevel, MeetingState, OrganisationKind
from agreements.meetings.workflow import HELD, MeetingCount, counts_of
from agreements.models import CollaborationGroup, Function, GroupMembership, PriorityArea
from agreements.permissions import CITY_PARTIES, SEAT, Access, Permission, access_of, role_of
from agreements.scope import Scope
from trygghet.contributions import Contributions
from trygghet.words import lower_first

POLICE = frozenset({OrganisationKind.POLICE})
DISTRICT = frozenset({OrganisationKind.DISTRICT_ADMIN})
CITY = frozenset(CITY_PARTIES)

SHORT = 160
"""A mandate of at most so many characters stands whole in the list."""

# What a working group is told to do where nobody has written its task (seed 001, Lokal arbetsgrupp).
WORKING_GROUP_MANDATE = (
    "Arbetsgruppen har ett tidsbegränsat och avgränsat uppdrag utifrån den gemensamma lägesbilden och orsaksanalysen. "
    "Den upprättar och följer upp åtgärdsplanen för sitt arbete och rapporterar till beredningsgruppen."
)


# --- Who has to sit there


class Need(NamedTuple):
    """A seat that the agreement says a group has: the function, by its code in the city's file, and from where.

    Where the city has no such function any ordinary member from those organisations will do, as ``otherwise`` says.
    """

    function: str
    organisations: frozenset
    otherwise: str
    number: int = 1


MANDATED = "funktion med mandat från stadsdelsförvaltningen"
FROM_CITY, FROM_POLICE = "någon från staden", "någon från polisen"

# Who the steering and preparation groups consist of, according to seed 001 (P18, P19, P21, P22).
COMPOSITION = {
    (GroupLevel.LOCAL, GroupKind.STEERING): (
        Need("stadsdelsdirektor", DISTRICT, FROM_CITY),
        Need("lokalpolisomradeschef", POLICE, FROM_POLICE),
    ),
    (GroupLevel.LOCAL, GroupKind.PREPARATION): (
        Need("kommunpolis", POLICE, FROM_POLICE),
        Need("", DISTRICT, MANDATED),
    ),
    (GroupLevel.CITY, GroupKind.STEERING): (
        Need("bitradande-stadsdirektor", CITY, FROM_CITY),
        Need("chef-polisomrade", POLICE, FROM_POLICE, number=3),
        Need("forvaltningschef", CITY, FROM_CITY, number=4),
        Need("sakerhetsdirektor", CITY, FROM_CITY),
    ),
    (GroupLevel.CITY, GroupKind.PREPARATION): (
        Need("samordnande-polis", POLICE, FROM_POLICE),
        Need("samordnare-trygghet", CITY, FROM_CITY),
        Need("samordnare-sakerhet", CITY, FROM_CITY),
    ),
}


def function_titles():
    """Return the titles of the functions that the agreement names, by code, of those the city has (1 query)."""
    codes = {need.function for needs in COMPOSITION.values() for need in needs if need.function}
    return dict(Function.objects.filter(code__in=codes).values_list("code", "title"))


class Lack(NamedTuple):
    """What the agreement names and nobody holds: how many do, of how many, and how many such seats stand vacant.

    ``organisations`` are the kinds that it is to come from.
    """

    what: str
    held: int
    number: int
    vacant: int
    organisations: frozenset

    @property
    def needs_seat(self):
        """Whether there are too few seats for it, also when those that are vacant have been filled."""
        return self.held + self.vacant < self.number

    @property
    def told(self):
        """Say it: "kommunpolis", "kommunpolis (vakant)", "chef för polisområde (1 av 3, 2 vakanta)"."""
        if self.number == 1:
            return f"{self.what} (vakant)" if self.vacant else self.what
        vacant = f", {self.vacant} {'vakant' if self.vacant == 1 else 'vakanta'}" if self.vacant else ""
        return f"{self.what} ({self.held} av {self.number}{vacant})"


def lacks(group, seats, titles):
    """Return a :class:`Lack` for each thing that the agreement names and nobody holds (P18, P19, P21, P22).

    ``seats`` are those that hold today. A seat without a person is not held;
    one who is co-opted (adjungerad) is not what the agreement asks for.
    """
    every = {(seat.deputy_for or seat).pk: seat.deputy_for or seat for seat in seats}
    taken = {(seat.deputy_for or seat).pk for seat in seats if seat.user_id}
    places = [place for place in every.values() if not place.co_opted]
    found = []
    for need in COMPOSITION.get((group.level, group.kind), ()):
        named = need.function in titles
        theirs = [place for place in places if _answers(place, need, named)]
        what, number = (lower_first(titles[need.function]), need.number) if named else (need.otherwise, 1)
        held = sum(place.pk in taken for place in theirs)
        if held < number:
            found.append(Lack(what, held, number, len(theirs) - held, need.organisations))
    return list(dict.fromkeys(found))


def _answers(place, need, named):
    """Whether the seat is what is asked for: by its function, or by where it is from if the city has none such."""
    return place.function.code == need.function if named else place.organisation.kind in need.organisations


def missing_parties(group, seats):
    """Return which party a working group has nobody from: "stadsdelsförvaltningen", "polisen" (P20, seed 001).

    Co-opted members are guests of the group and represent no party. Other groups are judged by :func:`lacks`.
    """
    if group.kind != GroupKind.WORKING:
        return []
    kinds = {seat.organisation.kind for seat in seats if seat.user_id and not seat.co_opted}
    return [name for name, party in _parties_of(group).items() if not kinds & party]


def vacant_parties(group, seats):
    """Return which of the :func:`missing_parties` have a seat in the group that stands vacant."""
    kinds = {seat.organisation.kind for seat in seats if not seat.user_id and not seat.co_opted}
    parties = _parties_of(group)
    return [name for name in missing_parties(group, seats) if kinds & parties[name]]


def _parties_of(group):
    own = {"stadsdelsförvaltningen": DISTRICT} if group.level == GroupLevel.LOCAL else {"staden": CITY}
    return own | {"polisen": POLICE}


def one_sided(group, seats):
    """Return the sentence that says which party is missing in a working group; "" if both are there (P20)."""
    missing = missing_parties(group, seats)
    if not missing:
        return ""
    told = f"Ingen från {' eller '.join(missing)} sitter i gruppen. Båda parterna ska vara med i en arbetsgrupp."
    vacant = vacant_parties(group, seats)
    return f"{told} Platsen för {' och '.join(vacant)} är vakant." if vacant else told


_OTHER_HALF = {GroupKind.PREPARATION: GroupKind.STEERING, GroupKind.STEERING: GroupKind.PREPARATION}


def writes_and_decides(group, seats):
    """Return the sentence that says who both writes the place's plan and decides it; "" if nobody does (1 query).

    Seed 001 lets the preparation group prepare what the steering group
    decides, and does not forbid anybody to sit in both. ``seats`` are those that hold today.
    """
    here = [seat for seat in seats if seat.user_id]
    if group.kind not in _OTHER_HALF or not here:
        return ""
    there = GroupMembership.objects.in_force().filter(
        group__kind=_OTHER_HALF[group.kind], group__level=group.level, group__district=group.district_id,
        user__in={seat.user_id for seat in here},
    )  # fmt: skip
    every = [*here, *there.select_related("user", *SEAT)]
    both = _those_who(every, Permission.EDIT_PLAN) & _those_who(every, Permission.DECIDE)
    if not both:
        return ""
    who = " och ".join(sorted(map(str, both)))
    return f"{who} sitter både i beredningsgruppen, som skriver planen, och leder styrgruppen, som beslutar den."


def _those_who(seats, permission):
    """Return the people whom one of the seats gives the permission in its own place."""
    return {seat.user for seat in seats if _gives(seat, permission)}


def _gives(seat, permission):
    place = seat.group.district_id
    return Access(frozenset({(role_of(seat), place)})).allows(permission, place)


# --- Who may


def permissions_to_change(group):
    """Return the permissions any one of which lets a person change the group and who sits in it.

    The preparation group appoints the working groups (P19).
    """
    appoint = {Permission.APPOINT_WORKING_GROUPS} if group.kind == GroupKind.WORKING else set()
    return {Permission.MANAGE_GROUPS} | appoint


def may_change(user, group):
    """Whether the person may change the group and its seats."""
    access = access_of(user)
    return any(access.allows(permission, group.district_id) for permission in permissions_to_change(group))


def check_change(user, group):
    """Raise PermissionDenied, saying whom to ask, unless the person may change the group and its seats."""
    if not may_change(user, group):
        raise PermissionDenied(who_changes(group))


def who_changes(group):
    """Return the sentence that says who changes the group, and so whom to ask."""
    return WHO_CHANGES[group.level == GroupLevel.CITY, group.kind == GroupKind.WORKING]


_CITY_ASKS = "Det är centrala beredningsgruppen som ändrar vilka som sitter i stadens grupper. Vänd dig dit."
WHO_CHANGES = {
    (False, False): "Det är trygghetsstrategen som ändrar vilka som sitter i gruppen. Vänd dig dit.",
    (False, True): "Det är beredningsgruppen, trygghetsstrategen och kommunpolisen, som tillsätter arbetsgrupper. "
    "Vänd dig till någon av dem.",
    (True, False): _CITY_ASKS,
    (True, True): _CITY_ASKS,
}


def may_appoint(user, scope):
    """Whether the person may appoint a working group in the district (P19). The city as a whole has none (seed 001)."""
    if scope.is_city:
        return False
    return scope.allows(user, Permission.MANAGE_GROUPS) or scope.allows(user, Permission.APPOINT_WORKING_GROUPS)


# --- What there is


def has_ended(group):
    """Whether the group no longer stands today."""
    return group.valid_to is not None and group.valid_to < timezone.localdate()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A row of a plan that a working group works on: where it stands ("Skärholmen 2025, åtgärd 3"), its text."""

    about: str
    text: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOffer:
    """What a group works on, as far as the person may read it, and where the rows are chosen (words, address)."""

    rows: list[Work] = field(default_factory=list)
    choose: list[tuple[str, str]] = field(default_factory=list)


WORK_SOURCES = Contributions()
"""Callables ``(group, user, may_change) -> WorkOffer``: what the plans say that a working group works on."""


def work_of(group, user):
    """Return the :class:`WorkOffer` of everything that the group works on."""
    offers = [source(group, user, may_change(user, group)) for source in WORK_SOURCES]
    return WorkOffer(
        rows=[row for offer in offers for row in offer.rows], choose=[way for offer in offers for way in offer.choose]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCard:
    """A group as a list shows it; ``meetings`` are this year's, ``last`` and ``next`` the days of meetings or None."""

    group: CollaborationGroup
    members: int
    vacant: int
    meetings: MeetingCount
    last: object
    next: object
    ended: bool
    lacks: list[Lack]
    one_sided: str

    @property
    def name(self):
        return self.group.name

    @property
    def address(self):
        return address_of(self.group)

    @property
    def task(self):
        """The group's mandate, or the first sentence of one that is long; "" if it has none."""
        mandate = self.group.mandate.strip()
        return mandate if len(mandate) <= SHORT else first_sentence(mandate)

    @property
    def lacks_told(self):
        """The sentence that says who is missing; "" if nobody is."""
        return f"Saknas: {', '.join(lack.told for lack in self.lacks)}." if self.lacks else ""


def address_of(group):
    """Return the address of the group's page (no query if the district has been read)."""
    return reverse("cooperation:group", args=[Scope(group.district).slug, group.slug])


def with_meetings(groups):
    """Bring along the days of the groups' last and next meetings, None if there is none."""
    to_come = Q(meetings__state=MeetingState.PLANNED, meetings__on__gte=timezone.localdate())
    return groups.annotate(
        last_meeting=Max("meetings__on", filter=Q(meetings__state__in=HELD)),
        next_meeting=Min("meetings__on", filter=to_come),
    )


def with_seats(groups):
    """Bring along, as ``seated``, the seats that hold today (1 query more)."""
    seats = GroupMembership.objects.in_force().select_related("user", *SEAT)
    return groups.select_related("district", "focus_area").prefetch_related(
        Prefetch("memberships", queryset=seats, to_attr="seated")
    )


def groups_of(scope, user):
    """Return a :class:`GroupCard` for each group of the place that the person sees (4 queries, however many)."""
    visible = CollaborationGroup.objects.visible_to(user).filter(**scope.lookup())
    found = list(with_seats(with_meetings(visible)))
    titles, counts = function_titles(), counts_of(found, timezone.localdate().year)
    return [_card(group, titles, counts[group.pk]) for group in found]


def _card(group, titles, meetings):
    places = [seat for seat in group.seated if seat.deputy_for_id is None]
    ended = has_ended(group)
    return GroupCard(
        group=group,
        members=sum(bool(seat.user_id) for seat in places),
        vacant=sum(not seat.user_id for seat in places),
        meetings=meetings,
        last=group.last_meeting,
        next=group.next_meeting,
        ended=ended,
        lacks=[] if ended else lacks(group, group.seated, titles),
        one_sided="" if ended else one_sided(group, group.seated),
    )


def by_kind(cards):
    """Return (heading, cards) for each kind of group there is, in the order of the agreement."""
    found = defaultdict(list)
    for card in cards:
        found[GroupKind(card.group.kind)].append(card)
    headings = {"steering": "Styrgrupp", "preparation": "Beredningsgrupp", "working": "Arbetsgrupper"}
    return [(headings[kind], found[kind]) for kind in GroupKind if found[kind]]


def summary_of(scope, user):
    """Return the cards of the place's groups that stand today and that the person sees, by kind (4 queries)."""
    return [card for _, cards in by_kind(groups_of(scope, user)) for card in cards if not card.ended]


# --- Making and ending


def focus_areas(group=None):
    """Return the prioritised areas that hold today, and the one that the group already works with."""
    areas = PriorityArea.objects.select_related("area_set")
    today = timezone.localdate()
    stands = Q(area_set__valid_to__isnull=True) | Q(area_set__valid_to__gte=today)
    chosen = Q(pk=group.focus_area_id) if group and group.focus_area_id else Q(pk__in=[])
    return areas.filter(stands & Q(area_set__valid_from__lte=today) | chosen).order_by("area_set", "number")


def slug_for(name, scope):
    """Return a free address for a new group: "arbetsgrupp-skolan-skarholmen"."""
    base = slugify(f"arbetsgrupp-{name.casefold().removeprefix('arbetsgrupp')}-{scope.slug}")[:90].strip("-")
    taken = set(CollaborationGroup.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for number in range(1, len(taken) + 2) if (slug := _numbered(base, number)) not in taken)


def _numbered(base, number):
    return base if number == 1 else f"{base}-{number}"


def first_sentence(text):
    """Return the text's first sentence, whole."""
    return re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]
