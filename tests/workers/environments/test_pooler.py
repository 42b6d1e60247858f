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
from tests.workers.environments.conftest import Project


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
        f"* = host={project.server.socket_dir} user=postgres\n"
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
