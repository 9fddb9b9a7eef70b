"""Ask for files of what has been frozen, decided versions among it, that nobody is making."""

from django.core.management.base import BaseCommand

from trygghet.kept_files import KEEPERS


class Command(BaseCommand):
    """For cron or a timer, and for the start of a worker (``--restarted``)."""

    help = (
        "Beställer de filer av beslutade versioner och annat fryst som saknas och som ingen håller på att skapa. "
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
        asked = [self._ask(keeper, write, restarted) for keeper in KEEPERS]
        if any(asked) and not write:
            self.stdout.write("Inget är beställt. Kör igen med --write för att beställa.")

    def _ask(self, keeper, write, restarted):
        """Ask for the files of one kind; return those asked for, or that would be."""
        lacking = list(keeper.incomplete())
        is_asked = keeper.heal if write else keeper.is_needed
        asked = [frozen for frozen in lacking if is_asked(frozen, is_restart=restarted)]
        for frozen in asked:
            self.stdout.write(f"{frozen}: filerna {'är beställda' if write else 'skulle beställas'}.")
        under_way = len(lacking) - len(asked)
        self.stdout.write(f"{len(lacking)} {keeper.plural} saknar filer, {under_way} av dem är redan på gång.")
        return asked
