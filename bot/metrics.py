"""What is counted, and how Prometheus reads it.

Counts are kept in Redis, so that short-lived work horses and any number of web processes add to one
sum and any process can show it. A process gathers in memory and writes at times (`Tally.flush`).
No label holds the name of a repository, an owner or a person.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import (
    Metric as Family,
)

from bot.tracing import Traces

if TYPE_CHECKING:
    from redis import Redis

KEY = "driftline:metrics"
LIMITS_KEY = "driftline:metrics:limits"
_LIMIT_SECONDS = 7_200
_SEPARATOR = "\x1f"
_Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Metric:
    """A metric's kind, its sentence, and the upper bounds of a histogram's buckets in seconds."""

    kind: Literal["counter", "histogram", "gauge"]
    help: str
    buckets: tuple[float, ...] = ()


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "driftline_deliveries_total": Metric(
            "counter", "Webhook deliveries, by event and by what became of them."
        ),
        "driftline_delivery_seconds": Metric(
            "histogram",
            "Time to answer a delivery.",
            (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
        ),
        "driftline_jobs_total": Metric("counter", "Jobs, by kind and by how they ended."),
        "driftline_job_seconds": Metric(
            "histogram",
            "Time of a job, by kind.",
            (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 600.0),
        ),
        "driftline_stage_seconds": Metric(
            "histogram",
            "Time of a review's stages: fetch, analyze, publish.",
            (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
        ),
        "driftline_latency_seconds": Metric(
            "histogram",
            "From a delivery's arrival to the conclusion of its check run.",
            (0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 300.0, 1800.0),
        ),
        "driftline_github_calls_total": Metric("counter", "Requests to GitHub, by kind of job."),
        "driftline_github_limit_remaining": Metric(
            "gauge", "What GitHub last said is left of the limit, by installation."
        ),
        "driftline_findings_total": Metric("counter", "New findings, by rule."),
        "driftline_memo_total": Metric("counter", "Lookups of remembered work, hit or miss."),
        "driftline_queue_jobs": Metric("gauge", "Jobs that wait, by queue."),
        "driftline_queue_oldest_seconds": Metric("gauge", "Age of the oldest that waits."),
        "driftline_workers": Metric("gauge", "Workers that are alive."),
    }
)


class Tally:
    """What one process has counted since its last flush; safe for threads."""

    def __init__(self, traces: Traces | None = None) -> None:
        self.traces = traces or Traces()
        self._counts: dict[str, float] = {}
        self._limits: dict[str, int] = {}
        self._lock = threading.Lock()

    def add(self, name: str, amount: float = 1, **labels: str) -> None:
        """Count something."""
        self._add({_field(name, tuple(labels.items())): amount})

    def _add(self, amounts: Mapping[str, float]) -> None:
        with self._lock:
            for field, amount in amounts.items():
                self._counts[field] = self._counts.get(field, 0) + amount

    def time(self, name: str, seconds: float, **labels: str) -> None:
        """Put a time into its histogram; buckets are summed up when they are read."""
        bounds = METRICS[name].buckets
        at = bisect_left(bounds, seconds)
        bound = f"{bounds[at]:g}" if at < len(bounds) else "+Inf"
        known = tuple(labels.items())
        bucket = _field(f"{name}_bucket", (*known, ("le", bound)))
        self._add({bucket: 1, _field(f"{name}_sum", known): seconds})

    @contextmanager
    def timed(self, name: str, **labels: str) -> Iterator[None]:
        """Time a block, however it ends; it is a span of the trace, too."""
        began = time.perf_counter()
        try:
            with self.traces.span(labels.get("stage", name)):
                yield
        finally:
            self.time(name, time.perf_counter() - began, **labels)

    def limit(self, installation: int, left: int) -> None:
        """What GitHub said is left to an installation."""
        self._limits[str(installation)] = left

    def flush(self, redis: Redis) -> None:
        """Add what was counted to the sums in Redis; kept for the next time where it is away."""
        from redis.exceptions import RedisError

        with self._lock:
            counts, self._counts = self._counts, {}
            limits, self._limits = self._limits, {}
        if not counts and not limits:
            return
        try:
            with redis.pipeline(transaction=False) as pipe:
                for field, amount in counts.items():
                    pipe.hincrbyfloat(KEY, field, amount)
                for installation, left in limits.items():
                    pipe.set(f"{LIMITS_KEY}:{installation}", left, ex=_LIMIT_SECONDS)
                    pipe.sadd(LIMITS_KEY, installation)
                pipe.execute()
        except RedisError:
            self._add(counts)


@lru_cache(4_096)
def _field(name: str, labels: _Labels) -> str:
    return _SEPARATOR.join((name, *(f"{key}={value}" for key, value in sorted(labels))))


class Collected:
    """The sums and the gauges as prometheus_client's collector, read anew for each scrape."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def describe(self) -> Iterator[Family]:
        """Nothing: Redis is not asked before the first scrape."""
        return iter(())

    def collect(self) -> Iterator[Family]:
        """Every family. Raises RedisError."""
        samples = self._stored()
        for name, labels, amount in _gauges(self._redis, time.time()):
            samples.setdefault(name, {})[labels] = amount
        for name, metric in METRICS.items():
            yield _family(name, metric, samples)

    def _stored(self) -> dict[str, dict[_Labels, float]]:
        samples: dict[str, dict[_Labels, float]] = {}
        stored = self._redis.hgetall(KEY)
        assert isinstance(stored, dict)
        for field, value in stored.items():
            text = field.decode("utf-8", "replace") if isinstance(field, bytes) else field
            name, *labels = text.split(_SEPARATOR)
            pairs = [label.partition("=") for label in labels]
            key = tuple((before, after) for before, _, after in pairs)
            samples.setdefault(name, {})[key] = float(value)
        return samples


