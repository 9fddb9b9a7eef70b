"""The city's annual report, its rows and its appendix."""

from django.urls import path

from followup.views import report, report_district

YEAR = "arsrapport/<int:year>/"

urlpatterns = [
    path("arsrapport/", report.report_list, name="reports"),
    path(YEAR, report.report, name="report"),
    path(YEAR + "rader/", report.report_rows, name="report_rows"),
    path(YEAR + "diagram/<slug:code>/", report.report_chart, name="report_chart"),
    path(YEAR + "stadsdel/<slug:district>/", report_district.report_district, name="report_district"),
    path(YEAR + "atgarder/", report.report_actions, name="report_actions"),
    path(YEAR + "atgarder/ladda-ner/", report.report_file, name="report_file"),
]
