"""A MySQL database while migrations run, and what each statement makes of it.

MySQL commits with every statement that changes the schema, so what a failing migration did before
it failed stays done.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from workers.engine.errors import Diagnostic, Effect
from workers.engine.schema.model import ForeignKey, QualifiedName, Schema, Table, Trigger, View
from workers.engine.source import Origin
from workers.engine.sql.mysql import refusals
from workers.engine.sql.mysql.alter import Alteration
from workers.engine.sql.mysql.create import SCHEMA, read_body, read_index
from workers.engine.sql.mysql.draft import Draft
from workers.engine.sql.mysql.keys import Tables, add_keys, serves
from workers.engine.sql.mysql.programs import Programs
from workers.engine.sql.reader import Reader, UnreadStatement, reads_rows, split_at_commas

_SILENT = frozenset(
    """
    SELECT WITH VALUES TABLE SHOW DESCRIBE DESC EXPLAIN ANALYZE OPTIMIZE CHECK CHECKSUM REPAIR
    FLUSH RESET BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE LOCK UNLOCK GRANT REVOKE USE DO
    HANDLER LOAD KILL CACHE INSTALL UNINSTALL XA HELP SIGNAL RESIGNAL GET DEALLOCATE PREPARE
    """.split()  # noqa: SIM905
)
"""Statements that leave the schema as it is; PREPARE too, until what it holds is executed."""
_OTHER_OBJECTS = (
    *("DATABASE", "SCHEMA", "USER", "ROLE", "EVENT", "SERVER", "TABLESPACE", "LOGFILE", "RESOURCE"),
    *("SEQUENCE", "PACKAGE", "SPATIAL", "INSTANCE", "AGGREGATE"),
)


class Database:
    """The tables, views and triggers; `tell` takes what is to be said of the migrations."""

    def __init__(self, schema: Schema, tell: Callable[[Diagnostic], None]) -> None:
        self.schema = schema
        self.tell = tell
        self.generated: dict[QualifiedName, set[str]] = {}
        """By table, the indexes that foreign keys brought along."""
        self.unknown: set[str] = set()
        """Tables in small letters whose columns could not be read."""
        self.temporary: set[str] = set()
        self.checks_keys = True
        self.programs = Programs()
        self.told: set[str] = set()

    @property
    def tables(self) -> Tables:
        """The tables by name."""
        return self.schema.tables

    def take_over(self) -> None:
        """Begin with the tables of a real database, which does not tell the indexes that foreign
        keys brought along: they have the names of their keys, and no index of one's own has."""
        for name, table in self.tables.items():
            keys = {key.name.lower(): key.columns for key in table.foreign_keys}
            self.generated[name] = {
                index.name.lower()
                for index in table.indexes
                if keys.get(index.name.lower()) == index.columns
            }
        self.programs.are_known = False

    def run(self, reader: Reader, origin: Origin) -> None:
        """Run one statement."""
        token = reader.current
        word = token.value.upper() if token is not None and token.kind == "word" else ""
        handlers: dict[str, Callable[[Reader, Origin], None]] = {
            "CREATE": self._create,
            "ALTER": self._alter,
            "DROP": self._drop,
            "RENAME": self._rename,
            "INSERT": self._insert,
            "REPLACE": self._insert,
            "UPDATE": self._update,
            "DELETE": self._delete,
            "TRUNCATE": self._truncate,
            "SET": self._set,
        }
        if word in handlers:
            reader.at += 1
            handlers[word](reader, origin)
        elif word in ("EXECUTE", "CALL"):
            raise UnreadStatement("What this statement runs is not known without running it.")
        elif word not in _SILENT and not (reader.peek_sign("(") and reads_rows(reader)):
            raise refusals.syntax_at(reader)

    def find(self, name: str, origin: Origin) -> Table | None:
        """The table of a name: exactly, or in other letters as Windows and macOS have it."""
        exact = self.tables.get(QualifiedName(SCHEMA, name))
        if exact is not None:
            return exact
        low = name.lower()
        found = next((t for key, t in self.tables.items() if key.name.lower() == low), None)
        if found is not None:
            self._tell_letters(name, found.name.name, origin)
        return found

    def _tell_letters(self, name: str, kept: str, origin: Origin) -> None:
        self.mention(
            "table-name-letters",
            f"`{name}` is the table `{kept}` only where MySQL does not tell capital letters from "
            "small ones (Windows, macOS, `lower_case_table_names`); elsewhere this migration fails "
            f"with error 1146, Table '{name}' doesn't exist.",
            origin,
        )

    def mention(self, code: str, message: str, origin: Origin) -> None:
        """Tell something once that leaves the verdict alone."""
        if code not in self.told:
            self.told.add(code)
            self.tell(Diagnostic(code, message, origin, Effect.INFORMATION))

    def need(self, name: str, origin: Origin) -> Table:
        """The table of a name; refuses where there is none, gives up where it is unknown."""
        found = self.find(name, origin)
        if found is not None:
            return found
        self._check_known(name)
        raise refusals.no_table(name)

    def _check_known(self, name: str) -> None:
        if name.lower() in self.unknown:
            subject = str(QualifiedName(SCHEMA, name))
            raise UnreadStatement(f"What `{name}` looks like is not known.", subject)

    def _is_there(self, name: str) -> bool:
        low = name.lower()
        return (
            low in self.unknown
            or low in self.temporary
            or any(key.name.lower() == low for key in (*self.tables, *self.schema.views))
        )

    def _view(self, name: str) -> QualifiedName | None:
        low = name.lower()
        return next((key for key in self.schema.views if key.name.lower() == low), None)

    def put(self, draft: Draft, history: tuple[Origin, ...]) -> Table:
        """Keep a draft that holds."""
        table = draft.table(history)
        self.schema.tables[table.name] = table
        self.generated[table.name] = draft.generated
        return table

    def _create(self, reader: Reader, origin: Origin) -> None:
        replaces = reader.take("OR", "REPLACE")
        if reader.take("TEMPORARY", "TABLE"):
            reader.take("IF", "NOT", "EXISTS")
            self.temporary.add(reader.qualified()[-1].lower())
        elif reader.take("TABLE"):
            self._create_table(reader, origin, replaces=replaces)
        elif _is_index(reader):
            self._create_index(reader, origin)
        elif self._starts_view(reader):
            self._create_view(reader, origin, replaces=replaces)
        elif self.programs.create(reader, origin, self):
            pass
        elif not reader.take_any(*_OTHER_OBJECTS):
            raise refusals.syntax_at(reader)

    def _create_table(self, reader: Reader, origin: Origin, *, replaces: bool) -> None:
        guarded = reader.take("IF", "NOT", "EXISTS")
        name = reader.qualified()[-1]
        if replaces and self._is_there(name):
            self._drop_tables([name], guarded=True, origin=origin)
        if self._is_there(name):
            if guarded:
                return
            raise refusals.table_exists(name)
        if len(name) > 64:
            raise refusals.name_too_long(name)
        if reader.take("LIKE") or (reader.peek_sign("(") and _is_like(reader)):
            self._create_like(name, reader, origin)
            return
        draft = Draft(QualifiedName(SCHEMA, name), origin)
        try:
            if not reader.peek_sign("("):
                raise UnreadStatement(f"The columns of `{name}` come from a query.")
            read_body(reader, draft, self._tell_reference)
        except UnreadStatement as error:
            self.unknown.add(name.lower())
            raise UnreadStatement(str(error), str(draft.name)) from None
        add_keys(draft, self.tables, is_checked=self.checks_keys)
        _check_auto(draft)
        self._note(draft, origin)
        self.put(draft, (origin,))

    def _tell_reference(self, column: str, origin: Origin) -> None:
        self.mention(
            "reference-ignored",
            f"MySQL before 9.0 reads the REFERENCES of `{column}` and makes no foreign key of it; "
            "MariaDB and MySQL 9 make one. Write FOREIGN KEY on a line of its own.",
            origin,
        )

    def _create_like(self, name: str, reader: Reader, origin: Origin) -> None:
        source = self.need(reader.qualified()[-1], origin)
        draft = Draft.of(source, (), origin)
        draft.name = QualifiedName(SCHEMA, name)
        draft.foreign_keys = []
        prefix = f"{source.name.name}_chk_"
        draft.checks = [
            replace(check, name=check.name.replace(prefix, f"{name}_chk_", 1))
            for check in draft.checks
        ]
        draft.columns = [replace(column, history=(origin,)) for column in draft.columns]
        draft.indexes = [replace(index, history=(origin,)) for index in draft.indexes]
        self.put(draft, (origin,))

    def _create_index(self, reader: Reader, origin: Origin) -> None:
        start = reader.at
        ahead = Reader(reader.tokens, reader.text)
        ahead.at = start
        _ = ahead.take_any("UNIQUE", "FULLTEXT", "SPATIAL")
        ahead.expect("INDEX")
        guarded = ahead.take("IF", "NOT", "EXISTS")
        name = ahead.name()
        if ahead.take("USING"):
            ahead.at += 1
        ahead.expect("ON")
        table = self.need(ahead.qualified()[-1], origin)
        draft = Draft.of(table, self.generated.get(table.name, ()), origin)
        if guarded and draft.index(name) is not None:
            return
        prefix = [token for token in reader.tokens[start : start + 1] if not token.is_word("INDEX")]
        index = read_index(Reader([*prefix, *ahead.rest()], reader.text), name, origin)
        draft.add_index(index)
        self.put(draft, (*table.history, origin))

    @staticmethod
    def _starts_view(reader: Reader) -> bool:
        """Pass over what may stand before VIEW."""
        start = reader.at
        while reader.current is not None and not reader.current.is_word("TABLE", "INDEX", "AS"):
            if reader.take("VIEW"):
                return True
            if reader.current.is_word("TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"):
                break
            reader.at += 1
        reader.at = start
        return False

    def _create_view(self, reader: Reader, origin: Origin, *, replaces: bool) -> None:
        guarded = reader.take("IF", "NOT", "EXISTS")
        name = reader.qualified()[-1]
        old = self._view(name)
        if self._is_there(name) and not (replaces and old is not None):
            if guarded:
                return
            raise refusals.table_exists(name)
        if reader.peek_sign("("):
            reader.group()
        reader.expect("AS")
        query = reader.source(reader.rest())
        self._check_query(query, origin)
        key = old or QualifiedName(SCHEMA, name)
        history = (*self.schema.views[old].history, origin) if old is not None else (origin,)
        self.schema.views[key] = View(key, definition=query, history=history)

    def _check_query(self, query: str, origin: Origin) -> None:
        """Refuse a query of a table that is not there; one that sqlglot cannot read passes."""
        from workers.engine.sql.generic import UnreadableQuery, tables_read

        try:
            read = tables_read(query, "mysql")
        except UnreadableQuery:
            return
        for name in sorted(read):
            if name.lower() != "dual" and not self._is_there(name):
                self.need(name, origin)

    def _alter(self, reader: Reader, origin: Origin) -> None:
        _ = reader.take_any("ONLINE", "IGNORE")
        if not reader.take("TABLE"):
            if self._starts_view(reader):
                self._create_view(reader, origin, replaces=True)
            elif not reader.take_any(*_OTHER_OBJECTS, "FUNCTION", "PROCEDURE", "DEFINER"):
                raise refusals.syntax_at(reader)
            return
        if reader.take("IF", "EXISTS"):
            self._tell_guard("IF EXISTS", origin)
            if self.find(_ahead(reader), origin) is None:
                return
        name = reader.qualified()[-1]
        if name.lower() in self.temporary:
            return
        table = self.need(name, origin)
        draft = Draft.of(table, self.generated.get(table.name, ()), origin)
        alteration = Alteration(draft, lambda words: self._tell_guard(words, origin))
        try:
            for clause in split_at_commas(reader.rest()):
                alteration.clause(Reader(clause, reader.text))
        except UnreadStatement as error:
            raise UnreadStatement(str(error), str(table.name)) from None
        self._finish(table, draft, alteration.new_name, origin)

    def _tell_guard(self, words: str, origin: Origin) -> None:
        self.mention(
            "mariadb-only",
            f"Only MariaDB knows {words} here; MySQL refuses the statement with error 1064.",
            origin,
        )

    def _finish(self, table: Table, draft: Draft, new_name: str | None, origin: Origin) -> None:
        add_keys(draft, self.tables, is_checked=self.checks_keys)
        _check_auto(draft)
        if self.checks_keys:
            self._check_keys(table, draft)
        self._note(draft, origin)
        changed = self.put(draft, (*table.history, origin))
        if draft.renamed:
            self._change_keys(lambda key: _renamed(key, table.name, draft.renamed))
        if new_name is not None:
            self._rename_table(changed, new_name, origin)

    def _note(self, draft: Draft, origin: Origin) -> None:
        for code, message in draft.notes:
            self.mention(code, message, origin)

    def _check_keys(self, table: Table, draft: Draft) -> None:
        """Foreign keys keep their indexes, and the types that they join."""
        made = draft.table(())
        keys_before = {key.name for key in table.foreign_keys}
        for key in draft.foreign_keys:
            if draft.dropped_indexes and draft.serving(key.columns) is None:
                raise refusals.index_in_key(draft.dropped_indexes[-1])
            if key.name in keys_before:
                self._check_retyped(key, draft)
        for other in self.tables.values():
            for key in other.foreign_keys:
                if key.ref_table != table.name or other.name == table.name:
                    continue
                columns = tuple(draft.renamed.get(name, name) for name in key.ref_columns)
                for column in columns:
                    if made.column(column) is None:
                        raise refusals.column_in_others_key(column, key.name, other.name.name)
                    old = draft.retyped.get(column)
                    new = made.column(column)
                    if old is not None and new is not None and old.type.name != new.type.name:
                        raise refusals.retyped_in_others_key(old.name, key.name, other.name.name)
                if draft.dropped_indexes and not serves(draft.indexes, columns):
                    raise refusals.index_in_key(draft.dropped_indexes[-1])

    @staticmethod
    def _check_retyped(key: ForeignKey, draft: Draft) -> None:
        for name in key.columns:
            old, new = draft.retyped.get(name), draft.find(name)
            if old is None or new is None:
                continue
            if old.type.name != new.type.name:
                raise refusals.retyped_in_key(old.name, key.name)
            if new.not_null and "SET NULL" in (key.on_delete, key.on_update):
                raise refusals.set_null_on_required(new.name, key.name)

    def _rename(self, reader: Reader, origin: Origin) -> None:
        if not (reader.take("TABLE") or reader.take("TABLES")):
            if reader.take("USER"):
                return
            raise refusals.syntax_at(reader)
        for part in split_at_commas(reader.rest()):
            inner = Reader(part, reader.text)
            name = inner.qualified()[-1]
            inner.expect("TO")
            self._rename_table(self.need(name, origin), inner.qualified()[-1], origin)

    def _rename_table(self, table: Table, new: str, origin: Origin) -> None:
        old, name = table.name, QualifiedName(SCHEMA, new)
        if name == old:
            return
        if new.lower() != old.name.lower() and self._is_there(new):
            raise refusals.table_exists(new)
        prefix = f"{old.name}_ibfk_"
        keys = tuple(
            replace(key, name=f"{new}_ibfk_{key.name.removeprefix(prefix)}")
            if key.name.startswith(prefix)
            else key
            for key in table.foreign_keys
        )
        renamed = replace(table, name=name, foreign_keys=keys, history=(*table.history, origin))
        self.schema.tables = {
            (name if key == old else key): (renamed if key == old else one)
            for key, one in self.tables.items()
        }
        self.generated[name] = self.generated.pop(old, set())
        self.schema.triggers = {
            (name if key[0] == old else key[0], key[1]): replace(trigger, table=name)
            if key[0] == old
            else trigger
            for key, trigger in self.schema.triggers.items()
        }
        self._change_keys(lambda key: replace(key, ref_table=name) if key.ref_table == old else key)

    def _change_keys(self, change: Callable[[ForeignKey], ForeignKey]) -> None:
        for name, table in self.tables.items():
            keys = tuple(change(key) for key in table.foreign_keys)
            if keys != table.foreign_keys:
                self.schema.tables[name] = replace(table, foreign_keys=keys)

    def _drop(self, reader: Reader, origin: Origin) -> None:
        if reader.take("TEMPORARY", "TABLE") or reader.take_any("TABLE", "TABLES"):
            guarded = reader.take("IF", "EXISTS")
            names = [
                Reader(part, reader.text).qualified()[-1] for part in split_at_commas(reader.rest())
            ]
            self._drop_tables(names, guarded=guarded, origin=origin)
        elif reader.take("INDEX"):
            self._drop_index(reader, origin)
        elif reader.take("VIEW"):
            guarded = reader.take("IF", "EXISTS")
            for part in split_at_commas(reader.rest()):
                self._drop_view(Reader(part, reader.text).qualified()[-1], guarded=guarded)
        elif self.programs.drop(reader, self):
            pass
        elif reader.take("PREPARE"):
            reader.rest()
        elif not reader.take_any(*_OTHER_OBJECTS):
            raise refusals.syntax_at(reader)

    def _drop_tables(self, names: list[str], *, guarded: bool, origin: Origin) -> None:
        found = []
        for name in names:
            low = name.lower()
            if low in self.temporary or low in self.unknown:
                self.temporary.discard(low)
                self.unknown.discard(low)
                continue
            table = self.find(name, origin)
            if table is None and not guarded:
                raise refusals.unknown_table(name)
            if table is not None:
                found.append(table)
        gone = {table.name for table in found}
        if self.checks_keys:
            for other in self.tables.values():
                for key in other.foreign_keys:
                    if key.ref_table in gone and other.name not in gone:
                        raise refusals.table_in_key(key.ref_table.name, key.name, other.name.name)
        for name_ in gone:
            del self.schema.tables[name_]
            self.generated.pop(name_, None)
        self.schema.triggers = {
            key: trigger for key, trigger in self.schema.triggers.items() if key[0] not in gone
        }

    def _drop_index(self, reader: Reader, origin: Origin) -> None:
        guarded = reader.take("IF", "EXISTS")
        name = reader.name()
        reader.expect("ON")
        table = self.need(reader.qualified()[-1], origin)
        draft = Draft.of(table, self.generated.get(table.name, ()), origin)
        if guarded:
            self._tell_guard("IF EXISTS", origin)
            if draft.index(name) is None:
                return
        draft.drop_index(name)
        self._finish(table, draft, None, origin)

    def _drop_view(self, name: str, *, guarded: bool) -> None:
        key = self._view(name)
        if key is not None:
            del self.schema.views[key]
        elif not guarded:
            raise refusals.unknown_table(name)

    def _insert(self, reader: Reader, origin: Origin) -> None:
        while reader.take_any("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE"):
            pass
        reader.take("INTO")
        table = self._written(reader.qualified()[-1], origin)
        if table is None or not reader.peek_sign("("):
            return
        for part in split_at_commas(reader.group()):
            name = part[-1].value
            if len(part) == 1 and not any(c.name.lower() == name.lower() for c in table.columns):
                raise refusals.no_column(name, "field list")

    def _written(self, name: str, origin: Origin) -> Table | None:
        """The table that rows go to; None for one that is not looked into."""
        low = name.lower()
        if low in self.temporary or low in self.unknown or self._view(name) is not None:
            return None
        return self.need(name, origin)

    def _update(self, reader: Reader, origin: Origin) -> None:
        while reader.take_any("LOW_PRIORITY", "IGNORE"):
            pass
        if not reader.peek_sign("("):
            self._written(reader.qualified()[-1], origin)

    def _delete(self, reader: Reader, origin: Origin) -> None:
        while reader.take_any("LOW_PRIORITY", "QUICK", "IGNORE"):
            pass
        if not reader.take("FROM"):
            return
        name = reader.qualified()[-1]
        if reader.current is None or reader.current.is_word("WHERE", "ORDER", "LIMIT"):
            self._written(name, origin)

    def _truncate(self, reader: Reader, origin: Origin) -> None:
        reader.take("TABLE")
        self._written(reader.qualified()[-1], origin)

    def _set(self, reader: Reader, origin: Origin) -> None:
        del origin
        for part in split_at_commas(reader.rest()):
            words = [token.value.lower() for token in part]
            if "foreign_key_checks" in words[:-1]:
                self.checks_keys = words[-1] not in ("0", "off", "false")

    def add_trigger(self, name: str, table: str, origin: Origin) -> None:
        """Keep a trigger; refuses one on a table that is not there."""
        owner = self.need(table, origin).name
        self.schema.triggers[(owner, name)] = Trigger(name, owner, history=(origin,))


def _check_auto(draft: Draft) -> None:
    """Refuse a second column that numbers itself, and one that no index begins with."""
    found = [column.name for column in draft.columns if column.identity is not None]
    firsts = {index.keys[0].column for index in draft.indexes}
    if len(found) > 1 or any(name not in firsts for name in found):
        raise refusals.auto_column_without_key()


def _renamed(key: ForeignKey, table: QualifiedName, names: dict[str, str]) -> ForeignKey:
    if key.ref_table != table:
        return key
    columns = tuple(names.get(name, name) for name in key.ref_columns)
    return replace(key, ref_columns=columns)


def _is_index(reader: Reader) -> bool:
    token = reader.current
    if token is None:
        return False
    return token.is_word("INDEX") or any(
        reader.peek(kind, "INDEX") for kind in ("UNIQUE", "FULLTEXT", "SPATIAL")
    )


def _is_like(reader: Reader) -> bool:
    """Whether `(LIKE other)` follows; reads up to the other's name if so."""
    start = reader.at
    reader.at += 1
    if reader.take("LIKE"):
        return True
    reader.at = start
    return False


def _ahead(reader: Reader) -> str:
    start = reader.at
    name = reader.qualified()[-1]
    reader.at = start
    return name
