"""What is written once stays as it is, whichever way somebody reaches for it."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from agreements.models import (
    Agreement,
    AgreementReview,
    AgreementStep,
    AnalysisLog,
    CauseAnalysis,
    CollaborationGroup,
    GroupStep,
    Meeting,
    MeetingStep,
    PictureStep,
    PrioritisedProblem,
    SituationPicture,
)
from followup.freezing import FOLLOW_UPS, freeze
from followup.models import (
    AnnualReport,
    ApprovedFollowUp,
    BorrowedAction,
    CarriedRow,
    FollowUp,
    FollowUpFile,
    FollowUpStep,
    Obstacle,
    ObstacleStep,
    ProposedRow,
    PublishedReport,
    ReportFile,
    ReportProposal,
    ReportReceipt,
    ReportStep,
)
from plans import editing, frozen_files, versions
from plans.models import BoardDecision, FrozenFile, PlanEvent, PlanStep, PlanVersion, Submission
from tests.cast import Cast
from trygghet.append_only import AppendOnly

COOPERATION = (AgreementReview, AgreementStep, AnalysisLog, GroupStep, MeetingStep, PictureStep)
AFTERWARDS = (ApprovedFollowUp, CarriedRow, FollowUpFile, FollowUpStep, ObstacleStep)
OF_THE_CITY = (BorrowedAction, ProposedRow, PublishedReport, ReportFile, ReportReceipt, ReportStep)
WRITTEN_ONCE = (PlanEvent, PlanStep, PlanVersion, FrozenFile, *COOPERATION, *AFTERWARDS, *OF_THE_CITY)
IN_THE_ADMIN = (
    PlanStep, PlanVersion, FrozenFile, Submission, BoardDecision, ApprovedFollowUp, FollowUpFile, FollowUpStep,
    PublishedReport, ReportFile, ReportReceipt, ReportStep,
)  # fmt: skip
# A field of each that somebody might want to have said otherwise.
TEXT = {
    PlanEvent: "summary",
    PlanVersion: "document",
    FrozenFile: "sha256",
    AgreementReview: "reason",
    ApprovedFollowUp: "document",
    CarriedRow: "kind",
    FollowUpFile: "sha256",
    **dict.fromkeys((PlanStep, AgreementStep, AnalysisLog, GroupStep, MeetingStep, PictureStep), "told"),
    **dict.fromkeys((FollowUpStep, ObstacleStep, ReportStep), "told"),
    **dict.fromkeys((BorrowedAction, ProposedRow), "kind"),
    PublishedReport: "document",
    ReportFile: "sha256",
    ReportReceipt: "function",
}

each_model = pytest.mark.parametrize("model", WRITTEN_ONCE)


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture(autouse=True)
def written(cast):
    """A row of each, and what the city and the board made of it."""
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    editing.add(plan, "problem", plan.planareas.first().uid, by=cast.editor)
    decision = versions.Decision(decided_on=date(2025, 3, 12), body="Styrgruppen", meeting="Möte 1")
    version = versions.freeze(plan, decision, by=cast.chair)
    states = {"from_state": "ready_for_decision", "to_state": "decided"}
    PlanStep.objects.create(plan=plan, version=1, name="decide", told="Beslutade", by=cast.chair, **states)
    frozen_files._keep(version, "xlsx", b"PK")
    Submission.objects.create(version=version, by=cast.editor)
    details = {"paragraph": "§ 7", "diary_number": "SKA 2025/1", "reported_in": "T1", "decided_on": date(2025, 4, 1)}
    BoardDecision.objects.create(version=version, board="Nämnden", by=cast.registrar, **details)
    write_in_the_cooperation(cast)
    write_afterwards(plan, version, cast)
    write_of_the_city(plan, version, cast)


def write_of_the_city(plan, version, cast):
    """A report that was published and read, a proposal that became a row, and an action that was borrowed."""
    report = AnnualReport.objects.create(cycle=cast.cycle)
    proposal = ReportProposal.objects.create(report=report, area="utsatta-omraden", text="Fler lokaler")
    ProposedRow.objects.create(proposal=proposal, plan=plan, row=uuid4(), kind="action", by=cast.chair)
    step = {"name": "x", "from_state": "open", "to_state": "ready", "told": "Lämnade över", "by": cast.chair}
    ReportStep.objects.create(report=report, **step)
    decided = {"decided_on": date(2026, 2, 20), "body": "Styrgruppen", "by": cast.chair}
    published = PublishedReport.objects.create(report=report, document="{}", sha256="0" * 64, **decided)
    ReportFile.objects.create(published=published, format="xlsx", name="Å.xlsx", sha256="0" * 64, size=2, file="å.xlsx")
    ReportReceipt.objects.create(published=published, district=cast.district, by=cast.editor)
    row = plan.problems.get().uid
    borrowed = {"from_version": version, "from_row": row, "kind": "problem"}
    BorrowedAction.objects.create(plan=plan, row=uuid4(), by=cast.editor, **borrowed)


def write_afterwards(plan, version, cast):
    """What came of the plan, approved, and a hinder on the way."""
    step = {"name": "x", "from_state": "open", "to_state": "submitted", "told": "Lämnade in", "by": cast.editor}
    follow_up = FollowUp.objects.create(plan=plan, version=version)
    FollowUpStep.objects.create(follow_up=follow_up, **step)
    approved = freeze(follow_up, approved_on=date(2026, 2, 3), body="Styrgruppen", meeting="", by=cast.chair)
    FOLLOW_UPS.keep(approved, "xlsx", b"PK")
    row = plan.problems.get().uid
    CarriedRow.objects.create(plan=plan, row=uuid4(), from_plan=plan, from_row=row, kind="problem")
    about = {"title": "H", "text": "T", "reported_by": cast.police, "last_answer_at": approved.at}
    obstacle = Obstacle.objects.create(plan=plan, district=cast.district, **about)
    ObstacleStep.objects.create(obstacle=obstacle, **step)


def write_in_the_cooperation(cast):
    """Something taken of each kind, and what is logged of it."""
    agreement = Agreement.objects.create(district=cast.district, version=1, title="Ö", area_set=cast.area_set)
    AgreementReview.objects.create(agreement=agreement, reviewed_on=date(2025, 3, 4), outcome="confirmed_unchanged")
    group = CollaborationGroup.objects.filter(district=cast.district).first()
    meeting = Meeting.objects.create(group=group, title="Möte", on=date(2025, 3, 12))
    picture = SituationPicture.objects.create(district=cast.district, year=2025, producer="joint")
    area = cast.area_set.areas.first()
    problem = PrioritisedProblem.objects.create(picture=picture, title="P", area=area, position=1)
    analysis = CauseAnalysis.objects.create(problem=problem)
    step = {"name": "x", "from_state": "a", "to_state": "b", "told": "Tog steget", "by": cast.chair}
    AgreementStep.objects.create(agreement=agreement, **step)
    MeetingStep.objects.create(meeting=meeting, **step)
    PictureStep.objects.create(picture=picture, **step)
    AnalysisLog.objects.create(analysis=analysis, **step)
    GroupStep.objects.create(group=group, told="Gav en plats", by=cast.chair)


def of_ours(model):
    """The models that are written once, themselves or through what they have in common."""
    return {each for sub in model.__subclasses__() for each in ({sub} if not sub._meta.abstract else of_ours(sub))}


def test_every_model_that_is_written_once_is_tried_here():
    ours = {model for model in of_ours(AppendOnly) if model._meta.app_label in ("plans", "agreements", "followup")}
    assert ours == set(WRITTEN_ONCE)


@each_model
class TestThroughDjango:
    def test_a_row_is_not_saved_again(self, model):
        row = model.objects.first()
        setattr(row, TEXT[model], "annat")
        with pytest.raises(TypeError):
            row.save()
        with pytest.raises(TypeError):
            row.save(update_fields=[TEXT[model]])

    def test_a_row_is_not_removed(self, model):
        with pytest.raises(TypeError):
            model.objects.first().delete()

    def test_rows_are_not_changed_or_removed_together(self, model):
        rows = list(model.objects.all())
        refused = (
            lambda: model.objects.update(**{TEXT[model]: "annat"}),
            lambda: model.objects.filter(pk=rows[0].pk).delete(),
            lambda: model.objects.bulk_update(rows, [TEXT[model]]),
            lambda: model.objects.update_or_create(pk=rows[0].pk, defaults={TEXT[model]: "annat"}),
        )
        for attempt in refused:
            with pytest.raises(TypeError):
                attempt()

    def test_the_way_around_our_querysets_ends_at_the_database(self, model):
        with pytest.raises(DatabaseError, match="is written once"), transaction.atomic():
            model._base_manager.update(**{TEXT[model]: "annat"})

    def test_an_insert_that_would_overwrite_is_refused(self, model):
        row = model.objects.first()
        setattr(row, TEXT[model], "annat")
        with pytest.raises(DatabaseError, match="is written once"), transaction.atomic():
            model.objects.bulk_create(
                [row], update_conflicts=True, unique_fields=[model._meta.pk.name], update_fields=[TEXT[model]]
            )

    def test_a_row_that_says_it_is_new_does_not_replace_one(self, model):
        row = model.objects.first()
        row._state.adding = True
        setattr(row, TEXT[model], "annat")
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save()
        assert getattr(model.objects.get(pk=row.pk), TEXT[model]) != "annat"


@each_model
class TestInTheDatabase:
    def test_a_row_is_not_changed(self, model):
        assert_refused(f"UPDATE {model._meta.db_table} SET {TEXT[model]} = 'annat'")  # noqa: S608

    @pytest.mark.skipif("connection.vendor != 'postgresql'", reason="Django's tests empty tables of SQLite row by row")
    def test_a_row_is_not_removed(self, model):
        assert_refused(f"DELETE FROM {model._meta.db_table}")  # noqa: S608


def assert_refused(statement):
    with pytest.raises(DatabaseError, match="is written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


class TestInTheAdmin:
    @pytest.fixture
    def administrator(self, client, cast):
        client.force_login(cast.administrator)
        return client

    @pytest.mark.parametrize("model", IN_THE_ADMIN)
    def test_it_is_shown(self, administrator, model):
        row = model._base_manager.first()
        for name, arguments in (("changelist", []), ("change", [row.pk])):
            assert administrator.get(address(model, name, *arguments)).status_code == 200

    @pytest.mark.parametrize("model", IN_THE_ADMIN)
    def test_it_is_not_written(self, administrator, model):
        row = model._base_manager.first()
        before = model._base_manager.values().get()
        attempts = (
            administrator.get(address(model, "add")),
            administrator.post(address(model, "add"), {}),
            administrator.post(address(model, "change", row.pk), {"sha256": "annat"}),
            administrator.post(address(model, "delete", row.pk), {"post": "yes"}),
        )
        assert {answer.status_code for answer in attempts} == {403}
        many = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        administrator.post(address(model, "changelist"), many)
        assert model._base_manager.values().get() == before

    @pytest.mark.parametrize("model", IN_THE_ADMIN)
    def test_it_offers_nothing_that_writes(self, administrator, model):
        row = model._base_manager.first()
        page = administrator.get(address(model, "change", row.pk)).content.decode()
        assert not re.search(r'name="_(save|continue|addanother)"', page)
        assert "deletelink" not in page

    def test_the_text_of_a_plan_is_not_read_there(self, administrator, cast):
        """An administrator keeps the system; who reads a plan has a seat in a group."""
        version = PlanVersion.objects.get()
        page = administrator.get(address(PlanVersion, "change", version.pk)).content.decode()
        assert version.sha256 in page
        assert "trygghet/atgardsplan" not in page

    def test_what_a_follow_up_says_is_not_read_there(self, administrator):
        approved = ApprovedFollowUp.objects.get()
        page = administrator.get(address(ApprovedFollowUp, "change", approved.pk)).content.decode()
        assert approved.sha256 in page
        assert "trygghet/uppfoljning" not in page

    def test_a_file_is_not_linked_past_the_pages_of_the_plan(self, administrator):
        page = administrator.get(address(FrozenFile, "change", FrozenFile.objects.get().pk)).content.decode()
        assert FrozenFile.objects.get().file.name in page
        assert f'href="{FrozenFile.objects.get().file.url}' not in page


def address(model, name, *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=arguments)
