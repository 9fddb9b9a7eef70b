"""Meetings, their agenda and minutes; included under /samverkan/<place>/."""

from django.urls import include, path

from agreements.views import meetings

meeting_urls = [
    path("", meetings.meeting, name="meeting"),
    path("andra/", meetings.edit, name="meeting_edit"),
    path("anteckna/", meetings.notes, name="meeting_notes"),
    path("narvaro/", meetings.attendance, name="meeting_attendance"),
    path("steg/<slug:slug>/", meetings.step, name="meeting_step"),
    path("kallelse/", meetings.notice, name="meeting_notice"),
    path("protokoll/", meetings.minutes, name="meeting_minutes"),
    path("punkter/", meetings.add_item, name="agenda_add"),
    path("punkter/vantar/", meetings.take_up, name="agenda_take_up"),
    path("punkter/<uuid:item>/", meetings.edit_item, name="agenda_item"),
    path("punkter/<uuid:item>/anteckna/", meetings.write_notes, name="agenda_notes"),
    path("punkter/<uuid:item>/upp/", meetings.move_item, {"steps": -1}, name="agenda_up"),
    path("punkter/<uuid:item>/ner/", meetings.move_item, {"steps": 1}, name="agenda_down"),
    path("punkter/<uuid:item>/ta-bort/", meetings.remove_item, name="agenda_remove"),
]

urlpatterns = [
    path("moten/", meetings.meeting_list, name="meetings"),
    path("moten/kalla/", meetings.call, name="meeting_call"),
    path("moten/<uuid:uid>/", include(meeting_urls)),
]