def _gauges(redis: Redis, now: float) -> Iterator[tuple[str, _Labels, float]]:
    from rq import Queue as RqQueue
    from rq import Worker

    from bot.intake import LIST, TAKEN
    from bot.queue import QUEUES, SERIALIZER

    for queue_name in QUEUES:
        queue = RqQueue(queue_name, connection=redis, serializer=SERIALIZER)
        labels = (("queue", queue_name.removeprefix("driftline-")),)
        yield "driftline_queue_jobs", labels, len(queue)
        oldest = queue.get_jobs(0, 1)
        age = 0.0
        if oldest and oldest[0].enqueued_at is not None:
            age = max(0.0, now - oldest[0].enqueued_at.timestamp())
        yield "driftline_queue_oldest_seconds", labels, age
    yield "driftline_queue_jobs", (("queue", "intake"),), redis.llen(LIST) + redis.llen(TAKEN)
    yield "driftline_workers", (), Worker.count(connection=redis)
    yield from _limits(redis)


def _limits(redis: Redis) -> Iterator[tuple[str, _Labels, float]]:
    """What is left to each installation, known by a set of its own: a search through all keys would
    cost each scrape more the more is kept. Installations that fell silent leave it."""
    known = redis.smembers(LIMITS_KEY)
    assert isinstance(known, set)
    installations = sorted(one for one in known if isinstance(one, bytes))
    if not installations:
        return
    left = redis.mget([f"{LIMITS_KEY}:{one.decode()}" for one in installations])
    assert isinstance(left, list)
    silent = []
    for installation, value in zip(installations, left, strict=True):
        if isinstance(value, bytes):
            labels = (("installation", installation.decode()),)
            yield "driftline_github_limit_remaining", labels, float(value)
        else:
            silent.append(installation)
    if silent:
        redis.srem(LIMITS_KEY, *silent)


def _family(name: str, metric: Metric, samples: Mapping[str, Mapping[_Labels, float]]) -> Family:
    if metric.kind == "histogram":
        return _histogram(name, metric, samples)
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family: Family = kind(name, metric.help)
    for labels, value in samples.get(name, {}).items():
        family.add_sample(name, dict(labels), value)
    return family


def _histogram(name: str, metric: Metric, samples: Mapping[str, Mapping[_Labels, float]]) -> Family:
    family: Family = HistogramMetricFamily(name, metric.help)
    buckets: dict[_Labels, dict[str, float]] = {}
    for labels, value in samples.get(f"{name}_bucket", {}).items():
        rest = tuple(pair for pair in labels if pair[0] != "le")
        buckets.setdefault(rest, {})[dict(labels)["le"]] = value
    for labels, found in buckets.items():
        total = 0.0
        for bound in (*(f"{one:g}" for one in metric.buckets), "+Inf"):
            total += found.get(bound, 0)
            family.add_sample(f"{name}_bucket", {**dict(labels), "le": bound}, total)
        spent = samples.get(f"{name}_sum", {}).get(labels, 0)
        family.add_sample(f"{name}_sum", dict(labels), spent)
        family.add_sample(f"{name}_count", dict(labels), total)
    return family
