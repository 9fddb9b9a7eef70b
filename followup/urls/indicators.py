"""Indicators, their measurements, and reading in a file of them; and the goals of a plan that are seen in them."""

from django.urls import include, path

from followup.views import goal_indicators, indicators, measurement_imports

import_urls = [
    path("", measurement_imports.upload, name="measurement_upload"),
    path("mall/<str:format>/", measurement_imports.template, name="measurement_template"),
    path("<uuid:uid>/", measurement_imports.preview, name="measurement_import"),
    path("<uuid:uid>/slang/", measurement_imports.discard, name="measurement_discard"),
]

# indikatorer/<code>/…: one of them
indicator_urls = [
    path("", indicators.indicator, name="indicator"),
    path("andra/", indicators.edit_indicator, name="indicator_edit"),
    path("diagram/<slug:where>/", indicators.chart, name="indicator_chart"),
    path("ladda-ner/<str:format>/", indicators.export, name="indicator_export"),
    path("varde/nytt/", indicators.new_measurement, name="measurement_new"),
    path("varde/<int:pk>/", indicators.edit_measurement, name="measurement"),
    path("varde/<int:pk>/ta-bort/", indicators.remove_measurement, name="measurement_remove"),
]

urlpatterns = [
    path("indikatorer/", indicators.indicator_list, name="indicators"),
    path("indikatorer/ny/", indicators.new_indicator, name="indicator_new"),
    path("indikatorer/las-in/", include(import_urls)),
    path("indikatorer/<slug:code>/", include(indicator_urls)),
    path(
        "planer/<slug:district>/<int:year>/rad/<uuid:uid>/indikatorer/",
        goal_indicators.goals,
        name="goal_indicators",
    ),
]
