"""Looking in the catalogue: by words, area, district, year and what came of it, or by what a cause says.

Every question starts from what the person reads. What came of an action is
told, and can be asked for, only where the person reads the follow-up or the
year's annual report is published; otherwise a filter would tell it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import Case, Count, F, IntegerField, Max, Q, Value, When, Window
from django.db.models.functions import RowNumber

from agreements.permissions import Permission, access_of
from agreements.scope import CITY_SLUG, lookup_of
from followup.catalogue.words import meaningful, typed
from followup.enums import Implementation, ReportState
from followup.models import AnnualReport, CataloguedAction, FollowUp

P, I = Permission, Implementation  # noqa: E741
ON_A_PAGE = 20
SHOWN = 5
"""How many of the places that have the same action a hit tells of at once."""
OWN_AREAS = "egna"
NOT_FOLLOWED_UP = "inte-uppfoljd"

TOLD = {
    "genomford": ("Genomförd", Q(status__in=[I.DONE, I.DONE_WITH_CHANGES])),
    "delvis": ("Delvis genomförd eller pågår", Q(status__in=[I.PARTLY, I.IN_PROGRESS, I.CONTINUES])),
    "inte-genomford": ("Inte genomförd eller avbruten", Q(status__in=[I.NOT_STARTED, I.NOT_DONE, I.CANCELLED])),
    "mal-uppnadda": ("Alla mål uppnådda", Q(goals_asked__gt=0, goals_met=F("goals_asked"))),
    "lardom": ("Har en lärdom", ~Q(lesson="")),
}
"""What came of an action, as it can be asked for: words, and the condition on what is told."""
OUTCOMES = [*((key, words) for key, (words, _) in TOLD.items()), (NOT_FOLLOWED_UP, "Inte uppföljd än")]


def reads(user):
    """Whether the person reads decided plans anywhere, and so the catalogue; asks nothing of its own."""
    return bool(access_of(user).reach({P.READ_DECIDED, P.READ_SUBMITTED}))


def is_told_to(user):
    """Condition on a row: that what came of it is for the person to read."""
    published = AnnualReport.objects.filter(state=ReportState.PUBLISHED)  # read by all who read the plans
    in_report = Q(district__isnull=False, plan__cycle__in=published.values("cycle"))
    follows = Q(plan__in=FollowUp.objects.visible_to(user).values("plan"))
    return Q(approved_on__isnull=False) & (follows | in_report)


# --- What is asked


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the page is asked for; what nobody can have chosen is left out.

    ``cause`` is the text of a cause of ``at_home`` (a district's id, None for
    the city), whose own actions are then not asked for. ``alike`` is a text
    that the action is to have, character for character.
    """

    text: str = ""
    area: str = ""
    district: str = ""
    year: int | None = None
    outcome: str = ""
    cause: str = ""
    has_cause: bool = False
    at_home: int | None = None
    alike: str = ""

    @cached_property
    def words(self):
        return typed(self.text)

    @cached_property
    def cause_words(self):
        return meaningful(self.cause)

    @property
    def shared_at_least(self):
        """How many of the cause's words have to occur: two, or one of a cause that says little."""
        return 2 if len(self.cause_words) > 2 else 1

    @property
    def is_anything(self):
        """Whether anything narrows the catalogue, apart from the cause."""
        return bool(self.words or self.area or self.district or self.year or self.outcome)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What can be chosen among: areas, districts and outcomes as (value, words), and years."""

    areas: list
    districts: list
    years: list
    outcomes: list = field(default_factory=lambda: OUTCOMES)


def options_for(user):
    """Return the :class:`Options` of what the person reads (1 query)."""
    rows = CataloguedAction.objects.visible_to(user).order_by("year", "area")
    fields = ("year", "area", "area_title", "district__slug", "district__name")
    areas, districts, years = {}, {}, set()
    for year, area, title, slug, name in rows.values_list(*fields).distinct():
        years.add(year)
        areas[area or OWN_AREAS] = title if area else "Stadsdelarnas egna områden"  # the latest title of an area
        districts[slug or CITY_SLUG] = name or "Staden"
    own = {OWN_AREAS: areas.pop(OWN_AREAS)} if OWN_AREAS in areas else {}
    return Options(
        areas=[*areas.items(), *own.items()],
        districts=sorted(districts.items(), key=lambda each: (each[0] == CITY_SLUG, each[1])),
        years=sorted(years, reverse=True),
    )


def asked_in(query, options, **more):
    """Return :class:`Asked` of the address's query; a value that is not among the options counts as none."""

    def chosen(name, among):
        return query.get(name, "") if query.get(name) in {str(value) for value in among} else ""

    year = chosen("ar", options.years)
    return Asked(
        text=query.get("ord", "").strip()[:200],
        area=chosen("omrade", [key for key, _ in options.areas]),
        district=chosen("stadsdel", [key for key, _ in options.districts]),
        year=int(year) if year else None,
        outcome=chosen("utfall", [key for key, _ in options.outcomes]),
        **more,
    )


