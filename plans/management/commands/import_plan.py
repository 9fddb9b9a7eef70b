"""Read a workbook or a JSON file into a plan."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from plans.errors import EditRefused
from plans.import_preview import area_changes, area_trees, change_lines, material_told, notes_by_level
from plans.imports import (
    ImportRefused,
    base_document,
    find_changes,
    find_overtaken,
    is_empty,
    overtaken_told,
    read_file,
    rehearse,
    target_of,
    write_all,
)
from trygghet.words import counted


class Command(BaseCommand):
    """``manage.py import_plan FILE --district skarholmen --year 2025 [--write]``."""

    help = "Läser in en plan från stadens Excelmall eller vårt JSON-format. Skriver inget utan --write."

    def add_arguments(self, parser):
        parser.add_argument("file", help="arbetsboken (.xlsx) eller JSON-filen")
        parser.add_argument("--district", required=True, help="stadsdelsområdets adress, som skarholmen")
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--write", action="store_true", help="spara ändringarna, borttagna rader också")
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="ta även med det som har ändrats i planen sedan filen hämtades, så att filens text gäller",
        )

    def handle(self, *, file, district, year, write, overwrite, **options):
        try:
            target = target_of(district, year)
            material = self._read(Path(file), target)
            has_changes = self._tell(target, material, overwrite)
            if write:
                self._write(target, material, overwrite)
        except (ImportRefused, EditRefused) as error:
            raise CommandError(str(error)) from error
        if has_changes and not write:
            self.stdout.write("Inget är sparat. Kör igen med --write för att spara.")

    def _read(self, path, target):
        try:
            with path.open("rb") as file:
                return read_file(file, name=path.name, target=target)
        except FileNotFoundError as error:
            raise CommandError(f"Filen {path} finns inte.") from error
        except PermissionError as error:
            raise CommandError(f"Du har inte rätt att läsa filen {path}.") from error
        except IsADirectoryError as error:
            raise CommandError(f"{path} är en mapp. Ange filen som planen står i.") from error
        except OSError as error:
            raise CommandError(f"Filen {path} kan inte läsas: {error.strerror}.") from error

    def _tell(self, target, material, overwrite):
        """Print what the file holds and what would change; return whether anything would."""
        base = base_document(target)
        document, operations = find_changes(base, material)
        self._tell_material(material, document)
        rehearse(target, base, operations)
        overtaken = find_overtaken(target.plan, base, document, operations, material)
        if target.plan is None:
            self.stdout.write(f"{target.district} har ingen plan för {target.cycle} än. Allt är nytt.")
        elif not operations:
            self.stdout.write("Inga ändringar")
        elif is_empty(base) and not overtaken:
            self.stdout.write("Planen är tom. Allt är nytt.")
        else:
            self.stdout.write("Ändringar")
            for line in change_lines(area_changes(base, document, operations, overtaken=overtaken)):
                self.stdout.write(f"  {line}")
        if overtaken:
            self.stdout.write(_overtaken_told(material, len(overtaken), overwrite))
        return bool(operations) or target.plan is None

    def _tell_material(self, material, document):
        self.stdout.write(f"{material.file_name}: {material_told(material)}")
        for area in area_trees(material, document):
            self.stdout.write(f"  {area.title}: {'ingen flik, lämnas som det är' if area.is_silent else area.tells}")
        for heading, notes in notes_by_level(material.notes):
            self.stdout.write(heading)
            for note in notes:
                place = "!".join(part for part in (note.sheet, note.cell) if part)
                self.stdout.write(f"  {place + ': ' if place else ''}{note.message}")

    def _write(self, target, material, overwrite):
        event = write_all(target, material, by=None, overwrite=overwrite)
        if event:
            self.stdout.write(f"Sparade {counted(len(event.operations), 'ändring', 'ändringar')} i {event.plan}.")


def _overtaken_told(material, count, overwrite):
    changes = counted(count, "ändring", "ändringar")
    if overwrite:
        return f"{overtaken_told(material)} {changes} i filen går före det som står i planen (--overwrite)."
    return (
        f"{overtaken_told(material)} {changes} i filen lämnas utanför, så att det som står i planen är kvar. "
        "Lägg till --overwrite för att ta med dem."
    )
