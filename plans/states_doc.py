"""The workflows as a document for people: ``docs/states.md`` is this, and nothing is written in it by hand."""

from dataclasses import dataclass
from inspect import getdoc

from agreements.agreement.workflow import AGREEMENT_TRANSITIONS
from agreements.analyses.workflow import ANALYSIS_TRANSITIONS, STAGE_TRANSITIONS
from agreements.enums import (
    AgreementState,
    AnalysisState,
    InvitationState,
    MailState,
    MeetingState,
    PictureState,
    Role,
    StepState,
)
from agreements.groups.invitations import INVITATION_TRANSITIONS
from agreements.letters.mail import MAIL_TRANSITIONS
from agreements.meetings.workflow import MEETING_TRANSITIONS
from agreements.permissions import PERMISSIONS, PERMISSIONS_IN_CITY
from agreements.pictures.workflow import PICTURE_TRANSITIONS
from plans import comments, submissions, workflow
from plans.enums import CommentState, PlanState, SubmissionState
from trygghet.contributions import Contributions

INTRODUCTION = """# States

Written by `manage.py states_doc --write` from the tables of transitions; CI fails when it is out of date.
The states and their guards follow the agreement between the city and the police; `docs/glossary.md` has the words.
"""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of transitions of an app further up: its heading, the file, the steps, (value, label) of the states,
    and what there is to say of it."""

    title: str
    source: str
    transitions: tuple
    states: list
    remark: str


TABLES = Contributions()
"""The :class:`Table` of each workflow further up, added when the app is loaded."""
HEADER = "| Step | From | To | Who | What may stand in the way |\n| --- | --- | --- | --- | --- |"


def text():
    """Return the whole document as Markdown."""
    submission_states = [(submissions.NOT_SENT, "Inte inskickad"), *SubmissionState.choices]
    parts = [
        INTRODUCTION,
        _section(
            "The plan", "plans/workflow.py", workflow.TRANSITIONS, PlanState.choices,
            "What comes after the decision is the follow-up, with a table of its own. A change after it is a new "
            "version: the same plan back in draft, while the version that was decided stays in force.",
        ),
        _section(
            "A decided version on its way to the city", "plans/submissions.py", submissions.SUBMISSION_TRANSITIONS,
            submission_states,
            "Stands beside the state of the plan. So does the stadsdelsnämnd's own decision, which the registrar "
            "records on a decided version and may correct.",
        ),
        _section(
            "A comment", "plans/comments.py", comments.COMMENT_TRANSITIONS, CommentState.choices,
            "Who may comment follows from the state of the plan, and who may resolve from who wrote the comment.",
        ),
        *_of_the_cooperation(),
        *(_section(each.title, each.source, each.transitions, each.states, each.remark) for each in TABLES),
        _roles(),
    ]  # fmt: skip
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _of_the_cooperation():
    """The workflows around the plans."""
    yield _section(
        "An agreement", "agreements/agreement/workflow.py", AGREEMENT_TRANSITIONS, AgreementState.choices,
        "That a review is due is a clock (`agreements/clocks.py`) and no state: a local agreement is reviewed every "
        "second year, the areas at least every fourth, and the overarching agreement holds until further notice.",
    )  # fmt: skip
    yield _section(
        "A situation picture",
        "agreements/pictures/workflow.py",
        PICTURE_TRANSITIONS,
        PictureState.choices,
        "A party's own picture is shared and then stands; the joint one is prioritised by both and confirmed by the "
        "steering group.",
    )
    yield _section(
        "A cause analysis", "agreements/analyses/workflow.py", ANALYSIS_TRANSITIONS, AnalysisState.choices,
        "Its five steps have states of their own, below.",
    )  # fmt: skip
    yield _section(
        "A step of a cause analysis", "agreements/analyses/workflow.py", STAGE_TRANSITIONS, StepState.choices,
        "The steps may be worked on side by side.",
    )  # fmt: skip
    yield _section(
        "A meeting",
        "agreements/meetings/workflow.py",
        MEETING_TRANSITIONS,
        MeetingState.choices,
        "When the minutes are approved nothing in the meeting changes any more.",
    )
    yield _section(
        "An invitation",
        "agreements/groups/invitations.py",
        INVITATION_TRANSITIONS,
        InvitationState.choices,
        "The link of an open invitation holds for two weeks.",
    )
    yield _section(
        "A letter",
        "agreements/letters/mail.py",
        MAIL_TRANSITIONS,
        MailState.choices,
        "Taken by the command `send_reminders`; nothing is lost while the mail server is down.",
    )


def _section(title, source, transitions, states, remark):
    labels = dict(states)
    listed = ", ".join(f"{label} (`{value}`)" for value, label in states)
    rows = "\n".join(_row(step, labels) for step in transitions)
    return f"## {title}\n\nFrom `{source}`. States: {listed}.\n\n{HEADER}\n{rows}\n\n{remark}"


def _row(step, labels):
    target = labels[step.target] if step.target else "stays"
    guards = [_first_line(guard) for guard in step.guards] + (["A reason is given."] if step.needs_reason else [])
    sources = ", ".join(labels[source] for source in step.sources)
    who = step.who.removesuffix(",")  # where it goes on in a sentence: "…, och styrgruppens ordförande, undertecknar"
    return f"| {step.label} (`{step.name}`) | {sources} | {target} | {who} | {' '.join(guards) or '–'} |"


def _first_line(guard):
    return " ".join((getdoc(guard) or guard.__name__).split("\n\n")[0].split())


def _roles():
    """The one table of role → permission, in the order of the roles."""
    return "\n".join(
        [
            "## Role and permission",
            "",
            "From `agreements/permissions.py`. What a role gives in its own district; a role of the city gives it in "
            "every district. In other districts a local role reads what is decided, unless the city says otherwise "
            "(`DISTRICTS_READ_EACH_OTHER`).",
            "",
            *_permissions(PERMISSIONS),
            "",
            "What a role gives for what is the city's own: its handlingsplan, its groups, the overarching agreement.",
            "",
            *_permissions(PERMISSIONS_IN_CITY),
        ]
    )


def _permissions(table):
    rows = (
        f"| {Role(role).label} | {', '.join(f'`{permission}`' for permission in sorted(table[role])) or '–'} |"
        for role in Role
    )
    return ["| Role | Permissions |", "| --- | --- |", *rows]
