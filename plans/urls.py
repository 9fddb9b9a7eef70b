"""The åtgärdsplan's addresses; made to be mailed."""

from django.urls import include, path, register_converter

from plans.converters import Direction, RowKind
from plans.views import (
    basis,
    cells,
    comments,
    exports,
    files,
    grounds,
    group_rows,
    history,
    imports,
    news,
    pages,
    rows,
    served,
    steps,
    versions,
    workflow,
)

app_name = "plans"
register_converter(RowKind, "kind")
register_converter(Direction, "direction")

page_urls = [
    # pages.py
    path("", pages.plan, name="plan"),
    path("omrade/<int:position>/", pages.plan, name="area"),
    path("analys/", pages.analysis, name="analysis"),
]

cell_urls = [
    # cells.py
    path("cell/", cells.cell, name="cell"),
]

row_urls = [
    # rows.py and steps.py. The plan page's menus are <button form="row-form" formaction="…">, so an address says it
    # all. A POST answers with a redirect to the plan's page ?rad=<uid>#rad-<uid>, which puts the focus there.
    path("rad/<uuid:uid>/", rows.row, name="row"),  # short, for a mail
    path("rad/<kind:kind>/<uuid:uid>/", rows.row, name="row"),
    path("rad/action/<uuid:uid>/bidrar-till/", served.row_served, name="row_served"),
    path("rad/<kind:kind>/<uuid:uid>/flytta/", rows.move, name="row_move"),
    path("rad/<kind:kind>/<uuid:uid>/ny/<kind:new_kind>/", steps.add, name="row_add"),
    path("rad/<kind:kind>/<uuid:uid>/<direction:step>/", steps.move_step, name="row_step"),
    path("rad/<kind:kind>/<uuid:uid>/ta-bort/", steps.remove, name="row_remove"),
    path("omrade/<int:position>/redigera/", rows.edit_area, name="area_edit"),
    path("omrade/nytt/", rows.add_area, name="area_add"),
]

import_urls = [
    path("borja/", imports.start, name="start"),
    path("las-in/", imports.upload, name="import"),
    path("las-in/<uuid:uid>/", imports.preview, name="import_preview"),
    path("las-in/<uuid:uid>/slang/", imports.discard, name="import_discard"),
]

export_urls = [
    path("ladda-ner/<str:format>/", exports.export, name="export"),
]

file_urls = [
    path("version/<int:number>/filer/", files.version_files, name="version_files"),
    path("version/<int:number>/ladda-ner/<str:format>/", files.version_file, name="version_file"),
]

group_urls = [
    path("arbetsgrupper/<slug:group>/", group_rows.group_rows, name="group_rows"),
]

version_urls = [
    path("version/<int:number>/", versions.version, name="version"),
    path("version/<int:number>/omrade/<int:position>/", versions.version, name="version_area"),
    path("version/<int:number>/analys/", versions.analysis, name="version_analysis"),
    path("jamfor/", versions.compare, name="compare"),
]

workflow_urls = [
    path("steg/", workflow.steps, name="steps"),
    path("steg/<slug:slug>/", workflow.step, name="step"),
    path("beslutsunderlag/", workflow.decision_basis, name="decision_basis"),
    path("version/<int:number>/inskickning/<slug:slug>/", workflow.submission_step, name="submission_step"),
    path("version/<int:number>/namndbeslut/", workflow.board_decision, name="board_decision"),
]

comment_urls = [
    path("kommentarer/", comments.comment_list, name="comments"),
    path("kommentarer/<uuid:uid>/", comments.comment, name="comment"),
]

ground_urls = [
    path("hamta/", grounds.bring, name="bring"),
    path("rad/<kind:kind>/<uuid:uid>/grunder/", grounds.row_grounds, name="row_grounds"),
    path("underlag/", basis.basis, name="basis"),
]

history_urls = [
    path("nytt/", news.news, name="news"),
    path("historik/", history.history, name="history"),
    path("historik/<int:event>/", history.change, name="change"),
    path("rad/<uuid:uid>/historik/", history.row_history, name="row_history"),
    path("rad/<kind:kind>/<uuid:uid>/historik/", history.row_history, name="row_history"),
    path("angra/<int:event>/", history.undo, name="undo"),
]

urlpatterns = [
    path("", pages.plan_list, name="list"),
    path(
        "<slug:district>/<int:year>/",
        include(
            [
                *page_urls,
                *cell_urls,
                *row_urls,
                *import_urls,
                *export_urls,
                *group_urls,
                *version_urls,
                *file_urls,
                *workflow_urls,
                *comment_urls,
                *history_urls,
                *ground_urls,
            ]
        ),
    ),
]
