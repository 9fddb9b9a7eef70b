"""The follow-up of a plan: its page, its forms, its steps and files."""

from django.urls import include, path

from followup.views import outcomes

urlpatterns = [
    path(
        "planer/<slug:district>/<int:year>/uppfoljning/",
        include(
            [
                path("", outcomes.follow_up, name="follow_up"),
                path("omrade/<int:position>/", outcomes.follow_up, name="area"),
                path("omrade/<int:position>/mal/", outcomes.targets, name="targets"),
                path("oppna/", outcomes.open_follow_up, name="open"),
                path("atgard/<uuid:uid>/", outcomes.action, name="action"),
                path("ataganden/", outcomes.commitments, name="commitments"),
                path("bedomning/<uuid:uid>/", outcomes.assessment, name="assessment"),
                path("sammanfattning/", outcomes.summary, name="summary"),
                path("steg/<slug:slug>/", outcomes.step, name="step"),
            ]
        ),
    ),
]
