"""Sentry, where it is wanted: `pip install 'driftline[sentry]'` and SENTRY_DSN.

What is sent of an exception is its class and where it was raised, by file, line and function. No
message (it may quote a repository), no local variable, no line of source, no request, no log.
"""

from __future__ import annotations

import os
from typing import Any

_KEPT_OF_FRAME = ("filename", "module", "function", "lineno", "in_app")
_FLUSH_SECONDS = 2.0


def configure_sentry() -> bool:
    """Switch it on where the environment says so; whether it did."""
    if not os.environ.get("SENTRY_DSN"):
        return False
    try:
        import sentry_sdk
    except ImportError:
        import structlog

        log = structlog.get_logger("driftline.sentry")
        log.warning("nothing is sent to Sentry", remedy="pip install 'driftline[sentry]'")
        return False
    sentry_sdk.init(
        default_integrations=False,
        auto_enabling_integrations=False,
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        before_send=stripped,
    )
    return True


def tell(error: BaseException) -> None:
    """Send an exception, where Sentry is on; what ran in a child is told by its class alone."""
    if not os.environ.get("SENTRY_DSN"):
        return
    try:
        import sentry_sdk
    except ImportError:
        return
    if sentry_sdk.is_initialized():
        sentry_sdk.capture_exception(error)
        sentry_sdk.flush(_FLUSH_SECONDS)


def stripped(event: Any, hint: Any = None) -> Any:
    """The event without anything that could be a text of somebody's."""
    kept = {
        name: event[name]
        for name in ("event_id", "timestamp", "level", "platform", "release", "environment", "sdk")
        if name in event
    }
    kept["exception"] = {
        "values": [
            {
                "type": value.get("type"),
                "module": value.get("module"),
                "stacktrace": {"frames": [_frame(one) for one in _frames(value)]},
            }
            for value in event.get("exception", {}).get("values", ())
        ]
    }
    return kept


def _frames(value: Any) -> Any:
    return (value.get("stacktrace") or {}).get("frames", ())


def _frame(frame: Any) -> dict[str, Any]:
    return {name: frame[name] for name in _KEPT_OF_FRAME if name in frame}
