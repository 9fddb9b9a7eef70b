"""What the obstacles add: a tab, figures on the hub, what a group could take up, whose turn it is, and the answers."""

from collections import Counter
from datetime import timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from agreements.agenda import AGENDA_LIMITS, AGENDA_SOURCES, Proposal
from agreements.duties.requirements import Mark
from agreements.enums import GroupKind, GroupLevel
from agreements.hub import TOPICS, Topic
from agreements.navigation import TABS, Tab
from agreements.permissions import Permission, access_of
from agreements.scope import Scope
from agreements.tasks import NEWS_SOURCES, TASK_SOURCES, Headline, Task
from followup import obstacles
from followup.contributions.progress import decided_actions
from followup.demo import obstacles as demo_obstacles
from followup.enums import ObstacleState
from followup.models import Obstacle
from plans.afterwards import ACTION_OFFERS, Offer
from plans.demo.loading import FURTHER
from plans.start_page import START_NEWS
from plans.states_doc import TABLES, Table
from trygghet.dates import day

P, S = Permission, ObstacleState
SHOWN_FOR = timedelta(days=14)
"""How long an answer stands on Min sida as something new."""
SUBJECT = "obstacle"

FURTHER.add(demo_obstacles)
TABS.add(Tab("obstacles", "Hinder", frozenset(obstacles.READS), app="followup"))

TABLES.add(
    Table(
        title="An obstacle",
        source="followup/obstacles.py",
        transitions=obstacles.OBSTACLE_TRANSITIONS,
        states=S.choices,
        remark="Every step but taking it back is an answer that the reporter reads, from whoever it lies with: the "
        "district's preparation group, its steering group, or the city (P25). How long the reporter has waited is a "
        "clock and no state.",
    )
)


# --- Reporting, from where one is


@ACTION_OFFERS.add
def report_on_action(plan, user):
    """Offer to report what hinders an action, as it was decided (at most 1 query)."""
    if not access_of(user).allows(P.REPORT_OBSTACLE, plan.district_id):
        return {}
    slug = Scope(plan.district).slug
    return {
        uid: [Offer(label="Rapportera hinder", address=obstacles.report_address(slug, year=plan.year, action=uid))]
        for uid in decided_actions(plan)
    }


# --- Whose turn it is


@TASK_SOURCES.add
def obstacles_to_answer(user):
    """What the person is to answer, a task for each place and state (1 query)."""

    def where(obstacle):
        return (obstacle.district_id is not None, str(obstacle.district or ""), obstacle.state)

    found = sorted(obstacles.waiting_for(user), key=where)
    return [_to_answer(list(each)) for _, each in groupby(found, key=where)]


_ASKED = {
    S.REPORTED: ("Svara på ett rapporterat hinder", "Svara på {} rapporterade hinder"),
    S.HANDLED_LOCALLY: ("Svara på nytt på ett hinder som har väntat", "Svara på nytt på {} hinder som har väntat"),
    S.RAISED: ("Svara på ett hinder som är lyft till styrgruppen", "Svara på {} hinder som är lyfta till styrgruppen"),
    S.ESCALATED: ("Svara på ett hinder som är lyft till staden", "Svara på {} hinder som är lyfta till staden"),
    S.ACKNOWLEDGED: ("Berätta vad som händer med ett hinder", "Berätta vad som händer med {} hinder"),
    S.MEASURE_DECIDED: ("Berätta hur det har gått med ett hinder", "Berätta hur det har gått med {} hinder"),
    S.RESOLVED: ("Avsluta ett hinder som är löst", "Avsluta {} hinder som är lösta"),
}  # fmt: skip


def _to_answer(waiting):
    first = waiting[0]
    one, several = _ASKED[first.state]
    scope = Scope(first.district)
    is_alone = len(waiting) == 1
    return Task(
        text=one if is_alone else several.format(len(waiting)),
        about=f"Hinder, {scope.mid_phrase}",
        address=obstacles.address_of(first) if is_alone else obstacles.list_address(scope),
        since=max(each.last_answer_at for each in waiting),
        told=(f"{first.title}. {obstacles.clock_of(first).told}.",) if is_alone else (),
        places=() if is_alone else tuple(
            (f"{each.title} – {obstacles.clock_of(each).told.lower()}", obstacles.address_of(each)) for each in waiting
        ),
    )  # fmt: skip


# --- The answers


