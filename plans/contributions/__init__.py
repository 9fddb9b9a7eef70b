"""What the plans add to the pages of the cooperation, and to what is kept as files; loaded when the app is."""

from plans import frozen_files
from plans.contributions import agenda, facts, hub, mentions, tasks, work

__all__ = ["agenda", "facts", "frozen_files", "hub", "mentions", "tasks", "work"]
