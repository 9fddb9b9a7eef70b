"""What the templates ask the cooperation about."""
