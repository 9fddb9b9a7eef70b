"""What waits in the annual report: to be written, decided and put in the city's plan; and its table of steps."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from agreements.agenda import AGENDA_LIMITS, AGENDA_SOURCES, Proposal
from agreements.enums import GroupKind
from agreements.models import PlanningCycle
from agreements.permissions import Permission, access_of
from agreements.tasks import TASK_SOURCES, Task
from followup.enums import FollowUpState, ReportState
from followup.models import AnnualReport, FollowUp, ReportProposal
from followup.report.addresses import report_address
from followup.report.proposals import decided_and_waiting, waiting
from followup.report.workflow import REPORT_TRANSITIONS
from plans.afterwards import BEFORE_WRITING, Beforehand
from plans.permissions import EDITABLE_STATES
from plans.states_doc import TABLES, Table
from trygghet.dates import day

P = Permission
SUBJECT = "report"
AHEAD = timedelta(days=60)
"""How long before the year's compilation is due the report is told as something to write."""

TABLES.add(
    Table(
        title="The annual report",
        source="followup/report/workflow.py",
        transitions=REPORT_TRANSITIONS,
        states=ReportState.choices,
        remark="Begun when somebody in the central preparation group first writes in it. Its texts are changed only "
        "while it is open, and what is published is frozen.",
    )
)


@TASK_SOURCES.add
def of_reports(user):
    """Return what waits for the person in the city's annual reports (up to 5 queries)."""
    access = access_of(user)
    return [
        *(_to_write() if access.allows(P.WRITE_REPORT, None) else []),
        *(_to_decide() if access.allows(P.PUBLISH_REPORT, None) else []),
        *(_to_put() if access.allows(P.WRITE_REPORT, None) and access.allows(P.EDIT_PLAN, None) else []),
    ]


def _to_write():
    """The reports of the years that some district has handed in of, and whose compilation is near or late."""
    handed_in = FollowUp.objects.exclude(state=FollowUpState.OPEN).filter(plan__district__isnull=False)
    near = PlanningCycle.objects.filter(compilation_due__lte=timezone.localdate() + AHEAD)
    found = list(near.filter(pk__in=handed_in.values("plan__cycle")).exclude(report__state__in=_HANDED_OVER))
    if not found:
        return []
    begun = AnnualReport.objects.filter(cycle__in=found).prefetch_related("steps")
    reports = {report.cycle_id: report for report in begun}
    return [_write(cycle, reports.get(cycle.pk)) for cycle in found]


_HANDED_OVER = (ReportState.READY, ReportState.PUBLISHED)


def _write(cycle, report):
    latest = next(iter(report.steps.all()), None) if report else None
    is_returned = latest is not None and latest.name == "return"
    return Task(
        text="Skriv årsrapporten",
        about=f"Årsrapport {cycle.year}",
        address=report_address(cycle.year),
        due=cycle.compilation_due,
        since=latest.at if is_returned else None,
        told=(f"Styrgruppen skickade tillbaka den {day(latest.at)}: {latest.reason}",) if is_returned else (),
    )


def _to_decide():
    ready = AnnualReport.objects.filter(state=ReportState.READY).select_related("cycle").prefetch_related("steps")
    return [
        Task(
            text="Besluta om årsrapporten",
            about=str(report),
            address=report_address(report.year),
            due=report.cycle.compilation_due,
            since=_handed_over_at(report),
            told=("Eller skicka tillbaka den, med skälet.",),
        )
        for report in ready
    ]


def _to_put():
    """The decided proposals that wait to become rows of the city's plan for the year after."""
    return [
        Task(
            text=f"Lägg förslagen i handlingsplanen {year + 1}",
            about=f"Årsrapport {year}, {'1 förslag' if count == 1 else f'{count} förslag'} kvar",
            address=_proposals_address(year),
        )
        for year, count in decided_and_waiting(timezone.localdate()).items()
    ]


@BEFORE_WRITING.add
def proposals_before_writing(plan, user):
    """Return what the report of the year before proposes and the city's plan does not have (1 query)."""
    if plan.district_id is not None or plan.state not in EDITABLE_STATES:
        return None
    proposed = ReportProposal.objects.visible_to(user).filter(report__cycle__year=plan.year - 1)
    texts = [" ".join(text.split()) for text in waiting(proposed).values_list("text", flat=True)]
    if not texts:
        return None
    return Beforehand(
        title=f"Förslag i årsrapporten {plan.year - 1} som inte är med i planen: {len(texts)}",
        text="\n".join(f"- {text}" for text in texts),
        label="Till förslagen",
        address=_proposals_address(plan.year - 1),
    )


def _proposals_address(year):
    return reverse("followup:report_proposals", args=[year])


def _handed_over_at(report):
    latest = next(iter(report.steps.all()), None)
    return latest.at if latest else None


# --- The agenda of the city's steering group


@AGENDA_SOURCES.add
def reports_to_decide(group, user):
    """Return the reports that the city's steering group has been handed, of those the person reads (2 queries)."""
    if group.kind != GroupKind.STEERING or group.district_id is not None:
        return []
    ready = AnnualReport.objects.visible_to(user).filter(state=ReportState.READY)
    return [_proposal(report) for report in ready.select_related("cycle").prefetch_related("steps")]


def _proposal(report):
    at = _handed_over_at(report)
    since = timezone.localdate(at) if at else None
    return Proposal(
        subject=f"{SUBJECT}:{report.pk}:publish",
        title=f"Besluta om årsrapport {report.year}",
        address=report_address(report.year),
        background=f"Lämnad till styrgruppen {day(since)}." if since else "",
        is_decision=True,
        since=since,
    )


@AGENDA_LIMITS.add
def reports_not_read(user, meeting, items):
    """Return the items about a report that the person does not read (1 query where there are any)."""
    about = {item.pk: int(item.subject.split(":")[1]) for item in items if item.subject.startswith(f"{SUBJECT}:")}
    if not about:
        return set()
    read = set(AnnualReport.objects.visible_to(user).filter(pk__in=about.values()).values_list("pk", flat=True))
    return {uid for uid, pk in about.items() if pk not in read}
