"""What the page of the annual report shows, section by section (domain §5.6), as far as it is computed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from followup.enums import GoalResult
from followup.report import figures
from followup.report.document import MATRIX, SECTIONS, Cell
from followup.report.excerpts import Excerpts
from followup.report.figures import CARRIED_OUT
from followup.report.measured import Measured
from followup.report.rows import follow_up_address, page_address, version_address
from followup.report.shared import LEAST
from followup.report.tables import KINDS, address_of, table_of
from plans.completeness import asks_to_integrate
from trygghet.words import listed

# What the districts deal with themselves is theirs to read, and is not counted here.
LIFTED_STAGES = ("escalated", "answered", "closed")
MOST_SHARED = 10
"""How many shared texts are shown at most; the rest are among the rows."""
MANY_DISTRICTS = 30
"""With more districts than this, a table with a line for each of them is folded."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many: ``address`` leads to the rows of ``number``, "" where there are none."""

    number: int
    of: int
    label: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictLine:
    """A district in section 5: how far its follow-up has come, and what came of its actions and goals.

    ``address`` leads to its follow-up and ``page`` to the report's own page of it, "" where there is none to open.
    ``actions``, ``done`` and ``met`` are None where nothing is counted: not handed in is no zero.
    """

    slug: str
    name: str
    address: str
    is_handed_in: bool
    follow_up: Cell
    page: str
    actions: Share | None
    done: Share | None
    met: Share | None
    why_missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedText:
    """What several districts have in their plans: the text of the first, the districts, and the rows."""

    text: str
    districts: list[str]
    number: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearLine:
    """A year's sums; None for a share of which nothing has been reported."""

    year: int
    plans: int
    reported: int
    actions: Share
    done: Share | None
    met: Share | None
    answered: Share | None


