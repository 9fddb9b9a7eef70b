"""The follow-up as files, and reading a workbook back into it."""

from django.urls import path

from followup.views import files

FOLLOW_UP = "planer/<slug:district>/<int:year>/uppfoljning/"

urlpatterns = [
    path(FOLLOW_UP + "ladda-ner/<str:format>/", files.follow_up_file, name="follow_up_file"),
]
