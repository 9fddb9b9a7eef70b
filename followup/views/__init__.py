"""Pages of what came of the plans."""
