"""The story that the demo tells of each plan: who does what, act by act, through the same doors as everybody.

``demo/story.json`` has the acts of each district. Nothing here moves a plan
or a comment by itself, so a story that real people could not live cannot be
told: the first act that is not allowed raises.

A row is named as in the open format ("2.1.1.3"; an area by its number), in
the plan as it stands just then. A person is named by function; one without a
full stop works in the plan's district.
"""

import json
from datetime import date
from pathlib import Path

from django.utils import timezone

from accounts.models import User
from agreements.models import CollaborationGroup
from plans import comments, editing, open_format, submissions, workflow
from plans.loading import load_document
from plans.models import ActionPlan, PlanVisit
from plans.versions import Decision, in_force

FILE = Path(__file__).resolve().parent / "story.json"


def tell(plan):
    """Take the acts of the plan's district, in order."""
    story = _Story(plan)
    for act in acts_of(plan.scope.slug):
        story.take(act)


def acts_of(district):
    """Return the acts of a district's story; empty for a plan where nothing has happened."""
    return json.loads(FILE.read_text(encoding="utf-8"))[district]


class _Story:
    """A plan on its way through the acts. An act is named by its first key, and has a method of that name."""

    def __init__(self, plan):
        self.plan = ActionPlan.objects.with_place().get(pk=plan.pk)
        self.comments = {}

    def take(self, act):
        act = dict(act)
        name = next(iter(act))
        what, by = act.pop(name), act.pop("by", None)
        getattr(self, f"_{name}")(what, by=self._person(by) if by else None, **act)

    def _person(self, function):
        return User.objects.get(username=function if "." in function else f"{function}.{self.plan.scope.slug}")

    def _uid(self, name):
        areas = open_format.to_data(load_document(self.plan))["areas"]
        return next(row["uid"] for row in _rows(areas) if row.get("id", str(row.get("number"))) == name)

    # --- The way to the decision, and what comes after it

    def _step(self, name, *, by, reason="", decision=None):
        decision = self._decision(**decision) if decision else None
        workflow.take(self.plan, name, by=by, reason=reason, decision=decision)
        self.plan.refresh_from_db(fields=["state", "version", "shared_at"])

    def _decision(self, decided_on, **words):
        body = CollaborationGroup.objects.get(slug=f"styrgrupp-{self.plan.scope.slug}").name
        return Decision(decided_on=date.fromisoformat(decided_on), body=body, **words)

    def _submission(self, name, *, by, answer=""):
        submissions.take(in_force(self.plan), name, by=by, answer=answer)

    def _board(self, record, *, by):
        decided_on = date.fromisoformat(record["decided_on"])
        record = submissions.BoardRecord(**record | {"decided_on": decided_on})
        submissions.record_board_decision(in_force(self.plan), record, by=by)

    # --- What is said

    def _comment(self, kind, *, by, text, row=None, field="", **named):
        row = self._uid(row) if row else None
        written = comments.write(self.plan, text, kind, by=by, row=row, field=field)
        self.comments[named.get("as")] = written

    def _answer(self, name, *, by, text):
        comments.answer(self.comments[name], text, by=by)

    def _resolve(self, name, *, by, text=""):
        comments.resolve(self.comments[name], by=by, text=text)

    def _visit(self, function, *, by):
        """The person leaves for the day: what comes after this is new to them, however soon they sign in."""
        now = timezone.now()
        moments = {"at": now, "before": now}
        PlanVisit.objects.update_or_create(plan=self.plan, user=self._person(function), defaults=moments)

    # --- What is written

    def _set(self, row, *, by, values):
        kind, found = comments.find_row(self.plan, self._uid(row))
        editing.set_fields(self.plan, kind, found.uid, values, version=found.version, by=by)

    def _add(self, kind, *, by, under, values):
        event = editing.add(self.plan, kind, self._uid(under), by=by)
        editing.set_fields(self.plan, kind, event.operations[0]["uid"], values, version=1, by=by)

    def _remove(self, row, *, by):
        uid = self._uid(row)
        kind, _ = comments.find_row(self.plan, uid)
        editing.remove(self.plan, kind, uid, by=by)

    def _move_up(self, row, *, by):
        uid = self._uid(row)
        kind, _ = comments.find_row(self.plan, uid)
        editing.move_up(self.plan, kind, uid, by=by)


def _rows(rows):
    """Yield every row of the open format's tree."""
    for row in rows:
        yield row
        yield from _rows(row.get("problems") or row.get("causes") or row.get("actions") or ())
