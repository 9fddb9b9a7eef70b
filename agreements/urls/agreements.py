"""Agreements; included under /samverkan/<place>/."""

urlpatterns = []
