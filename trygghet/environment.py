"""Reading settings from the environment, with errors that name the variable."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

# Set any of these and the installation is a real one, not the local demo.
REAL_INSTALLATION = ("DEBUG", "SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS")
DATABASE_ADDRESSES = ("postgres://", "postgresql://", "sqlite:///")


class Environment:
    """The variables of ``.env.example``; raises ImproperlyConfigured naming the variable that is wrong."""

    def __init__(self, base: Path):
        self.base = base
        self._env = environ.Env()
        if (base / ".env").exists():
            self._env.read_env(base / ".env")
        self.is_demo = self.bool("DEMO", default=not any(name in self._env.ENVIRON for name in REAL_INSTALLATION))

    def bool(self, name, default):
        """True/False, on/off, yes/no, 1/0; anything else is an error."""
        value = self._env.str(name, default="").strip().lower()
        if not value:
            return default
        if value in {"true", "on", "yes", "1"}:
            return True
        if value in {"false", "off", "no", "0"}:
            return False
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}; see .env.example.")

    def int(self, name, default):
        """A whole number."""
        value = self._env.str(name, default="").strip()
        try:
            return int(value) if value else default
        except ValueError:
            raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}; see .env.example.") from None

    def str(self, name, default=""):
        """A text, empty unless set."""
        return self._env.str(name, default=default)

    def list(self, name, default=()):
        """Values separated by commas."""
        return [value.strip() for value in self._env.str(name, default="").split(",") if value.strip()] or list(default)

    def choice(self, name, choices, default):
        """One of the words, in upper case."""
        value = self._env.str(name, default="").strip().upper() or default
        if value not in choices:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}; see .env.example.")
        return value

    def secret(self, name, made_in: Path | None):
        """A secret text. Without one, make it and keep it in the file; with no file to keep it in, refuse."""
        value = self._env.str(name, default="").strip()
        if value:
            return value
        if made_in is None:
            raise ImproperlyConfigured(f"{name} is not set; see .env.example.")
        return _made_secret(made_in)

    def database(self, name, sqlite: Path):
        """Django's database settings from an address such as postgres://user:password@host/name.

        Without an address it is the SQLite file. The errors leave the address out: it holds a password.
        """
        address = self._env.str(name, default="").strip()
        if not address:
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": sqlite}
        if not address.startswith(DATABASE_ADDRESSES):
            raise ImproperlyConfigured(f"{name} must begin with {' or '.join(DATABASE_ADDRESSES)}; see .env.example.")
        try:
            database = self._env.db_url_config(address)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} is not a database address; see .env.example.") from error
        if not database["NAME"]:
            raise ImproperlyConfigured(f"{name} does not say which database; see .env.example.")
        return database


def _made_secret(path: Path):
    """The secret kept in the file, made at the first start; two processes starting at once agree on one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8") as draft:  # readable by us alone
            draft.write(secrets.token_urlsafe(50))
            draft.flush()
            with suppress(FileExistsError):
                os.link(draft.name, path)
    return path.read_text(encoding="utf-8").strip()
