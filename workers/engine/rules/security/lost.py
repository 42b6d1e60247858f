"""Tables that the functions behind a policy read, and that are gone."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.rules.context import Context
from workers.engine.rules.security.access import SYSTEM_SCHEMAS
from workers.engine.schema.model import Function, Policy, QualifiedName
from workers.engine.sql.plpgsql.reads import queries
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse
from workers.engine.sql.references import references, walk


def lost_relations(policy: Policy, context: Context) -> Iterator[tuple[Function, QualifiedName]]:
    """The functions of a policy with each relation that they read and that a migration dropped.

    Only of what a migration dropped it is known that it is gone; and only bodies in SQL and
    PL/pgSQL are read.
    """
    functions = context.replayed.functions
    called = [functions[name] for name in policy.depends_on if name in functions]
    dropped = _dropped(context) if called else frozenset()
    for function in called:
        if not function.body or not dropped:
            continue
        for name in _reads(function):
            if name in dropped:
                yield function, name


def _dropped(context: Context) -> frozenset[QualifiedName]:
    """The relations that a step dropped and that are not there in the end."""
    schema = context.replayed
    names = {key for step in context.replay.steps for key in step.drops if key.count(".") == 1}
    found = {QualifiedName(*key.split(".")) for key in names}
    gone = {one for one in found if one not in schema.tables and one not in schema.views}
    return frozenset(one for one in gone if one.schema not in SYSTEM_SCHEMAS)


def _reads(function: Function) -> Iterator[QualifiedName]:
    """The tables in the queries of a body, but for those that it makes for itself."""
    trees = list(_queries(function))
    path = next((one for one in function.settings if one.startswith("search_path=")), None)
    own = {name for tree in trees for name in _own(tree)}
    for tree in trees:
        for relation in references(tree).relations:
            name = relation.get("relname", "")
            space = relation.get("schemaname") or ("public" if path is None else "")
            if space and name not in own:
                yield QualifiedName(space, name)


def _queries(function: Function) -> Iterator[Node]:
    if function.language == "plpgsql":
        yield from queries(function)
    elif function.language == "sql":
        try:
            yield from (one.fields for one in parse((function.body or "").encode()))
        except SqlSyntaxError:
            return


def _own(tree: Node) -> Iterator[str]:
    """The names of WITH queries, and of tables that the body creates."""
    for kind, fields in walk(tree):
        if kind == "CommonTableExpr":
            yield fields.get("ctename", "")
        elif kind in ("CreateStmt", "CreateTableAsStmt", "IntoClause", "into"):
            relation = fields.get("relation") or fields.get("rel") or {}
            yield relation.get("relname", "")
    relation = tree.get("relation")
    if isinstance(relation, dict) and "tableElts" in tree:
        yield relation.get("relname", "")
