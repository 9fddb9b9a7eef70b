"""The city-wide catalogue of decided actions, and borrowing one of them."""

from django.urls import path

from followup.views import catalogue

urlpatterns = [
    path("atgarder/", catalogue.catalogue, name="catalogue"),
    path("atgarder/<slug:source>/<int:from_year>/<uuid:uid>/", catalogue.catalogued, name="catalogued"),
    path(
        "planer/<slug:district>/<int:year>/lana/<slug:source>/<int:from_year>/<uuid:uid>/",
        catalogue.borrow,
        name="borrow",
    ),
]
