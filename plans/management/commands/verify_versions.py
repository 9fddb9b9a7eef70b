"""Compare every decided version and its files with the checksums they were kept with."""

from django.core.management.base import BaseCommand, CommandError

from plans import frozen_files


class Command(BaseCommand):
    """Writes nothing; exits with 1 if anything differs."""

    help = "Räknar om kontrollsumman för varje beslutad version och dess filer, och säger vilka som inte stämmer."

    def handle(self, *args, **options):
        versions, files, differing = 0, 0, []
        for version in frozen_files.every_version():
            versions += 1
            files += len(version.files.all())
            differing += frozen_files.differences(version)
        for difference in differing:
            self.stderr.write(difference)
        if differing:
            raise CommandError(f"{len(differing)} av {versions + files} kontrollsummor stämmer inte.")
        self.stdout.write(f"{versions} versioner och {files} filer stämmer med sina kontrollsummor.")
        if lacking := frozen_files.incomplete().count():
            self.stdout.write(f"{lacking} versioner har inte fått alla sina filer än; se freeze_files.")
