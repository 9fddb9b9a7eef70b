"""What happens when a system package is missing."""

import subprocess

import pytest

from scripts import system_packages
from scripts.system_packages import Package, has_command, has_library, has_module


@pytest.fixture
def lacking(monkeypatch):
    """A computer without libpango, where apt, if it comes to that, is only written down."""
    installed, commands = set(), []

    def run(command, **options):
        commands.append(" ".join(command))
        installed.update(command)
        return subprocess.CompletedProcess(command, 0)

    packages = [
        Package("libpango-1.0-0", "text of the PDF", lambda: "libpango-1.0-0" in installed),
        Package("python3.11-venv", "the virtual environment", lambda: True),
    ]
    monkeypatch.setitem(system_packages.NEEDED, "run", packages)
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system_packages.subprocess, "run", run)
    return commands


def test_what_is_missing_is_installed_by_root(lacking, monkeypatch):
    monkeypatch.setattr(system_packages, "privilege", list)
    assert system_packages.main("run") == 0
    assert lacking[-1].endswith("apt-get -q install -y --no-install-recommends libpango-1.0-0")


def test_it_is_installed_through_sudo_by_somebody_else(lacking, monkeypatch):
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000)
    assert system_packages.main("run") == 0
    assert lacking[-1].startswith("sudo env DEBIAN_FRONTEND=noninteractive apt-get")


def test_without_the_right_to_install_the_line_to_run_is_printed(lacking, monkeypatch, capsys):
    monkeypatch.setattr(system_packages, "privilege", lambda: None)
    assert system_packages.main("run") == 1
    assert (
        "\n  apt-get update && apt-get install -y --no-install-recommends libpango-1.0-0\n" in capsys.readouterr().err
    )
    assert lacking == []


def test_what_is_here_is_recognised():
    assert has_module("json", "venv")()
    assert has_command("sh")()
    assert has_library("libc.so.6")()


def test_what_is_not_here_is_not():
    assert not has_module("no_such_module")()
    assert not has_command("no-such-command")()
    assert not has_library("libnosuchlibrary.so.1")()
