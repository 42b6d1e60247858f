"""SQLite's migrations: tables are made anew, their rows copied, as Prisma does it.

sqlglot's printer turns BOOLEAN and BIGINT into INTEGER, which Prisma tells apart, so statements are
lists of tokens here. They are printed, and what is printed must read back as the same tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from workers.engine.compare import changes as c
from workers.engine.compare.changes import Comparison
from workers.engine.errors import EngineError
from workers.engine.schema.model import Column, ForeignKey, Index, Table
from workers.engine.sql.sqlite.lexer import tokens

Piece = tuple[str, str]
"""A token's kind and value, as `sqlite.lexer` knows them."""


class Line(Struct, frozen=True):
    """A statement with the comment before it; `notes` are for the reader."""

    comment: str
    pieces: tuple[Piece, ...]
    notes: tuple[str, ...] = ()


def redefinition(comparison: Comparison) -> list[Line]:
    """The statements that bring a SQLite database to what is declared, in order."""
    lines = [*_renames(comparison), *_dropped_indexes(comparison)]
    for change in comparison.changes:
        if isinstance(change, c.TableMissing):
            lines.append(Line("CreateTable", _table(change.declared, change.declared.name.name)))
            lines += _indexes(change.declared, change.declared.indexes)
    anew = {id(pair[0]): pair for pair in tables_anew(comparison)}
    for change in comparison.changes:
        if isinstance(change, c.ColumnMissing) and id(change.table) not in anew:
            pieces = (*_words("ALTER TABLE"), _name(change.table.name.name), *_words("ADD COLUMN"))
            lines.append(Line("AlterTable", (*pieces, *_column(change.declared, ()))))
    lines += _redefined(list(anew.values()), comparison)
    for change in comparison.changes:
        if isinstance(change, c.IndexMissing | c.IndexChanged) and id(change.table) not in anew:
            lines += _indexes(change.table, (change.declared,))
    lines += _dropped_tables(comparison)
    return lines


def text_of(lines: Iterable[Line]) -> str:
    """The migration; raises EngineError where a statement does not read back."""
    blocks: list[str] = []
    last = ""
    for line in lines:
        head = [f"-- {line.comment}"] if line.comment and line.comment != last else []
        notes = [f"-- {note}" for note in line.notes]
        blocks.append(("\n" if head and blocks else "") + "\n".join([*head, *notes, line_of(line)]))
        last = line.comment
    return "\n".join(blocks) + "\n"


def line_of(line: Line) -> str:
    """One statement's text; raises EngineError where it does not read back."""
    text = ""
    depth = 0
    is_table = [value for _, value in line.pieces[:2]] == ["CREATE", "TABLE"]
    for piece in line.pieces:
        kind, value = piece
        depth += (piece == ("sign", "(")) - (piece == ("sign", ")"))
        if piece == ("sign", ")") and depth == 0 and is_table:
            text += "\n)"
            continue
        text += "" if _is_tight(text, piece) else " "
        text += _shown(kind, value)
        if is_table and depth == 1 and piece in (("sign", "("), ("sign", ",")):
            text += "\n   "
    read = tuple((token.kind, token.value) for token in tokens(text))
    if read != line.pieces or "\0" in text:
        raise EngineError("a statement for SQLite could not be written so that it reads back")
    return f"{text};"


def _is_tight(text: str, piece: Piece) -> bool:
    return not text or piece[1] in (")", ",", ".") or text.endswith(("(", "."))


def _shown(kind: str, value: str) -> str:
    if kind == "name":
        return '"' + value.replace('"', '""') + '"'
    if kind == "string":
        return "'" + value.replace("'", "''") + "'"
    return f"X'{value}'" if kind == "blob" else value


def _words(text: str) -> tuple[Piece, ...]:
    return tuple(("word", word) for word in text.split())


def _name(name: str) -> Piece:
    return ("name", name)


_OPEN, _CLOSE, _COMMA = ("sign", "("), ("sign", ")"), ("sign", ",")


def _listed(parts: Sequence[Sequence[Piece]]) -> tuple[Piece, ...]:
    found: list[Piece] = [_OPEN]
    for at, part in enumerate(parts):
        found += [_COMMA] if at else []
        found += part
    return (*found, _CLOSE)


def _names(names: Iterable[str]) -> tuple[Piece, ...]:
    return _listed([[_name(name)] for name in names])


def _expression(text: str) -> tuple[Piece, ...]:
    """The tokens of an expression of the schema's; none may end it early."""
    found = tuple((token.kind, token.value) for token in tokens(text))
    depth = 0
    for piece in found:
        depth += (piece == _OPEN) - (piece == _CLOSE)
        if depth < 0 or piece in (("sign", ";"), ("sign", "`")):
            raise EngineError(f"`{text}` is no expression")
    if depth or not found:
        raise EngineError(f"`{text}` is no expression")
    return found


