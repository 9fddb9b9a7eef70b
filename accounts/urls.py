"""Signing in and out. Only these of allauth's pages exist; there is no sign-up."""

from allauth.account import views
from django.contrib.auth.decorators import login_not_required
from django.urls import path

urlpatterns = [
    path("logga-in/", login_not_required(views.login), name="account_login"),
    path("logga-ut/", views.logout, name="account_logout"),
]
