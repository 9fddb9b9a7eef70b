"""What waits for a person in the plans, by what they may do where and how far each plan has come.

:data:`DUTIES` is the one table: who, in which state, when; the words, where it
is done, and which of the year's last days it has. Nothing here decides what a
person may do: that is asked again where it is done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Max, OuterRef, Subquery
from django.urls import reverse

from agreements.enums import Role
from agreements.permissions import Permission, access_of
from agreements.tasks import Task
from agreements.year.deadlines import own_scopes
from plans.actors import said_of
from plans.comments import UNRESOLVED
from plans.completeness import gaps
from plans.enums import CommentKind, CommentState, Party, PlanState, SubmissionState
from plans.loading import load
from plans.models import ActionPlan, Comment, PlanEvent, PlanStep, PlanVersion, PlanVisit, Review, Submission
from plans.workflow import PARTY_WORDS
from trygghet.dates import day, is_late
from trygghet.words import counted, lower_first

P = Permission
GAPS_READ_IN = 2
"""In how many plans what is missing is looked for; a person writes one a year, two while the years meet."""

# The steps that have a last day: the cycle's field, what it is called, and which of a plan's cases have taken it.
DEADLINES = (
    ("review_due", "Planen på granskning", lambda case: case.has_been_reviewed),
    ("decision_due", "Beslut i lokala styrgruppen", lambda case: case.version is not None),
    ("submission_due", "Inskickad till staden", lambda case: case.submission is not None),
    ("board_due", "Beslut i stadsdelsnämnden", lambda case: case.has_board_decision),
)


# --- How far each plan has come, to the person


@dataclass(kw_only=True)
class Case:
    """A plan of the person's own district and what is known of it without asking the database again.

    ``is_readable``: the plan as it now stands; otherwise the person knows only
    ``version``, the one in force. ``marks`` are the parties' reviews,
    ``moved`` the step that brought the plan to the state it is in.
    """

    plan: ActionPlan
    user: object
    is_readable: bool = True
    marks: dict = field(default_factory=dict)
    comments: list = field(default_factory=list)
    version: PlanVersion | None = None
    submission: Submission | None = None
    moved: PlanStep | None = None
    visit: PlanVisit | None = None
    gaps: list | None = None  # None: not looked for

    @property
    def place(self):
        return [self.plan.scope.slug, self.plan.year]

    @property
    def name(self):
        """The plan as the list names it; the version when it is not the first."""
        return str(self.plan) if self.plan.version == 1 else f"{self.plan}, version {self.plan.version}"

    def address(self, name, *rest):
        """Return the address of one of the plan's pages."""
        return reverse(f"plans:{name}", args=[*self.place, *rest])

    def may(self, permission):
        return access_of(self.user).allows(permission, self.plan.district_id)

    def holds(self, party):
        """Whether the party has marked the plan as reviewed since its latest change."""
        return party in self.marks and self.marks[party].holds(self.plan.latest_event or 0)

    @property
    def is_reviewed(self):
        return all(self.holds(party) for party in Party)

    @property
    def has_been_reviewed(self):
        return self.version is not None or self.plan.state != PlanState.DRAFT

    @property
    def has_board_decision(self):
        return self.version is not None and hasattr(self.version, "board_decision")

    @property
    def is_current(self):
        """Whether the decided version is the one the plan stands at, and not an earlier one."""
        return self.version is not None and self.version.number == self.plan.version

    @property
    def blocking(self):
        """What is missing that stops the review."""
        return [gap for gap in self.gaps or () if gap.is_blocking]

    def said(self, *kinds, state, by_me=None):
        """Return the comments of those kinds and in that state; ``by_me``: only one's own, or others'."""
        return [
            comment
            for comment in self.comments
            if comment.kind in kinds and comment.state == state and by_me in (None, comment.by_id == self.user.pk)
        ]

    def due(self, name):
        """Return the year's last day for a step, None if the city has not said; it is that of the first version."""
        number = self.version.number if self.version and not self.is_readable else self.plan.version
        return getattr(self.plan.cycle, name) if name and number == 1 else None


