"""Reading in measurements from a file: what each row says, what it would change, and storing all of it or nothing.

Between the upload and the confirmation the file's rows wait, and the
measurements are left alone. A file with a single fault is not stored at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from agreements.forms.fields import NO_IDENTITY_NUMBERS
from agreements.scope import CITY_SLUG
from followup import numbers
from followup.enums import MeasurementImportState
from followup.indicators.files import COLUMNS, as_day
from followup.indicators.measurements import VALUES, as_number, faults_of, is_count, same_values
from followup.indicators.periods import Period
from followup.indicators.trends import (
    FEWER,
    SMALLEST_SHOWN,
    entered_by,
    indicators_for,
    neighbourhoods_of,
    places_for,
)
from followup.models import Indicator, Measurement, MeasurementImport
from trygghet.privacy import identity_numbers
from trygghet.workflow import Transition, Workflow

KEPT_FOR = timedelta(days=1)
CITY_NAMES = {CITY_SLUG, "hela staden"}
MAX_NOTE = 300
MAX_RESPONDENTS = 10_000_000
NO_LONGER = "Du lägger inte längre in mätvärden för alla områden i filen. Vänd dig till den centrala beredningsgruppen."
FORMULA = "Cellen innehåller en formel. Skriv det som den räknar ut."


class StaleImport(Exception):
    """The measurements have changed since the preview; nothing was stored and the preview must be shown anew."""


# --- What the rows say


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, where, and what to do about it."""

    line: int
    column: str
    said: str


class _RowFault(Exception):
    def __init__(self, key, said):
        super().__init__(said)
        self.key = key


class Reader:
    """Turns the texts of a row into a measurement, by what the person sees and may enter (3 queries in all)."""

    def __init__(self, user):
        self.indicators = {}
        for each in indicators_for(user):
            self.indicators |= {each.code.casefold(): each, each.name.casefold(): each}
        places = places_for(user)
        self.reach = entered_by(user)
        self.places = {name.casefold(): place for place in places for name in (place.slug, place.name)}
        self.places |= dict.fromkeys(CITY_NAMES, places[-1])
        self.neighbourhoods = {
            (each.district_id, name.casefold()): each
            for each in neighbourhoods_of(places)
            for name in (each.slug, each.name)
        }

    def read(self, table):
        """Return what can be stored, as plain values, and a :class:`Fault` for everything that is wrong."""
        rows, faults, seen = [], [], {}
        for line, texts in table.rows:
            try:
                row = self._row(texts)
                key = key_of(row)
                if key in seen:
                    raise _RowFault(
                        "value", f"Rad {seen[key]} gäller samma indikator, område och period. Ta bort en av dem."
                    )
                seen[key] = line
                rows.append({"line": line, **row})
            except _RowFault as fault:
                faults.append(Fault(line, COLUMNS[fault.key], str(fault)))
        return rows, faults

    def _row(self, texts):
        indicator = self._indicator(texts.get("indicator", ""))
        place = self._place(texts.get("place", ""))
        neighbourhood = self._neighbourhood(texts.get("neighbourhood", ""), place)
        period = _period(texts)
        values = {name: _number(texts, name, indicator) for name in ("value", "low", "high")}
        if values["value"] is None:
            raise _RowFault("value", "Värdet saknas. Skriv det, eller ta bort raden.")
        values |= {"starts_on": period.starts_on, "ends_on": period.ends_on}
        for name, said in faults_of(indicator, values).items():
            raise _RowFault("year" if name in ("starts_on", "ends_on") and texts.get("year") else name, said)
        return {
            "indicator": indicator.pk,
            "district": place.pk,
            "neighbourhood": neighbourhood and neighbourhood.pk,
            "starts_on": period.starts_on.isoformat(),
            "ends_on": period.ends_on.isoformat(),
            **{name: None if values[name] is None else str(values[name]) for name in ("value", "low", "high")},
            "respondents": _respondents(texts.get("respondents", "")),
            "note": _note(texts.get("note", "")),
        }

    def _indicator(self, text):
        if not text:
            raise _RowFault("indicator", "Skriv vilken indikator raden gäller.")
        try:
            return self.indicators[text.casefold()]
        except KeyError as error:
            raise _RowFault(
                "indicator",
                f"Indikatorn ”{text[:80]}” finns inte. Skriv dess kod eller namn som i mallens flik Indikatorer.",
            ) from error

    def _place(self, text):
        if not text:
            raise _RowFault("place", "Skriv områdets namn, eller Staden.")
        place = self.places.get(text.casefold())
        if place is None:
            raise _RowFault(
                "place", f"Området ”{text[:80]}” finns inte. Skriv namnet som i mallens flik Områden, eller Staden."
            )
        if not self.reach.covers(place.pk):
            who = "den centrala beredningsgruppen" if place.is_city else f"trygghetsstrategen i {place.name}"
            raise _RowFault("place", f"Det är {who} som lägger in de här värdena. Ta bort raden ur din fil.")
        return place

    def _neighbourhood(self, text, place):
        if not text:
            return None
        try:
            return self.neighbourhoods[place.pk, text.casefold()]
        except KeyError as error:
            raise _RowFault(
                "neighbourhood",
                f"Stadsdelen ”{text[:80]}” finns inte i {place.mid_phrase}. Rätta namnet, eller lämna tomt.",
            ) from error