class Page:
    """A :class:`~followup.report.document.ReportDocument` as sections with tables and what they say in words.

    ``opens`` are the slugs of the districts whose plans the reader opens, None for all of them.
    """

    def __init__(self, report, opens=None):
        self.report, self.opens = report, opens

    section = SECTIONS
    """The sections by key; ``sections`` are the same in order."""
    sections = tuple(SECTIONS.values())

    @property
    def year(self):
        return self.report.year

    @property
    def figures(self):
        """The rows that the numbers are counted of, by the figure's code."""
        return self.report.figures

    @property
    def has_many_districts(self):
        """Whether a table with a line for each of them is more than one passes by on the way to the next section."""
        return len(self.report.districts) > MANY_DISTRICTS

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

    # --- 1 Sammanfattning

    @property
    def key_figures(self):
        """What it all comes to, each as so many of so many; of what nobody has answered nothing is said."""
        found = [
            (figures.STATUS, CARRIED_OUT, "åtgärder genomförda"),
            (figures.GOALS, GoalResult.MET.value, "mål uppnådda"),
            (figures.PARTIES, "yes", "åtaganden uppfyllda, enligt parterna själva"),
        ]
        shares = [self._share(self.figures[code], code, kind, label) for code, kind, label in found]
        answered = self._answered(self.report.obstacles, self.year)
        return [each for each in (*shares, answered) if each]

    def _share(self, figure, code, kind, label="", **where):
        """Return how many of the figure's rows are of the kind; None where there are no rows at all."""
        if not figure or not figure.rows:
            return None
        number = figure.where(kind=kind).number
        address = address_of(self.year, code, kind=kind, **where) if number else ""
        return Share(number=number, of=figure.number, label=label, address=address)

    def _answered(self, obstacles, year):
        lifted = [each for each in obstacles if "escalated" in each.stages]
        number = sum("answered" in each.stages for each in lifted)
        address = address_of(year, figures.OBSTACLES, kind="answered") if number else ""
        return (
            Share(number=number, of=len(lifted), label="hinder besvarade av staden", address=address)
            if lifted
            else None
        )

    # --- 2 Läget i staden

    @cached_property
    def situation(self):
        """A :class:`~followup.report.measured.Measured` for each indicator that has values (F5)."""
        return [Measured(self.report, each, self.opens) for each in self.report.indicators]

    @property
    def situation_told(self):
        """How many of the indicators go the right way, in words."""
        kinds = [each.trend.kind for each in self.situation]
        better, worse, total = kinds.count("better"), kinds.count("worse"), len(kinds)
        told = f"{better} av {total} indikatorer går säkert åt rätt håll i staden och {worse} åt fel håll."
        rest = total - better - worse
        return told + (f" För {rest} är läget oförändrat eller går inte att säga säkert." if rest else "")

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
            f"till staden och {taken['board']} har nämndens beslut registrerat. "
            f"{approved} av {len(rows)} har en godkänd uppföljning. "
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
        plans, total = len(self.report.read), len(self.report.districts)
        return (
            f"{plans} av {total} stadsdelar har en plan som räknas. Planerna har {by_kind.get('problem', 0)} "
            f"problemområden, {by_kind.get('cause', 0)} orsaker och {by_kind.get('action', 0)} åtgärder."
        )

    @property
    def statuses(self):
        """What became of the actions, by area (F3)."""
        figure = self.figures[figures.STATUS]
        done = figure.where(kind=CARRIED_OUT).number
        told = f"{done} av {figure.number} åtgärder är genomförda, med eller utan ändringar."
        return table_of(self.report, figures.STATUS, told=told + self._unanswered(figure))

    @property
    def lights(self):
        """How the actions go, green, yellow or red, by area (F3)."""
        figure = self.figures[figures.LIGHTS]
        told = f"{figure.where(kind='green').number} av {figure.number} åtgärder går som planerat."
        return table_of(self.report, figures.LIGHTS, told=told + self._unanswered(figure))

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

    @cached_property
    def _excerpts(self):
        return Excerpts(self.report, self.opens)

    @cached_property
    def area_parts(self):
        """An :class:`~followup.report.excerpts.AreaPart` for each area that is worked with."""
        return self._excerpts.areas()

    # --- 5 Stadsdel för stadsdel

    @cached_property
    def each_district(self):
        """A :class:`DistrictLine` for every district."""
        counted = self.figures[figures.COUNTED].where(kind="action").by("district")
        statuses = self.figures[figures.STATUS].by("district")
        goals = self.figures[figures.GOALS].by("district")
        lines = []
        for each in self.report.districts:
            key, here = (each.slug,), {"district": each.slug}
            planned = counted[key].number if key in counted else 0
            address = address_of(self.year, figures.COUNTED, kind="action", **here) if planned else ""
            lines.append(
                DistrictLine(
                    slug=each.slug,
                    name=each.name,
                    address=follow_up_address(self.year, each, opens=self.opens),
                    is_handed_in=each.follow_up is not None,
                    follow_up=each.cell("follow_up"),
                    page=page_address(self.year, each),
                    actions=Share(number=planned, of=planned, address=address) if each.plan else None,
                    done=self._share(statuses.get(key), figures.STATUS, CARRIED_OUT, **here),
                    met=self._share(goals.get(key), figures.GOALS, GoalResult.MET.value, **here),
                    why_missing=each.why_missing,
                )
            )
        return lines

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

    @cached_property
    def shared(self):
        """The actions that several districts have, those that most have first (F9)."""
        return self._shared(figures.SHARED)

    @cached_property
    def shared_causes(self):
        """The causes that several districts have, those that most have first (F9)."""
        return self._shared(figures.SHARED_CAUSES)

    def _shared(self, code):
        found = []
        for (kind,), part in self.figures[code].by("kind").items():
            names = [self.report.by_slug[slug].name for slug in part.values("district")]
            address = address_of(self.year, code, kind=kind)
            text = self.report.shared_texts[kind]
            found.append(SharedText(text=text, districts=names, number=part.number, address=address))
        return sorted(found, key=lambda each: (-len(each.districts), -each.number))[:MOST_SHARED]

    @property
    def shared_told(self):
        """How many of the actions and causes are shared, in words."""
        counted = self.figures[figures.COUNTED]
        of = {code: counted.where(kind=kind).number for code, kind in _SHARED_OF.items()}
        return (
            f"{self.figures[figures.SHARED].number} av {of[figures.SHARED]} åtgärder och "
            f"{self.figures[figures.SHARED_CAUSES].number} av {of[figures.SHARED_CAUSES]} orsaker står likadant i "
            f"minst {LEAST} stadsdelars planer."
        )

    @property
    def asks_to_integrate(self):
        """Whether the template of any of the plans asks for it, so that it is worth counting (P14)."""
        return any(asks_to_integrate(each.plan) for each in self.report.read)

    @property
    def integrated(self):
        """The actions that name extremism or recruitment, by area."""
        figure = self.figures[figures.INTEGRATED]
        every = self.figures[figures.COUNTED].where(kind="action").number
        extremism, recruitment = (figure.where(kind=kind).number for kind in KINDS[figures.INTEGRATED])
        told = (
            f"{extremism} av {every} åtgärder nämner våldsbejakande extremism och {recruitment} av {every} "
            "nämner rekrytering."
        )
        return table_of(self.report, figures.INTEGRATED, told=told)

    # --- 8 Över åren

    @property
    def changes(self):
        """What was carried over from last year's plans, what is new and what was not, by area (F10)."""
        figure = self.figures[figures.CHANGES]
        carried, new = (figure.where(kind=kind).number for kind in ("carried", "new"))
        compared, total = len(figure.values("district")), len(self.report.districts)
        told = (
            f"{compared} av {total} stadsdelar har planer att jämföra, {self.year - 1} och {self.year}. "
            f"{carried} av {carried + new} åtgärder är förda vidare."
        )
        return table_of(self.report, figures.CHANGES, told=told)

    @property
    def not_compared(self):
        """The names of the districts whose plans of the two years cannot be compared, in a sentence; "" if none."""
        compared = set(self.figures[figures.CHANGES].values("district"))
        return listed([each.name for each in self.report.districts if each.slug not in compared])

    @cached_property
    def over_years(self):
        """A :class:`YearLine` for the year and each one before it, the latest first; empty without any before it."""
        if not self.report.earlier:
            return []
        return [self._year_line(each) for each in (self.report.sums, *self.report.earlier)]

    def _year_line(self, each):
        def share(number, of, code, kind):
            # An earlier year's rows are the city's to read, and are not in the frozen report.
            leads = number and (self.opens is None or each.year == self.year)
            address = address_of(each.year, code, kind=kind) if leads else ""
            return Share(number=number, of=of, address=address) if of else None

        return YearLine(
            year=each.year,
            plans=each.plans,
            reported=each.reported,
            actions=share(each.actions, each.actions, figures.COUNTED, "action"),
            done=share(each.done, each.answered_actions, figures.STATUS, CARRIED_OUT),
            met=share(each.met, each.goals, figures.GOALS, GoalResult.MET.value),
            answered=share(each.answered, each.obstacles, figures.OBSTACLES, "answered"),
        )

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

    # --- 10 Lärdomar

    @cached_property
    def lessons(self):
        """The districts' lessons, area by area."""
        return self._excerpts.lessons()

    @property
    def lessons_told(self):
        """How many of the actions that are followed up have a lesson, in words."""
        lessons = self.figures[figures.EXPERIENCE].where(kind="lesson")
        every = self.figures[figures.STATUS].number
        return f"{lessons.number} av {every} uppföljda åtgärder har en lärdom, från {_districts(lessons)}."


_SHARED_OF = {figures.SHARED: "action", figures.SHARED_CAUSES: "cause"}


def _districts(figure):
    number = len(figure.values("district"))
    return "en stadsdel" if number == 1 else f"{number} stadsdelar"


def _days(number):
    return "mindre än en dag" if number == 0 else "1 dag" if number == 1 else f"{number} dagar"
