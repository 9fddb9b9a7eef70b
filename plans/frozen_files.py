"""The files of a decided version; how they are made, asked for and healed is in ``trygghet/kept_files.py``."""

import io

from django.utils import timezone
from django_tasks import task

from plans import open_format
from plans.enums import PlanState
from plans.exports import FORMATS
from plans.models import FrozenFile, PlanVersion
from plans.models.content import kind_of
from plans.pdf import Cover, archive_pdf
from plans.workbook.writer import write_workbook
from trygghet.dates import day
from trygghet.kept_files import CALLED, KEEPERS, Keeper, NotKept, Stage, duration_told

__all__ = ["CALLED", "NotKept", "Stage", "duration_told"]


@task()
def make_files(version_id):
    """Make what the version lacks; the work that :func:`ask_for` puts in the queue."""
    VERSIONS.make_by_key(version_id)


def file_name(version, format):
    """Return the name people find the file by, such as "Åtgärdsplan 2025 Järva version 1.pdf"."""
    return f"{version.plan.name} {version.plan.scope} version {version.number}.{FORMATS[format].extension}"


def _content(version, name, kept):
    return _workbook(version) if name == "xlsx" else _archive(version, kept["xlsx"])


def _workbook(version):
    document, marker = open_format.loads_marked(version.document)
    buffer = io.BytesIO()
    write_workbook(document, buffer, marker)
    return buffer.getvalue()


def _archive(version, workbook):
    """Return the version as PDF/A-3a, carrying the very workbook and JSON that are downloaded beside it."""
    with workbook.file.open("rb") as file:
        carried = {"xlsx": file.read(), "json": version.document.encode()}
    attachments = [
        (file_name(version, name), content, FORMATS[name].media_type, FORMATS[name].label)
        for name, content in carried.items()
    ]
    document = open_format.loads(version.document)
    return archive_pdf(document, cover_of(version, document), attachments, objectives=version.facts["objectives"])


def cover_of(version, document):
    """Return what the cover of the version says of it."""
    return Cover(
        kind=kind_of(version.plan.scope),
        district=document.district,
        year=document.year,
        state=PlanState.DECIDED.label,
        version=f"Version {version.number}",
        parties=tuple(version.facts["parties"]),
        decision=decision_told(version),
        checksum=version.sha256,
        is_draft=False,
        is_example=version.plan.is_example,
        made_at=timezone.localtime(),
    )


def decision_told(version):
    """Return the decision as it is printed: "Beslutad av Lokala styrgruppen, 12 mars 2025, Styrgruppsmöte 2, § 3"."""
    when = day(version.decided_on)
    paragraph = version.paragraph.strip()
    if paragraph and not paragraph.startswith("§"):
        paragraph = f"§ {paragraph}"
    return ", ".join(filter(None, (f"Beslutad av {version.body}", when, version.meeting, paragraph)))


VERSIONS = Keeper(
    task=make_files,
    everything=lambda: PlanVersion.objects.with_place(),
    content=_content,
    file_name=file_name,
    model=FrozenFile,
    owner="version",
    plural="versioner",
    safe="Beslutet och planens innehåll är sparade.",
)
KEEPERS.add(VERSIONS)

make, read, _keep = VERSIONS.make, VERSIONS.read, VERSIONS.keep
ask_for, heal, is_needed, incomplete = VERSIONS.ask_for, VERSIONS.heal, VERSIONS.is_needed, VERSIONS.incomplete
progress, differences = VERSIONS.progress, VERSIONS.differences
