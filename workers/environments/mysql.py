"""A MySQL or MariaDB server as an environment."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec.structs import replace

from workers.engine.observed.observation import Applied, Observation, Runner, Size
from workers.engine.schema.model import QualifiedName
from workers.environments.connecting import CONNECT_SECONDS, NO_URL, Unreachable, reach

if TYPE_CHECKING:
    from workers.environments.binding import Binding

_READ_SECONDS = 20


def observe_mysql(binding: Binding, url: str, now: datetime) -> Observation:
    """What the server holds. Raises Unreachable."""
    import pymysql

    from workers.introspection import mysql

    address = parse_mysql(url)
    if not address.socket:
        reach(address.host, address.port)
    try:
        connection = pymysql.connect(
            host=address.host or None,
            port=address.port,
            user=address.user,
            password=address.password,
            database=address.database,
            unix_socket=address.socket or None,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            write_timeout=_READ_SECONDS,
            ssl=_tls(address.options),
            ssl_disabled=_mode(address.options) in _OFF,
        )
    except pymysql.err.MySQLError as error:
        raise _refused(error) from None
    except ssl.SSLError as error:
        raise Unreachable("TLS", _tls_remedy(error)) from None
    except OSError as error:
        raise _cut_off(error) from None
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(_FRESH)
            cursor.execute("START TRANSACTION READ ONLY")
            schema = mysql.introspect(connection)
            names = {str(name.name) for name in schema.tables}
            modes = _modes(cursor)
            cursor.execute(_SIZES)
            rows = cursor.fetchall()
            home = {name.name: name for name in schema.tables}
            sizes = {home[n]: Size(int(r or 0), int(b or 0)) for n, r, b in rows if n in names}
            runners = _runners(cursor)
    except pymysql.err.MySQLError:
        raise Unreachable(
            "reading", "the catalogue could not be read: GRANT SELECT on the database to the role"
        ) from None
    return replace(_observation(binding, now, schema, runners, sizes), modes=modes)


def _modes(cursor: Any) -> tuple[str, ...]:
    """The `sql_mode` that a session gets here."""
    cursor.execute("SELECT @@sql_mode")
    ((told,),) = cursor.fetchall()
    return tuple(word for word in str(told).split(",") if word)


@dataclass(frozen=True)
class MySqlAddress:
    """A connection string in parts, as Prisma writes it. Never printed."""

    host: str
    port: int
    user: str
    password: str
    database: str
    socket: str
    options: Mapping[str, str]


def parse_mysql(url: str) -> MySqlAddress:
    """Read a connection string. Raises Unreachable."""
    try:
        parts = urlsplit(url.strip())
        options = dict(parse_qsl(parts.query))
        port = parts.port or 3306
    except ValueError:
        raise Unreachable("address", NO_URL) from None
    database = unquote(parts.path.lstrip("/"))
    if not database:
        raise Unreachable("address", "the connection string names no database: add `/NAME`")
    return MySqlAddress(
        unquote(parts.hostname or ""),
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        database,
        options.get("socket", ""),
        options,
    )


_STRICT = frozenset({"strict", "verify_ca", "verify_identity", "verify-ca", "verify-full"})


_OFF = frozenset({"disable", "disabled"})


def _mode(options: Mapping[str, str]) -> str:
    found = options.get("sslaccept") or options.get("sslmode") or options.get("ssl-mode", "")
    return found.lower()


def _tls(options: Mapping[str, str]) -> ssl.SSLContext | None:
    """As Prisma takes it: `sslaccept=strict` checks the certificate, `sslcert` is its root; any
    other word for TLS asks for TLS alone. Raises Unreachable."""
    mode = _mode(options)
    root = options.get("sslcert") or options.get("sslrootcert")
    if not mode and not root:
        return None
    if mode in _OFF:
        return None
    try:
        context = ssl.create_default_context(cafile=root)
    except (OSError, ssl.SSLError):
        raise Unreachable("TLS", "the file that `sslcert` names holds no certificate") from None
    if mode and mode not in _STRICT:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif mode in ("verify_ca", "verify-ca"):
        context.check_hostname = False
    return context


def _tls_remedy(error: ssl.SSLError) -> str:
    told = str(error).lower()
    if "hostname mismatch" in told or "ip address mismatch" in told:
        return "the certificate is for another name: use that name, or `sslmode=verify-ca`"
    if "expired" in told:
        return "the server's certificate has expired: have it renewed"
    if "verify failed" in told:
        return (
            "the server's certificate is not trusted here: give its root with `sslcert=FILE`, or"
            " use `sslaccept=accept_invalid_certs`"
        )
    return "the TLS handshake failed: check that the port speaks MySQL, and its versions of TLS"


def _cut_off(error: OSError) -> Unreachable:
    if isinstance(error, TimeoutError):
        return Unreachable("network", "the server did not answer in time")
    return Unreachable("network", "the server broke off: check host and port")


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
    if isinstance(cause := getattr(error, "original_exception", None), ssl.SSLError):
        return Unreachable("TLS", _tls_remedy(cause))
    if isinstance(cause, TimeoutError):
        return _cut_off(cause)
    if code in (1045, 1698):
        return Unreachable("password", "the server refuses the role or its password: check both")
    if code == 1049:
        return Unreachable("database", "there is no database of that name on the server")
    if code == 1044:
        return Unreachable("permission", "the role may not use the database: GRANT SELECT to it")
    if code in (1040, 1203, 1226):
        return Unreachable("database", "the server takes no more connections: try later")
    if code == 3159:
        return Unreachable(
            "TLS", "the server wants TLS: add `sslaccept=strict`, or `accept_invalid_certs`"
        )
    if code in (1129, 1130):
        return Unreachable("permission", "the server does not let this machine in: GRANT it there")
    if code == 2026 or "ssl" in str(error).lower():
        return Unreachable("TLS", "the server speaks no TLS: leave `sslaccept` out")
    return Unreachable("network", "the server did not answer as MySQL does: check host and port")


# MySQL 8 keeps its estimates for a day; MariaDB does not, and runs no comment of MySQL 5.7 to 9.
_FRESH = "SET @driftline = 0 /*!80000 , SESSION information_schema_stats_expiry = 0 */"
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