def cases_of(user, with_gaps=True):
    """Return a :class:`Case` for each plan of the person's own districts that they may know (up to 8 queries).

    Where the person writes, what is missing is read too unless told otherwise:
    5 queries a plan, for at most :data:`GAPS_READ_IN`, the latest years first.
    """
    own = access_of(user).own()
    if not own:
        return []
    found = {plan.pk: Case(plan=plan, user=user) for plan in _plans(user, own)}
    for version in _versions(user, own):
        case = found.setdefault(version.plan_id, Case(plan=version.plan, user=user, is_readable=False))
        case.version = version
    _put_what_is_known(found, user)
    writes = [case for case in found.values() if case.plan.state == PlanState.DRAFT and case.may(P.EDIT_PLAN)]
    for case in writes[: GAPS_READ_IN if with_gaps else 0]:
        case.gaps = gaps(load(case.plan, with_parts=False).document)
    return list(found.values())


def own_districts(user):
    """Return the ids of the districts where the person has a seat in a group."""
    return access_of(user).own_districts()


def _plans(user, own):
    latest = PlanEvent.objects.filter(plan=OuterRef("pk")).order_by().values("plan").annotate(last=Max("pk"))
    moved = PlanStep.objects.filter(plan=OuterRef("pk")).exclude(from_state=F("to_state"))
    plans = ActionPlan.objects.visible_to(user).filter(own.condition()).with_place()
    plans = plans.annotate(latest_event=Subquery(latest.values("last")), moved_by=Subquery(moved.values("pk")[:1]))
    return plans.order_by("-cycle__year", "district__name")


def _versions(user, own):
    versions = PlanVersion.objects.visible_to(user).filter(own.condition("plan__district")).in_force().with_place()
    return versions.select_related("board_decision").defer("document", "facts", "counts").order_by("-plan__cycle__year")


def _put_what_is_known(found, user):
    of_plans = {"plan__in": found}
    for mark in Review.objects.filter(**of_plans):
        found[mark.plan_id].marks[mark.party] = mark
    unresolved = Comment.objects.visible_to(user).filter(state__in=UNRESOLVED, **of_plans)
    for comment in unresolved.annotate(answered_at=Max("answers__at")).only("plan", "kind", "state", "by", "at"):
        found[comment.plan_id].comments.append(comment)
    for visit in PlanVisit.objects.filter(user=user, **of_plans):
        found[visit.plan_id].visit = visit
    by_version = {case.version.pk: case for case in found.values() if case.version}
    for submission in Submission.objects.filter(version__in=by_version).order_by("pk"):  # the latest stays
        by_version[submission.version_id].submission = submission
    moved = [case.plan.moved_by for case in found.values() if case.is_readable]
    for step in PlanStep.objects.filter(pk__in=moved).select_related("by"):
        found[step.plan_id].moved = step


# --- The table


def _always(case):
    return True


def _moved_at(case):
    """When the plan came to where it is."""
    return case.moved.at if case.moved else None


def _said_at(comments):
    """When the latest of the comments was written or answered."""
    return lambda case: max((each.answered_at or each.at for each in comments(case)), default=None)


def _nothing(case):
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something that waits for whoever has the permission, in a plan in one of the states.

    ``states`` None: whatever the state, also when only the version in force is
    known. ``due`` names the field of the cycle with the last day, ``since``
    says from when it has waited. ``told`` gives sentences that explain,
    ``places`` the gaps to go to.
    """

    permission: Permission
    states: frozenset | None
    when: Callable = _always
    text: Callable | str
    address: Callable
    due: str = ""
    since: Callable = _moved_at
    told: Callable = _nothing
    places: Callable = _nothing

    def waits_in(self, case):
        is_here = self.states is None or (case.is_readable and case.plan.state in self.states)
        # What a district does towards the city and its board has no counterpart in the city's own plan.
        is_theirs = self.due not in ("submission_due", "board_due") or not case.plan.scope.is_city
        return is_theirs and is_here and case.may(self.permission) and self.when(case)


DRAFT, IN_REVIEW = frozenset({PlanState.DRAFT}), frozenset({PlanState.IN_REVIEW})
READY, DECIDED = frozenset({PlanState.READY_FOR_DECISION}), frozenset({PlanState.DECIDED})
UNDECIDED = DRAFT | IN_REVIEW | READY


def _sent_back(case):
    """Why the plan came back to draft, in the words of whoever sent it."""
    step = case.moved
    if step is None or step.to_state != PlanState.DRAFT or not step.reason:
        return ()
    return (f"{step.by or 'Ett kommando'} {lower_first(step.told)}, {day(step.at)}: «{step.reason}»",)


def _what_is_new_in_it(case):
    """Where the steering group sees what has changed since it decided the last time."""
    return (f"Underlaget visar vad som har ändrats sedan version {case.version.number}.",) if case.version else ()


def _completion(case):
    return (f"Staden skriver: «{case.submission.answer}»",)


def _mark(permission, party):
    def has_fallen(case):
        return ("Planen har ändrats sedan ni markerade den.",) if party in case.marks else ()

    return Duty(
        permission=permission, states=IN_REVIEW, when=lambda case: not case.holds(party),
        text=f"Läs planen och markera den som granskad för {PARTY_WORDS[party]}",
        address=lambda case: case.address("step", "granskad"), due="decision_due", told=has_fallen,
    )  # fmt: skip


def _must_fixes(case):
    return case.said(CommentKind.MUST_FIX, state=CommentState.OPEN)


def _questions(case):
    return case.said(CommentKind.QUESTION, state=CommentState.OPEN, by_me=False)


def _own_must_fixes(case):
    return case.said(CommentKind.MUST_FIX, state=CommentState.ANSWERED, by_me=True)


def _own_answered(case):
    return case.said(CommentKind.COMMENT, CommentKind.QUESTION, state=CommentState.ANSWERED, by_me=True)


def _told(comments, one, several):
    return counted(len(comments), one, several)


def _comments_at(which):
    return lambda case: f"{case.address('comments')}?visa={which}"


def answers_told(count):
    """Say that comments of the person's have been answered."""
    return "Läs svaret på din kommentar" if count == 1 else f"Läs svaren på {count} av dina kommentarer"


