"""A meeting on paper: the notice with its agenda before it, the minutes after it; tagged PDF/UA-1, A4 upright."""

from django.template.loader import render_to_string
from django.utils import timezone

from agreements.enums import MeetingState
from agreements.meetings import workflow as meetings
from trygghet.pdf import render_pdf

STYLESHEETS = ("css/print.css", "css/print-minutes.css")
NOT_APPROVED = "css/print-not-approved.css"


def notice_pdf(meeting, reader):
    """Return the notice (kallelse) of the meeting, with the agenda that the person reads, as PDF bytes."""
    return render_pdf(notice_html(meeting, reader), stylesheets=STYLESHEETS)


def notice_html(meeting, reader):
    """Return the notice as the page it is printed from."""
    heading = "Inställt möte" if meeting.state == MeetingState.CANCELLED else "Kallelse"
    return _html(meeting, reader, heading, with_minutes=False)


def minutes_pdf(meeting, reader):
    """Return the minutes that the person reads as PDF bytes, with a mark across each page until they are approved."""
    return render_pdf(minutes_html(meeting, reader), stylesheets=stylesheets(meeting))


def minutes_html(meeting, reader):
    """Return the minutes as the page they are printed from."""
    return _html(meeting, reader, "Protokoll", with_minutes=True)


def stylesheets(meeting):
    """Return the static paths of the stylesheets that the minutes are set with."""
    is_approved = meeting.state == MeetingState.MINUTES_APPROVED
    return STYLESHEETS if is_approved else (*STYLESHEETS, NOT_APPROVED)


def _html(meeting, reader, heading, *, with_minutes):
    agenda = meetings.agenda_for(meeting, reader)
    approved = meeting.steps.filter(name="approve_minutes").select_related("by").first()
    context = {
        "title": f"{heading}, {meeting.title}, {meeting.group}",
        "made_at": timezone.localtime(),
        "stylesheets": (),
        "heading": heading,
        "meeting": meeting,
        "with_minutes": with_minutes,
        "items": agenda.items,
        "is_part": agenda.is_part,
        "called": () if with_minutes else meetings.members_on_the_day(meeting),
        "present": meetings.members_on_the_day(meeting).filter(meetings_attended=meeting),
        "guests": [line.strip() for line in meeting.guests.splitlines() if line.strip()],
        "approved": approved if meeting.state == MeetingState.MINUTES_APPROVED else None,
    }
    return render_to_string("agreements/pdf/minutes.html", context)
