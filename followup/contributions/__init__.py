"""What the follow-up adds to the pages of the cooperation and of the plans, and to what is kept as files; loaded when the app is."""

from followup import freezing
from followup.contributions import agenda, facts, hub, indicators, obstacles, opening, plan_page, progress, tasks

__all__ = ["agenda", "facts", "freezing", "hub", "indicators", "obstacles", "opening", "plan_page", "progress", "tasks"]
