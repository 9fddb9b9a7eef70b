"""Cause analyses; included under /samverkan/<place>/."""

urlpatterns = []
