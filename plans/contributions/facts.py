"""What is recorded of the plans, for the calendar and the duties."""
