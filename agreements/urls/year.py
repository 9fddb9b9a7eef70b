"""The year of the cooperation; included under /samverkan/<place>/."""

from django.urls import path

from agreements.views import year

urlpatterns = [
    path("arshjul/", year.year, name="year"),
    path("arshjul/<int:year>/", year.year_of, name="year_of"),
    path("arshjul/<int:year>/datum/", year.year_dates, name="year_dates"),
    path("arshjul/<int:year>/lagg-upp/", year.year_put_up, name="year_put_up"),
]

# Outside the places: included at the root.
open_urls = [
    path("samverkan/kalender/", year.calendar, name="calendar"),
    path("kalender/<str:secret>.ics", year.feed, name="calendar_feed"),
]
