"""Write the day's reminders and send the letters that wait."""

from django.core.management.base import BaseCommand

from agreements.enums import MailState
from agreements.letters import daily, digests, mail
from agreements.models import OutgoingMail


class Command(BaseCommand):
    """For cron or a timer, as often as every few minutes and on several hosts; see the README."""

    help = (
        "Skriver dagens påminnelser (vardagar från klockan 6) och skickar de brev som väntar. "
        "Får köras hur ofta som helst och på flera datorer samtidigt: varje brev skrivs en gång och skickas av en."
    )

    def handle(self, *args, verbosity, **options):
        undone = daily.do_what_is_due()
        written = digests.write_digests()
        digests.forget_old()
        sending = mail.send_waiting()
        if verbosity:
            waiting = OutgoingMail.objects.filter(state=MailState.WAITING).count()
            self.stdout.write(
                f"{written.written} brev skrivna, {sending.sent} skickade, {waiting} väntar, "
                f"{sending.given_up} uppgivna."
            )
        if undone:
            self.stderr.write(f"Det här gick inte att göra: {', '.join(undone)}. Felen står i loggen.")
        if written.failed:
            self.stderr.write(f"Påminnelsen kunde inte skrivas till: {', '.join(written.failed)}. Felen står i loggen.")
        if sending.refused:
            self.stderr.write(f"{sending.refused} brev togs inte emot. Försöks igen senare; se sidan Brev i Trygghet.")
        if sending.trouble:
            self.stderr.write(f"{sending.trouble} Resten försöks igen vid nästa körning.")