def _column(column: Column, key: tuple[str, ...]) -> tuple[Piece, ...]:
    found: list[Piece] = [_name(column.name)]
    found += _expression(column.type.name.upper())
    if column.type.arguments:
        found += _listed([_expression(one) for one in column.type.arguments])
    if column.not_null:
        found += _words("NOT NULL")
    if key == (column.name,):
        found += _words("PRIMARY KEY")
        if column.default_kind == "sequence":
            found += _words("AUTOINCREMENT")
    default = _default(column)
    return (*found, *_words("DEFAULT"), *default) if default else tuple(found)


def _default(column: Column) -> tuple[Piece, ...]:
    if column.default is None or column.default_kind == "sequence":
        return ()
    if column.default_kind == "value" and column.default[:1] in ("{", "["):
        return (("string", column.default),)
    found = _expression(column.default)
    is_plain = len(found) == 1 or column.default_kind in ("value", "now")
    return found if is_plain or found[0] == _OPEN else (_OPEN, *found, _CLOSE)


def _table(table: Table, name: str) -> tuple[Piece, ...]:
    key = table.primary_key.columns if table.primary_key else ()
    own = key if len(key) == 1 else ()
    parts: list[Sequence[Piece]] = [_column(column, own) for column in table.columns]
    if len(key) > 1:
        parts.append((*_words("PRIMARY KEY"), *_names(key)))
    parts += [_reference(one) for one in table.foreign_keys]
    parts += [
        (*_words("UNIQUE"), *_names(index.columns))
        for index in table.indexes
        if index.is_constraint and index.columns and index.columns != key
    ]
    return (*_words("CREATE TABLE"), _name(name), *_listed(parts))


def _reference(key: ForeignKey) -> tuple[Piece, ...]:
    return (
        *_words("CONSTRAINT"),
        _name(key.name),
        *_words("FOREIGN KEY"),
        *_names(key.columns),
        *_words("REFERENCES"),
        _name(key.ref_table.name),
        *_names(key.ref_columns),
        *_words(f"ON DELETE {key.on_delete} ON UPDATE {key.on_update}"),
    )


def _indexes(table: Table, indexes: Iterable[Index]) -> Iterator[Line]:
    key = table.primary_key.name if table.primary_key else None
    for index in indexes:
        if index.name == key or index.columns is None or index.is_constraint:
            continue
        unique = "UNIQUE " if index.is_unique else ""
        columns = [
            (_name(one.column or ""), *(_words("DESC") if one.descending else ()))
            for one in index.keys
        ]
        pieces = (*_words(f"CREATE {unique}INDEX"), _name(index.name), *_words("ON"))
        yield Line("CreateIndex", (*pieces, _name(table.name.name), *_listed(columns)))


def _renames(comparison: Comparison) -> Iterator[Line]:
    for change in comparison.changes:
        if isinstance(change, c.TableRenamed):
            old, new = change.replayed.name.name, change.declared.name.name
            yield Line(
                "AlterTable",
                (*_words("ALTER TABLE"), _name(old), *_words("RENAME TO"), _name(new)),
            )
    for change in comparison.changes:
        if isinstance(change, c.ColumnRenamed):
            yield Line(
                "AlterTable",
                (
                    *_words("ALTER TABLE"),
                    _name(change.table.name.name),
                    *_words("RENAME COLUMN"),
                    _name(change.replayed.name),
                    *_words("TO"),
                    _name(change.declared.name),
                ),
            )


def _dropped_indexes(comparison: Comparison) -> Iterator[Line]:
    for change in comparison.changes:
        if isinstance(change, c.IndexExtra | c.IndexChanged) and not change.replayed.is_constraint:
            yield Line("DropIndex", (*_words("DROP INDEX"), _name(change.replayed.name)))


def _dropped_tables(comparison: Comparison) -> list[Line]:
    extra = [one.replayed for one in comparison.changes if isinstance(one, c.TableExtra)]
    found = [Line("DropTable", (*_words("DROP TABLE"), _name(one.name.name))) for one in extra]
    if not found:
        return []
    return [
        Line("DropTable", _pragma("foreign_keys", "off")),
        *found,
        Line("", _pragma("foreign_keys", "on")),
    ]


def tables_anew(comparison: Comparison) -> list[tuple[Table, Table]]:
    """The tables, declared and replayed, that have to be made anew."""
    return [pair for pair in comparison.tables if _is_anew(pair[0], comparison)]


