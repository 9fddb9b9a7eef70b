"""The annual report as files: what is published, and the draft on paper before that."""

from django.urls import path

from followup.views import report_published as views

YEAR = "arsrapport/<int:year>/"
DRAFT = YEAR + "utkast/"

urlpatterns = [
    path(YEAR + "filer/", views.published_files, name="report_published_files"),
    path(YEAR + "utseende.css", views.published_look, name="report_published_look"),
    path(YEAR + "ladda-ner/<str:format>/", views.published_file, name="report_published_file"),
    path(DRAFT, views.draft, name="report_draft"),
    path(DRAFT + "filer/", views.draft_files, name="report_draft_files"),
    path(DRAFT + "ladda-ner/<str:format>/", views.draft_file, name="report_draft_file"),
]
