"""Variables: their first values, and assignments."""

from __future__ import annotations

from workers.engine.sql.plpgsql.interpreter import Interpreter
from workers.engine.sql.postgres import Node


def assign(interpreter: Interpreter, fields: Node) -> None:
    """`variable := expression`."""
    query = fields["expr"]["PLpgSQL_expr"]["query"]
    target = interpreter.datums[fields.get("varno", 0)]
    after = _assigned(query)
    holder = {"PLpgSQL_expr": {"query": after}}
    variable = target.get("PLpgSQL_var") or target.get("PLpgSQL_rec")
    if variable is None:
        field_ = target.get("PLpgSQL_recfield", {})
        parent = interpreter.datums[field_.get("recparentno", 0)].get("PLpgSQL_rec", {})
        record = interpreter.world.variables.get(parent.get("refname", ""))
        found, is_certain = interpreter.evaluate(holder)
        if isinstance(record, dict):
            record[field_.get("fieldname", "")] = found
        if not is_certain:
            interpreter.world.doubtful.add(parent.get("refname", ""))
        return
    interpreter.assign_from(variable["refname"], holder)


def declare(interpreter: Interpreter) -> None:
    """Give every variable its first value."""
    for datum in interpreter.datums:
        variable = datum.get("PLpgSQL_var") or datum.get("PLpgSQL_rec")
        if variable is None or variable["refname"] in interpreter.world.variables:
            continue
        name = variable["refname"]
        interpreter.world.variables[name] = False if name == "found" else None
        if "default_val" in variable:
            interpreter.assign_from(name, variable["default_val"])


def _assigned(query: str) -> str:
    """What stands after `:=` or `=` in an assignment."""
    marks = [at for at in (query.find(":="), query.find("=")) if at >= 0]
    at = min(marks)
    return query[at + (2 if query[at] == ":" else 1) :]
