"""Write docs/arsrapport.schema.json from the fields of the report, or check that it is what they say."""

from django.core.management.base import BaseCommand, CommandError

from followup.report import open_format


class Command(BaseCommand):
    help = "Jämför docs/arsrapport.schema.json med årsrapportens fält; med --write skrivs filen."

    def add_arguments(self, parser):
        """Add --write."""
        parser.add_argument("--write", action="store_true", help="skriv filen i stället för att jämföra")

    def handle(self, *args, write, **options):
        """Write or compare; raise CommandError if the file is out of date."""
        path, text = open_format.SCHEMA, open_format.schema_text()
        if write:
            path.write_text(text, encoding="utf-8")
            return
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError(f"docs/{path.name} stämmer inte med fälten. Kör: manage.py report_schema --write")
