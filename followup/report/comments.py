"""What the city's groups say of the report's sections while it is written; never part of the report."""

from django.db import transaction
from django.utils import timezone

from agreements.permissions import Permission, access_of
from followup.enums import ReportState
from followup.models import AnnualReport, ReportComment
from followup.report.writing import CLOSED, begin
from trygghet.workflow import StepRefused

MAX_COMMENT = 4_000


def may_comment(user):
    """Whether the person says what they think of the report, as the city's groups do."""
    return access_of(user).allows(Permission.COMMENT_REPORT, None)


@transaction.atomic
def comment(cycle, section, text, *, by):
    """Write a comment on the section of the year's report, which is begun if need be; return it.

    The same said twice by the same person is one comment, as long as it is
    not done. Raises StepRefused for a published report.
    """
    report = _locked(begin(cycle).pk)
    same = report.comments.filter(section=section, text=text, by=by, resolved_at=None).first()
    return same or ReportComment.objects.create(report=report, section=section, text=text, by=by)


@transaction.atomic
def resolve(said, *, by):
    """Mark the comment as done; one that is done stays as it was. Raises StepRefused for a published report."""
    said = _again(said)
    if said.resolved_at is None:
        said.resolved_by, said.resolved_at = by, timezone.now()
        said.save(update_fields=["resolved_by", "resolved_at"])
    return said


@transaction.atomic
def reopen(said):
    """Take back that the comment is done. Raises StepRefused for a published report."""
    said = _again(said)
    said.resolved_by = said.resolved_at = None
    said.save(update_fields=["resolved_by", "resolved_at"])
    return said


def _again(said):
    _locked(said.report_id)
    return ReportComment.objects.get(pk=said.pk)


def _locked(pk):
    report = AnnualReport.objects.select_for_update(of=("self",)).get(pk=pk)
    if report.state == ReportState.PUBLISHED:
        raise StepRefused(CLOSED[report.state])
    return report
