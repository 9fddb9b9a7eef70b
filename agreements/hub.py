"""A place's cooperation at one glance: what holds, what is late, when the next meeting is, and what to begin with.

Each topic says one thing in a few words and leads to its own page, as far as
the person reads it. Nothing is said to be done that is not recorded.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from agreements import analyses
from agreements.agreement import workflow as agreement_workflow
from agreements.agreement.clocks import area_set_clock, area_set_in_force, clock_of, clocks_of, with_last_review
from agreements.duties.requirements import Mark, statuses_of
from agreements.enums import GroupKind, PictureState, Producer, VulnerabilityClass
from agreements.facts import facts_of
from agreements.groups import composition as groups
from agreements.meetings.workflow import address_of as meeting_address
from agreements.models import Agreement, CollaborationGroup, Meeting, Place, PrioritisedProblem, SituationPicture
from agreements.navigation import areas_address, tabs_of
from agreements.permissions import Permission, access_of
from agreements.pictures import workflow as pictures
from agreements.querysets import IN_FORCE
from agreements.year import city as city_year
from agreements.year import steps as year
from trygghet.contributions import Contributions
from trygghet.dates import age, day
from trygghet.words import counted, lower_first

P = Permission
READS_AGREEMENTS = (P.READ_SIGNED_AGREEMENT, P.READ_AGREEMENT_DRAFT)
SHOWN_MEETINGS, SHOWN_PLACES = 4, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One thing about the place: how it stands as a shape (``sign``) and in words, and what more there is to say.

    ``address`` is where more is told. ``sign`` is one of the marks of the duties.
    """

    name: str
    title: str
    address: str
    sign: Mark
    words: str
    notes: list[str] = field(default_factory=list)


TOPICS = Contributions()
"""Callables ``(scope, user) -> Topic | None`` of what stands on the cooperation, shown first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """One of the things that a place begins with, whether it is there, and where more is told of it."""

    title: str
    told: str
    is_there: bool
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Hub:
    """What the overview of a place shows one person; what they may not read is not in it.

    ``steps`` are those of the year, None where the person does not follow it.
    ``firsts`` is empty when the place has what everything else stands on.
    """

    cycle: object
    steps: list | None
    told: str
    topics: list[Topic]
    groups: list
    meetings: list
    follows_meetings: bool
    calls_meetings: bool
    firsts: list[First]


def hub_of(scope, user):
    """Return the place's :class:`Hub` to the person; a fixed number of queries."""
    return _Looking(scope, user).result()


