"""Meetings, their agenda and minutes; included under /samverkan/<place>/."""

urlpatterns = []
