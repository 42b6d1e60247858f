"""FROM: its names, its joins, and the columns that USING names.

Follows transformFromClauseItem of src/backend/parser/parse_clause.c and checkNameSpaceConflicts of
parse_relation.c.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.engine.sql import printing, resolve
from workers.engine.sql.builtin.functions import is_builtin_function
from workers.engine.sql.ddl.outputs import Levels, Output, Sources
from workers.engine.sql.ddl.sameness import columns_of
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.state import State


def from_inside_out(nodes: Iterable[Node]) -> list[Node]:
    """The items of FROM as PostgreSQL reads them: both sides of a join before the join."""
    found: list[Node] = []
    stack = list(nodes)
    while stack:
        node = stack.pop()
        found.append(node)
        fields = node.get("JoinExpr")
        if fields is not None:
            stack += [fields["larg"], fields["rarg"]]
    return found[::-1]


def conditions(nodes: Iterable[Node]) -> Iterator[Node]:
    """The conditions of the joins in FROM."""
    for node in from_inside_out(nodes):
        quals = node.get("JoinExpr", {}).get("quals")
        if quals:
            yield quals


def check_using(fields: Node, sources: Sources) -> None:
    """Refuse a column of USING that one side has not, or has twice."""
    names = strings(fields.get("usingClause", []))
    sides = [_side(fields[key], sources) for key in ("larg", "rarg")] if names else []
    for name in names:
        for word, side in zip(("left", "right"), sides, strict=True):
            count = _count(name, side)
            if count == 0:
                raise RefusedError(
                    "42703",
                    f'column "{name}" specified in USING clause does not exist in {word} table',
                )
            if count is not None and count > 1:
                raise RefusedError(
                    "42702", f'common column name "{name}" appears more than once in {word} table'
                )


def _side(node: Node, sources: Sources) -> list[Output] | None:
    """The relations of one side of a join; None where they are not all known by name."""
    if "JoinExpr" in node and node["JoinExpr"].get("alias"):
        return None
    labels = [label for label, _ in _labels((node,))]
    if any(label not in sources or not sources[label].is_certain for label in labels):
        return None
    if len(labels) != sum("JoinExpr" not in one for one in from_inside_out((node,))):
        return None
    found = [sources[label] for label in labels]
    if len(found) == 1:
        return [Output(columns_of(found[0]))]
    return found


def _count(name: str, side: list[Output] | None) -> int | None:
    if side is None:
        return None
    count = sum(column.name == name for output in side for column in output.columns)
    if count == 0 and any(one.name == name for output in side for one in columns_of(output)):
        return None  # a join around this one shows it elsewhere
    return count


def refuse_twice(nodes: Iterable[Node]) -> None:
    """Refuse a name that two items of FROM go by."""
    seen: dict[str, str] = {}
    for label, relation in _labels(nodes):
        if label in seen and (not relation or not seen[label] or seen[label] == relation):
            raise RefusedError("42712", f'table name "{label}" specified more than once')
        seen[label] = relation


def _labels(nodes: Iterable[Node]) -> Iterator[tuple[str, str]]:
    """The name of each item of FROM, and the relation as written where it has no alias."""
    for node in nodes:
        ((kind, fields),) = node.items()
        alias = fields.get("alias", {}).get("aliasname")
        if alias:
            yield alias, ""
        elif kind == "RangeVar":
            yield fields["relname"], resolve.dotted(resolve.range_path(fields))
        elif kind == "RangeFunction" and len(fields.get("functions", ())) == 1:
            call = fields["functions"][0]["List"]["items"][0].get("FuncCall")
            if call is not None:
                yield strings(call["funcname"])[-1], ""
        elif kind == "JoinExpr":
            yield from _labels((fields["larg"], fields["rarg"]))


def need_alias(fields: Node, server_version: int) -> None:
    """Refuse a subquery in FROM without a name: a server needs one until 15."""
    if not fields.get("alias") and server_version < 16:
        is_listed = fields["subquery"].get("SelectStmt", {}).get("valuesLists")
        what = "VALUES" if is_listed else "subquery"
        raise RefusedError("42601", f"{what} in FROM must have an alias")


def check_field(state: State, fields: Node, levels: Levels) -> None:
    """Refuse `(alias).field` of a relation in FROM that has neither such a column nor function."""
    path = strings(fields["arg"].get("ColumnRef", {}).get("fields", ()))
    name = fields["indirection"][0].get("String", {}).get("sval")
    if len(path) != 1 or name is None:
        return
    for sources in levels:
        if any(not one.is_certain for one in sources.values()):
            return
        if any(column.name == path[0] for one in sources.values() for column in columns_of(one)):
            return
        if path[0] in sources:
            known = columns_of(sources[path[0]])
            if all(column.name != name for column in known) and not _is_function(state, name):
                raise RefusedError("42703", f"column {path[0]}.{name} does not exist")
            return


def _is_function(state: State, name: str) -> bool:
    return is_builtin_function(name) or printing.TableScope(state, {}).has_function((name,))
