"""Hinder: what keeps the parties from carrying out a plan, and the way to an answer (seed 003, P25).

An obstacle is handled where it can be: in the district, by its steering group,
or by the city. Every step onward is an answer that the reporter reads, so none
is taken without one, and none is closed without one. The clock counts from the
latest answer.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from agreements.permissions import Permission, access_of
from agreements.scope import Scope
from followup.enums import ObstacleState
from followup.models import Obstacle, ObstacleStep
from followup.sent_once import write_once
from plans.models import PlanVersion
from trygghet.workflow import Blocker, StepRefused, Transition, Workflow

P, S = Permission, ObstacleState
PATIENCE = timedelta(days=14)
"""How long the reporter waits for an answer before it is said that the obstacle has waited for long."""
READS = (P.READ_OBSTACLES, P.REPORT_OBSTACLE, P.READ_ESCALATED_OBSTACLES)
ENDED = (S.CLOSED, S.WITHDRAWN, S.MERGED)
OPEN = tuple(state for state in S if state not in ENDED)
REPORTER = "reporter"  # no role's permission: whoever reported it

IN_DISTRICT = frozenset({P.HANDLE_OBSTACLE})
BY_STEERING = frozenset({P.ANSWER_RAISED_OBSTACLE})
BY_CITY = frozenset({P.ANSWER_ESCALATED_OBSTACLE})
ANYWHERE = IN_DISTRICT | BY_STEERING | BY_CITY
PREPARATION = "Trygghetsstrategen eller kommunpolisen"
STEERING = "Styrgruppens ordförande eller sekreterare"
CITY = "Den centrala beredningsgruppen, eller den centrala styrgruppens ordförande eller sekreterare"


def turn_of(obstacle):
    """Return the permissions of those whose turn it is to answer, in the state where the obstacle stands."""
    lifted = obstacle.escalated_at is not None
    return {
        S.REPORTED: IN_DISTRICT,
        S.HANDLED_LOCALLY: IN_DISTRICT,
        S.RAISED: BY_STEERING,
        S.ESCALATED: BY_CITY,
        S.ACKNOWLEDGED: BY_CITY,
        S.MEASURE_DECIDED: BY_CITY if lifted else BY_STEERING,
        # Whether it is solved they know best who met it.
        S.RESOLVED: IN_DISTRICT | (BY_CITY if lifted else BY_STEERING),
    }.get(obstacle.state, frozenset())


# --- Guards


def is_a_districts(obstacle, user):
    """What is the city's own is with the city already."""
    return (
        []
        if obstacle.district_id
        else [Blocker("Hindret gäller stadens egen plan och ligger redan hos staden.", is_final=True)]
    )


def has_another(obstacle, user):
    """There is another open obstacle in the same place for it to belong to."""
    if others_of(obstacle, user).exists():
        return []
    return [Blocker("Det finns inget annat öppet hinder här som det kan höra ihop med.", is_final=True)]


def others_of(obstacle, user):
    """Return the open obstacles of the same place that the person reads, which it could belong to."""
    others = Obstacle.objects.visible_to(user).filter(district=obstacle.district_id, state__in=OPEN)
    return others.exclude(pk=obstacle.pk).order_by("-reported_at")


# --- Effects


class AnsweredAlready(StepRefused):
    """The same answer has just been given by the same person: its button was pressed twice. Nothing was done."""

    def __init__(self):
        super().__init__("Det är redan gjort. Ditt svar står nedan.")


def _answered(obstacle, *, by):
    obstacle.last_answer_at = timezone.now()


def _answered_where_it_is(obstacle, *, by, answer="", after=None):
    """Nothing but the steps tells an answer that is sent twice, since the obstacle stays where it is."""
    if answer and is_answered_already(obstacle, "answer", answer, by=by, after=after):
        raise AnsweredAlready
    obstacle.last_answer_at = timezone.now()


