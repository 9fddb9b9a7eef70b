"""The annual report's proposals for the coming year (section 11)."""

from django.urls import path

from followup.views import report_proposals as views

PROPOSALS = "arsrapport/<int:year>/forslag/"

urlpatterns = [
    path(PROPOSALS, views.report_proposals, name="report_proposals"),
    path(PROPOSALS + "nytt/", views.proposal_add, name="report_proposal_add"),
    path(PROPOSALS + "lagg-i-planen/", views.proposals_put, name="report_proposals_put"),
    path(PROPOSALS + "<int:pk>/", views.proposal_edit, name="report_proposal"),
    path(PROPOSALS + "<int:pk>/ta-bort/", views.proposal_remove, name="report_proposal_remove"),
    path(PROPOSALS + "<int:pk>/flytta/", views.proposal_move, name="report_proposal_move"),
]
