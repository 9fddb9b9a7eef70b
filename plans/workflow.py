"""The plan's way from draft to decision: one table of steps, and the one way to take them.

The table is domain §1c. A step is taken by :func:`take`, which locks the
plan, asks whether the person may, whether the plan still stands where the
person saw it, and what the guards say; then changes the state and appends a
:class:`~plans.models.PlanStep`. ``docs/states.md`` is written from the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from agreements.permissions import Permission, access_of
from plans import comments, frozen_files, versions
from plans.actors import said_of
from plans.afterwards import tell_of_decision
from plans.completeness import gaps
from plans.enums import Party, PlanState
from plans.loading import load_document
from plans.models import ActionPlan, PlanStep, Review
from plans.since import latest_event
from trygghet.dates import day, moment
from trygghet.privacy import identity_numbers
from trygghet.words import lower_first
from trygghet.workflow import Blocker, StepRefused, Transition

P = Permission
PARTY_PERMISSIONS = {Party.CITY: P.REVIEW_FOR_CITY, Party.POLICE: P.REVIEW_FOR_POLICE}
PARTY_WORDS = {Party.CITY: "stadsdelsförvaltningen", Party.POLICE: "polisen"}


class Situation:
    """What the guards look at; each thing is fetched when first asked for."""

    def __init__(self, plan, user=None, *, document=None):
        self.plan, self.user = plan, user
        if document is not None:
            self.document = document

    @cached_property
    def document(self):
        return load_document(self.plan)

    @cached_property
    def marks(self):
        """The parties' latest marks, by party, also those that a later change has made fall."""
        return {mark.party: mark for mark in self.plan.reviews.select_related("by")}

    @cached_property
    def reviews(self):
        """The parties' marks that still hold: made after the plan's latest change."""
        return {party: mark for party, mark in self.marks.items() if mark.holds(self.latest_event)}

    @property
    def missing_parties(self):
        """The parties that have not marked the plan since its latest change."""
        return [party for party in Party if party not in self.reviews]

    @cached_property
    def latest_event(self):
        return latest_event(self.plan)

    @cached_property
    def open_must_fixes(self):
        """How many comments say that something has to be mended, and are not resolved."""
        return comments.open_must_fixes(self.plan).count()

    @property
    def party(self):
        """The party that the person reviews for, or None."""
        access = access_of(self.user)
        held = (party for party, needed in PARTY_PERMISSIONS.items() if access.allows(needed, self.plan.district_id))
        return next(held, None)


# --- Guards: what stands in the way


def areas_are_filled(situation):
    """Every area has a problem, or a reason why the district does not work with it this year (domain §1c)."""
    place = [situation.plan.scope.slug, situation.plan.year]
    return [
        Blocker(gap.text, reverse("plans:area", args=[*place, gap.position]) + f"#rad-{gap.uid}")
        for gap in gaps(situation.document)
        if gap.is_blocking
    ]


def no_identity_numbers(situation):
    """No text looks like it holds a personnummer: the plan names no individuals (domain §4d)."""
    place = [situation.plan.scope.slug, situation.plan.year]
    return [
        Blocker(
            f"{where} ser ut att innehålla ett personnummer. Ta bort det. Planen ska inte innehålla uppgifter om "
            "enskilda.",
            reverse("plans:area", args=[*place, position]) + f"#rad-{uid}",
        )
        for position, uid, where, text in _texts(situation.document)
        if identity_numbers(text)
    ]


def _texts(document):
    """Yield (tab, row, what the row is called, all its text) of every row."""
    for position, area in enumerate(document.areas, 1):
        yield (
            position,
            area.uid,
            area.canonical_title or area.title,
            f"{area.overarching_goal}\n{area.not_applicable_reason}",
        )
        for number, problem in enumerate(area.problems, 1):
            name = f"Problemområde {number} i {area.canonical_title or area.title}"
            yield position, problem.uid, name, f"{problem.title}\n{problem.overarching_goal}"
            for at, cause in enumerate(problem.causes, 1):
                yield position, cause.uid, f"Orsak {at}, {name.lower()}", f"{cause.text}\n{cause.evidence}"
                for action in cause.actions:
                    cells = (action.text, action.goals, action.when, action.who, action.follow_up)
                    yield position, action.uid, f"Åtgärd {action.order}, {name.lower()}", "\n".join(cells)


