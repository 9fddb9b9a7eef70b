"""What the plans add to the pages of the cooperation; loaded when the app is."""

from plans.contributions import agenda, facts, hub, mentions, tasks, work

__all__ = ["agenda", "facts", "hub", "mentions", "tasks", "work"]
