"""Through PgBouncer in transaction mode, as hosted databases are reached."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.ports import closed_port
from tests.support.postgres import server_user
from tests.workers.environments.conftest import NOW, Project
from workers.environments import connecting
from workers.environments.binding import Binding
from workers.environments.looking import look_now


@pytest.fixture
def pooled(project: Project) -> Iterator[str]:
    """The project's database behind PgBouncer."""
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    if not Path(program).exists():
        pytest.skip("PgBouncer is not installed: apt install pgbouncer")
    port = closed_port()
    home = Path(tempfile.mkdtemp(prefix="pool"))
    settings = home / "pgbouncer.ini"
    settings.write_text(
        "[databases]\n"
        f"dead = host=127.0.0.1 port={closed_port()} user=postgres\n"
        f"{project.database} = host={project.server.socket_dir} user=postgres pool_size=1\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        "auth_type = any\npool_mode = transaction\n"
    )
    home.chmod(0o755)
    process = subprocess.Popen(
        [program, "-q", str(settings)],
        user=server_user(),  # who alone may enter the server's directory
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    try:
        url = f"postgresql://postgres@127.0.0.1:{port}/{project.database}"
        _wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(home)


def _wait_for(url: str) -> None:
    for _ in range(30):
        try:
            psycopg.connect(url, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise AssertionError("PgBouncer did not start")


def test_what_is_seen_through_a_pooler_is_what_is_there(project: Project, pooled: str) -> None:
    project.deploy()
    direct = project.observation()
    through = project.observation(f"{pooled}?pgbouncer=true")
    assert through.failure == ""
    assert (through.schema, through.runners) == (direct.schema, direct.runners)
    assert project.survey(pooled).story.kind == "in step"


def test_many_looks_share_one_connection_of_the_pool(project: Project, pooled: str) -> None:
    """In transaction mode nothing of a session may be left over: no setting, no statement."""
    project.deploy()
    bindings = [Binding(f"env{at}", given=f"{pooled}?pgbouncer=true") for at in range(5)]
    seen = look_now(bindings, NOW)
    assert [one.failure for one in seen] == [""] * 5
    assert all(one.schema == seen[0].schema for one in seen)
    with psycopg.connect(pooled, autocommit=True) as connection:
        told = [
            connection.execute(f"SHOW {name}".encode()).fetchone()
            for name in ("search_path", "statement_timeout", "transaction_read_only")
        ]
    assert told == [('"$user", public',), ("0",), ("off",)]


def test_what_the_pooler_refuses(
    project: Project, pooled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "CONNECT_SECONDS", 3)
    nowhere = project.observation(pooled.replace(project.database, "nowhere")).failure
    assert "at the step database: the pooler knows no database of that name" in nowhere
    dead = project.observation(pooled.replace(project.database, "dead")).failure
    assert "at the step network" in dead
    assert "pooler" in dead
