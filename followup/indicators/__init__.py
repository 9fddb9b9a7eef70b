"""Indicators: their measurements, typed or read from files, and what may be said of them."""
