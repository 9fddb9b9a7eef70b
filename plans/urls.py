"""The åtgärdsplan's addresses; made to be mailed."""

from django.urls import include, path

from plans.views import pages

app_name = "plans"

page_urls = [
    # pages.py
    path("", pages.plan, name="plan"),
    path("omrade/<int:position>/", pages.plan, name="area"),
    path("analys/", pages.analysis, name="analysis"),
]

cell_urls = [
    # cells.py
]

row_urls = [
    # rows.py: row (kind, uid; ?falt=), add (POST kind, parent, after), step (POST kind, uid, direction),
    # move (kind, uid), remove (POST kind, uid), add_area
]

import_urls = [
    # imports.py: start, import
]

export_urls = [
    # exports.py: export (format)
]

history_urls = [
    # history.py: history, undo (POST event)
]

urlpatterns = [
    path("", pages.plan_list, name="list"),
    path(
        "<slug:district>/<int:year>/",
        include([*page_urls, *cell_urls, *row_urls, *import_urls, *export_urls, *history_urls]),
    ),
]
