"""Let the database itself refuse changes of what is written once, and of what the steering group has approved."""

from django.db import migrations

from trygghet.append_only import guard, guard_settled, unguard, unguard_settled

WRITTEN_ONCE = (
    "followup_approvedfollowup",
    "followup_followupfile",
    "followup_followupstep",
    "followup_obstaclestep",
)
OF_FOLLOW_UP = (
    "followup_actionoutcome",
    "followup_assessment",
    "followup_fulfilment",
    "followup_goaloutcome",
)
APPROVED = (
    "EXISTS (SELECT 1 FROM followup_followup WHERE followup_followup.id = {row}.follow_up_id"
    " AND followup_followup.state = 'approved')"
)
PLAN_APPROVED = (
    "EXISTS (SELECT 1 FROM followup_followup WHERE followup_followup.plan_id = {row}.plan_id"
    " AND followup_followup.state = 'approved')"
)


def forwards(apps, schema_editor):
    guard(schema_editor, *WRITTEN_ONCE)
    for table in OF_FOLLOW_UP:
        guard_settled(schema_editor, table, APPROVED)
    guard_settled(schema_editor, "followup_progressnote", PLAN_APPROVED)
    guard_settled(schema_editor, "followup_followup", "{row}.state = 'approved'")


def backwards(apps, schema_editor):
    unguard_settled(schema_editor, "followup_followup")
    unguard_settled(schema_editor, "followup_progressnote")
    for table in OF_FOLLOW_UP:
        unguard_settled(schema_editor, table)
    unguard(schema_editor, *WRITTEN_ONCE)


class Migration(migrations.Migration):
    dependencies = [("followup", "0001_outcomes")]

    operations = [migrations.RunPython(forwards, backwards)]
