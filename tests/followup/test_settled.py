"""P30: what the steering group has approved stays as it is, whichever way somebody reaches for it."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from followup.freezing import freeze
from followup.models import ActionOutcome, Assessment, FollowUp, Fulfilment, GoalOutcome, ProgressNote
from tests.cast import Cast
from tests.followup.answered import answer_everything, follow_up_of
from tests.followup.decided import decided_plan

# A field of each that somebody might want to have said otherwise.
TEXT = {
    ActionOutcome: "done",
    Fulfilment: "comment",
    GoalOutcome: "value",
    Assessment: "text",
    FollowUp: "summary",
    ProgressNote: "text",
}
ANSWERS = (ActionOutcome, Fulfilment, GoalOutcome, Assessment)
each_model = pytest.mark.parametrize("model", TEXT)


@pytest.fixture
def approved(db):
    """A follow-up with an answer of every kind and a note from the year, approved."""
    cast = Cast()
    follow_up = answer_everything(follow_up_of(decided_plan(cast)), cast)
    row = ActionOutcome.objects.get().row
    ProgressNote.objects.create(plan=follow_up.plan, action=row, on=date(2025, 5, 6), text="En träff", by=cast.editor)
    freeze(follow_up, approved_on=date(2026, 2, 3), body="Styrgruppen", meeting="Möte 1", by=cast.chair)
    FollowUp.objects.filter(pk=follow_up.pk).update(state="approved")
    return FollowUp.objects.with_place().get(pk=follow_up.pk)


def texts():
    return {model: list(model._base_manager.order_by("pk").values()) for model in TEXT}


@pytest.fixture(autouse=True)
def unchanged(approved):
    """Whatever is tried, everything says what it did."""
    before = texts()
    yield
    assert texts() == before


def refused():
    return pytest.raises(DatabaseError, match="is settled")


@each_model
def test_a_row_is_not_saved(model):
    row = model.objects.first()
    setattr(row, TEXT[model], "annat")
    for options in ({}, {"update_fields": [TEXT[model]]}):
        with refused(), transaction.atomic():
            row.save(**options)


@each_model
def test_rows_are_not_changed_together(model):
    rows = list(model.objects.all())
    for row in rows:
        setattr(row, TEXT[model], "annat")
    attempts = (
        lambda: model.objects.update(**{TEXT[model]: "annat"}),
        lambda: model._base_manager.update(**{TEXT[model]: "annat"}),
        lambda: model.objects.bulk_update(rows, [TEXT[model]]),
        lambda: model.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=[model._meta.pk.name], update_fields=[TEXT[model]]
        ),
    )
    for attempt in attempts:
        with refused(), transaction.atomic():
            attempt()


@each_model
def test_the_database_refuses_it_too(model):
    statement = f"UPDATE {model._meta.db_table} SET {TEXT[model]} = 'annat'"  # noqa: S608
    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("model", ANSWERS)
def test_an_answer_is_not_removed(model):
    for attempt in (model.objects.first().delete, model.objects.all().delete):
        with pytest.raises(TypeError):
            attempt()


def test_the_follow_up_is_not_removed(approved):
    for attempt in (approved.delete, FollowUp.objects.all().delete):
        with pytest.raises((ProtectedError, TypeError)), transaction.atomic():
            attempt()


@pytest.mark.parametrize("model", TEXT)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="Django's tests empty tables of SQLite row by row")
def test_the_database_removes_nothing(model):
    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608


def test_nothing_is_added_to_it(approved):
    row = ActionOutcome.objects.get().row
    for made in (
        Fulfilment(follow_up=approved, row=row, party="SL"),
        GoalOutcome(follow_up=approved, row=row, goal="9", position=9),
    ):
        with refused(), transaction.atomic():
            made.save()


def test_it_is_not_opened_again(approved):
    with refused(), transaction.atomic():
        FollowUp.objects.filter(pk=approved.pk).update(state="open")


def test_it_is_approved_once(approved):
    with pytest.raises(DatabaseError), transaction.atomic():
        freeze(approved, approved_on=date(2026, 3, 3), body="Någon annan", meeting="", by=approved.approved.by)
    assert approved.approved.body == "Styrgruppen"
