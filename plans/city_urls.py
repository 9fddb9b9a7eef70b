"""The city's page: all districts of a year. Included at the root, since a year is its address."""

from django.urls import path

from plans.views import city

app_name = "city"

urlpatterns = [
    path("staden/", city.latest, name="latest"),
    path("<int:year>/", city.year, name="year"),
    path("<int:year>/ladda-ner/xlsx/", city.workbook, name="workbook"),
]
