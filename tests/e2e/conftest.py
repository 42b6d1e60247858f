"""The whole App, once for all tests here; each test has a repository of its own."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from tests.support.stack import Stack, running_stack


@pytest.fixture(scope="session")
def running() -> Iterator[Stack]:
    with running_stack() as stack:
        yield stack


@pytest.fixture
def stack(running: Stack, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """The App, with no fault planned; every request that it made was one that GitHub knows."""
    running.sandbox.world.misbehaviours.clear()
    before = len(running.sandbox.violations)
    yield running
    running.sandbox.world.misbehaviours.clear()
    assert running.sandbox.violations[before:] == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the App wrote, where a test failed."""
    report = yield
    found = getattr(item, "funcargs", {})
    stack = found.get("stack") or found.get("mortal")
    if report.when == "call" and report.failed and stack is not None:
        report.sections.append(("the App's logs", stack.logs()))
    return report
