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
_SAMPLES = ("example", "sample", "template", "dist", "local", "development")
_STOPS = " \t\r\n\"'`<>|;"


class Connection(Struct, frozen=True):
    """A place that says where the database is: the variable's name and its schema parameter."""

    variable: str
    schema: str
    origin: Origin


def schema_parameter(url: str) -> str:
    """The `schema` parameter of a PostgreSQL URL; "public" where it has none."""
    return named_schema(url) or "public"


def named_schema(url: str) -> str | None:
    """The schema that a URL works in; None where that is left to a variable."""
    return _told(url, {})


def _told(url: str, known: dict[str, str]) -> str | None:
    """The schema that a URL names, or "public"; None where that is left to a variable.

    `known` are the variables that the URL's own file assigns.
    """
    query = url.partition("?")[2].partition("#")[0]
    for pair in query.split("&"):
        key, equals, value = pair.partition("=")
        if key == "schema" and equals:
            value = _filled(value, known)
            return None if not value or _is_variable(value) else _decoded(value)
    return "public"


def _is_variable(value: str) -> bool:
    """Whether some of a value is put in by whoever reads it; a name may hold a `$` of its own."""
    return value.startswith("$") or "{" in value or "$(" in value


def _filled(value: str, known: dict[str, str]) -> str:
    """`${NAME}`, `$NAME` and `${NAME:-default}` as their values, where the whole is one."""
    if not value.startswith("$"):
        return value
    name = value[1:].removeprefix("{").removesuffix("}")
    name, has_default, default = name.partition(":-")
    return known.get(name) or (default if has_default else value)


def _decoded(value: str) -> str:
    if "%" not in value and "+" not in value:
        return value
    from urllib.parse import unquote_plus

    return unquote_plus(value)


def is_url(text: str) -> bool:
    """Whether a text is a PostgreSQL connection URL."""
    return text.startswith(_PROTOCOLS)


def find_connections(texts: Texts, paths: Iterable[str]) -> Iterator[Connection]:
    """The PostgreSQL URLs that files assign to variables (`NAME=url`, `NAME: url`).

    One whose schema is left to a variable of elsewhere says nothing and is left out; of a name that
    a `.env` file assigns twice, the last counts.
    """
    for path in paths:
        found = list(_connections_in(texts.text(path), path))
        if is_environment(name_of(path).lower()):
            last = {connection.variable: connection for connection in found}
            found = [one for one in found if last[one.variable] is one]
        yield from found


def _connections_in(text: str, path: str) -> Iterator[Connection]:
    at = 0
    known: dict[str, str] | None = None
    while True:
        starts = [found for p in _PROTOCOLS if (found := text.find(p, at)) >= 0]
        if not starts:
            return
        start = min(starts)
        at = _end(text, start)
        variable = _variable(_before(text, start))
        if not variable:
            continue
        if known is None:
            known = _assigned(text)
        schema = _told(text[start:at], known)
        if schema is not None:
            yield Connection(variable, schema, Origin(path, Span(start, at)))


def _end(text: str, at: int) -> int:
    """Where a URL ends: also at the bracket that closes `${NAME:-url}`."""
    depth = 0
    while at < len(text) and text[at] not in _STOPS:
        depth += (text[at] == "{") - (text[at] == "}")
        if depth < 0:
            break
        at += 1
    return at


def _before(text: str, start: int) -> str:
    """What stands before a URL on its line, or on the line that folds it in YAML."""
    line = text.rfind("\n", 0, start) + 1
    before = text[line:start]
    if before.strip(" \t\"'") or line == 0:
        return before
    folded = text[text.rfind("\n", 0, line - 1) + 1 : line].rstrip()
    return folded.rstrip("-").rstrip("|>") if folded.endswith((">", "|", ">-", "|-", ":")) else ""


def _assigned(text: str) -> dict[str, str]:
    """The plain values that the lines of a file give to names."""
    found = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=" if "=" in line.partition(":")[0] else ":")
        name = name.strip().removeprefix("- ").removeprefix("export ").strip("\"' ")
        value = value.strip().strip("\"'")
        if equals and name.replace("_", "").isalnum() and value and "$" not in value:
            found[name] = value
    return found


def is_environment(name: str) -> bool:
    """Whether a file of this name, in small letters, is one of settings: `.env`, `env.example`."""
    if name == ".env" or name.startswith(".env.") or name.endswith(".env"):
        return True
    return name.startswith("env.") and name.removeprefix("env.") in _SAMPLES


def is_source(path: str) -> bool:
    """Whether connections are looked for in a file of this path."""
    name = name_of(path).lower()
    if is_environment(name):
        return True
    is_yaml = name.endswith((".yml", ".yaml"))
    return is_yaml and (_is_compose(name) or _is_pipeline(path))


def _is_compose(name: str) -> bool:
    return name.startswith("compose") or "docker-compose" in name


def _is_pipeline(path: str) -> bool:
    return "workflows/" in path or ".circleci/" in path or name_of(path) == ".gitlab-ci.yml"


def ranked(connections: Iterable[Connection], folder: str) -> list[Connection]:
    """The connections, those that say most about a folder's schema first."""

    def rank(connection: Connection) -> tuple[int, int, str]:
        path = connection.origin.path
        name = name_of(path).lower()
        if _is_pipeline(path):
            kind = 4
        elif not is_environment(name):
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
    if left.endswith("-") and "${" in left:
        left = left[: left.rindex("${")].rstrip().rstrip("\"'").rstrip()
    if not left.endswith(("=", ":")):
        return None
    left = left[:-1].rstrip()
    if left.lstrip().startswith("#"):
        return None
    words = left.replace("-", " ").split()
    name = words[-1].strip("\"'") if words else ""
    return name if name.replace("_", "").isalnum() else None
