"""Rewrite rules: what they are on, and write to, must exist."""

from __future__ import annotations

from workers.engine.sql import resolve
from workers.engine.sql.ddl import data
from workers.engine.sql.ddl.kinds_of_relation import kind_of
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run


def create_rule(run: Run, node: Node) -> None:
    """CREATE RULE."""
    relation = resolve.need_relation(run.state, node["relation"])
    kind = kind_of(run, relation)
    if kind == "matview":
        raise RefusedError("0A000", "rules on materialized views are not supported")
    if kind not in ("table", "view"):
        raise RefusedError("42809", f'relation "{relation.name}" cannot have rules')
    name = node["rulename"]
    if (relation, name) in run.state.hidden.rules and not node.get("replace"):
        raise RefusedError("42710", f'rule "{name}" for relation "{relation.name}" already exists')
    for one in node.get("actions", ()):
        ((_, fields),) = one.items()
        if fields.get("relation"):
            data.target(run, fields["relation"])
    run.state.hidden.rules[relation, name] = True
