"""Two open pull requests that bring migrations hear of each other, by one query."""

from __future__ import annotations

from tests.e2e.projects import PROJECT, SCHEMA_PATH, schema
from tests.e2e.quiet import settle
from tests.sandbox.state import CheckRun
from tests.support.stack import Stack

EMAIL = {
    SCHEMA_PATH: schema("email String?"),
    "prisma/migrations/20240202000000_email/migration.sql": 'ALTER TABLE "users" ADD COLUMN "email"'
    " TEXT;\n",
}
PHONE = {
    SCHEMA_PATH: schema("phone String?"),
    "prisma/migrations/20240202000000_phone/migration.sql": 'ALTER TABLE "users" ADD COLUMN "phone"'
    " TEXT;\n",
}


def asked(stack: Stack, since: int) -> list[str]:
    """The GraphQL queries that were sent."""
    bodies = [one.facts["body"] or {} for one in stack.sandbox.requests[since:]]
    return [body["query"] for body in bodies if "query" in body]


def text_of(run: CheckRun) -> str:
    """What a run says, without what keeps `#1` from being a mention."""
    said = [run.summary or "", run.text or "", *(str(note) for note in run.annotations)]
    return "\n".join(said).replace("&#8203;", "")


def test_the_second_pull_request_is_told_of_the_first(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    first = repository.open_pull_request("email", EMAIL)
    assert first.wait_for_check().conclusion == "success"
    settle(stack)
    since = len(stack.sandbox.requests)

    second = repository.open_pull_request("phone", PHONE)

    run = second.wait_for_check()
    said = text_of(run)
    assert run.conclusion == "success"
    assert f"of #{first.number} share the timestamp 20240202000000" in said
    assert f"of #{first.number} both change the table `users`" in said
    (query,) = asked(stack, since)
    assert "baseRefName" in query
    assert len(stack.sandbox.requests) - since <= 15


def test_a_pull_request_without_a_migration_asks_nothing(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    repository.open_pull_request("email", EMAIL).wait_for_check()
    settle(stack)
    since = len(stack.sandbox.requests)

    repository.open_pull_request("drift", {SCHEMA_PATH: schema("zip String?")}).wait_for_check()

    assert asked(stack, since) == []
