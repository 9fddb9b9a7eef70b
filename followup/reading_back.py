"""A workbook that comes back: what its Uppföljning column says that the follow-up does not, and writing it.

Only that column is read, and only where its text differs; an empty cell says
nothing. What another party has answered is not taken from anybody's file
(P24): it is told as left out, as is what could not be understood and what the
page's forms would refuse (followup/rules.py).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from agreements.forms.fields import NO_IDENTITY_NUMBERS
from followup import cell, rules
from followup.loading import load_beside
from followup.models import MAX_ANSWER
from followup.page import ActionRow, Writer
from followup.writing import Answer
from plans.basis import areas_of
from plans.comparison import adopt, flatten
from plans.document import AreaTemplate
from plans.imports import MAX_BYTES
from plans.outline import Place
from plans.workbook.outcome import WorkbookRefused
from plans.workbook.reader import read_workbook
from trygghet.privacy import identity_numbers

MAX_VALUE = 100
NOT_YOURS = "Du skriver inte om den här åtgärden. Bara din egen parts svar tas med."
CUT = "Texten var för lång för cellen och kortades i filen. Ändra den på sidan i stället."


class FileRefused(Exception):
    """The file cannot be read back; the message is one Swedish sentence that says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromFile:
    """What a file says: the text of each action's cell by uid, where it differs, and when the file was made.

    ``strangers`` is how many rows of it are no rows of the plan; ``name`` the file's.
    """

    name: str
    texts: dict[str, str]
    made_at: datetime | None = None
    strangers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A field that would be written: in which row (by key), what it is called, what it says and would say."""

    row: object
    name: str
    label: str
    old: str
    new: str
    value: str
    is_choice: bool = False


@dataclass(kw_only=True)
class Difference:
    """An action whose cell says something else in the file; ``is_later``: it has changed since the file was made."""

    place: Place
    writes: list[Written] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    is_later: bool = False

    @property
    def uid(self):
        return self.place.uid


def read(file, *, name, sheet):
    """Return the :class:`FromFile` of a workbook, for the follow-up of the :class:`~followup.page.Sheet`.

    Raises FileRefused for what is no workbook of the template, and for one of
    another district's or year's plan: what its rows say is of other rows, also
    where the words happen to be the same.
    """
    plan = sheet.plan
    areas = tuple(
        AreaTemplate(number=area.number, code=area.code, title=area.title, sheet=area.sheet)
        for area in areas_of(plan).areas.all()
    )
    if file.size > MAX_BYTES:
        raise FileRefused(f"Filen ”{name}” är större än 10 MB. Ta bort bilder och annat som inte hör dit.")
    try:
        reading = read_workbook(file, name=name, areas=areas, year=plan.year, district=str(plan.scope))
    except WorkbookRefused as error:
        raise FileRefused(str(error)) from error
    _refuse_anothers(reading.origin, name, sheet)
    found = {row.uid: row for row in flatten(adopt(sheet.document, reading.document)).by_uid.values()}
    actions = {uid: row.values["follow_up"] for uid, row in found.items() if row.kind == "action"}
    now = texts_of(sheet)
    return FromFile(
        name=name,
        texts={uid: text for uid, text in actions.items() if uid in now and text.strip() and _differs(text, now[uid])},
        made_at=reading.marker.at if reading.marker else None,
        strangers=sum(uid not in now for uid in actions),
    )


def _refuse_anothers(origin, name, sheet):
    plan = sheet.plan
    own = {str(plan.scope).casefold(), sheet.document.district.casefold()}  # as it was called when it was decided
    if origin.year == plan.year and origin.district.casefold() in own:
        return
    raise FileRefused(
        f"Filen ”{name}” är från {origin.district} {origin.year}, men det här är uppföljningen av {plan.scope} "
        f"{plan.year}. Läs in den på den uppföljningens sida, eller hämta filen härifrån och fyll i den."
    )


def texts_of(sheet):
    """Return what the cell of each action says in a file that is made now, by uid."""
    filled = cell.filled(sheet.document, load_beside(sheet.follow_up, sheet.document))
    rows = flatten(filled).by_uid.items()
    return {uid: row.values["follow_up"] for uid, row in rows if uid in sheet.rows}


def _differs(text, other):
    return text.strip() != other.strip()


def differences(sheet, user, said: FromFile):
    """Return a :class:`Difference` for each action that the file says something else of, in the order of the sheet."""
    writer = Writer(user, sheet)
    answers = load_beside(sheet.follow_up, sheet.document).by_row()
    found = []
    for uid, row in sheet.rows.items():
        if uid in said.texts:
            difference = _Comparison(row, writer, answers[uid]).of(said.texts[uid])
            difference.is_later = said.made_at is not None and _latest(row) > said.made_at
            if difference.writes or difference.left_out:
                found.append(difference)
    return found


def _latest(row):
    at = [each.at for each in (row.outcome, *row.goals, *row.parties) if each.at]
    return max(at, default=row.outcome.follow_up.opened_at)


def answers_of(chosen, seen):
    """Return the answers to write for the chosen differences.

    ``seen`` is the version of each row (see :func:`versions_of`) when the
    differences were shown; a row that is not in it cannot have been seen.
    """
    by_row = {}
    for difference in chosen:
        for written in difference.writes:
            by_row.setdefault(written.row.pk, (written.row, {}))[1][written.name] = written.value
    return [Answer(row, values, seen.get(str(key), 0)) for key, (row, values) in by_row.items()]


def versions_of(sheet, said: FromFile):
    """Return the version of each row of the actions that the file says something else of, by key as text."""
    rows = [row for uid, row in sheet.rows.items() if uid in said.texts]
    return {str(each.pk): each.row_version for row in rows for each in (row.outcome, *row.goals, *row.parties)}


class _Comparison:
    """What a cell of the file would change of an action's answers, and what of it is left out."""

    def __init__(self, row: ActionRow, writer, answer):
        self.row, self.writer, self.answer = row, writer, answer
        self.difference = Difference(place=row.place)

    def of(self, text):
        """Return the difference that the text makes."""
        if not cell.is_whole(self.answer):
            self.difference.left_out.append(CUT)
            return self.difference
        read = cell.read(text)
        if self.writer.may_write(self.row):
            self._outcome(read)
            self._goals(read)
        elif self._is_of_outcome(read):
            self.difference.left_out.append(NOT_YOURS)
        self._parties(read)
        self.difference.left_out += [f"«{text}» gick inte att tolka." for text in read.misread]
        return self.difference

    def _is_of_outcome(self, read):
        outcome = self.row.outcome
        if read.status != outcome.status or read.done != outcome.done.strip():
            return True
        return bool(read.reason) and read.reason != outcome.reason.strip()  # earlier files do not have it

    def _outcome(self, read):
        outcome = self.row.outcome
        self._write(outcome, "status", "Status", read.status, cell.STATUSES)
        self._write(outcome, "done", "Genomfört", read.done)
        self._write(outcome, "reason", "Skäl", read.reason)
        self._hold(outcome, rules.outcome_lacks, ("status", "done", "reason"))

    def _goals(self, read):
        goals = dict(enumerate(self.row.goals, start=1))
        for said in read.goals:
            goal = goals.get(int(said.key))
            if goal is None:
                self.difference.left_out.append(f"Åtgärden har inget mål {said.key}.")
                continue
            self._write(goal, "result", f"Mål {said.key}, resultat", said.result, cell.RESULTS)
            self._write(goal, "value", f"Mål {said.key}, utfall", said.value, most=MAX_VALUE)
            self._write(goal, "comment", f"Mål {said.key}, kommentar", said.comment)
            self._hold(goal, rules.goal_lacks, ("result", "comment"), f"Mål {said.key}: ")

    def _parties(self, read):
        parties = {party.party.casefold(): party for party in self.row.parties}
        twice = {name for name, count in Counter(said.party.casefold() for said in read.parties).items() if count > 1}
        for said in read.parties:
            party = parties.get(said.party.casefold())
            if party is None:
                self.difference.left_out.append(f"{said.party} är ingen part i åtgärden.")
            elif said.party.casefold() in twice:
                self.difference.left_out.append(f"{party.party} står två gånger i cellen.")
            elif self.writer.may_answer(party):
                self._write(party, "answer", f"{party.party}, gjort sin del", said.answer, cell.FULFILLED)
                self._write(party, "comment", f"{party.party}, kommentar", said.comment)
                self._hold(party, rules.fulfilment_lacks, ("answer", "comment"), f"{party.party}: ")
            elif (said.answer and said.answer != party.answer) or (said.comment and said.comment != party.comment):
                told = f"{cell.FULFILLED[said.answer]}{f' ({said.comment})' if said.comment else ''}"
                self.difference.left_out.append(
                    f"{party.party} svarar själv om sin del. Filens «{told}» tas inte med."
                )  # fmt: skip

    def _hold(self, row, lacks, names, about=""):
        """Leave out all that would be written in the row, if it then lacked what its form asks for."""
        mine = {written.name: written.value for written in self.difference.writes if written.row is row}
        lacking = lacks(**{name: mine.get(name, getattr(row, name)) for name in names}) if mine else {}
        if lacking:
            self.difference.writes = [written for written in self.difference.writes if written.row is not row]
            self.difference.left_out += [f"{about}{told}" for told in lacking.values()]

    def _write(self, row, name, label, value, words=None, most=MAX_ANSWER):
        """Note that the field would be written, if the file says anything and anything else than it does."""
        old = getattr(row, name)
        if not value or value == old.strip():
            return
        if len(value) > most:
            self.difference.left_out.append(f"{label}: texten är {len(value)} tecken, högst {most} får plats.")
        elif identity_numbers(value):
            self.difference.left_out.append(f"{label}: {NO_IDENTITY_NUMBERS}")
        else:
            shown = [words.get(each, "") if words and each else each for each in (old, value)]
            self.difference.writes.append(
                Written(row=row, name=name, label=label, old=shown[0], new=shown[1], value=value, is_choice=bool(words))
            )
