"""What every test gets: fast password hashing, files of its own, an empty cache, and templates that miss nothing."""

import gc
import os
import shutil
import sys
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.template.base import FilterExpression, Node

# A slow computer is no failure; where one example is slow, the test says how many it needs.
# The same examples each time, so that a change is judged by what it changed; HYPOTHESIS_PROFILE=explore looks further.
hypothesis.settings.register_profile("trygghet", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "trygghet"))


class FailOnUndefinedVariable(str):
    """Stands for Django's ``string_if_invalid`` and fails the test when a template of ours prints an undefined name.

    Django asks whether it is true just before using it, which is where the expression
    and the template can still be seen. It is false, so that the templates of
    libraries, which count on undefined names being empty, render as ever.
    ``{{ name|default:… }}`` says that the name may be missing and passes.
    """

    def __bool__(self):
        asking = sys._getframe(1)
        if asking.f_code is FilterExpression.resolve.__code__:
            expression = asking.f_locals["self"]
            template = _template_rendering(asking)
            if _is_ours(template) and not _says_default(expression):
                pytest.fail(f"{template} prints {expression.token!r}, which is not in its context.", pytrace=False)
        return False


def _template_rendering(frame):
    """The file of the innermost template tag being rendered, None if it is not from a file."""
    while frame:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None):
            return node.origin.name
        frame = frame.f_back
    return None


def _is_ours(template):
    base = Path(django_settings.BASE_DIR)
    return bool(template) and Path(template).is_relative_to(base) and not Path(template).is_relative_to(base / ".venv")


def _says_default(expression):
    return any(function.__name__.startswith("default") for function, _ in expression.filters)


def pytest_addoption(parser):
    """The second database is for what meets the database."""
    parser.addoption("--database-only", action="store_true", help="run only the tests that use the database")


def pytest_collection_finish():
    """What is imported stays until the end: looking for garbage in it again and again took a good part of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_modifyitems(config, items):
    """Leave out what is the same on every database, where that has been asked for."""
    if config.getoption("--database-only"):
        config.hook.pytest_deselected(items=[item for item in items if not _uses_database(item)])
        items[:] = [item for item in items if _uses_database(item)]


def _uses_database(item):
    return item.get_closest_marker("django_db") is not None or bool({"db", "transactional_db"} & set(item.fixturenames))


def pytest_configure():
    """Settings that hold for the whole run."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Else every test client would read through all static files before its first request.
    django_settings.WHITENOISE_AUTOREFRESH = True
    # Here and not on the engine, which Django makes anew when a test changes DEBUG or the apps.
    django_settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = FailOnUndefinedVariable()


@pytest.fixture(scope="module")
def files_of_the_world(tmp_path_factory):
    """Where the files lie of a world that the tests of a module share; see tests/worlds.py."""
    return tmp_path_factory.mktemp("world")


@pytest.fixture(autouse=True)
def _files_of_its_own(settings, tmp_path, request):
    settings.MEDIA_ROOT = tmp_path / "files"
    if "files_of_the_world" in request.fixturenames:
        request.getfixturevalue("world")
        shutil.copytree(request.getfixturevalue("files_of_the_world"), settings.MEDIA_ROOT)


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
