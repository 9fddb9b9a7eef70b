"""The suite runs on the database it was meant to run on."""

import os

import pytest
from django.db import connection


@pytest.mark.skipif("TRYGGHET_EXPECT_DB" not in os.environ, reason="only scripts/test promises a database")
@pytest.mark.django_db
def test_the_suite_runs_on_the_promised_database():
    with connection.cursor() as cursor:
        question = {"postgresql": "SHOW server_version", "sqlite": "SELECT sqlite_version()"}[connection.vendor]
        cursor.execute(question)
        assert cursor.fetchone()[0]
    assert connection.vendor == os.environ["TRYGGHET_EXPECT_DB"]
