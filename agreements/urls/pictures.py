"""Situation pictures; included under /samverkan/<place>/."""

urlpatterns = []
