"""A MySQL or MariaDB database's catalogue in the shape that the replay of migrations fills.

What the two servers show differently is brought to MySQL 8's form: MariaDB shows display widths of
integers, quotes its defaults, and has JSON as LONGTEXT with a check (`json_valid`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from workers.engine.schema.model import (
    Action,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    IndexKey,
    KeyConstraint,
    QualifiedName,
    Schema,
    SqlType,
    Table,
    Trigger,
    View,
)
from workers.engine.sql.generic import tokens
from workers.engine.sql.mysql.create import SCHEMA
from workers.engine.sql.mysql.draft import COLLATE, PRIMARY
from workers.engine.sql.mysql.types import canonical_default, quoted, read_type
from workers.engine.sql.reader import Reader

if TYPE_CHECKING:
    import pymysql

Row = tuple[Any, ...]
_ACTIONS: dict[str, Action] = {
    "CASCADE": "CASCADE",
    "SET NULL": "SET NULL",
    "SET DEFAULT": "SET DEFAULT",
    "RESTRICT": "RESTRICT",
    "NO ACTION": "NO ACTION",
}


def introspect(connection: pymysql.connections.Connection[Any]) -> Schema:
    """The schema of the connection's current database, but `_prisma_migrations`."""
    return _Catalogue(connection).schema()


class _Catalogue:
    """One pass over `information_schema`."""

    def __init__(self, connection: pymysql.connections.Connection[Any]) -> None:
        self._connection = connection
        ((version, self._default),) = self._rows(
            "SELECT VERSION(), DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA "
            "WHERE SCHEMA_NAME = DATABASE()"
        )
        self._is_mariadb = "mariadb" in version.lower()
        self._of_columns: set[tuple[str, str]] = set()

    def _rows(self, query: str) -> list[Row]:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def schema(self) -> Schema:
        """Everything that is read."""
        schema = Schema(provider="mysql", schemas={SCHEMA: ()})
        columns, keys, checks = self._columns(), self._foreign_keys(), self._checks()
        indexes = self._indexes()
        for name, collation, comment in self._rows(_TABLES):
            if name == "_prisma_migrations":
                continue
            key = QualifiedName(SCHEMA, name)
            own = tuple(indexes.get(name, ()))
            primary = next((index for index in own if index.name == PRIMARY), None)
            json, rest = self._json_checks(name, checks.get(name, ()))
            schema.tables[key] = Table(
                key,
                tuple(self._column(row, collation, json) for row in columns.get(name, ())),
                primary_key=KeyConstraint(PRIMARY, primary.columns or ()) if primary else None,
                indexes=own,
                foreign_keys=tuple(keys.get(name, ())),
                checks=rest,
                comment=comment or None,
                options=() if collation == self._default else (f"{COLLATE}{collation}",),
            )
        for (name,) in self._rows(_VIEWS):
            schema.views[QualifiedName(SCHEMA, name)] = View(QualifiedName(SCHEMA, name))
        for name, table in self._rows(_TRIGGERS):
            owner = QualifiedName(SCHEMA, table)
            schema.triggers[(owner, name)] = Trigger(name, owner)
        return schema

    def _columns(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for table, *row in self._rows(_COLUMNS):
            found.setdefault(table, []).append(tuple(row))
        return found

    def _column(self, row: Row, table_collation: str, json: frozenset[str]) -> Column:
        name, written, default, nullable, extra, collation, generation, comment = row
        type_ = SqlType("json") if name in json else read_type(_reader(written)).type
        extra = (extra or "").upper()
        identity: Literal["BY DEFAULT"] | None = "BY DEFAULT" if "AUTO_INCREMENT" in extra else None
        return Column(
            name,
            type_,
            not_null=nullable == "NO",
            default=None if generation else self._default_of(default, extra, type_),
            identity=identity,
            generated=_generated(generation, extra) if generation else None,
            collation=None if collation == table_collation or type_.name == "json" else collation,
            comment=comment or None,
            on_update=_on_update(extra),
        )

    def _default_of(self, text: str | None, extra: str, type_: SqlType) -> str | None:
        if text is None or (self._is_mariadb and text == "NULL"):
            return None
        if _is_now(text):
            return text.upper().replace("()", "")
        if self._is_mariadb:
            if text.startswith("'"):
                value = Reader(tokens(text, "mysql"), text).string()
                return canonical_default(quoted(value), type_)
            is_literal = text[:2].lower() == "b'" or _is_number(text)
            return canonical_default(text, type_) if is_literal else f"({text})"
        if "DEFAULT_GENERATED" in extra:
            return f"({text})"
        plain = text[:2] == "b'" or type_.name.removesuffix(" unsigned") in _NUMBERS
        return canonical_default(text if plain else quoted(text), type_)

    def _indexes(self) -> dict[str, list[Index]]:
        found: dict[tuple[str, str], list[Row]] = {}
        for table, name, *row in self._rows(_INDEXES):
            found.setdefault((table, name), []).append(tuple(row))
        indexes: dict[str, list[Index]] = {}
        for (table, name), rows in found.items():
            indexes.setdefault(table, []).append(_index(name, rows))
        return indexes

    def _foreign_keys(self) -> dict[str, list[ForeignKey]]:
        found: dict[tuple[str, str], list[Row]] = {}
        for table, name, *row in self._rows(_KEYS):
            found.setdefault((table, name), []).append(tuple(row))
        keys: dict[str, list[ForeignKey]] = {}
        for (table, name), rows in found.items():
            _, target, _, on_delete, on_update = rows[0]
            key = ForeignKey(
                name,
                tuple(row[0] for row in rows),
                QualifiedName(SCHEMA, target),
                tuple(row[2] for row in rows),
                self._action(on_delete),
                self._action(on_update),
            )
            keys.setdefault(table, []).append(key)
        return keys

    def _action(self, rule: str) -> Action:
        return _ACTIONS[rule]

    def _checks(self) -> dict[str, list[CheckConstraint]]:
        found: dict[str, list[CheckConstraint]] = {}
        for table, name, clause in self._rows(_MARIADB_CHECKS if self._is_mariadb else _CHECKS):
            found.setdefault(table, []).append(CheckConstraint(name, f"CHECK ({clause})"))
        if self._is_mariadb and self._rows(_HAS_LEVELS):
            self._of_columns = {(table, name) for table, name in self._rows(_COLUMN_CHECKS)}
        return found

    def _json_checks(
        self, table: str, checks: Iterable[CheckConstraint]
    ) -> tuple[frozenset[str], tuple[CheckConstraint, ...]]:
        """The columns that are JSON by MariaDB's check, and the other checks.

        The check is one of the column, and keeps the column's first name when that is renamed.
        """
        json, rest = set(), []
        for check in checks:
            column = check.definition.removeprefix("CHECK (json_valid(`").removesuffix("`))")
            is_json = self._is_mariadb and check.definition == f"CHECK (json_valid(`{column}`))"
            if is_json and (column == check.name or (table, check.name) in self._of_columns):
                json.add(column)
            else:
                rest.append(check)
        return frozenset(json), tuple(rest)


_NUMBERS = frozenset(
    ("tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year")
)


def _reader(text: str) -> Reader:
    return Reader(tokens(text, "mysql"), text)


def _is_now(text: str) -> bool:
    return text.lower().partition("(")[0] == "current_timestamp"


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).replace("e", "", 1).replace("-", "").isdigit()


