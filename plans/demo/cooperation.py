"""What the demo tells of the cooperation around the plans: an agreement, situation pictures, an analysis and meetings.

As with the plans (``plans/demo/story.py``) everything is done through the same
doors as by everybody, by the right people. All of it is made up and says so.
"""

import json
from datetime import date
from pathlib import Path
from uuid import uuid4

from accounts.models import User
from agreements import analyses, communication, places
from agreements.agreement import editing as agreement_editing
from agreements.agreement import workflow as agreement_workflow
from agreements.enums import Producer
from agreements.meetings import workflow as meetings
from agreements.models import (
    Agreement,
    CollaborationGroup,
    CommunicationActivity,
    DataSource,
    District,
    Function,
    Neighbourhood,
    Organisation,
    Place,
    SituationPicture,
)
from agreements.pictures import findings, joint
from agreements.pictures import workflow as pictures
from agreements.scope import Scope
from plans import editing, workflow
from plans.models import ActionPlan
from plans.versions import Decision

FILE = Path(__file__).resolve().parent / "cooperation.json"
DISTRICT, YEAR = "skarholmen", 2025


def is_told():
    """Whether the demo's cooperation is in the database: it has an agreement."""
    return Agreement.objects.filter(district__slug=DISTRICT).exists()


def tell():
    """Add the cooperation of Skärholmen and the city's own plan; the people and groups have to be there."""
    _Cooperation(json.loads(FILE.read_text(encoding="utf-8"))).tell()


def _day(text):
    return date.fromisoformat(text) if text else None


