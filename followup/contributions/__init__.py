"""What the follow-up adds to the pages of the cooperation and of the plans; loaded when the app is."""

from followup.contributions import facts

__all__ = ["facts"]
