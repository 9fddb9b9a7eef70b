"""The demo: its people, a plan in each state, and the cooperation around them, told through the same doors."""
