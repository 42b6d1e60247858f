"""What a platform makes by itself in a database: no drift of anybody's."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import QualifiedName, Schema

SUPABASE_SCHEMAS = frozenset(
    {
        *("auth", "storage", "extensions", "realtime", "_realtime", "graphql", "graphql_public"),
        *("vault", "pgsodium", "pgsodium_masks", "supabase_functions", "supabase_migrations"),
        *("pgbouncer", "net", "cron", "pgmq", "_analytics", "tiger", "tiger_data", "topology"),
    }
)
"""The schemas that a Supabase project has from its first day, or that its extensions bring."""

_OTHERS = frozenset({"cron", "topology", "tiger", "tiger_data", "partman", "pg_toast"})

OPERATIONAL = frozenset(
    {
        *("pg_stat_statements", "pg_stat_kcache", "pg_buffercache", "pg_cron", "pg_partman"),
        *("pg_repack", "pg_prewarm", "pg_visibility", "pgstattuple", "pg_wait_sampling", "hypopg"),
        *("pgaudit", "pglogical", "pg_hint_plan", "index_advisor", "auto_explain", "pgtap"),
        *("rdsutils", "rds_tools", "apg_plan_mgmt", "aws_commons", "aws_s3", "aws_lambda"),
        *("azure", "azure_storage", "pgaadauth", "google_vacuum_mgmt", "google_insights"),
        *("google_columnar_engine", "google_db_advisor", "aiven_extras", "neon", "neon_utils"),
        *("heroku_ext", "pgnodemx", "pg_qualstats", "pg_track_settings", "set_user"),
    }
)
"""Extensions that an operator or a host installs to run a server: no schema is made of them."""

# Supabase offers to switch row-level security on for every new table, by an event trigger.
_RLS_FOR_ALL = "public.rls_auto_enable()"


def is_hosted_supabase(schema: Schema) -> bool:
    """Whether the database is a Supabase project's, whatever the repository says."""
    home = QualifiedName("auth", "users")
    return home in schema.tables and {"storage", "extensions"} <= schema.schemas.keys()


def of_schemas(schema: Schema, known: frozenset[str]) -> Schema:
    """The part of a database that a repository speaks of: a server is often shared, and a queue or
    a tool keeps tables of its own in a schema of its own."""

    def own(name: QualifiedName) -> bool:
        return name.schema in known

    return replace(
        schema,
        schemas={name: one for name, one in schema.schemas.items() if name in known},
        extensions={n: one for n, one in schema.extensions.items() if n not in OPERATIONAL},
        enums={name: one for name, one in schema.enums.items() if own(name)},
        domains={name: one for name, one in schema.domains.items() if own(name)},
        composites={name: one for name, one in schema.composites.items() if own(name)},
        sequences={name: one for name, one in schema.sequences.items() if own(name)},
        tables={name: one for name, one in schema.tables.items() if own(name)},
        views={name: one for name, one in schema.views.items() if own(name)},
        functions={key: one for key, one in schema.functions.items() if own(one.name)},
        triggers={
            key: one
            for key, one in schema.triggers.items()
            if own(one.table) and not (one.function or "").startswith("_timescaledb")
        },
        policies={key: one for key, one in schema.policies.items() if own(one.table)},
    )


def as_run(expected: Schema, found: Schema) -> tuple[Schema, Schema]:
    """Both sides without what a running database makes and drops by itself: the partitions of a
    table that both have (by `pg_partman`, or a job by the clock), and what stands on them."""
    shared = {name for name, table in expected.tables.items() if name in found.tables}
    sides = []
    for mine, other in ((expected, found), (found, expected)):
        gone = {
            name
            for name, table in mine.tables.items()
            if name not in other.tables and _is_part_of(name, mine, shared)
        }
        sides.append(_without(mine, gone) if gone else mine)
    return _with_switched_rls(*sides), sides[1]


def _is_part_of(name: QualifiedName, schema: Schema, roots: set[QualifiedName]) -> bool:
    for _ in range(16):
        table = schema.tables.get(name)
        if table is None or table.partition_bound is None or not table.parents:
            return False
        name = table.parents[0]
        if name in roots:
            return True
    return False


def _without(schema: Schema, gone: set[QualifiedName]) -> Schema:
    return replace(
        schema,
        tables={name: one for name, one in schema.tables.items() if name not in gone},
        triggers={key: one for key, one in schema.triggers.items() if one.table not in gone},
        policies={key: one for key, one in schema.policies.items() if one.table not in gone},
    )


def _with_switched_rls(expected: Schema, found: Schema) -> Schema:
    if _RLS_FOR_ALL not in found.functions:
        return expected
    tables = {
        name: replace(table, rls=True) if name in found.tables and found.tables[name].rls else table
        for name, table in expected.tables.items()
    }
    functions = {**expected.functions, _RLS_FOR_ALL: found.functions[_RLS_FOR_ALL]}
    return replace(expected, tables=tables, functions=functions)


def without_platform(schema: Schema, *, is_supabase: bool) -> Schema:
    """The schema without what the platform made; policies and triggers of the project on the
    platform's tables stay."""
    managed = SUPABASE_SCHEMAS if is_supabase else _OTHERS

    def own(name: QualifiedName) -> bool:
        return name.schema not in managed

    return replace(
        schema,
        schemas={name: one for name, one in schema.schemas.items() if name not in managed},
        extensions={} if is_supabase else schema.extensions,
        enums={name: one for name, one in schema.enums.items() if own(name)},
        domains={name: one for name, one in schema.domains.items() if own(name)},
        composites={name: one for name, one in schema.composites.items() if own(name)},
        sequences={name: one for name, one in schema.sequences.items() if own(name)},
        tables={name: one for name, one in schema.tables.items() if own(name)},
        views={name: one for name, one in schema.views.items() if own(name)},
        functions={key: one for key, one in schema.functions.items() if own(one.name)},
        triggers={key: one for key, one in schema.triggers.items() if own(one.table)},
        policies={
            key: one
            for key, one in schema.policies.items()
            if own(one.table) or one.table.schema == "storage"
        },
    )
