"""Make the catalogue of decided actions anew of what is frozen."""

from django.core.management.base import BaseCommand

from followup.catalogue import filling


class Command(BaseCommand):
    """For what was decided before there was a catalogue; otherwise decisions and approvals fill it."""

    help = (
        "Gör om åtgärdskatalogen av planernas beslutade versioner och de godkända uppföljningarna. "
        "Visar vad som skulle ändras; skriver bara med --write. Kan köras flera gånger."
    )

    def add_arguments(self, parser):
        parser.add_argument("--write", action="store_true", help="Skriv ändringarna. Utan den visas de bara.")

    def handle(self, *args, write, **options):
        filled, plans = filling.put_all(write=write)
        told = f"Åtgärdskatalogen, {plans} beslutade planer"
        if not filled:
            self.stdout.write(f"{told}: inga ändringar i {filled.same} åtgärder.")
            return
        done = "Sparat." if write else "Inget är sparat. Kör igen med --write för att spara."
        self.stdout.write(
            f"{told}. Åtgärder: {filled.added} nya, {filled.changed} ändrade, {filled.removed} borttagna, "
            f"{filled.same} oförändrade. {done}"
        )
