"""What the plans add to the pages of the cooperation; loaded when the app is."""

from plans.contributions import agenda, facts, mentions, tasks

__all__ = ["agenda", "facts", "mentions", "tasks"]
