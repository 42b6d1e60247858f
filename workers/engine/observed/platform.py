"""What a platform makes by itself in a database: no drift of anybody's."""

from __future__ import annotations

from collections.abc import Container

from msgspec.structs import replace

from workers.engine.plain import BOOKKEEPING
from workers.engine.schema.model import Index, QualifiedName, Schema, Table

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
        *("amcheck", "pageinspect", "pg_freespacemap", "pg_walinspect", "pg_surgery", "adminpack"),
        *("pg_stat_monitor", "pg_store_plans", "pg_show_plans", "pg_proctab", "pg_logicalinspect"),
        *("pgrowlocks", "sslinfo", "system_stats", "plpgsql_check", "pldbgapi", "plprofiler"),
        *("pg_squeeze", "pg_tle", "pgactive", "credcheck", "pgcollection", "pg_permissions"),
        *(
            "pg_walinspect",
            "powa",
            "pganalyze",
            "old_snapshot",
            "pg_availability",
            "pgauditlogtofile",
        ),
    }
)
"""Extensions that an operator or a host installs to run a server: no schema is made of them."""

HOSTS = SUPABASE_SCHEMAS | frozenset(
    {
        *("neon", "neon_auth", "neon_migration", "neon_control_plane", "heroku_ext", "_heroku"),
        *("metric_helpers", "user_management", "pooler", "google_vacuum_mgmt", "repack", "partman"),
        *("pglogical", "aws_s3", "aws_commons", "aws_lambda", "rdsadmin", "rds_tools", "azure"),
        *("apg_plan_mgmt", "pgtle", "columnar", "pganalyze", "datadog", "monitor", "squeeze"),
        *("_supavisor", "pgmq_public", "supabase_etl", "etl"),
        *("timescaledb_information", "timescaledb_experimental", "toolkit_experimental"),
    }
)
"""Schemas that hosts, poolers and monitors make: of nobody's interest where nothing names them."""

_TOOL_TRIGGERS = ("_timescaledb", "repack.", "pglogical.", "pgq.", "londiste.", "squeeze.")
"""The schemas of functions whose triggers a tool puts on a table, for as long as it works."""
_BOOKKEEPING = BOOKKEEPING | frozenset(
    {
        *("databasechangelog", "databasechangeloglock", "alembic_version", "SequelizeMeta"),
        *("django_migrations", "atlas_schema_revisions", "_Migration", "dbmate_migrations"),
    }
)
_REPLICATION = ("awsdms_",)
"""How the tables and functions of the services begin that copy databases."""
_TIMESCALE = "timescaledb"

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
            if own(one.table) and not (one.function or "").startswith(_TOOL_TRIGGERS)
        },
        policies={key: one for key, one in schema.policies.items() if own(one.table)},
    )


def as_run(
    expected: Schema, found: Schema, *, are_both_live: bool = False
) -> tuple[Schema, Schema]:
    """Both sides without what a running database makes and drops by itself: the partitions of a
    table that both have (by `pg_partman`, or a job by the clock), and what stands on them; and
    without what tools and other runners keep beside the tables of a database. The expected side
    is one as well where `are_both_live`."""
    shared = {name for name, table in expected.tables.items() if name in found.tables}
    sides = []
    for mine, other in ((expected, found), (found, expected)):
        gone = {
            name
            for name, table in mine.tables.items()
            if name not in other.tables
            and (
                _is_part_of(name, mine, shared)
                or ((mine is found or are_both_live) and _is_tool_s(name, mine))
            )
        }
        sides.append(_without(mine, gone) if gone else mine)
    return _with_switched_rls(*sides), _without_time_indexes(*sides)


def _is_tool_s(name: QualifiedName, schema: Schema) -> bool:
    """The record of another runner, the tables of a replication, a template of `pg_partman`."""
    if name.name in _BOOKKEEPING or name.name.startswith(_REPLICATION):
        return True
    return name.name.startswith("template_") and any(
        table.partition_key and name.name == f"template_{parent.schema}_{parent.name}"
        for parent, table in schema.tables.items()
    )


def without_records(declared: Schema) -> Schema:
    """A declared schema without the records of runners, which a dump shows."""
    gone = {name for name in declared.tables if name.name in _BOOKKEEPING}
    return _without(declared, gone) if gone else declared


def without_tools(found: Schema, kept: Container[QualifiedName]) -> Schema:
    """A database without what tools and other runners keep in it, but for tables of these names."""
    gone = {name for name in found.tables if name not in kept and _is_tool_s(name, found)}
    return _without(found, gone) if gone else found


def _without_time_indexes(expected: Schema, found: Schema) -> Schema:
    """`create_hypertable` makes an index on the time of its table, which no migration names."""
    if _TIMESCALE not in found.extensions:
        return found
    tables = dict(found.tables)
    for name, table in found.tables.items():
        known = expected.tables.get(name)
        if known is not None:
            names = {index.name for index in known.indexes}
            kept = tuple(
                one for one in table.indexes if one.name in names or not _is_by_time(one, table)
            )
            tables[name] = replace(table, indexes=kept)
    return replace(found, tables=tables)


def _is_by_time(index: Index, table: Table) -> bool:
    """`TABLE_TIME_idx` on (time DESC), or `TABLE_SPACE_TIME_idx` on (space, time DESC)."""
    columns = index.columns
    if columns is None or index.is_unique or index.where or index.method != "btree":
        return False
    is_named = index.name == "_".join((table.name.name, *columns, "idx"))
    return is_named and len(columns) < 3 and index.keys[-1].descending


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
        functions={
            key: one
            for key, one in schema.functions.items()
            if not one.name.name.startswith(_REPLICATION)
        },
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
