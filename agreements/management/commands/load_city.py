"""Load a city file: who cooperates where and about what."""

from os.path import commonprefix
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from agreements import city


class Command(BaseCommand):
    help = (
        "Läser in en kommuns uppgifter: områden, polis, organisationer, grupper, prioriterade områden, år och "
        "överenskommelsernas mall. Visar vad som skulle ändras; skriver bara med --write. Kan köras flera gånger."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "file",
            nargs="?",
            type=Path,
            default=city.STOCKHOLM,
            help="Kommunens fil (YAML), Stockholms om ingen anges.",
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

    def _report(self, change, verbosity):
        # The first time everything is new; then the number says enough.
        tells_new = verbosity > 1 or not change.is_first_load
        closed = [_difference(each) for each in change.changed if each.closes]
        changed = [_difference(each) for each in change.changed if not each.closes]
        self._list(change, len(change.added), "nya", "+", [row.label for row in change.added if tells_new])
        self._list(change, len(closed), "avslutas", "–", closed)
        self._list(change, len(changed), "ändras", "~", changed)
        self._list(change, len(change.absent), "finns inte i filen och lämnas orörda", "?", change.absent)

    def _list(self, change, count, what, mark, lines):
        if count:
            self.stdout.write(f"{change.table.title.capitalize()}: {count} {what}")
        for line in lines:
            self.stdout.write(f"  {mark} {line}")


def _difference(changed):
    fields = (f"{name}: {' → '.join(_excerpts(old, new))}" for name, (old, new) in changed.fields.items())
    return f"{changed.row.label} ({', '.join(fields)})"


def _excerpts(old, new, length=60):
    """Return both values short enough for a line, from a little before where they begin to differ."""
    texts = ["" if value in (None, [], "") else " ".join(str(value).split()) for value in (old, new)]
    start = max(0, len(commonprefix(texts)) - 20) if max(map(len, texts)) > length else 0
    cut = [("…" if start else "") + text[start : start + length] for text in texts]
    return [
        (piece + ("…" if start + length < len(text) else "")) or "tomt" for piece, text in zip(cut, texts, strict=True)
    ]


def _conclusion(file, tables, write):
    added, changed = (sum(len(getattr(table, kind)) for table in tables) for kind in ("added", "changed"))
    unchanged = sum(table.unchanged for table in tables)
    if not added and not changed:
        return f"{file}: inga ändringar, {unchanged} rader är som i filen."
    done = "Sparat." if write else "Inget är sparat. Kör igen med --write för att spara."
    return f"{file}: {added} nya, {changed} ändrade, {unchanged} oförändrade. {done}"
