"""What the law and the agreement require; included under /samverkan/<place>/."""

from django.urls import path

from agreements.views import duties

urlpatterns = [
    path("lagkrav/", duties.duties, name="duties"),
    path("lagkrav/ladda-ner/xlsx/", duties.workbook, name="duties_workbook"),
]

# Outside the places: included at the root.
open_urls = []
