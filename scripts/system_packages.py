"""The system packages Trygghet needs: this is the one list of them.

``python3 scripts/system_packages.py run`` (or ``test``) installs by apt what this
computer lacks, as root or through sudo. Where it may not, it prints the line to
run and exits with 1. It runs before the virtual environment exists, so it uses
the standard library alone.
"""

import ctypes
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"


class Package(NamedTuple):
    """An apt package, what it is for, and how to tell that what it brings is already here."""

    name: str
    reason: str
    is_present: Callable[[], bool]


def has_module(*names):
    """Whether this Python has the modules (Debian keeps parts of the standard library in packages of their own)."""
    return lambda: all(importlib.util.find_spec(name) for name in names)


def has_library(name):
    """Whether the dynamic linker finds the shared library."""

    def is_present():
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return is_present


def has_command(name):
    """Whether the command is on the path."""
    return lambda: shutil.which(name) is not None


def chromium():
    """The path of the system's Chromium or Chrome, None without one.

    One packed as a snap does not count: its sandbox keeps the tests from giving it a profile.
    """
    for name in ("chromium", "google-chrome", "google-chrome-stable"):
        path = shutil.which(name)
        if path and not os.path.realpath(path).startswith("/snap/"):
            return path
    return None


def postgresql_programs():
    """The folder with initdb and postgres, the newest version's if there are several; None without one."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


RUN = [
    Package(f"{PYTHON}-venv", "the virtual environment", has_module("venv", "ensurepip")),
    Package("libpango-1.0-0", "WeasyPrint sets the PDF's text", has_library("libpango-1.0.so.0")),
    Package("libpangoft2-1.0-0", "WeasyPrint finds the fonts", has_library("libpangoft2-1.0.so.0")),
    Package("libharfbuzz-subset0", "WeasyPrint embeds only the letters used", has_library("libharfbuzz-subset.so.0")),
]
TEST = [
    Package("postgresql", "the suite runs on a real PostgreSQL", lambda: postgresql_programs() is not None),
    Package("poppler-utils", "the text of a PDF is read by a program that did not write it", has_command("pdftotext")),
]
# Ubuntu has Chromium as a snap only; scripts/setup lets Playwright bring its own there.
if "ubuntu" not in platform.freedesktop_os_release().get("ID", ""):
    TEST.append(Package("chromium", "the browser tests", lambda: chromium() is not None))
NEEDED = {"run": RUN, "test": RUN + TEST}


def missing(purpose):
    """The names of the packages to install for ``run`` or ``test``."""
    return [package.name for package in NEEDED[purpose] if not package.is_present()]


def privilege():
    """What to put before apt-get to run it as root: nothing, sudo, or None when there is no way to."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    asks_nothing = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo"] if asks_nothing or sys.stdin.isatty() else None


def install(names):
    """Install the packages by apt; True if that went well, False if it is left to the reader."""
    prefix = privilege()
    if prefix is None or not shutil.which("apt-get"):
        return False
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    print(f"Installing system packages: {' '.join(names)}", flush=True)
    subprocess.run([*quiet, "update"], check=False)
    return subprocess.run([*quiet, "install", "-y", "--no-install-recommends", *names], check=False).returncode == 0


def main(purpose):
    """Install what is missing; the exit code."""
    names = missing(purpose)
    if not names:
        return 0
    if install(names) and not missing(purpose):
        return 0
    reasons = {package.name: package.reason for package in NEEDED[purpose]}
    print("\nTrygghet needs these system packages, and could not install them itself:", file=sys.stderr)
    for name in missing(purpose):
        print(f"  {name}: {reasons[name]}", file=sys.stderr)
    line = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(missing(purpose))}"
    print(f"\nRun this as root, and then the same make command again:\n\n  {line}\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
