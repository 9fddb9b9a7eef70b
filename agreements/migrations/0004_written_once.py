"""Let the database itself refuse changes of what is written once."""

from django.db import migrations

from trygghet.append_only import guard, unguard

TABLES = (
    "agreements_agreementreview",
    "agreements_agreementstep",
    "agreements_analysislog",
    "agreements_meetingstep",
    "agreements_picturestep",
)


def forwards(apps, schema_editor):
    guard(schema_editor, *TABLES)


def backwards(apps, schema_editor):
    unguard(schema_editor, *TABLES)


class Migration(migrations.Migration):
    dependencies = [("agreements", "0003_cooperation")]

    operations = [migrations.RunPython(forwards, backwards)]
