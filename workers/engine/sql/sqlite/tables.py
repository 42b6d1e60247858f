"""SQLite's CREATE TABLE and column definitions."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from workers.engine.schema.model import (
    Action,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    IndexKey,
    KeyConstraint,
    QualifiedName,
    SqlType,
    Table,
)
from workers.engine.source import Origin
from workers.engine.sql.reader import Token, split_at_commas
from workers.engine.sql.sqlite.reader import Reader, SqliteError

SCHEMA = "public"
"""The schema under which a file's objects are kept: SQLite has none."""

_STARTS = (
    *("CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE"),
    *("REFERENCES", "GENERATED", "AS"),
)
_ACTIONS: dict[tuple[str, ...], Action] = {
    ("SET", "NULL"): "SET NULL",
    ("SET", "DEFAULT"): "SET DEFAULT",
    ("NO", "ACTION"): "NO ACTION",
    ("CASCADE",): "CASCADE",
    ("RESTRICT",): "RESTRICT",
}


class Draft(Struct):
    """A table while its definition is read."""

    name: str
    origin: Origin
    columns: list[Column] = field(default_factory=list)
    primary_key: tuple[str, ...] = ()
    uniques: list[tuple[str, ...]] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    checks: list[CheckConstraint] = field(default_factory=list)

    def table(self) -> Table:
        """The finished table. An INTEGER primary key is the row's own number, never NULL."""
        columns = self.columns
        key = self.primary_key
        is_rowid = False
        if len(key) == 1:
            is_rowid = any(c.name == key[0] and c.type.name == "integer" for c in columns)
            columns = [
                replace(c, not_null=True) if is_rowid and c.name == key[0] else c for c in columns
            ]
        history = (self.origin,)
        automatic = 0 if is_rowid or not key else 1
        indexes = []
        for names in self.uniques:
            automatic += 1
            keys = tuple(IndexKey(column=name) for name in names)
            label = f"sqlite_autoindex_{self.name}_{automatic}"
            indexes.append(Index(label, keys, True, is_constraint=True, history=history))
        return Table(
            QualifiedName(SCHEMA, self.name),
            tuple(columns),
            primary_key=KeyConstraint("", key, history=history) if key else None,
            uniques=tuple(
                KeyConstraint(index.name, index.columns or (), history=history) for index in indexes
            ),
            indexes=tuple(indexes),
            foreign_keys=tuple(self.foreign_keys),
            checks=tuple(self.checks),
            history=history,
        )


def read_table(reader: Reader, name: str, origin: Origin) -> Table:
    """The table of `( ... )` after its name."""
    draft = Draft(name, origin)
    for part in split_at_commas(reader.group()):
        inner = Reader(part, reader.text)
        if not _constraint(inner, draft):
            read_column(inner, draft)
    known = {column.name.lower(): column.name for column in draft.columns}
    if len(known) < len(draft.columns):
        raise SqliteError("duplicate column name")
    return draft.table()


def _constraint(reader: Reader, draft: Draft) -> bool:
    name = reader.name() if reader.take("CONSTRAINT") else ""
    if reader.take("PRIMARY", "KEY"):
        draft.primary_key = _known(draft, reader.names())
    elif reader.take("UNIQUE"):
        draft.uniques.append(_known(draft, reader.names()))
    elif reader.take("CHECK"):
        draft.checks.append(_check(reader, name, draft.origin))
    elif reader.take("FOREIGN", "KEY"):
        columns = _known(draft, reader.names())
        if not reader.take("REFERENCES"):
            raise reader.unread()
        draft.foreign_keys.append(_reference(reader, name, columns, draft.origin))
    else:
        return False
    return True


def _known(draft: Draft, names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of columns as the columns spell them: SQLite does not tell the case of letters."""
    spelled = {column.name.lower(): column.name for column in draft.columns}
    return tuple(spelled.get(name.lower(), name) for name in names)


def _check(reader: Reader, name: str, origin: Origin) -> CheckConstraint:
    return CheckConstraint(name, f"CHECK ({reader.source(reader.group())})", history=(origin,))


def read_column(reader: Reader, draft: Draft) -> None:
    """A column with its constraints."""
    name = reader.name()
    kind = _type(reader)
    column = Column(name, SqlType(kind), history=(draft.origin,))
    label = ""
    while (token := reader.current) is not None:
        if reader.take("CONSTRAINT"):
            label = reader.name()
        elif reader.take("PRIMARY", "KEY"):
            draft.primary_key = (name,)
            _ = reader.take("ASC") or reader.take("DESC")
            _conflict(reader)
            reader.take("AUTOINCREMENT")
        elif reader.take("NOT", "NULL"):
            column = replace(column, not_null=True)
            _conflict(reader)
        elif reader.take("NULL"):
            _conflict(reader)
        elif reader.take("UNIQUE"):
            draft.uniques.append((name,))
            _conflict(reader)
        elif reader.take("CHECK"):
            draft.checks.append(_check(reader, label, draft.origin))
        elif reader.take("DEFAULT"):
            column = replace(column, default=_default(reader))
        elif reader.take("COLLATE"):
            column = replace(column, collation=reader.name())
        elif reader.take("REFERENCES"):
            draft.foreign_keys.append(_reference(reader, label, (name,), draft.origin))
        elif reader.take("GENERATED", "ALWAYS", "AS") or reader.take("AS"):
            column = replace(column, generated=reader.source(reader.group()))
            _ = reader.take("STORED") or reader.take("VIRTUAL")
        else:
            raise SqliteError(f'near "{token.value}": syntax error')
    draft.columns.append(column)


def _conflict(reader: Reader) -> None:
    if reader.take("ON", "CONFLICT"):
        reader.name()


def _type(reader: Reader) -> str:
    """The declared type, small and with single blanks; empty where there is none."""
    found: list[Token] = []
    while (token := reader.current) is not None and not token.is_word(*_STARTS):
        if token.is_sign("("):
            start = reader.at
            reader.group()
            found += reader.tokens[start : reader.at]
            break
        found.append(token)
        reader.at += 1
    return " ".join(reader.source(found).split()).strip('"').lower()


def _default(reader: Reader) -> str:
    token = reader.current
    if token is None:
        raise reader.unread()
    if token.is_sign("("):
        return reader.source(reader.group())
    start = reader.at
    if token.is_sign("+") or token.is_sign("-"):
        reader.at += 1
    reader.at += 1
    return reader.source(reader.tokens[start : reader.at])


def _reference(reader: Reader, name: str, columns: tuple[str, ...], origin: Origin) -> ForeignKey:
    table = reader.name()
    references: tuple[str, ...] = ()
    if reader.current is not None and reader.current.is_sign("("):
        references = reader.names()
    on_delete: Action = "NO ACTION"
    on_update: Action = "NO ACTION"
    while reader.current is not None:
        if reader.take("ON", "DELETE"):
            on_delete = _action(reader)
        elif reader.take("ON", "UPDATE"):
            on_update = _action(reader)
        elif reader.take("MATCH"):
            reader.name()
        elif reader.take("NOT", "DEFERRABLE") or reader.take("DEFERRABLE"):
            continue
        elif reader.take("INITIALLY"):
            reader.name()
        else:
            break
    target = QualifiedName(SCHEMA, table)
    return ForeignKey(name, columns, target, references, on_delete, on_update, history=(origin,))


def _action(reader: Reader) -> Action:
    for words, action in _ACTIONS.items():
        if reader.take(*words):
            return action
    raise reader.unread()
