"""The watch over bound databases: one issue while there is drift, closed when it is gone."""

from __future__ import annotations

import dataclasses
import os
import time
from datetime import UTC, datetime

import pytest
import structlog
from rq import Queue
from rq.registry import ScheduledJobRegistry

from bot.queue import LOW, SERIALIZER
from bot.settings import Settings
from tests.e2e.projects import PROJECT
from tests.e2e.test_environments import production, url_of
from tests.engine.sql.oracle.conftest import postgres18
from tests.sandbox.handles import RepositoryHandle
from tests.sandbox.state import Issue
from tests.support.postgres import Server
from tests.support.stack import Stack
from workers.environments.binding import bindings
from workers.rounds import WATCH
from workers.watching import spread, watch
from workers.workplace import Workplace

__all__ = ["postgres18", "production"]


@pytest.fixture
def place(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A worker's place, in this process."""
    bound = stack.environment["DRIFTLINE_ENVIRONMENTS"]
    monkeypatch.setenv("DRIFTLINE_ENVIRONMENTS", bound)
    with open(bound, "w"):  # what other tests bound is not watched here
        pass
    return Workplace.of(Settings.from_environment(stack.environment))


def watched(stack: Stack, place: Workplace) -> int:
    """How many environments were read, of all repositories that are bound."""
    names = dict.fromkeys(one.repository for one in bindings(os.environ))
    return sum(watch(place, name, structlog.get_logger()) for name in names)


def issues(repository: RepositoryHandle) -> list[Issue]:
    return list(repository.state.issues.values())


def granted(stack: Stack, repository: RepositoryHandle, **permissions: str) -> None:
    for installation in stack.sandbox.world.installations.values():
        if installation.account == repository.state.owner:
            stack.sandbox.grant(installation, **permissions)


def test_drift_has_one_issue_that_is_closed_when_it_is_gone(
    stack: Stack, place: Workplace, production: tuple[Server, str]
) -> None:
    server, name = production
    repository = stack.new_repository(PROJECT)
    granted(stack, repository, issues="write")
    stack.bind(repository.state.full_name, "production", url_of(server, name))

    assert watched(stack, place) == 1
    assert issues(repository) == []  # in step

    with server.connect(name) as connection:
        connection.execute('ALTER TABLE "users" ADD COLUMN "note" text')
    watched(stack, place)
    watched(stack, place)
    (issue,) = issues(repository)
    assert issue.state == "open"
    assert issue.title == "Database drift in production"
    assert "`public.users.note`" in issue.body
    assert "by hand" in issue.body

    with server.connect(name) as connection:
        connection.execute("CREATE TABLE backup (id int)")
    watched(stack, place)
    assert issues(repository) == [issue]
    assert "`public.backup`" in issue.body

    with server.connect(name) as connection:
        connection.execute('ALTER TABLE "users" DROP COLUMN "note"; DROP TABLE backup')
    watched(stack, place)
    (issue,) = issues(repository)
    assert issue.state == "closed"


def test_without_the_permission_nothing_is_written_and_nothing_breaks(
    stack: Stack, place: Workplace, production: tuple[Server, str]
) -> None:
    server, name = production
    with server.connect(name) as connection:
        connection.execute('ALTER TABLE "users" ADD COLUMN "note" text')
    repository = stack.new_repository(PROJECT)
    stack.bind(repository.state.full_name, "production", url_of(server, name))
    assert watched(stack, place) == 1
    assert issues(repository) == []


def test_a_repository_without_the_app_and_a_dark_database_are_passed_over(
    stack: Stack, place: Workplace
) -> None:
    stack.bind("nobody/nothing", "production", "postgresql://u:p@db.invalid/x")
    repository = stack.new_repository(PROJECT)
    granted(stack, repository, issues="write")
    stack.bind(repository.state.full_name, "staging", "postgresql://u:p@db.invalid/x")
    assert watched(stack, place) == 0
    assert issues(repository) == []


def test_a_worker_does_it_repository_by_repository(
    stack: Stack, place: Workplace, production: tuple[Server, str]
) -> None:
    server, name = production
    with server.connect(name) as connection:
        connection.execute('ALTER TABLE "users" ADD COLUMN "note" text')
    repository = stack.new_repository(PROJECT)
    granted(stack, repository, issues="write")
    stack.bind(repository.state.full_name, "production", url_of(server, name))
    stack.bind("nobody/nothing", "production", "postgresql://u:p@db.invalid/x")
    assert spread(place.redis) == 2
    assert spread(place.redis) == 0  # they wait already
    for _ in range(300):
        if issues(repository):
            break
        time.sleep(0.2)
    (issue,) = issues(repository)
    assert "`public.users.note`" in issue.body


def test_rqs_own_scheduler_has_it_done(
    stack: Stack, place: Workplace, production: tuple[Server, str]
) -> None:
    server, name = production
    with server.connect(name) as connection:
        connection.execute('ALTER TABLE "users" ADD COLUMN "note" text')
    repository = stack.new_repository(PROJECT)
    granted(stack, repository, issues="write")
    stack.bind(repository.state.full_name, "production", url_of(server, name))
    low = Queue(LOW, connection=place.redis, serializer=SERIALIZER)
    scheduled = ScheduledJobRegistry(queue=low)
    for _ in range(150):  # the stack's clock has it stand there
        if WATCH in scheduled.get_job_ids():
            break
        time.sleep(0.2)
    job = low.fetch_job(WATCH)
    assert job is not None
    scheduled.schedule(job, datetime.now(UTC))
    for _ in range(300):
        if issues(repository):
            break
        time.sleep(0.2)
    (issue,) = issues(repository)
    assert "`public.users.note`" in issue.body


def test_migrations_that_take_too_much_memory_cost_their_own_repository_alone(
    stack: Stack, place: Workplace, production: tuple[Server, str]
) -> None:
    repository = stack.new_repository(PROJECT)
    granted(stack, repository, issues="write")
    stack.bind(repository.state.full_name, "production", url_of(*production))
    small = dataclasses.replace(
        place, settings=dataclasses.replace(place.settings, job_megabytes=1)
    )
    with structlog.testing.capture_logs() as lines:
        assert watch(small, repository.state.full_name, structlog.get_logger()) == 0
    (line,) = lines
    # Where memory ends while a library is loaded, that says so in words of its own.
    assert (line["event"], line["error"] in ("TookTooMuch", "Failed")) == ("not watched", True)
    assert issues(repository) == []
    assert watched(stack, place) == 1
