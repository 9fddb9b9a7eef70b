"""What many tests begin with, made once for all of them in a module: each takes back what it changed.

A world is what a test starts from and never what it tests. Use one in a module
where every test that meets the database begins with it: the others would find
it there too. It does not go with ``transaction=True``, which empties the database.
"""

import copy
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import override_settings


@contextmanager
def kept(blocker, files, make):
    """Make a world inside a transaction and yield it; what the tests do lies in transactions within.

    ``blocker`` is pytest-django's; ``files`` is the folder for the world's files,
    of which each test gets a copy.
    """
    outer = transaction.atomic()
    with blocker.unblock():
        outer.__enter__()
    try:
        with blocker.unblock(), override_settings(MEDIA_ROOT=files):
            made = make()
        yield made
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


def fixture(make):
    """Return a module's fixture with what ``make`` gives: called without arguments, or with the test's parameter.

    Ask for it through :func:`own_copy`, so that no test meets the objects of another.
    """

    @pytest.fixture(scope="module")
    def world(request, django_db_setup, django_db_blocker, files_of_the_world):
        arguments = [request.param] if hasattr(request, "param") else []
        with kept(django_db_blocker, files_of_the_world, lambda: make(*arguments)) as made:
            yield made

    return world


def own_copy(world):
    """The world's objects for one test, which knows nothing of what another has read into them."""
    return copy.deepcopy(world)
