"""A real MariaDB for the tests: a throwaway server on a Unix socket, no root needed.

Debian's `mariadb-server` where it is installed; elsewhere the tests that need it are skipped, with
the reason.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
from pymysql.constants import CLIENT

from workers.engine.schema.model import Schema
from workers.introspection.mysql import introspect

_OPTIONS = (
    "--no-defaults",
    "--skip-networking",
    "--innodb-buffer-pool-size=32M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--skip-log-bin",
)


def why_no_mariadb() -> str | None:
    """Why there is no MariaDB here, or None where there is one."""
    for program in ("mariadbd", "mariadb-install-db"):
        if shutil.which(program, path=_PATH) is None:
            return f"MariaDB is not installed: there is no {program}"
    return None


_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"))


@dataclass
class MariaDb:
    """A running server that nobody else uses."""

    socket: Path

    def _connect(self, database: str | None = None) -> pymysql.connections.Connection[Any]:
        return pymysql.connect(
            unix_socket=str(self.socket),
            user="root",
            database=database,
            charset="utf8mb4",
            autocommit=True,
            client_flag=CLIENT.MULTI_STATEMENTS,
        )

    def run(self, scripts: Sequence[str]) -> tuple[Schema, int | None]:
        """What scripts make of a new database, and the number of the error that ends them.

        Each script is sent whole, as Prisma sends a migration.
        """
        with self._connect() as admin, admin.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS trial")
            cursor.execute("CREATE DATABASE trial COLLATE ascii_general_ci")
        error = None
        with self._connect("trial") as connection:
            try:
                for script in scripts:
                    with connection.cursor() as cursor:
                        cursor.execute(script)
                        while cursor.nextset():
                            pass
            except pymysql.MySQLError as refusal:
                error = int(refusal.args[0])
        with self._connect("trial") as connection:
            return introspect(connection), error

    def ask(self, query: str) -> tuple[tuple[Any, ...], ...]:
        """The rows of a query in the database of the last run."""
        with self._connect("trial") as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return tuple(cursor.fetchall())


@contextmanager
def running_mariadb(*more: str) -> Iterator[MariaDb]:
    """Start a server in a temporary directory, and remove all of it at the end.

    `more` are options of the server's, which count before the usual ones.
    """
    home = Path(tempfile.mkdtemp(prefix="my"))
    user = _server_user()
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(home, entry.pw_uid, entry.pw_gid)
    options = [*_OPTIONS, f"--datadir={home}/data", *([f"--user={user}"] if user else [])]
    try:
        install = ["mariadb-install-db", *_only(options), "--skip-test-db"]
        _run([*install, "--auth-root-authentication-method=normal"])
        command = ["mariadbd", *options, *more, f"--socket={home}/s", f"--pid-file={home}/pid"]
        program = shutil.which("mariadbd", path=_PATH) or "mariadbd"
        with subprocess.Popen(
            command, executable=program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                yield _ready(MariaDb(home / "s"))
            finally:
                process.terminate()
                process.wait(30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _only(options: list[str]) -> list[str]:
    return [one for one in options if one.startswith(("--no-defaults", "--datadir", "--user"))]


def _run(command: list[str]) -> None:
    program = shutil.which(command[0], path=_PATH) or command[0]
    subprocess.run([program, *command[1:]], check=True, capture_output=True)


def _server_user() -> str | None:
    """MariaDB refuses to run as root: name the user it shall run as instead."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "mysql" if "mysql" in names else "nobody"


def _ready(server: MariaDb) -> MariaDb:
    for _ in range(300):
        if server.socket.exists():
            with suppress(pymysql.MySQLError):
                server.run([])
                return server
        time.sleep(0.1)
    raise TimeoutError("MariaDB did not start")
