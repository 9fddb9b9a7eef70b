"""Who cooperates about what: the organisation, agreements, situation pictures and the year of the cooperation."""

from agreements.models.agreements import (
    Agreement,
    AgreementFocus,
    AgreementParty,
    AgreementReview,
    AgreementStep,
    AgreementText,
    TemplateText,
)
from agreements.models.analyses import AnalysedCause, AnalysisLog, AnalysisStage, CauseAnalysis
from agreements.models.areas import AreaMapping, AreaObjective, PriorityArea, PriorityAreaSet, TriangleSide
from agreements.models.communication import CommunicationActivity
from agreements.models.files import Attachment
from agreements.models.groups import CollaborationGroup, GroupMembership, GroupStep, Invitation
from agreements.models.meetings import AgendaItem, Meeting, MeetingStep
from agreements.models.notices import NoticeSetting, OutgoingMail
from agreements.models.organisation import (
    District,
    Function,
    LocalPoliceArea,
    Municipality,
    Neighbourhood,
    Organisation,
    PoliceArea,
)
from agreements.models.pictures import Finding, LeftOut, PictureStep, PrioritisedProblem, SituationPicture
from agreements.models.places import DataSource, Place
from agreements.models.steps import Step
from agreements.models.year import CalendarAddress, PlanningCycle

__all__ = [
    "AgendaItem",
    "Agreement",
    "AgreementFocus",
    "AgreementParty",
    "AgreementReview",
    "AgreementStep",
    "AgreementText",
    "AnalysedCause",
    "AnalysisLog",
    "AnalysisStage",
    "AreaMapping",
    "AreaObjective",
    "Attachment",
    "CalendarAddress",
    "CauseAnalysis",
    "CollaborationGroup",
    "CommunicationActivity",
    "DataSource",
    "District",
    "Finding",
    "Function",
    "GroupMembership",
    "GroupStep",
    "Invitation",
    "LeftOut",
    "LocalPoliceArea",
    "Meeting",
    "MeetingStep",
    "Municipality",
    "Neighbourhood",
    "NoticeSetting",
    "Organisation",
    "OutgoingMail",
    "PictureStep",
    "Place",
    "PlanningCycle",
    "PoliceArea",
    "PrioritisedProblem",
    "PriorityArea",
    "PriorityAreaSet",
    "SituationPicture",
    "Step",
    "TemplateText",
    "TriangleSide",
]
