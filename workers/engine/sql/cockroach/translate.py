"""CockroachDB's statements as PostgreSQL's grammar reads them, with CockroachDB's meaning.

INT is eight bytes, STRING is text, SERIAL is `unique_rowid()`, and an index's name belongs to its
table: where two tables use one, the second gets a mark that is taken off again at the end.
https://www.cockroachlabs.com/docs/stable/data-types
"""

from __future__ import annotations

from typing import Any

from workers.engine.sql.postgres import Node

MARK = "\x01"
"""Stands between an index's name and its table's, where another table has the name too."""

_TYPES = {
    "string": "text",
    "varchar": "text",
    "bytes": "bytea",
    "blob": "bytea",
    "int4": "int8",
    "json": "jsonb",
    "datetime": "timestamp",
    "dec": "numeric",
    "float": "float8",
    "int64": "int8",
}
"""`int4` only where it stands for INT, which the parser puts into `pg_catalog`."""
_SERIALS = {"serial": "int8", "serial8": "int8", "serial4": "int8", "serial2": "int8"}
_SERIALS |= {"bigserial": "int8", "smallserial": "int8"}


class Translator:
    """Changes the trees of a history's statements in place; remembers the names of indexes."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}
        """The table of each index and constraint name that was seen first."""

    def translate(self, kind: str, fields: Node) -> None:
        """Give one of CockroachDB's statements the meaning that it has there."""
        _retype(fields)
        if kind == "CreateStmt":
            self._create(fields)
        elif kind == "IndexStmt":
            self._name(fields, "idxname", _table(fields))
        elif kind == "AlterTableStmt":
            self._alter(fields)
        elif kind == "RenameStmt" and fields.get("renameType") == "OBJECT_TABCONSTRAINT":
            fields["subname"] = self._known(fields["subname"], _table(fields))

    def _create(self, fields: Node) -> None:
        table = _table(fields)
        kept = []
        for element in fields.get("tableElts", []):
            if _is_family(element):
                continue
            constraint = element.get("Constraint")
            if constraint is not None:
                self._name(constraint, "conname", table)
            column = element.get("ColumnDef")
            for one in column.get("constraints", []) if column is not None else []:
                self._name(one["Constraint"], "conname", table)
            kept.append(element)
        fields["tableElts"] = kept

    def _alter(self, fields: Node) -> None:
        table = _table(fields)
        for one in fields.get("cmds", []):
            command = one.get("AlterTableCmd", {})
            if command.get("subtype") == "AT_DropConstraint":
                command["name"] = self._known(command["name"], table)
            constraint = command.get("def", {}).get("Constraint")
            if constraint is not None:
                self._name(constraint, "conname", table)

    def _name(self, node: Node, key: str, table: str) -> None:
        name = node.get(key)
        if name and self._owners.setdefault(name, table) != table:
            node[key] = f"{name}{MARK}{table}"

    def _known(self, name: str, table: str) -> str:
        owner = self._owners.get(name, table)
        return name if owner == table else f"{name}{MARK}{table}"


def _table(fields: Node) -> str:
    return str(fields.get("relation", {}).get("relname", ""))


def _is_family(element: Node) -> bool:
    """`FAMILY name (columns)`, which says where columns are stored: read as a column `family`."""
    column = element.get("ColumnDef", {})
    columns = [_column_of(one) for one in column.get("typeName", {}).get("typmods", [])]
    return column.get("colname") == "family" and bool(columns) and None not in columns


def _column_of(node: Node) -> str | None:
    fields = node.get("ColumnRef", {}).get("fields", [])
    return fields[0]["String"]["sval"] if len(fields) == 1 and "String" in fields[0] else None


def _retype(node: Any) -> None:
    if isinstance(node, list):
        for one in node:
            _retype(one)
    elif isinstance(node, dict):
        column = node.get("ColumnDef")
        if column is not None:
            _serial(column)
        names = node.get("names")
        if isinstance(names, list) and "typemod" in node:
            node["names"] = _renamed(names)
            if node["names"][-1]["String"]["sval"] == "text" and not node.get("typmods"):
                node.pop("typmods", None)
        for value in node.values():
            _retype(value)


def _renamed(names: list[Node]) -> list[Node]:
    words = [one["String"]["sval"] for one in names if "String" in one]
    if not words or (len(words) == 2 and words[0] != "pg_catalog") or len(words) > 2:
        return names
    new = _TYPES.get(words[-1])
    if new is None or (words == ["int4"]):
        return names
    return [{"String": {"sval": "pg_catalog"}}, {"String": {"sval": new}}]


def _serial(column: Node) -> None:
    """SERIAL is INT8 NOT NULL DEFAULT unique_rowid()."""
    kind = column.get("typeName", {})
    words = [one.get("String", {}).get("sval") for one in kind.get("names", [])]
    if len(words) != 1 or words[0] not in _SERIALS:
        return
    kind["names"] = [{"String": {"sval": "pg_catalog"}}, {"String": {"sval": "int8"}}]
    call = {
        "FuncCall": {
            "funcname": [{"String": {"sval": "unique_rowid"}}],
            "funcformat": "COERCE_EXPLICIT_CALL",
        }
    }
    column.setdefault("constraints", []).extend(
        (
            {"Constraint": {"contype": "CONSTR_NOTNULL", "initially_valid": True}},
            {"Constraint": {"contype": "CONSTR_DEFAULT", "raw_expr": call}},
        )
    )
