"""Next year's plan begins with what this year's leaves: choosing which actions go on, and carrying them over (U6).

What is carried becomes ordinary rows of a draft, written through
``plans/editing.py``, each with the problem and the causes it stands under,
and each remembers what it came from. A goal that is seen in an indicator goes on
being so (:func:`followup.indicators.goals.values_in_next`). What the draft already
has of it is not carried again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID, uuid4

from django.db import transaction

from agreements.models import AreaMapping
from followup.document import ActionAnswer, GoalAnswer, PartyAnswer
from followup.enums import Fulfilled, GoalResult, Implementation, NextYear
from followup.indicators.goals import GoalValue, too_late, values_in_next
from followup.loading import load_beside
from followup.models import CarriedRow, GoalIndicator
from followup.moved_year import is_unsure, moved_part, moved_text, moved_values
from plans import editing
from plans.basis import areas_of
from plans.comparison import flatten
from plans.content import Content
from plans.errors import EditRefused
from plans.models import ActionPlan, AreaTarget, Commitment
from plans.open_format import loads
from plans.operations import InsertRow, SetFields
from plans.outline import Outline, Place
from plans.permissions import EDITABLE_STATES, check_create, check_edit
from trygghet.words import counted, listed

FINISHED = {Implementation.DONE, Implementation.DONE_WITH_CHANGES, Implementation.CANCELLED}
GOES_ON = {NextYear.KEEP, NextYear.CHANGE, NextYear.SCALE_UP}
PART_KINDS = {"targets": "target", "commitments": "commitment"}
NO_AREA = "Välj vilket område i nästa års plan som åtgärderna i «{area}» ska stå i."


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenGoal:
    """A goal that is seen in an indicator: its text, and its ``value`` as it begins next year."""

    text: str
    value: GoalValue

    @property
    def baseline(self):
        """Where it begins, and why there: "Nytt nuläge: 36 procent 2025"."""
        value, year = self.value, self.value.year - 1
        if value.baseline is None and value.before and value.before.period.ends_on.year == year:
            return f"Nytt nuläge: {value.baseline_told}"
        if value.baseline is None and value.before is None:
            return "Nuläget är inte mätt"
        return f"Nuläge: {value.baseline_told}, för {year} finns inget mätvärde än"

    @property
    def target(self):
        """Where it is to come: "Målvärde: 30 procent"."""
        return "Målvärde saknas" if self.value.target is None else f"Målvärde: {self.value.target_told}"

    @property
    def warnings(self):
        """What there is to look at in the draft, in sentences."""
        is_met = self.value.is_met_from_start
        met = "Målvärdet är redan nått. Skriv ett nytt i utkastet." if is_met else ""
        return [said for said in (met, too_late(self.value.indicator, self.value.year)) if said]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """An action that may go on; ``row`` is the row that it already is in next year's plan, "" for none.

    ``goals`` are those of its goals that are seen in an indicator.
    """

    place: Place
    answer: ActionAnswer
    year: int
    row: str = ""
    goals: tuple[SeenGoal, ...] = ()

    @property
    def uid(self):
        return self.place.uid

    @property
    def is_default(self):
        """Whether it goes on unless somebody says otherwise: what is not finished, and what is to be kept or grow."""
        if self.answer.next_year:
            return self.answer.next_year in GOES_ON
        return self.answer.status not in FINISHED

    @property
    def status(self):
        return dict(Implementation.choices).get(self.answer.status, "Inte besvarad")

    @property
    def next_year(self):
        return dict(NextYear.choices).get(self.answer.next_year, "")

    @property
    def when(self):
        """When it is to be done the year after, as its text will say."""
        return moved_text(self.place.node.when, self.year)

    @property
    def is_unsure(self):
        """Whether its När names other years, so that it stays as it was until a person has looked."""
        return is_unsure(self.place.node.when, self.year)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedPart:
    """A delmål or an åtagande of an area that may go on, which the city's plan has (seed 001).

    ``field`` is which of them it is, as the area's field is named, and
    ``answer`` what became of it. ``row`` is what it already is in next year's
    plan, "" for nothing. ``goals`` is the delmål itself where it is seen in an indicator.
    """

    field: str
    part: dict
    answer: GoalAnswer | PartyAnswer
    row: str = ""
    goals: tuple[SeenGoal, ...] = ()

    @property
    def uid(self):
        return self.part["uid"]

    @property
    def text(self):
        return self.part.get("text", "")

    @property
    def about(self):
        """What it is and what became of it, in words: "Delmål. Delvis uppnått"."""
        if self.field == "targets":
            return f"Delmål. {dict(GoalResult.choices).get(self.answer.result, 'Inte besvarat')}"
        fulfilled = {"": "inte besvarat"} | {key: word.lower() for key, word in Fulfilled.choices}
        return f"Åtagande. {self.answer.party}: {fulfilled[self.answer.answer]}"

    @property
    def is_default(self):
        """Whether it goes on unless somebody says otherwise: a delmål that is not met; who has undertaken says anew."""
        return self.field == "commitments" or self.answer.result != GoalResult.MET


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedArea:
    """An area of the plan with actions, delmål or åtaganden that may go on, and where they would stand next year.

    ``target`` is the key among the ``Source.choices``, "" where it has to be
    asked.
    """

    place: Place
    actions: list[Proposed]
    parts: list[ProposedPart]
    target: str

    @property
    def left(self):
        """The actions, delmål and åtaganden that next year's plan does not have."""
        return [each for each in (*self.actions, *self.parts) if not each.row]


