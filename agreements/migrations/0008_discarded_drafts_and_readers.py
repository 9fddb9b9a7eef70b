"""Drafts of agreements and pictures can be discarded, and a reminder knows whom it reminds."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

AGREEMENT_STATES = [
    ("draft", "Utkast"),
    ("circulated", "Utskickad för underskrift"),
    ("signed", "Undertecknad"),
    ("under_review", "Under översyn"),
    ("superseded", "Ersatt"),
    ("terminated", "Upphörd"),
    ("discarded", "Slängt utkast"),
]
PICTURE_STATES = [
    ("draft", "Utkast"),
    ("shared", "Delad med den andra parten"),
    ("prioritised", "Prioriterad, väntar på styrgruppen"),
    ("confirmed", "Fastställd av styrgruppen"),
    ("superseded", "Ersatt"),
    ("discarded", "Slängt utkast"),
]


def name_the_readers(apps, schema_editor):
    """A reminder's key says whom it is to ("digest:7:2026-01-12"); one to nobody that is left is not needed."""
    mails = apps.get_model("agreements", "OutgoingMail").objects
    there = set(apps.get_model("accounts", "User").objects.values_list("pk", flat=True))
    for mail in mails.filter(key__startswith="digest:"):
        reader = int(mail.key.split(":")[1])
        if reader not in there:
            mail.delete()
            continue
        mail.reader_id = reader
        mail.save(update_fields=["reader"])


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0007_row_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="agreement", name="agreement_in_force_is_signed"),
        migrations.AlterField(
            model_name="agreement",
            name="state",
            field=models.CharField(choices=AGREEMENT_STATES, default="draft", max_length=20, verbose_name="status"),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=Q(state__in=["draft", "circulated", "discarded"]) | Q(signed_on__isnull=False),
                name="agreement_in_force_is_signed",
                violation_error_message="En överenskommelse som gäller har ett datum för underskriften.",
            ),
        ),
        migrations.AlterField(
            model_name="situationpicture",
            name="state",
            field=models.CharField(choices=PICTURE_STATES, default="draft", max_length=20, verbose_name="status"),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="reader",
            field=models.ForeignKey(
                blank=True,
                help_text="Tomt för en inbjudan, som går till den adress som angavs.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="påminner",
            ),
        ),
        migrations.RunPython(name_the_readers, migrations.RunPython.noop),
    ]
