from django.db import migrations

from trygghet import append_only

TABLES = ("plans_planevent", "plans_planstep", "plans_planversion", "plans_frozenfile")


def guard(apps, schema_editor):
    append_only.guard(schema_editor, *TABLES)


def unguard(apps, schema_editor):
    append_only.unguard(schema_editor, *TABLES)


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_review_and_decision")]

    operations = [migrations.RunPython(guard, unguard)]
