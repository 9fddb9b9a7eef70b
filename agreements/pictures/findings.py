"""The findings (iakttagelser) of a situation picture: what is written, copied from the year before, and its table."""

import csv
from html.parser import HTMLParser
from io import StringIO

from django.db.models import ProtectedError

from agreements import attachments
from agreements.enums import PictureState
from agreements.models import (
    AreaMapping,
    Finding,
    LeftOut,
    PlanningCycle,
    PriorityArea,
    PriorityAreaSet,
    SituationPicture,
)
from agreements.pictures.workflow import already_written, fresh, move, next_position, start, writing
from trygghet.workflow import StepRefused

MAX_ROWS, MAX_COLUMNS, MAX_CELL = 200, 15, 500
COPIED = ("title", "text", "trend", "source", "source_note", "table")


# --- Writing


def write(picture, values, *, uid, seen, by, files=()):
    """Write a finding and return it: a new one if ``seen`` is None, else the one with the uid.

    ``values`` are its fields by name, ``places`` and ``origins`` among them.
    A new finding that is already there (the form was sent twice) is returned
    as it is. Raises StaleRow and StepRefused.
    """
    with writing(picture) as locked:
        if seen is None:
            if finding := already_written(locked, Finding, uid):
                return finding
            finding = Finding(uid=uid, picture=locked, position=next_position(locked.findings))
        else:
            finding = fresh(Finding(uid=uid), seen)
        _fill(finding, values)
        for file in files:
            attachments.attach(file, by, finding=finding)
    return finding


def _fill(finding, values):
    values = dict(values)
    many = {name: values.pop(name) for name in ("places", "origins") if name in values}
    for name, value in values.items():
        setattr(finding, name, value)
    finding.save()
    for name, rows in many.items():
        getattr(finding, name).set(rows)
    # What the joint picture rests on is not left out of it.
    LeftOut.objects.filter(joint=finding.picture, finding__in=many.get("origins", [])).delete()


def remove(picture, finding, *, seen):
    """Take the finding away with its files.

    Raises StaleRow if it is not as the person saw it, StepRefused while a plan rests on it.
    """
    with writing(picture):
        current = fresh(finding, seen)
        for attachment in current.attachments.all():
            attachments.detach(attachment)
        try:
            current.delete()
        except ProtectedError as error:
            raise StepRefused(
                "En åtgärdsplan bygger på iakttagelsen, så den kan inte tas bort. Skriv i den vad som har ändrats."
            ) from error


def move_step(picture, finding, step):
    """Move the finding a step up (-1) or down (1); False if it already stands first or last."""
    with writing(picture) as locked:
        return move(locked.findings.all(), finding, step)


def detach(picture, attachment):
    """Take a file away from a finding of the picture."""
    with writing(picture):
        attachments.detach(attachment)


# --- Beginning from an earlier picture


def earlier_pictures(scope, producer, year):
    """Return the same producer's pictures for earlier years, the latest first."""
    pictures = SituationPicture.objects.filter(district=scope.district, producer=producer, year__lt=year)
    return pictures.exclude(state=PictureState.DISCARDED).order_by("-year")


def start_from(earlier, scope, producer, year, *, by):
    """Begin a picture with the summary and the findings of an earlier one; its files stay with it."""
    picture = start(scope, producer, year, by=by, summary=earlier.summary)
    successors = area_successors(earlier.year, year)
    for position, finding in enumerate(earlier.findings.prefetch_related("places"), 1):
        copy = Finding(picture=picture, position=position, **{name: getattr(finding, name) for name in COPIED})
        copy.area_id = successors.get(finding.area_id)
        copy.save()
        copy.places.set(finding.places.all())
    return picture


def areas_of(year):
    """Return the areas that hold for the year: its cycle's edition, else the one that holds today."""
    cycle = PlanningCycle.objects.filter(year=year).first()
    area_set = cycle.area_set if cycle else PriorityAreaSet.objects.valid_on().first()
    return PriorityArea.objects.filter(area_set=area_set)


def area_successors(from_year, to_year):
    """Return which area of the later year each area of the earlier year answers to, by id; None where none does."""
    new = {area.code: area.pk for area in areas_of(to_year)}
    mapped = dict(AreaMapping.objects.filter(new__in=new.values()).values_list("old", "new"))
    return {
        area.pk: area.pk if area.pk in new.values() else mapped.get(area.pk, new.get(area.code))
        for area in areas_of(from_year)
    }


# --- Tables


class TableRefused(ValueError):
    """What was pasted cannot be kept as a table; the message says what to do, in Swedish."""


def read_table(text):
    """Return the rows of a table pasted from a spreadsheet: tab-separated text, or HTML with a <table>.

    All rows get as many cells as the longest; empty rows and columns at the
    end are dropped. An empty text is no table. Raises :class:`TableRefused`.
    """
    rows = _html_rows(text) if "<table" in text.lower() else _tabbed_rows(text)
    rows = [[" ".join(cell.split()) for cell in row] for row in rows]
    rows = [row for row in rows if any(row)]
    width = max((len(row) - _empty_at_end(row) for row in rows), default=0)
    if not rows:
        return []
    if len(rows) > MAX_ROWS or width > MAX_COLUMNS:
        raise TableRefused(
            f"Tabellen har {len(rows)} rader och {width} kolumner. Högst {MAX_ROWS} rader och {MAX_COLUMNS} kolumner "
            "får plats. Ta med det som behövs, eller bifoga hela som fil."
        )
    if any(len(cell) > MAX_CELL for row in rows for cell in row):
        raise TableRefused(f"En cell i tabellen är längre än {MAX_CELL} tecken. Skriv den texten i beskrivningen.")
    return [(row + [""] * width)[:width] for row in rows]


def table_as_text(rows):
    """Return the rows as they are pasted: cells with tabs between, a line for each row."""
    out = StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(rows)
    return out.getvalue()


def _tabbed_rows(text):
    return list(csv.reader(StringIO(text.replace("\r\n", "\n")), delimiter="\t"))


def _empty_at_end(row):
    return next((at for at, cell in enumerate(reversed(row)) if cell), len(row))


def _html_rows(text):
    parser = _TableParser()
    parser.feed(text)
    parser.close()
    return parser.rows


class _TableParser(HTMLParser):
    """Collects the cells of the first table, as text."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.rows, self._inside, self._done = [], False, False

    def handle_starttag(self, tag, attrs):
        if self._done:
            return
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append("")
            self._inside = True
        elif tag == "br" and self._inside:
            self.rows[-1][-1] += " "

    def handle_endtag(self, tag):
        if tag in ("td", "th", "tr"):
            self._inside = False
        elif tag == "table":
            self._done = True

    def handle_data(self, data):
        if self._inside and not self._done:
            self.rows[-1][-1] += data
