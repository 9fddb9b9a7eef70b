"""Reading settings from the environment, with errors that name the variable."""

import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

# Set any of these and the installation is a real one, not the local demo.
REAL_INSTALLATION = ("DEBUG", "SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS")


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

    def required(self, name):
        """A text that must be set."""
        value = self._env.str(name, default="")
        if not value:
            raise ImproperlyConfigured(f"{name} is not set; see .env.example.")
        return value

    def database(self, name, default):
        """Django's database settings from an address such as postgres://user:password@host/name."""
        address = self._env.str(name, default="") or default
        try:
            settings = self._env.db_url_config(address)
        except Exception as error:
            raise ImproperlyConfigured(f"{name} is not a database address: {error}; see .env.example.") from error
        if not settings.get("ENGINE"):
            raise ImproperlyConfigured(f"{name} does not say which database: {address!r}; see .env.example.")
        return settings

    def demo_secret(self, path: Path):
        """The local demo's own secret, made at the first start and kept in ``var/``."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(secrets.token_urlsafe(50), encoding="utf-8")
            path.chmod(0o600)
        return path.read_text(encoding="utf-8").strip()
