"""What the security rules are handed: the net state of each table, policy, view and function.

Net state means after the whole history: a policy that a later migration drops is not there, and a
table whose row-level security a later migration switches off has none.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.rules.context import Context
from workers.engine.rules.security.access import SYSTEM_SCHEMAS, Access, access_of
from workers.engine.schema.model import Function, Policy, QualifiedName, Schema, Table, View
from workers.engine.sql.predicates import Predicate, predicate

AUTH_USERS = "auth.users"
_DEFAULT_EXPOSED = ("public", "graphql_public")
_EXEMPTIONS = (
    "no rls",
    "without rls",
    "rls not needed",
    "rls is not needed",
    "no row-level security",
)


_REVOKED = "The roles of the API may not read it."


class Posture(Struct, frozen=True):
    """How much row-level security means in this project.

    `exposed` are the schemas that PostgREST serves; `guarded` and `total` count the tables in
    them, with RLS and altogether.
    """

    is_supabase: bool
    exposed: tuple[str, ...]
    guarded: int
    total: int

    @property
    def matters(self) -> bool:
        """Whether the API serves the tables directly, or the project guards most of them."""
        return self.is_supabase or self.guarded * 2 >= max(self.total, 1)


class GuardedTable(Struct, frozen=True):
    """A table in an exposed schema with its policies; `exemption` is what a human said."""

    table: Table
    policies: tuple[Policy, ...]
    posture: Posture
    exemption: str | None = None
    is_join_table: bool = False
    by_hand: Table | None = None
    """The table as it would be if somebody also ran the SQL that no runner reads."""
    readers: tuple[str, ...] = ()
    """Which of the API's roles may select from it."""

    @property
    def commands(self) -> frozenset[str]:
        """The commands that some permissive policy speaks of."""
        found: set[str] = {policy.command for policy in self.policies if policy.is_permissive}
        return frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"} if "ALL" in found else found)


class HiddenTable(Struct, frozen=True):
    """A table in a schema that the API does not serve, with its policies."""

    table: Table
    policies: tuple[Policy, ...]


class UnguardedSchema(Struct, frozen=True):
    """A Supabase project none of whose tables has row-level security."""

    tables: tuple[Table, ...]
    posture: Posture


class GuardingPolicy(Struct, frozen=True):
    """A policy with what its two expressions do."""

    policy: Policy
    table: Table
    using: Predicate | None
    check: Predicate | None

    @property
    def key(self) -> tuple[QualifiedName, str]:
        """The policy's key in a schema."""
        return self.policy.table, self.policy.name

    @property
    def bare_calls(self) -> tuple[str, ...]:
        """The calls that PostgreSQL repeats for every row."""
        sides = (self.using, self.check)
        return tuple(name for side in sides if side for name in side.bare_calls)


class PerRowPolicies(Struct, frozen=True):
    """All policies that call a function anew for every row; `is_new` for those of this change."""

    policies: tuple[GuardingPolicy, ...]
    is_new: bool


class ExposedView(Struct, frozen=True):
    """A view in an exposed schema, and the tables with RLS that it reads."""

    view: View
    guarded_tables: tuple[str, ...]

    @property
    def runs_as_caller(self) -> bool:
        """Whether `security_invoker` makes it obey the caller's policies."""
        options = {option.replace(" ", "").lower() for option in self.view.options}
        return bool(options & {f"security_invoker={word}" for word in ("true", "on", "1", "yes")})


class ExposedFunction(Struct, frozen=True):
    """A function of the project's own."""

    function: Function


SecuritySubject = (
    GuardedTable
    | HiddenTable
    | UnguardedSchema
    | GuardingPolicy
    | PerRowPolicies
    | ExposedView
    | ExposedFunction
)


def security_subjects(context: Context) -> Iterator[SecuritySubject]:
    """The subjects of one pair; none where row-level security means nothing."""
    schema = context.replayed
    if schema.provider != "postgresql":
        return
    posture = posture_of(context)
    access = access_of(schema, is_supabase=context.is_supabase)
    tables = [
        table
        for table in _all_tables(context)
        if table.name.schema in posture.exposed and table.kind != "foreign"
    ]
    if posture.matters and posture.total:
        yield from _tables(tables, posture, access, context)
    policies = [one for one in _policies(schema) if one.policy.table.schema not in SYSTEM_SCHEMAS]
    yield from policies
    yield from _per_row(policies, context)
    if posture.is_supabase:
        yield from _code(schema, posture, access)
        yield from _hidden_tables(context, posture)


