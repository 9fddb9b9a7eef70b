"""From the cause analysis to the plan: which problems and causes can be brought in, and bringing them (seed 003, P05).

What is brought becomes ordinary rows, written through ``plans/editing.py``, and each
remembers what it came from. What the plan already has is not brought again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from agreements.analyses import picture_in_force
from agreements.models import AreaMapping, PrioritisedProblem, SituationPicture
from plans import editing
from plans.content import Content
from plans.errors import EditRefused
from plans.models import ActionPlan, RowGround, RowPlace
from plans.operations import InsertRow
from trygghet.words import counted


@dataclass(kw_only=True)
class Offered:
    """A prioritised problem with its chosen causes, and how much of it the plan has."""

    problem: PrioritisedProblem
    row: str = ""  # the row in the plan that it already is, empty for none
    area: str = ""  # the tab it belongs on, empty where that has to be asked
    left: list = field(default_factory=list)  # chosen causes that can be brought
    brought: list = field(default_factory=list)  # chosen causes that the plan has

    @property
    def analysis(self):
        return getattr(self.problem, "analysis", None)

    @property
    def is_offered(self):
        """Whether there is anything of it to bring."""
        return bool(self.left)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a person has chosen to bring: a problem, the uid of the tab it goes to, and keys of its causes."""

    problem: str
    area: str
    causes: frozenset


def picture_of(plan, user):
    """Return the joint picture that the plan stands on, else the latest for its year; None if none is readable."""
    among = SituationPicture.objects.visible_to(user).select_related("district")
    own = among.filter(pk=plan.picture_id).first()
    return own or picture_in_force(among.filter(year__lte=plan.year), plan.scope)


def offered(plan, user, picture):
    """Return an :class:`Offered` for each prioritised problem of the picture, in its order (9 queries)."""
    problems = PrioritisedProblem.objects.visible_to(user).filter(picture=picture, is_prioritised=True)
    problems = list(
        problems.select_related("area", "analysis")
        .prefetch_related("analysis__causes__places", "places")
        .order_by("position")
    )
    areas, had = _Areas(plan, problems), Brought(plan)
    return [_offer(problem, areas, had) for problem in problems]


def _offer(problem, areas, had):
    found = Offered(problem=problem, row=had.problems.get(problem.pk, ""), area=areas.of(problem))
    analysis = getattr(problem, "analysis", None)
    for cause in analysis.causes.all() if analysis else ():
        if cause.is_chosen:
            (found.brought if cause.pk in had.causes else found.left).append(cause)
    return found


class Brought:
    """What the plan already has of the analyses: key of the problem or cause → uid of a row that is in the plan."""

    def __init__(self, plan):
        grounds = RowGround.objects.filter(plan=plan).order_by("-pk")
        rows = {"problem": set(plan.problems.values_list("uid", flat=True)),
                "cause": set(plan.causes.values_list("uid", flat=True))}  # fmt: skip
        found = {name: {} for name in rows}
        for row, problem, cause in grounds.values_list("row", "problem", "cause"):
            for name, key in (("problem", problem), ("cause", cause)):
                if key and row in rows[name]:
                    found[name][key] = str(row)
        self.problems, self.causes = found["problem"], found["cause"]


class _Areas:
    """Which tab of the plan a problem's area answers to, also when the picture is of another edition of the areas."""

    def __init__(self, plan, problems):
        tabs = [tab for tab in plan.planareas.select_related("area") if tab.area_id]
        self.by_area = {tab.area_id: str(tab.uid) for tab in tabs}
        self.by_code = {tab.area.code: str(tab.uid) for tab in tabs}
        asked = {problem.area_id for problem in problems if problem.area_id}
        mappings = AreaMapping.objects.filter(
            Q(old__in=asked, new__in=self.by_area) | Q(new__in=asked, old__in=self.by_area)
        )
        self.mapped = {}
        for old, new in mappings.values_list("old", "new"):
            for here, there in ((old, new), (new, old)):
                if there in self.by_area:
                    self.mapped.setdefault(here, set()).add(self.by_area[there])

    def of(self, problem):
        """Return the uid of the tab: the same area, the one with its code, or the only one it is mapped to."""
        if problem.area is None:
            return ""
        same = self.by_area.get(problem.area_id) or self.by_code.get(problem.area.code)
        mapped = self.mapped.get(problem.area_id, set())
        return same or (next(iter(mapped)) if len(mapped) == 1 else "")


