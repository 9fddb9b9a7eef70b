"""What those who act in a plan are called: in a district's plan, and in the city's own.

Sentences are written for a district's plan. For the city's handlingsplan,
which the central groups write, review and decide in the same way (seed 001),
:func:`said_of` puts the central groups' names in their place.
"""

import re

# A district's word → the city's; longer ones first, so that a word in another is left alone.
IN_THE_CITY = {
    "stadsdelens egen trygghetsstrateg": "stadens beredningsgrupp",
    "stadsdelens trygghetsstrateg": "stadens samordnare",
    "trygghetsstrategen": "stadens samordnare",
    "kommunpolisen": "samordnande polis",
    "stadsdelsförvaltningen": "staden",
    "stadsdelens beredningsgrupp": "stadens beredningsgrupp",
    "stadsdelens grupper": "stadens grupper",
    "lokala styrgruppens": "centrala styrgruppens",
    "lokala styrgruppen": "centrala styrgruppen",
    "lokal styrgrupp": "central styrgrupp",
    "lokalpolisområdet": "polisen",
    "stadsdelen har ingen trygghetsstrateg": "staden har ingen samordnare",
    "stadsdelen har ingen kommunpolis": "staden har ingen samordnande polis",
    "stadsdelens": "stadens",
    "stadsdelen": "staden",
}
_WORDS = re.compile(
    "|".join(rf"\b{re.escape(word)}\b" for word in sorted(IN_THE_CITY, key=len, reverse=True)), re.IGNORECASE
)


def said_of(plan, text):
    """Return the sentence as it is said of the plan, which is a district's or the city's."""
    return _WORDS.sub(_in_the_city, text) if plan.scope.is_city else text


def _in_the_city(match):
    word = IN_THE_CITY[match[0].lower()]
    return word[0].upper() + word[1:] if match[0][0].isupper() else word
