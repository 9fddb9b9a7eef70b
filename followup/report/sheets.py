"""What the annual report's workbook says, sheet by sheet, before it is written: a sheet for each figure (domain §5.7).

Made of the same page as is shown and printed (:mod:`followup.report.page`),
so that the numbers are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from followup.enums import ProposalKind
from followup.report.document import MATRIX, OF_AREA, SECTIONS
from followup.report.rows import COLUMNS, all_actions
from followup.report.tables import KINDS
from trygghet.words import listed

Value = str | int | Decimal | date | None
"""What stands in a cell; None is an empty one."""
LONGEST = 8000
"""How long a text in a cell is at most; Excel takes 32 767 characters, and shows far fewer."""
NAME, TEXT, WORDS, NUMBER = 30, 60, 18, 20
DAY, COUNT = 12, 17
ACTION_WIDTHS = {
    "district": 22, "area": 26, "problem": 30, "text": 46, "when": 18, "who": 26, "status": 20, "light": 20,
    "done": 46, "next_year": 12,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table in the workbook: ``heads`` are (title, width), ``told`` says in words what it shows and who is missing.

    ``sums`` are rows that sum the others.
    """

    name: str
    title: str
    told: list[str]
    heads: list[tuple[str, int]]
    rows: list[list[Value]]
    sums: list[list[Value]] = field(default_factory=list)


def sheets_of(page):
    """Return the :class:`Sheet` of each figure of the page, of what is written, and of all actions."""
    return [*_figures(page), *_situation(page), *_patterns(page), _texts(page), _proposals(page), _actions(page)]


# --- Who is missing


def missing_told(page):
    """Return who is in no outcome, in words; empty when nobody is missing."""
    told = [f"Utan utfall, {why}: {names}." for why, names in page.missing]
    return [*told, "De är inte räknade som noll."] if told else []


def _without_plan(page):
    names = [each.name for each in page.report.districts if not each.plan]
    return [f"Utan plan som räknas: {listed(names)}. De är inte räknade som noll."] if names else []


# --- The figures


def _figures(page):
    outcomes, plans = missing_told(page), _without_plan(page)
    return [
        _matrix(page),
        _table("F2 Innehåll per område", "Problemområden, orsaker och åtgärder per område", page.counts, plans, ""),
        _by_district(page, plans),
        _table("F3 Status", "Åtgärder efter status, per område", page.statuses, outcomes),
        _table("F3 Läge", "Åtgärder efter läge (grönt, gult, rött), per område", page.lights, outcomes),
        _table("F4 Mål", "Mål efter resultat, per område", page.goals, outcomes),
        _table("F4 Målkvalitet", "Mål efter hur de kan mätas, per område", page.quality, outcomes),
        _each_district(page, outcomes),
        _table(
            "F6 Brottstriangeln", "Åtgärder efter sida i brottstriangeln, per område", page.sides, plans, "Åtgärder"
        ),
        _table("F6 Förebyggande", "Åtgärder efter slag av förebyggande, per område", page.prevention, plans),
        _table("F7 Parter", "Har parten gjort sin del? Partens egna svar", page.parties, outcomes),
        _obstacles(page),
    ]


def _table(name, title, table, missing, summed="Summa", none="Inget är räknat än."):
    """Return a figure's table; ``summed`` is what its last column is called, "" where a line has no sum.

    ``none`` is what is told when it has no line.
    """
    heads = [(table.first, NAME), *((label, NUMBER) for _, label in table.heads)]
    *rows, total = [
        [line.title, *(each.number for each in line.numbers), *([line.total.number] if summed else [])]
        for line in (*table.lines, table.total)
    ]
    told = [table.told if rows else none]
    return Sheet(
        name=name, title=title, told=[*told, *missing], heads=[*heads, *([(summed, NUMBER)] if summed else [])],
        rows=rows, sums=[total] if rows else [],
    )  # fmt: skip


def _matrix(page):
    heads = [("Stadsdel", NAME)]
    for head in MATRIX.values():
        heads += [(head, WORDS), (f"{head}, dag", DAY)]
    rows = []
    for each in page.report.districts:
        row = [each.name]
        for cell in each.cells:
            row += [", ".join(filter(None, (cell.words, cell.beside))), cell.on]
        rows.append(row)
    return Sheet(name="F1 Efterlevnad", title="Efterlevnad", told=[page.matrix_told], heads=heads, rows=rows)


