"""docs/states.md says what the tables of transitions say."""

import re

import pytest
from django.core.management import CommandError, call_command

from agreements.enums import Role
from plans import states_doc, submissions, workflow
from plans.management.commands import states_doc as command


def test_the_document_is_what_the_tables_say():
    call_command("states_doc")


def test_every_step_and_every_role_is_in_it():
    text = states_doc.text()
    for step in (*workflow.TRANSITIONS, *submissions.SUBMISSION_TRANSITIONS):
        assert f"| {step.label} (`{step.name}`) |" in text
    for role in Role:
        assert f"| {role.label} |" in text


def test_every_guard_says_what_it_means_and_every_who_is_whole():
    rows = [line.strip("| ").split(" | ") for line in states_doc.text().splitlines() if line.startswith("| ")]
    steps = [row for row in rows if len(row) == 5 and row[0] not in ("Step", "---")]
    assert len(steps) > 40
    for name, _, _, who, guards in steps:
        assert not re.search(r"(?:^| )_?[a-z]+_\w+|^_", guards), f"{name}: {guards}"
        assert guards.endswith((".", "–")), f"{name}: {guards}"
        assert re.search(r"[\wåäö]$", who), f"{name}: {who}"


def test_a_document_that_has_been_changed_by_hand_is_found_and_mended(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "PATH", tmp_path / "states.md")
    with pytest.raises(CommandError, match="stämmer inte"):
        call_command("states_doc")
    call_command("states_doc", "--write")
    call_command("states_doc")
    command.PATH.write_text(command.PATH.read_text() + "En rad till.")
    with pytest.raises(CommandError, match="states_doc --write"):
        call_command("states_doc")
