"""What came of it: outcomes, indicators, obstacles and the annual report."""