def _on_update(extra: str) -> str | None:
    _, found, rest = extra.partition("ON UPDATE ")
    return rest.split()[0].replace("()", "") if found else None


def _generated(expression: str, extra: str) -> str:
    is_stored = "STORED" in extra or "PERSISTENT" in extra
    return f"({expression}) {'STORED' if is_stored else 'VIRTUAL'}"


def _index(name: str, rows: list[Row]) -> Index:
    kind = rows[0][1].lower()
    is_plain = kind in ("btree", "hash", "rtree")
    keys = tuple(
        IndexKey(
            column,
            None if column is not None else expression,
            descending=order == "D",
            length=None if length is None or kind in ("spatial", "rtree") else int(length),
        )
        for _, _, column, order, length, expression in rows
    )
    return Index(
        name,
        keys,
        is_unique=not rows[0][0],
        method="spatial" if kind in ("spatial", "rtree") else "btree" if is_plain else kind,
        is_constraint=name == PRIMARY,
    )


_TABLES = """
    SELECT TABLE_NAME, TABLE_COLLATION, TABLE_COMMENT FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME
"""
_VIEWS = "SELECT TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()"
_TRIGGERS = """
    SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS
    WHERE TRIGGER_SCHEMA = DATABASE()
"""
_COLUMNS = """
    SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, COLUMN_DEFAULT, IS_NULLABLE, EXTRA,
        COLLATION_NAME, GENERATION_EXPRESSION, COLUMN_COMMENT
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()
    ORDER BY TABLE_NAME, ORDINAL_POSITION
"""
_INDEXES = """
    SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, INDEX_TYPE, COLUMN_NAME, COLLATION, SUB_PART, NULL
    FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()
    ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX
"""
_KEYS = """
    SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_NAME,
        k.REFERENCED_COLUMN_NAME, r.DELETE_RULE, r.UPDATE_RULE
    FROM information_schema.KEY_COLUMN_USAGE k
    JOIN information_schema.REFERENTIAL_CONSTRAINTS r
        ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
        AND r.TABLE_NAME = k.TABLE_NAME
    WHERE k.TABLE_SCHEMA = DATABASE() AND k.REFERENCED_COLUMN_NAME IS NOT NULL
    ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION
"""
_CHECKS = """
    SELECT t.TABLE_NAME, c.CONSTRAINT_NAME, c.CHECK_CLAUSE
    FROM information_schema.CHECK_CONSTRAINTS c
    JOIN information_schema.TABLE_CONSTRAINTS t USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME)
    WHERE c.CONSTRAINT_SCHEMA = DATABASE() AND t.CONSTRAINT_TYPE = 'CHECK'
"""
_HAS_LEVELS = """
    SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'information_schema'
    AND TABLE_NAME = 'CHECK_CONSTRAINTS' AND COLUMN_NAME = 'LEVEL'
"""
_COLUMN_CHECKS = """
    SELECT TABLE_NAME, CONSTRAINT_NAME FROM information_schema.CHECK_CONSTRAINTS
    WHERE CONSTRAINT_SCHEMA = DATABASE() AND `LEVEL` = 'Column'
"""
_MARIADB_CHECKS = """
    SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS
    WHERE CONSTRAINT_SCHEMA = DATABASE()
"""
