"""The follow-ups open on their day, and go over to a version that is decided meanwhile; how they go is in the docs."""

from agreements.letters.daily import DAILY
from followup import opening
from followup.demo import ongoing as demonstration
from followup.enums import FollowUpState
from followup.workflow import FOLLOW_UP_TRANSITIONS
from plans.afterwards import WHEN_DECIDED
from plans.demo.loading import FURTHER
from plans.states_doc import TABLES, Table

FURTHER.add(demonstration)
DAILY.add(opening.open_due)
WHEN_DECIDED.add(opening.reconcile)
TABLES.add(
    Table(
        title="A follow-up",
        source="followup/workflow.py",
        transitions=FOLLOW_UP_TRANSITIONS,
        states=FollowUpState.choices,
        remark="Opened of a decided version by the year's day or by the editor; the plan itself stays decided. What is "
        "approved is frozen. A party answers for itself alone.",
    )
)
