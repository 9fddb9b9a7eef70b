"""Where the plans speak of a place, or rest on a finding."""
