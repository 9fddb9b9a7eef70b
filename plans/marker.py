"""Where in its history a plan stood when a file was made of it; carried by the file, not part of the plan."""

import re
from dataclasses import dataclass
from datetime import datetime

_TEXT = re.compile(r"exported event=(\d{1,18}) at=(\S+)")


@dataclass(frozen=True, slots=True)
class Marker:
    """The number of the plan's latest event when the file was made, and when that was (with a time zone)."""

    event: int
    at: datetime

    def __str__(self):
        return f"exported event={self.event} at={self.at.isoformat()}"


def parse_marker(text):
    """Return the Marker that :class:`Marker` wrote as text, or None for any other text."""
    match = _TEXT.fullmatch(text.strip())
    return marker_from(int(match[1]), match[2]) if match else None


def marker_from(event, at):
    """Return the Marker of an event's number and an ISO 8601 time, or None if the time is none or has no zone."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return Marker(event, moment) if moment.tzinfo else None
