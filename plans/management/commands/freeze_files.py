"""Ask for files of decided versions that nobody is making."""

from django.core.management.base import BaseCommand

from plans import frozen_files


class Command(BaseCommand):
    """For cron or a timer, and for the start of a worker (``--restarted``)."""

    help = (
        "Beställer de filer av beslutade versioner som saknas och som ingen håller på att skapa. "
        "Visar vad som skulle beställas; beställer bara med --write."
    )

    def add_arguments(self, parser):
        parser.add_argument("--write", action="store_true", help="Beställ det som saknas.")
        parser.add_argument(
            "--restarted",
            action="store_true",
            help="Ingen arbetsprocess kör: vänta inte på det som ser ut att vara på gång.",
        )

    def handle(self, *args, write, restarted, **options):
        lacking = list(frozen_files.incomplete())
        if write:
            asked = [version for version in lacking if frozen_files.heal(version, is_restart=restarted)]
        else:
            asked = [version for version in lacking if frozen_files.is_needed(version, is_restart=restarted)]
        for version in asked:
            self.stdout.write(f"{version}: filerna {'är beställda' if write else 'skulle beställas'}.")
        under_way = len(lacking) - len(asked)
        self.stdout.write(f"{len(lacking)} versioner saknar filer, {under_way} av dem är redan på gång.")
        if asked and not write:
            self.stdout.write("Inget är beställt. Kör igen med --write för att beställa.")
