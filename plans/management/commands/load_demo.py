"""Load the demo: a sign-in for each role and plans to look at."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from plans.demo import loading as demonstration


class Command(BaseCommand):
    help = (
        "Läser in demodata: en inloggning för varje roll och en plan i varje status. "
        "Visar vad som skulle läggas till; skriver bara med --write. Det som redan finns ändras inte."
    )

    def add_arguments(self, parser):
        parser.add_argument("--write", action="store_true", help="Lägg till det som saknas.")
        parser.add_argument(
            "--i-know",
            action="store_true",
            help="Skriv även i en skarp installation. Då kan vem som helst som känner lösenordet logga in.",
        )

    def handle(self, *args, write, i_know, **options):
        if write and not (settings.DEMO or settings.DEBUG or i_know):
            raise CommandError(
                "Det här är en skarp installation, och lösenordet till demodata är känt av alla. Inget är sparat. "
                "Vill du ändå lägga in demodata här, till exempel för en utbildning, lägg till --i-know."
            )
        added = demonstration.load() if write else demonstration.missing()
        self._report(added, write)
        if sign_ins := demonstration.signed_up():
            self.stdout.write("")
            for line in demonstration.sign_in_table(sign_ins):
                self.stdout.write(line)

    def _report(self, added, write):
        if not added:
            self.stdout.write("Demodata: inga ändringar, allt finns redan.")
            return
        verb = "har lagts till" if write else "skulle läggas till"
        if added.needs_city:
            self.stdout.write(f"Stockholms organisation {verb}.")
        self.stdout.write(f"{len(added.sign_ins)} inloggningar {verb}.")
        for plan in added.plans:
            kind = "exempeldata" if plan.is_example else f"ur {plan.file}"
            self.stdout.write(f"Plan {plan.district} {demonstration.YEAR} ({kind}, {plan.shows}) {verb}.")
        if not write:
            self.stdout.write("Inget är sparat. Kör igen med --write för att spara.")
