"""Texts that name individuals have no place in a plan: finding identity numbers in them (domain §4d)."""

import re

from stdnum import luhn

# Word processors make other dashes of the one on the keyboard.
_DASHES = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{MINUS SIGN}"
_SHAPE = re.compile(
    rf"(?<!\d)((?:19|20)?\d{{2}})[{_DASHES} ]?(\d{{2}})[{_DASHES} ]?(\d{{2}})[{_DASHES}+]?(\d{{4}})(?!\d)"
)
# With the century and nothing within the date, a space before the last four is no time of day.
_SPACED = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})[ \N{NO-BREAK SPACE}](\d{4})(?!\d)")
REFUSAL = "Texten ser ut att innehålla ett personnummer. Ta bort det. Planen ska inte innehålla uppgifter om enskilda."


def identity_numbers(text):
    """Return what in the text is a personnummer or samordningsnummer, as written; an empty list for none.

    The shape, the date and the check digit all have to be right; a date with
    a time after it ("2025-04-29 1200") is none, but "19811228 9874" is one.
    The rules are looser on dates than ``stdnum.se.personnummer``, which knows
    no samordningsnummer.
    """
    found = [match for shape in (_SHAPE, _SPACED) for match in shape.finditer(text) if _is_one(match)]
    return [match[0] for match in sorted(found, key=lambda match: match.start())]


def _is_one(match):
    year, month, day, number = match.groups()
    # A samordningsnummer has 60 added to the day.
    is_date = 1 <= int(month) <= 12 and (1 <= int(day) <= 31 or 61 <= int(day) <= 91)
    return is_date and luhn.is_valid(year[-2:] + month + day + number)