def _only_comments(case):
    return not (case.may(P.REVIEW_FOR_CITY) or case.may(P.REVIEW_FOR_POLICE))


def _only_attends(case):
    role = Role.CITY_STEERING if case.plan.scope.is_city else Role.LOCAL_STEERING
    is_member = access_of(case.user).has_role(role, case.plan.district_id)
    return is_member and not case.may(P.DECIDE)


def _is_unread(case):
    return case.plan.shared_at and (case.visit is None or case.visit.at < case.plan.shared_at)


DUTIES = (
    # The city asks for more
    Duty(
        permission=P.EDIT_PLAN, states=DECIDED,
        when=lambda case: case.is_current and _submission_is(case, SubmissionState.COMPLETION_REQUESTED),
        text="Komplettera planen och skicka in den igen",
        address=lambda case: case.plan.get_absolute_url(), due="submission_due", told=_completion,
        since=lambda case: case.submission.answered_at,
    ),
    # To be decided now
    Duty(
        permission=P.DECIDE, states=READY, text="Besluta om planen, eller återremittera den",
        address=lambda case: case.address("decision_basis"), due="decision_due", told=_what_is_new_in_it,
    ),
    Duty(
        permission=P.READ_READY, states=READY, when=_only_attends,
        text="Läs beslutsunderlaget inför styrgruppens beslut",
        address=lambda case: case.address("decision_basis"), due="decision_due", told=_what_is_new_in_it,
    ),
    # What is said of the plan
    Duty(
        permission=P.READ_COMMENTS, states=UNDECIDED, when=_own_must_fixes,
        text=lambda case: f"{answers_told(len(_own_must_fixes(case)))} som måste åtgärdas",
        address=_comments_at("maste"), due="decision_due", since=_said_at(_own_must_fixes),
        told=lambda case: ("Planen kan inte beslutas förrän det är löst. Lös det om svaret räcker, eller svara igen.",),
    ),
    Duty(
        permission=P.EDIT_PLAN, states=UNDECIDED, when=_must_fixes,
        text=lambda case: f"Ta hand om {_told(_must_fixes(case), 'kommentar', 'kommentarer')} som måste åtgärdas",
        address=_comments_at("maste"), due="decision_due", since=_said_at(_must_fixes),
        told=lambda case: ("Planen kan inte skickas till beslut innan dess.",),
    ),
    Duty(
        permission=P.EDIT_PLAN, states=None, when=_questions,
        text=lambda case: f"Svara på {_told(_questions(case), 'fråga', 'frågor')}", address=_comments_at("fragor"),
        since=_said_at(_questions),
    ),
    # The plan's way on
    Duty(
        permission=P.EDIT_PLAN, states=DRAFT, when=lambda case: case.blocking,
        text="Fyll i det som måste finnas innan planen kan granskas",
        address=lambda case: _at(case, case.blocking[0]), due="review_due", told=_sent_back,
        places=lambda case: case.blocking,
    ),
    Duty(
        permission=P.EDIT_PLAN, states=DRAFT, when=lambda case: not case.blocking,
        text="Skriv klart planen och skicka den på granskning",
        address=lambda case: case.address("step", "skicka-pa-granskning"), due="review_due", told=_sent_back,
        places=lambda case: case.gaps or (),
    ),
    _mark(P.REVIEW_FOR_CITY, Party.CITY),
    _mark(P.REVIEW_FOR_POLICE, Party.POLICE),
    Duty(
        permission=P.EDIT_PLAN, states=IN_REVIEW,
        when=lambda case: case.is_reviewed and not _must_fixes_left(case),
        text="Skicka planen till styrgruppen för beslut",
        address=lambda case: case.address("step", "skicka-till-beslut"), due="decision_due",
    ),
    Duty(
        permission=P.EDIT_PLAN, states=DECIDED, when=lambda case: case.is_current and case.submission is None,
        text="Skicka den beslutade planen till staden",
        address=lambda case: case.address("submission_step", case.version.number, "skicka-till-staden"),
        due="submission_due",
    ),
    Duty(
        permission=P.RECORD_BOARD_DECISION, states=None,
        when=lambda case: case.version is not None and not case.has_board_decision,
        text=lambda case: f"Registrera nämndens beslut om version {case.version.number}",
        address=lambda case: case.address("board_decision", case.version.number), due="board_due",
        since=lambda case: case.version.frozen_at,
    ),
    # To read and to say something about
    Duty(
        permission=P.COMMENT_REVIEW, states=IN_REVIEW, when=_only_comments, text="Läs planen och kommentera den",
        address=lambda case: case.plan.get_absolute_url(), due="decision_due",
    ),
    Duty(
        permission=P.READ_SHARED_DRAFT, states=DRAFT, when=_is_unread,
        text=lambda case: f"Läs utkastet som delades {day(case.plan.shared_at)}",
        address=lambda case: case.plan.get_absolute_url(), since=lambda case: case.plan.shared_at,
    ),
    Duty(
        permission=P.READ_COMMENTS, states=None, when=_own_answered,
        text=lambda case: answers_told(len(_own_answered(case))), address=_comments_at("oppna"),
        since=_said_at(_own_answered),
    ),
)  # fmt: skip


