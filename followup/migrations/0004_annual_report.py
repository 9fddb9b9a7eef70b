"""The city's annual report, what is published of it, and the catalogue; the database refuses changes of what is settled."""

import django.db.models.deletion
import followup.models.report
from django.conf import settings
from django.db import migrations, models

from trygghet.append_only import guard, guard_settled, unguard, unguard_settled

WRITTEN_ONCE = (
    "followup_borrowedaction",
    "followup_proposedrow",
    "followup_publishedreport",
    "followup_reportfile",
    "followup_reportreceipt",
    "followup_reportstep",
)
OF_REPORT = (
    "followup_localfeedback",
    "followup_reportproposal",
    "followup_reportquote",
    "followup_reporttext",
)
PUBLISHED = (
    "EXISTS (SELECT 1 FROM followup_annualreport WHERE followup_annualreport.id = {row}.report_id"
    " AND followup_annualreport.state = 'published')"
)


def forwards(apps, schema_editor):
    guard(schema_editor, *WRITTEN_ONCE)
    for table in OF_REPORT:
        guard_settled(schema_editor, table, PUBLISHED)
    guard_settled(schema_editor, "followup_annualreport", "{row}.state = 'published'")


def backwards(apps, schema_editor):
    unguard_settled(schema_editor, "followup_annualreport")
    for table in OF_REPORT:
        unguard_settled(schema_editor, table)
    unguard(schema_editor, *WRITTEN_ONCE)




