"""The follow-up as files, reading a workbook back into it, and what goes on into next year's plan."""

from django.urls import path

from followup.views import files, next_year, reading_back

PLAN = "planer/<slug:district>/<int:year>/"
FOLLOW_UP = PLAN + "uppfoljning/"

urlpatterns = [
    path(FOLLOW_UP + "ladda-ner/<str:format>/", files.follow_up_file, name="follow_up_file"),
    path(FOLLOW_UP + "las-in/", reading_back.upload, name="read_back"),
    path(FOLLOW_UP + "las-in/bekrafta/", reading_back.confirm, name="read_back_confirm"),
    path(FOLLOW_UP + "nasta-ar/", next_year.next_year, name="next_year"),
    path(PLAN + "atgard/<uuid:uid>/over-aren/", next_year.life, name="life"),
]
