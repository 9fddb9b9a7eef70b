"""Freezing a follow-up when the steering group approves it, and its files.

What it says is its document in the open format, character for character, and
the files are made of that text and the version's: outside the request, as
those of a decided version are (``trygghet/kept_files.py``).
"""

from django.db import transaction
from django_tasks import task

from followup import open_format
from followup.exports import cover_of, file_name, pdf_of, workbook_of
from followup.loading import load
from followup.models import ApprovedFollowUp, FollowUp, FollowUpFile
from plans.exports import FORMATS
from plans.open_format import loads_marked
from trygghet.kept_files import KEEPERS, Keeper, checksum


@transaction.atomic
def freeze(follow_up, *, approved_on, body, meeting, by):
    """Write the follow-up as it stands as approved, ask for its files, and return the :class:`ApprovedFollowUp`.

    To be called by the approval, where the follow-up is locked, before it is
    settled. ``body`` is the group that approved and ``meeting`` the meeting,
    or "". Raises IntegrityError for one that is already approved.
    """
    with_place = FollowUp.objects.with_place().get(pk=follow_up.pk)
    text = open_format.dumps(load(with_place))
    approved = ApprovedFollowUp.objects.create(
        follow_up=with_place,
        document=text,
        sha256=checksum(text),
        approved_on=approved_on,
        body=body,
        meeting=meeting,
        by=by,
    )
    FOLLOW_UPS.ask_for(approved)
    return approved


def document_of(approved):
    """Return what was approved as a :class:`~followup.document.FollowUpDocument`."""
    return open_format.loads(approved.document)


@task()
def make_files(approved_id):
    """Make what the approved follow-up lacks; the work that is asked for by :func:`freeze`."""
    FOLLOW_UPS.make_by_key(approved_id)


def named(approved, format):
    """Return the name people find the file by."""
    return file_name(approved.follow_up, format)


def _content(approved, name, kept):
    version = approved.follow_up.version
    plan, marker = loads_marked(version.document)
    document = document_of(approved)
    if name == "xlsx":
        return workbook_of(plan, document, marker)
    with kept["xlsx"].file.open("rb") as file:
        workbook = file.read()
    attachments = [
        _attached(named(approved, "xlsx"), workbook, "xlsx", FORMATS["xlsx"].label),
        _attached(named(approved, "json"), approved.document.encode(), "json", "Uppföljningen i öppet format"),
        # The follow-up names its rows by their identities there.
        _attached(_plan_name(version), version.document.encode(), "json", "Den beslutade planen i öppet format"),
    ]
    cover = cover_of(approved.follow_up, approved)
    return pdf_of(plan, document, cover, attachments, objectives=version.facts["objectives"])


def _attached(name, content, format, description):
    return name, content, FORMATS[format].media_type, description


def _plan_name(version):
    return f"{version.plan.name} {version.plan.scope} version {version.number}.json"


FOLLOW_UPS = Keeper(
    task=make_files,
    everything=lambda: ApprovedFollowUp.objects.select_related(
        "follow_up__plan__district", "follow_up__plan__cycle__area_set", "follow_up__version__plan__district",
        "follow_up__version__plan__cycle", "by",
    ),
    content=_content,
    file_name=named,
    model=FollowUpFile,
    owner="approved",
    plural="godkända uppföljningar",
    safe="Godkännandet och uppföljningens innehåll är sparade.",
)  # fmt: skip
KEEPERS.add(FOLLOW_UPS)
