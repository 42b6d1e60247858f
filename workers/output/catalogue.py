"""A schema in the catalogue format, as `driftline replay` and `driftline declared` print it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from workers.engine.errors import Diagnostic
from workers.engine.schema.catalogue import to_catalogue
from workers.engine.schema.model import Schema
from workers.engine.source import Origin, SourceFile
from workers.engine.sql.replay import Replay


def render_catalogue(schema: Schema) -> str:
    """A schema alone, as a database holds it."""
    if schema.provider == "mysql":
        from workers.engine.sql.mysql.keys import with_brought_indexes

        schema = with_brought_indexes(schema)
    return _written(to_catalogue(schema))


def render_replay(
    replay: Replay, diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceFile]
) -> str:
    """What the migrations make, with those that fail and what could not be known."""
    data: dict[str, Any] = dict(to_catalogue(replay.schema))
    data["failures"] = [
        {
            "migration": failure.migration,
            "path": failure.origin.path,
            "line": line_of(failure.origin, sources),
            "sqlstate": failure.sqlstate,
            "message": failure.message,
        }
        for failure in replay.failures
    ]
    data["diagnostics"] = [
        {
            "code": diagnostic.code,
            "message": diagnostic.message,
            "effect": diagnostic.effect.value,
            "subjects": list(diagnostic.subjects),
            "path": diagnostic.origin.path if diagnostic.origin else None,
            "line": line_of(diagnostic.origin, sources) if diagnostic.origin else None,
        }
        for diagnostic in diagnostics
    ]
    return _written(data)


def _written(data: Mapping[str, Any]) -> str:
    """JSON with one object of the schema a line: readable, and made by the encoder in C."""
    parts = []
    for key, value in data.items():
        if isinstance(value, dict) and value:
            rows = (f"    {_compact(name)}: {_compact(one)}" for name, one in value.items())
            parts.append(f"  {json.dumps(key)}: {{\n" + ",\n".join(rows) + "\n  }")
        elif isinstance(value, list) and value and key != "schemas":
            rows = (f"    {_compact(one)}" for one in value)
            parts.append(f"  {json.dumps(key)}: [\n" + ",\n".join(rows) + "\n  ]")
        else:
            parts.append(f"  {json.dumps(key)}: {_compact(value)}")
    return "{\n" + ",\n".join(parts) + "\n}"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def line_of(origin: Origin, sources: Mapping[str, SourceFile]) -> int:
    """The line of a place; 1 where the file was not read."""
    source = sources.get(origin.path)
    return source.location(origin.span).line if source else 1
