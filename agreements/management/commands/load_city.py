"""Load a city file: who cooperates where and about what."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from agreements import city


class Command(BaseCommand):
    help = (
        "Läser in en stads organisation: stadsdelsområden, polis, grupper, prioriterade områden och planeringsår. "
        "Visar vad som skulle ändras; skriver bara med --write. Kan köras flera gånger."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "file", nargs="?", type=Path, default=city.STOCKHOLM, help="Stadens fil (TOML). Stockholms om inget anges."
        )
        parser.add_argument("--write", action="store_true", help="Skriv ändringarna. Utan den visas de bara.")

    def handle(self, *args, file, write, verbosity, **options):
        try:
            found = city.read(file)
            tables = city.load(found) if write else city.changes(found)
        except city.CityError as error:
            raise CommandError(str(error)) from error
        for table in tables:
            self._report(table, verbosity)
        self.stdout.write(_conclusion(found.file, tables, write))

    def _report(self, table, verbosity):
        if table.added:
            self.stdout.write(f"{_capital(table.table.title)}: {len(table.added)} nya")
            # The first time everything is new; then the number says enough.
            if not table.is_first_load or verbosity > 1:
                self._list("+", [row.label for row in table.added])
        closed = [changed for changed in table.changed if changed.closes]
        if closed:
            self.stdout.write(f"{_capital(table.table.title)}: {len(closed)} avslutas")
            self._list("–", [f"{each.row.label}: gäller till {each.fields['valid_to'][1]}" for each in closed])
        changed = [changed for changed in table.changed if not changed.closes]
        if changed:
            self.stdout.write(f"{_capital(table.table.title)}: {len(changed)} ändras")
            self._list("~", [_difference(each) for each in changed])
        if table.absent:
            self.stdout.write(
                f"{_capital(table.table.title)}: {len(table.absent)} finns inte i filen och lämnas orörda"
            )
            self._list("?", table.absent)

    def _list(self, mark, lines):
        for line in lines:
            self.stdout.write(f"  {mark} {line}")


def _capital(text):
    return text[:1].upper() + text[1:]


def _difference(changed):
    fields = ", ".join(f"{name}: {_short(old)} → {_short(new)}" for name, (old, new) in changed.fields.items())
    return f"{changed.row.label} ({fields})"


def _short(value):
    text = "tomt" if value in (None, "", []) else " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:57]}…"


def _conclusion(file, tables, write):
    added, changed = (sum(len(getattr(table, kind)) for table in tables) for kind in ("added", "changed"))
    unchanged = sum(table.unchanged for table in tables)
    if not added and not changed:
        return f"{file}: inga ändringar, {unchanged} rader är som i filen."
    done = "Sparat." if write else "Inget är sparat. Kör igen med --write för att spara."
    return f"{file}: {added} nya, {changed} ändrade, {unchanged} oförändrade. {done}"
