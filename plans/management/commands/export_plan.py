"""Write a plan to a file."""

import os
import sys
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from plans import frozen_files
from plans.exports import FORMATS, export
from plans.imports import ImportRefused, target_of
from plans.permissions import DECIDED_STATES
from plans.versions import in_force


class Command(BaseCommand):
    """``manage.py export_plan skarholmen 2025 --format xlsx --output plan.xlsx``."""

    help = "Skriver en åtgärdsplan till en fil (eller med --output - till standard ut)."

    def add_arguments(self, parser):
        parser.add_argument("district", help="stadsdelsområdets adress, som skarholmen")
        parser.add_argument("year", type=int)
        parser.add_argument("--format", required=True, choices=FORMATS)
        parser.add_argument("--output", required=True, help="filen att skriva, - för standard ut; skriver över")

    def handle(self, *, district, year, format, output, **options):
        try:
            plan = target_of(district, year).plan
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        if plan is None:
            raise CommandError(f"Det finns ingen plan för {district} {year}.")
        content = self._content(plan, format)
        if output == "-":
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
            return
        try:
            write_atomically(Path(output), content)
        except OSError as error:
            raise CommandError(f"Filen {output} kan inte skrivas: {error.strerror}.") from error
        self.stdout.write(f"Skrev {plan} till {output} ({len(content)} byte).")

    def _content(self, plan, format):
        """What is decided is written as it was decided; its files are made first where they are not."""
        version = in_force(plan) if plan.state in DECIDED_STATES else None
        return frozen_files.read(version, format) if version else export(plan, format).content


def write_atomically(path, content):
    """Put the content in the file so that nobody ever sees half of it; an old file stays if this fails."""
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(unfinished, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(unfinished, path)
    except BaseException:
        os.unlink(unfinished)
        raise