def is_not_shared(situation):
    """A draft is shared once; it cannot be taken back."""
    at = situation.plan.shared_at
    return [Blocker(f"Utkastet är redan delat med polisen, sedan {day(at)}.", is_final=True)] if at else []


def party_has_not_reviewed(situation):
    """A party marks what it has not marked since the latest change."""
    mark = situation.reviews.get(situation.party)
    if not mark:
        return []
    return [Blocker(f"{mark.by} har redan markerat planen som granskad för {PARTY_WORDS[mark.party]}.", is_final=True)]


def party_has_reviewed(situation):
    """There is a mark to take back."""
    has_mark = situation.party in situation.marks
    return [] if has_mark else [Blocker("Ni har inte markerat planen som granskad.", is_final=True)]


def both_have_reviewed(situation):
    """The district's function and the kommunpolis both say «Granskad» of the plan as it stands (seed 001)."""
    return [
        Blocker(f"{party.label} har inte markerat planen som granskad{_since_changed(situation, party)}.")
        for party in situation.missing_parties
    ]


def _since_changed(situation, party):
    return " efter den senaste ändringen" if party in situation.marks else ""


def no_open_must_fix(situation):
    """What somebody said has to be mended is mended (domain §1c)."""
    count = situation.open_must_fixes
    if not count:
        return []
    address = reverse("plans:comments", args=[situation.plan.scope.slug, situation.plan.year])
    words = "En kommentar som måste åtgärdas är" if count == 1 else f"{count} kommentarer som måste åtgärdas är"
    return [Blocker(f"{words} inte löst{'a' if count > 1 else ''}.", f"{address}?visa=maste")]


# --- Effects: what happens beside the change of state


def _share(plan, taken):
    plan.shared_at = timezone.now()


def _send_for_review(plan, taken):
    plan.shared_at = plan.shared_at or timezone.now()  # the police read it from now on


def _mark_reviewed(plan, taken):
    party = taken.situation.party
    marked = {"by": taken.by, "at": timezone.now(), "event": taken.situation.latest_event}
    Review.objects.update_or_create(plan=plan, party=party, defaults=marked)
    return said_of(plan, f"Markerade planen som granskad för {PARTY_WORDS[party]}")


def _withdraw_review(plan, taken):
    party = taken.situation.party
    plan.reviews.filter(party=party).delete()
    return said_of(plan, f"Tog tillbaka granskningen för {PARTY_WORDS[party]}")


def _forget_reviews(plan, taken):
    plan.reviews.all().delete()


def _decide(plan, taken):
    version = versions.freeze(plan, taken.decision, by=taken.by, document=taken.situation.document)
    frozen_files.ask_for(version)
    tell_of_decision(version)
    return f"Beslutade version {version.number}: {version.body}, {version.meeting}, {day(version.decided_on)}"


def _start_version(plan, taken):
    plan.version += 1
    plan.shared_at = None  # the new draft is the district's own until it is shared
    plan.reviews.all().delete()
    return f"Började version {plan.version}"


# --- The table

_EDITOR = {"who": "Trygghetsstrategen", "permissions": frozenset({P.EDIT_PLAN})}
_STEERING = {"who": "Styrgruppens ordförande eller sekreterare", "permissions": frozenset({P.DECIDE})}
_PARTIES = {
    "who": "Trygghetsstrategen och kommunpolisen",
    "permissions": frozenset({P.REVIEW_FOR_CITY, P.REVIEW_FOR_POLICE}),
}

