"""What a plan still lacks to hang together: every area a problem or a reason, every cause an action.

And what the template and the city's programme ask a plan to take in (seeds
000, 002 and 003), where nothing in it tells that it has.
"""

import re
from typing import NamedTuple

from trygghet.words import listed, upper_first


class Gap(NamedTuple):
    """Something missing: where it is, and a Swedish sentence that says what.

    What blocks has to be mended before the plan can be reviewed (domain §1c);
    the rest is for the writer to judge.
    """

    position: int  # the area's place in the plan
    uid: str  # the row to go to
    text: str
    is_blocking: bool = False


NO_PROBLEM = "saknar problemområde, eller ett skäl till att området inte är aktuellt i år."
# The sides of brottstriangeln that actions are to hit (seed 000), as a sentence ends with them.
SIDES = {
    "offender": "den som kan begå brott",
    "victim": "den som kan utsättas",
    "control": "kontrollen på platsen",
}
SOONEST_FIRST = ("immediate", "within_year", "long")
# What the template asks to be integrated in the plan (seed 002), by the words that tell that it is.
INTEGRATED = {
    "extremism": re.compile(r"våldsbejakande|\bVBE\b", re.IGNORECASE),
    "recruitment": re.compile(r"rekryter", re.IGNORECASE),
}
# The perspectives of the city's safety programme (seed 003), by the words that tell that one has been taken in.
PERSPECTIVES = {
    "jämställdhet": r"jämställd|kvinn|flick|pojk|mansnorm|manlighet",
    "barn": r"\bbarn|\bung",
    "funktionsnedsättning": r"funktions",
    "hbtqi": r"hbtq",
    "äldre": r"\bäldre|senior",
}
# What tells how the plan is to be followed up, which Brå asks to be settled when it is written (P30).
FOLLOWED_UP = re.compile(r"följ\w* upp|uppfölj|utvärder|\bmät|enkät|statistik|nuläge|avstäm", re.IGNORECASE)
MEASURES = ("indicator", "baseline", "measured_by")
DETAILS = (("goals", "operativa mål"), ("when", "tid"), ("who", "ansvarig"))


def asks_to_integrate(document):
    """Whether the template of the plan asks for the work against extremism and recruitment to be woven in (P14)."""
    return any(words.search(text) for text in document.instructions for words in INTEGRATED.values())


def gaps(document):
    """Return the plan's :class:`Gap` list, in the order of the plan."""
    of_areas = [gap for position, area in enumerate(document.areas, 1) for gap in _of_area(area, position)]
    return [*of_areas, *_of_plan(document)]


def _of_plan(document):
    """What nothing in the plan tells of; said of the first area that has actions, and of no plan without any."""
    worked_with = [(at, area) for at, area in enumerate(document.areas, 1) if area.counts().actions]
    if not worked_with:
        return
    position, area = worked_with[0]
    text = " ".join(words for _, each in worked_with for words in _words(each))
    if asks_to_integrate(document) and not any(words.search(text) for words in INTEGRATED.values()):
        yield Gap(
            position,
            str(area.uid),
            "Ingen rad nämner arbetet mot våldsbejakande extremism eller mot rekrytering av unga till kriminalitet. "
            "Mallen ber att det vävs in.",
        )
    if not FOLLOWED_UP.search(text) and not any(_is_measured(goal) for _, each in worked_with for goal in _goals(each)):
        yield Gap(
            position,
            str(area.uid),
            "Inget i planen säger hur den ska följas upp. Skriv vid målen hur de mäts och vad nuläget är: vad behöver "
            "ni veta före start för att se en förändring?",
        )
    missing = [name for name, words in PERSPECTIVES.items() if not re.search(words, text, re.IGNORECASE)]
    if missing:
        yield Gap(
            position,
            str(area.uid),
            f"Ingen rad nämner {listed(missing)}. Väg in de perspektiven där de spelar roll.",
        )


def _words(area):
    for problem in area.problems:
        yield problem.title
        for cause in problem.causes:
            yield cause.text
            for action in cause.actions:
                yield from (action.text, action.goals, action.who)


def _goals(area):
    """The goals of the area and of its actions that are entered one by one."""
    actions = (action for problem in area.problems for cause in problem.causes for action in cause.actions)
    return [*area.targets, *(goal for action in actions for goal in action.operational_goals)]


def _is_measured(goal):
    return any(getattr(goal, name) for name in MEASURES)


def _of_area(area, position):
    if area.not_applicable_reason:
        return
    if not area.problems:
        yield Gap(position, str(area.uid), f"{area.canonical_title or area.title} {NO_PROBLEM}", is_blocking=True)
    for number, problem in enumerate(area.problems, 1):
        for uid, text in _of_problem(problem, _named(problem, number)):
            yield Gap(position, str(uid), text)


def _named(problem, number):
    words = " ".join(problem.title.split())
    return f"«{words}»" if words else f"problemområde {number}"


def _of_problem(problem, name):
    if not problem.title:
        yield problem.uid, f"{name.capitalize()} saknar text."
    if not any(cause.text for cause in problem.causes):
        yield problem.uid, f"{upper_first(name)} saknar orsak."
    answered = {number for cause in problem.causes for action in cause.actions for number in action.also_causes}
    for number, cause in enumerate(problem.causes, 1):
        if cause.text and number not in answered and not any(action.text for action in cause.actions):
            yield cause.uid, f"Orsak {number} under {name} saknar åtgärd."
        for action in cause.actions:
            lacks = [label for field, label in DETAILS if not getattr(action, field)]
            if action.text and lacks:
                yield action.uid, f"Åtgärd {action.order} under {name} saknar {listed(lacks)}."
    yield from _of_actions(problem, name)


def _of_actions(problem, name):
    """What the actions of a problem miss together: the soonest effect first (P12), all sides of the triangle (P13)."""
    actions = sorted((each for cause in problem.causes for each in cause.actions), key=lambda each: each.order)
    horizons = [SOONEST_FIRST.index(each.effect_horizon) for each in actions if each.effect_horizon]
    if horizons != sorted(horizons):
        yield problem.uid, f"Åtgärderna under {name} står inte i ordning: de med omedelbar effekt först."
    hit = {side for each in actions for side in each.triangle_sides}
    if hit and not hit >= set(SIDES):
        missing = [words for side, words in SIDES.items() if side not in hit]
        yield problem.uid, f"Ingen åtgärd under {name} riktas mot {listed(missing)}."
