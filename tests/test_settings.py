"""Settings come from the environment, and each error names the variable."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

SHOW = "from django.conf import settings; import django; django.setup(); print({})"


@pytest.fixture
def checkout(tmp_path):
    """A folder with nothing but the settings in it, so that no .env and no var/ of ours plays along."""
    shutil.copytree(settings.BASE_DIR / "trygghet", tmp_path / "trygghet")
    return tmp_path


def start(checkout, expression="'started'", **environment):
    """Start Django in the checkout with these variables and no other of ours; the finished process."""
    return subprocess.run(
        [sys.executable, "-B", "-c", SHOW.format(expression)],
        cwd=checkout,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{checkout}{os.pathsep}{settings.BASE_DIR}",
            "DJANGO_SETTINGS_MODULE": "trygghet.settings",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


REAL = {"DEBUG": "false", "SECRET_KEY": "s" * 60, "DATABASE_URL": "postgres://t:p@db.example.org/t"}


def test_without_any_variable_it_is_the_local_demo(checkout):
    done = start(checkout, "settings.DEMO, settings.DEBUG, settings.DATABASES['default']['NAME']")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("True False ")
    assert str(checkout / "var" / "trygghet.sqlite3") in done.stdout


def test_the_demo_keeps_the_secret_it_made(checkout):
    first, second = (start(checkout, "settings.SECRET_KEY").stdout for _ in range(2))
    assert first == second
    assert len(first.strip()) >= 50
    assert (checkout / "var" / "secret_key").stat().st_mode & 0o077 == 0


def test_a_real_installation_starts_and_writes_no_file(checkout):
    before = sorted(checkout.rglob("*"))
    done = start(checkout, "settings.DEMO, settings.SECURE_SSL_REDIRECT", **REAL)
    assert (done.returncode, done.stdout) == (0, "False True\n"), done.stderr
    assert sorted(checkout.rglob("*")) == before


def test_variables_can_stand_in_a_file(checkout):
    (checkout / ".env").write_text("".join(f"{name}={value}\n" for name, value in REAL.items()))
    assert start(checkout, "settings.DEMO").stdout == "False\n"


def test_an_address_of_postgresql_is_read_in_full(checkout):
    shown = start(checkout, "[settings.DATABASES['default'][name] for name in ('ENGINE', 'HOST', 'NAME')]", **REAL)
    assert shown.stdout == "['django.db.backends.postgresql', 'db.example.org', 't']\n", shown.stderr


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("SECRET_KEY", {"DEBUG": "false"}),
        ("SECRET_KEY", {"DATABASE_URL": "postgres://t:p@db.example.org/t"}),
        ("SECRET_KEY", {"ALLOWED_HOSTS": "trygghet.example.org"}),
        ("SECRET_KEY", {**REAL, "SECRET_KEY": " "}),
        ("DEBUG", {"DEBUG": "perhaps"}),
        ("DEMO", {"DEMO": "maybe"}),
        ("DATABASE_URL", {**REAL, "DATABASE_URL": "broken"}),
        ("DATABASE_URL", {**REAL, "DATABASE_URL": "mysql://t:p@db.example.org/t"}),
        ("DATABASE_URL", {**REAL, "DATABASE_URL": "postgres://t:p@db.example.org:port/t"}),
        ("DATABASE_URL", {**REAL, "DATABASE_URL": "postgres://t:p@db.example.org"}),
        ("EMAIL_PORT", {"EMAIL_PORT": "twenty-five"}),
        ("HSTS_SECONDS", {**REAL, "HSTS_SECONDS": "a year"}),
        ("LOG_LEVEL", {"LOG_LEVEL": "chatty"}),
    ],
)
def test_a_wrong_variable_refuses_to_start_and_is_named(checkout, name, environment):
    done = start(checkout, **environment)
    assert done.returncode != 0
    assert f"ImproperlyConfigured: {name} " in done.stderr


def test_an_error_about_the_database_does_not_print_its_password(checkout):
    done = start(checkout, **{**REAL, "DATABASE_URL": "mysql://trygghet:sesame@db.example.org/t"})
    assert "sesame" not in done.stderr.splitlines()[-1]


def names_in_code():
    """Every variable that the settings read."""
    called = {"bool", "int", "str", "list", "choice", "secret", "database"}
    for path in (settings.BASE_DIR / "trygghet").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in called:
                owner = node.func.value
                is_env = isinstance(owner, ast.Name) and owner.id in {"env", "self"}
                if is_env and node.args and isinstance(node.args[0], ast.Constant):
                    yield node.args[0].value


def test_the_example_lists_the_variables_in_use_and_no_other():
    example = Path(settings.BASE_DIR, ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == set(names_in_code())


def test_each_variable_of_the_example_is_explained():
    example = Path(settings.BASE_DIR, ".env.example").read_text(encoding="utf-8")
    sections = re.split(r"^# --- (?:Mail|Log)$", example, flags=re.MULTILINE)
    lines = sections[0].splitlines()
    for before, line in zip(lines, lines[1:], strict=False):
        if re.match(r"#?[A-Z_]+=", line):
            assert before.startswith("# "), f"{line} has no comment above it"
