"""The views of the cooperation, by what they are about."""