def is_answered_already(obstacle, name, answer, *, by, after=None):
    """Whether the person has taken the step of that name with the same words (1 query).

    Since ``after``, the latest step that they saw when they wrote; where that is not known, as the latest step of all.
    """
    steps = obstacle.steps.order_by("-pk")
    since = steps[:1] if after is None else steps.filter(pk__gt=after)
    return any((step.name, step.by_id, _plain(step.reason)) == (name, by.pk, _plain(answer)) for step in since)


def _plain(text):
    """The text with the line ends that it has wherever it came from."""
    return text.replace("\r\n", "\n").strip()


def _escalated(obstacle, *, by):
    obstacle.last_answer_at = obstacle.escalated_at = timezone.now()


def _merged(obstacle, *, by, into):
    """Let it follow the other, and what followed it too, so that each reporter reads the answers."""
    if not others_of(obstacle, by).filter(pk=into.pk).exists():
        raise StepRefused("Det hindret är inte öppet längre. Välj ett annat.")
    obstacle.last_answer_at, obstacle.merged_into = timezone.now(), into
    Obstacle.objects.filter(merged_into=obstacle).update(merged_into=into)
    return f"Lade ihop hindret med «{into.title}»"


# --- The steps

OBSTACLE_TRANSITIONS = (
    Transition(
        name="handle_locally",
        slug="hantera",
        label="Hantera i stadsdelen",
        who=PREPARATION,
        does="tar hand om ett rapporterat hinder",
        told="Tog hand om hindret i stadsdelen",
        sources=(S.REPORTED,),
        target=S.HANDLED_LOCALLY,
        permissions=IN_DISTRICT,
        effect=_answered,
        needs_reason=True,
    ),
    Transition(
        name="raise",
        slug="lyft",
        label="Lyft till styrgruppen",
        who=PREPARATION,
        does="lyfter ett hinder till styrgruppen",
        told="Lyfte hindret till styrgruppen",
        sources=(S.REPORTED, S.HANDLED_LOCALLY),
        target=S.RAISED,
        permissions=IN_DISTRICT,
        effect=_answered,
        needs_reason=True,
    ),
    Transition(
        name="escalate",
        slug="lyft-till-staden",
        label="Lyft till staden",
        who=STEERING,
        does="lyfter ett hinder till staden",
        told="Lyfte hindret till staden",
        sources=(S.RAISED,),
        target=S.ESCALATED,
        permissions=BY_STEERING,
        guards=(is_a_districts,),
        effect=_escalated,
        needs_reason=True,
    ),
    Transition(
        name="acknowledge",
        slug="ta-emot",
        label="Ta emot",
        who=CITY,
        does="tar emot ett hinder som har lyfts till staden",
        told="Tog emot hindret",
        sources=(S.ESCALATED,),
        target=S.ACKNOWLEDGED,
        permissions=BY_CITY,
        effect=_answered,
        needs_reason=True,
    ),
    Transition(
        name="decide_measure",
        slug="besluta-atgard",
        label="Registrera vad som är beslutat",
        who="Den styrgrupp som hindret ligger hos, eller den centrala beredningsgruppen",
        does="registrerar vad som är beslutat om hindret",
        told="Registrerade vad som är beslutat",
        sources=(S.RAISED, S.ACKNOWLEDGED),
        target=S.MEASURE_DECIDED,
        permissions=BY_STEERING | BY_CITY,
        effect=_answered,
        needs_reason=True,
    ),
    Transition(
        name="resolve",
        slug="lost",
        label="Hindret är löst",
        who="De som hindret ligger hos",
        does="säger att ett hinder är löst",
        told="Sa att hindret är löst",
        sources=(S.HANDLED_LOCALLY, S.MEASURE_DECIDED),
        target=S.RESOLVED,
        permissions=ANYWHERE,
        effect=_answered,
        needs_reason=True,
    ),
    Transition(
        name="answer",
        slug="svara",
        label="Svara utan att gå vidare",
        who="De som hindret ligger hos",
        does="svarar den som har rapporterat det",
        told="Svarade",
        sources=(S.HANDLED_LOCALLY, S.RAISED, S.ESCALATED, S.ACKNOWLEDGED, S.MEASURE_DECIDED),
        target=None,
        permissions=ANYWHERE,
        effect=_answered_where_it_is,
        needs_reason=True,
    ),
    Transition(
        name="merge",
        slug="hor-ihop",
        label="Hör ihop med ett annat",
        who="De som hindret ligger hos",
        does="lägger ihop det med ett annat",
        told="Lade ihop hindret med ett annat",
        sources=OPEN,
        target=S.MERGED,
        permissions=ANYWHERE,
        guards=(has_another,),
        effect=_merged,
        needs_reason=True,
    ),
    Transition(
        name="close",
        slug="avsluta",
        label="Avsluta",
        who="De som hindret ligger hos",
        does="avslutar det med ett svar",
        told="Avslutade hindret",
        sources=OPEN,
        target=S.CLOSED,
        permissions=ANYWHERE,
        effect=_answered,
        needs_reason=True,
    ),
    Transition(
        name="withdraw",
        slug="ta-tillbaka",
        label="Ta tillbaka hindret",
        who="Den som rapporterade hindret",
        does="tar tillbaka det",
        told="Tog tillbaka hindret",
        sources=tuple(state for state in OPEN if state != S.RESOLVED),
        target=S.WITHDRAWN,
        permissions=frozenset({REPORTER}),
        needs_reason=True,
        is_back=True,
    ),
)


