"""The workflows as a document for people: ``docs/states.md`` is this, and nothing is written in it by hand."""

from inspect import getdoc

from agreements.enums import Role
from agreements.permissions import PERMISSIONS
from plans import comments, submissions, workflow
from plans.enums import CommentState, PlanState, SubmissionState

INTRODUCTION = """# States

Written by `manage.py states_doc --write` from the tables of transitions; CI fails when it is out of date.
The states and their guards follow the agreement between the city and the police; `docs/glossary.md` has the words.
"""
HEADER = "| Step | From | To | Who | What may stand in the way |\n| --- | --- | --- | --- | --- |"


def text():
    """Return the whole document as Markdown."""
    submission_states = [(submissions.NOT_SENT, "Inte inskickad"), *SubmissionState.choices]
    parts = [
        INTRODUCTION,
        _section(
            "The plan", "plans/workflow.py", workflow.TRANSITIONS, PlanState.choices,
            "What comes after the decision – the follow-up – has no steps yet. A change after the decision is a new "
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
        _roles(),
    ]  # fmt: skip
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _section(title, source, transitions, states, remark):
    labels = dict(states)
    listed = ", ".join(f"{label} (`{value}`)" for value, label in states)
    rows = "\n".join(_row(step, labels) for step in transitions)
    return f"## {title}\n\nFrom `{source}`. States: {listed}.\n\n{HEADER}\n{rows}\n\n{remark}"


def _row(step, labels):
    target = labels[step.target] if step.target else "stays"
    guards = [_first_line(guard) for guard in step.guards] + (["A reason is given."] if step.needs_reason else [])
    sources = ", ".join(labels[source] for source in step.sources)
    return f"| {step.label} (`{step.name}`) | {sources} | {target} | {step.who} | {' '.join(guards) or '–'} |"


def _first_line(guard):
    return " ".join((getdoc(guard) or guard.__name__).split("\n\n")[0].split())


def _roles():
    """The one table of role → permission, in the order of the roles."""
    rows = [
        f"| {Role(role).label} | {', '.join(f'`{permission}`' for permission in sorted(permissions)) or '–'} |"
        for role, permissions in PERMISSIONS.items()
    ]
    return "\n".join(
        [
            "## Role and permission",
            "",
            "From `agreements/permissions.py`. What a role gives in its own district; a role of the city gives it in "
            "every district. In other districts a local role reads what is decided, unless the city says otherwise "
            "(`DISTRICTS_READ_EACH_OTHER`).",
            "",
            "| Role | Permissions |",
            "| --- | --- |",
            *rows,
        ]
    )
