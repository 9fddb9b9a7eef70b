"""The city's feedback to the districts (section 12), and that they have read it."""

from django.urls import path

from followup.views import report_feedback as views

FEEDBACK = "arsrapport/<int:year>/aterkoppling/"

urlpatterns = [
    path(FEEDBACK, views.report_feedback, name="report_feedback"),
    path(FEEDBACK + "<slug:district>/", views.district_feedback, name="district_feedback"),
    path(FEEDBACK + "<slug:district>/bekrafta/", views.confirm, name="confirm_report"),
]
