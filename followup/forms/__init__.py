"""Forms of what came of the plans."""
