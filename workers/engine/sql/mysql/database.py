"""A MySQL database while migrations run, and what each statement makes of it.

MySQL commits with every statement that changes the schema, so what a failing migration did before
it failed stays done.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from workers.engine.errors import Diagnostic
from workers.engine.schema.model import ForeignKey, QualifiedName, Schema, Table
from workers.engine.source import Origin
from workers.engine.sql.mysql import refusals
from workers.engine.sql.mysql.alter import Alteration
from workers.engine.sql.mysql.catalogue import Catalogue
from workers.engine.sql.mysql.create import SCHEMA, read_body, read_index
from workers.engine.sql.mysql.draft import Draft
from workers.engine.sql.mysql.keys import add_keys
from workers.engine.sql.mysql.programs import Programs
from workers.engine.sql.mysql.promises import check_auto, check_keys
from workers.engine.sql.mysql.rows import delete, insert, truncate, update
from workers.engine.sql.mysql.views import create_view, drop_view, starts_view
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
        self.catalogue = Catalogue(schema, tell)
        self.checks_keys = True
        self.programs = Programs()

    def take_over(self) -> None:
        """Begin with what a real database holds."""
        self.catalogue.take_over()
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
            "INSERT": partial(insert, self.catalogue),
            "REPLACE": partial(insert, self.catalogue),
            "UPDATE": partial(update, self.catalogue),
            "DELETE": partial(delete, self.catalogue),
            "TRUNCATE": partial(truncate, self.catalogue),
            "SET": self._set,
        }
        if word in handlers:
            reader.at += 1
            handlers[word](reader, origin)
        elif word in ("EXECUTE", "CALL"):
            raise UnreadStatement("What this statement runs is not known without running it.")
        elif word not in _SILENT and not (reader.peek_sign("(") and reads_rows(reader)):
            raise refusals.syntax_at(reader)

    def _create(self, reader: Reader, origin: Origin) -> None:
        replaces = reader.take("OR", "REPLACE")
        if reader.take("TEMPORARY", "TABLE"):
            reader.take("IF", "NOT", "EXISTS")
            self.catalogue.temporary.add(reader.qualified()[-1].lower())
        elif reader.take("TABLE"):
            self._create_table(reader, origin, replaces=replaces)
        elif _is_index(reader):
            self._create_index(reader, origin)
        elif starts_view(reader):
            create_view(self.catalogue, reader, origin, replaces=replaces)
        elif self.programs.create(reader, origin, self.catalogue):
            pass
        elif not reader.take_any(*_OTHER_OBJECTS):
            raise refusals.syntax_at(reader)

    def _create_table(self, reader: Reader, origin: Origin, *, replaces: bool) -> None:
        guarded = reader.take("IF", "NOT", "EXISTS")
        name = reader.qualified()[-1]
        if replaces and self.catalogue.is_there(name):
            self._drop_tables([name], guarded=True, origin=origin)
        if self.catalogue.is_there(name):
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
            self.catalogue.unknown.add(name.lower())
            raise UnreadStatement(str(error), str(draft.name)) from None
        add_keys(draft, self.catalogue.tables, is_checked=self.checks_keys)
        check_auto(draft)
        self._note(draft, origin)
        self.catalogue.put(draft, (origin,))

    def _tell_reference(self, column: str, origin: Origin) -> None:
        self.catalogue.mention(
            "reference-ignored",
            f"MySQL before 9.0 reads the REFERENCES of `{column}` and makes no foreign key of it; "
            "MariaDB and MySQL 9 make one. Write FOREIGN KEY on a line of its own.",
            origin,
        )

    def _create_like(self, name: str, reader: Reader, origin: Origin) -> None:
        source = self.catalogue.need(reader.qualified()[-1], origin)
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
        self.catalogue.put(draft, (origin,))

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
        table = self.catalogue.need(ahead.qualified()[-1], origin)
        draft = Draft.of(table, self.catalogue.generated.get(table.name, ()), origin)
        if guarded and draft.index(name) is not None:
            return
        prefix = [token for token in reader.tokens[start : start + 1] if not token.is_word("INDEX")]
        index = read_index(Reader([*prefix, *ahead.rest()], reader.text), name, origin)
        draft.add_index(index)
        self.catalogue.put(draft, (*table.history, origin))

    def _alter(self, reader: Reader, origin: Origin) -> None:
        _ = reader.take_any("ONLINE", "IGNORE")
        if not reader.take("TABLE"):
            if starts_view(reader):
                create_view(self.catalogue, reader, origin, replaces=True)
            elif not reader.take_any(*_OTHER_OBJECTS, "FUNCTION", "PROCEDURE", "DEFINER"):
                raise refusals.syntax_at(reader)
            return
        if reader.take("IF", "EXISTS"):
            self.catalogue.tell_guard("IF EXISTS", origin)
            if self.catalogue.find(_ahead(reader), origin) is None:
                return
        name = reader.qualified()[-1]
        if name.lower() in self.catalogue.temporary:
            return
        table = self.catalogue.need(name, origin)
        draft = Draft.of(table, self.catalogue.generated.get(table.name, ()), origin)
        alteration = Alteration(draft, lambda words: self.catalogue.tell_guard(words, origin))
        try:
            for clause in split_at_commas(reader.rest()):
                alteration.clause(Reader(clause, reader.text))
        except UnreadStatement as error:
            raise UnreadStatement(str(error), str(table.name)) from None
        self._finish(table, draft, alteration.new_name, origin)

    def _finish(self, table: Table, draft: Draft, new_name: str | None, origin: Origin) -> None:
        add_keys(draft, self.catalogue.tables, is_checked=self.checks_keys)
        check_auto(draft)
        if self.checks_keys:
            check_keys(self.catalogue, table, draft)
        self._note(draft, origin)
        changed = self.catalogue.put(draft, (*table.history, origin))
        if draft.renamed:
            self.catalogue.change_keys(lambda key: _renamed(key, table.name, draft.renamed))
        if new_name is not None:
            self.catalogue.rename(changed, new_name, origin)

    def _note(self, draft: Draft, origin: Origin) -> None:
        for code, message in draft.notes:
            self.catalogue.mention(code, message, origin)

    def _rename(self, reader: Reader, origin: Origin) -> None:
        if not (reader.take("TABLE") or reader.take("TABLES")):
            if reader.take("USER"):
                return
            raise refusals.syntax_at(reader)
        for part in split_at_commas(reader.rest()):
            inner = Reader(part, reader.text)
            name = inner.qualified()[-1]
            inner.expect("TO")
            self.catalogue.rename(self.catalogue.need(name, origin), inner.qualified()[-1], origin)

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
                drop_view(
                    self.catalogue, Reader(part, reader.text).qualified()[-1], guarded=guarded
                )
        elif self.programs.drop(reader, self.catalogue):
            pass
        elif reader.take("PREPARE"):
            reader.rest()
        elif not reader.take_any(*_OTHER_OBJECTS):
            raise refusals.syntax_at(reader)

    def _drop_tables(self, names: list[str], *, guarded: bool, origin: Origin) -> None:
        found = []
        for name in names:
            low = name.lower()
            if low in self.catalogue.temporary or low in self.catalogue.unknown:
                self.catalogue.temporary.discard(low)
                self.catalogue.unknown.discard(low)
                continue
            table = self.catalogue.find(name, origin)
            if table is None and not guarded:
                raise refusals.unknown_table(name)
            if table is not None:
                found.append(table)
        gone = {table.name for table in found}
        if self.checks_keys:
            for other in self.catalogue.tables.values():
                for key in other.foreign_keys:
                    if key.ref_table in gone and other.name not in gone:
                        raise refusals.table_in_key(key.ref_table.name, key.name, other.name.name)
        for name_ in gone:
            del self.schema.tables[name_]
            self.catalogue.generated.pop(name_, None)
        self.schema.triggers = {
            key: trigger for key, trigger in self.schema.triggers.items() if key[0] not in gone
        }

    def _drop_index(self, reader: Reader, origin: Origin) -> None:
        guarded = reader.take("IF", "EXISTS")
        name = reader.name()
        reader.expect("ON")
        table = self.catalogue.need(reader.qualified()[-1], origin)
        draft = Draft.of(table, self.catalogue.generated.get(table.name, ()), origin)
        if guarded:
            self.catalogue.tell_guard("IF EXISTS", origin)
            if draft.index(name) is None:
                return
        draft.drop_index(name)
        self._finish(table, draft, None, origin)

    def _set(self, reader: Reader, origin: Origin) -> None:
        del origin
        for part in split_at_commas(reader.rest()):
            words = [token.value.lower() for token in part]
            if "foreign_key_checks" in words[:-1]:
                self.checks_keys = words[-1] not in ("0", "off", "false")


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
