"""What the follow-up becomes elsewhere: a page for the board, and texts for the city's own reporting."""

from django.urls import path

from followup.views import ils, summary

PLAN = "planer/<slug:district>/<int:year>/"

urlpatterns = [
    path(PLAN + "sammanfattning/", summary.district_summary, name="district_summary"),
    path(PLAN + "sammanfattning/ladda-ner/", summary.district_summary_file, name="district_summary_file"),
    path(PLAN + "ils/", ils.ils, name="ils"),
    path(PLAN + "ils/<slug:text>/ladda-ner/", ils.ils_file, name="ils_file"),
]
