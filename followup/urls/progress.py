"""Notes on an action through the year."""

from django.urls import path

from followup.views import progress

PLAN = "planer/<slug:district>/<int:year>/"
ACTION = PLAN + "atgard/<uuid:uid>/anteckningar/"

urlpatterns = [
    path("mina-atgarder/", progress.own_actions, name="own_actions"),
    path(PLAN + "anteckningar/", progress.plan_notes, name="notes"),
    path(ACTION, progress.action_notes, name="action_notes"),
    path(ACTION + "<uuid:note>/", progress.note, name="note"),
    path(ACTION + "<uuid:note>/ta-bort/", progress.remove, name="note_remove"),
]