def _by_district(page, missing):
    counted = KINDS["F2"].values()
    heads = [("Stadsdel", NAME)]
    heads += [(f"{title}: {kind.lower()}", COUNT) for _, title in page.report.areas for kind in counted]
    rows = [
        [each.name, *(number for numbers in areas for number, _ in numbers)] for each, areas in page.counts_by_district
    ]
    title = "Problemområden, orsaker och åtgärder per stadsdel och område"
    return Sheet(name="F2 Innehåll per stadsdel", title=title, told=missing, heads=heads, rows=rows)


def _share(share):
    return [share.number, share.of] if share else [None, None]


def _each_district(page, missing):
    heads = [
        ("Stadsdel", NAME), ("Uppföljning", NAME), ("Åtgärder i planen", NUMBER), ("Genomförda", NUMBER),
        ("av uppföljda åtgärder", NUMBER), ("Uppnådda mål", NUMBER), ("av uppföljda mål", NUMBER),
    ]  # fmt: skip
    rows = [
        [each.name, each.follow_up.words if each.is_handed_in else each.why_missing,
         each.actions.number if each.actions else None, *_share(each.done), *_share(each.met)]
        for each in page.each_district
    ]  # fmt: skip
    told = [page.in_words, *missing]
    return Sheet(name="Stadsdel för stadsdel", title="Stadsdel för stadsdel", told=told, heads=heads, rows=rows)


def _obstacles(page):
    rows = [[label, number] for label, number, _, _ in page.obstacles] if page.report.obstacles else []
    return Sheet(
        name="F8 Hinder", title="Hinder som har lyfts till staden", told=[page.obstacles_told],
        heads=[("Steg", NAME), ("Antal", NUMBER)], rows=rows,
    )  # fmt: skip


# --- What is measured


def _situation(page):
    over_time = [
        [str(each), each.part.unit, each.part.source, str(row.period), *_reading(reading)]
        for each in page.situation
        for row in each.figure.rows
        for reading in row.readings
        if reading
    ]
    in_districts = [
        [str(each), each.part.unit, row.name, str(reading.period), *_reading(reading),
         row.trend_words if reading is row.reading else ""]
        for each in page.situation
        for row in each.districts
        for reading in reversed(row.readings)
    ]  # fmt: skip
    told = [page.situation_told] if page.situation else ["Inga mätvärden är inlagda."]
    seen = [f"{each}: {each.districts_told}" for each in page.situation if each.districts] or told
    without = [
        f"{each}: inga mätvärden från {listed(each.without)}. De är inte räknade som noll."
        for each in page.situation
        if each.without
    ]
    values = [("Period", WORDS), ("Värde", NUMBER), ("Lägst", NUMBER), ("Högst", NUMBER), ("Anmärkning", WORDS)]
    of = [("Indikator", NAME), ("Enhet", WORDS)]
    return [
        Sheet(
            name="F5 Indikatorer i staden", title="Indikatorerna i staden, över tid", told=told,
            heads=[*of, ("Källa", NAME), *values], rows=over_time,
        ),
        Sheet(
            name="F5 Indikatorer i stadsdelarna", title="Indikatorerna i stadsdelarna, över tid",
            told=[*seen, *without], heads=[*of, ("Stadsdel", NAME), *values, ("Utveckling", TEXT)], rows=in_districts,
        ),
    ]  # fmt: skip


def _reading(reading):
    """Return a value as numbers, or the words that stand in its place."""
    said = [reading.hidden, "exempeldata" if reading.is_example else "", reading.note]
    numbers = [_number(each, reading.decimals) for each in (reading.value, reading.low, reading.high)]
    return [*numbers, ", ".join(filter(None, said))]


def _number(value, decimals):
    """Return the number with the decimals it is told with, as ``followup.numbers.told``."""
    if value is None:
        return None
    value = Decimal(value).normalize()
    return value.quantize(Decimal(1).scaleb(-max(decimals, -value.as_tuple().exponent, 0)))


# --- What the plans have in common, and the years


