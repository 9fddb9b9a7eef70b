"""The site map."""

from django.contrib import admin
from django.urls import include, path

from plans.views import start

urlpatterns = [
    path("", start, name="start"),
    path("konto/", include("accounts.urls")),
    path("planer/", include("plans.urls")),
    path("admin/", admin.site.urls),
]
