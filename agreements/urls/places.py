"""Delimited places; included under /samverkan/<place>/."""

from django.urls import path

from agreements.views import places

urlpatterns = [
    path("platser/", places.place_list, name="places"),
    path("platser/ny/", places.add, name="place_add"),
    path("platser/<slug:slug>/", places.place, name="delimited_place"),
    path("platser/<slug:slug>/redigera/", places.edit, name="place_edit"),
]
