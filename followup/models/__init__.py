"""What came of the plans: notes through the year, obstacles, the follow-up, indicators."""

from followup.models.carried import CarriedRow
from followup.models.catalogue import BorrowedAction, CataloguedAction
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
from followup.models.report import (
    MAX_FEEDBACK,
    MAX_REPORT_TEXT,
    AnnualReport,
    LocalFeedback,
    ProposedRow,
    PublishedReport,
    ReportComment,
    ReportDraft,
    ReportDraftFile,
    ReportFile,
    ReportProposal,
    ReportQuote,
    ReportReceipt,
    ReportStep,
    ReportText,
)

__all__ = [
    "ActionOutcome",
    "AnnualReport",
    "ApprovedFollowUp",
    "Assessment",
    "BorrowedAction",
    "CarriedRow",
    "CataloguedAction",
    "FollowUp",
    "FollowUpFile",
    "FollowUpStep",
    "Fulfilment",
    "GoalIndicator",
    "GoalOutcome",
    "Indicator",
    "LocalFeedback",
    "MAX_ANSWER",
    "MAX_FEEDBACK",
    "MAX_NOTE",
    "MAX_OBSTACLE",
    "MAX_REPORT_TEXT",
    "Measurement",
    "MeasurementImport",
    "Obstacle",
    "ObstacleStep",
    "ProgressNote",
    "ProposedRow",
    "PublishedReport",
    "ReportComment",
    "ReportDraft",
    "ReportDraftFile",
    "ReportFile",
    "ReportProposal",
    "ReportQuote",
    "ReportReceipt",
    "ReportStep",
    "ReportText",
]
