"""The annual report on paper while it is written: a snapshot, its files made outside the request.

A snapshot is taken when somebody asks for it, so that the workbook and the
PDF say the same however long they take. There is one of each report: an old
one goes, with its files, when a new one is asked for.
"""

import logging

from django.db import IntegrityError, transaction
from django_tasks import task

from followup.models import ReportDraft, ReportDraftFile
from followup.report import frozen
from followup.report.writing import begin
from trygghet.kept_files import KEEPERS, Keeper, checksum

logger = logging.getLogger(__name__)


@transaction.atomic
def ask_for(cycle, *, by):
    """Take a snapshot of the year's report as the person reads it, ask for its files, and return it.

    One that says the same is not taken again. The cycle must come with its set of areas.
    """
    report = _locked(begin(cycle))
    text = frozen.text_of(by, cycle)
    found = latest(cycle)
    if found and found.sha256 == checksum(text):
        DRAFTS.heal(found)
        return found
    remove_all(report)
    draft = ReportDraft.objects.create(report=report, document=text, sha256=checksum(text), by=by)
    DRAFTS.ask_for(draft)
    return draft


def _locked(report):
    """Two who ask at once get one draft."""
    return type(report).objects.select_for_update(of=("self",)).get(pk=report.pk)


def latest(cycle):
    """Return the draft of the year's report without its text, None if nobody has asked for one (1 query)."""
    found = ReportDraft.objects.filter(report__cycle=cycle).defer("document")
    return found.select_related("report__cycle", "by").first()


def remove_all(report):
    """Remove the report's drafts, and their files from the storage once that is settled."""
    drafts = report.drafts.all()
    files = list(ReportDraftFile.objects.filter(draft__in=drafts))
    ReportDraftFile.objects.filter(draft__in=drafts).delete()
    drafts.delete()
    transaction.on_commit(lambda: _throw_away([each.file for each in files]))


def _throw_away(files):
    for file in files:
        try:
            file.storage.delete(file.name)
        except OSError:
            logger.exception("The file of a removed draft, %s, is still in the storage", file.name)


# --- The files


@task()
def make_draft_files(draft_id):
    """Make what the draft lacks, unless it has been removed since: the work that :func:`ask_for` puts in the queue."""
    if not _is_there(draft_id):
        return
    try:
        DRAFTS.make_by_key(draft_id)
    except (ReportDraft.DoesNotExist, IntegrityError):
        if _is_there(draft_id):
            raise


def _is_there(draft_id):
    return ReportDraft.objects.filter(pk=draft_id).exists()


DRAFTS = Keeper(
    task=make_draft_files,
    everything=lambda: ReportDraft.objects.select_related("report__cycle", "by"),
    content=frozen.content_of,
    file_name=lambda draft, format: f"Årsrapport {draft.report.year} utkast.{format}",
    model=ReportDraftFile,
    owner="draft",
    plural="utkast till årsrapporter",
    safe="Årsrapportens innehåll är sparat.",
)
KEEPERS.add(DRAFTS)
