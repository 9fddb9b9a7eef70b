"""The files of what has been frozen: made once, outside the request, of the frozen text and nothing else.

What freezes asks for them in its own transaction (:meth:`Keeper.ask_for`), so
that nothing is ever frozen without being asked for. What is asked for is made
by a worker (``manage.py db_worker``), each file kept as soon as it is made.
When a worker is killed, a storage fails or the asking is lost, the next who
looks asks again (:meth:`Keeper.heal`): the page of what is frozen, the start
of a worker, and ``manage.py freeze_files``.

There is a :class:`Keeper` for each kind of frozen thing. A kind is a model
with ``document`` and ``sha256``, whose files, of a model with ``format``,
``name``, ``file``, ``sha256`` and ``size``, are its ``files``.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from trygghet.contributions import Contributions
from trygghet.dates import time_of_day
from trygghet.words import counted, listed

logger = logging.getLogger(__name__)

# The JSON is the frozen text itself and needs no file. The workbook first: the PDF carries it inside.
KEPT = ("xlsx", "pdf")
CALLED = {"html": "Sidan", "xlsx": "Excel", "pdf": "PDF"}

# What has run for so long belongs to a worker that is gone; a plan of 3 000 actions takes some minutes.
STUCK_AFTER = timedelta(minutes=30)
RETRY_AFTER = timedelta(minutes=5)
# A worker asks for work every second; who waits for so long waits for a worker.
NO_WORKER_AFTER = timedelta(minutes=1)

KEEPERS = Contributions()
"""The keepers of all kinds, for the commands that go through everything frozen."""


class NotKept(Exception):
    """The storage did not take the file. The cause says why."""


def checksum(text):
    """Return the sha256 of a frozen text, of its UTF-8 bytes as they are when the JSON file is downloaded."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Keeper:
    """Makes, keeps, checks and asks for the files of one kind of frozen thing.

    ``task`` takes the key of one and makes its files. ``everything`` returns
    the queryset of all of them, with what the making needs. ``content`` makes
    the bytes of one in a format, given the files that are already kept, and
    ``file_name`` names them. ``model`` is that of the files, and ``owner`` its
    field for what is frozen. ``plural`` names them in Swedish; ``safe`` is a
    Swedish sentence that says what is not lost when a file could not be made.
    ``formats`` are those that are kept, in the order they are made.
    """

    task: object
    everything: Callable
    content: Callable
    file_name: Callable
    model: type
    owner: str
    plural: str
    safe: str
    formats: tuple[str, ...] = KEPT

    # --- Making

    def make_by_key(self, key):
        """Make what the one with the key lacks, and log a failure: the body of the ``task``."""
        frozen = self.everything().get(pk=key)
        try:
            self.make(frozen)
        except Exception:
            logger.exception("The files of %s could not be made", frozen)
            raise

    def make(self, frozen):
        """Make and keep those of the files that are not there.

        Each is committed as soon as it is made, so call this outside a
        transaction. May be repeated, and may be done by several at once: the first to keep
        a file wins. Raises NotKept when the storage does not take a file.
        """
        kept = {file.format: file for file in frozen.files.all()}
        for name in self.formats:
            if name not in kept:
                kept[name] = self.keep(frozen, name, self.content(frozen, name, kept))

    def read(self, frozen, format):
        """Return the bytes in that format, making the files first where they are not there."""
        if format == "json":
            return frozen.document.encode()
        self.make(frozen)
        with frozen.files.get(format=format).file.open("rb") as file:
            return file.read()

    def keep(self, frozen, name, content):
        """Keep the file, or throw it away if another worker was first; return the one that is kept."""
        made = self.model(
            **{self.owner: frozen},
            format=name,
            name=self.file_name(frozen, name),
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
            first = frozen.files.filter(format=name).first()
            if first is None or first.file.name != made.file.name:
                made.file.storage.delete(made.file.name)
            if first is None or not isinstance(error, IntegrityError):
                raise
            return first
        return made

    # --- Checking

    def each(self):
        """Return all of them with their files, one at a time."""
        return self.everything().prefetch_related("files").order_by("pk").iterator(chunk_size=20)

    def differences(self, frozen):
        """Return a Swedish sentence for each of the content and the files that is not what was kept."""
        found = []
        if checksum(frozen.document) != frozen.sha256:
            found.append(f"{frozen}: innehållet stämmer inte med sin kontrollsumma.")
        for file in frozen.files.all():
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

    def ask_for(self, frozen):
        """Ask for the files. Part of the caller's transaction: who takes the freezing back takes this back."""
        self.task.enqueue(frozen.pk)

    def incomplete(self):
        """Return those, all of them, that lack one of their files."""
        made = Count("files", filter=Q(files__format__in=self.formats))
        return self.everything().annotate(made=made).filter(made__lt=len(self.formats)).order_by("pk")

    def heal(self, frozen, *, is_restart=False):
        """Ask again for files that nobody is making; return whether that was needed.

        Somebody is making them while a request waits in the queue, while one has
        run for less than STUCK_AFTER, and until RETRY_AFTER has passed since one
        failed. With ``is_restart`` only what waits counts: the worker that had the
        rest in hand is known to be gone.
        """
        if not self.is_needed(frozen, is_restart=is_restart):
            return False
        with transaction.atomic():
            # Two who look at once ask once.
            locked = type(frozen)._default_manager.select_for_update().get(pk=frozen.pk)
            if needed := self.is_needed(locked, is_restart=is_restart):
                self.ask_for(locked)
        return needed

    def is_needed(self, frozen, *, is_restart=False):
        """Whether :meth:`heal` would ask for the files (2 queries at most)."""
        there = set(frozen.files.values_list("format", flat=True))
        if all(name in there for name in self.formats):
            return False
        latest = self._latest_request(frozen)
        if latest is None or latest.status == TaskResultStatus.READY:
            return latest is None
        if is_restart:
            return True
        if latest.status == TaskResultStatus.RUNNING:
            return latest.started_at < timezone.now() - STUCK_AFTER
        return latest.finished_at < timezone.now() - RETRY_AFTER

    def _latest_request(self, frozen):
        requests = DBTaskResult.objects.filter(task_path=self.task.module_path, args_kwargs__args__0=frozen.pk)
        return requests.order_by("-enqueued_at").first()

    # --- How far it has come

    def progress(self, frozen):
        """Return the :class:`Progress` of the files (1 query when all is done, else 2)."""
        files = {file.format: file for file in frozen.files.all()}
        told = partial(Progress, files=files, formats=self.formats)
        if all(name in files for name in self.formats):
            return told(stage=Stage.DONE)
        request = self._latest_request(frozen)
        if request is None:
            return told(stage=Stage.WAITING)
        if request.status == TaskResultStatus.READY:
            return told(stage=Stage.WAITING, since=request.enqueued_at, trouble=_no_worker(request))
        if request.status == TaskResultStatus.RUNNING:
            since = max([request.started_at, *(file.made_at for file in files.values())])
            return told(stage=Stage.MAKING, since=since)
        return told(stage=Stage.FAILED, since=request.finished_at, trouble=self._failure(request))

    def _failure(self, request):
        when = time_of_day(request.finished_at)
        is_storage = request.exception_class_path == f"{NotKept.__module__}.{NotKept.__qualname__}"
        what = "gick det inte att spara filen" if is_storage else "gick det fel när filen skulle skapas"
        return (
            f"Klockan {when} {what}. Ett nytt försök görs inom några minuter. {self.safe} "
            "Händer det igen, säg till den som sköter systemet."
        )


class Stage(StrEnum):
    """Where the making of the files stands."""

    DONE = "done"
    WAITING = "waiting"
    MAKING = "making"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is there of the files, what is being made, and what went wrong.

    ``files`` maps a format to the file that is kept; ``formats`` are those that
    are to be. ``since`` is when the file in the making was begun, or when they
    were asked for; None when they are all there, or nobody has asked. ``trouble`` is a Swedish sentence, or "".
    """

    files: dict
    stage: Stage
    formats: tuple[str, ...] = KEPT
    since: datetime | None = None
    trouble: str = ""

    @property
    def is_done(self):
        """Whether every file is there."""
        return self.stage is Stage.DONE

    @property
    def missing(self):
        """The formats that are not there, in the order they are made."""
        return [name for name in self.formats if name not in self.files]

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
        there = [CALLED[name] for name in self.formats if name in self.files]
        done = f"{listed(there)} {'klara' if len(there) > 1 else 'klar'}" if there else ""
        return " · ".join(filter(None, (done, doing)))

    def _doing(self):
        if self.is_done:
            return ""
        waits = listed([CALLED[name] for name in self.missing])
        return {
            Stage.MAKING: f"{CALLED[self.missing[0]]} skapas",
            Stage.WAITING: f"{waits} väntar på att skapas",
            Stage.FAILED: f"{waits} är inte gjord{'a' if len(self.missing) > 1 else ''} än",
        }[self.stage]


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


def duration_told(duration):
    """Return a duration in words: "12 sekunder", "1 minut", "3 timmar"."""
    seconds = max(int(duration.total_seconds()), 0)
    for size, one, many in ((3600, "timme", "timmar"), (60, "minut", "minuter")):
        if seconds >= size:
            return f"{seconds // size} {one if seconds < 2 * size else many}"
    return f"{counted(seconds, 'sekund', 'sekunder')}"