class Source:
    """A plan's follow-up, and next year's plan, which is None until it is begun.

    The follow-up must come with its plan, place, year and version. Raises
    EditRefused where the city has not opened the next year.
    """

    def __init__(self, follow_up):
        self.follow_up, self.plan = follow_up, follow_up.plan
        self.year = self.plan.year
        self.cycle = editing.cycle_of(self.year + 1)
        self.document = loads(follow_up.version.document)
        self.outline = Outline(self.document)
        here = {"district": self.plan.district, "cycle": self.cycle}
        self.next = ActionPlan.objects.with_place().filter(**here).first()

    def check(self, user):
        """Raise PermissionDenied with the reason unless the person may begin, or write in, next year's plan."""
        check_create(user, self.plan.scope)
        if self.next:
            check_edit(user, self.next)

    @property
    def is_closed(self):
        """Whether next year's plan is beyond being written."""
        return self.next is not None and self.next.state not in EDITABLE_STATES

    @cached_property
    def carried(self):
        """The rows of this plan that next year's still has: uid here → uid there (6 queries)."""
        return _carried(self.plan, self.next) if self.next else {}

    @cached_property
    def choices(self):
        """The areas of next year's plan, as (key, title); the city's are known by their code."""
        return [(area.code, area.title) for area in self._new_set.areas.all()]

    @property
    def _new_set(self):
        return areas_of(self.next) if self.next else self.cycle.area_set

    def areas(self):
        """Return a :class:`ProposedArea` for each area with actions, delmål or åtaganden."""
        answered = load_beside(self.follow_up, self.document)
        answers, of_areas = answered.by_row(), {area.row: area for area in answered.areas}
        found = []
        for area in self.outline.of_kind["area"]:
            actions = [
                Proposed(
                    place=place,
                    answer=answers[place.uid],
                    year=self.year,
                    row=self.carried.get(place.uid, ""),
                    goals=self.seen_goals(self.rows[place.uid].values["operational_goals"]),
                )
                for place in self.outline.of_kind["action"]
                if place.area is area.node and place.uid in answers
            ]
            parts = self._parts(area, of_areas[area.uid]) if area.uid in of_areas else []
            if actions or parts:
                target = self.target_of(area.node)
                found.append(ProposedArea(place=area, actions=actions, parts=parts, target=target))
        return found

    def _parts(self, area, answer):
        goals, parties = {goal.key: goal for goal in answer.goals}, dict(answer.parties)
        values = self.rows[area.uid].values
        return [
            ProposedPart(
                field=field,
                part=part,
                answer=said[part["uid"]],
                row=self.carried.get(part["uid"], ""),
                goals=self.seen_goals([part]),
            )
            for field, said in (("targets", goals), ("commitments", parties))
            for part in values[field]
            if part.get("uid") in said
        ]

    def seen_goals(self, goals):
        """Return a :class:`SeenGoal` for those of the goals (as ``comparison.flatten`` has them) that are seen so."""
        seen = [goal for goal in goals if goal.get("uid") in self.goal_values]
        return tuple(SeenGoal(text=goal["text"], value=self.goal_values[goal["uid"]]) for goal in seen)

    @cached_property
    def goal_values(self):
        """Where the goals that are seen in an indicator begin next year, by their uids here (3 queries)."""
        return values_in_next(self.plan)

    @cached_property
    def rows(self):
        """The rows of this plan by their identities."""
        return flatten(self.document).by_uid

    def target_of(self, section):
        """Return the key of the area that takes over: the same, or the only one it is mapped to; else "".

        An area of the district's own goes on under its own name, with a key of its own.
        """
        if section.is_local:
            return own_key(section)
        if section.code in dict(self.choices):
            return section.code
        successors = self._successors.get(section.code, set())
        return next(iter(successors)) if len(successors) == 1 else ""

    @cached_property
    def _successors(self):
        mappings = AreaMapping.objects.filter(old__area_set=areas_of(self.plan), new__area_set=self._new_set)
        found = {}
        for old, new in mappings.values_list("old__code", "new__code"):
            found.setdefault(old, set()).add(new)
        return found


