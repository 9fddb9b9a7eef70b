"""What came of the plans: notes through the year, obstacles, the follow-up, indicators."""

from followup.models.carried import CarriedRow
from followup.models.indicators import GoalIndicator, Indicator, Measurement, MeasurementImport
from followup.models.obstacles import MAX_OBSTACLE, Obstacle, ObstacleStep
from followup.models.outcomes import (
    MAX_ANSWER,
    ActionOutcome,
    ApprovedFollowUp,
    Assessment,
    FollowUp,
    FollowUpFile,
    FollowUpStep,
    Fulfilment,
    GoalOutcome,
)
from followup.models.progress import MAX_NOTE, ProgressNote

__all__ = [
    "MAX_ANSWER",
    "MAX_NOTE",
    "MAX_OBSTACLE",
    "ActionOutcome",
    "ApprovedFollowUp",
    "Assessment",
    "CarriedRow",
    "FollowUp",
    "FollowUpFile",
    "FollowUpStep",
    "Fulfilment",
    "GoalIndicator",
    "GoalOutcome",
    "Indicator",
    "Measurement",
    "MeasurementImport",
    "Obstacle",
    "ObstacleStep",
    "ProgressNote",
]
