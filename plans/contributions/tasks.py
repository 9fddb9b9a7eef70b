"""What in the plans waits for a person."""
