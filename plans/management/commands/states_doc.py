"""Write docs/states.md from the tables of transitions, or check that it is what they say."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from plans import states_doc

PATH = settings.BASE_DIR / "docs" / "states.md"


class Command(BaseCommand):
    help = "Jämför docs/states.md med tabellerna över steg; med --write skrivs filen."

    def add_arguments(self, parser):
        """Add --write."""
        parser.add_argument("--write", action="store_true", help="skriv filen i stället för att jämföra")

    def handle(self, *args, write, **options):
        """Write or compare; raise CommandError if the file is out of date."""
        if write:
            PATH.write_text(states_doc.text(), encoding="utf-8")
            return
        if not PATH.exists() or PATH.read_text(encoding="utf-8") != states_doc.text():
            raise CommandError("docs/states.md stämmer inte med tabellerna. Kör: manage.py states_doc --write")
