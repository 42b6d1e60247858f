"""Look at one real database: its schema, what its runners recorded, and its tables' sizes.

One read-only transaction under timeouts, so that nothing is held up and all is of one moment. No
row of the user's is read: only the catalogues and the runners' own tables.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workers.engine.observed.observation import Applied, Observation, Runner, Size
from workers.engine.schema.model import QualifiedName
from workers.environments import read
from workers.environments.connecting import Unreachable, connected, parse_address

if TYPE_CHECKING:
    import psycopg

    from workers.environments.binding import Binding

STATEMENT_SECONDS = 20
LOCK_SECONDS = 2
MOST_RELATIONS = 50_000
_DEEPEST = 16


def observe(binding: Binding, now: datetime) -> Observation:
    """What a bound environment holds; an observation that says why where it cannot be read."""
    from workers.environments.sqlite import observe_file

    try:
        url = binding.url()
        is_path = "://" not in url and url.endswith((".db", ".sqlite", ".sqlite3"))
        if is_path or url.startswith("file:"):
            return observe_file(binding, url, now)
        if url.startswith("mysql:"):
            from workers.environments.mysql import observe_mysql

            return observe_mysql(binding, url, now)
        with connected(url) as connection:
            return _observed(binding, connection, now, parse_address(url).schema)
    except Unreachable as error:
        return dark(binding, now, f"at the step {error}")
    except Exception as error:  # its message may hold what must not be told
        return dark(binding, now, f"at the step reading: {type(error).__name__} in Driftline")


def dark(binding: Binding, now: datetime, why: str) -> Observation:
    """The observation of a database that could not be read; `why` goes on the sentence."""
    sentence = f"`{binding.name}` could not be read {why}"
    return Observation(
        binding.name,
        _iso(now),
        branch=binding.branch,
        schema_path=binding.schema,
        failure=sentence,
    )


def _observed(
    binding: Binding, connection: psycopg.Connection[Any], now: datetime, home: str
) -> Observation:
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'".encode())
        connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'".encode())
        connection.execute(_PRINTED.encode())
        _check_size(connection)
        schema = read(connection)
        prisma = _home_of_prisma(connection, home)
        return Observation(
            binding.name,
            _iso(now),
            schema,
            server_version=connection.info.server_version // 10000,
            runners=_runners(connection, prisma),
            sizes=_sizes(connection),
            branch=binding.branch,
            schema_path=binding.schema,
            home=home or prisma,
            roles=tuple(name for (name,) in connection.execute(_ROLES).fetchall()),
            databases=tuple(name for (name,) in connection.execute(_DATABASES).fetchall()),
        )


def _home_of_prisma(connection: psycopg.Connection[Any], home: str) -> str:
    """The schema whose `_prisma_migrations` is this database's record: the URL's; without one
    `public`, else the only one that has the table. Others' records are not this project's."""
    if home:
        return home
    homes = [name for (name,) in connection.execute(_HOMES_OF_PRISMA).fetchall()]
    return homes[0] if len(homes) == 1 else "public"


def _runners(connection: psycopg.Connection[Any], prisma: str) -> dict[Runner, tuple[Applied, ...]]:
    found: dict[Runner, tuple[Applied, ...]] = {}
    if (prisma,) in connection.execute(_HOMES_OF_PRISMA).fetchall():
        rows = connection.execute(_PRISMA.format(home=_quoted(prisma)).encode()).fetchall()
        found["prisma"] = tuple(_of_prisma(row) for row in rows)
    if connection.execute(_HAS_SUPABASE).fetchall():
        rows = connection.execute(_SUPABASE).fetchall()
        found["supabase"] = tuple(_of_supabase(row) for row in rows)
    return found


def _of_prisma(row: tuple[Any, ...]) -> Applied:
    name, checksum, steps, *times = row
    started, finished, rolled_back = (_iso(time) if time else "" for time in times)
    is_marked = bool(finished) and steps == 0
    return Applied(name, checksum, started, finished, rolled_back, is_marked)


def _of_supabase(row: tuple[Any, ...]) -> Applied:
    version, name = row
    # That table keeps no times: a row is there once its migration has run.
    return Applied(f"{version}_{name}" if name else version, finished_at="unknown")


def _sizes(connection: psycopg.Connection[Any]) -> dict[QualifiedName, Size]:
    """Those of a partitioned table are the sums of its partitions'."""
    own: dict[int, tuple[QualifiedName, float, int]] = {}
    parts: dict[int, list[int]] = {}
    for oid, parent, home, name, rows, size in connection.execute(_SIZES).fetchall():
        own[oid] = QualifiedName(home, name), rows, size
        if parent:
            parts.setdefault(parent, []).append(oid)

    def summed(oid: int, depth: int = 0) -> tuple[float, int]:
        _, rows, size = own[oid]
        if oid not in parts or depth > _DEEPEST:
            return rows, size
        found = [summed(part, depth + 1) for part in parts[oid]]
        known = [count for count, _ in found if count >= 0]
        return (sum(known) if known else -1), size + sum(size for _, size in found)

    return {
        name: Size(None if rows < 0 else int(rows), size)
        for oid, (name, _, _) in own.items()
        for rows, size in (summed(oid),)
    }


def _check_size(connection: psycopg.Connection[Any]) -> None:
    """Give up on what would take memory and time without end. Raises Unreachable."""
    ((count,),) = connection.execute(_COUNT).fetchall()
    if count > MOST_RELATIONS:
        raise Unreachable(
            "reading",
            f"it holds {count} tables and views, more than the {MOST_RELATIONS} that are read",
        )


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# How constants are printed depends on the session, which a host or a role may have its way with.
_PRINTED = """
    SELECT set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, MDY', true),
        set_config('intervalstyle', 'postgres', true), set_config('bytea_output', 'hex', true),
        set_config('quote_all_identifiers', 'off', true),
        set_config('extra_float_digits', '1', true)
"""
_HOMES_OF_PRISMA = """
    SELECT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND c.relname = '_prisma_migrations' ORDER BY 1
"""
_HAS_SUPABASE = """
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = 'supabase_migrations'
        AND c.relname = 'schema_migrations'
"""
# Anybody may read the names; a policy or a grant of a pending migration may mention one.
_ROLES = "SELECT rolname::text FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1 LIMIT 1000"
_DATABASES = "SELECT datname::text FROM pg_database ORDER BY 1"
_PRISMA = """
    SELECT migration_name, checksum, applied_steps_count, started_at, finished_at, rolled_back_at
    FROM {home}._prisma_migrations
"""
# The name came with a later version of that table.
_SUPABASE = """
    SELECT version, to_jsonb(m) ->> 'name' FROM supabase_migrations.schema_migrations m
    ORDER BY version
"""
# Estimates of the last VACUUM or ANALYZE, else the count that the server keeps of what was written:
# exact counts would read the rows.
_SIZES = """
    SELECT c.oid::bigint, CASE WHEN c.relispartition THEN i.inhparent::bigint END,
        n.nspname::text, c.relname::text,
        CASE WHEN c.reltuples > 0 THEN c.reltuples
            WHEN pg_stat_get_live_tuples(c.oid) > 0 THEN pg_stat_get_live_tuples(c.oid)
            ELSE -1 END,
        c.relpages::bigint * current_setting('block_size')::bigint
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND c.relispartition
    WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_'
        AND n.nspname <> 'information_schema'
"""
_COUNT = """
    SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND n.nspname !~ '^pg_'
        AND n.nspname <> 'information_schema'
"""
