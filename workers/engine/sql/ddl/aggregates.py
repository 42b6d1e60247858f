"""CREATE AGGREGATE."""

from __future__ import annotations

from workers.engine.schema.model import Function, QualifiedName
from workers.engine.schema.types import format_type
from workers.engine.sql import resolve
from workers.engine.sql.ddl.functions import argument_text, is_input
from workers.engine.sql.postgres import Node
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run


def create_aggregate(run: Run, node: Node) -> None:
    """An aggregate is kept as a function of its own kind."""
    schema, name = resolve.split_path(strings(node["defnames"]))
    place = resolve.creation_schema(run.state, schema)
    parameters = node.get("args", [{}])[0].get("List", {}).get("items", ())
    arguments = tuple(
        argument_text(run, one["FunctionParameter"]["argType"])
        for one in parameters
        if is_input(one["FunctionParameter"], node)
    )
    returns, transition, final = "", "", None
    for one in node.get("definition", ()):
        element = one["DefElem"]
        key = element["defname"].lower()
        if key in ("stype", "stype1") and "TypeName" in element.get("arg", {}):
            kind = resolve.resolve_type(run.state, element["arg"]["TypeName"])
            returns = format_type(kind)
        elif key == "finalfunc":
            final = resolve.value_text(element["arg"])
        elif key == "sfunc":
            transition = resolve.value_text(element["arg"])
    run.state.put_function(
        Function(
            QualifiedName(place, name),
            arguments,
            returns=_final(run, final) or returns,
            language="internal",
            body=transition or None,
            kind="aggregate",
            history=(run.origin,),
        )
    )


def _final(run: Run, name: str | None) -> str | None:
    if name is None:
        return None
    path = tuple(name.split("."))
    schema, last = resolve.split_path(path)
    for place in (schema,) if schema is not None else tuple(resolve.searched(run.state)):
        for signature in run.state.hidden.overloads.get(QualifiedName(place, last), ()):
            return run.state.schema.functions[signature].returns
    return None