def _submission_is(case, state):
    return case.submission is not None and case.submission.state == state


def _must_fixes_left(case):
    return any(comment.kind == CommentKind.MUST_FIX for comment in case.comments)


def _at(case, gap):
    return f"{case.address('area', gap.position)}#rad-{gap.uid}"


# --- What waits


def tasks_of(user, cases, years=()):
    """Return the person's :class:`Task` list, the most urgent first.

    ``years`` are the planning cycles in which a plan that is missing is to be
    begun. In the city's groups one query more for each thing that waits there.
    """
    found = [_task(duty, case) for duty in DUTIES for case in cases if duty.waits_in(case)]
    found += _to_begin(user, cases, years)
    if access_of(user).allows(P.RECEIVE, None):
        found += _to_receive(user) + _answered_in_the_city(user)
    return sorted(found, key=lambda task: task.due or date.max)  # what is equally urgent comes as in the table


def _task(duty, case):
    return Task(
        text=said_of(case.plan, duty.text if isinstance(duty.text, str) else duty.text(case)),
        about=case.name,
        address=duty.address(case),
        due=case.due(duty.due),
        since=duty.since(case),
        told=duty.told(case),
        places=tuple((gap.text, _at(case, gap)) for gap in duty.places(case)),
    )


def years_to_begin(years, cycle):
    """Return those of the years in which a plan that is missing is to be begun: the year shown and those after it."""
    return [each for each in years if cycle and each.year >= cycle.year]


def _to_begin(user, cases, years):
    begun = {(case.plan.district_id, case.plan.cycle_id) for case in cases}
    writes = access_of(user).reach({P.EDIT_PLAN}).districts
    missing = [(cycle, pk) for cycle in years for pk in writes if (pk, cycle.pk) not in begun]
    districts = {scope.pk: scope.district for scope in own_scopes(user)} if missing else {}
    return [
        Task(
            text=f"Börja planen för {cycle.year}",
            about=str(districts[pk]),
            address=reverse("plans:start", args=[districts[pk].slug, cycle.year]),
            due=cycle.draft_due or cycle.review_due,  # as on the year wheel
        )
        for cycle, pk in missing
        if pk in districts
    ]


def _to_receive(user):
    waiting = Submission.objects.visible_to(user).filter(state=SubmissionState.SENT)
    waiting = waiting.select_related("version__plan__district", "version__plan__cycle").defer(
        "version__document", "version__facts", "version__counts"
    )
    return [
        Task(
            text="Läs planen och kvittera den, eller begär komplettering",
            about=f"{each.version}, inskickad {day(each.at)}",
            address=each.version.get_absolute_url(),
            since=each.at,
        )
        for each in waiting.order_by("at")
    ]


