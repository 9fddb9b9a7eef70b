"""What the follow-up adds to the pages of the cooperation and of the plans, and to what is kept as files; loaded when the app is."""

from followup import freezing
from followup.contributions import facts, indicators, progress

__all__ = ["facts", "freezing", "indicators", "progress"]
