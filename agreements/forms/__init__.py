"""The forms of the cooperation, by what they are about."""
