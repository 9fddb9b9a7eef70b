"""Whose a function is: the police's own, the city's own, or one that many have.

What a seat lets a person do, and who coordinates in the municipality (law 2023:196, 4 §), follow from whose the seat
is. A function of the one party therefore never sits for the other.
"""

import re

from django.utils.text import slugify

from agreements.groups.composition import CITY, COMPOSITION, POLICE

# Beside those that seed 001 names (COMPOSITION): what seed 002, the plan, calls the city's own.
_CITY_CODES = {"trygghetsstrateg", "preventionsstrateg", "trygghetsutvecklare"} | {
    need.function for needs in COMPOSITION.values() for need in needs if need.function and need.organisations <= CITY
}
_POLICE_CODES = {
    need.function for needs in COMPOSITION.values() for need in needs if need.function and need.organisations == POLICE
}
# Every city has its own functions, and the police's end alike: kommunpolis, ungdomspolis, lokalpolischef.
_POLICE_WORD = re.compile(r"polis(omrades)?(chef)?$")


def is_polices(function):
    """Whether only the police have the function, as kommunpolis and lokalpolisområdeschef (seed 001)."""
    names = (function.code, slugify(function.title))
    return function.code in _POLICE_CODES or any(_POLICE_WORD.search(name) for name in names)


def is_citys(function):
    """Whether only the city has the function, as trygghetsstrateg and stadsdelsdirektör (seeds 001 and 002)."""
    return function.code in _CITY_CODES


def why_not(function, organisation):
    """Return the sentence that says why nobody has the function in the organisation; "" if somebody can."""
    if is_polices(function) and organisation.kind not in POLICE:
        return f"{function} finns hos polisen. Välj en av polisens organisationer, eller en annan funktion."
    if is_citys(function) and organisation.kind in POLICE:
        return f"{function} finns hos staden. Välj en av stadens organisationer, eller en annan funktion."
    return ""
