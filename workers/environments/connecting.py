"""A connection to a real database, and which step failed where there is none.

The steps are taken one by one (name, network, TLS, password, database), so that the remedy fits.
No message of the driver is passed on: it may hold the host, the user or the connection string.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

if TYPE_CHECKING:
    import psycopg

StepName = Literal[
    "address", "name", "network", "TLS", "password", "database", "permission", "reading"
]

CONNECT_SECONDS = 10
_SILENT_SECONDS = 25
"""How long a server may leave what was sent to it unanswered, once it is connected."""
_MOST_HOSTS = 4
_MOST_ADDRESSES = 6

_PRISMA_ONLY = frozenset(
    {
        *("schema", "pgbouncer", "connection_limit", "pool_timeout", "socket_timeout"),
        *("statement_cache_size", "sslidentity", "sslpassword", "sslaccept", "schemas"),
        *("single_use_connections", "max_idle_connection_lifetime", "uselibpqcompat"),
        *("supa", "workaround"),
    }
)
"""What Prisma and poolers take from the URL and libpq refuses."""


class Unreachable(Exception):
    """A database could not be read: the step that failed, and what to do about it."""

    def __init__(self, step: StepName, remedy: str) -> None:
        super().__init__(f"{step}: {remedy}")
        self.step = step
        self.remedy = remedy


@dataclass(frozen=True)
class Address:
    """A connection string in parts. Never printed."""

    hosts: tuple[tuple[str, int], ...]
    """Each host with its port, in the order in which libpq tries them; a path is a socket's."""
    conninfo: str
    schema: str = ""
    """Prisma's `?schema=`: where it looks, and where its migrations run."""


def parse_address(url: str) -> Address:
    """Read a connection string as Prisma and libpq take it. Raises Unreachable."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise Unreachable("address", NO_URL) from None
    if parts.scheme not in ("postgres", "postgresql"):
        raise Unreachable(
            "address", "the connection string must begin with postgresql://, mysql:// or file:"
        )
    kept = [(key, value) for key, value in parse_qsl(parts.query) if key not in _PRISMA_ONLY]
    options = dict(kept)
    if options.get("sslmode") == "no-verify":
        kept = [*((k, v) for k, v in kept if k != "sslmode"), ("sslmode", "require")]
    conninfo = urlunsplit(("postgresql", parts.netloc, parts.path, urlencode(kept), ""))
    given = dict(parse_qsl(parts.query))
    return Address(_hosts(parts.netloc, options), conninfo, given.get("schema", ""))


NO_URL = (
    "the connection string is not a URL: check it, and URL-encode what the password holds of"
    " `#`, `/`, `?`, `@`, `[` and `%`"
)


def _hosts(netloc: str, options: dict[str, str]) -> tuple[tuple[str, int], ...]:
    """`a:5432,b:5433`, each with its own port; or libpq's `host` and `port` parameters."""
    written = netloc.rpartition("@")[2]
    pairs = [_host_and_port(one) for one in written.split(",")] if written else []
    if not any(host for host, _ in pairs):
        pairs = [(host, "") for host in options.get("host", "").split(",")]
    ports = options.get("port", "").split(",")
    found = []
    for at, (host, port) in enumerate(pairs[:_MOST_HOSTS]):
        number = port or (ports[at] if at < len(ports) else ports[0]) or "5432"
        if not (number.isascii() and number.isdigit() and 0 < int(number[:6]) < 65_536):
            raise Unreachable("address", NO_URL)
        found.append((host, int(number)))
    return tuple(found)


def _host_and_port(written: str) -> tuple[str, str]:
    if written.startswith("["):
        host, _, port = written[1:].partition("]")
        return host, port.removeprefix(":")
    host, _, port = written.partition(":")
    return unquote(host), port


@contextlib.contextmanager
def connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    """An autocommitting connection that prepares nothing, as poolers need it. Raises Unreachable.

    Whatever psycopg says while the connection is used becomes `Unreachable` as well.
    """
    import psycopg

    address = parse_address(url)
    _reach_one(address.hosts)
    try:
        connection = psycopg.connect(
            address.conninfo,
            autocommit=True,
            prepare_threshold=None,
            connect_timeout=CONNECT_SECONDS,
            application_name="driftline",
            client_encoding="utf8",
            # A server that fell silent must not hold the caller: statement_timeout is its own.
            tcp_user_timeout=_SILENT_SECONDS * 1000,
            keepalives_idle=5,
            keepalives_interval=5,
            keepalives_count=3,
        )
    except psycopg.Error as error:
        raise _refused(error) from None
    try:
        with connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege:
        raise Unreachable("permission", _GRANT) from None
    except psycopg.errors.LockNotAvailable:
        raise Unreachable(
            "reading", "somebody holds a lock on what must be read, as a migration does: try later"
        ) from None
    except psycopg.errors.QueryCanceled:
        raise Unreachable(
            "reading", "the catalogue could not be read in time: the server is busy, try later"
        ) from None
    except psycopg.Error as error:
        told = error.sqlstate or type(error).__name__
        raise Unreachable("reading", f"the server broke off ({told}): try again") from None