TRANSITIONS = (
    Transition(
        name="share", slug="dela-med-polisen", label="Dela med polisen", **_EDITOR,
        does="delar utkastet med polisen", told="Delade utkastet med polisen",
        sources=(PlanState.DRAFT,), target=None, guards=(is_not_shared, no_identity_numbers), effect=_share,
    ),
    Transition(
        name="send_for_review", slug="skicka-pa-granskning", label="Skicka på granskning", **_EDITOR,
        does="skickar planen på granskning", told="Skickade planen på granskning",
        sources=(PlanState.DRAFT,), target=PlanState.IN_REVIEW,
        guards=(areas_are_filled, no_identity_numbers), effect=_send_for_review,
    ),
    Transition(
        name="mark_reviewed", slug="granskad", label="Markera som granskad", **_PARTIES,
        does="markerar planen som granskad, var och en för sin part", told="Markerade planen som granskad",
        sources=(PlanState.IN_REVIEW,), target=None, guards=(party_has_not_reviewed,), effect=_mark_reviewed,
    ),
    Transition(
        name="withdraw_review", slug="ta-tillbaka-granskad", label="Ta tillbaka Granskad", **_PARTIES,
        does="tar tillbaka sin granskning", told="Tog tillbaka granskningen",
        sources=(PlanState.IN_REVIEW,), target=None, guards=(party_has_reviewed,), effect=_withdraw_review,
        is_back=True,
    ),
    Transition(
        name="send_for_decision", slug="skicka-till-beslut", label="Skicka till beslut", **_EDITOR,
        does="skickar planen till styrgruppen för beslut", told="Skickade planen till styrgruppen för beslut",
        sources=(PlanState.IN_REVIEW,), target=PlanState.READY_FOR_DECISION,
        guards=(both_have_reviewed, no_open_must_fix, areas_are_filled, no_identity_numbers),
    ),
    Transition(
        name="return_to_draft", slug="tillbaka-till-utkast", label="Ta tillbaka till utkast", **_EDITOR,
        does="tar tillbaka planen till utkast", told="Tog tillbaka planen från granskning till utkast",
        sources=(PlanState.IN_REVIEW,), target=PlanState.DRAFT, effect=_forget_reviews,
        needs_reason=True, is_back=True,
    ),
    Transition(
        name="recall", slug="ta-tillbaka-fran-beslut", label="Ta tillbaka till utkast", **_EDITOR,
        does="tar tillbaka planen till utkast", told="Tog tillbaka planen från styrgruppen till utkast",
        sources=(PlanState.READY_FOR_DECISION,), target=PlanState.DRAFT, effect=_forget_reviews,
        needs_reason=True, is_back=True,
    ),
    Transition(
        name="send_back", slug="aterremittera", label="Återremittera", **_STEERING,
        does="återremitterar planen", told="Återremitterade planen",
        sources=(PlanState.READY_FOR_DECISION,), target=PlanState.DRAFT, effect=_forget_reviews,
        needs_reason=True, is_back=True,
    ),
    Transition(
        name="decide", slug="besluta", label="Registrera beslutet", **_STEERING,
        does="beslutar om planen", told="Beslutade planen",
        sources=(PlanState.READY_FOR_DECISION,), target=PlanState.DECIDED,
        guards=(no_open_must_fix, no_identity_numbers),
        effect=_decide,
    ),
    Transition(
        name="start_version", slug="ny-version", label="Börja en ny version", **_EDITOR,
        does="börjar en ny version när planen behöver ändras", told="Började en ny version",
        sources=(PlanState.DECIDED,), target=PlanState.DRAFT, effect=_start_version,
        needs_reason=True, is_back=True,
    ),
)  # fmt: skip
BY_NAME = {step.name: step for step in TRANSITIONS}
BY_SLUG = {step.slug: step for step in TRANSITIONS}


# --- What can be done now


def steps_from(plan, user):
    """Return the steps out of the plan's state that the person's role allows."""
    return [step for step in TRANSITIONS if plan.state in step.sources and may(user, step, plan)]


def may(user, step, plan):
    """Whether the person's role allows the step in the plan's district, whatever the plan's state."""
    access = access_of(user)
    return any(access.allows(permission, plan.district_id) for permission in step.permissions)


def blockers_of(step, situation):
    """Return what stands in the way of a step, whoever would take it."""
    return [blocker for guard in step.guards for blocker in guard(situation)]


