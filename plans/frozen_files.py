"""The files of a decided version: made once, outside the request, of the version's own text and nothing else.

The decision asks for them in its own transaction (:func:`ask_for`), so that a
version is never decided without being asked for. What is asked for is made
by a worker (``manage.py db_worker``), each file kept as soon as it is made.
When a worker is killed, a storage fails or the asking is lost, the next who
looks asks again (:func:`heal`): the page of the version, the start of a
worker, and ``manage.py freeze_files``.
"""

import hashlib
import io
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from plans import open_format
from plans.enums import PlanState
from plans.exports import FORMATS
from plans.models import FrozenFile, PlanVersion
from plans.models.content import kind_of
from plans.pdf import Cover, archive_pdf
from plans.versions import checksum
from plans.workbook.writer import write_workbook
from trygghet.dates import day, time_of_day

logger = logging.getLogger(__name__)

# The JSON is the version's own text and needs no file. The workbook first: the PDF carries it inside.
KEPT = ("xlsx", "pdf")
CALLED = {"xlsx": "Excel", "pdf": "PDF"}

# What has run for so long belongs to a worker that is gone; a plan of 3 000 actions takes some minutes.
STUCK_AFTER = timedelta(minutes=30)
RETRY_AFTER = timedelta(minutes=5)
# A worker asks for work every second; who waits for so long waits for a worker.
NO_WORKER_AFTER = timedelta(minutes=1)


class NotKept(Exception):
    """The storage did not take the file. The cause says why."""


# --- Making


@task()
def make_files(version_id):
    """Make what the version lacks; the work that :func:`ask_for` puts in the queue."""
    version = PlanVersion.objects.with_place().get(pk=version_id)
    try:
        make(version)
    except Exception:
        logger.exception("The files of %s could not be made", version)
        raise


def make(version):
    """Make and keep those of the version's files that are not there.

    Each is committed as soon as it is made, so call this outside a
    transaction. May be repeated, and may be done by several at once: the first to keep
    a file wins. Raises NotKept when the storage does not take a file.
    """
    kept = {file.format: file for file in version.files.all()}
    for name in KEPT:
        if name not in kept:
            content = _workbook(version) if name == "xlsx" else _archive(version, kept["xlsx"])
            kept[name] = _keep(version, name, content)


def read(version, format):
    """Return the bytes of the version in that format, making its files first where they are not there."""
    if format == "json":
        return version.document.encode()
    make(version)
    with version.files.get(format=format).file.open("rb") as file:
        return file.read()


def file_name(version, format):
    """Return the name people find the file by, such as "Åtgärdsplan 2025 Järva version 1.pdf"."""
    return f"{version.plan.name} {version.plan.scope} version {version.number}.{FORMATS[format].extension}"


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
    return archive_pdf(document, _cover(version, document), attachments, objectives=version.facts["objectives"])


def _cover(version, document):
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


def _keep(version, name, content):
    """Keep the file, or throw it away if another worker was first; return the one that is kept."""
    made = FrozenFile(
        version=version,
        format=name,
        name=file_name(version, name),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
    )
    try:
        made.file.save(made.name, ContentFile(content), save=False)
    except Exception as error:  # each storage has errors of its own
        raise NotKept(f"{made.name}: {error}") from error
    try:
        with transaction.atomic():
            made.save()
    except BaseException as error:
        first = version.files.filter(format=name).first()
        if first is None or first.file.name != made.file.name:
            made.file.storage.delete(made.file.name)
        if first is None or not isinstance(error, IntegrityError):
            raise
        return first
    return made


# --- Checking


def every_version():
    """Return all decided versions with their files, one at a time."""
    return PlanVersion.objects.with_place().prefetch_related("files").order_by("pk").iterator(chunk_size=20)


def differences(version):
    """Return a Swedish sentence for each of the version's content and files that is not what was kept."""
    found = []
    if checksum(version.document) != version.sha256:
        found.append(f"{version}: innehållet stämmer inte med sin kontrollsumma.")
    for file in version.files.all():
        try:
            with file.file.open("rb") as content:
                is_same = hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
        except OSError as error:
            found.append(f"{file.name}: filen går inte att läsa ({error}).")
        else:
            if not is_same:
                found.append(f"{file.name}: filen stämmer inte med sin kontrollsumma.")
    return found


# --- Asking


def ask_for(version):
    """Ask for the version's files. Part of the caller's transaction: who takes the decision back takes this back."""
    make_files.enqueue(version.pk)


def incomplete():
    """Return the versions, all of them, that lack one of their files."""
    made = Count("files", filter=Q(files__format__in=KEPT))
    return PlanVersion.objects.with_place().annotate(made=made).filter(made__lt=len(KEPT)).order_by("pk")


def heal(version, *, is_restart=False):
    """Ask again for files that nobody is making; return whether that was needed.

    Somebody is making them while a request waits in the queue, while one has
    run for less than STUCK_AFTER, and until RETRY_AFTER has passed since one
    failed. With ``is_restart`` only what waits counts: the worker that had the
    rest in hand is known to be gone.
    """
    if not is_needed(version, is_restart=is_restart):
        return False
    with transaction.atomic():
        # Two who look at once ask once.
        locked = PlanVersion.objects.select_for_update().get(pk=version.pk)
        if needed := is_needed(locked, is_restart=is_restart):
            ask_for(locked)
    return needed