class _Looking:
    def __init__(self, scope, user):
        self.scope, self.user, self.today = scope, user, timezone.localdate()
        self.tabs = {tab.name: address for tab, address in tabs_of(user, scope)} | {"area_sets": areas_address(user)}
        self.cycles = year.cycles()
        self.cycle = year.current_cycle(self.cycles, self.today)
        self.facts = {self.cycle.pk: self._facts()} if self.cycle else {}
        self.agreement = self.confirmed = None  # what holds, as far as the person reads it

    def result(self):
        steps = self._steps()
        cards = groups.summary_of(self.scope, self.user)
        above = [topic_of(self.scope, self.user) for topic_of in sorted(TOPICS, key=_how_far_up)]
        found = [self._agreement(), self._areas(), self._picture(), self._analyses(), self._places(), self._duties()]
        return Hub(
            cycle=self.cycle,
            steps=steps,
            told=self._told(steps) if steps else "",
            topics=[topic for topic in (*above, *found) if topic],
            groups=cards,
            meetings=self._meetings(),
            follows_meetings=self._may(P.READ_MEETINGS),
            calls_meetings=self._may(P.KEEP_MEETINGS),
            firsts=self._firsts(cards),
        )

    def _facts(self):
        if self.scope.is_city:
            return city_year.city_facts(self.cycle, user=self.user, today=self.today)
        return facts_of([self.scope.pk], self.cycle)

    def _may(self, *permissions):
        return any(self.scope.allows(self.user, permission) for permission in permissions)

    # --- The year

    def _steps(self):
        """The steps of the year, None for who does not follow it or when there is none."""
        if self.cycle is None or not self._may(P.READ_COOPERATION):
            return None
        if self.scope.is_city:
            return city_year.city_progress(
                self.cycle, user=self.user, today=self.today, facts=self.facts[self.cycle.pk]
            )
        ids = [self.scope.pk]
        return year.progress_of(
            self.scope.pk, self.cycle, facts=self.facts[self.cycle.pk], user=self.user, today=self.today,
            addresses=year.addresses_of(self.user, ids, self.cycle), tabs=self.tabs,
        )  # fmt: skip

    def _told(self, steps):
        return (city_year if self.scope.is_city else year).in_words(steps, self.today)

    # --- The topics

    def _agreement(self):
        if not self._may(*READS_AGREEMENTS):
            return None
        found = with_last_review(Agreement.objects.visible_to(self.user).filter(**self.scope.lookup()))
        found = list(found.select_related("district", "area_set").order_by("-version"))
        self.agreement = next((each for each in found if each.state in IN_FORCE), None)
        under_way = next((each for each in found if each.state in ("draft", "circulated")), None)
        notes = []
        if under_way:
            notes.append(f"Version {under_way.version}: {lower_first(under_way.get_state_display())}.")
        if self.agreement is None:
            words = "Ingen undertecknad överenskommelse"
            return self._topic("agreements", self._kind(), Mark.MISSING, words, notes)
        return self._agreement_in_force(notes)

    def _agreement_in_force(self, notes):
        clock = clock_of(self.agreement, today=self.today)
        last = self.agreement.confirmed_on
        since = f"Bekräftad {day(last)}" if last else f"Undertecknad {day(self.agreement.signed_on)}"
        again = "Ska följas upp" if self.scope.is_city else "Ska ses över"
        notes = [f"{again}: {lower_first(clock.told)}.", *notes] if clock else notes
        return Topic(
            name="agreements", title=self._kind(), sign=_sign(clock), words=since, notes=notes,
            address=agreement_workflow.address_of(self.agreement),
        )  # fmt: skip

    def _kind(self):
        return "Övergripande överenskommelse" if self.scope.is_city else "Lokal överenskommelse"

    def _areas(self):
        """The areas are the city's; a district's stand in its agreement."""
        if not self.scope.is_city or not self._may(P.READ_COOPERATION):
            return None
        area_set = area_set_in_force(self.today)
        if area_set is None:
            return self._topic("area_sets", "Prioriterade områden", Mark.MISSING, "Inga områden gäller")
        clock = area_set_clock(area_set, today=self.today)
        words = f"{area_set.name}, gäller från {day(area_set.valid_from)}"
        note = f"Ska revideras: {lower_first(clock.told)}."
        return self._topic("area_sets", "Prioriterade områden", _sign(clock), words, [note])

    def _picture(self):
        if not self._may(P.READ_PICTURES):
            return None
        found = SituationPicture.objects.visible_to(self.user).filter(**self.scope.lookup())
        found = list(
            found.exclude(state=PictureState.SUPERSEDED).select_related("district").order_by("-year", "producer")
        )
        joint = [each for each in found if each.producer == Producer.JOINT]
        self.confirmed = next((each for each in joint if each.state == PictureState.CONFIRMED), None)
        newest = found[0].year if found else None
        under_way = [
            f"{each}: {lower_first(each.get_state_display())}."
            for each in found
            if each is not self.confirmed
            and each.year == newest
            and (not self.confirmed or newest > self.confirmed.year)
        ]
        title = "Gemensam lägesbild"
        if self.confirmed is None:
            return self._topic("pictures", title, Mark.MISSING, "Ingen fastställd lägesbild", under_way)
        clock = pictures.clock_of(self.confirmed)
        words = f"Lägesbilden {self.confirmed.year} är {age(self.confirmed.confirmed_on)} gammal"
        notes = [f"Ska uppdateras: {lower_first(clock.told)}.", *under_way]
        return Topic(
            name="pictures", title=title, sign=_sign(clock), words=words, notes=notes,
            address=pictures.address_of(self.confirmed),
        )  # fmt: skip

    def _analyses(self):
        if not self._may(P.READ_PICTURES):
            return None
        visible = SituationPicture.objects.visible_to(self.user)
        picture = analyses.picture_in_force(visible, self.scope)
        if picture is None:
            words = "Börjar när problemen är prioriterade"
            return self._topic("analyses", "Orsaksanalyser", Mark.MISSING, words)
        problems = PrioritisedProblem.objects.visible_to(self.user).filter(is_prioritised=True, picture=picture)
        found = list(problems.values_list("analysis__state", flat=True))
        done = found.count("completed")
        words = f"{done} av {len(found)} prioriterade problem är analyserade" if found else "Inget prioriterat problem"
        sign = Mark.RECORDED if found and done == len(found) else Mark.PARTLY if any(found) else Mark.MISSING
        begun = len(found) - done - found.count(None)
        notes = [f"{counted(begun, 'analys', 'analyser')} pågår."] if begun else []
        return self._topic("analyses", "Orsaksanalyser", sign, words, notes)

    def _places(self):
        if self.scope.is_city or not self._may(P.READ_PICTURES):
            return None
        found = list(Place.objects.visible_to(self.user).valid_on(self.today).filter(district=self.scope.district))
        if not found:
            return self._topic("places", "Platser", Mark.MISSING, "Inga platser är avgränsade")
        words = counted(len(found), "plats", "platser")
        names = ", ".join(place.name for place in found[:SHOWN_PLACES])
        more = f" och {len(found) - SHOWN_PLACES} till" if len(found) > SHOWN_PLACES else ""
        return self._topic("places", "Platser", Mark.RECORDED, words, [f"{names}{more}.", *_classes(found)])

    def _duties(self):
        if not self._may(P.READ_COOPERATION):
            return None
        known = {"cycles": self.cycles, "facts": self.facts}
        statuses = statuses_of([self.scope.pk], self.today, **known)[self.scope.pk]
        recorded = sum(status.has_record for status in statuses.values())
        words = f"{recorded} av {len(statuses)} är registrerade"
        late = [duty.title for duty, status in statuses.items() if status.is_late]
        notes = [f"Försenat: {'; '.join(lower_first(title) for title in late)}."] if late else []
        sign = Mark.LATE if late else Mark.RECORDED if recorded == len(statuses) else Mark.PARTLY
        return self._topic("duties", "Lagkrav och åtaganden", sign, words, notes)

    def _topic(self, name, title, sign, words, notes=()):
        address = self.tabs.get(name, "")
        return Topic(name=name, title=title, address=address, sign=sign, words=words, notes=list(notes))

    # --- Meetings

    def _meetings(self):
        """The next planned meetings in the place that the person may know of, each with its address."""
        found = Meeting.objects.visible_to(self.user).filter(
            **self.scope.lookup("group__district"), state="planned", on__gte=self.today
        )
        found = found.select_related("group__district").order_by("on", "starts_at", "title")
        return [(meeting, meeting_address(meeting)) for meeting in found[:SHOWN_MEETINGS]]

    # --- What to begin with

    def _firsts(self, cards):
        """What a place begins with, in order (seed 001); empty when it is there, or the person cannot see if it is."""
        if not self._may(*READS_AGREEMENTS) or not self._may(P.READ_PICTURES) or self.scope.is_city:
            return []
        kinds = {card.group.kind for card in cards if card.members}
        both = {GroupKind.STEERING, GroupKind.PREPARATION} <= kinds
        has_pictures = self.confirmed is not None
        firsts = [
            First(
                title="Sätt samman styrgruppen och beredningsgruppen", is_there=both,
                told="Staden och polisen utser vilka funktioner som sitter i dem.", address=self.tabs.get("groups", ""),
            ),
            First(
                title="Skriv och underteckna den lokala överenskommelsen", is_there=self.agreement is not None,
                told="Den följer stadens gemensamma mall och säger vad ni ska arbeta med.",
                address=self.tabs.get("agreements", ""),
            ),
            First(
                title="Gör var sin lägesbild och lägg ihop dem", is_there=has_pictures,
                told="Polisen och stadsdelsförvaltningen beskriver läget var för sig, och sedan prioriterar ni ihop.",
                address=self.tabs.get("pictures", ""),
            ),
            First(
                title="Analysera orsakerna och skriv åtgärdsplanen", is_there=False,
                told="Varje prioriterat problem får en orsaksanalys. Åtgärderna i planen svarar på orsakerna.",
                address=self.tabs.get("analyses", ""),
            ),
        ]  # fmt: skip
        return [] if all(first.is_there for first in firsts[:3]) else firsts


