"""Which PostgreSQL schema a connection works in: the `?schema=` of its URL.

Prisma puts every unqualified name there: https://www.prisma.io/docs/orm/overview/databases/postgresql.
Only the parameter's value leaves this module, never the URL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from workers.engine.project.paths import distance, folder_of, name_of
from workers.engine.project.texts import Texts
from workers.engine.source import Origin, Span

_PROTOCOLS = ("postgresql://", "postgres://")
_STOPS = " \t\r\n\"'`<>|;"


class Connection(Struct, frozen=True):
    """A place that says where the database is: the variable's name and its schema parameter."""

    variable: str
    schema: str
    origin: Origin


def schema_parameter(url: str) -> str:
    """The `schema` parameter of a PostgreSQL URL; "public" where it has none."""
    query = url.partition("?")[2].partition("#")[0]
    for pair in query.split("&"):
        key, equals, value = pair.partition("=")
        if key == "schema" and equals and value and "$" not in value and "{" not in value:
            return value
    return "public"


def is_url(text: str) -> bool:
    """Whether a text is a PostgreSQL connection URL."""
    return text.startswith(_PROTOCOLS)


def find_connections(texts: Texts, paths: Iterable[str]) -> Iterator[Connection]:
    """The PostgreSQL URLs that files assign to variables (`NAME=url`, `NAME: url`)."""
    for path in paths:
        text = texts.text(path)
        at = 0
        while True:
            starts = [found for p in _PROTOCOLS if (found := text.find(p, at)) >= 0]
            if not starts:
                break
            start = min(starts)
            stop = start
            while stop < len(text) and text[stop] not in _STOPS:
                stop += 1
            at = stop
            line_start = text.rfind("\n", 0, start) + 1
            variable = _variable(text[line_start:start])
            if variable:
                span = Span(start, stop)
                yield Connection(variable, schema_parameter(text[start:stop]), Origin(path, span))


def is_source(path: str) -> bool:
    """Whether connections are looked for in a file of this path."""
    name = name_of(path).lower()
    if name == ".env" or name.startswith(".env.") or name.endswith(".env"):
        return True
    is_yaml = name.endswith((".yml", ".yaml"))
    return is_yaml and (name.startswith(("docker-compose", "compose")) or "workflows/" in path)


def ranked(connections: Iterable[Connection], folder: str) -> list[Connection]:
    """The connections, those that say most about a folder's schema first."""

    def rank(connection: Connection) -> tuple[int, int, str]:
        path = connection.origin.path
        name = name_of(path).lower()
        if "workflows/" in path:
            kind = 4
        elif "compose" in name:
            kind = 3
        elif "test" in name:
            kind = 5
        else:
            is_sample = any(word in name for word in ("example", "sample", "template", "dist"))
            kind = 1 if is_sample else 0
        return kind, distance(folder_of(path), folder), path

    return sorted(connections, key=rank)


def _variable(before: str) -> str | None:
    """The name that a URL is assigned to, from the text before it on its line."""
    left = before.rstrip().rstrip("\"'").rstrip()
    if not left.endswith(("=", ":")):
        return None
    left = left[:-1].rstrip()
    if left.lstrip().startswith("#"):
        return None
    words = left.replace("-", " ").split()
    name = words[-1].strip("\"'") if words else ""
    return name if name.replace("_", "").isalnum() else None