def _answered_in_the_city(user):
    answered = Comment.objects.visible_to(user).filter(by=user, state=CommentState.ANSWERED)
    by_plan = defaultdict(list)
    for comment in answered.select_related("plan__district", "plan__cycle"):
        by_plan[comment.plan].append(comment)
    return [
        Task(text=answers_told(len(said)), about=str(plan), address=reverse("plans:comments", args=_place(plan)))
        for plan, said in by_plan.items()
    ]


def _place(plan):
    return [plan.scope.slug, plan.year]


# --- Where a plan stands, and the year's last days


def next_told(case):
    """Say what the plan waits for, to whoever reads it; empty when there is nothing."""
    return said_of(case.plan, _next_told(case))


def _next_told(case):
    state = case.plan.state
    if state == PlanState.DRAFT:
        return _draft_told(case)
    if state == PlanState.IN_REVIEW:
        return _review_told(case)
    if state == PlanState.READY_FOR_DECISION:
        return "Planen väntar på den lokala styrgruppens beslut."
    return after_decision_told(case) if case.version and not case.plan.scope.is_city else ""


def _draft_told(case):
    shared_at, is_mine = case.plan.shared_at, case.may(P.EDIT_PLAN)
    said = ["Du skriver planen." if is_mine else "Trygghetsstrategen skriver planen."]
    if shared_at:
        said.append(f"Polisen läser utkastet sedan {day(shared_at)}.")
    elif is_mine:
        said.append("Polisen ser inte utkastet än.")
    if case.version:
        said.append(f"Version {case.version.number} gäller tills den nya är beslutad.")
    return " ".join(said)


def _review_told(case):
    left = [party for party in Party if not case.holds(party)]
    if not left:
        return "Båda parterna har granskat planen. Trygghetsstrategen skickar den till styrgruppen."
    names = " och ".join([left[0].label, *(PARTY_WORDS[party] for party in left[1:])])
    return f"{names} har inte markerat planen som granskad än."


def after_decision_told(case):
    """Say what the city and the board have done with the version in force."""
    city = {
        None: "Inte inskickad till staden.",
        SubmissionState.SENT: "Inskickad till staden, inte kvitterad än.",
        SubmissionState.ACKNOWLEDGED: "Staden har kvitterat planen.",
        SubmissionState.COMPLETION_REQUESTED: "Staden har begärt komplettering.",
    }[case.submission and case.submission.state]
    board = "Nämnden har beslutat." if case.has_board_decision else "Nämnden har inte beslutat än."
    return f"{city} {board}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One of the year's last days, and whether the person's plans have met it."""

    label: str
    due: date
    status: str  # in words; empty while there is time
    is_late: bool


def deadlines_of(cycle, cases):
    """Return the year's :class:`Deadline` list as far as the city has said; the cases are the year's plans.

    A step that waits for the one before it is not late: the one before is.
    """
    cases = [case for case in cases if not case.plan.scope.is_city]  # the last days are those of the districts' plans
    return [
        Deadline(label=label, due=due, **_status(due, cases, at))
        for at, (name, label, _) in enumerate(DEADLINES)
        if (due := getattr(cycle, name)) is not None
    ]


def _status(due, cases, at):
    done = sum(_is_done(case, at) for case in cases)
    late = is_late(due) and any(not _is_done(case, at) and (at == 0 or _is_done(case, at - 1)) for case in cases)
    if cases and done == len(cases):
        return {"status": "klart", "is_late": False}
    words = ["försenat" if late else "", f"{done} av {len(cases)} klara" if len(cases) > 1 else ""]
    return {"status": ", ".join(filter(None, words)), "is_late": late}


def _is_done(case, at):
    return DEADLINES[at][2](case)


def when_readable(user, district_id):
    """Say when a person reads the plan of a district of their own that they do not read yet."""
    access = access_of(user)
    if access.allows(P.READ_SHARED_DRAFT, district_id):
        return "Du ser planen här när stadsdelens trygghetsstrateg har delat den."
    if access.allows(P.READ_REVIEW, district_id):
        return "Du ser planen här när den är på granskning."
    if access.allows(P.READ_READY, district_id):
        return "Du ser planen här när den är klar för beslut."
    return (
        "Din roll i samverkansgruppen ger inte tillgång till planen här. "
        "Fråga stadsdelens trygghetsstrateg om det du behöver."
    )