def _period(texts):
    year, days = texts.get("year", ""), [texts.get(name, "") for name in ("starts_on", "ends_on")]
    if year:
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            raise _RowFault("year", "Skriv året med fyra siffror, till exempel 2024.")
        period = Period.of_year(int(year)) if int(year) else None
        if period is None:
            raise _RowFault("year", "Skriv året med fyra siffror, till exempel 2024.")
        if any(days) and days != [period.starts_on.isoformat(), period.ends_on.isoformat()]:
            raise _RowFault("year", "Ange antingen året eller dagarna, inte båda.")
        return period
    found = {}
    for name, text in zip(("starts_on", "ends_on"), days, strict=True):
        try:
            found[name] = as_day(text)
        except ValueError as error:
            raise _RowFault(name, str(error)) from error
    if not any(found.values()):
        raise _RowFault("year", "Skriv vilket år värdet gäller, eller första och sista dagen.")
    for name, value in found.items():
        if value is None:
            raise _RowFault(name, "Ange både första och sista dagen.")
    return Period(**found)


def _number(texts, name, indicator):
    text = texts.get(name, "")
    if text.startswith("="):
        raise _RowFault(name, FORMULA)
    try:
        return as_number(text, is_count=is_count(indicator))
    except numbers.NotANumber as error:
        what = "inget antal" if is_count(indicator) else "inget tal"
        raise _RowFault(name, f"”{text[:40]}” är {what}. {error}") from error


def _respondents(text):
    if not text:
        return None
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 8 and int(digits) <= MAX_RESPONDENTS):
        raise _RowFault("respondents", "Skriv antalet svarande som ett heltal, eller lämna tomt.")
    return int(digits)


def _note(text):
    if len(text) > MAX_NOTE:
        raise _RowFault("note", f"Högst {MAX_NOTE} tecken får plats. Korta texten.")
    if identity_numbers(text):
        raise _RowFault("note", NO_IDENTITY_NUMBERS)
    return text


def key_of(row):
    """Return what recognises the measurement of a row: of what, where and when."""
    return row["indicator"], row["district"], row["neighbourhood"], row["starts_on"], row["ends_on"]


# --- What it would change


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file beside the measurement there is, None when it is new."""

    line: int
    values: dict
    key: tuple
    now: Measurement | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What storing the rows would do; ``seen`` marks what it was compared with."""

    added: Sequence[Line]
    changed: Sequence[Line]
    unchanged: Sequence[Line]
    seen: str

    @property
    def changes_anything(self):
        return bool(self.added or self.changed)


def compare(job, *, lock=False):
    """Return the :class:`Comparison` of a file's rows with the measurements as they are now (1 query)."""
    stored = _stored(job.rows, lock)
    found = {"added": [], "changed": [], "unchanged": []}
    for row in job.rows:
        now, values = stored.get(key_of(row)), _values(row)
        kind = "added" if now is None else "unchanged" if same_values(now, values) else "changed"
        found[kind].append(Line(row["line"], values, key_of(row), now))
    mark = repr(
        [(line.key, line.now and (line.now.pk, line.now.row_version)) for kind in found.values() for line in kind]
    )
    return Comparison(**found, seen=sha256(mark.encode()).hexdigest())


def _stored(rows, lock):
    indicators = {row["indicator"] for row in rows}
    years = [date.fromisoformat(row["starts_on"]) for row in rows]
    if not rows:
        return {}
    measurements = Measurement.objects.filter(indicator__in=indicators, starts_on__range=(min(years), max(years)))
    if lock:
        measurements = measurements.select_for_update()
    return {
        (
            each.indicator_id, each.district_id, each.neighbourhood_id,
            each.starts_on.isoformat(), each.ends_on.isoformat(),
        ): each
        for each in measurements
    }  # fmt: skip


def _values(row):
    numbers_of = {name: None if row[name] is None else Decimal(row[name]) for name in ("value", "low", "high")}
    return numbers_of | {"respondents": row["respondents"], "note": row["note"]}