def _how_far_up(topic_of):
    """Where the app that tells of it stands: the plan comes before what came of it."""
    above = list(apps.get_app_configs())
    return -above.index(apps.get_containing_app_config(topic_of.__module__))


def _sign(clock):
    if clock is None:
        return Mark.MISSING
    return Mark.LATE if clock.is_late else Mark.SOON if clock.is_near else Mark.RECORDED


def _classes(places):
    """Say how many of the places the police class as vulnerable, and how many are open drug scenes."""
    count = Counter(place.vulnerability for place in places)
    scenes = sum(place.is_open_drug_scene for place in places)
    said = [
        (count[VulnerabilityClass.ESPECIALLY_VULNERABLE], "särskilt utsatt", "särskilt utsatta"),
        (count[VulnerabilityClass.VULNERABLE], "utsatt", "utsatta"),
        (scenes, "öppen drogscen", "öppna drogscener"),
    ]
    words = [counted(*each) for each in said if each[0]]
    return [f"{', '.join(words)}."] if words else []


# --- All of a person's places


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLine:
    """A place in the list of them: how its year goes, what is late, when its agreement is due, the next meeting.

    What the person does not follow there is None or empty. The steps of the
    city are its own: those of the districts stand in their lines.
    """

    scope: object
    address: str
    done: int | None
    total: int
    late: list[str]
    duties_late: int | None
    agreement: str
    agreement_sign: Mark
    next_meeting: date | None

    @property
    def has_something_late(self):
        return bool(self.late or self.duties_late or self.agreement_sign == Mark.LATE)


