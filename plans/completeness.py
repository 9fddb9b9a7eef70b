"""What a plan still lacks to hang together: every area a problem or a reason, every cause an action."""

from typing import NamedTuple


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
DETAILS = (("goals", "operativa mål"), ("when", "tid"), ("who", "ansvarig"))


def gaps(document):
    """Return the plan's :class:`Gap` list, in the order of the plan."""
    return [gap for position, area in enumerate(document.areas, 1) for gap in _of_area(area, position)]


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
        yield problem.uid, f"{name[0].upper()}{name[1:]} saknar orsak."
    answered = {number for cause in problem.causes for action in cause.actions for number in action.also_causes}
    for number, cause in enumerate(problem.causes, 1):
        if cause.text and number not in answered and not any(action.text for action in cause.actions):
            yield cause.uid, f"Orsak {number} under {name} saknar åtgärd."
        for action in cause.actions:
            lacks = [label for field, label in DETAILS if not getattr(action, field)]
            if action.text and lacks:
                yield action.uid, f"Åtgärd {action.order} under {name} saknar {_listed(lacks)}."


def _listed(words):
    return " och ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
