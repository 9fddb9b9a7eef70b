"""The cooperation's addresses, by what they are about; made to be mailed. ``place`` is a district, or "staden"."""

from django.urls import include, path

from agreements.urls import (
    agreements,
    analyses,
    communication,
    duties,
    groups,
    meetings,
    notices,
    pictures,
    places,
    year,
)
from agreements.views import hub

app_name = "cooperation"

place_urls = [
    path("", hub.hub, name="hub"),
    *groups.urlpatterns,
    *meetings.urlpatterns,
    *agreements.urlpatterns,
    *pictures.urlpatterns,
    *analyses.urlpatterns,
    *places.urlpatterns,
    *year.urlpatterns,
    *duties.urlpatterns,
    *communication.urlpatterns,
]

urlpatterns = [
    path("samverkan/", hub.home, name="home"),
    *groups.open_urls,
    *year.open_urls,
    *duties.open_urls,
    *notices.open_urls,
    path("samverkan/<slug:place>/", include(place_urls)),
]
