"""Who may read a table or run a function in a Supabase project: its default privileges, and what
the migrations granted and revoked after them.

Supabase grants everything in `public` to `anon` and `authenticated` when it is made
(https://supabase.com/docs/guides/database/postgres/roles), and PostgreSQL lets everybody run a
new function.
"""

from __future__ import annotations

from msgspec import Struct

from workers.engine.schema.model import Function, History, Schema, Table, View

CALLERS = ("anon", "authenticated")
"""The roles of somebody who holds the public key, and of somebody who is signed in."""
SYSTEM_SCHEMAS = frozenset(
    {
        *("auth", "cron", "extensions", "graphql", "graphql_public", "information_schema", "net"),
        *("pgbouncer", "pgmq", "pgroonga", "pgsodium", "pgsodium_masks", "pgtle", "realtime"),
        *("repack", "storage", "supabase_functions", "supabase_migrations", "tiger", "topology"),
        *("vault", "pg_catalog", "pg_toast"),
    }
)
"""The schemas that belong to Supabase or to extensions."""
_BY_DEFAULT = "public"


class Access(Struct, frozen=True):
    """The privileges after all migrations; `granted` by kind, object and grantee."""

    schema: Schema
    is_supabase: bool
    granted: dict[tuple[str, str, str], frozenset[str]]

    def readers(self, relation: Table | View) -> tuple[str, ...]:
        """Which of the callers may select from a table or view."""
        name, made = relation.name, relation.history[:1]
        return self._callers(("table", "SELECT"), str(name), name.schema, made)

    def runners(self, function: Function) -> tuple[str, ...]:
        """Which of the callers may execute a function."""
        made = function.history[:1]
        return self._callers(
            ("function", "EXECUTE"), function.signature, function.name.schema, made
        )

    def _callers(
        self, right: tuple[str, str], name: str, space: str, made: History
    ) -> tuple[str, ...]:
        if self._holds(right, name, space, "public", made):
            return CALLERS
        return tuple(role for role in CALLERS if self._holds(right, name, space, role, made))

    def _holds(
        self, right: tuple[str, str], name: str, space: str, role: str, made: History
    ) -> bool:
        kind, privilege = right
        wanted = {privilege, "ALL"}
        if wanted & self.granted.get((kind, name, role), frozenset()):
            return True
        if not self._is_default(kind, space, role):
            return False
        denied = self.schema.denied.get((kind, name, role))
        if denied is not None and denied.history[1:] == made and wanted & set(denied.privileges):
            return False
        # What Supabase grants is bound to the schema, what PostgreSQL grants to PUBLIC is not.
        older = self.schema.denied_later.get(("*" if role == "public" else space, kind, role))
        return older is None or name in older

    def _is_default(self, kind: str, space: str, role: str) -> bool:
        if role == "public":
            return kind == "function"
        return self.is_supabase and space == _BY_DEFAULT


def access_of(schema: Schema, *, is_supabase: bool) -> Access:
    """Who may do what in a replayed schema."""
    granted: dict[tuple[str, str, str], frozenset[str]] = {}
    for grant in schema.all_grants():
        if not grant.columns:
            key = (grant.kind, grant.object, grant.grantee)
            granted[key] = granted.get(key, frozenset()) | set(grant.privileges)
    return Access(schema, is_supabase, granted)