# --- In words, for the preview


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the preview: what and where, and the value it would get, with the one it has."""

    line: int
    indicator: str
    where: str
    period: str
    new: str
    old: str = ""


def tell(lines, user):
    """Return the lines in words; small counts are not shown here either (3 queries, whatever the file holds)."""
    lines = list(lines)
    indicators = {each.pk: each for each in Indicator.objects.visible_to(user)} if lines else {}
    places = {place.pk: place for place in places_for(user)} if lines else {}
    inside = {each.pk: each for each in neighbourhoods_of(list(places.values()))} if lines else {}
    return [_told(line, indicators, places, inside) for line in lines]


def _told(line, indicators, places, neighbourhoods):
    indicator_pk, district, neighbourhood, starts_on, ends_on = line.key
    indicator = indicators[indicator_pk]
    where = places[district].name
    if neighbourhood:
        where = f"{neighbourhoods[neighbourhood].name}, {where}"
    old = {name: getattr(line.now, name) for name in VALUES} if line.now else None
    return Told(
        line=line.line,
        indicator=indicator.name,
        where=where,
        period=str(Period(date.fromisoformat(starts_on), date.fromisoformat(ends_on))),
        new=_value_told(indicator, line.values),
        old=_value_told(indicator, old) if old else "",
    )


def _value_told(indicator, values):
    if indicator.counts_people and values["value"] < SMALLEST_SHOWN:
        return FEWER
    parts = [f"{numbers.told(values['value'], indicator.decimals)} {indicator.unit}"]
    if values["low"] is not None and values["high"] is not None:
        parts.append(f"({numbers.told(values['low'])}–{numbers.told(values['high'])})")
    if values["respondents"] is not None:
        parts.append(f"{numbers.told(values['respondents'])} svarande")
    if values["note"]:
        parts.append(f"”{values['note']}”")
    return ", ".join(parts).replace(", (", " (")


# --- Between the upload and the confirmation


def open_import(table, *, by):
    """Keep what a file says until it is confirmed, and return it; what has waited for a day is thrown away."""
    waiting = MeasurementImport.objects.filter(state=MeasurementImportState.PARSED)
    waiting.filter(at__lt=timezone.now() - KEPT_FOR).delete()
    rows, faults = Reader(by).read(table)
    return MeasurementImport.objects.create(
        name=table.name,
        sha256=table.sha256,
        rows=rows,
        faults=[[fault.line, fault.column, fault.said] for fault in faults],
        by=by,
    )


def faults_in(job):
    """Return the :class:`Fault` of each row that cannot be stored."""
    return [Fault(*fault) for fault in job.faults]


def confirm(job, *, seen, by):
    """Store every row of the file, and return how many measurements it wrote.

    ``seen`` is what the preview was compared with. Raises :class:`StaleImport`
    when the measurements have changed since, PermissionDenied when the person no
    longer enters values of all the places, and StepRefused when the file is
    confirmed or thrown away already; then nothing is stored.
    """
    try:
        with transaction.atomic():
            WORKFLOW.take(job, "confirm", by=by, seen=seen)
    except IntegrityError as error:  # somebody entered one of the values in this very moment
        raise StaleImport from error
    return job.measurements.count()


def discard(job, *, by):
    """Throw away what the file said; raise StepRefused when it is confirmed or thrown away already."""
    WORKFLOW.take(job, "discard", by=by)


def _store(job, *, by, seen):
    compared = compare(job, lock=True)
    reach = entered_by(by)
    if not all(reach.covers(row["district"]) for row in job.rows):
        raise PermissionDenied(NO_LONGER)
    if job.faults or compared.seen != seen:
        raise StaleImport
    Measurement.objects.bulk_create([_new(line, job, by) for line in compared.added], batch_size=500)
    changed = [_as_changed(line, job, by) for line in compared.changed]
    Measurement.objects.bulk_update(
        changed, [*VALUES, "is_example", "read_in", "by", "at", "row_version"], batch_size=500
    )


def _new(line, job, by):
    indicator, district, neighbourhood, starts_on, ends_on = line.key
    return Measurement(
        indicator_id=indicator, district_id=district, neighbourhood_id=neighbourhood,
        starts_on=starts_on, ends_on=ends_on,
        read_in=job, by=by, at=timezone.now(), **line.values,
    )  # fmt: skip


def _as_changed(line, job, by):
    row = line.now
    for name, value in line.values.items():
        setattr(row, name, value)
    row.is_example, row.read_in, row.by, row.at = False, job, by, timezone.now()
    row.row_version += 1
    return row


def _forget(job, *, by):
    job.rows, job.faults = [], []


IMPORT_TRANSITIONS = (
    Transition(
        name="confirm", label="Läs in", who="Den som har laddat upp filen", does="läser in den", told="Läste in filen",
        sources=(MeasurementImportState.PARSED,), target=MeasurementImportState.CONFIRMED,
        permissions=frozenset({"own"}), effect=_store,
    ),
    Transition(
        name="discard", label="Släng", who="Den som har laddat upp filen", does="slänger den", told="Slängde filen",
        sources=(MeasurementImportState.PARSED,), target=MeasurementImportState.DISCARDED,
        permissions=frozenset({"own"}), effect=_forget,
    ),
)  # fmt: skip


def _is_own(user, permission, job):
    return job.by_id == user.pk


def _no_log(*step):
    """The row itself says who read in which file and when, and each measurement which file it came with."""


WORKFLOW = Workflow(IMPORT_TRANSITIONS, allows=_is_own, log=_no_log)
