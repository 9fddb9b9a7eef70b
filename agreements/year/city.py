"""The year of the city as a whole: how many districts have taken each step, which have not, and its own steps."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from agreements.facts import facts_of
from agreements.models import District
from agreements.permissions import Permission, access_of
from agreements.year.steps import (
    WORDS,
    YEAR_STEPS,
    Standing,
    YearStep,
    addresses_of,
    beside,
    districts_of,
    is_known,
    late_in_words,
    nearest_in_words,
    progress_of,
    standing_of,
)
from trygghet.dates import day

P = Permission


@dataclass(frozen=True, kw_only=True)
class Tally:
    """A step that each district takes, in all of them: how many have done it, and which have not."""

    number: int
    step: YearStep
    standing: Standing
    due: date | None
    total: int
    missing: list[District]
    late: list[District]
    is_known: bool = True  # whether the person follows all districts
    opens: date | None = None
    note: str = ""
    address: str = ""

    @property
    def words(self):
        """How many have done it; only the last day to those who do not follow all districts."""
        if not self.is_known:
            return WORDS[self.standing](self)
        told = f"{self.total - len(self.missing)} av {self.total} klara"
        if not self.late:
            return told
        return f"{told}, {len(self.late)} {'försenad' if len(self.late) == 1 else 'försenade'}"

    @property
    def is_done(self):
        return self.standing == Standing.DONE

    @property
    def is_late(self):
        return self.standing == Standing.LATE


def city_facts(cycle, *, user, today=None):
    """Return the year's facts of the city's own, and of the districts for who follows all of them (``SEE_CITY``)."""
    return _facts_of(_followed(cycle, user, today or timezone.localdate()), cycle)


def _facts_of(districts, cycle):
    return facts_of([*(district.pk for district in districts), None], cycle)


def _followed(cycle, user, today):
    return districts_of(cycle, today) if access_of(user).allows(P.SEE_CITY, None) else []


def city_progress(cycle, *, user, today=None, facts=None):
    """Return the whole year for the city: a :class:`Tally` per step of the districts, a Progress per step of its own.

    A fixed number of queries. Which districts are behind is told to those who
    follow all of them (``SEE_CITY``); others see the last days. ``facts`` are
    those of :func:`city_facts`, if the caller has them.
    """
    today = today or timezone.localdate()
    sees = access_of(user).allows(P.SEE_CITY, None)
    districts = _followed(cycle, user, today)
    facts = _facts_of(districts, cycle) if facts is None else facts
    own = progress_of(None, cycle, facts=facts, user=user, today=today, addresses=addresses_of(user, [None], cycle))
    each = {
        district: {
            progress.step.name: progress
            for progress in progress_of(district.pk, cycle, facts=facts, user=user, today=today)
        }
        for district in districts
    }
    tallies = [
        _tally(number, step, cycle, each, today, sees, _own_told(step, facts, user))
        for number, step in enumerate(YEAR_STEPS, 1)
        if not step.is_city
    ]
    return sorted([*tallies, *own], key=lambda progress: progress.number)


def _own_told(step, facts, user):
    """Say when the city took the step for its own part, such as with its own plan; empty if nothing is recorded."""
    recorded = [facts.get((key, None)) for key in step.keys] if is_known(step, None, facts, user) else []
    if not recorded or not all(recorded):
        return ""
    return f"Staden för egen del: {step.done.lower()} {day(max(fact.on for fact in recorded))}"


def _tally(number, step, cycle, each, today, sees, own_told):
    missing = [district for district, steps in each.items() if not steps[step.name].is_done]
    late = [district for district, steps in each.items() if steps[step.name].is_late]
    due = getattr(cycle, step.field)
    standing = standing_of(due, today)
    if sees and each and not missing:
        standing = Standing.DONE
    elif standing == Standing.LATE and not late:
        standing = Standing.WAITING if sees else Standing.PASSED
    return Tally(
        number=number,
        step=step,
        standing=standing,
        due=due,
        opens=getattr(cycle, step.opens) if step.opens else None,
        total=len(each),
        missing=missing,
        late=late,
        is_known=sees,
        note=". ".join(filter(None, (beside(step, cycle), own_told))),
    )


def in_words(steps, today=None):
    """Return how far the city's year has come as sentences: its own steps, and those of the districts for themselves.

    ``steps`` are those of :func:`city_progress`. How far the districts have
    come is told to those who follow all of them.
    """
    own = [each for each in steps if each.step.is_city]
    theirs = [each for each in steps if not each.step.is_city and each.is_known]
    said = [_counted(own, f"av stadens {len(own)} egna steg är klara")]
    if theirs:
        said.append(_counted(theirs, f"av stadsdelarnas {len(theirs)} steg är klara i alla stadsdelar"))
    return " ".join([*said, *nearest_in_words(steps, today)])


def _counted(steps, told):
    late = late_in_words(steps)
    return f"{sum(each.is_done for each in steps)} {told}{f', {late}' if late else ''}."
