"""A plan keeps the area set it was written under; so far that is its year's."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def keep(apps, schema_editor):
    cycles = apps.get_model("agreements", "PlanningCycle").objects.filter(pk=OuterRef("cycle"))
    plans = apps.get_model("plans", "ActionPlan").objects.filter(area_set=None)
    plans.update(area_set=Subquery(cycles.values("area_set")[:1]))


class Migration(migrations.Migration):
    dependencies = [("plans", "0004_grounds")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
