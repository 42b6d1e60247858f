"""MySQL's ALTER TABLE: every clause changes the draft, foreign keys come last.

https://dev.mysql.com/doc/refman/8.4/en/alter-table.html
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from workers.engine.schema.model import Column, Index
from workers.engine.source import Origin
from workers.engine.sql.mysql import refusals
from workers.engine.sql.mysql.collations import canonical, default_collation, width_of
from workers.engine.sql.mysql.columns import (
    Definition,
    inline_indexes,
    place_of,
    read_column,
    read_default,
)
from workers.engine.sql.mysql.create import (
    add_column,
    definitions,
    insert_column,
    read_constraint,
    read_options,
)
from workers.engine.sql.mysql.draft import Draft
from workers.engine.sql.mysql.types import TEXTS
from workers.engine.sql.reader import Reader

_OPTIONS = (
    *("ENGINE", "AUTO_INCREMENT", "ROW_FORMAT", "COMMENT", "DEFAULT", "CHARACTER", "CHARSET"),
    *("COLLATE", "STATS_PERSISTENT", "STATS_AUTO_RECALC", "STATS_SAMPLE_PAGES", "MAX_ROWS"),
    *("MIN_ROWS", "AVG_ROW_LENGTH", "CHECKSUM", "DELAY_KEY_WRITE", "PACK_KEYS", "ENCRYPTION"),
    *("COMPRESSION", "KEY_BLOCK_SIZE", "INSERT_METHOD", "TABLESPACE", "CONNECTION", "PASSWORD"),
    *("AUTOEXTEND_SIZE", "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE"),
)
_IDLE = (
    *("ALGORITHM", "LOCK", "FORCE", "DISABLE", "ENABLE", "ORDER", "WITH", "WITHOUT", "DISCARD"),
    *("IMPORT", "PARTITION", "REMOVE", "REORGANIZE", "TRUNCATE", "ANALYZE", "OPTIMIZE", "REBUILD"),
    *("REPAIR", "COALESCE", "EXCHANGE", "WAIT", "NOWAIT"),
)
"""Clauses that leave the columns and keys as they are."""


class Alteration:
    """One ALTER TABLE on its draft; `guard` is told of words that only MariaDB knows."""

    def __init__(self, draft: Draft, guard: Callable[[str], None]) -> None:
        self.draft = draft
        self.guard = guard
        self.new_name: str | None = None

    def clause(self, reader: Reader) -> None:
        """Carry out one clause."""
        word = reader.take_any("ADD", "DROP", "MODIFY", "CHANGE", "ALTER", "RENAME", "CONVERT")
        if word is not None:
            handler: Callable[[Reader], None] = getattr(self, f"_{word.lower()}")
            handler(reader)
        elif reader.current is not None and reader.current.is_word(*_OPTIONS):
            self._options(reader)
        elif reader.take_any(*_IDLE):
            reader.rest()
        if reader.current is not None:
            raise reader.unread()

    def _exists(self, reader: Reader, *words: str) -> bool:
        """Whether a guard is written, which MySQL does not know in ALTER TABLE."""
        if reader.take(*words):
            self.guard(" ".join(words))
            return True
        return False

    def _add(self, reader: Reader) -> None:
        draft, origin = self.draft, place_of(reader, self.draft.origin.path)
        if reader.take("PARTITION"):
            reader.rest()
            return
        found: list[Index] = []
        if self._guarded_constraint(reader):
            return
        if read_constraint(reader, draft, found, origin):
            for index in found:
                draft.add_index(index)
            return
        reader.take("COLUMN")
        is_guarded = self._exists(reader, "IF", "NOT", "EXISTS")
        if reader.peek_sign("("):
            for inner in definitions(reader):
                place = place_of(inner, draft.origin.path)
                if read_constraint(inner, draft, found, place):
                    continue
                self._add_column(inner, place, is_guarded=False)
            for index in found:
                draft.add_index(index)
            return
        self._add_column(reader, origin, is_guarded=is_guarded)

    def _guarded_constraint(self, reader: Reader) -> bool:
        """`ADD INDEX IF NOT EXISTS x`: whether the index is there."""
        start = reader.at
        _ = reader.take_any("UNIQUE", "FULLTEXT", "SPATIAL")
        if reader.take_any("INDEX", "KEY") and reader.take("IF", "NOT", "EXISTS"):
            self.guard("IF NOT EXISTS")
            name = reader.current.value if reader.current else ""
            if self.draft.index(name) is not None:
                reader.rest()
                return True
        reader.at = start
        if reader.take("CONSTRAINT") and reader.take("IF", "NOT", "EXISTS"):
            self.guard("IF NOT EXISTS")
            name = reader.current.value.lower() if reader.current else ""
            if any(key.name.lower() == name for key in self.draft.foreign_keys):
                reader.rest()
                return True
        reader.at = start
        return False

    def _add_column(self, reader: Reader, origin: Origin, *, is_guarded: bool) -> None:
        made = read_column(reader, self.draft, origin)
        if is_guarded and self.draft.find(made.column.name) is not None:
            return
        add_column(made, self.draft)
        for index in inline_indexes(made, origin):
            self.draft.add_index(index)

    def _drop(self, reader: Reader) -> None:
        draft = self.draft
        if reader.take("PRIMARY", "KEY"):
            draft.drop_index("PRIMARY")
        elif reader.take("FOREIGN", "KEY"):
            is_guarded = self._exists(reader, "IF", "EXISTS")
            self._drop_key(reader.name(), is_guarded=is_guarded)
        elif reader.take_any("INDEX", "KEY"):
            is_guarded = self._exists(reader, "IF", "EXISTS")
            name = reader.name()
            if not (is_guarded and draft.index(name) is None):
                draft.drop_index(name)
        elif reader.take_any("CONSTRAINT", "CHECK"):
            is_guarded = self._exists(reader, "IF", "EXISTS")
            self._drop_constraint(reader.name(), is_guarded=is_guarded)
        elif reader.take("PARTITION"):
            reader.rest()
        else:
            reader.take("COLUMN")
            is_guarded = self._exists(reader, "IF", "EXISTS")
            name = reader.name()
            _ = reader.take_any("RESTRICT", "CASCADE")
            if not (is_guarded and draft.find(name) is None):
                draft.drop_column(name)

    def _drop_key(self, name: str, *, is_guarded: bool) -> None:
        kept = [key for key in self.draft.foreign_keys if key.name.lower() != name.lower()]
        if len(kept) == len(self.draft.foreign_keys) and not is_guarded:
            raise refusals.nothing_to_drop(name)
        self.draft.foreign_keys = kept

    def _drop_constraint(self, name: str, *, is_guarded: bool) -> None:
        draft, low = self.draft, name.lower()
        if any(key.name.lower() == low for key in draft.foreign_keys):
            self._drop_key(name, is_guarded=is_guarded)
        elif any(check.name.lower() == low for check in draft.checks):
            draft.checks = [check for check in draft.checks if check.name.lower() != low]
        elif draft.index(name) is not None or not is_guarded:
            draft.drop_index(name)

    def _modify(self, reader: Reader) -> None:
        reader.take("COLUMN")
        is_guarded = self._exists(reader, "IF", "EXISTS")
        origin = place_of(reader, self.draft.origin.path)
        made = read_column(reader, self.draft, origin)
        if is_guarded and self.draft.find(made.column.name) is None:
            return
        self._redefine(made.column.name, made)

    def _change(self, reader: Reader) -> None:
        reader.take("COLUMN")
        is_guarded = self._exists(reader, "IF", "EXISTS")
        old = reader.name()
        origin = place_of(reader, self.draft.origin.path)
        made = read_column(reader, self.draft, origin)
        if is_guarded and self.draft.find(old) is None:
            return
        self._redefine(old, made)

    def _redefine(self, name: str, made: Definition) -> None:
        """The column anew under its old place and history; its attributes are all replaced."""
        draft = self.draft
        old = draft.need(name)
        new = made.column.name
        if new.lower() != old.name.lower() and draft.find(new) is not None:
            raise refusals.column_exists(new)
        if new.lower() == old.name.lower() and new != old.name and name == new:
            new = old.name  # MODIFY keeps the spelling
        at = draft.columns.index(old)
        draft.columns.remove(old)
        column = replace(made.column, name=new, history=(*old.history, *made.column.history))
        made.column = column
        column = insert_column(made, draft, made.place)
        if made.place is None:
            draft.columns.remove(column)
            draft.columns.insert(at, column)
        draft.rename_column(old.name, new)
        draft.retyped.setdefault(new, old)
        for index in inline_indexes(made, made.column.history[-1]):
            draft.add_index(index)

    def _alter(self, reader: Reader) -> None:
        draft = self.draft
        if reader.take_any("INDEX", "CHECK", "CONSTRAINT"):
            reader.rest()  # visible or not, enforced or not
            return
        reader.take("COLUMN")
        is_guarded = self._exists(reader, "IF", "EXISTS")
        name = reader.name()
        if is_guarded and draft.find(name) is None:
            reader.rest()
            return
        column = draft.need(name)
        history = (*column.history, draft.origin)
        if reader.take("SET", "DEFAULT"):
            value = read_default(reader, column.type, column.name)
            draft.put(replace(column, default=value, history=history), column)
        elif reader.take("DROP", "DEFAULT"):
            draft.put(replace(column, default=None, history=history), column)
        elif reader.take("SET"):
            reader.rest()  # visible or not
        else:
            raise reader.unread()

    def _rename(self, reader: Reader) -> None:
        draft = self.draft
        if reader.take("COLUMN"):
            self._exists(reader, "IF", "EXISTS")
            column = draft.need(reader.name())
            reader.expect("TO")
            new = reader.name()
            if new.lower() != column.name.lower() and draft.find(new) is not None:
                raise refusals.column_exists(new)
            draft.put(replace(column, name=new, history=(*column.history, draft.origin)), column)
            draft.rename_column(column.name, new)
        elif reader.take_any("INDEX", "KEY"):
            self._exists(reader, "IF", "EXISTS")
            self._rename_index(reader)
        else:
            _ = reader.take_any("TO", "AS")
            self.new_name = reader.qualified()[-1]

    def _rename_index(self, reader: Reader) -> None:
        draft = self.draft
        old = reader.name()
        index = draft.index(old)
        if index is None:
            raise refusals.no_index(old, draft.name.name)
        reader.expect("TO")
        new = reader.name()
        if new.lower() != old.lower() and draft.index(new) is not None:
            raise refusals.index_exists(new)
        history = (*index.history, draft.origin)
        draft.indexes[draft.indexes.index(index)] = replace(index, name=new, history=history)
        if index.name.lower() in draft.generated:
            draft.generated.discard(index.name.lower())

    def _convert(self, reader: Reader) -> None:
        """Every text takes the new collation, which becomes the table's."""
        reader.expect("TO")
        if not reader.take("CHARSET"):
            reader.expect("CHARACTER", "SET")
        charset = canonical(reader.name())
        collation = default_collation(charset)
        if reader.take("COLLATE"):
            collation = canonical(reader.name())
        draft = self.draft
        draft.columns = [_converted(one, draft.collation, collation) for one in draft.columns]
        draft.collation = collation

    def _options(self, reader: Reader) -> None:
        options = read_options(reader)
        draft = self.draft
        if options.comment is not None:
            draft.comment = options.comment
        new = options.effective
        if new is not None and new != draft.collation:
            old, draft.collation = draft.collation, new
            draft.columns = [_kept(column, old, new) for column in draft.columns]


_WIDER = {"tinytext": "text", "text": "mediumtext", "mediumtext": "longtext"}


def _converted(column: Column, old: str | None, new: str) -> Column:
    """A text takes the new collation, and the next larger type where letters grow."""
    if column.type.name not in TEXTS:
        return column
    before = column.collation or old
    type_ = column.type
    if before is not None and width_of(before) < width_of(new):
        type_ = replace(type_, name=_WIDER.get(type_.name, type_.name))
    return replace(column, collation=None, type=type_)


def _kept(column: Column, old: str | None, new: str) -> Column:
    """A column keeps its collation when the table's default changes."""
    if column.type.name not in TEXTS:
        return column
    collation = column.collation or old
    return replace(column, collation=None if collation == new else collation)
