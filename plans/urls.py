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
    # rows.py. The plan page's menus are <button form="row-form" formaction="…">, so an address says it all:
    #   rad/<kind>/<uid>/                row       the form (GET, POST; ?falt=goals opens at a field)
    #   rad/<kind>/<uid>/ny/<new_kind>/  row_add   POST: same kind = after this row, a child kind = last under it
    #   rad/<kind>/<uid>/upp/ and /ner/  row_up, row_down    POST
    #   rad/<kind>/<uid>/flytta/         row_move  the page "Flytta till …"
    #   rad/<kind>/<uid>/ta-bort/        row_remove    POST; message with "Ångra"
    #   omrade/nytt/                     area_add  "+ Eget område"
    # A POST answers with a redirect to the plan's page ?rad=<uid>#rad-<uid>, which puts the focus there.
]

import_urls = [
    # imports.py: borja/ start, las-in/ import
]

export_urls = [
    # exports.py: ladda-ner/<str:format>/ export (xlsx, pdf, json)
]

history_urls = [
    # history.py: historik/ history, rad/<kind>/<uid>/historik/ row_history, angra/<event>/ undo (POST)
]

urlpatterns = [
    path("", pages.plan_list, name="list"),
    path(
        "<slug:district>/<int:year>/",
        include([*page_urls, *cell_urls, *row_urls, *import_urls, *export_urls, *history_urls]),
    ),
]
