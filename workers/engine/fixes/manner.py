"""A printed statement in the manner of Prisma's migrations.

Prisma sets the columns of an index and of what is referred to close to the table, writes both
actions of a foreign key, deletion first, and leaves a line before the constraints of a new table.
Whoever calls this reads the text back: where a touch hits a name or a text, it is not taken.
"""

from __future__ import annotations

from workers.engine.fixes.tree import Statement
from workers.engine.sql.postgres import Node

_TOUCHES = (
    (' DROP "', ' DROP COLUMN "'),
    ("current_timestamp", "CURRENT_TIMESTAMP"),
    (') "repeated"', ') AS "repeated"'),
    ('" TYPE ', '" SET DATA TYPE '),
    (" SET search_path TO ''", " SET search_path = ''"),
    ("REVOKE execute ON", "REVOKE EXECUTE ON"),
    (" FROM public,", " FROM PUBLIC,"),
    ("(security_invoker=true)", "(security_invoker = true)"),
)
_ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_REFERENCES, _CONSTRAINT = " REFERENCES ", ",\n    CONSTRAINT "


def in_manner(text: str, statement: Statement) -> str:
    """The text as Prisma would write it."""
    for old, new in _TOUCHES:
        text = text.replace(old, new)
    text = _close_set(text, "DECIMAL(")
    if statement.kind == "IndexStmt":
        return text.replace('" (', '"(', 1)
    if statement.kind == "CreateStmt":
        return text.replace(_CONSTRAINT, f",\n{_CONSTRAINT[1:]}", 1)
    key = _foreign_key(statement)
    return _referring(text, key) if key is not None else text


def _close_set(text: str, opening: str) -> str:
    """`DECIMAL(65,30)` for `DECIMAL(65, 30)`."""
    head, *rest = text.split(opening)
    parts = (part.partition(")") for part in rest)
    closed = (f"{inner.replace(', ', ',')}{end}{more}" for inner, end, more in parts)
    return opening.join((head, *closed))


def _foreign_key(statement: Statement) -> Node | None:
    """The one foreign key that a statement adds."""
    commands = statement.fields.get("cmds", ())
    if statement.kind != "AlterTableStmt" or len(commands) != 1:
        return None
    found: Node = commands[0].get("AlterTableCmd", {}).get("def", {}).get("Constraint", {})
    return found if found.get("contype") == "CONSTR_FOREIGN" else None


def _referring(text: str, key: Node) -> str:
    head, _, tail = text.rpartition(_REFERENCES)
    change, removal = (_ACTIONS[key.get(f"fk_{one}_action", "a")] for one in ("upd", "del"))
    printed = f" ON UPDATE {change}" if change != "NO ACTION" else ""
    printed += f" ON DELETE {removal}" if removal != "NO ACTION" else ""
    wanted = f" ON DELETE {removal} ON UPDATE {change}"
    tail = tail.replace('" (', '"(', 1)
    tail = tail.replace(printed, wanted, 1) if printed else tail.replace(")", f"){wanted}", 1)
    return f"{head}{_REFERENCES}{tail}"
