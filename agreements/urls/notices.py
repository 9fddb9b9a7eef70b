"""Reminders, and the mail on its way; included at the root."""

open_urls = []