@transaction.atomic
def bring(plan, choices, *, by):
    """Write the chosen problems and causes in the plan with what they rest on; return the event, None for nothing.

    Asked anew what the plan has, so that what somebody else has just brought
    is not brought twice. Raises PermissionDenied, and EditRefused for a tab that is gone.
    """
    plan = ActionPlan.objects.visible_to(by).select_for_update(of=("self",)).with_place().get(pk=plan.pk)
    picture = picture_of(plan, by)
    by_problem = {str(offer.problem.pk): offer for offer in offered(plan, by, picture)} if picture else {}
    bag = _Bag(plan)
    for choice in choices:
        offer = by_problem.get(choice.problem)
        causes = [cause for cause in offer.left if str(cause.pk) in choice.causes] if offer else []
        if causes:
            bag.take(offer, choice.area, causes)
    if not bag.inserts:
        return None
    event = editing.apply(plan, bag.inserts, by=by, summary=bag.summary())
    RowGround.objects.bulk_create(bag.grounds)
    RowPlace.objects.bulk_create(bag.places)
    return event


class _Bag:
    """The rows to add, and what each is to remember."""

    def __init__(self, plan):
        self.plan, self.content = plan, Content.whole(plan)
        self.tabs = {str(uid) for uid in plan.planareas.values_list("uid", flat=True)}
        self.inserts, self.grounds, self.places = [], [], []
        self.last = {}  # (parent, kind) → the uid that the next such row comes after

    def take(self, offer, area, causes):
        """Take the problem, unless the plan has it, and its causes, each with a row to write an action in."""
        row = offer.row or self._problem(offer.problem, area)
        for cause in causes:
            values = {"text": cause.text, "perspectives": [cause.side], "evidence": _evidence(cause)}
            uid = self._insert("cause", row, row, values)
            self._insert("action", uid, row, {})
            self._remember(uid, "cause", cause)

    def _problem(self, problem, area):
        if area not in self.tabs:
            raise EditRefused("Området du valde finns inte längre i planen. Välj ett annat.")
        uid = self._insert("problem", area, area, {"title": problem.title})
        self._remember(uid, "problem", problem)
        return uid

    def _insert(self, kind, parent, among, values):
        """Add a row last among its siblings; those of an action are all the actions of its problem, ``among``."""
        row = InsertRow(kind=kind, uid=str(uuid4()), parent=parent, after=self._after(kind, among), values=values)
        self.inserts.append(row)
        self.last[among, kind] = row.uid
        return row.uid

    def _after(self, kind, among):
        if (among, kind) not in self.last:
            siblings = self.content.order.get((among, kind), [])
            self.last[among, kind] = siblings[-1] if siblings else None
        return self.last[among, kind]

    def _remember(self, uid, name, source):
        self.grounds.append(RowGround(plan=self.plan, row=uid, **{name: source}))
        self.places += [RowPlace(plan=self.plan, row=uid, place=place) for place in source.places.all()]

    def summary(self):
        """Say in Swedish what was brought."""
        kinds = [row.kind for row in self.inserts]
        causes = kinds.count("cause")
        told = counted(causes, "orsak", "orsaker")
        problems = kinds.count("problem")
        if problems:
            told = f"{counted(problems, 'problemområde', 'problemområden')} och {told}"
        return f"Hämtade {told} från orsaksanalysen"


def _evidence(cause):
    """What the cause rests on, with what came out when it was tested."""
    return "\n\n".join(text for text in (cause.evidence.strip(), cause.tested_how.strip()) if text)
