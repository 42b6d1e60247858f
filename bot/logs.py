"""The log: one JSON object a line on standard output, by structlog."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import structlog


def configure_logs(level: int = logging.INFO) -> None:
    """Set up structlog for this process; call once, at the start."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(_written),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )


_ENCODER = json.JSONEncoder(default=repr)


def _written(line: Any, **options: Any) -> str:
    """With one encoder for all lines; what JSON has no form for stands there as Python shows it."""
    return _ENCODER.encode(line)
