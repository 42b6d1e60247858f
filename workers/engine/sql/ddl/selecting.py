"""SELECT: its parts in the order in which PostgreSQL reads them, and what each refuses.

Follows transformSelectStmt of src/backend/parser/analyze.c: FROM, the targets, WHERE, HAVING, ORDER
BY, GROUP BY, DISTINCT, LIMIT, WINDOW, and what groups allow at last.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from workers.engine.sql import resolve
from workers.engine.sql.ddl import joining, setops
from workers.engine.sql.ddl.aggregation import refuse_in, refuse_sets
from workers.engine.sql.ddl.grouping import check_groups, refuse_nested
from workers.engine.sql.ddl.outputs import Levels, Sources
from workers.engine.sql.ddl.query import add_source
from workers.engine.sql.ddl.sameness import Sameness
from workers.engine.sql.ddl.scoping import has_column, names_alone
from workers.engine.sql.ddl.sorting import (
    Targets,
    check_limits,
    check_locking,
    check_order,
    check_windows,
)
from workers.engine.sql.ddl.typing import Typing
from workers.engine.sql.postgres import Node
from workers.engine.sql.resolve import strings

if TYPE_CHECKING:
    from workers.engine.sql.ddl.scoping import Reader


def read(reader: Reader, fields: Node, outer: Levels, ctes: Sources) -> None:
    """Read the fields of a SelectStmt; `outer` are the queries around it, `ctes` those of WITH."""
    run = reader.run
    ctes = reader.ctes(fields, outer, ctes)
    if fields.get("op", "SETOP_NONE") != "SETOP_NONE":
        _united(reader, fields, outer, ctes)
        setops.check_order(run, fields, ctes, outer)
        return
    sources: Sources = {}
    with names_alone(run):
        for one in fields.get("fromClause", ()):
            add_source(run, one, sources, ctes)
    levels = (sources, *outer)
    typing = Typing(run, levels, ctes)
    _from(reader, fields.get("fromClause", ()), levels, ctes, typing)
    _targets(reader, fields, levels, ctes, typing)
    _conditions(reader, fields, levels, ctes, typing)
    labels = frozenset(one["ResTarget"].get("name", "") for one in fields.get("targetList", ()))
    for part in ("sortClause", "groupClause", "distinctClause"):
        reader.names(fields.get(part), levels, ctes, labels)
    targets = Targets.of(fields, levels)
    check_order(fields, levels, targets, Sameness(run.state, levels))
    _limits(reader, fields, levels, ctes)
    check_locking(fields, levels)
    check_windows(fields)
    typing.need_order(fields, targets)
    reader.names(fields.get("windowClause"), levels, ctes, labels)
    check_groups(run.state, fields, levels, targets)


def _united(reader: Reader, fields: Node, outer: Levels, ctes: Sources) -> None:
    """A chain of UNIONs, without recursion on its left side: each is read, then compared."""
    chain = [fields]
    while _is_plain_chain(chain[-1]["larg"]):
        chain.append(chain[-1]["larg"])
    first = chain[-1]["larg"]
    read(reader, first, outer, ctes)
    left = setops.side(reader.run, first, ctes, outer)
    for one in reversed(chain):
        read(reader, one["rarg"], outer, ctes)
        right = setops.side(reader.run, one["rarg"], ctes, outer)
        left = setops.joined(reader.run, one, left, right)


def _is_plain_chain(fields: Node) -> bool:
    """Whether it is a set operation with nothing of its own around it."""
    is_bare = not any(fields.get(part) for part in ("withClause", "sortClause", "limitCount"))
    return is_bare and fields.get("op", "SETOP_NONE") != "SETOP_NONE"


def _from(
    reader: Reader, nodes: Iterable[Node], levels: Levels, ctes: Sources, typing: Typing
) -> None:
    joining.refuse_twice(nodes)
    for node in joining.from_inside_out(nodes):
        ((kind, fields),) = node.items()
        if kind == "JoinExpr":
            joining.check_using(fields, levels[0])
            reader.names(fields.get("quals"), levels, ctes)
            for name in strings(fields.get("usingClause", [])):
                _merged(reader, name, levels[0])
        elif kind == "RangeSubselect":
            joining.need_alias(fields, reader.run.state.reads_as)
            reach = levels if fields.get("lateral") else levels[1:]
            reader.query(fields["subquery"], reach, ctes)
        elif kind == "RangeFunction":
            reader.names(fields.get("functions"), levels, ctes)
            refuse_in(fields.get("functions"), levels, "functions in FROM", allows_sets=True)
            for one in fields.get("functions", ()):
                _called(one["List"]["items"][0], typing)
        elif kind == "RangeVar" and fields.get("relname") not in ctes:
            relation = resolve.find_relation(reader.run.state, fields)
            if relation is not None:
                reader.found.add(str(relation))
    for quals in joining.conditions(nodes):
        refuse_in(quals, levels, "JOIN conditions")
        typing.condition(quals, "JOIN/ON")


def _called(node: Node, typing: Typing) -> None:
    """A function in FROM; unnest of several arrays is as many functions."""
    call = node.get("FuncCall", {})
    arguments = call.get("args", ())
    if len(arguments) > 1 and strings(call["funcname"])[-1] == "unnest":
        for one in arguments:
            typing.expression({"FuncCall": {**call, "args": [one]}})
    else:
        typing.expression(node)


def _merged(reader: Reader, name: str, sources: Sources) -> None:
    """What USING names is read of both sides."""
    for output in sources.values():
        if output.relation is not None and has_column(output, name):
            reader.found.add(f"{output.relation}.{name}")


def _targets(reader: Reader, fields: Node, levels: Levels, ctes: Sources, typing: Typing) -> None:
    targets = fields.get("targetList", ())
    with typing.in_order(one["ResTarget"]["val"] for one in targets):
        reader.names(fields.get("targetList"), levels, ctes, is_whole=True)
    typing.expressions(targets)
    refuse_nested(fields)
    refuse_sets(targets)


def _conditions(
    reader: Reader, fields: Node, levels: Levels, ctes: Sources, typing: Typing
) -> None:
    for part, word in (("whereClause", "WHERE"), ("havingClause", "HAVING")):
        if part in fields:
            with typing.in_order((fields[part],)):
                reader.names(fields[part], levels, ctes, is_whole=True)
            refuse_in(fields[part], levels, word, allows_groups=part == "havingClause")
            typing.condition(fields[part], word)


def _limits(reader: Reader, fields: Node, levels: Levels, ctes: Sources) -> None:
    for part, word in (("limitCount", "LIMIT"), ("limitOffset", "OFFSET")):
        reader.names(fields.get(part), levels, ctes)
        refuse_in(fields.get(part), levels, word)
    reader.names(fields.get("valuesLists"), levels, ctes)
    refuse_in(fields.get("valuesLists"), levels, "VALUES", allows_sets=True)
    check_limits(fields, levels)
