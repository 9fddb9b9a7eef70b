"""Delimited places; included under /samverkan/<place>/."""

urlpatterns = []
