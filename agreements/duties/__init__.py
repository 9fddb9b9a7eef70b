"""The duty panel (Lagkrav och åtaganden): what is required of whom, and what is recorded of it."""
