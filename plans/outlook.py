"""What the head of a plan's page says to one person: where the plan stands, what comes next, and who does it.

The rules are those of ``plans/workflow.py`` and ``plans/submissions.py``;
here they become sentences and buttons.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse

from agreements.enums import Role
from agreements.permissions import Permission, access_of, access_of_anybody
from agreements.scope import lookup_of
from plans import submissions, workflow
from plans.actors import said_of
from plans.completeness import gaps
from plans.enums import Party, PlanState, SubmissionState
from plans.history import may_follow
from plans.models import BoardDecision, PlanStep, PlanVersion, Submission
from plans.permissions import DECIDED_STATES
from plans.workflow import PARTY_WORDS, Situation
from trygghet.dates import short_day
from trygghet.words import lower_first
from trygghet.workflow import Blocker

REVIEWERS = {Party.CITY: "trygghetsstrategen", Party.POLICE: "kommunpolisen"}
# What is said where nobody can mark the plan as reviewed for the party.
VACANT = {
    Party.CITY: "Stadsdelen har ingen trygghetsstrateg i Trygghet. Be den som förvaltar Trygghet lägga till en, så att "
    "stadsdelsförvaltningen kan granska planen.",
    Party.POLICE: "Stadsdelen har ingen kommunpolis i Trygghet. Be den som förvaltar Trygghet lägga till en, så att "
    "polisen kan granska planen.",
}
# The step that takes the plan on from each state, and what is said of what stands in its way.
ONWARD = {
    PlanState.DRAFT: ("send_for_review", "Innan planen kan skickas på granskning"),
    PlanState.IN_REVIEW: ("send_for_decision", "Innan planen kan skickas till beslut"),
    PlanState.READY_FOR_DECISION: ("decide", "Innan planen kan beslutas"),
}
# What only the version itself needs, and which is large.
CONTENT = ("document", "facts", "counts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Something to press: its words, where it leads, and why it cannot be done now ("" if it can)."""

    label: str
    address: str
    why_not: str = ""

    @property
    def is_open(self):
        return not self.why_not


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestones:
    """What the city and the board have done with a decided version, and what the person may do about it.

    ``submissions`` come latest first. ``steps`` and ``recording`` (of the
    board's decision) are what the person may do now.
    """

    version: PlanVersion
    submissions: list[Submission]
    board: BoardDecision | None
    steps: list[Way]
    recording: Way | None

    @property
    def latest(self):
        """The latest submission, or None."""
        return self.submissions[0] if self.submissions else None

    @property
    def city_told(self):
        """Where the version stands with the city, as a sentence."""
        last = self.latest
        if last is None:
            return "Inte inskickad till staden."
        if last.state == SubmissionState.ACKNOWLEDGED:
            return f"Staden kvitterade planen {short_day(last.answered_at)} (kvittens {last.receipt_number})."
        if last.state == SubmissionState.COMPLETION_REQUESTED:
            return f"Staden begärde komplettering {short_day(last.answered_at)}."
        return f"Inskickad till staden {short_day(last.at)} (kvittens {last.receipt_number}), inte kvitterad än."

    @property
    def board_told(self):
        """Whether the board has decided, as a sentence."""
        if self.board is None:
            return "Nämnden har inte beslutat än."
        return f"{self.board.board} beslutade {short_day(self.board.decided_on)}, {self.board.paragraph}."


def milestones(version, user):
    """Return the :class:`Milestones` of a version (with its plan and place) to a person (2 queries)."""
    sent = list(version.submissions.select_related("by", "answered_by").order_by("-pk"))
    board = BoardDecision.objects.filter(version=version).select_related("by").first()
    last = sent[0] if sent else None
    where = [version.plan.scope.slug, version.plan.year, version.number]
    steps = [
        Way(label=step.label, address=reverse("plans:submission_step", args=[*where, step.slug]))
        for step in submissions.open_steps(version, last, user)
    ]
    recording = None
    if submissions.may_record_board_decision(user, version):
        label = "Rätta nämndens beslut" if board else "Registrera nämndens beslut"
        recording = Way(label=label, address=reverse("plans:board_decision", args=where))
    return Milestones(version=version, submissions=sent, board=board, steps=steps, recording=recording)


@dataclass(slots=True, kw_only=True)
class Outlook:
    """The head of a plan's page, to one person. Empty strings and lists are not shown."""

    version_words: str
    in_force: str = ""  # address of the decided version that holds while another is written
    in_force_number: int = 0
    next: str = ""  # a sentence: who does what next
    notes: list[str] = field(default_factory=list)  # sentences: how far the parties, the city and the board have come
    more: Way | None = None  # where more is told of the notes
    primary: Way | None = None
    others: list[Way] = field(default_factory=list)
    before: str = ""  # what the blockers are in the way of
    blockers: list[Blocker] = field(default_factory=list)
    gaps: list[Blocker] = field(default_factory=list)  # what could be filled in, and stops nothing
    latest: PlanStep | None = None
    steps_address: str = ""

    @property
    def standing(self):
        """All notes after one another."""
        return " ".join(self.notes)