@NEWS_SOURCES.add
def answers_in_letters(user, since):
    """That what the person has reported has been answered, one line for each, without a word of it (1 query)."""
    return [
        Headline(
            text="Ditt hinder har fått svar" if count == 1 else f"Ditt hinder har fått {count} svar",
            about=f"Hinder, {Scope(found.district).mid_phrase}",
            address=obstacles.address_of(found),
        )
        for found, count in _answered(user, since)
    ]


@START_NEWS.add
def answers_on_start(user):
    """What the person has reported and has been answered in the last weeks, the latest first (1 query)."""
    return [
        Headline(
            text=f"Hindret du rapporterade fick svar {day(step.at)}: {step.told[:1].lower()}{step.told[1:]}.",
            about=step.obstacle.title,
            address=obstacles.address_of(step.obstacle),
        )
        for step in _latest_of_each(obstacles.answers_to(user, timezone.now() - SHOWN_FOR), user)
    ]


def _latest_of_each(steps, user):
    return {step.obstacle_id: step for step in reversed(steps)}.values()


def _answered(user, since):
    steps = obstacles.answers_to(user, since)
    counts = Counter(step.obstacle_id for step in steps)
    found = {step.obstacle_id: step.obstacle for step in steps}
    return [(found[pk], count) for pk, count in counts.items()]


# --- On an agenda


@AGENDA_SOURCES.add
def obstacles_for_group(group, user):
    """What waits for the group: raised obstacles for the steering group, lifted ones for the city's (1 query)."""
    is_city = group.level == GroupLevel.CITY
    if group.kind == GroupKind.WORKING or (group.kind == GroupKind.PREPARATION and not is_city):
        return []
    found = obstacles.readable(user)
    if is_city:
        lifted = found.filter(district__isnull=False, state__in=(S.ESCALATED, S.ACKNOWLEDGED))
        own = found.filter(district__isnull=True, state=S.RAISED)
        found = lifted | own if group.kind == GroupKind.STEERING else lifted
    else:
        found = found.filter(district=group.district_id, state=S.RAISED)
    return [_proposal(each, is_city) for each in obstacles.waiting_first(found)]


def _proposal(obstacle, is_city):
    place = f", {Scope(obstacle.district)}" if is_city and obstacle.district else ""
    return Proposal(
        subject=f"{SUBJECT}:{obstacle.pk}",
        title=f"Hinder{place}: {obstacle.title}",
        address=obstacles.address_of(obstacle),
        background=f"{obstacle.get_state_display()}. {obstacles.clock_of(obstacle).told}.",
        is_decision=True,
        since=timezone.localdate(obstacle.last_answer_at),
    )


@AGENDA_LIMITS.add
def obstacles_not_read(user, meeting, items):
    """Return the items about obstacles that the person does not read (at most 1 query)."""
    named = {item.pk: UUID(item.subject.partition(":")[2]) for item in items if item.subject.startswith(f"{SUBJECT}:")}
    if not named:
        return set()
    read = set(Obstacle.objects.visible_to(user).filter(pk__in=named.values()).values_list("pk", flat=True))
    return {item for item, uid in named.items() if uid not in read}


# --- On the hub


@TOPICS.add
def obstacles_of_place(scope, user):
    """Return how many obstacles are open in the place and who they lie with (1 query).

    None where there has never been one, or for who reads none. The city's page counts those that the districts have
    lifted too.
    """
    if not any(scope.allows(user, each) for each in (P.READ_OBSTACLES, P.READ_ESCALATED_OBSTACLES)):
        return None
    here = Q(escalated_at__isnull=False) | Q(district=None) if scope.is_city else Q(district=scope.district)
    ever = list(obstacles.readable(user).filter(here))
    if not ever:
        return None
    found = [each for each in ever if each.state in obstacles.OPEN]
    long = sum(obstacles.clock_of(each).is_long for each in found)
    return Topic(
        name="obstacles",
        title="Hinder",
        address=obstacles.list_address(scope),
        sign=Mark.LATE if long else Mark.PARTLY if found else Mark.RECORDED,
        words=f"{len(found)} {'öppet' if len(found) == 1 else 'öppna'}" if found else "Inget är öppet",
        notes=_figures(found, long, len(ever) - len(found)),
    )


def _figures(found, long, ended):
    turns = Counter(obstacles.whose_turn(each) for each in found)
    notes = [f"{', '.join(f'{count} hos {turn}' for turn, count in turns.items())}."] if turns else []
    if long:
        notes.append(f"{long} har väntat mer än {obstacles.PATIENCE.days} dagar på svar.")
    if ended:
        notes.append(f"{ended} {'är avslutat' if ended == 1 else 'är avslutade'}.")
    return notes
