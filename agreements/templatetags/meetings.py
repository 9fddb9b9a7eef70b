"""Ways from a meeting to what its items are about."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from django import template

from agreements.meetings.workflow import OPEN

register = template.Library()


@register.filter
def from_meeting(item, meeting):
    """The address where the item is dealt with; a decision takes the meeting along, so that it is in the minutes.

    Nothing is written in the minutes of a meeting that is closed, so that it is not taken along from there.
    """
    if not item.is_decision or meeting.state not in OPEN:
        return item.address
    parts = urlsplit(item.address)
    query = "&".join(filter(None, [parts.query, urlencode({"mote": meeting.pk})]))
    return urlunsplit(parts._replace(query=query))