def _allows(user, permission, obstacle):
    if permission == REPORTER:
        return obstacle.reported_by_id == user.pk
    return permission in turn_of(obstacle) and access_of(user).allows(permission, obstacle.district_id)


WORKFLOW = Workflow(OBSTACLE_TRANSITIONS, allows=_allows, log=ObstacleStep.log_of("obstacle"))


@transaction.atomic
def report(plan, *, by, title, text, action=None, uid=None):
    """Report an obstacle to the plan, or to one of its actions; return (obstacle, whether it was reported now).

    ``uid`` is what the form that was sent calls it: the same form sent twice
    reports one. Raises SentBefore for a form that was sent with another text.
    """
    given = {
        "district": plan.district, "plan": plan, "action": action or None, "title": title, "text": text,
        "reported_by": by, "last_answer_at": timezone.now(),
    }  # fmt: skip
    obstacle, is_new = write_once(Obstacle, uid, given, own=("reported_by",), stamps=("last_answer_at",))
    if is_new:
        ObstacleStep.objects.create(
            obstacle=obstacle, name="report", from_state="", to_state=obstacle.state, by=by, told="Rapporterade hindret"
        )
    return obstacle, is_new


# --- Where


def list_address(scope):
    """Return where the place's obstacles are."""
    return reverse("followup:obstacles", args=[scope.slug])


def report_address(slug, *, year=None, action=None):
    """Return where an obstacle of the place is reported, on the year's plan and one of its actions if given."""
    asked = "&".join(f"{name}={value}" for name, value in (("ar", year), ("atgard", action)) if value)
    return reverse("followup:obstacle_report", args=[slug]) + (f"?{asked}" if asked else "")


def address_of(obstacle):
    """Return the obstacle's page."""
    return reverse("followup:obstacle", args=[Scope(obstacle.district).slug, obstacle.pk])


def versions_to_report_on(scope):
    """Return the place's decided versions in force, the latest year first: obstacles are to what is decided.

    That there is one is no secret to who takes part; what it says is asked of the person (1 query).
    """
    versions = PlanVersion.objects.in_force().filter(**scope.lookup("plan__district"))
    return versions.with_place().order_by("-plan__cycle__year")


