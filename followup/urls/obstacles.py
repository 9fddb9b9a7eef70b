"""Hinder: reporting one, and each step of its answer."""

urlpatterns = []
