"""Indicators, their measurements, and reading in a file of them."""

urlpatterns = []