# --- What is found


@dataclass(kw_only=True)
class Hit:
    """An action as it is worded, and the plans that have it: some of them, and how many there are in all."""

    text: str
    rows: list
    count: int
    plans: int
    districts: int

    @property
    def alike(self):
        """In how many places the action is worded just so; "" for one that stands alone."""
        if self.districts > 1:
            return f"Samma åtgärd i {self.districts} stadsdelar"
        return f"Samma åtgärd i {self.plans} planer" if self.plans > 1 else ""

    @property
    def others(self):
        """How many rows of plans have it besides those that are shown."""
        return self.count - len(self.rows)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page of the hits (of a :class:`~django.core.paginator.Paginator`) and how many hits there are."""

    part: object
    hits: list

    @property
    def number(self):
        return self.part.paginator.count


def find(user, asked, page=None):
    """Return :class:`Found`; those that share most words with the cause first, then the latest (3 queries).

    Actions that are worded the same in several plans are one hit, unless that wording is what is asked for.
    """
    rows = matching(user, asked)
    if asked.alike:
        part = Paginator(rows.order_by("-year", "district__name", "position"), ON_A_PAGE).get_page(page)
        found = _complete(part.object_list, user)
        return Found(part=part, hits=[_one(row) for row in found])
    texts = rows.order_by().values("text").annotate(
        shares=Max("shared"), latest=Max("year"), count=Count("pk"), plans=Count("plan", distinct=True),
        districts=Count("district", distinct=True),
    )  # fmt: skip
    part = Paginator(texts.order_by("-shares", "-latest", "text"), ON_A_PAGE).get_page(page)
    groups = {group["text"]: group for group in part.object_list}
    # Of those that are worded the same, what has been followed up says most.
    order = [F("shared").desc(), F("year").desc(), F("approved_on").desc(nulls_last=True), F("pk").asc()]
    first = Window(RowNumber(), partition_by=F("text"), order_by=order)
    shown = rows.filter(text__in=list(groups)).annotate(place=first).filter(place__lte=SHOWN).order_by("place")
    by_text = {}
    for row in _complete(shown, user):
        by_text.setdefault(row.text, []).append(row)
    hits = [
        Hit(rows=by_text[text], **{name: group[name] for name in ("text", "count", "plans", "districts")})
        for text, group in groups.items()
        if text in by_text
    ]
    return Found(part=part, hits=hits)


def _one(row):
    return Hit(text=row.text, rows=[row], count=1, plans=1, districts=1)


def _complete(rows, user):
    """Return the rows with what the page names and whether what came of them is told."""
    rows = rows.select_related("district", "plan__district", "plan__cycle", "version").defer(
        "version__document", "version__facts", "version__counts"
    )
    return rows.annotate(is_told=Case(When(is_told_to(user), then=True), default=False))


def matching(user, asked):
    """Return the rows that the person reads and that are asked for, with ``shared``, the words of the cause they have.

    Each word is looked for in what the action, its cause and its problem say.
    """
    rows = CataloguedAction.objects.visible_to(user)
    if asked.alike:
        rows = rows.filter(text=asked.alike)
    for word in asked.words:
        rows = rows.filter(words__contains=word)  # the column is in lower case, and so is the word
    if asked.area:
        rows = rows.filter(area="" if asked.area == OWN_AREAS else asked.area)
    if asked.district:
        rows = rows.filter(**lookup_of(asked.district))
    if asked.year:
        rows = rows.filter(year=asked.year)
    return _by_cause(_by_outcome(rows, asked, user), asked)


def _by_outcome(rows, asked, user):
    if asked.outcome == NOT_FOLLOWED_UP:
        return rows.filter(approved_on__isnull=True)
    return rows.filter(TOLD[asked.outcome][1] & is_told_to(user)) if asked.outcome else rows


def _by_cause(rows, asked):
    if not asked.has_cause:
        return rows.annotate(shared=Value(0))
    if not asked.cause_words:
        return rows.annotate(shared=Value(0)).none()
    occurs = [
        Case(When(words__contains=stem, then=1), default=0, output_field=IntegerField())
        for _, stem in asked.cause_words
    ]
    elsewhere = (
        Q(district__isnull=False) if asked.at_home is None else Q(district__isnull=True) | ~Q(district=asked.at_home)
    )
    return rows.filter(elsewhere).annotate(shared=sum(occurs, Value(0))).filter(shared__gte=asked.shared_at_least)


def shared_words(row, asked):
    """Return the words of the cause that the row has."""
    return [word for word, stem in asked.cause_words if stem in row.words]
