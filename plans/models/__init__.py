"""The plan in the database: its content, its history, its way to a decision, and what is said about it."""

from plans.models.comments import MAX_COMMENT, Answer, Comment, PlanVisit
from plans.models.content import (
    Action,
    ActionPart,
    ActionPlan,
    AlsoCause,
    AreaTarget,
    Cause,
    Commitment,
    OperationalGoal,
    PlanArea,
    PlanRow,
    Problem,
    Responsibility,
    Timing,
)
from plans.models.grounds import GroupRow, RowGround, RowPlace, ServedActivity
from plans.models.history import ChangedRow, PlanEvent
from plans.models.imports import ImportJob
from plans.models.process import BoardDecision, FrozenFile, PlanStep, PlanVersion, Review, Submission

__all__ = [
    "MAX_COMMENT",
    "Action",
    "ActionPart",
    "ActionPlan",
    "AlsoCause",
    "Answer",
    "AreaTarget",
    "BoardDecision",
    "Cause",
    "ChangedRow",
    "Comment",
    "Commitment",
    "FrozenFile",
    "GroupRow",
    "ImportJob",
    "OperationalGoal",
    "PlanArea",
    "PlanEvent",
    "PlanRow",
    "PlanStep",
    "PlanVersion",
    "PlanVisit",
    "Problem",
    "Responsibility",
    "Review",
    "RowGround",
    "RowPlace",
    "ServedActivity",
    "Submission",
    "Timing",
]
