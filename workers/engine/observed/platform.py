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
