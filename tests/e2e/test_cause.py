"""Whoever reviews a pull request is told which commit left the migrations behind."""

from __future__ import annotations

from tests.e2e.projects import LATER, PROJECT, SCHEMA_PATH, schema
from tests.support.stack import Stack


def test_a_commit_that_landed_long_before_is_named(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    landed = repository.commit({SCHEMA_PATH: schema("email String?")}, message="Ask for e-mail")
    repository.commit({"README.md": "# Shop of shops\n"}, message="Unrelated")
    migrated = 'ALTER TABLE "users" ADD COLUMN "phone" TEXT;\n'
    pull = repository.open_pull_request(
        "phone", {SCHEMA_PATH: schema("email String?", "phone String?"), LATER: migrated}
    )
    summary = pull.wait_for_check(timeout=90).summary or ""
    assert f"the commit `{landed[:9]}` of " in summary
    assert "(`Ask for e-mail`) wrote this and brought no migration" in summary
