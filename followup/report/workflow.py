"""The annual report's way to being published: one table of steps (domain §5.6).

The central preparation group writes it, the city's steering group decides it
(seed 001). Only while it is open are its texts changed; published, it is frozen.
"""

from agreements.permissions import Permission, access_of
from followup.enums import FollowUpState, ReportState
from followup.models import FollowUp, ReportStep
from followup.report import publishing
from followup.report.addresses import feedback_address, text_address
from trygghet.workflow import Blocker, Transition, Workflow

P = Permission


def _allows(user, permission, report):
    return access_of(user).allows(permission, None)


def _log(report, step, from_state, by, told, reason):
    ReportStep.objects.create(
        report=report, name=step.name, from_state=from_state, to_state=report.state, by=by, told=told, reason=reason
    )


# --- Guards


def the_summary_is_written(report, user):
    """The summary has a text of the central preparation group's own."""
    if report.texts.filter(section="summary").exclude(text="").exists():
        return []
    return [Blocker("Sammanfattningen är inte skriven.", text_address(report.year, "summary"))]


def every_district_has_feedback(report, user):
    """Every district that has handed in its follow-up has the city's feedback (seed 001)."""
    handed_in = FollowUp.objects.exclude(state=FollowUpState.OPEN)
    of_year = handed_in.filter(plan__cycle=report.cycle_id, plan__district__isnull=False)
    given = report.feedback.exclude(text="").values("district")
    names = list(of_year.exclude(plan__district__in=given).values_list("plan__district__name", flat=True))
    if not names:
        return []
    *first, last = sorted(names)
    listed = f"{', '.join(first)} och {last}" if first else last
    return [Blocker(f"Återkoppling saknas till {listed}.", feedback_address(report.year))]


# --- Effects


def _publish(report, *, by, decided_on, body, meeting):
    publishing.publish(report, decided_on=decided_on, body=body, meeting=meeting, by=by)


# --- The table

_PREPARATION = {"who": "Den centrala beredningsgruppen", "permissions": frozenset({P.WRITE_REPORT})}
_STEERING = {
    "who": "Ordföranden eller sekreteraren i stadens styrgrupp",
    "permissions": frozenset({P.PUBLISH_REPORT}),
}

REPORT_TRANSITIONS = (
    Transition(
        name="hand_over", slug="lamna-over", label="Lämna till styrgruppen", **_PREPARATION,
        does="lämnar årsrapporten till styrgruppen", told="Lämnade årsrapporten till stadens styrgrupp.",
        sources=(ReportState.OPEN,), target=ReportState.READY,
        guards=(the_summary_is_written, every_district_has_feedback),
    ),
    Transition(
        name="publish", slug="publicera", label="Besluta och publicera", **_STEERING,
        does="beslutar om årsrapporten", told="Beslutade och publicerade årsrapporten.",
        sources=(ReportState.READY,), target=ReportState.PUBLISHED,
        guards=(every_district_has_feedback,),  # one may have handed in while the steering group had the report
        effect=_publish,
    ),
    Transition(
        name="return", slug="skicka-tillbaka", label="Skicka tillbaka", **_STEERING,
        does="skickar tillbaka årsrapporten", told="Skickade tillbaka årsrapporten till beredningsgruppen.",
        sources=(ReportState.READY,), target=ReportState.OPEN, needs_reason=True, is_back=True,
    ),
    Transition(
        name="take_back", slug="ta-tillbaka", label="Ta tillbaka", **_PREPARATION,
        does="tar tillbaka årsrapporten", told="Tog tillbaka årsrapporten från styrgruppen.",
        sources=(ReportState.READY,), target=ReportState.OPEN, needs_reason=True, is_back=True,
    ),
)  # fmt: skip
WORKFLOW = Workflow(REPORT_TRANSITIONS, allows=_allows, log=_log)
