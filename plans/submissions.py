"""What happens to a decided version outside the district: the city receives it, and the board decides for its part.

Both stand beside the plan's state (domain §1c): neither waits for the other,
and neither changes a word of the plan. Each is told in the plan's log of steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from agreements.permissions import Permission, access_of
from plans.enums import SubmissionState
from plans.models import ActionPlan, BoardDecision, PlanStep, PlanVersion, Submission
from plans.workflow import may
from trygghet.dates import day, moment
from trygghet.words import lower_first
from trygghet.workflow import StepRefused, Transition

NOT_SENT = "not_sent"
"""The state of a version that has never been sent."""

_CITY = {"who": "Den centrala beredningsgruppen", "permissions": frozenset({Permission.RECEIVE})}

SUBMISSION_TRANSITIONS = (
    Transition(
        name="submit", slug="skicka-till-staden", label="Skicka till staden",
        who="Trygghetsstrategen", permissions=frozenset({Permission.EDIT_PLAN}),
        does="skickar den beslutade planen till stadens centrala beredningsgrupp",
        told="Skickade version {number} till staden",
        sources=(NOT_SENT, SubmissionState.COMPLETION_REQUESTED), target=SubmissionState.SENT,
    ),
    Transition(
        name="acknowledge", slug="kvittera", label="Kvittera", **_CITY,
        does="kvitterar den inskickade planen", told="Kvitterade version {number}",
        sources=(SubmissionState.SENT,), target=SubmissionState.ACKNOWLEDGED,
    ),
    Transition(
        name="request_completion", slug="begar-komplettering", label="Begär komplettering", **_CITY,
        does="begär komplettering av den inskickade planen", told="Begärde komplettering av version {number}",
        sources=(SubmissionState.SENT,), target=SubmissionState.COMPLETION_REQUESTED, needs_reason=True, is_back=True,
    ),
)  # fmt: skip
BY_NAME = {step.name: step for step in SUBMISSION_TRANSITIONS}
BY_SLUG = {step.slug: step for step in SUBMISSION_TRANSITIONS}
BOARD_WHO = "registratorn"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRecord:
    """The stadsdelsnämnd's decision as the registrar records it."""

    board: str
    decided_on: date
    paragraph: str
    diary_number: str
    reported_in: str


def latest(version):
    """Return the version's latest submission, or None if it was never sent."""
    return version.submissions.order_by("-pk").first()


def state_of(submission):
    """Return where a submission stands; NOT_SENT for None."""
    return submission.state if submission else NOT_SENT


def open_steps(version, submission, user):
    """Return the steps that the person may take now with a version and its latest submission (or None)."""
    if version.plan.scope.is_city:  # the city's own plan is where the districts' are sent
        return []
    is_current = version.number == version.plan.version
    return [
        step
        for step in SUBMISSION_TRANSITIONS
        if state_of(submission) in step.sources
        and may(user, step, version.plan)
        and (step.name != "submit" or is_current)
    ]


@transaction.atomic
def take(version, name, *, by, seen=None, answer=""):
    """Take a step of the submission; return the :class:`~plans.models.Submission` as it then stands.

    ``seen`` is the number of the latest submission when the person read the page, 0 for none; None asks nothing.
    Raises PlanVersion.DoesNotExist for a version the person may not see,
    PermissionDenied with the reason and StepRefused when it cannot be done now.
    """
    step = BY_NAME[name]
    version = _locked(version, by)
    _check_role(step.who, step.does, may(by, step, version.plan))
    submission = latest(version)
    if state_of(submission) not in step.sources or (seen is not None and seen != (submission.pk if submission else 0)):
        raise StepRefused(_what_has_happened(submission))
    if version.plan.scope.is_city:
        raise StepRefused("Stadens egen handlingsplan skickas inte in. Den gäller när styrgruppen har beslutat.")
    if name == "submit" and version.number != version.plan.version:
        raise StepRefused(f"Version {version.plan.version} skrivs nu. Skicka in den när den är beslutad.")
    if step.needs_reason and not answer.strip():
        raise StepRefused("Skriv vad som behöver kompletteras, så att stadsdelen vet vad den ska göra.")
    submission = Submission(version=version, by=by) if name == "submit" else _answered(submission, by, answer)
    submission.state = step.target
    submission.save()
    _log(version, name, by, step.told.format(number=version.number), answer)
    return submission


def _locked(version, by):
    ActionPlan.objects.select_for_update().get(pk=version.plan_id)  # a version itself is never written, so not locked
    return PlanVersion.objects.visible_to(by).with_place().get(pk=version.pk)


def _check_role(who, does, is_allowed):
    if not is_allowed:
        raise PermissionDenied(f"Det är {lower_first(who)} som {does}.")


def _answered(submission, by, answer):
    submission.answer, submission.answered_by, submission.answered_at = answer.strip(), by, timezone.now()
    return submission


def _what_has_happened(submission):
    if submission is None:
        return "Versionen är inte inskickad till staden, så det finns inget att svara på."
    at = moment(submission.answered_at or submission.at)
    who = submission.answered_by or submission.by or "Ett kommando"
    return (
        f"Inskickningen {submission.receipt_number} har redan status {submission.get_state_display()}: "
        f"{who}, {at}. Ditt tryck gjorde ingenting."
    )


def may_record_board_decision(user, version):
    """Whether the person's role is to record what the stadsdelsnämnd has decided."""
    is_a_districts = not version.plan.scope.is_city
    return is_a_districts and access_of(user).allows(Permission.RECORD_BOARD_DECISION, version.plan.district_id)


@transaction.atomic
def record_board_decision(version, record, *, by):
    """Record the board's decision on the version, or correct what was recorded; return the BoardDecision.

    The plan's text is untouched. Each time is told in the log. Raises
    PlanVersion.DoesNotExist, or PermissionDenied for who is not the registrar.
    """
    version = _locked(version, by)
    _check_role(BOARD_WHO, "registrerar nämndens beslut", may_record_board_decision(by, version))
    values = {name: getattr(record, name) for name in record.__slots__} | {"by": by}
    decision, is_new = BoardDecision.objects.update_or_create(version=version, defaults=values)
    verb = "Registrerade" if is_new else "Rättade"
    about = f"{record.board}, {day(record.decided_on)}, {record.paragraph}"
    told = f"{verb} nämndens beslut om version {version.number}: {about}"
    _log(version, "record_board_decision", by, told, f"Diarienummer {record.diary_number}. {record.reported_in}.")
    return decision


def _log(version, name, by, told, reason=""):
    state = version.plan.state
    PlanStep.objects.create(
        plan=version.plan, version=version.number, name=name, from_state=state, to_state=state,
        by=by, told=told[:300], reason=reason.strip(),
    )  # fmt: skip