def _patterns(page):
    found = [("Åtgärd", each) for each in page.shared] + [("Orsak", each) for each in page.shared_causes]
    shared = [[what, each.text, ", ".join(each.districts), each.number] for what, each in found]
    plans = _without_plan(page)
    not_compared = [f"Utan jämförelse: {page.not_compared}."] if page.not_compared else []
    integrated = _table(
        "F9 Extremism, rekrytering", "Åtgärder som nämner våldsbejakande extremism eller rekrytering, per område",
        page.integrated, plans, "", none=page.integrated.told,
    )  # fmt: skip
    return [
        Sheet(
            name="F9 Gemensamt", title="Åtgärder och orsaker som minst tre stadsdelar har",
            told=[page.shared_told, *plans], rows=shared,
            heads=[("Vad", WORDS), ("Text", TEXT), ("Stadsdelar", TEXT), ("Rader", NUMBER)],
        ),
        *([integrated] if page.asks_to_integrate else []),
        _table(
            "F10 Förda vidare", "Åtgärder som är förda vidare, nya och inte förda vidare, per område",
            page.changes, not_compared,
        ),
        _years(page),
    ]  # fmt: skip


def _years(page):
    heads = [
        ("År", NUMBER), ("Planer", NUMBER), ("Uppföljda", NUMBER), ("Åtgärder i planerna", NUMBER),
        ("Genomförda", NUMBER), ("av uppföljda åtgärder", NUMBER), ("Uppnådda mål", NUMBER),
        ("av uppföljda mål", NUMBER), ("Besvarade hinder", NUMBER), ("av lyfta hinder", NUMBER),
    ]  # fmt: skip
    rows = [
        [each.year, each.plans, each.reported, each.actions.number if each.actions else None,
         *_share(each.done), *_share(each.met), *_share(each.answered)]
        for each in page.over_years
    ]  # fmt: skip
    told = ["Ett tomt fält är ett år som ingen har lämnat något om."] if rows else ["Det finns inget tidigare år."]
    return Sheet(name="F10 År för år", title="Årets och tidigare års summor", told=told, heads=heads, rows=rows)


# --- What is written


def _texts(page):
    report = page.report
    titles = {key: f"{each.number} {each.title}" for key, each in SECTIONS.items()}
    titles |= {f"{OF_AREA}{key}": f"{SECTIONS['areas'].number} {title}" for key, title in report.areas}
    rows = []
    for key, title in titles.items():
        rows += [[title, "Stadens text", "", "", part] for part in _parts(report.written.texts.get(key, ""))]
        for quote in report.written.quotes:
            if quote.section == key:
                name = report.by_slug[quote.district].name if quote.district in report.by_slug else quote.district
                rows += [[title, "Citat", name, quote.about, part] for part in _parts(quote.text)]
    heads = [("Avsnitt", NAME), ("Slag", WORDS), ("Stadsdel", WORDS), ("Om", NAME), ("Text", 90)]
    told = [
        "Vad staden har skrivit i rapporten, stycke för stycke, och vad den citerar ur stadsdelarnas uppföljningar."
    ]
    return Sheet(name="Texter", title="Texter och citat", told=told, heads=heads, rows=rows)


def _parts(text):
    """Return the paragraphs of a text, those that are too long for a cell in several."""
    paragraphs = [part for part in text.split("\n") if part.strip()]
    return [part[at : at + LONGEST] for part in paragraphs for at in range(0, len(part), LONGEST)]


def _proposals(page):
    kinds, areas = dict(ProposalKind.choices), dict(page.report.areas)
    rows = [
        [kinds.get(each.kind, each.kind), areas.get(each.area, each.area), each.problem, each.text, each.owner,
         each.when, each.due_on, each.budget]
        for each in page.report.written.proposals
    ]  # fmt: skip
    heads = [
        ("Slag", WORDS), ("Område", NAME), ("Problemområde", NAME), ("Förslag", TEXT), ("Ansvarig", NAME),
        ("När", WORDS), ("Senast", DAY), ("Budget", WORDS),
    ]  # fmt: skip
    told = [f"Vad staden föreslår för {page.year + 1}." if rows else "Inget är föreslaget."]
    return Sheet(name="Förslag", title="Förslag för kommande år", told=told, heads=heads, rows=rows)


def _actions(page):
    rows = [[getattr(line, name) for name in COLUMNS] for line in all_actions(page.report, opens=())]
    heads = [(title, ACTION_WIDTHS[name]) for name, title in COLUMNS.items()]
    return Sheet(name="Åtgärder", title="", told=[], heads=heads, rows=rows)