def is_needed(version, *, is_restart=False):
    """Whether :func:`heal` would ask for the version's files (2 queries at most)."""
    if not _missing(version):
        return False
    latest = _latest_request(version)
    if latest is None or latest.status == TaskResultStatus.READY:
        return latest is None
    if is_restart:
        return True
    if latest.status == TaskResultStatus.RUNNING:
        return latest.started_at < timezone.now() - STUCK_AFTER
    return latest.finished_at < timezone.now() - RETRY_AFTER


def _missing(version):
    there = set(version.files.values_list("format", flat=True))
    return [name for name in KEPT if name not in there]


def _latest_request(version):
    requests = DBTaskResult.objects.filter(task_path=make_files.module_path, args_kwargs__args__0=version.pk)
    return requests.order_by("-enqueued_at").first()


# --- How far it has come


class Stage(StrEnum):
    """Where the making of a version's files stands."""

    DONE = "done"
    WAITING = "waiting"
    MAKING = "making"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is there of a version's files, what is being made, and what went wrong.

    ``files`` maps a format to its :class:`FrozenFile`. ``since`` is when the
    file in the making was begun, or when they were asked for; None when they
    are all there, or nobody has asked. ``trouble`` is a Swedish sentence, or "".
    """

    files: dict
    stage: Stage
    since: datetime | None = None
    trouble: str = ""

    @property
    def is_done(self):
        """Whether every file is there."""
        return self.stage is Stage.DONE

    @property
    def missing(self):
        """The formats that are not there, in the order they are made."""
        return [name for name in KEPT if name not in self.files]

    @property
    def key(self):
        """A short text that differs when something worth telling has happened."""
        return "-".join([*self.files, self.stage])

    @property
    def told(self):
        """What has happened, without the time it takes: "Excel klar · PDF skapas"."""
        return self._told(self._doing())

    @property
    def told_with_time(self):
        """The same with the time: "Excel klar · PDF skapas, 12 sekunder"."""
        waited = f", {duration_told(timezone.now() - self.since)}" if self.since and not self.trouble else ""
        return self._told(self._doing() + waited)

    def _told(self, doing):
        there = [CALLED[name] for name in KEPT if name in self.files]
        done = f"{' och '.join(there)} {'klara' if len(there) > 1 else 'klar'}" if there else ""
        return " · ".join(filter(None, (done, doing)))

    def _doing(self):
        if self.is_done:
            return ""
        waits = " och ".join(CALLED[name] for name in self.missing)
        return {
            Stage.MAKING: f"{CALLED[self.missing[0]]} skapas",
            Stage.WAITING: f"{waits} väntar på att skapas",
            Stage.FAILED: f"{waits} är inte gjord{'a' if len(self.missing) > 1 else ''} än",
        }[self.stage]


def progress(version):
    """Return the version's :class:`Progress` (1 query when all is done, else 2)."""
    files = {file.format: file for file in version.files.all()}
    if all(name in files for name in KEPT):
        return Progress(files=files, stage=Stage.DONE)
    request = _latest_request(version)
    if request is None:
        return Progress(files=files, stage=Stage.WAITING)
    if request.status == TaskResultStatus.READY:
        return Progress(files=files, stage=Stage.WAITING, since=request.enqueued_at, trouble=_no_worker(request))
    if request.status == TaskResultStatus.RUNNING:
        since = max([request.started_at, *(file.made_at for file in files.values())])
        return Progress(files=files, stage=Stage.MAKING, since=since)
    return Progress(files=files, stage=Stage.FAILED, since=request.finished_at, trouble=_failure(request))


def _no_worker(request):
    if timezone.now() - request.enqueued_at < NO_WORKER_AFTER or _a_worker_is_busy():
        return ""
    return (
        f"De har väntat i {duration_told(timezone.now() - request.enqueued_at)}. Systemets arbetsprocess verkar stå "
        "stilla. Filerna skapas när den är igång igen; dröjer det, säg till den som sköter systemet."
    )


def _a_worker_is_busy():
    """Whether a worker has something else in hand, or had a moment ago."""
    now = timezone.now()
    in_hand = Q(status=TaskResultStatus.RUNNING, started_at__gt=now - STUCK_AFTER)
    return DBTaskResult.objects.filter(in_hand | Q(finished_at__gt=now - NO_WORKER_AFTER)).exists()


def _failure(request):
    when = time_of_day(request.finished_at)
    is_storage = request.exception_class_path == f"{NotKept.__module__}.{NotKept.__qualname__}"
    what = "gick det inte att spara filen" if is_storage else "gick det fel när filen skulle skapas"
    return (
        f"Klockan {when} {what}. Ett nytt försök görs inom några minuter. Beslutet och planens innehåll är sparade. "
        "Händer det igen, säg till den som sköter systemet."
    )


def duration_told(duration):
    """Return a duration in words: "12 sekunder", "1 minut", "3 timmar"."""
    seconds = max(int(duration.total_seconds()), 0)
    for size, one, many in ((3600, "timme", "timmar"), (60, "minut", "minuter")):
        if seconds >= size:
            return f"{seconds // size} {one if seconds < 2 * size else many}"
    return f"{seconds} {'sekund' if seconds == 1 else 'sekunder'}"
