"""Columns in the conditions of policies follow a rename, those in their subqueries too.

A condition is kept as PostgreSQL prints it: within a subquery every column stands behind the label
of its relation, and every relation is written with its schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from workers.engine.schema.model import QualifiedName
from workers.engine.schema.names import quote
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse_expression, scan
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run

Labels = dict[str, tuple[QualifiedName | None, bool]]
"""The relation behind each label of a FROM, if it is one, and whether the label is its alias."""

Change = Callable[[QualifiedName, str, str, bool], tuple[str, str] | None]
"""The relation, label and column of a reference, and whether the label is an alias: the label and
the column that stand there from now on, or None."""

_BEFORE = len("SELECT ")


def rename_column(run: Run, table: QualifiedName, old: str, new: str) -> None:
    """A column has another name."""

    def change(relation: QualifiedName, label: str, column: str, _: bool) -> tuple[str, str] | None:
        return (label, new) if relation == table and column == old else None

    _rewrite(run, old, change)


def rename_relation(run: Run, old: QualifiedName, new: QualifiedName) -> None:
    """A relation has another name, which is its label where it has no alias."""

    def change(
        relation: QualifiedName, label: str, column: str, is_alias: bool
    ) -> tuple[str, str] | None:
        return (new.name, column) if relation == old and not is_alias else None

    if old.name != new.name:
        _rewrite(run, old.name, change)


def _rewrite(run: Run, needle: str, change: Change) -> None:
    policies = run.state.schema.policies
    for key, policy in list(policies.items()):
        using = _text(policy.using, needle, key[0], change)
        check = _text(policy.with_check, needle, key[0], change)
        if (using, check) != (policy.using, policy.with_check):
            policies[key] = replace(policy, using=using, with_check=check)


def _text(text: str | None, needle: str, table: QualifiedName, change: Change) -> str | None:
    if text is None or needle not in text:
        return text
    try:
        node = parse_expression(text)
        tokens = {one.start: one for one in scan(text.encode())}
    except SqlSyntaxError:
        return text
    data, edits = text.encode(), []
    top: Labels = {table.name: (table, False)}
    for fields, scopes, is_output in _columns(node, (top,)):
        path = strings(fields["fields"])
        start = fields.get("location", 0) - _BEFORE
        made = _changed(path, scopes, change)
        if made is not None and start in tokens:
            last = tokens[start].end + 1 if len(path) > 1 else start
            end = tokens[last].end if last in tokens else start
            word = ".".join(quote(one) for one in made)
            # The subquery's own column keeps its name.
            kept = f" AS {quote(path[-1])}" if is_output and made[-1] != path[-1] else ""
            edits.append((start, end, (word + kept).encode()))
    for start, end, made_word in sorted(edits, reverse=True):
        data = data[:start] + made_word + data[end:]
    return data.decode()


def _changed(
    path: tuple[str, ...], scopes: tuple[Labels, ...], change: Change
) -> tuple[str, ...] | None:
    """The reference's path from now on, or None where it stays."""
    if len(path) == 1 and len(scopes) == 1:
        ((label, (relation, _)),) = scopes[0].items()
        made = change(relation, label, path[0], False) if relation is not None else None
        return made[1:] if made is not None and made[1] != path[0] else None
    if len(path) != 2:
        return None
    for scope in scopes:
        if path[0] in scope:
            relation, is_alias = scope[path[0]]
            return change(relation, *path, is_alias) if relation is not None else None
    return None


def _columns(
    node: Any, scopes: tuple[Labels, ...]
) -> Iterator[tuple[Node, tuple[Labels, ...], bool]]:
    """Every reference to a column with the labels in its reach, the nearest first, and whether it
    gives a subquery's column its name."""
    stack = [(node, scopes)]
    while stack:
        current, reach = stack.pop()
        if isinstance(current, list):
            stack += [(one, reach) for one in current]
        elif isinstance(current, dict):
            for key, value in current.items():
                if key == "ColumnRef":
                    yield value, reach, False
                elif (
                    key == "ResTarget"
                    and "name" not in value
                    and "ColumnRef" in value.get("val", ())
                ):
                    yield value["val"]["ColumnRef"], reach, True
                elif key in ("SelectStmt", "larg", "rarg"):
                    stack.append((value, (_labels(value.get("fromClause", ())), *reach)))
                elif isinstance(value, (dict, list)):
                    stack.append((value, reach))


def _is_nameless(target: Node) -> bool:
    """Whether a column of the list is called as the column that it shows."""
    return "name" not in target and "ColumnRef" in target.get("val", ())


def _labels(sources: Any) -> Labels:
    found: Labels = {}
    stack = list(sources)
    while stack:
        ((kind, fields),) = stack.pop().items()
        alias = fields.get("alias", {}).get("aliasname")
        if kind == "JoinExpr":
            stack += [fields["larg"], fields["rarg"]]
        if kind == "RangeVar":
            schema = fields.get("schemaname")
            relation = QualifiedName(schema, fields["relname"]) if schema else None
            found[alias or fields["relname"]] = (relation, alias is not None)
        elif alias is not None:
            found[alias] = (None, True)
    return found
