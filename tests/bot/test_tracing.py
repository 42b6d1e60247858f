"""One trace from a delivery to the end of its job; and what Sentry is told of an exception."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from redis import Redis
from rq.job import Job

from bot.app import create_app
from bot.intake import Intake
from bot.metrics import Tally
from bot.queue import DEFAULT, Queue
from bot.sentry import configure_sentry, stripped, tell
from bot.settings import Settings
from bot.tracing import Traces, traces
from tests.bot import payloads
from tests.bot.test_webhook import deliver


@pytest.fixture
def spans() -> Iterator[tuple[InMemorySpanExporter, Traces]]:
    exporter = InMemorySpanExporter()
    made = traces("web", SimpleSpanProcessor(exporter))
    yield exporter, made
    made.close()


def test_a_trace_goes_from_the_delivery_through_redis_to_the_job(
    settings: Settings, redis: Redis, spans: tuple[InMemorySpanExporter, Traces]
) -> None:
    exporter, kept = spans
    queue = Queue(redis)
    client = create_app(settings, queue, Tally(kept)).test_client()

    answer = deliver(client, payloads.pull_request("opened"), delivery="traced-1")
    assert Intake(redis).pass_on(queue) == 1
    assert answer.json is not None
    job = Job.fetch(answer.json["job"], connection=redis, serializer="json")
    with kept.span("job review", parent=job.args[0]["trace"], pull=5), kept.span("fetch"):
        pass

    found = {span.name: span for span in exporter.get_finished_spans()}
    assert set(found) == {"delivery", "job review", "fetch"}
    assert len({span.context.trace_id for span in found.values()}) == 1
    assert found["job review"].parent.span_id == found["delivery"].context.span_id
    assert found["fetch"].parent.span_id == found["job review"].context.span_id
    assert dict(found["delivery"].attributes) == {
        "driftline.delivery": "traced-1",
        "driftline.event": "pull_request",
    }
    assert job.origin == DEFAULT


def test_a_span_that_fails_says_what_and_not_why(
    spans: tuple[InMemorySpanExporter, Traces],
) -> None:
    exporter, kept = spans
    with pytest.raises(ValueError), kept.span("analyze"):
        raise ValueError("CREATE TABLE secret")
    (span,) = exporter.get_finished_spans()
    assert span.status.description == "ValueError"
    assert "secret" not in span.to_json()


def test_without_an_address_there_are_no_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_EXPORTER"):
        monkeypatch.delenv(name, raising=False)
    silent = traces("web")
    with silent.span("delivery"):
        assert silent.carried() == ""


def test_sentry_is_told_the_class_and_the_place_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    import sentry_sdk
    from sentry_sdk.transport import Transport

    sent = []

    class Kept(Transport):
        def capture_envelope(self, envelope: sentry_sdk.envelope.Envelope) -> None:
            sent.append(envelope)

    monkeypatch.setenv("SENTRY_DSN", "https://key@sentry.invalid/1")
    assert configure_sentry()
    client = sentry_sdk.get_client()
    client.transport = Kept()
    hidden = "a local variable"
    try:
        raise ValueError(f"CREATE TABLE private_{hidden}")
    except ValueError as error:
        tell(error)
    client.close()
    sentry_sdk.init()

    (envelope,) = sent
    event = envelope.get_event()
    assert event is not None
    text = json.dumps(event, default=str)
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert "test_tracing.py" in text
    for word in ("private_", "a local variable", "raise ValueError", "server_name"):
        assert word not in text


def test_an_event_of_another_shape_is_stripped_too() -> None:
    event = {"message": "CREATE TABLE x", "request": {"data": "y"}, "level": "error"}
    assert stripped(event) == {"level": "error", "exception": {"values": []}}
