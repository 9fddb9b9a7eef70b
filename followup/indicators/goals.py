"""Goals that are to be seen in an indicator: choosing it, and from where to where it went (domain §5.3).

A goal points at an indicator with a baseline and a target. What came of it is
the place's latest measurement in the plan's year or after it, which may have
to wait: the Trygghetsmätningen comes every third year (P29). A goal that goes
on the year after keeps its indicator and its target, and begins where it came.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from followup import numbers
from followup.enums import Wanted
from followup.indicators.periods import Period
from followup.indicators.trends import FEWER, SMALLEST_SHOWN, Reading, is_measured_in, next_told, readings_of
from followup.models import GoalIndicator, Indicator, Measurement


@dataclass(frozen=True, slots=True)
class GoalValue:
    """A goal's indicator: where it began, where it was to come, and where it came.

    ``baseline`` and ``target`` are numbers in the indicator's unit, None when nobody has given them (and
    there is no measurement before the year either). ``before`` and ``outcome`` are measurements, None for none yet.
    ``is_met``: None until there is both a target and an outcome that may be shown.
    """

    indicator: Indicator
    year: int
    baseline: object
    target: object
    before: Reading | None
    outcome: Reading | None

    @property
    def baseline_told(self):
        """Where it began: "42 procent 2023"."""
        if self.baseline is not None:
            is_small = self.indicator.counts_people and self.baseline < SMALLEST_SHOWN
            return FEWER if is_small else self._with_unit(self.baseline)
        if self.before is None:
            return "nuläget är inte mätt"
        return f"{self.before.told_with_unit} {self.before.period}"

    @property
    def target_told(self):
        return "inget målvärde" if self.target is None else self._with_unit(self.target)

    @property
    def outcome_told(self):
        """Where it came, or why that cannot be said yet."""
        if self.outcome is None:
            return ". ".join(part for part in (f"inget mätvärde för {self.year} än", next_told(self.indicator)) if part)
        return f"{self.outcome.told_with_unit} {self.outcome.period}"

    @property
    def is_met(self):
        """Whether the outcome reaches the target; a value that is not shown says nothing."""
        if self.target is None or self.outcome is None or self.outcome.hidden:
            return None
        return self._reaches(self.outcome.value)

    @property
    def began(self):
        """The number it began at; None where there is none, or none that may be shown."""
        if self.baseline is None and self.before is not None and not self.before.hidden:
            return self.before.value
        return self.baseline

    @property
    def is_met_from_start(self):
        """Whether the target was reached already where it began."""
        return self.target is not None and self.began is not None and self._reaches(self.began)

    def _reaches(self, value):
        return value <= self.target if self.indicator.wanted == Wanted.DOWN else value >= self.target

    @property
    def is_example(self):
        """Whether any of the measurements is made up."""
        return any(reading.is_example for reading in (self.before, self.outcome) if reading)

    @property
    def is_certain(self):
        """Whether the uncertainty leaves the target outside; None when no uncertainty is given."""
        if self.is_met is None or not self.outcome.has_interval:
            return None
        return not self.outcome.low <= self.target <= self.outcome.high

    @property
    def verdict(self):
        """Whether the target was reached, in words; "" until that can be said."""
        if self.is_met is None:
            return ""
        if self.is_certain is False:
            return "Ingen säker skillnad mot målvärdet"
        return "Målvärdet är nått" if self.is_met else "Målvärdet är inte nått"

    @property
    def doubt(self):
        """Say that the target is worse than where it began, which may be meant and seldom is; "" if it is not."""
        if not self.is_met_from_start or self.target == self.began:
            return ""
        is_down = self.indicator.wanted == Wanted.DOWN
        return (
            f"Målvärdet {self.target_told} är sämre än nuläget, {self.baseline_told}: "
            f"{'lägre' if is_down else 'högre'} är bättre. Rätta det om det inte är så ni menar."
        )

    @property
    def words(self):
        """All of it in a line: "Otrygga i bostadsområdet: från 42 procent 2022 mot 37 procent; utfall …"."""
        line = f"{self.indicator}: från {self.baseline_told} mot {self.target_told}; utfall: {self.outcome_told}."
        line += f" {self.verdict}." if self.verdict else ""
        return f"{line} Exempeldata." if self.is_example else line

    def _with_unit(self, value):
        return f"{numbers.told(value, self.indicator.decimals)}\N{NO-BREAK SPACE}{self.indicator.unit}"


def baseline_target_outcome(plan):
    """Return the :class:`GoalValue` of each goal of the plan that points at an indicator, by the goal's uid as text.

    The values are the plan's own place's; whoever reads the plan's goals reads them.
    Three queries, however many goals.
    """
    return values_of([plan]).get(plan.pk, {})


def values_of(plans):
    """Return what :func:`baseline_target_outcome` does for each of the plans, by its id (3 queries, however many)."""
    found = {}
    for plan, row, readings in _measured(plans):
        found.setdefault(plan.pk, {})[str(row.goal)] = _value(row, plan.year, row.baseline, readings)
    return found


def values_in_next(plan):
    """Return the :class:`GoalValue` of each such goal as it begins in the plan of the year after (3 queries).

    The indicator and the target are the same. A baseline that was written
    gives way to what was measured in the plan's year, and stays where nothing was.
    """
    found = {}
    for _, row, readings in _measured([plan]):
        is_measured = any(each.period.ends_on.year == plan.year for each in readings)
        baseline = None if is_measured else row.baseline
        found[str(row.goal)] = _value(row, plan.year + 1, baseline, readings)
    return found


def _measured(plans):
    """Return (plan, GoalIndicator, the readings in the plan's own place) for each goal that points at an indicator."""
    plans = {plan.pk: plan for plan in plans}
    rows = list(GoalIndicator.objects.filter(plan__in=plans).select_related("indicator__source"))
    if not rows:
        return []
    places = {plans[row.plan_id].district_id for row in rows}
    here = Q(district__in=places - {None}, neighbourhood=None)
    if None in places:
        here |= Q(district=None)
    readings = readings_of({row.indicator for row in rows}, Measurement.objects.filter(here))
    with_plans = [(plans[row.plan_id], row) for row in rows]
    return [(plan, row, readings.get((row.indicator_id, plan.district_id, None), [])) for plan, row in with_plans]


def _value(chosen, year, baseline, readings):
    starts_on = Period.of_year(year).starts_on
    before = [each for each in readings if each.period.ends_on < starts_on]
    after = [each for each in readings if each.period.ends_on >= starts_on]
    return GoalValue(
        indicator=chosen.indicator,
        year=year,
        baseline=baseline,
        target=chosen.target,
        before=before[-1] if before else None,
        outcome=after[-1] if after else None,
    )


def chosen_for(plan, goals=None):
    """Return the plan's GoalIndicators by the goal's uid as text, each with its source; of those goals if given."""
    rows = GoalIndicator.objects.filter(plan=plan).select_related("indicator__source")
    rows = rows if goals is None else rows.filter(goal__in=goals)
    return {str(each.goal): each for each in rows}


def too_late(indicator, year):
    """Return why the indicator cannot say by the year's end whether a goal was met, "" if it can (P29, domain G7)."""
    if is_measured_in(indicator, year) is not False:
        return ""
    source = indicator.source
    return (
        f"Nästa {source} är {source.next_on.year}. Målet går inte att följa upp vid årets slut. "
        "Välj en annan indikator, eller räkna med att utfallet kommer senare."
    )


@transaction.atomic
def choose(plan, chosen, *, by):
    """Write which indicator each goal is seen in: goal's uid → (indicator, baseline, target), indicator None for none.

    Goals that are not among them are left alone; what is already so is not written.
    """
    now = chosen_for(plan, chosen.keys())
    for goal, (indicator, baseline, target) in chosen.items():
        row = now.get(goal)
        if indicator is None:
            if row:
                row.delete()
        elif row is None:
            GoalIndicator.objects.create(
                plan=plan, goal=goal, indicator=indicator, baseline=baseline, target=target, by=by
            )
        elif (row.indicator, row.baseline, row.target) != (indicator, baseline, target):
            row.indicator, row.baseline, row.target, row.by = indicator, baseline, target, by
            row.save()
