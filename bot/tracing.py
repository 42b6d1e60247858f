"""OpenTelemetry, where it is wanted: one trace from a delivery to its published review.

`pip install 'driftline[tracing]'` and OTEL_EXPORTER_OTLP_ENDPOINT (or OTEL_TRACES_EXPORTER) switch
it on; without them nothing of it is imported. The context travels with the request through Redis
as W3C's `traceparent`. Spans carry ids and numbers, no names and no texts.

https://opentelemetry.io/docs/languages/sdk-configuration/ · https://www.w3.org/TR/trace-context/
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

_NAME = "driftline"


class Traces:
    """The spans of one process."""

    def __init__(self, provider: TracerProvider | None = None) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer(_NAME) if provider is not None else None

    @contextmanager
    def span(self, name: str, *, parent: str = "", **attributes: str | int) -> Iterator[None]:
        """A span around a block, below `parent` (a `traceparent`) or the span around this one.

        An exception marks it with its class alone: a message may quote texts.
        """
        if self._tracer is None:
            yield
            return
        from opentelemetry.trace import Status, StatusCode
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        context = (
            TraceContextTextMapPropagator().extract({"traceparent": parent}) if parent else None
        )
        with self._tracer.start_as_current_span(
            name,
            context=context,
            attributes={f"driftline.{key}": value for key, value in attributes.items()},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    def carried(self) -> str:
        """The `traceparent` of the span that runs; "" where there is none."""
        if self._tracer is None:
            return ""
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        carrier: dict[str, str] = {}
        TraceContextTextMapPropagator().inject(carrier)
        return carrier.get("traceparent", "")

    def close(self) -> None:
        """Send what is left; a work horse calls it before it ends."""
        if self._provider is not None:
            self._provider.shutdown()


def traces(role: str, processor: SpanProcessor | None = None) -> Traces:
    """As the environment says; `role` is web or worker. A process calls it after its fork."""
    if processor is None and not is_wanted():
        return Traces()
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        name = os.environ.get("OTEL_SERVICE_NAME", _NAME)
        resource = Resource.create({"service.name": name, "driftline.role": role})
        provider = TracerProvider(resource=resource)
        provider.add_span_processor(processor or BatchSpanProcessor(_exporter()))
    except ImportError:
        import structlog

        log = structlog.get_logger("driftline.tracing")
        log.warning("no traces", remedy="pip install 'driftline[tracing]'")
        return Traces()
    return Traces(provider)


def is_wanted() -> bool:
    """The environment names where traces go."""
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    if os.environ.get("OTEL_TRACES_EXPORTER", "") == "none":
        return False
    names = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    return any(os.environ.get(name) for name in (*names, "OTEL_TRACES_EXPORTER"))


def _exporter() -> Any:
    if os.environ.get("OTEL_TRACES_EXPORTER") == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()
