"""A SQL Server database while migrations run, and what each statement makes of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from workers.engine.schema.model import QualifiedName, Schema, Table, View
from workers.engine.source import Origin
from workers.engine.sql.reader import (
    Reader,
    RefusedStatement,
    UnreadStatement,
    reads_rows,
    split_at_commas,
)
from workers.engine.sql.sqlserver.alter import alter, create_index, drop_index
from workers.engine.sql.sqlserver.columns import Parts, qualified, read_parts
from workers.engine.sql.sqlserver.guard import Guard, defines
from workers.engine.sql.sqlserver.renames import rename
from workers.engine.sql.sqlserver.tables import Tables

_OTHER_OBJECTS = (
    *("PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "TYPE", "SEQUENCE", "DATABASE", "USER"),
    *("LOGIN", "ROLE", "STATISTICS", "FULLTEXT", "SYNONYM", "XML"),
)


class Database:
    """The tables and views of all schemas; names are the same in any case of letters."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.tables = Tables(schema)
        self.guard = Guard()
        self.is_redefining = False
        """Whether the text to be executed is Prisma's, which drops a table's constraints."""

    def run(self, reader: Reader, origin: Origin) -> None:
        """Run one statement."""
        handlers: dict[str, Callable[[Reader, Origin], None]] = {
            "CREATE": self._create,
            "ALTER": partial(alter, self.tables),
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
        if is_guarded and defines(reader):
            raise UnreadStatement("What this guarded statement does depends on the database.")
        reader.at += 1
        handlers[word](reader, origin)

    def _create(self, reader: Reader, origin: Origin) -> None:
        if reader.take("TABLE"):
            self._create_table(reader, origin)
        elif reader.take("SCHEMA"):
            self.schema.schemas.setdefault(reader.name(), (origin,))
        elif reader.take("OR", "ALTER", "VIEW") or reader.take("VIEW"):
            name = qualified(reader)
            self.schema.views[name] = View(name, history=(origin,))
        elif not (reader.take("OR") or reader.take_any(*_OTHER_OBJECTS)):
            create_index(self.tables, reader, origin)

    def _create_table(self, reader: Reader, origin: Origin) -> None:
        name = qualified(reader)
        if name.name.startswith("#"):
            return
        if self.tables.find(name) is not None:
            raise RefusedStatement(
                "2714", f"There is already an object named '{name.name}' in the database."
            )
        parts = Parts(name, origin.path)
        try:
            read_parts(reader.group(), reader.text, parts)
        except UnreadStatement as error:
            self.tables.unknown.add(name.name.lower())
            raise UnreadStatement(str(error), str(name)) from None
        self.tables.keep(Table(name, history=(origin,)), parts, ())

    def _drop(self, reader: Reader, origin: Origin) -> None:
        kind = reader.take_any("TABLE", "INDEX", "VIEW", "SCHEMA")
        guarded = reader.take("IF", "EXISTS")
        if kind == "TABLE":
            for part in split_at_commas(reader.rest()):
                name = qualified(Reader(part, reader.text))
                table = self.tables.find(name)
                if table is not None:
                    self.tables.drop(table)
                elif not guarded and not name.name.startswith("#"):
                    raise RefusedStatement(
                        "3701",
                        f"Cannot drop the table '{name}', because it does not exist or you do not "
                        "have permission.",
                    )
        elif kind == "INDEX":
            drop_index(self.tables, reader, origin, guarded=guarded)
        elif kind == "VIEW":
            self.schema.views.pop(qualified(reader), None)
        elif kind == "SCHEMA":
            self.schema.schemas.pop(reader.name(), None)

    def _execute(self, reader: Reader, origin: Origin) -> None:
        if reader.peek_sign("("):
            self._run_text(reader.group()[0].value, origin)
            return
        procedure = reader.qualified()[-1].lower()
        values = [part[-1] for part in split_at_commas(reader.rest())]
        texts = [token.value for token in values if token.kind == "string"]
        if procedure == "sp_rename" and len(texts) >= 2:
            rename(
                self.tables, texts[0], texts[1], texts[2] if len(texts) > 2 else "OBJECT", origin
            )
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
        elif defines(reader):
            raise UnreadStatement("What this guarded statement does depends on the database.")

    def _select_into(self, reader: Reader) -> None:
        while reader.current is not None and not reader.take("INTO"):
            reader.at += 1
        if reader.current is None or reader.current.value.startswith(("#", "@")):
            return
        name = qualified(reader)
        self.tables.unknown.add(name.name.lower())
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
        table = self.tables.find(QualifiedName(names[-1], names[-2]))
        if table is None:
            return
        self.is_redefining = True
        for key in [key for key in self.tables.defaults if key[0] == table.name]:
            del self.tables.defaults[key]
        self.schema.tables[table.name] = replace(
            table,
            columns=tuple(replace(column, default=None) for column in table.columns),
            primary_key=None,
            indexes=tuple(index for index in table.indexes if not index.is_constraint),
            foreign_keys=(),
            checks=(),
            history=(*table.history, origin),
        )