def _policies(schema: Schema) -> Iterator[GuardingPolicy]:
    for policy in schema.policies.values():
        table = schema.tables.get(policy.table)
        if table is not None:
            using, check = predicate(policy.using), predicate(policy.with_check)
            yield GuardingPolicy(policy, table, using, check)


def _per_row(policies: list[GuardingPolicy], context: Context) -> Iterator[PerRowPolicies]:
    before = context.base.replayed.policies if context.base is not None else None
    costly = [one for one in policies if one.table.rls and one.bare_calls]
    old = [one for one in costly if before is None or one.key in before]
    new = [one for one in costly if before is not None and one.key not in before]
    for group, is_new in ((old, False), (new, True)):
        if group:
            yield PerRowPolicies(tuple(group), is_new)


def _all_tables(context: Context) -> list[Table]:
    """The replayed tables, and those that only SQL run by hand would make."""
    found = dict(context.replayed.tables)
    for name, table in (context.by_hand.schema.tables if context.by_hand else {}).items():
        if name in context.declared.tables:
            # What guards it was run by hand too, if at all.
            found.setdefault(name, replace(table, rls=False))
    return list(found.values())


def posture_of(context: Context) -> Posture:
    """What the configuration and the history say about row-level security."""
    exposed = _exposed_schemas(context) if context.is_supabase else _own_schemas(context.replayed)
    tables = [table for table in context.replayed.tables.values() if table.name.schema in exposed]
    return Posture(
        is_supabase=context.is_supabase,
        exposed=exposed,
        guarded=sum(table.rls for table in tables),
        total=len(tables),
    )


def _own_schemas(schema: Schema) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.schema for name in schema.tables))


def _exposed_schemas(context: Context) -> tuple[str, ...]:
    for path, source in context.sources.items():
        if not path.endswith("supabase/config.toml"):
            continue
        import tomllib

        try:
            found = tomllib.loads(source.text).get("api", {}).get("schemas")
        except tomllib.TOMLDecodeError:
            continue
        if isinstance(found, list) and all(isinstance(name, str) for name in found):
            return tuple(found)
    return _DEFAULT_EXPOSED


def _tables(
    tables: list[Table], posture: Posture, access: Access, context: Context
) -> Iterator[GuardedTable | UnguardedSchema]:
    exempt = {table.name: _exemption(table, posture, access) for table in tables}
    if posture.guarded == 0 and not context.replayed.policies:
        open_tables = tuple(table for table in tables if exempt[table.name] is None)
        if open_tables:
            yield UnguardedSchema(open_tables, posture)
        return
    for table in tables:
        policies = tuple(context.replayed.policies_of(table.name))
        by_hand = context.by_hand.schema.tables.get(table.name) if context.by_hand else None
        yield GuardedTable(
            table, policies, posture, exempt[table.name], _is_join_table(table), by_hand,
            access.readers(table),
        )  # fmt: skip


def _hidden_tables(context: Context, posture: Posture) -> Iterator[HiddenTable]:
    for table in context.replayed.tables.values():
        if table.name.schema not in SYSTEM_SCHEMAS and table.name.schema not in posture.exposed:
            yield HiddenTable(table, tuple(context.replayed.policies_of(table.name)))


def _exemption(table: Table, posture: Posture, access: Access) -> str | None:
    comment = (table.comment or "").lower()
    if any(words in comment for words in _EXEMPTIONS):
        return table.comment
    if posture.is_supabase and not access.readers(table):
        return _REVOKED
    return None


def _is_join_table(table: Table) -> bool:
    names = tuple(column.name for column in table.columns)
    return table.name.name.startswith("_") and names == ("A", "B")


def _code(
    schema: Schema, posture: Posture, access: Access
) -> Iterator[ExposedView | ExposedFunction]:
    guarded = {str(table.name) for table in schema.tables.values() if table.rls}
    guarded.add(AUTH_USERS)
    for view in schema.views.values():
        if view.name.schema in posture.exposed and access.readers(view):
            yield ExposedView(view, tuple(sorted(_read_tables(view, schema) & guarded)))
    for function in schema.functions.values():
        if function.name.schema not in SYSTEM_SCHEMAS and function.kind != "aggregate":
            yield ExposedFunction(function)


def _read_tables(view: View, schema: Schema) -> set[str]:
    """The tables behind a view, through the views between."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(view.depends_on)
    views = {str(name): other for name, other in schema.views.items()}
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        found.add(name)
        # A dependency on a column is `schema.table.column`.
        if name.count(".") == 2:
            waiting.append(name.rpartition(".")[0])
        if name in views:
            waiting.extend(views[name].depends_on)
    return found
