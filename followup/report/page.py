"""What the page of the annual report shows, section by section (domain §5.6), as far as it is computed."""

from __future__ import annotations

from dataclasses import dataclass

from followup.enums import GoalResult, Implementation
from followup.report import figures
from followup.report.document import MATRIX, SECTIONS, Cell
from followup.report.rows import version_address
from followup.report.tables import KINDS, address_of, table_of

# What the districts deal with themselves is theirs to read, and is not counted here.
LIFTED_STAGES = ("escalated", "answered", "closed")
CARRIED_OUT = (Implementation.DONE, Implementation.DONE_WITH_CHANGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """A district and its cells."""

    district: str
    address: str
    cells: tuple[Cell, ...]

    @property
    def labelled(self):
        """(head, cell) of each column."""
        return zip(MATRIX.values(), self.cells, strict=True)


class Page:
    """A :class:`~followup.report.document.ReportDocument` as sections with tables and what they say in words.

    ``opens`` are the slugs of the districts whose plans the reader opens, None for all of them.
    """

    def __init__(self, report, opens=None):
        self.report, self.figures, self.opens = report, report.figures, opens

    section = SECTIONS
    """The sections by key; ``sections`` are the same in order."""
    sections = tuple(SECTIONS.values())

    @property
    def year(self):
        return self.report.year

    # --- How far it has come

    @property
    def in_words(self):
        """How many have handed in: "8 av 11 stadsdelar har lämnat in sin uppföljning."."""
        total, count = len(self.report.districts), len([each for each in self.report.districts if each.handed_in])
        if total and count == total:
            return "Alla stadsdelar har lämnat in sin uppföljning."
        return f"{count or 'Ingen'} av {total} stadsdelar har lämnat in sin uppföljning."

    @property
    def missing(self):
        """(reason, districts) of those that are in no outcome, those that have come furthest first."""
        found = {}
        for each in self.report.missing:
            found.setdefault(each.why_missing, []).append(each.name)
        return [(why, listed(names)) for why, names in found.items()]

    @property
    def examples(self):
        """The names of the districts whose plan is made up; "" if none is."""
        return listed([each.name for each in self.report.read if each.is_example])

    # --- 3 Efterlevnad

    matrix_heads = tuple(MATRIX.values())

    @property
    def matrix(self):
        """A row for each district with its steps (F1)."""
        return [
            MatrixRow(
                district=each.name,
                address=version_address(self.year, each, opens=self.opens),
                cells=each.cells,
            )
            for each in self.report.districts
        ]

    @property
    def matrix_told(self):
        """How many districts have taken each step, in words."""
        rows = self.report.districts
        taken = {name: sum(each.cell(name).on is not None for each in rows) for name in MATRIX}
        lacking = {name: len(rows) - count for name, count in taken.items()}
        approved = sum(each.is_approved for each in rows)
        return (
            f"{taken['decided']} av {len(rows)} stadsdelar har en beslutad plan, {taken['submitted']} har skickat den "
            f"till staden och {taken['board']} har nämndens beslut registrerat. {approved} har en godkänd uppföljning. "
            f"{lacking['picture']} har ingen gemensam lägesbild registrerad och {lacking['agreement']} ingen "
            "överenskommelse."
        )

    # --- 4 Per område

    @property
    def counts(self):
        """The plans' problems, causes and actions by area (F2)."""
        return table_of(self.report, figures.COUNTED, told=self._counts_told())

    @property
    def counts_by_district(self):
        """The same by district: (title, address of the version, a list of counts for each area, their sums)."""
        parts = self.figures[figures.COUNTED].by("district", "area", "kind")
        return [
            (each, [[self._number(parts, each.slug, area, kind) for kind in KINDS[figures.COUNTED]]
                    for area, _ in self.report.areas])
            for each in self.report.read
        ]  # fmt: skip

    def _number(self, parts, district, area, kind):
        part = parts.get((district, area, kind))
        if not part:
            return 0, ""
        return part.number, address_of(self.year, figures.COUNTED, district=district, area=area, kind=kind)

    def _counts_told(self):
        by_kind = {kind: part.number for (kind,), part in self.figures[figures.COUNTED].by("kind").items()}
        plans = len(self.report.read)
        return (
            f"{plans} {'plan' if plans == 1 else 'planer'} har tillsammans {by_kind.get('problem', 0)} problemområden, "
            f"{by_kind.get('cause', 0)} orsaker och {by_kind.get('action', 0)} åtgärder."
        )

    @property
    def statuses(self):
        """What became of the actions, by area (F3)."""
        figure = self.figures[figures.STATUS]
        done = sum(figure.where(kind=kind).number for kind in CARRIED_OUT)
        told = f"{done} av {figure.number} åtgärder är genomförda, med eller utan ändringar."
        return table_of(self.report, figures.STATUS, told=told + self._unanswered(figure))

    @property
    def goals(self):
        """How it went with the goals, by area (F4)."""
        figure = self.figures[figures.GOALS]
        met = figure.where(kind=GoalResult.MET).number
        told = f"{met} av {figure.number} mål är uppnådda."
        return table_of(self.report, figures.GOALS, told=told + self._unanswered(figure))

    @staticmethod
    def _unanswered(figure):
        left = figure.where(kind=figures.NOTHING_SAID).number
        return f" {left} har inget svar." if left else ""

    # --- 6–9

    @property
    def parties(self):
        """How each party kept what it took upon itself, those with most first (F7)."""
        figure = self.figures[figures.PARTIES]
        parts = {party: part.number for (party,), part in figure.by("party").items()}
        titles = [(party, party) for party in sorted(parts, key=lambda name: (-parts[name], name))]
        kept = figure.where(kind="yes").number
        told = f"Parterna har svarat ja på {kept} av {figure.number} åtaganden." + self._unanswered(figure)
        return table_of(self.report, figures.PARTIES, per="party", titles=titles, first="Part", told=told)

    @property
    def obstacles(self):
        """How far the obstacles that were lifted to the city have come (F8): (label, number, address, per cent)."""
        figure = self.figures[figures.OBSTACLES]
        parts = figure.by("kind")
        most = max((part.number for part in parts.values()), default=0)
        found = []
        for kind in LIFTED_STAGES:
            label = KINDS[figures.OBSTACLES][kind]
            count = parts[kind,].number if (kind,) in parts else 0
            address = address_of(self.year, figures.OBSTACLES, kind=kind) if count else ""
            found.append((label, count, address, 100 * count // most if most else 0))
        return found

    @property
    def obstacles_told(self):
        """How long they have been open, in words."""
        days = sorted(row.days for row in self.report.obstacles)
        still = sum(row.is_open for row in self.report.obstacles)
        if not days:
            return "Inget hinder är lyft till staden."
        if len(days) == 1:
            return f"1 hinder är lyft till staden. Det {'har varit' if still else 'var'} öppet i {_days(days[0])}."
        middle = days[len(days) // 2] if len(days) % 2 else (days[len(days) // 2 - 1] + days[len(days) // 2]) // 2
        return (
            f"{still} av {len(days)} hinder är fortfarande öppna. Hälften har varit öppna i högst {_days(middle)}; "
            f"det som har varit öppet längst i {_days(days[-1])}."
        )

    @property
    def sides(self):
        """How many of each area's actions answer each side of the triangle (F6)."""
        each = self._actions_by_area()
        figure = self.figures[figures.SIDES]
        none, every = figure.where(kind=figures.NOTHING_SAID).number, sum(each.values())
        told = f"{every - none} av {every} åtgärder säger vilken sida av brottstriangeln de riktas mot."
        return table_of(self.report, figures.SIDES, told=told, of_each=each)

    def _actions_by_area(self):
        actions = self.figures[figures.COUNTED].where(kind="action")
        return {area: part.number for (area,), part in actions.by("area").items()}

    @property
    def prevention(self):
        """How the actions prevent, by area (F6)."""
        figure = self.figures[figures.PREVENTION]
        none = figure.where(kind=figures.NOTHING_SAID).number
        told = f"{figure.number - none} av {figure.number} åtgärder säger hur de förebygger."
        return table_of(self.report, figures.PREVENTION, told=told)

    @property
    def quality(self):
        """For how many goals it was decided how they are measured."""
        figure = self.figures[figures.QUALITY]
        full = figure.where(kind="full").number
        not_measurable = self.figures[figures.GOALS].where(kind=GoalResult.NOT_MEASURABLE).number
        told = f"{full} av {figure.number} mål hade mått, målvärde och slutdatum när de beslutades."
        if not_measurable:
            told += f" {not_measurable} gick inte att mäta."
        return table_of(self.report, figures.QUALITY, told=told)


def listed(names):
    """Return the names as a list within a sentence."""
    *first, last = names or [""]
    return f"{', '.join(first)} och {last}" if first else last


def _days(number):
    return "mindre än en dag" if number == 0 else "1 dag" if number == 1 else f"{number} dagar"
