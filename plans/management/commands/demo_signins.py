"""Print the demo's sign-ins."""

from django.core.management.base import BaseCommand

from plans.demo import loading as demonstration


class Command(BaseCommand):
    help = "Skriver ut inloggningarna i demodata, en för varje roll."

    def handle(self, *args, **options):
        sign_ins = demonstration.signed_up()
        if not sign_ins:
            self.stdout.write("Demodata är inte inlästa. Läs in dem med manage.py load_demo --write.")
            return
        for line in demonstration.sign_in_table(sign_ins):
            self.stdout.write(line)
