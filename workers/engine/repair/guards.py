"""Row-level security and policies with the tables that they protect."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding
from workers.engine.fixes.steps import Stage, Step
from workers.engine.fixes.tree import Statement, bare
from workers.engine.sql.postgres import SqlSyntaxError, parse

_RULES = frozenset(("row-level-security-missing", "policy-without-row-level-security"))


def guard_steps(findings: list[Finding]) -> Iterator[Step]:
    """The remedies of the rules on row-level security, as steps."""
    for rank, finding in enumerate(findings):
        if finding.rule not in _RULES or finding.fix is None or not finding.fix.sql:
            continue
        yield from _guarded(finding, finding.fix.sql, rank)


def _guarded(finding: Finding, sql: str, rank: int) -> Iterator[Step]:
    try:
        parsed = parse(sql.encode())
    except SqlSyntaxError:
        return
    policies = [one for one in parsed if one.kind == "CreatePolicyStmt"]
    for one in parsed:
        made = Statement(one.kind, bare(one.fields))
        is_switch = one.kind != "CreatePolicyStmt"
        notes: tuple[str, ...] = ()
        if is_switch and not policies and finding.rule == "row-level-security-missing":
            notes = (
                "No other table shows who owns these rows: until policies are added, only the "
                "service role reaches them.",
            )
        comment = "RowLevelSecurity" if is_switch else "CreatePolicy"
        undo = tuple(_undone(made))
        yield Step(Stage.GUARD, comment, made, finding.subject, undo, notes=notes, rank=100 + rank)


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
