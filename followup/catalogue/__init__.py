"""The city-wide catalogue of decided actions: what is tried against which cause, what came of it, and borrowing it."""
