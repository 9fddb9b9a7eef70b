"""Between an upload and its confirmation: a file that has been read waits, and the plan is left alone."""

from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from plans import editing, open_format
from plans import operations as ops
from plans.enums import FileKind
from plans.imports import Material, base_document, choose, find_changes, rehearse, summary_of, write_all
from plans.loading import load
from plans.marker import marker_from
from plans.models import ActionPlan, ImportJob
from plans.since import latest_event
from plans.workbook.outcome import Note, Source

KEPT_FOR = timedelta(days=1)
CLOSED_KEPT_FOR = timedelta(days=30)


class StaleImport(Exception):
    """The plan has changed since the preview; nothing was written and the preview must be shown anew."""


def open_job(target, material, *, by):
    """Keep what the file says until it is confirmed; raise ImportRefused for what the plan cannot hold.

    Jobs that have waited for more than a day are thrown away on the way, and
    so are closed ones that nobody can have open any longer.
    """
    closed = Q(confirmed_at__isnull=False) | Q(discarded_at__isnull=False)
    now = timezone.now()
    ImportJob.objects.filter(~closed, at__lt=now - KEPT_FOR).delete()
    ImportJob.objects.filter(closed, at__lt=now - CLOSED_KEPT_FOR).delete()
    job = ImportJob(
        district=target.district,
        cycle=target.cycle,
        by=by,
        file_name=material.file_name[:255],
        carries=material.carries,
        notes=[[note.level, note.message, note.sheet, note.cell] for note in material.notes],
        sources={_path_text(path): list(source) for path, source in material.sources.items()},
        marker=_marker_data(material),
    )
    base = _compare(job, target, material)
    rehearse(target, base, ops.from_data(job.operations))
    job.save()
    return job


def _path_text(path):
    return ".".join(map(str, path))


def _path(text):
    return tuple(map(int, text.split(".")))


def _marker_data(material):
    if material.marker is None:
        return None
    identities = {_path_text(path): uid for path, uid in material.identities.items()}
    return {"event": material.marker.event, "at": material.marker.at.isoformat(), "identities": identities}


def _compare(job, target, material):
    """Fill in how the plan, as it is now, differs from the file; return the plan's document."""
    job.based_on = latest_event(target.plan)
    base = base_document(target)
    document, operations = find_changes(base, material)
    job.document = open_format.to_data(document)
    job.operations = ops.to_data(operations)
    return base


def material_of(job):
    """Return the :class:`Material` that the job keeps."""
    marked = job.marker or {}
    return Material(
        file_name=job.file_name,
        carries=FileKind(job.carries),
        document=open_format.from_data(job.document),
        notes=tuple(Note(*note) for note in job.notes),
        sources={_path(path): Source(*source) for path, source in job.sources.items()},
        marker=marker_from(marked["event"], marked["at"]) if marked else None,
        identities={_path(path): uid for path, uid in marked.get("identities", {}).items()},
    )


def seen_as(job):
    """Return the mark of what the preview was based on, which the confirmation sends back."""
    return "" if job.based_on is None else str(job.based_on)


def is_stale(job, target):
    """Whether the plan has changed since the job's changes were found."""
    return job.based_on != latest_event(target.plan)


def refresh(job, target):
    """Find the job's changes anew against the plan as it is now."""
    _compare(job, target, material_of(job))
    job.save(update_fields=["document", "operations", "based_on"])


def base_for_preview(target):
    """Return the document that the preview tells the job's changes against, or None if there is no plan.

    Comes without goals one by one, timings and responsibilities, whose old
    values are in the changes themselves.
    """
    return load(target.plan, with_parts=False).document if target.plan else None


@transaction.atomic
def confirm(job, target, *, seen, chosen, by):
    """Write the chosen changes and close the job; return the event, or None if nothing was chosen.

    A job that is closed already, in another window, changes nothing more.

    ``seen`` is :func:`seen_as` of the preview the person looked at. Raises
    StaleImport if the plan has changed since, PermissionDenied and EditRefused
    as ``editing.apply`` does. Then nothing is written. A plan that does not
    exist is started and takes everything.
    """
    _lock(job)
    if job.is_closed:
        return job.event
    if target.plan is None:
        event = _start_plan(job, target, by)
    else:
        ActionPlan.objects.select_for_update(of=("self",)).get(pk=target.plan.pk)
        if seen != seen_as(job) or is_stale(job, target):
            raise StaleImport
        event = _apply_chosen(job, target.plan, chosen, by)
    _close(job, confirmed_at=timezone.now(), event=event)
    return event


@transaction.atomic
def discard(job):
    """Throw away what the file said; a job that is closed already stays as it is."""
    _lock(job)
    if not job.is_closed:
        _close(job, discarded_at=timezone.now())


def _lock(job):
    """Wait for another window that is closing the job, and learn what became of it."""
    locked = ImportJob.objects.select_for_update().get(pk=job.pk)
    job.confirmed_at, job.discarded_at, job.event = locked.confirmed_at, locked.discarded_at, locked.event


def _close(job, **outcome):
    """Keep what became of the job and nothing of what the file said."""
    values = {"document": {}, "notes": [], "sources": {}, "operations": [], "marker": None} | outcome
    ImportJob.objects.filter(pk=job.pk).update(**values)
    for name, value in outcome.items():
        setattr(job, name, value)


def _apply_chosen(job, plan, chosen, by):
    old = load(plan, with_parts=False).document
    steps = choose(old, ops.from_data(job.operations), chosen)
    try:
        return editing.apply(plan, steps, by=by, summary=summary_of(job.file_name))
    except (editing.StaleRow, editing.GoneRow) as error:
        raise StaleImport from error


def _start_plan(job, target, by):
    if job.based_on is not None:
        raise StaleImport  # the plan is gone since
    try:
        plan = editing.create_plan(target.district, target.cycle, by=by)
    except editing.EditRefused as error:  # somebody else has started it meanwhile
        raise StaleImport from error
    return write_all(replace(target, plan=plan), material_of(job), by=by)