_GRANT = (
    "the role may not read what it must: GRANT USAGE on each schema, and SELECT on"
    " `_prisma_migrations` (or `supabase_migrations.schema_migrations`), to it"
)


def _reach_one(hosts: tuple[tuple[str, int], ...]) -> None:
    """One that answers is enough: libpq goes on to it by itself. Raises the last's Unreachable."""
    last: Unreachable | None = None
    for host, port in hosts:
        try:
            if host and not host.startswith(("/", "@")):
                reach(host, port)
        except Unreachable as error:
            last = error
        else:
            return
    if last is not None:
        raise last


def reach(host: str, port: int) -> None:
    """Resolve the name and open the port, to tell the two failures apart. Raises Unreachable."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(
            "name", "the host's name is not known here: check its spelling and this machine's DNS"
        ) from None
    last: OSError | None = None
    for family, kind, protocol, _, target in found[:_MOST_ADDRESSES]:
        with socket.socket(family, kind, protocol) as probe:
            probe.settimeout(CONNECT_SECONDS / max(1, min(len(found), 3)))
            try:
                probe.connect(target)
            except OSError as error:
                last = error
            else:
                return
    only_ipv6 = all(family == socket.AF_INET6 for family, *_ in found)
    raise Unreachable("network", _network_remedy(last, only_ipv6=only_ipv6))


def _network_remedy(error: OSError | None, *, only_ipv6: bool) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens on that port: check the port, and that the server runs"
    if only_ipv6:
        return (
            "the host has IPv6 addresses alone and this machine does not reach them: use the"
            " pooler's address (Supabase: Connect > Session pooler), or give this machine IPv6"
        )
    return "no answer from the host: check the firewall and the list of allowed addresses"


def _refused(error: psycopg.Error) -> Unreachable:
    """The step at which the server or libpq gave up, by its words: libpq keeps no SQLSTATE.

    What stands in quotation marks is somebody's name, which may hold any word.
    """
    told = "".join(str(error).lower().split('"')[::2])
    if "pg_hba" in told:
        return _barred(told)
    if "password" in told or "tenant" in told or ("role" in told and "does not exist" in told):
        return Unreachable("password", _PASSWORD)
    if "database" in told and ("does not exist" in told or "no such database" in told):
        return Unreachable("database", "there is no database of that name on the server")
    if "bouncer config error" in told:
        return Unreachable("database", "the pooler knows no database of that name: check both")
    if any(words in told for words in ("too many", "connection slots", "max_client_conn")):
        return Unreachable("database", "the server takes no more connections: try later")
    if "permission denied" in told or "not permitted to log in" in told:
        return Unreachable("permission", "the role may not connect: GRANT CONNECT and LOGIN to it")
    if "cannot connect to server" in told or "server login" in told:
        return Unreachable("database", "the pooler does not reach its server: look at both")
    if any(words in told for words in ("starting up", "shutting down", "recovery mode")):
        return Unreachable("database", "the server is starting or shutting down: try later")
    if "certificate" in told or "ssl" in told or "tls" in told:
        return Unreachable("TLS", _tls_remedy(told))
    if "timeout" in told or "timed out" in told:
        return Unreachable(
            "network", "the server, or the one behind the pooler, did not answer in time"
        )
    return Unreachable(
        "database",
        "the server broke off before it was ready: check the role, the password, the database's"
        " name, and the server's log",
    )


def _barred(told: str) -> Unreachable:
    """No line of pg_hba.conf fits: for want of TLS, or whatever the connection is like."""
    if "ssl encryption" in told or "ssl on" in told:
        return Unreachable(
            "permission",
            "the server's pg_hba.conf does not let this role in from this machine: add a line for"
            " it, or this machine's address to the list of allowed ones",
        )
    return Unreachable(
        "TLS",
        "the server lets nobody like this in without TLS: add `sslmode=require`; if that is there,"
        " its pg_hba.conf needs a line for this role and machine",
    )


_PASSWORD = (
    "the server refuses the role or its password: check both, URL-encoded, and for a pooler the"
    " user's form (`postgres.PROJECT`)"
)


def _tls_remedy(told: str) -> str:
    if "does not support ssl" in told or "no ssl" in told or "server closed" in told:
        return "the server speaks no TLS: use `sslmode=prefer`, or switch TLS on there"
    if "host name" in told or "does not match" in told:
        return "the certificate is for another name: use that name, or `sslmode=verify-ca`"
    if "weak sslmode" in told:
        return "`sslrootcert=system` goes with `sslmode=verify-full` alone: add that"
    if "version" in told or "protocol" in told:
        return (
            "the two sides share no version of TLS: look at `ssl_min_protocol_version` here and on"
            " the server"
        )
    if "verify failed" in told or "certificate verify" in told or "root certificate" in told:
        return (
            "the server's certificate is not trusted here, or has expired: give its root with"
            " `sslrootcert=FILE` (Supabase: Settings > Database > SSL), have it renewed, or use"
            " `sslmode=require`"
        )
    return "the TLS handshake failed: check `sslmode`, and that the port speaks PostgreSQL"
