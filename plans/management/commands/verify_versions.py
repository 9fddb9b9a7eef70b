"""Compare everything frozen, decided versions first, and its files with the checksums they were kept with."""

from django.core.management.base import BaseCommand, CommandError

from trygghet.kept_files import KEEPERS


class Command(BaseCommand):
    """Writes nothing; exits with 1 if anything differs."""

    help = (
        "Räknar om kontrollsumman för varje beslutad version, annat fryst och dess filer. Säger vilka som inte stämmer."
    )

    def handle(self, *args, **options):
        counted = {keeper: self._count(keeper) for keeper in KEEPERS}
        differing = sum(wrong for _, _, wrong in counted.values())
        if differing:
            all_of_them = sum(frozen + files for frozen, files, _ in counted.values())
            raise CommandError(f"{differing} av {all_of_them} kontrollsummor stämmer inte.")
        for keeper, (frozen, files, _) in counted.items():
            self.stdout.write(f"{frozen} {keeper.plural} och {files} filer stämmer med sina kontrollsummor.")
            if lacking := keeper.incomplete().count():
                self.stdout.write(f"{lacking} {keeper.plural} har inte fått alla sina filer än; se freeze_files.")

    def _count(self, keeper):
        """Return how many of the kind there are, their files, and how many checksums differ, which are told."""
        frozen, files, differing = 0, 0, 0
        for each in keeper.each():
            frozen += 1
            files += len(each.files.all())
            differences = keeper.differences(each)
            differing += len(differences)
            for difference in differences:
                self.stderr.write(difference)
        return frozen, files, differing
