"""The days of a year, as the city sets them: what cannot be, and what is only odd."""

from datetime import date

from agreements.year.steps import BY_NAME, YEAR_STEPS
from trygghet.dates import day
from trygghet.words import lower_first


def set_days(cycle, days):
    """Set the year's days; ``days`` is {field: day or None}, already checked by :func:`date_mistakes`."""
    for name, value in days.items():
        setattr(cycle, name, value)
    cycle.save(update_fields=list(days))


def date_mistakes(days):
    """Return what is wrong with a year's days as {field: sentence}; ``days`` maps each of DATE_FIELDS to a day or None.

    A mistake is an order that cannot be; see :func:`date_warnings` for what is only odd.
    """
    found = {}
    opens, due = days.get("follow_up_opens"), days.get("follow_up_due")
    if opens and due and due < opens:
        found["follow_up_due"] = f"Uppföljningen öppnar {day(opens)}. Sista dagen kan inte vara före det."
    compiled, told = days.get("compilation_due"), days.get("feedback_due")
    if compiled and told and told < compiled:
        found["feedback_due"] = (
            f"Sammanställningen ska vara klar {day(compiled)}. Återkopplingen bygger på den och kan inte lämnas före."
        )
    return found


def too_far(year, value):
    """Return what is wrong with a day that is nowhere near the year; empty when it is.

    A year's work begins in the summer before it and is told of in the year after.
    """
    if value and not date(year - 1, 6, 1) <= value <= date(year + 1, 12, 31):
        return f"Dagen ligger för långt från {year}. Skriv en dag mellan juni {year - 1} och december {year + 1}."
    return ""


def date_warnings(days):
    """Return sentences on steps whose last day is before that of the step they stand on; nothing stops them."""
    found = []
    for step in YEAR_STEPS:
        before = BY_NAME.get(step.after)
        due, earlier = days.get(step.field), before and days.get(before.field)
        if due and earlier and due < earlier and step.name != "feedback":
            found.append(
                f"{step.title} har sista dag {day(due)}, före {lower_first(before.title)} "
                f"({day(earlier)}) som steget bygger på."
            )
    return found
