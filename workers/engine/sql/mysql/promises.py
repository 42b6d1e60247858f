"""What a changed table must go on to hold: its own keys and others', and its numbered column."""

from __future__ import annotations

from workers.engine.schema.model import ForeignKey, Table
from workers.engine.sql.mysql import refusals
from workers.engine.sql.mysql.catalogue import Catalogue
from workers.engine.sql.mysql.draft import Draft
from workers.engine.sql.mysql.keys import serves


def check_keys(catalogue: Catalogue, table: Table, draft: Draft) -> None:
    """Foreign keys keep their indexes, and the types that they join."""
    made = draft.table(())
    keys_before = {key.name for key in table.foreign_keys}
    for key in draft.foreign_keys:
        if draft.dropped_indexes and draft.serving(key.columns) is None:
            raise refusals.index_in_key(draft.dropped_indexes[-1])
        if key.name in keys_before:
            _check_retyped(key, draft)
    for other in catalogue.tables.values():
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


def _check_retyped(key: ForeignKey, draft: Draft) -> None:
    for name in key.columns:
        old, new = draft.retyped.get(name), draft.find(name)
        if old is None or new is None:
            continue
        if old.type.name != new.type.name:
            raise refusals.retyped_in_key(old.name, key.name)
        if new.not_null and "SET NULL" in (key.on_delete, key.on_update):
            raise refusals.set_null_on_required(new.name, key.name)


def check_auto(draft: Draft) -> None:
    """Refuse a second column that numbers itself, and one that no index begins with."""
    found = [column.name for column in draft.columns if column.identity is not None]
    firsts = {index.keys[0].column for index in draft.indexes}
    if len(found) > 1 or any(name not in firsts for name in found):
        raise refusals.auto_column_without_key()
