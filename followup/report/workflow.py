"""The annual report's way to being published: one table of steps (domain §5.6).

The central preparation group writes it, the city's steering group decides it
(seed 001). Only while it is open are its texts changed; published, it is frozen.
"""

from agreements.permissions import Permission, access_of
from followup.enums import FollowUpState, ReportState
from followup.models import FollowUp, ReportStep
from followup.report import frozen, publishing
from followup.report.addresses import feedback_address, report_address, text_address
from trygghet.words import listed
from trygghet.workflow import Blocker, StepRefused, Transition, Workflow

P = Permission
CAME_BACK = "Rapporten har lämnats över och kommit tillbaka sedan du öppnade sidan. Läs den först."
HANDED_OVER_AGAIN = "Rapporten har lämnats över på nytt sedan du öppnade sidan. Läs den först."
OTHERS_MISSING = "Det har ändrats vilka stadsdelar som saknas i rapporten sedan du öppnade sidan. Läs den först."


def _allows(user, permission, report):
    return access_of(user).allows(permission, None)


# --- What the person saw


class AnotherReport(StepRefused):
    """The report is not what the person saw when they opened the page, and has to be read first.

    ``latest`` is the report's latest step, as :func:`latest_step` tells it.
    """

    def __init__(self, why, report):
        super().__init__(why, [Blocker(why, report_address(report.year))])
        self.latest = latest_step(report)


def latest_step(report):
    """Return the number of the report's latest step, 0 if it has taken none (1 query).

    Texts change only in an open report, so what is handed over is the same text as long as this is.
    """
    return report.steps.values_list("pk", flat=True).first() or 0


def _check_seen(report, seen_step, why):
    if seen_step is not None and seen_step != latest_step(report):
        raise AnotherReport(why, report)


# --- Guards


def the_summary_is_written(report, user):
    """The summary has a text of the central preparation group's own."""
    if report.texts.filter(section="summary").exclude(text="").exists():
        return []
    return [Blocker("Sammanfattningen är inte skriven.", text_address(report.year, "summary"))]


def some_district_has_handed_in(report, user):
    """At least one district has handed in its follow-up: what is published is frozen for ever."""
    return [] if _handed_in(report).exists() else [Blocker("Ingen stadsdel har lämnat in sin uppföljning än.")]


def every_district_has_feedback(report, user):
    """Every district that has handed in its follow-up has the city's feedback (seed 001)."""
    given = report.feedback.exclude(text="").values("district")
    names = list(_handed_in(report).exclude(plan__district__in=given).values_list("plan__district__name", flat=True))
    if not names:
        return []
    return [Blocker(f"Återkoppling saknas till {listed(sorted(names))}.", feedback_address(report.year))]


def _handed_in(report):
    handed_in = FollowUp.objects.exclude(state=FollowUpState.OPEN)
    return handed_in.filter(plan__cycle=report.cycle_id, plan__district__isnull=False)


# --- Effects: ``seen_step`` is the latest step that the person saw, None asks nothing. The report is locked here.


def _hand_over(report, *, by, seen_step=None):
    _check_seen(report, seen_step, CAME_BACK)


def _give_back(report, *, by, seen_step=None):
    _check_seen(report, seen_step, HANDED_OVER_AGAIN)


def _publish(report, *, by, decided_on, body, meeting, seen_step=None, without=None):
    """Freeze it. ``without`` are the slugs of the districts that the person knows are missing; None asks nothing."""
    _check_seen(report, seen_step, HANDED_OVER_AGAIN)
    published = publishing.publish(report, decided_on=decided_on, body=body, meeting=meeting, by=by)
    # Asked of the text that was frozen, so that nothing can come between; a refusal takes it all back.
    missing = {each.slug for each in frozen.document_of(published).missing}
    if without is not None and missing - set(without):
        raise AnotherReport(OTHERS_MISSING, report)


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
        guards=(some_district_has_handed_in, the_summary_is_written, every_district_has_feedback),
        effect=_hand_over,
    ),
    Transition(
        name="publish", slug="publicera", label="Besluta och publicera", **_STEERING,
        does="beslutar om årsrapporten", told="Beslutade och publicerade årsrapporten.",
        sources=(ReportState.READY,), target=ReportState.PUBLISHED,
        # While the steering group has the report, one may have handed in and another got its follow-up back.
        guards=(some_district_has_handed_in, every_district_has_feedback),
        effect=_publish,
    ),
    Transition(
        name="return", slug="skicka-tillbaka", label="Skicka tillbaka", **_STEERING,
        does="skickar tillbaka årsrapporten", told="Skickade tillbaka årsrapporten till beredningsgruppen.",
        sources=(ReportState.READY,), target=ReportState.OPEN, needs_reason=True, is_back=True,
        effect=_give_back,
    ),
    Transition(
        name="take_back", slug="ta-tillbaka", label="Ta tillbaka", **_PREPARATION,
        does="tar tillbaka årsrapporten", told="Tog tillbaka årsrapporten från styrgruppen.",
        sources=(ReportState.READY,), target=ReportState.OPEN, needs_reason=True, is_back=True,
        effect=_give_back,
    ),
)  # fmt: skip
WORKFLOW = Workflow(REPORT_TRANSITIONS, allows=_allows, log=ReportStep.log_of("report"))