def outlook(plan, user, document, *, may_edit):
    """Return the :class:`Outlook` of a plan (with its place) whose document is loaded (up to 8 queries)."""
    return _Looking(plan, user, document, may_edit).result()


class _Looking:
    def __init__(self, plan, user, document, may_edit):
        self.plan, self.user, self.document, self.may_edit = plan, user, document, may_edit
        self.where = [plan.scope.slug, plan.year]
        self.situation = Situation(plan, user, document=document)
        self.mine = workflow.steps_from(plan, user)

    def result(self):
        number = self.plan.version
        told = Outlook(
            version_words=f"Version {number}",
            # Outside the district nobody is told how the plan came to be, nor why.
            latest=self.plan.steps.select_related("by").first() if may_follow(self.user, self.plan) else None,
            steps_address=reverse("plans:steps", args=self.where),
            gaps=self._gaps(),
        )
        if self.plan.state in DECIDED_STATES:
            self._tell_of_decided(told)
        else:
            self._tell_of_written(told)
            if number > 1:
                told.in_force_number = number - 1
                told.in_force = reverse("plans:version", args=[*self.where, number - 1])
        return self._in_words_of_the_plan(told)

    def _in_words_of_the_plan(self, told):
        told.next = said_of(self.plan, told.next)
        told.notes = [said_of(self.plan, note) for note in told.notes]
        told.blockers = [blocker._replace(text=said_of(self.plan, blocker.text)) for blocker in told.blockers]
        return told

    # --- A plan on its way to a decision

    def _tell_of_written(self, told):
        name, told.before = ONWARD[self.plan.state]
        # What the parties have not marked is told in the notes, so only what can be mended stands here.
        told.blockers = [blocker for blocker in self._blockers(workflow.BY_NAME[name]) if blocker.address]
        told.next, told.notes = self._next(), self._notes()
        told.primary, told.others = self._ways()

    def _next(self):
        return {
            PlanState.DRAFT: self._next_of_draft,
            PlanState.IN_REVIEW: self._next_of_review,
            PlanState.READY_FOR_DECISION: self._next_of_decision,
        }[self.plan.state]()

    def _next_of_draft(self):
        return f"{self._who('send_for_review')} skickar planen på granskning."

    def _next_of_review(self):
        missing, own = self.situation.missing_parties, self.situation.party
        if not missing:
            return f"{self._who('send_for_decision')} skickar planen till styrgruppen för beslut."
        others = [party for party in missing if party != own]
        vacant = self._vacant(others)
        told = [VACANT[party] for party in vacant]
        reviewers = [REVIEWERS[party] for party in others if party not in vacant]
        if own in missing:
            also = [f"Det ska {reviewers[0]} också göra."] if reviewers else []
            told = [f"du läser planen och markerar den som granskad för {PARTY_WORDS[own]}.", *also, *told]
        elif reviewers:
            told = [f"{' och '.join(reviewers)} markerar planen som granskad.", *told]
        return lower_first(" ".join(told))

    def _vacant(self, parties):
        """Return those of the parties that nobody in the district can mark the plan as reviewed for (1 query)."""
        if not parties:
            return []
        district = self.plan.district_id
        anybody = access_of_anybody(district)
        return [party for party in parties if not anybody.allows(workflow.PARTY_PERMISSIONS[party], district)]

    def _next_of_decision(self):
        if self._may("decide"):
            return "styrgruppen beslutar, och du registrerar beslutet eller återremitterar planen."
        return "den lokala styrgruppen beslutar. Ordföranden eller sekreteraren registrerar beslutet."

    def _who(self, name):
        return "du" if self._may(name) else lower_first(workflow.BY_NAME[name].who)

    def _may(self, name):
        return workflow.BY_NAME[name] in self.mine

    def _notes(self):
        if self.plan.state != PlanState.DRAFT:
            # Where nobody has marked the plan, the next step says so.
            return [mark_told(self.situation, party) for party in Party] if self.situation.marks else []
        if self.plan.shared_at:
            return [f"Polisen läser utkastet sedan {short_day(self.plan.shared_at)}."]
        return ["Polisen ser inte utkastet än."]

    def _ways(self):
        """Return the button that takes the plan on, or None, and the person's other steps."""
        steps = [step for step in self.mine if self._is_worth_showing(step)]
        onward = [step for step in steps if not step.is_back and step.name != "share"]
        ways = [self._way(step) for step in onward]
        first = next((way for way in ways if way.is_open), ways[0] if ways else None)
        others = [way for way in ways if way is not first]
        others += [self._way(step) for step in steps if step not in onward]
        if self.plan.state == PlanState.READY_FOR_DECISION and not self._may("decide"):
            basis = Way(label="Läs beslutsunderlaget", address=reverse("plans:decision_basis", args=self.where))
            if self._is_steering():
                return basis, others
            others.insert(0, basis)
        return first, others

    def _is_worth_showing(self, step):
        """Leave out what has been done already, and taking back a mark that is not there."""
        party = self.situation.party
        if step.name == "share":
            return not self.plan.shared_at
        if step.name == "mark_reviewed":
            return party in self.situation.missing_parties
        if step.name == "withdraw_review":
            return party in self.situation.reviews
        return True

    def _is_steering(self):
        role = Role.CITY_STEERING if self.plan.scope.is_city else Role.LOCAL_STEERING
        return access_of(self.user).has_role(role, self.plan.district_id)

    def _way(self, step):
        blockers = self._blockers(step)
        return Way(
            label=step.label,
            address=reverse("plans:step", args=[*self.where, step.slug]),
            why_not=" ".join(blocker.text for blocker in blockers),
        )

    def _blockers(self, step):
        known = self.__dict__.setdefault("_known_blockers", {})
        if step.name not in known:
            known[step.name] = workflow.blockers_of(step, self.situation)
        return known[step.name]

    def _gaps(self):
        if not self.may_edit:
            return []
        return [
            Blocker(gap.text, reverse("plans:area", args=[*self.where, gap.position]) + f"#rad-{gap.uid}")
            for gap in gaps(self.document)
            if not gap.is_blocking
        ]

    # --- A decided plan

    def _tell_of_decided(self, told):
        told.others = [self._way(step) for step in self.mine]
        version = self.plan.versions.defer(*CONTENT).filter(number=self.plan.version).first()
        if version is None:
            return
        version.plan = self.plan
        told.more = Way(label=f"Se version {version.number}", address=version.get_absolute_url())
        if self.plan.scope.is_city:  # what the city has decided is sent nowhere, and no board of a district decides it
            return
        reached = milestones(version, self.user)
        told.notes = [reached.city_told, reached.board_told]
        told.next = self._next_of(reached)
        ways = list(reached.steps)
        if reached.recording and not reached.board:
            ways.append(reached.recording)
        told.primary, told.others = (ways[0] if ways else None), ways[1:] + told.others

    def _next_of(self, reached):
        if reached.recording:
            return "" if reached.board else "du registrerar nämndens beslut när det är fattat."
        state = submissions.state_of(reached.latest)
        sends = access_of(self.user).allows(Permission.EDIT_PLAN, self.plan.district_id)
        receives = access_of(self.user).allows(Permission.RECEIVE, self.plan.district_id)
        sender = "du" if sends else "trygghetsstrategen"
        if state == submissions.NOT_SENT:
            return f"{sender} skickar planen till staden."
        if state == SubmissionState.SENT:
            receiver = "du" if receives else "stadens centrala beredningsgrupp"
            return f"{receiver} kvitterar planen eller begär komplettering."
        if state == SubmissionState.COMPLETION_REQUESTED:
            return f"{sender} skickar in planen igen, eller börjar en ny version om texten behöver ändras."
        return "" if reached.board else "registratorn registrerar nämndens beslut när det är fattat."


