"""What the demo tells of measurements: made-up values of some indicators, each marked as example data.

The values follow no survey. They are there so that tables, charts and goals
have something to show, and every place that shows one says «exempeldata».
"""

from decimal import Decimal

from accounts.models import User
from agreements.models import District, Neighbourhood
from followup.indicators import goals as goal_values
from followup.indicators import measurements
from followup.indicators.periods import Period
from followup.models import Indicator, Measurement
from plans.models import OperationalGoal

YEARS = (2014, 2017, 2020, 2023)
CITY = None
# Indicator → place → a value for each of the years, or (value, low, high); None where it was not measured.
# Enough of the districts for the report's figure of them beside the city, among them one with too few values
# to say anything of, and one without any.
SURVEY = {
    "otrygga-i-bostadsomradet": {
        CITY: ((30, 29, 31), (31, 30, 32), (33, 32, 34), (35, 34, 36)),
        "skarholmen": ((48, 44, 52), (47, 43, 51), (45, 41, 49), (37, 33, 40)),
        "jarva": ((52, 48, 56), (53, 49, 57), (50, 46, 54), (49, 45, 53)),
        "bromma": ((21, 18, 24), (22, 19, 25), (24, 21, 27), (25, 22, 28)),
        "enskede-arsta-vantor": ((36, 32, 40), (37, 33, 41), (38, 34, 42), (40, 36, 44)),
        "farsta": ((33, 29, 37), (35, 31, 39), (38, 34, 42), (36, 32, 40)),
        "hagersten-alvsjo": (None, (25, 22, 28), (27, 24, 30), (26, 23, 29)),
        "hasselby-vallingby": (None, None, (41, 37, 45), (43, 39, 47)),
        "kungsholmen": (None, None, None, (19, 16, 22)),
        "sodermalm": ((17, 14, 20), (18, 15, 21), (21, 18, 24), (27, 24, 30)),
        "norra-innerstaden": ((14, 12, 16), (15, 13, 17), (17, 15, 19), (18, 16, 20)),
    },
    "utsatta-for-brott": {
        CITY: ((21, 20, 22), (22, 21, 23), (24, 23, 25), (23, 22, 24)),
        "skarholmen": ((27, 23, 31), (28, 24, 32), (27, 23, 31), (26, 22, 30)),
        "jarva": ((26, 22, 30), (28, 24, 32), (29, 25, 33), (28, 24, 32)),
        "farsta": ((22, 18, 26), (23, 19, 27), (25, 21, 29), (24, 20, 28)),
        "sodermalm": ((20, 17, 23), (21, 18, 24), (25, 22, 28), (18, 15, 21)),
    },
}
REPORTED = {
    CITY: ("212", "205.5", "198", "201.3"),
    "skarholmen": ("187", "190.4", "176", "171.9"),
    "norra-innerstaden": ("341", "322", "330.5", "318"),
}
REPORTED_YEARS = (2021, 2022, 2023, 2024)
SHOOTINGS = {CITY: (31, 27, 19), "skarholmen": (6, 3, 2), "jarva": (11, 9, 7)}
SHOOTING_YEARS = (2022, 2023, 2024)
NEIGHBOURHOODS = {"Vårberg": (41, 35, 47), "Sätra": (33, 27, 39), "Bredäng": (36, 30, 42), "Skärholmen": (39, 33, 45)}
RESPONDENTS = 640
GOAL_DISTRICT, GOAL_IS_ABOUT = "jarva", "otrygga"
GOAL_YEARS, GOAL_VALUES = (2024, 2025), ((47, 43, 51), (44, 40, 48))
TARGET = 42


def is_told():
    """Whether the demo's values are in the database, or the indicators they are of are not."""
    known = Indicator.objects.filter(code__in=SURVEY).count() == len(SURVEY)
    return Measurement.objects.filter(is_example=True).exists() or not known and District.objects.exists()


def tell():
    """Add the values; the city and its people have to be there."""
    _Values().tell()


class _Values:
    """The values of the demo, entered by the central preparation group."""

    def __init__(self):
        self.by = User.objects.get(username="central.beredning")
        self.indicators = {each.code: each for each in Indicator.objects.all()}
        self.districts = {each.slug: each for each in District.objects.all()} | {CITY: None}

    def tell(self):
        for code, places in SURVEY.items():
            for slug, values in places.items():
                self._enter_all(code, slug, YEARS, values, respondents=RESPONDENTS)
        for slug, values in REPORTED.items():
            self._enter_all("anmalda-brott", slug, REPORTED_YEARS, values)
        for slug, values in SHOOTINGS.items():
            self._enter_all("skjutningar", slug, SHOOTING_YEARS, values)
        self._neighbourhoods()
        self._goal()

    def _enter_all(self, code, slug, years, values, **more):
        for year, value in zip(years, values, strict=True):
            if value is not None:
                self._enter(code, slug, year, value, **more)

    def _enter(self, code, slug, year, value, *, neighbourhood=None, respondents=None):
        value, low, high = value if isinstance(value, tuple) else (value, None, None)
        period = Period.of_year(year)
        values = {
            "district": self.districts[slug],
            "neighbourhood": neighbourhood,
            "starts_on": period.starts_on,
            "ends_on": period.ends_on,
            "value": Decimal(value),
            "low": low and Decimal(low),
            "high": high and Decimal(high),
            "respondents": respondents,
            "note": "",
        }
        measurements.enter(self.indicators[code], values, by=self.by, is_example=True)

    def _neighbourhoods(self):
        for each in Neighbourhood.objects.filter(district__slug="skarholmen", name__in=NEIGHBOURHOODS):
            value = NEIGHBOURHOODS[each.name]
            self._enter("otrygga-i-bostadsomradet", "skarholmen", 2023, value, neighbourhood=each, respondents=150)

    def _goal(self):
        """A goal that is seen in an indicator, with a value before the plan's year and one within it."""
        indicator = self.indicators["otrygga-enligt-polisens-matning"]
        self._enter_all(indicator.code, GOAL_DISTRICT, GOAL_YEARS, GOAL_VALUES, respondents=RESPONDENTS)
        goals = OperationalGoal.objects.filter(plan__district__slug=GOAL_DISTRICT, plan__is_example=True)
        goal = goals.filter(text__contains=GOAL_IS_ABOUT).select_related("plan").order_by("pk").first()
        if goal:
            goal_values.choose(goal.plan, {str(goal.uid): (indicator, None, Decimal(TARGET))}, by=self.by)
