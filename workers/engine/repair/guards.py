"""Row-level security and policies with the tables that they protect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from workers.engine.fixes.single.guards import protect
from workers.engine.fixes.steps import Stage, Step
from workers.engine.fixes.tree import Statement, bare
from workers.engine.judge import judge_pair
from workers.engine.rules.context import Context
from workers.engine.rules.security.pattern import policies_like_others
from workers.engine.schema.model import QualifiedName
from workers.engine.settings import Settings
from workers.engine.sql.postgres import SqlSyntaxError, parse

_RULES = frozenset(("row-level-security-missing", "policy-without-row-level-security"))


class Guard(Struct, frozen=True):
    """What protects one table, in SQL that is read before it is used."""

    subject: str
    sql: str


def guards_of(
    context: Context, settings: Settings, made: Iterable[QualifiedName] = ()
) -> tuple[Guard, ...]:
    """The remedies of the rules on row-level security, in a project that uses it; and the same for
    the tables that the repair makes, where the rules have no remedy because a file that somebody
    runs by hand guards them. Tables that the base has already are not the pull request's affair."""
    if not context.is_supabase:
        return ()
    found = {}
    for one in judge_pair(context, settings).findings:
        if (
            one.rule in _RULES
            and one.fix is not None
            and one.fix.sql
            and _is_new(one.subject, context)
        ):
            found[one.subject] = Guard(one.subject, one.fix.sql)
    is_used = any(table.rls for table in context.replayed.tables.values())
    for name in made:
        table = context.replayed.tables.get(name)
        if table is not None and not table.rls and is_used and str(name) not in found:
            made_of = protect(name, policies_like_others(table, context))
            found[str(name)] = Guard(str(name), made_of.sql or "")
    return tuple(found.values())


def _is_new(subject: str, context: Context) -> bool:
    base = context.base
    return base is None or all(str(name) != subject for name in base.replayed.tables)


def guard_steps(guards: Iterable[Guard]) -> Iterator[Step]:
    """The guards as steps."""
    for rank, guard in enumerate(guards, 100):
        try:
            parsed = parse(guard.sql.encode())
        except SqlSyntaxError:
            continue
        has_policies = any(one.kind == "CreatePolicyStmt" for one in parsed)
        for one in parsed:
            made = Statement(one.kind, bare(one.fields))
            yield _step(guard, made, rank, has_policies=has_policies)


def _step(guard: Guard, made: Statement, rank: int, *, has_policies: bool) -> Step:
    is_switch = made.kind != "CreatePolicyStmt"
    notes: tuple[str, ...] = ()
    if is_switch and not has_policies:
        notes = (
            "No other table shows who owns these rows: until policies are added, only the "
            "service role reaches them.",
        )
    comment = "RowLevelSecurity" if is_switch else "CreatePolicy"
    undo = tuple(_undone(made))
    return Step(Stage.GUARD, comment, made, guard.subject, undo, notes=notes, rank=rank)


def _undone(made: Statement) -> Iterator[Statement]:
    if made.kind == "CreatePolicyStmt":
        table = made.fields["table"]
        parts = [table[key] for key in ("schemaname", "relname") if key in table]
        items = [{"String": {"sval": part}} for part in (*parts, made.fields["policy_name"])]
        fields = {
            "objects": [{"List": {"items": items}}],
            "removeType": "OBJECT_POLICY",
            "behavior": "DROP_RESTRICT",
        }
        yield Statement("DropStmt", fields)
        return
    if made.kind == "AlterTableStmt":
        (command,) = made.fields["cmds"]
        off = {**command["AlterTableCmd"], "subtype": "AT_DisableRowSecurity"}
        yield Statement(made.kind, {**made.fields, "cmds": [{"AlterTableCmd": off}]})
