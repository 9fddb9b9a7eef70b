"""The city's annual report: what came of every district's plan in a year, computed from their follow-ups."""
