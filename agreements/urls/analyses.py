"""Cause analyses; included under /samverkan/<place>/."""

from django.urls import include, path

from agreements.views import analyses

# orsaksanalyser/<uid>/orsak/<cause>/…
cause_urls = [
    path("", analyses.edit_cause, name="analysis_cause"),
    path("ta-bort/", analyses.remove_cause, name="analysis_cause_remove"),
    path("upp/", analyses.move_cause, {"step": -1}, name="analysis_cause_up"),
    path("ner/", analyses.move_cause, {"step": 1}, name="analysis_cause_down"),
]

# orsaksanalyser/<uid>/…
analysis_urls = [
    path("", analyses.analysis, name="analysis"),
    path("steg/<slug:step>/", analyses.stage, name="analysis_stage"),
    path("orsak/ny/", analyses.add_cause, name="analysis_cause_add"),
    path("orsak/<uuid:cause>/", include(cause_urls)),
    path("<slug:slug>/", analyses.step, name="analysis_step"),
]

urlpatterns = [
    path("orsaksanalyser/", analyses.analysis_list, name="analyses"),
    path("orsaksanalyser/borja/<uuid:problem>/", analyses.begin, name="analysis_begin"),
    path("orsaksanalyser/<uuid:uid>/", include(analysis_urls)),
]
