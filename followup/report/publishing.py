"""Freezing the annual report when the city's steering group publishes it, and its files: page, workbook and PDF.

What it says is its document in the open format, character for character. The
files are made of that text, outside the request (``trygghet/kept_files.py``);
until they are there the page is computed of the text.
"""

from django.db import IntegrityError, transaction
from django_tasks import task

from agreements.models import PlanningCycle
from followup.models import FollowUp, Obstacle, PublishedReport, ReportFile
from followup.report import drafts, figures, frozen
from plans.models import PlanVersion
from trygghet.dates import day
from trygghet.kept_files import KEEPERS, Keeper, checksum
from trygghet.workflow import StepRefused

ALREADY = "Årsrapporten är redan publicerad. Ingenting gjordes nu."
FORMATS = ("html", "xlsx", "pdf")
"""The files that are kept, in the order they are made: the PDF carries the workbook inside."""


class AlreadyPublished(StepRefused):
    """The year's report is published already; nothing was done."""

    def __init__(self):
        super().__init__(ALREADY)


@transaction.atomic
def publish(report, *, decided_on, body, meeting, by):
    """Write the report as it stands as published, ask for its files, and return the :class:`PublishedReport`.

    To be called by the step, where the report is locked, before it is settled.
    ``body`` is the group that decided and ``meeting`` the meeting, or "".
    ``by`` reads all that the city reads, so what the person reads is the
    report. Drafts on paper are removed. Raises AlreadyPublished for one that is.
    """
    cycle = PlanningCycle.objects.select_related("area_set").get(pk=report.cycle_id)
    text = frozen.text_of(by, cycle)
    try:
        with transaction.atomic():
            published = PublishedReport.objects.create(
                report=report,
                document=text,
                sha256=checksum(text),
                decided_on=decided_on,
                body=body,
                meeting=meeting,
                by=by,
            )
    except IntegrityError as error:
        raise AlreadyPublished from error
    PUBLISHED.ask_for(published)
    drafts.remove_all(report)
    return published


def published_of(user, year):
    """Return the year's published report if the person reads it, without its text; else None (1 query)."""
    found = PublishedReport.objects.visible_to(user).filter(report__cycle__year=year)
    return found.defer("document").select_related("report__cycle", "by").first()


def published_by_year(user):
    """Return {year: published report} of those that the person reads, the latest first (1 query)."""
    found = PublishedReport.objects.visible_to(user).defer("document").select_related("report__cycle")
    return {each.report.year: each for each in found.order_by("-report__cycle__year")}


def opened_by(user, report, code=""):
    """Return the slugs of the districts whose rows in a published report's document the person opens (1–2 queries).

    That is the follow-up that is counted, or the version where none is; of
    the figure of the obstacles (``code``), the obstacles.
    """
    if code == figures.OBSTACLES:
        obstacles = Obstacle.objects.visible_to(user).filter(plan__cycle__year=report.year)
        return frozenset(obstacles.order_by().values_list("district__slug", flat=True))
    of_year = {"plan__cycle__year": report.year, "plan__district__isnull": False}
    followed_up = FollowUp.objects.visible_to(user).filter(**of_year)
    followed_up = set(followed_up.order_by().values_list("plan__district__slug", flat=True))
    versions = PlanVersion.objects.visible_to(user).filter(**of_year)
    versions = set(versions.order_by().values_list("plan__district__slug", "number"))
    return frozenset(
        each.slug
        for each in report.read
        if (each.slug in followed_up if each.follow_up else (each.slug, each.version) in versions)
    )


def told(published):
    """Return the decision in words: "Publicerad 20 februari 2026 av stadens styrgrupp, Styrgruppsmöte 1"."""
    by = f"Publicerad {day(published.decided_on)} av {published.body}"
    return ", ".join(filter(None, (by, published.meeting)))


# --- The files


def name_of(published):
    """Return what the files are called, without ending."""
    return f"Årsrapport {published.report.year}"


@task()
def make_report_files(published_id):
    """Make what the published report lacks; the work that is asked for by :func:`publish`."""
    PUBLISHED.make_by_key(published_id)


def _content(published, format, kept):
    return frozen.content_of(published, format, kept, published=published, name=name_of(published))


PUBLISHED = Keeper(
    task=make_report_files,
    everything=lambda: PublishedReport.objects.select_related("report__cycle", "by"),
    content=_content,
    file_name=lambda published, format: f"{name_of(published)}.{format}",
    model=ReportFile,
    owner="published",
    plural="publicerade årsrapporter",
    safe="Beslutet och årsrapportens innehåll är sparade.",
    formats=FORMATS,
)
KEEPERS.add(PUBLISHED)