def own_key(section):
    """Return what an area of the district's own is called among the choices."""
    return f"own:{section.title}"


def _carried(plan, next_plan):
    """Return uid here → uid there of the rows carried from the plan that are still in the next."""
    parts = [model.objects.filter(plan=next_plan) for model in (AreaTarget, Commitment)]
    there = {uid for rows in (next_plan.problems, next_plan.causes, next_plan.actions, *parts) for uid in _uids(rows)}
    rows = CarriedRow.objects.filter(plan=next_plan, from_plan=plan).order_by("pk")
    return {str(old): str(new) for old, new in rows.values_list("from_row", "row") if new in there}


def _uids(rows):
    return rows.values_list("uid", flat=True)


# --- Carrying over


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What came of carrying over: the plan, how many rows, and the actions whose När names other years than the plan's.

    ``told`` says in Swedish what was carried: "3 åtgärder och 1 delmål". ``met`` are the texts of the goals
    whose target is reached already.
    """

    plan: ActionPlan
    count: int
    told: str
    unsure: list[Place]
    met: list[str]


@transaction.atomic
def carry(follow_up, chosen, *, by, targets=None):
    """Carry the chosen rows (uids) over to next year's draft, which is begun if need be; return :class:`Carried`.

    They are actions, and delmål and åtaganden of the areas.

    ``targets`` maps the uid of an area to the key of the area that takes over,
    where that had to be asked. What the draft already has is not carried
    again. Raises PermissionDenied with the reason, and EditRefused where an
    area is missing or the year is not opened; then nothing is written.
    """
    source = Source(follow_up)
    source.check(by)
    source.next = _locked(source, by)
    bag = _Bag(source, targets or {})
    for place in source.outline.of_kind["action"]:
        if place.uid in chosen and place.uid not in source.carried:
            bag.take(place)
    for area in source.areas():
        for part in area.parts:
            if part.uid in chosen and not part.row:
                bag.take_part(area.place, part)
    if bag.count:
        editing.apply(source.next, bag.operations(), by=by, summary=f"Förde över {bag.told()} från {source.year}")
        CarriedRow.objects.bulk_create(bag.origins)
        GoalIndicator.objects.bulk_create(bag.seen_in(by))
    return Carried(plan=source.next, count=bag.count, told=bag.told(), unsure=bag.unsure(), met=bag.met())


def _locked(source, by):
    """Return next year's plan, begun if it was not there, with its row locked so that two carry nothing twice."""
    plan = source.next or editing.create_plan(source.plan.district, source.cycle, by=by)
    return ActionPlan.objects.select_for_update(of=("self",)).with_place().get(pk=plan.pk)