def mark_told(situation, party):
    """Say whether a party's «Granskad» holds, as a sentence."""
    name, mark = party.label, situation.marks.get(party)
    if mark is None:
        return f"{name} har inte markerat planen som granskad än."
    if party in situation.reviews:
        return f"Granskad av {PARTY_WORDS[party]} {short_day(mark.at)} ({mark.by})."
    return f"{name} markerade planen som granskad {short_day(mark.at)}, men den har ändrats sedan dess."


def stops_the_decision(situation):
    """Return a :class:`Blocker` that tells one who marks the plan as reviewed what is not mended; None for nothing.

    The mark can be made all the same: it is the decision that waits.
    """
    blockers = workflow.no_open_must_fix(situation)
    they = "den" if situation.open_must_fixes == 1 else "de"
    then = f"Planen kan inte skickas till beslut förrän {they} är det."
    return Blocker(f"{blockers[0].text} {then}", blockers[0].address) if blockers else None


def saw_it_before(user, step, district, year, seen_step):
    """Whether a person who may not read the plan now read it a while ago, on the page of a step their role takes.

    ``seen_step`` is the number that the page carried. Then they are told that
    the plan has moved on, and not that there is no such plan.
    """
    seen = PlanStep.objects.filter(pk=seen_step, **lookup_of(district, "plan__district"), plan__cycle__year=year)
    seen = seen.select_related("plan").first()
    return seen is not None and workflow.may(user, step, seen.plan)
