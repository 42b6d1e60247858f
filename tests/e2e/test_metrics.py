"""What Prometheus is shown after a review."""

from __future__ import annotations

import urllib.request

from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from bot.pages.metrics import serve_metrics
from tests.e2e.projects import DRIFT, PROJECT
from tests.sandbox.handles import wait_until
from tests.support.ports import closed_port
from tests.support.stack import Stack


def scraped(stack: Stack) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample, by name and labels; the text is what Prometheus' own parser reads."""
    port = closed_port()
    assert serve_metrics(Redis.from_url(stack.redis_url), f"127.0.0.1:{port}")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_review_is_counted_from_delivery_to_finding(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    repository.open_pull_request("feature", DRIFT).wait_for_check()
    queued = (
        "driftline_deliveries_total",
        frozenset({("event", "pull_request"), ("outcome", "queued")}),
    )
    done = ("driftline_jobs_total", frozenset({("kind", "review"), ("ending", "done")}))
    wait_until(lambda: scraped(stack).get(done, 0) >= 1, "the job to be counted")
    wait_until(lambda: scraped(stack).get(queued, 0) >= 1, "the delivery to be counted")
    found = scraped(stack)

    assert found["driftline_findings_total", frozenset({("rule", "column-missing")})] >= 1
    assert found["driftline_workers", frozenset()] >= 1
    assert found["driftline_queue_jobs", frozenset({("queue", "default")})] >= 0
    assert found["driftline_github_calls_total", frozenset({("kind", "review")})] >= 5
    for stage in ("fetch", "analyze", "conclude"):
        assert found["driftline_stage_seconds_count", frozenset({("stage", stage)})] >= 1
    names = {word for name, labels in found for _, word in labels}
    assert not any("acme" in word or "alice" in word for word in names)


def test_a_port_that_is_taken_is_said_and_harms_nobody(stack: Stack) -> None:
    assert not serve_metrics(Redis.from_url(stack.redis_url), f"127.0.0.1:{stack.port}")