# --- How they stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How many days the reporter has waited since the latest answer, or since reporting if there is none."""

    days: int
    is_answered: bool

    @property
    def is_long(self):
        """Whether it is longer than anyone should wait."""
        return self.days > PATIENCE.days

    @property
    def told(self):
        """The wait in words: "12 dagar sedan senaste svar"."""
        if not self.is_answered:
            return f"{_ago(self.days)} utan svar" if self.days else "Rapporterat i dag"
        return f"{_ago(self.days)} sedan senaste svar" if self.days else "Senaste svar i dag"


def clock_of(obstacle, today=None):
    """Return the :class:`Clock` of an open obstacle, None for one that is ended."""
    if obstacle.state in ENDED:
        return None
    today = today or timezone.localdate()
    days = (today - timezone.localdate(obstacle.last_answer_at)).days
    return Clock(days=days, is_answered=obstacle.state != S.REPORTED)


def age_of(obstacle, ended_at=None):
    """Say how long it has been open, or was: "Öppet i 34 dagar", "Var öppet i 34 dagar"."""
    until = timezone.localdate(ended_at) if ended_at else timezone.localdate()
    days = (until - timezone.localdate(obstacle.reported_at)).days
    return f"{'Var öppet' if ended_at else 'Öppet'} i {_ago(days)}" if days else "Mindre än en dag"


def _ago(days):
    return "1 dag" if days == 1 else f"{days} dagar"


def whose_turn(obstacle):
    """Say who must answer now: "stadsdelens beredningsgrupp"; "" for one that is ended."""
    city = obstacle.district_id is None
    if obstacle.state in (S.RAISED, S.MEASURE_DECIDED) and obstacle.escalated_at is None:
        return "centrala styrgruppen" if city else "lokala styrgruppen"
    if obstacle.state in (S.ESCALATED, S.ACKNOWLEDGED, S.MEASURE_DECIDED):
        return "centrala beredningsgruppen"
    if obstacle.state in ENDED:
        return ""
    return "centrala beredningsgruppen" if city else "stadsdelens beredningsgrupp"


def waiting_first(obstacles):
    """Return the obstacles, those that have waited longest for an answer first."""
    return sorted(obstacles, key=lambda obstacle: obstacle.last_answer_at)


def readable(user):
    """Return the obstacles that the person reads, with all that a line of them names."""
    found = Obstacle.objects.visible_to(user)
    return found.select_related("district", "plan__district", "plan__cycle", "reported_by", "merged_into__district")


# --- Who must answer


def waiting_for(user):
    """Return the open obstacles that the person is to answer, the longest wait first (1 query).

    What nobody has begun with always; what is being dealt with once the reporter has waited for long.
    """
    access = access_of(user)
    city = ~Q(escalated_at=None)
    levels = (
        (P.HANDLE_OBSTACLE, Q(), (S.REPORTED, S.RESOLVED), (S.HANDLED_LOCALLY,)),
        (P.ANSWER_RAISED_OBSTACLE, ~city, (S.RAISED,), (S.MEASURE_DECIDED,)),
        (P.ANSWER_ESCALATED_OBSTACLE, city, (S.ESCALATED,), (S.ACKNOWLEDGED, S.MEASURE_DECIDED)),
    )
    long_ago = timezone.now() - PATIENCE
    condition, may_any = Q(pk__in=[]), False
    for permission, where, always, in_time in levels:
        reach = access.reach({permission})
        if reach:
            may_any = True
            waits = Q(state__in=always) | Q(state__in=in_time, last_answer_at__lt=long_ago)
            condition |= reach.condition() & where & waits
    return list(readable(user).filter(condition).order_by("last_answer_at")) if may_any else []


def answers_to(user, since):
    """Return the steps that others have taken after the moment on what the person has reported (1 query).

    Also on what it was found to belong to.
    """
    own = Q(obstacle__reported_by=user) | Q(obstacle__merged__reported_by=user)
    steps = ObstacleStep.objects.filter(own, at__gt=since).exclude(by=user).exclude(name="report")
    steps = steps.select_related("obstacle__district").distinct()
    return list(steps.order_by("-pk"))