class _Bag:
    """The rows to add, and what each came from."""

    def __init__(self, source, targets):
        self.source, self.targets = source, targets
        self.content = Content.whole(source.next)
        self.values = source.rows
        self.tabs = {}
        for tab in source.next.planareas.select_related("area"):
            self.tabs[tab.area.code if tab.area_id else f"own:{tab.title}"] = str(tab.uid)
        self.rows = dict(source.carried)  # uid here → uid there
        self.last = {}  # (parent, kind) → the uid that the next such row comes after
        self.inserts, self.origins, self.actions = [], [], []
        self.parts = defaultdict(list)  # (uid of the area there, field) → the parts to add
        self.goals = []  # (the goal as it is here, its uid there)

    def take(self, place):
        """Take an action with the problem and the causes that it stands under, unless they are there."""
        self.actions.append(place)
        problem = self._problem(place.problem)
        causes = [cause for cause in self.source.outline.of_kind["cause"] if cause.problem is place.problem]
        wanted = sorted({place.cause.number, *place.node.also_causes})
        rows = {number: self._cause(causes[number - 1], problem) for number in wanted}
        also = [rows[number] for number in place.node.also_causes]
        self._insert(place, rows[place.cause.number], problem, also_causes=also)

    def take_part(self, area, proposed):
        """Take a delmål or an åtagande of the area."""
        moved = moved_part(proposed.part, self.source.year) | {"uid": str(uuid4())}
        self.parts[self._area(area.node), proposed.field].append(moved)
        self.goals.append((proposed.part, moved["uid"]))
        self._remember(moved["uid"], proposed.uid, PART_KINDS[proposed.field])

    @property
    def count(self):
        return len(self.actions) + sum(map(len, self.parts.values()))

    def operations(self):
        """Return what is to be written: the rows, and in the areas their delmål and åtaganden after those there are."""
        of_areas = defaultdict(dict)
        for (area, field), added in self.parts.items():
            of_areas[area][field] = [*self.content.apart[area, field], *added]
        return [*self.inserts, *(SetFields(kind="area", uid=area, values=values) for area, values in of_areas.items())]

    def _problem(self, place):
        if place.uid in self.rows:
            return self.rows[place.uid]
        area = self._area(place.area)
        return self._insert(place, area, area)

    def _cause(self, place, problem):
        return self.rows.get(place.uid) or self._insert(place, problem, problem)

    def _area(self, section):
        key = self.source.target_of(section) or self.targets.get(str(section.uid), "")
        if key in self.tabs:
            return self.tabs[key]
        if not section.is_local:
            raise EditRefused(NO_AREA.format(area=section.canonical_title or section.title))
        values = {"title": section.title, "sheet": section.sheet}
        row = InsertRow(kind="area", uid=str(uuid4()), parent=None, after=self._after("area", None), values=values)
        self.last[None, "area"] = self.tabs[key] = row.uid
        self.inserts.append(row)
        return row.uid

    def _insert(self, place, parent, among, **known):
        """Add the row, last among its siblings; those of an action are all the actions of its problem, ``among``."""
        old = self.values[place.uid].values
        values = moved_values(place.kind, old, self.source.year) | known
        if place.kind == "action":
            values["operational_goals"] = [goal | {"uid": str(uuid4())} for goal in values["operational_goals"]]
            there = [goal["uid"] for goal in values["operational_goals"]]
            self.goals += zip(old["operational_goals"], there, strict=True)
        row = InsertRow(
            kind=place.kind, uid=str(uuid4()), parent=parent, after=self._after(place.kind, among), values=values
        )
        self.inserts.append(row)
        self.last[among, place.kind] = row.uid
        self.rows[place.uid] = row.uid
        self._remember(row.uid, place.uid, place.kind)
        return row.uid

    def _remember(self, row, from_row, kind):
        origin = {"plan": self.source.next, "from_plan": self.source.plan, "kind": kind}
        self.origins.append(CarriedRow(row=UUID(row), from_row=UUID(from_row), **origin))

    def _after(self, kind, among):
        if (among, kind) not in self.last:
            siblings = self.content.order.get((among, kind), [])
            self.last[among, kind] = siblings[-1] if siblings else None
        return self.last[among, kind]

    def seen_in(self, by):
        """Return the GoalIndicators of the goals that are carried, with where they begin."""
        values = [(self.source.goal_values.get(goal["uid"]), there) for goal, there in self.goals]
        return [
            GoalIndicator(
                plan=self.source.next,
                goal=UUID(there),
                indicator=value.indicator,
                baseline=value.baseline,
                target=value.target,
                by=by,
            )
            for value, there in values
            if value
        ]

    def met(self):
        """Return the texts of the carried goals whose target is reached already."""
        goals = self.source.seen_goals([goal for goal, _ in self.goals])
        return [goal.text for goal in goals if goal.value.is_met_from_start]

    def unsure(self):
        """Return the actions whose När names other years than the plan's own."""
        return [place for place in self.actions if is_unsure(place.node.when, self.source.year)]

    def told(self):
        """Say in Swedish what is carried over: "3 åtgärder, 2 delmål och 1 åtagande"."""
        of = {
            field: sum(len(parts) for (_, each), parts in self.parts.items() if each == field) for field in PART_KINDS
        }
        counts = (
            (len(self.actions), "åtgärd", "åtgärder"),
            (of["targets"], "delmål", "delmål"),
            (of["commitments"], "åtagande", "åtaganden"),
        )
        return listed([counted(*each) for each in counts if each[0]])
