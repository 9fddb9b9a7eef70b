"""Where a row that was carried over from an earlier plan came from; written once."""

import django.db.models.deletion
from django.db import migrations, models

from trygghet.append_only import guard, unguard

TABLE = "followup_carriedrow"


def forwards(apps, schema_editor):
    guard(schema_editor, TABLE)


def backwards(apps, schema_editor):
    unguard(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("followup", "0002_settled"),
        ("plans", "0008_the_follow_up_has_its_own_states"),
    ]

    operations = [
        migrations.CreateModel(
            name="CarriedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.UUIDField(verbose_name="rad i planen")),
                ("from_row", models.UUIDField(verbose_name="från raden")),
                ("kind", models.CharField(max_length=10, verbose_name="slag av rad")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="när")),
                (
                    "from_plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried_on",
                        to="plans.actionplan",
                        verbose_name="från planen",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried_rows",
                        to="plans.actionplan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "överförd rad",
                "verbose_name_plural": "överförda rader",
                "indexes": [models.Index(fields=["from_plan", "from_row"], name="carried_on_from_row")],
                "constraints": [models.UniqueConstraint(fields=("plan", "row"), name="one_origin_per_row")],
            },
        ),
        migrations.RunPython(forwards, backwards),
    ]
