"""The site map."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import TemplateView

from plans.views.start import start

accessibility = login_not_required(TemplateView.as_view(template_name="accessibility.html"))
# Administrators sign in where everybody does, with the same limits on guessing.
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("", start, name="start"),
    path("konto/", include("accounts.urls")),
    path("planer/", include("plans.urls")),
    path("", include("plans.city_urls")),
    path("", include("agreements.urls")),
    path("", include("followup.urls")),
    path("tillganglighet/", accessibility, name="accessibility"),
    path("admin/", admin.site.urls),
]

handler400 = "trygghet.errors.bad_request"
handler403 = "trygghet.errors.permission_denied"
handler404 = "trygghet.errors.not_found"
handler500 = "trygghet.errors.server_error"
