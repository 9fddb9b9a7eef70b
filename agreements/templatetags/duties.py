"""Words on the pages of the year and the duties that must not be broken in two."""

import re

from django import template

register = template.Library()
_DAY = re.compile(r"(\d{1,2}) (\w+) (\d{4})")


@register.filter
def keep_days(text):
    """Keep each day in the text on one line: "12 mars 2025" with spaces that do not break."""
    return _DAY.sub("\\1\N{NO-BREAK SPACE}\\2\N{NO-BREAK SPACE}\\3", text)