def _is_anew(table: Table, comparison: Comparison) -> bool:
    return any(
        getattr(change, "table", None) is table and _needs_anew(change)
        for change in comparison.changes
    )


def is_lone(change: c.Change) -> bool:
    """Whether SQLite carries a change out without a table made anew."""
    is_whole = isinstance(change, c.TableMissing | c.TableExtra | c.TableRenamed)
    return is_whole or not _needs_anew(change)


def _needs_anew(change: c.Change) -> bool:
    """Whether SQLite has no statement for a change of a table that stands."""
    match change:
        case c.ColumnMissing():
            return change.declared.not_null or change.declared.default is not None
        case c.IndexExtra():
            return change.replayed.is_constraint
        case c.IndexChanged():
            return change.replayed.is_constraint or change.declared.is_constraint
        case c.IndexMissing():
            return change.declared.is_constraint
        case c.ColumnRenamed():
            return False
        case _:
            return True


def _redefined(pairs: list[tuple[Table, Table]], comparison: Comparison) -> Iterator[Line]:
    if not pairs:
        return
    yield Line("RedefineTables", _pragma("defer_foreign_keys", "ON"))
    yield Line("RedefineTables", _pragma("foreign_keys", "OFF"))
    for declared, replayed in pairs:
        _refuse_losses(declared, replayed, comparison)
        new = f"new_{declared.name.name}"
        yield Line("RedefineTables", _table(declared, new))
        yield Line(
            "RedefineTables",
            _copied(declared, replayed, new, comparison),
            tuple(_waiting(declared, replayed, comparison)),
        )
        yield Line("RedefineTables", (*_words("DROP TABLE"), _name(declared.name.name)))
        rename = (*_words("ALTER TABLE"), _name(new), *_words("RENAME TO"))
        yield Line("RedefineTables", (*rename, _name(declared.name.name)))
        for line in _indexes(declared, declared.indexes):
            yield Line("RedefineTables", line.pieces)
    yield Line("RedefineTables", _pragma("foreign_keys", "ON"))
    yield Line("RedefineTables", _pragma("defer_foreign_keys", "OFF"))


def _refuse_losses(declared: Table, replayed: Table, comparison: Comparison) -> None:
    """What Prisma does not see of a table is not in the one that is made in its place."""
    if replayed.checks:
        raise EngineError(f"{replayed.name.name} has checks, which would be lost")
    known = {there.name for _, there in _old_columns(declared, replayed, comparison)}
    known |= {
        change.replayed.name
        for change in comparison.changes
        if isinstance(change, c.ColumnExtra) and change.table is declared
    }
    for column in replayed.columns:
        if column.name not in known:
            raise EngineError(f"{replayed.name.name}.{column.name} would be lost")


def _pragma(name: str, value: str) -> tuple[Piece, ...]:
    return (*_words(f"PRAGMA {name}"), ("sign", "="), *_words(value))


def _old_columns(
    declared: Table, replayed: Table, comparison: Comparison
) -> list[tuple[Column, Column]]:
    """The columns that both have, under the names after the renames."""
    old = {
        change.declared.name: change.replayed.name
        for change in comparison.changes
        if isinstance(change, c.ColumnRenamed) and change.table is declared
    }
    found = []
    for column in declared.columns:
        there = replayed.column(old.get(column.name, column.name))
        if there is not None:
            found.append((column, there))
    return found


def _copied(
    declared: Table, replayed: Table, new: str, comparison: Comparison
) -> tuple[Piece, ...]:
    pairs = _old_columns(declared, replayed, comparison)
    values: list[Piece] = []
    for at, (column, there) in enumerate(pairs):
        values += [_COMMA] if at else []
        default = _default(column)
        if column.not_null and not there.not_null and default:
            values += [*_words("coalesce"), _OPEN, _name(column.name), _COMMA, *default, _CLOSE]
            values += [*_words("AS"), _name(column.name)]
        else:
            values.append(_name(column.name))
    head = (*_words("INSERT INTO"), _name(new), *_names(column.name for column, _ in pairs))
    return (*head, *_words("SELECT"), *values, *_words("FROM"), _name(declared.name.name))


def _waiting(declared: Table, replayed: Table, comparison: Comparison) -> Iterator[str]:
    """What only people can know: the copying stops at a row that has no value."""
    known = {column.name: there for column, there in _old_columns(declared, replayed, comparison)}
    for column in declared.columns:
        there = known.get(column.name)
        is_filled = bool(_default(column)) or column.default_kind == "sequence"
        if column.not_null and not is_filled and (there is None or not there.not_null):
            name = "".join(letter for letter in column.name if letter.isprintable())
            yield f"TODO: give every row a value in {name}: the copying stops where one has none."