# --- Taking a step


class Seen(NamedTuple):
    """Where the plan stood when the person saw it: its latest step and its latest change (0 for none)."""

    step: int
    event: int


def seen_now(plan):
    """Return the :class:`Seen` that a page carries along in its forms (2 queries)."""
    return Seen(latest_step(plan), latest_event(plan))


def latest_step(plan):
    """Return the number of the plan's latest step, 0 if it has taken none."""
    return plan.steps.values_list("pk", flat=True).first() or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """What a step is taken with."""

    by: object
    situation: Situation
    reason: str = ""
    decision: versions.Decision | None = None


@transaction.atomic
def take(plan, name, *, by, seen=None, reason="", decision=None):
    """Take the step with that name; return the :class:`~plans.models.PlanStep` that tells of it.

    ``plan`` may also be a queryset that names one plan. ``by`` None is a
    command, which may what anybody may. ``seen`` says what the person saw when they
    pressed; None asks nothing. ``decision`` (versions.Decision) goes with
    ``decide``. Raises ActionPlan.DoesNotExist for a plan the person may not
    see, PermissionDenied with the reason for one whose role does not allow the step and
    StepRefused when it cannot be taken now. Then nothing is done.
    """
    step = BY_NAME[name]
    plan = _locked(plan, by, step, seen)
    if by is not None and not may(by, step, plan):
        raise PermissionDenied(said_of(plan, f"Det är {lower_first(step.who)} som {step.does}."))
    _check_still_possible(plan, step, seen)
    situation = Situation(plan, by)
    blockers = blockers_of(step, situation)
    for blocker in blockers:
        if blocker.is_final:
            raise StepRefused(blocker.text)
    if blockers:
        raise StepRefused(" ".join(blocker.text for blocker in blockers), blockers)
    if step.needs_reason and not reason.strip():
        raise StepRefused("Skriv varför, så att de andra förstår vad som ska göras.")
    return _taken(plan, step, _Taken(by=by, situation=situation, reason=reason.strip(), decision=decision))


def _locked(plan, by, step, seen):
    plans = ActionPlan.objects.filter(pk=plan.pk) if isinstance(plan, ActionPlan) else plan
    plan = plans.select_for_update(of=("self",)).select_related("district", "cycle__area_set").get()
    if by is not None and not ActionPlan.objects.visible_to(by).filter(pk=plan.pk).exists():
        if seen and may(by, step, plan) and plan.steps.filter(pk=seen.step).exists():
            _check_still_possible(plan, step, seen)  # it was theirs to see until somebody took a step
        raise ActionPlan.DoesNotExist
    return plan


def _check_still_possible(plan, step, seen):
    """Refuse what was pressed on a page that no longer tells the truth."""
    moved = plan.steps.select_related("by")
    moved = moved.filter(pk__gt=seen.step) if seen else moved
    last = next((each for each in moved if each.from_state != each.to_state), None)
    if plan.state not in step.sources or (seen and last):
        raise StepRefused(_what_has_happened(plan, last))
    if seen and step.name in ("mark_reviewed", "decide") and latest_event(plan) != seen.event:
        raise StepRefused("Planen har ändrats sedan du öppnade sidan. Läs det som är nytt och markera sedan igen.")


def _what_has_happened(plan, last):
    state = f"Planen har nu status {plan.get_state_display()}"
    if last is None:
        return f"{state}, så steget går inte att ta. Här ser du vad som går att göra."
    who = last.by or "Ett kommando"
    return f"{state}: {who} {lower_first(last.told)} {moment(last.at)}. Ditt tryck gjorde ingenting."


def _taken(plan, step, taken):
    before = plan.state
    told = (step.effect and step.effect(plan, taken)) or step.told
    plan.state = step.to(before)
    plan.save(update_fields=["state", "version", "shared_at"])
    return PlanStep.objects.create(
        plan=plan, version=plan.version, name=step.name, from_state=before, to_state=plan.state,
        by=taken.by, told=told[:300], reason=taken.reason,
    )  # fmt: skip
