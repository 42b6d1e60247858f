"""A MySQL or MariaDB server as an environment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from workers.engine.observed.observation import Applied, Observation, Runner, Size
from workers.engine.schema.model import QualifiedName
from workers.environments.connecting import CONNECT_SECONDS, Unreachable, reach

if TYPE_CHECKING:
    from workers.environments.binding import Binding

_READ_SECONDS = 20


def observe_mysql(binding: Binding, url: str, now: datetime) -> Observation:
    """What the server holds. Raises Unreachable."""
    import pymysql

    from workers.introspection import mysql

    parts = urlsplit(url)
    host = unquote(parts.hostname or "")
    socket = unquote(parts.query.partition("socket=")[2].partition("&")[0])
    if not socket:
        reach(host, parts.port or 3306)
    try:
        connection = pymysql.connect(
            host=host or None,
            port=parts.port or 3306,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=parts.path.lstrip("/"),
            unix_socket=socket or None,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
        )
    except pymysql.err.MySQLError as error:
        raise _refused(error) from None
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("START TRANSACTION READ ONLY")
            schema = mysql.introspect(connection)
            names = {str(name.name) for name in schema.tables}
            cursor.execute(_SIZES)
            rows = cursor.fetchall()
            home = {name.name: name for name in schema.tables}
            sizes = {home[n]: Size(int(r or 0), int(b or 0)) for n, r, b in rows if n in names}
            runners = _runners(cursor)
    except pymysql.err.MySQLError:
        raise Unreachable(
            "reading", "the catalogue could not be read: GRANT SELECT on the database to the role"
        ) from None
    return _observation(binding, now, schema, runners, sizes)


def _observation(
    binding: Binding,
    now: datetime,
    schema: Any,
    runners: dict[Runner, tuple[Applied, ...]],
    sizes: dict[QualifiedName, Size],
) -> Observation:
    return Observation(
        binding.name,
        now.astimezone(UTC).isoformat(timespec="milliseconds"),
        schema,
        "mysql",
        runners=runners,
        sizes=sizes,
        branch=binding.branch,
        schema_path=binding.schema,
    )


def _runners(cursor: Any) -> dict[Runner, tuple[Applied, ...]]:
    cursor.execute(_HAS_HISTORY)
    if not cursor.fetchall():
        return {}
    cursor.execute(_HISTORY)
    return {"prisma": tuple(_applied(row) for row in cursor.fetchall())}


def _applied(row: tuple[Any, ...]) -> Applied:
    name, checksum, steps, *times = row
    started, finished, rolled_back = (
        time.replace(tzinfo=UTC).isoformat(timespec="milliseconds") if time else ""
        for time in times
    )
    return Applied(name, checksum, started, finished, rolled_back, bool(finished) and steps == 0)


def _refused(error: Exception) -> Unreachable:
    code = error.args[0] if error.args else 0
    if code in (1045, 1698):
        return Unreachable("password", "the server refuses the role or its password: check both")
    if code == 1049:
        return Unreachable("database", "there is no database of that name on the server")
    if code == 1044:
        return Unreachable("permission", "the role may not use the database: GRANT SELECT to it")
    if code == 1040:
        return Unreachable("database", "the server takes no more connections: try later")
    if code == 3159:
        return Unreachable("TLS", "the server wants TLS: add its options to the URL")
    return Unreachable("network", "the server did not answer as MySQL does: check host and port")


_SIZES = """
    SELECT TABLE_NAME, TABLE_ROWS, DATA_LENGTH FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'
"""
_HAS_HISTORY = """
    SELECT 1 FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '_prisma_migrations'
"""
_HISTORY = """
    SELECT migration_name, checksum, applied_steps_count, started_at, finished_at, rolled_back_at
    FROM _prisma_migrations
"""