def lines_of(scopes, user):
    """Return a :class:`PlaceLine` for each place; a fixed number of queries, however many they are."""
    today, access = timezone.localdate(), access_of(user)
    cycles = year.cycles()
    cycle = year.current_cycle(cycles, today)
    ids = [scope.pk for scope in scopes]
    follows = [pk for pk in ids if access.allows(P.READ_COOPERATION, pk)]
    facts = facts_of(follows, cycle) if cycle and follows else {}
    known = {"cycles": cycles, "facts": {cycle.pk: facts} if cycle else {}}
    duties = statuses_of(follows, today, **known) if follows else {}
    clocks = clocks_of([pk for pk in ids if access.allows(P.READ_SIGNED_AGREEMENT, pk)], today=today)
    meetings = _next_meetings(user, today)
    return [_line(scope, cycle, facts, duties, clocks, meetings, user, today) for scope in scopes]


def told_of(lines):
    """Say in how many of the districts something is late, and whether it is in what is the city's own."""
    districts = [line for line in lines if not line.scope.is_city]
    late = sum(line.has_something_late for line in districts)
    city_is_late = any(line.has_something_late for line in lines if line.scope.is_city)
    if not late and not city_is_late:
        return "Inget är försenat."
    said = [f"{late} av {len(districts)} stadsdelar har något försenat."] if late else []
    return " ".join([*said, *(["Staden har något försenat för egen del."] if city_is_late else [])])


def _line(scope, cycle, facts, duties, clocks, meetings, user, today):
    follows = scope.pk in duties
    steps = year.progress_of(scope.pk, cycle, facts=facts, user=user, today=today) if cycle and follows else []
    clock = clocks.get(scope.pk)
    agreement = "Saknas" if scope.pk in clocks else ""
    return PlaceLine(
        scope=scope,
        address=reverse("cooperation:hub", args=[scope.slug]),
        done=sum(step.is_done for step in steps) if steps else None,
        total=len(steps),
        late=[step.step.title for step in steps if step.is_late],
        duties_late=sum(status.is_late for status in duties[scope.pk].values()) if follows else None,
        agreement=clock.told if clock else agreement,
        agreement_sign=_sign(clock),
        next_meeting=meetings.get(scope.pk),
    )


def _next_meetings(user, today):
    """Return the day of the next meeting, by district id, of the groups that the person sees (1 query).

    When a group meets next is told in the list of groups; what it meets about
    is for who reads its meetings.
    """
    seen = groups.with_meetings(CollaborationGroup.objects.visible_to(user).exclude(valid_to__lt=today))
    to_come = seen.filter(next_meeting__isnull=False).order_by("-next_meeting")
    return dict(to_come.values_list("district", "next_meeting"))