class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0007_row_versions'),
        ('followup', '0003_carried_rows'),
        ('plans', '0008_the_follow_up_has_its_own_states'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AnnualReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'Under arbete'), ('ready', 'Klar för beslut'), ('published', 'Publicerad')], default='open', max_length=25, verbose_name='status')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version av raden')),
                ('begun_at', models.DateTimeField(auto_now_add=True, verbose_name='påbörjad')),
                ('cycle', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='report', to='agreements.planningcycle', verbose_name='år')),
            ],
            options={
                'verbose_name': 'årsrapport',
                'verbose_name_plural': 'årsrapporter',
                'ordering': ['-cycle__year'],
            },
        ),
        migrations.CreateModel(
            name='PublishedReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.TextField(verbose_name='innehåll')),
                ('sha256', models.CharField(max_length=64, verbose_name='kontrollsumma')),
                ('decided_on', models.DateField(verbose_name='beslutad den')),
                ('body', models.CharField(max_length=200, verbose_name='beslutad av')),
                ('meeting', models.CharField(blank=True, max_length=200, verbose_name='möte')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='publicerad')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='registrerad av')),
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='published', to='followup.annualreport', verbose_name='årsrapport')),
            ],
            options={
                'verbose_name': 'publicerad årsrapport',
                'verbose_name_plural': 'publicerade årsrapporter',
            },
        ),
        migrations.CreateModel(
            name='ReportComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', models.CharField(max_length=80, verbose_name='avsnitt')),
                ('text', models.TextField(max_length=4000, verbose_name='kommentar')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='skriven')),
                ('resolved_at', models.DateTimeField(blank=True, null=True, verbose_name='klarmarkerad')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='skriven av')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='followup.annualreport', verbose_name='årsrapport')),
                ('resolved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='klarmarkerad av')),
            ],
            options={
                'verbose_name': 'kommentar till årsrapporten',
                'verbose_name_plural': 'kommentarer till årsrapporten',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ReportDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.TextField(verbose_name='innehåll')),
                ('sha256', models.CharField(max_length=64, verbose_name='kontrollsumma')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='beställt')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='beställt av')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='followup.annualreport', verbose_name='årsrapport')),
            ],
            options={
                'verbose_name': 'utskrift av årsrapporten',
                'verbose_name_plural': 'utskrifter av årsrapporten',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='ReportProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version av raden')),
                ('at', models.DateTimeField(blank=True, null=True, verbose_name='skrivet')),
                ('kind', models.CharField(choices=[('action', 'Åtgärd'), ('commitment', 'Åtagande')], default='action', max_length=20, verbose_name='slag')),
                ('area', models.CharField(max_length=40, verbose_name='område')),
                ('problem', models.CharField(blank=True, max_length=300, verbose_name='problem')),
                ('text', models.TextField(max_length=4000, verbose_name='förslag')),
                ('owner_text', models.CharField(blank=True, max_length=200, verbose_name='ansvarig i ord')),
                ('when', models.CharField(blank=True, max_length=200, verbose_name='när')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='senast')),
                ('budget', models.CharField(blank=True, max_length=300, verbose_name='budget')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='plats')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='skrivet av')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.organisation', verbose_name='ansvarig')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='followup.annualreport', verbose_name='årsrapport')),
            ],
            options={
                'verbose_name': 'förslag för kommande år',
                'verbose_name_plural': 'förslag för kommande år',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ReportStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='steg')),
                ('from_state', models.CharField(max_length=25, verbose_name='från status')),
                ('to_state', models.CharField(max_length=25, verbose_name='till status')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='när')),
                ('told', models.CharField(max_length=300, verbose_name='vad')),
                ('reason', models.TextField(blank=True, verbose_name='skäl')),
                ('by', models.ForeignKey(help_text='Tomt när ett kommando tog steget.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='vem')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='followup.annualreport', verbose_name='årsrapport')),
            ],
            options={
                'verbose_name': 'steg i årsrapporten',
                'verbose_name_plural': 'steg i årsrapporter',
                'ordering': ['-pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='BorrowedAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.UUIDField(verbose_name='rad i planen')),
                ('from_row', models.UUIDField(verbose_name='från raden')),
                ('kind', models.CharField(max_length=10, verbose_name='slag av rad')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='när')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='lånad av')),
                ('from_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.planversion', verbose_name='från')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='borrowed', to='plans.actionplan', verbose_name='plan')),
            ],
            options={
                'verbose_name': 'lånad åtgärd',
                'verbose_name_plural': 'lånade åtgärder',
                'constraints': [models.UniqueConstraint(fields=('plan', 'row'), name='borrowed_once')],
            },
        ),
        migrations.CreateModel(
            name='CataloguedAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='år')),
                ('row', models.UUIDField(verbose_name='rad i planen')),
                ('position', models.PositiveIntegerField(verbose_name='plats i planen')),
                ('area', models.CharField(blank=True, max_length=40, verbose_name='områdets kod')),
                ('area_title', models.TextField(verbose_name='område')),
                ('problem', models.TextField(blank=True, verbose_name='problemområde')),
                ('cause', models.TextField(blank=True, verbose_name='orsak')),
                ('text', models.TextField(verbose_name='åtgärd')),
                ('goals', models.TextField(blank=True, verbose_name='operativa mål')),
                ('when', models.TextField(blank=True, verbose_name='när')),
                ('who', models.TextField(blank=True, verbose_name='vem')),
                ('words', models.TextField(verbose_name='sökord')),
                ('status', models.CharField(blank=True, choices=[('not_started', 'Inte påbörjad'), ('in_progress', 'Pågår'), ('done', 'Genomförd'), ('done_with_changes', 'Genomförd med ändringar'), ('partly', 'Delvis genomförd'), ('not_done', 'Inte genomförd'), ('cancelled', 'Avbruten'), ('continues_next_year', 'Fortsätter nästa år')], max_length=25, verbose_name='status')),
                ('light', models.CharField(blank=True, choices=[('green', 'Går som planerat'), ('yellow', 'Går delvis som planerat'), ('red', 'Går inte som planerat')], max_length=25, verbose_name='läge')),
                ('done', models.TextField(blank=True, verbose_name='vad har genomförts?')),
                ('lesson', models.TextField(blank=True, verbose_name='lärdom')),
                ('goals_met', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='uppnådda mål')),
                ('goals_asked', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='mål')),
                ('approved_on', models.DateField(blank=True, null=True, verbose_name='uppföljningen godkänd')),
                ('district', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.district', verbose_name='stadsdelsområde')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='catalogued', to='plans.actionplan', verbose_name='plan')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.planversion', verbose_name='version')),
            ],
            options={
                'verbose_name': 'åtgärd i katalogen',
                'verbose_name_plural': 'åtgärder i katalogen',
                'ordering': ['-year', 'district__name', 'position'],
                'constraints': [models.UniqueConstraint(fields=('plan', 'row'), name='catalogued_once')],
            },
        ),
        migrations.CreateModel(
            name='LocalFeedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version av raden')),
                ('at', models.DateTimeField(blank=True, null=True, verbose_name='skrivet')),
                ('text', models.TextField(blank=True, max_length=8000, verbose_name='återkoppling')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='skrivet av')),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='agreements.district', verbose_name='stadsdelsområde')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='followup.annualreport', verbose_name='årsrapport')),
            ],
            options={
                'verbose_name': 'återkoppling',
                'verbose_name_plural': 'återkoppling',
                'constraints': [models.UniqueConstraint(fields=('report', 'district'), name='one_feedback_per_district')],
            },
        ),
        migrations.CreateModel(
            name='ReportDraftFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('format', models.CharField(max_length=10, verbose_name='format')),
                ('name', models.CharField(max_length=200, verbose_name='filens namn')),
                ('sha256', models.CharField(max_length=64, verbose_name='kontrollsumma')),
                ('size', models.PositiveBigIntegerField(verbose_name='storlek i byte')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='gjord')),
                ('file', models.FileField(max_length=300, upload_to=followup.models.report._where_drafted, verbose_name='fil')),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='followup.reportdraft', verbose_name='utskrift')),
            ],
            options={
                'verbose_name': 'utkastfil av årsrapporten',
                'verbose_name_plural': 'utkastfiler av årsrapporten',
                'ordering': ['format'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('draft', 'format'), name='one_draft_file_per_format')],
            },
        ),
        migrations.CreateModel(
            name='ReportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('format', models.CharField(max_length=10, verbose_name='format')),
                ('name', models.CharField(max_length=200, verbose_name='filens namn')),
                ('sha256', models.CharField(max_length=64, verbose_name='kontrollsumma')),
                ('size', models.PositiveBigIntegerField(verbose_name='storlek i byte')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='gjord')),
                ('file', models.FileField(max_length=300, upload_to=followup.models.report._where_published, verbose_name='fil')),
                ('published', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='followup.publishedreport', verbose_name='publicerad årsrapport')),
            ],
            options={
                'verbose_name': 'fryst årsrapportfil',
                'verbose_name_plural': 'frysta årsrapportfiler',
                'ordering': ['format'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('published', 'format'), name='one_report_file_per_format')],
            },
        ),
        migrations.CreateModel(
            name='ProposedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.UUIDField(verbose_name='rad i planen')),
                ('kind', models.CharField(max_length=10, verbose_name='slag av rad')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='när')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='vem')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposed_rows', to='plans.actionplan', verbose_name='plan')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='followup.reportproposal', verbose_name='förslag')),
            ],
            options={
                'verbose_name': 'förslag som blivit rad',
                'verbose_name_plural': 'förslag som blivit rader',
                'constraints': [models.UniqueConstraint(fields=('plan', 'row'), name='one_proposal_per_row')],
            },
        ),
        migrations.CreateModel(
            name='ReportQuote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', models.CharField(max_length=80, verbose_name='avsnitt')),
                ('row', models.UUIDField(verbose_name='rad i planen')),
                ('field', models.CharField(max_length=20, verbose_name='fält')),
                ('about', models.TextField(blank=True, verbose_name='vad det gäller')),
                ('text', models.TextField(verbose_name='citat')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='citerat')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='citerat av')),
                ('follow_up', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='followup.followup', verbose_name='uppföljning')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='followup.annualreport', verbose_name='årsrapport')),
            ],
            options={
                'verbose_name': 'citat i årsrapporten',
                'verbose_name_plural': 'citat i årsrapporten',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('report', 'section', 'follow_up', 'row', 'field'), name='quoted_once')],
            },
        ),
        migrations.CreateModel(
            name='ReportReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('function', models.CharField(blank=True, max_length=200, verbose_name='funktion')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='bekräftat')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='bekräftat av')),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='report_receipts', to='agreements.district', verbose_name='stadsdelsområde')),
                ('published', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='followup.publishedreport', verbose_name='publicerad årsrapport')),
            ],
            options={
                'verbose_name': 'läskvitto',
                'verbose_name_plural': 'läskvitton',
                'constraints': [models.UniqueConstraint(fields=('published', 'district'), name='one_receipt_per_district')],
            },
        ),
        migrations.CreateModel(
            name='ReportText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version av raden')),
                ('at', models.DateTimeField(blank=True, null=True, verbose_name='skrivet')),
                ('section', models.CharField(max_length=80, verbose_name='avsnitt')),
                ('text', models.TextField(blank=True, max_length=20000, verbose_name='text')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='skrivet av')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='followup.annualreport', verbose_name='årsrapport')),
            ],
            options={
                'verbose_name': 'text i årsrapporten',
                'verbose_name_plural': 'texter i årsrapporten',
                'constraints': [models.UniqueConstraint(fields=('report', 'section'), name='one_text_per_section')],
            },
        ),
        migrations.RunPython(forwards, backwards),
    ]
