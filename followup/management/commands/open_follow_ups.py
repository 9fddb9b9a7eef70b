"""Open the follow-ups whose day has come."""

from django.core.management.base import BaseCommand, CommandError

from followup import opening


class Command(BaseCommand):
    """For cron or a timer; the command that writes the day's reminders does it too."""

    help = (
        "Öppnar uppföljningen av varje beslutad plan vars dag har kommit (planeringsårets «uppföljningen öppnar»). "
        "Får köras hur ofta som helst: ingen uppföljning öppnas två gånger."
    )

    def handle(self, *args, verbosity, **options):
        try:
            opened = opening.open_due()
        except opening.NotAllOpened as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(f"{opened} uppföljningar öppnade.")
