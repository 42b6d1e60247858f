"""What differs in a table besides its columns: keys and indexes, a sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.engine.compare import changes as c
from workers.engine.rules.wording import index_words, list_words, table_words, ticked
from workers.engine.schema.model import ForeignKey, KeyConstraint


def notes(changes: Iterable[c.Change]) -> Iterator[str]:
    """Sentences about the primary key, the indexes and the foreign keys of one table."""
    for change in changes:
        told = _told(change)
        if told:
            yield f"{told[0].upper()}{told[1:]}."


def _told(change: c.Change) -> str:
    match change:
        case c.IndexMissing():
            return f"no migration makes {index_words(change.declared)}"
        case c.IndexExtra():
            return f"the schema does not declare {index_words(change.replayed)}"
        case c.IndexChanged() if change.only_name:
            return f"{index_words(change.declared)} is called {ticked(change.replayed.name)}"
        case c.IndexChanged():
            return (
                f"{index_words(change.declared)} is declared, the migrations make "
                f"{index_words(change.replayed)}"
            )
        case c.ForeignKeyMissing():
            return f"no migration adds {_key(change.declared)}"
        case c.ForeignKeyExtra():
            return f"the schema does not declare {_key(change.replayed)}"
        case c.ForeignKeyChanged() if change.only_name:
            return f"{_key(change.declared)} is called {ticked(change.replayed.name)}"
        case c.ForeignKeyChanged():
            return (
                f"{_key(change.declared)} is declared {_actions(change.declared)}, the migrations "
                f"make it {_actions(change.replayed)}"
            )
        case c.PrimaryKeyChanged():
            return (
                f"the primary key is declared as {_columns(change.declared)}, the migrations make "
                f"{_columns(change.replayed)}"
            )
    return ""


def _key(key: ForeignKey) -> str:
    return (
        f"the foreign key {ticked(key.name)} from {list_words(key.columns)} to "
        f"{table_words(key.ref_table)}"
    )


def _actions(key: ForeignKey) -> str:
    return ticked(f"ON DELETE {key.on_delete} ON UPDATE {key.on_update}")


def _columns(key: KeyConstraint | None) -> str:
    return f"{ticked(key.name)} on {list_words(key.columns)}" if key is not None else "none"
