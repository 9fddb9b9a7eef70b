"""Between which days anything of the cooperation is. Outside lies a slip of the pen, as the year 0001 or 9999."""

from datetime import date

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from trygghet.dates import day

FIRST_DAY = date(2000, 1, 1)
"""Nothing that is kept here began before it."""
YEARS_AHEAD = 10
"""How many years ahead a day is at most, unless what it is of has less."""
_IN_WORDS = {2: "två", 5: "fem", 10: "tio"}


def why_not(on, years_ahead=YEARS_AHEAD):
    """Return the sentence that says why the day cannot be, and to mend it; "" if it can."""
    if on < FIRST_DAY:
        return f"Datumet ligger före {day(FIRST_DAY)}. Rätta det."
    last = timezone.localdate() + relativedelta(years=years_ahead)
    if on > last:
        years = _IN_WORDS[years_ahead]
        return f"Datumet får vara högst {years} år framåt, till {day(last)}. Välj en tidigare dag."
    return ""
