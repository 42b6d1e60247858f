"""A SQL Server database while migrations run, and what each statement makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from workers.engine.schema.model import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    KeyConstraint,
    QualifiedName,
    Schema,
    Table,
    View,
)
from workers.engine.source import Origin
from workers.engine.sql.reader import (
    Reader,
    RefusedStatement,
    UnreadStatement,
    reads_rows,
    split_at_commas,
)
from workers.engine.sql.sqlserver.columns import (
    Parts,
    qualified,
    read_index,
    read_parts,
    read_type,
)

_Named = TypeVar("_Named", Index, ForeignKey, CheckConstraint)
_DEFINES = ("CREATE", "ALTER", "DROP")
_OTHER_OBJECTS = (
    *("PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "TYPE", "SEQUENCE", "DATABASE", "USER"),
    *("LOGIN", "ROLE", "STATISTICS", "FULLTEXT", "SYNONYM", "XML"),
)


class Guard:
    """Whether the statement at hand is run under a condition: an IF before it, or its block."""

    def __init__(self) -> None:
        self._is_next = False
        self._depth = 0

    def sees(self, reader: Reader) -> bool:
        """Take note of a statement, and tell whether it is guarded."""
        is_guarded = self._is_next or self._depth > 0
        if reader.peek("BEGIN") and not (reader.peek("BEGIN", "TRY") or _is_transaction(reader)):
            self._depth += 1 if is_guarded else 0
        elif reader.peek("END") and not reader.peek("END", "TRY"):
            self._depth = max(0, self._depth - 1)
        self._is_next = reader.peek("ELSE") or (reader.peek("IF") and not _has_body(reader))
        return is_guarded


def _is_transaction(reader: Reader) -> bool:
    return reader.peek("BEGIN", "TRAN") or reader.peek("BEGIN", "TRANSACTION")


def _has_body(reader: Reader) -> bool:
    """Whether an IF has what it guards in its own statement, on the same line."""
    words = ("EXEC", "EXECUTE", "INSERT", "UPDATE", "DELETE", "SET", "PRINT", "RETURN", *_DEFINES)
    depth = 0
    for token in reader.tokens:
        depth += token.is_sign("(") - token.is_sign(")")
        if depth == 0 and token.is_word(*words):
            return True
    return False


def _defines(reader: Reader) -> bool:
    """Whether a statement, or a text in it that is run, changes the schema."""
    return any(
        token.value.lstrip().upper().split(" ")[0] in _DEFINES
        for token in reader.tokens
        if token.kind in ("word", "string")
        and not token.value.lstrip().upper().startswith("CREATE SCHEMA")
    )


class Database:
    """The tables and views of all schemas; names are the same in any case of letters."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.defaults: dict[tuple[QualifiedName, str], str] = {}
        """The column of each default constraint, by table and name in small letters."""
        self.unknown: set[str] = set()
        self.guard = Guard()
        self.is_redefining = False
        """Whether the text to be executed is Prisma's, which drops a table's constraints."""

    def run(self, reader: Reader, origin: Origin) -> None:
        """Run one statement."""
        handlers: dict[str, Callable[[Reader, Origin], None]] = {
            "CREATE": self._create,
            "ALTER": self._alter,
            "DROP": self._drop,
            "EXEC": self._execute,
            "EXECUTE": self._execute,
            "IF": self._if,
            "SELECT": self._select,
        }
        token = reader.current
        word = token.value.upper() if token is not None and token.kind == "word" else ""
        is_guarded = self.guard.sees(reader)
        if word not in handlers:
            if token is not None and token.kind == "sign" and not reads_rows(reader):
                raise reader.unread()
            return
        if is_guarded and _defines(reader):
            raise UnreadStatement("What this guarded statement does depends on the database.")
        reader.at += 1
        handlers[word](reader, origin)

    def find(self, name: QualifiedName) -> Table | None:
        """The table of a name."""
        low = (name.schema.lower(), name.name.lower())
        for key, table in self.schema.tables.items():
            if (key.schema.lower(), key.name.lower()) == low:
                return table
        return None

    def need(self, name: QualifiedName) -> Table:
        """The table of a name; refuses where there is none."""
        table = self.find(name)
        if table is None and name.name.lower() in self.unknown:
            raise UnreadStatement(f"What `{name}` looks like is not known.", str(name))
        if table is None:
            raise RefusedStatement(
                "4902", f'Cannot find the object "{name}" because it does not exist.'
            )
        return table

    def _create(self, reader: Reader, origin: Origin) -> None:
        if reader.take("TABLE"):
            self._create_table(reader, origin)
        elif reader.take("SCHEMA"):
            self.schema.schemas.setdefault(reader.name(), (origin,))
        elif reader.take("OR", "ALTER", "VIEW") or reader.take("VIEW"):
            name = qualified(reader)
            self.schema.views[name] = View(name, history=(origin,))
        elif not (reader.take("OR") or reader.take_any(*_OTHER_OBJECTS)):
            self._create_index(reader, origin)

    def _create_table(self, reader: Reader, origin: Origin) -> None:
        name = qualified(reader)
        if name.name.startswith("#"):
            return
        if self.find(name) is not None:
            raise RefusedStatement(
                "2714", f"There is already an object named '{name.name}' in the database."
            )
        parts = Parts(name, origin.path)
        try:
            read_parts(reader.group(), reader.text, parts)
        except UnreadStatement as error:
            self.unknown.add(name.name.lower())
            raise UnreadStatement(str(error), str(name)) from None
        self._keep(Table(name, history=(origin,)), parts, ())

    def _keep(self, table: Table, parts: Parts, history: tuple[Origin, ...]) -> None:
        """A table with what is added to it."""
        columns = (*table.columns, *parts.columns)
        names = [column.name.lower() for column in columns]
        if len(set(names)) < len(names):
            raise RefusedStatement(
                "2705", f"Column names in each table must be unique (`{table.name}`)."
            )
        key, indexes = table.primary_key, [*table.indexes, *parts.indexes]
        if parts.primary is not None:
            if key is not None:
                raise RefusedStatement(
                    "1779", f"Table '{table.name.name}' already has a primary key defined on it."
                )
            found = parts.primary
            key = KeyConstraint(found.name, found.columns or (), history=found.history)
            indexes.insert(0, found)
        spelled = {column.name.lower(): column.name for column in columns}
        for column, value in parts.set_defaults.items():
            spelling = _spelled(column, spelled)
            columns = tuple(
                replace(one, default=value) if one.name == spelling else one for one in columns
            )
        required = {_spelled(name, spelled) for name in key.columns} if key is not None else set()
        made = replace(
            table,
            columns=tuple(
                replace(one, not_null=True) if one.name in required else one for one in columns
            ),
            primary_key=key,
            indexes=tuple(_respelled(index, spelled) for index in indexes),
            foreign_keys=(
                *table.foreign_keys,
                *(self._bound(one, spelled, table.name) for one in parts.foreign_keys),
            ),
            checks=(*table.checks, *parts.checks),
            history=(*table.history, *history),
        )
        self.schema.tables[table.name] = made
        for label, column in parts.defaults.items():
            self.defaults[(table.name, label)] = _spelled(column, spelled)

    def _bound(self, key: ForeignKey, spelled: dict[str, str], own: QualifiedName) -> ForeignKey:
        target = self.find(key.ref_table)
        columns = tuple(_spelled(name, spelled) for name in key.columns)
        if target is None:
            if key.ref_table.name.lower() == own.name.lower():
                return replace(key, columns=columns, ref_table=own)
            if key.ref_table.name.lower() in self.unknown:
                return replace(key, columns=columns)
            raise RefusedStatement(
                "1767",
                f"Foreign key '{key.name}' references invalid table '{key.ref_table}'.",
            )
        names = {column.name.lower(): column.name for column in target.columns}
        references = key.ref_columns or (target.primary_key.columns if target.primary_key else ())
        for name in references:
            _spelled(name, names)
        references = tuple(_spelled(name, names) for name in references)
        return replace(key, columns=columns, ref_table=target.name, ref_columns=references)

    def _create_index(self, reader: Reader, origin: Origin) -> None:
        is_unique = reader.take("UNIQUE")
        _ = reader.take_any("CLUSTERED", "NONCLUSTERED")
        is_columnstore = reader.take("COLUMNSTORE") or reader.take("SPATIAL")
        reader.expect("INDEX")
        name = reader.name()
        reader.expect("ON")
        table = self.need(qualified(reader))
        if is_columnstore:
            return
        if any(index.name.lower() == name.lower() for index in table.indexes):
            raise RefusedStatement(
                "1913",
                f"The operation failed because an index or statistics with name '{name}' already "
                f"exists on table '{table.name}'.",
            )
        index = replace(read_index(reader, name, origin), is_unique=is_unique)
        self._keep(table, Parts(table.name, origin.path, indexes=[index]), (origin,))

    def _alter(self, reader: Reader, origin: Origin) -> None:
        if not reader.take("TABLE"):
            return
        table = self.need(qualified(reader))
        try:
            if reader.take("WITH") and not reader.take_any("CHECK", "NOCHECK"):
                raise reader.unread()
            if reader.take("ADD"):
                parts = Parts(table.name, origin.path)
                read_parts(reader.rest(), reader.text, parts)
                self._keep(table, parts, (origin,))
            elif reader.take("ALTER", "COLUMN"):
                self._alter_column(table, reader, origin)
            elif reader.take("DROP"):
                self._drop_parts(table, reader, origin)
            elif not reader.take_any("CHECK", "NOCHECK", "ENABLE", "DISABLE", "REBUILD", "SET"):
                raise reader.unread()
        except UnreadStatement as error:
            raise UnreadStatement(str(error), str(table.name)) from None

    def _alter_column(self, table: Table, reader: Reader, origin: Origin) -> None:
        old = _column(table, reader.name())
        kind = read_type(reader)
        collation = reader.name() if reader.take("COLLATE") else None
        not_null = reader.take("NOT", "NULL")
        reader.take("NULL")
        if reader.current is not None:
            raise reader.unread()
        history = (*old.history, origin)
        new = replace(old, type=kind, not_null=not_null, collation=collation, history=history)
        self._replace_column(table, old, new, origin)

    def _replace_column(self, table: Table, old: Column, new: Column, origin: Origin) -> None:
        columns = tuple(new if one is old else one for one in table.columns)
        history = (*table.history, origin)
        self.schema.tables[table.name] = replace(table, columns=columns, history=history)

    def _drop_parts(self, table: Table, reader: Reader, origin: Origin) -> None:
        kind = "CONSTRAINT"
        for part in split_at_commas(reader.rest()):
            inner = Reader(part, reader.text)
            kind = inner.take_any("CONSTRAINT", "COLUMN") or kind
            guarded = inner.take("IF", "EXISTS")
            drop = self._drop_column if kind == "COLUMN" else self._drop_constraint
            table = drop(table, inner.name(), guarded)
        history = (*table.history, origin)
        self.schema.tables[table.name] = replace(table, history=history)

    def _drop_column(self, table: Table, name: str, guarded: bool) -> Table:
        low = name.lower()
        if not any(column.name.lower() == low for column in table.columns):
            if guarded:
                return table
            raise _nothing(name)
        return replace(
            table, columns=tuple(one for one in table.columns if one.name.lower() != low)
        )

    def _drop_constraint(self, table: Table, name: str, guarded: bool) -> Table:
        low = name.lower()
        column = self.defaults.pop((table.name, low), None)
        if column is not None:
            columns = tuple(
                replace(one, default=None) if one.name == column else one for one in table.columns
            )
            return replace(table, columns=columns)
        key = table.primary_key
        changed = replace(
            table,
            primary_key=None if key is not None and key.name.lower() == low else key,
            indexes=_without(table.indexes, low),
            foreign_keys=_without(table.foreign_keys, low),
            checks=_without(table.checks, low),
        )
        if changed == table and not guarded:
            if any(one.name.startswith(("PK__", "UQ__", "FK__", "CK__")) for one in table.indexes):
                raise UnreadStatement(f"`{name}` may be a name that SQL Server gave.")
            raise _nothing(name)
        return changed

    def _drop(self, reader: Reader, origin: Origin) -> None:
        kind = reader.take_any("TABLE", "INDEX", "VIEW", "SCHEMA")
        guarded = reader.take("IF", "EXISTS")
        if kind == "TABLE":
            for part in split_at_commas(reader.rest()):
                name = qualified(Reader(part, reader.text))
                table = self.find(name)
                if table is not None:
                    self._drop_table(table)
                elif not guarded and not name.name.startswith("#"):
                    raise RefusedStatement(
                        "3701",
                        f"Cannot drop the table '{name}', because it does not exist or you do not "
                        "have permission.",
                    )
        elif kind == "INDEX":
            self._drop_index(reader, origin, guarded=guarded)
        elif kind == "VIEW":
            self.schema.views.pop(qualified(reader), None)
        elif kind == "SCHEMA":
            self.schema.schemas.pop(reader.name(), None)

    def _drop_table(self, table: Table) -> None:
        for other in self.schema.tables.values():
            for key in other.foreign_keys:
                if key.ref_table == table.name and other.name != table.name:
                    raise RefusedStatement(
                        "3726",
                        f"Could not drop object '{table.name}' because it is referenced by a "
                        "FOREIGN KEY constraint.",
                    )
        del self.schema.tables[table.name]

    def _drop_index(self, reader: Reader, origin: Origin, *, guarded: bool) -> None:
        names = reader.qualified()
        if reader.take("ON"):
            table, name = self.need(qualified(reader)), names[-1]
        else:
            schema = names[-3] if len(names) > 2 else "dbo"
            table, name = self.need(QualifiedName(schema, names[-2])), names[-1]
        kept = _without(table.indexes, name.lower())
        if len(kept) == len(table.indexes) and not guarded:
            raise _nothing(name)
        history = (*table.history, origin)
        self.schema.tables[table.name] = replace(table, indexes=kept, history=history)

    def _execute(self, reader: Reader, origin: Origin) -> None:
        if reader.peek_sign("("):
            self._run_text(reader.group()[0].value, origin)
            return
        procedure = reader.qualified()[-1].lower()
        values = [part[-1] for part in split_at_commas(reader.rest())]
        texts = [token.value for token in values if token.kind == "string"]
        if procedure == "sp_rename" and len(texts) >= 2:
            self._rename(texts[0], texts[1], texts[2] if len(texts) > 2 else "OBJECT", origin)
        elif procedure == "sp_executesql" and texts:
            self._run_text(texts[0], origin)
        elif procedure == "sp_executesql":
            self._run_variable()

    def _run_variable(self) -> None:
        if not self.is_redefining:
            raise UnreadStatement("What this statement runs is not known without running it.")
        self.is_redefining = False

    def _run_text(self, text: str, origin: Origin) -> None:
        """Run a text that stands as a constant; its places are those of the whole statement."""
        from workers.engine.sql.sqlserver.script import statements

        for found in statements(text):
            self.run(Reader(found, text), origin)

    def _if(self, reader: Reader, origin: Origin) -> None:
        """A guarded statement: Prisma's own for a schema, and for copying rows; else unknown."""
        inner = [token.value.upper() for token in reader.tokens]
        if any(text.lstrip().upper().startswith("CREATE SCHEMA") for text in inner):
            at = next(i for i, word in enumerate(inner) if word in ("EXEC", "EXECUTE"))
            reader.at = at + 1
            self._execute(reader, origin)
        elif _defines(reader):
            raise UnreadStatement("What this guarded statement does depends on the database.")

    def _select_into(self, reader: Reader) -> None:
        while reader.current is not None and not reader.take("INTO"):
            reader.at += 1
        if reader.current is None or reader.current.value.startswith(("#", "@")):
            return
        name = qualified(reader)
        self.unknown.add(name.name.lower())
        raise UnreadStatement(f"The columns of `{name}` come from a query.", str(name))

    def _select(self, reader: Reader, origin: Origin) -> None:
        """Prisma's own statement before a table is made anew: all its constraints go."""
        words = [token.value for token in reader.tokens]
        upper = [word.upper() for word in words]
        if not any("DROP CONSTRAINT" in word for word in upper) or "OBJECT_NAME" not in upper:
            self._select_into(reader)
            return
        names = [words[i + 1] for i, word in enumerate(words[:-1]) if word == "="]
        if len(names) < 2:
            return
        table = self.find(QualifiedName(names[-1], names[-2]))
        if table is None:
            return
        self.is_redefining = True
        for key in [key for key in self.defaults if key[0] == table.name]:
            del self.defaults[key]
        self.schema.tables[table.name] = replace(
            table,
            columns=tuple(replace(column, default=None) for column in table.columns),
            primary_key=None,
            indexes=tuple(index for index in table.indexes if not index.is_constraint),
            foreign_keys=(),
            checks=(),
            history=(*table.history, origin),
        )

    def _rename(self, path: str, new: str, kind: str, origin: Origin) -> None:
        names = [part.strip('[]"') for part in path.split(".")]
        if kind.upper() == "COLUMN":
            self._rename_column(self.need(_table_of(names[:-1])), names[-1], new, origin)
        elif kind.upper() == "INDEX":
            self._rename_part(self.need(_table_of(names[:-1])), names[-1], new, origin)
        else:
            self._rename_object(_table_of(names), new, origin)

    def _rename_object(self, name: QualifiedName, new: str, origin: Origin) -> None:
        table = self.find(name)
        if table is not None:
            self._rename_table(table, new, origin)
            return
        low = name.name.lower()
        for other in list(self.schema.tables.values()):
            names = {one.name.lower() for one in other.indexes}
            names |= {one.name.lower() for one in other.foreign_keys}
            if other.name.schema.lower() == name.schema.lower() and low in names:
                self._rename_part(other, name.name, new, origin)
                return
        raise RefusedStatement("15225", f"No item by the name of '{name}' could be found.")

    def _rename_table(self, table: Table, new: str, origin: Origin) -> None:
        old, name = table.name, QualifiedName(table.name.schema, new)
        renamed = replace(table, name=name, history=(*table.history, origin))
        self.schema.tables = {
            (name if key == old else key): (renamed if key == old else one)
            for key, one in self.schema.tables.items()
        }
        self.defaults = {
            (name if key[0] == old else key[0], key[1]): column
            for key, column in self.defaults.items()
        }
        self._change_keys(lambda key: replace(key, ref_table=name) if key.ref_table == old else key)

    def _rename_part(self, table: Table, old: str, new: str, origin: Origin) -> None:
        low = old.lower()
        key = table.primary_key
        self.schema.tables[table.name] = replace(
            table,
            primary_key=replace(key, name=new) if key and key.name.lower() == low else key,
            indexes=tuple(
                replace(one, name=new) if one.name.lower() == low else one for one in table.indexes
            ),
            foreign_keys=tuple(
                replace(one, name=new) if one.name.lower() == low else one
                for one in table.foreign_keys
            ),
            history=(*table.history, origin),
        )

    def _rename_column(self, table: Table, old: str, new: str, origin: Origin) -> None:
        column = _column(table, old)

        def renamed(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(new if name == column.name else name for name in names)

        history = (*column.history, origin)
        key = table.primary_key
        for label, owner in list(self.defaults.items()):
            if label[0] == table.name and owner == column.name:
                self.defaults[label] = new
        self.schema.tables[table.name] = replace(
            table,
            columns=tuple(
                replace(one, name=new, history=history) if one is column else one
                for one in table.columns
            ),
            primary_key=replace(key, columns=renamed(key.columns)) if key is not None else None,
            indexes=tuple(
                replace(
                    index,
                    keys=tuple(
                        replace(one, column=new) if one.column == column.name else one
                        for one in index.keys
                    ),
                )
                for index in table.indexes
            ),
            foreign_keys=tuple(
                replace(one, columns=renamed(one.columns)) for one in table.foreign_keys
            ),
            history=(*table.history, origin),
        )
        self._change_keys(
            lambda one: (
                replace(one, ref_columns=renamed(one.ref_columns))
                if one.ref_table == table.name
                else one
            )
        )

    def _change_keys(self, change: Callable[[ForeignKey], ForeignKey]) -> None:
        for name, table in self.schema.tables.items():
            keys = tuple(change(key) for key in table.foreign_keys)
            if keys != table.foreign_keys:
                self.schema.tables[name] = replace(table, foreign_keys=keys)


def _without(parts: tuple[_Named, ...], low: str) -> tuple[_Named, ...]:
    return tuple(one for one in parts if one.name.lower() != low)


def _table_of(names: list[str]) -> QualifiedName:
    return QualifiedName(names[-2] if len(names) > 1 else "dbo", names[-1])


def _column(table: Table, name: str) -> Column:
    low = name.lower()
    found = next((column for column in table.columns if column.name.lower() == low), None)
    if found is None:
        raise RefusedStatement(
            "4924",
            f"Column '{name}' does not exist in table '{table.name}'.",
        )
    return found


def _spelled(name: str, spelled: dict[str, str]) -> str:
    found = spelled.get(name.lower())
    if found is None:
        raise RefusedStatement(
            "1911", f"Column name '{name}' does not exist in the target table or view."
        )
    return found


def _respelled(index: Index, spelled: dict[str, str]) -> Index:
    keys = tuple(replace(key, column=_spelled(key.column or "", spelled)) for key in index.keys)
    return replace(index, keys=keys)


def _nothing(name: str) -> RefusedStatement:
    return RefusedStatement(
        "3728", f"'{name}' is not a constraint, a column or an index of this table."
    )