class _Cooperation:
    """Skärholmen's cooperation, told in the order it happened."""

    def __init__(self, content):
        self.content = content
        self.district = District.objects.get(slug=DISTRICT)
        self.scope = Scope(self.district)
        self.editor, self.police, self.chair = (
            User.objects.get(username=f"{function}.{DISTRICT}")
            for function in ("trygghetsstrateg", "kommunpolis", "styrgrupp")
        )
        self.cycle = editing.cycle_of(YEAR)
        self.areas = {area.number: area for area in self.cycle.area_set.areas.all()}
        self.findings = {}

    def tell(self):
        self._overarching_agreement()
        self._agreement()
        self._places()
        self._pictures()
        self._analysis()
        self._meetings()
        self._communication()
        self._city_plan()

    # --- The agreement

    def _agreement(self):
        told = self.content["agreement"]
        agreement = agreement_workflow.start(self.scope, by=self.editor)
        Agreement.objects.filter(pk=agreement.pk).update(is_example=True)
        for part, text in told["parts"].items():
            self._write(agreement_editing.write_text, agreement, agreement_editing.text_of, part, text)
        for number, focuses in told["areas"].items():
            area, reason = self.areas[int(number)], focuses if isinstance(focuses, str) else ""
            rows = [] if reason else [tuple(focus) for focus in focuses]
            self._write(agreement_editing.write_area, agreement, agreement_editing.focuses_of, area, rows, reason)
        self._write(agreement_editing.write_parties, agreement, agreement_editing.parties_of, None, self._parties())
        agreement = agreement_workflow.WORKFLOW.take(agreement, "circulate", by=self.editor)
        for party in agreement.parties.all():
            agreement = agreement_workflow.record_signature(agreement, party, by=self.chair, on=_day(told["signed_on"]))
        agreement_workflow.WORKFLOW.take(
            agreement, "record_diary_number", by=self.editor, diary_number=told["diary_number"]
        )

    def _write(self, write, agreement, read, what, *values):
        agreement = Agreement.objects.get(pk=agreement.pk)
        about = [] if what is None else [what]
        seen = agreement_editing.seen_now(agreement, read(agreement, *about))
        write(agreement, *about, *values, seen=seen, by=self.editor)

    def _parties(self):
        signers = (("skarholmens-stadsdelsforvaltning", "stadsdelsdirektor"),
                   ("polisregion-stockholm", "lokalpolisomradeschef"))  # fmt: skip
        return [
            (Organisation.objects.get(slug=organisation), Function.objects.get(code=function))
            for organisation, function in signers
        ]

    def _overarching_agreement(self):
        """The city's agreement in its own words, signed by the heads of the two parties."""
        writer, chair = (User.objects.get(username=f"central.{name}") for name in ("beredning", "ordforande"))
        agreement = agreement_workflow.start(Scope(None), by=writer)
        Agreement.objects.filter(pk=agreement.pk).update(is_example=True)
        signers = (
            ("stadsledningskontoret", "bitradande-stadsdirektor"),
            ("polisomrade-stockholm-syd", "chef-polisomrade"),
        )
        parties = [
            (Organisation.objects.get(slug=organisation), Function.objects.get(code=function))
            for organisation, function in signers
        ]
        agreement = Agreement.objects.get(pk=agreement.pk)
        seen = agreement_editing.seen_now(agreement, agreement_editing.parties_of(agreement))
        agreement_editing.write_parties(agreement, parties, seen=seen, by=writer)
        agreement = agreement_workflow.WORKFLOW.take(agreement, "circulate", by=writer)
        for party in agreement.parties.all():
            agreement = agreement_workflow.record_signature(
                agreement, party, by=chair, on=_day(self.content["overarching_signed_on"])
            )

    # --- The pictures

    def _places(self):
        for told in self.content["places"]:
            neighbourhood = Neighbourhood.objects.get(district=self.district, name=told["neighbourhood"])
            values = told | {"neighbourhood": neighbourhood, "valid_from": date(YEAR, 1, 1)}
            places.save(Place(district=self.district), values)

    def _pictures(self):
        told = self.content["pictures"]
        for producer in (Producer.CITY, Producer.POLICE):
            self._own_picture(producer, told[producer])
        picture = joint.begin(self.scope, YEAR, by=self.editor)
        self._mark(picture)
        for row in joint.Merge(picture).all:
            reason = told["left_out"].get(row.finding.title)
            if reason:
                joint.leave_out(picture, row.finding, reason)
            else:
                self.findings[row.finding.title] = joint.take_over(picture, row.finding)
        for problem in told["problems"]:
            joint.write_problem(picture, self._of_rows({"places": [], **problem}), uid=uuid4(), seen=None)
        picture = pictures.WORKFLOW.take(picture, "prioritise", by=self.police)
        pictures.WORKFLOW.take(
            picture, "confirm", by=self.chair, on=_day(told["confirmed_on"]), meeting=told["meeting"]
        )

    def _own_picture(self, producer, told):
        by = {"trygghetsstrateg": self.editor, "kommunpolis": self.police}[told["by"]]
        picture = pictures.start(self.scope, producer, YEAR, by=by, summary=told["summary"])
        self._mark(picture)
        for finding in told["findings"]:
            values = self._of_rows(finding)
            source = values.pop("source", None)
            values["source"] = DataSource.objects.get(code=source) if source else None
            findings.write(picture, values, uid=uuid4(), seen=None, by=by)
        pictures.WORKFLOW.take(picture, "share", by=by)

    def _mark(self, picture):
        SituationPicture.objects.filter(pk=picture.pk).update(is_example=True)

    def _of_rows(self, values):
        """Put areas, places and findings in the place of their numbers and names."""
        values = dict(values)
        if "area" in values:
            values["area"] = self.areas[values["area"]]
        if "places" in values:
            values["places"] = list(Place.objects.filter(district=self.district, name__in=values["places"]))
        if "findings" in values:
            values["findings"] = [self.findings[title] for title in values["findings"]]
        return values

    # --- The analysis

    def _analysis(self):
        told = self.content["analysis"]
        picture = SituationPicture.objects.get(district=self.district, producer=Producer.JOINT, year=YEAR)
        analysis = analyses.begin(picture.problems.get(title=told["problem"]), by=self.editor)
        for cause in told["causes"]:
            values = self._of_rows({"findings": [], "places": [], **cause})
            about = {name: values.pop(name) for name in ("findings", "places")}
            analyses.add_cause(analysis, values, **about)
        for step, values in told["stages"].items():
            stage = analysis.stages.get(step=step)
            stage = analyses.write_stage(stage, values, version=stage.row_version, by=self.police)
            if step in told["done"]:
                analyses.STAGE_WORKFLOW.take(stage, "finish_stage", by=self.police)

    # --- The meetings

    def _meetings(self):
        group = CollaborationGroup.objects.get(slug=f"styrgrupp-{DISTRICT}")
        for told in self.content["meetings"]:
            meeting = meetings.call(group, by=self.chair, on=_day(told["on"]), title=told["title"], place=told["place"])
            for title, is_decision, notes, decision in told["items"]:
                item = meetings.add_item(meeting, by=self.chair, title=title, is_decision=is_decision)
                values = {"notes": notes, "decision": decision}
                meetings.write(meeting, item.pk, values, read_version=item.row_version, by=self.chair)
            if told["approved"]:
                self._approve(meeting)

    def _approve(self, meeting):
        meeting.refresh_from_db()
        seats = meetings.members_on_the_day(meeting).filter(user__isnull=False)
        meeting = meetings.attend(meeting, seats, "", read_version=meeting.row_version, by=self.chair)
        meeting = meetings.WORKFLOW.take(meeting, "hold", by=self.chair)
        meetings.WORKFLOW.take(meeting, "approve_minutes", by=self.chair)

    def _communication(self):
        for told in self.content["communication"]:
            area = self.areas[told["area"]] if told["area"] else None
            activity = CommunicationActivity(cycle=self.cycle, district=self.district)
            communication.save(activity, told | {"area": area, "on": _day(told["on"])})

    # --- The city's own plan

    def _city_plan(self):
        if ActionPlan.objects.filter(district=None, cycle=self.cycle).exists():
            return
        told, by = self.content["city_plan"], User.objects.get(username="central.beredning")
        plan = editing.create_plan(None, self.cycle, by=by, is_example=True)
        for position, area in enumerate(plan.planareas.order_by("position"), 1):
            self._city_area(plan, area, told["areas"].get(str(position)), told["left_out"], by)
        police, chair = (User.objects.get(username=name) for name in ("central.polis", "central.ordforande"))
        for name, person in (("share", by), ("send_for_review", by), ("mark_reviewed", by), ("mark_reviewed", police),
                             ("send_for_decision", by)):  # fmt: skip
            workflow.take(plan, name, by=person)
        body = CollaborationGroup.objects.get(slug="central-styrgrupp").name
        decision = Decision(decided_on=_day(told["decided_on"]), body=body, meeting=told["meeting"])
        workflow.take(plan, "decide", by=chair, decision=decision)

    def _city_area(self, plan, area, told, left_out, by):
        if told is None:
            editing.set_fields(plan, "area", area.uid, {"not_applicable_reason": left_out}, version=area.version, by=by)
            return
        values = {name: told[name] for name in ("overarching_goal", "targets", "commitments")}
        editing.set_fields(plan, "area", area.uid, values, version=area.version, by=by)
        editing.add(plan, "problem", area.uid, by=by)
        action = plan.actions.get(problem__plan_area=area)
        for kind, uid, words in (
            ("problem", action.problem_id, {"title": told["problem"]}),
            ("cause", action.cause_id, {"text": told["cause"]}),
            ("action", action.uid, told["action"]),
        ):
            editing.set_fields(plan, kind, uid, words, version=1, by=by)
