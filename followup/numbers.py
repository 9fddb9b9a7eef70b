"""Numbers as Swedish readers write and read them: a decimal comma, and a space between the thousands."""

import re
from decimal import Decimal

MAX_WHOLE = 10  # digits before the comma, which is what a measurement holds
MAX_DECIMALS = 4
NOT_A_NUMBER = "Skriv med siffror, till exempel 37,5."
TOO_LONG = f"Talet är för långt: högst {MAX_WHOLE} siffror före kommat och {MAX_DECIMALS} efter."

_SPACES = re.compile("[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]")
_NBSP = "\N{NO-BREAK SPACE}"
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")
_NUMBER = re.compile(r"[-\N{MINUS SIGN}\N{EN DASH}]?[0-9]+(?:[.,][0-9]+)?")


def unspaced(text):
    """Return the text without the spaces between thousands: "1 200" is "1200"."""
    return _SPACES.sub("", text)


class NotANumber(ValueError):
    """The text is no number; the message is a Swedish sentence that says what to write."""


def parse(text):
    """Return the number that the text says as a Decimal; raise :class:`NotANumber`.

    Both "1 234,5" and "1234.5" are read. A comma or a point is always the
    decimal sign: thousands are told apart by a space, or not at all.
    """
    plain = unspaced(text.strip())
    if not _NUMBER.fullmatch(plain):
        raise NotANumber(NOT_A_NUMBER)
    plain = re.sub("[\N{MINUS SIGN}\N{EN DASH}]", "-", plain).replace(",", ".")
    whole, _, decimals = plain.lstrip("-").partition(".")
    if len(whole.lstrip("0")) > MAX_WHOLE or len(decimals.rstrip("0")) > MAX_DECIMALS:
        raise NotANumber(TOO_LONG)
    return Decimal(plain)


def parse_count(text):
    """Return the count that the text says as a Decimal; raise :class:`NotANumber`.

    A count is whole, so neither a comma nor a point belongs in it: what
    somebody means by "1.234" is asked, and never taken for a little more than one.
    """
    plain = unspaced(text.strip())
    if _THOUSANDS.fullmatch(plain):
        meant = told(Decimal(re.sub("[.,]", "", plain)))
        raise NotANumber(f"Ett antal är ett heltal. Menar du {meant}, skriv {meant.replace(_NBSP, '')}.")
    number = parse(text)
    if "." in plain or "," in plain:
        raise NotANumber("Ett antal är ett heltal. Skriv det utan punkt och komma.")
    return number


def told(value, decimals=0):
    """Return the number in writing: "1 234,5"; with more decimals than asked for when it has them."""
    value = Decimal(value).normalize()
    places = max(decimals, -value.as_tuple().exponent, 0)
    grouped = f"{value:,.{places}f}"
    return grouped.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",").replace("-", "\N{MINUS SIGN}")


def plain(value):
    """Return the number as somebody would type it in a field or a file: "1234,5"."""
    return "" if value is None else f"{Decimal(value).normalize():f}".replace(".", ",")
