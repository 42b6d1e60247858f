"""An object under another name or in another schema, and all that points at it."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from workers.engine.schema.model import Column, Function, QualifiedName, Table
from workers.engine.schema.names import quote
from workers.engine.sql.ddl import granted, labels, named, retarget
from workers.engine.sql.ddl.following import follow_function, rename_dependencies, rename_key
from workers.engine.sql.ddl.touch import by_name, touched
from workers.engine.sql.healing import note_rename, note_table_rename
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run


def move_relation(run: Run, old: QualifiedName, new: QualifiedName) -> None:
    """Rename a table, view, sequence, index or composite type, or move it to a schema."""
    state = run.state
    kind = state.relation_kind(old)
    kept = {key: of for key, of in state.hidden.statistics.items() if of[0] == old}
    if kind == "table":
        of = state.hidden.typed.get(old)
        _move_table(run, old, new)
        if of is not None:
            state.hidden.typed[new] = of
    elif kind == "view":
        view = state.schema.views[old]
        state.remove_view(old)
        state.put_view(replace(view, name=new, history=touched(view.history, run.origin)))
        _follow(run, old, new)
    elif kind == "sequence":
        _move_sequence(run, old, new)
    elif kind == "index":
        _rename_index(run, old, new)
    elif kind == "composite type":
        move_type(run, old, new)
    state.hidden.statistics.update({key: (new, columns) for key, (_, columns) in kept.items()})


def _move_table(run: Run, old: QualifiedName, new: QualifiedName) -> None:
    state = run.state
    table = state.schema.tables[old]
    state.remove_table(old)
    state.put_table(replace(table, name=new, history=touched(table.history, run.origin)))
    for other in list(state.schema.tables.values()):
        changes: dict[str, Any] = {}
        if any(key.ref_table == old for key in other.foreign_keys):
            changes["foreign_keys"] = tuple(
                replace(key, ref_table=new) if key.ref_table == old else key
                for key in other.foreign_keys
            )
        if old in other.parents:
            changes["parents"] = tuple(new if one == old else one for one in other.parents)
        if changes:
            state.put_table(replace(other, **changes))
    for sequence in list(state.schema.sequences.values()):
        if sequence.owned_by is not None and sequence.owned_by[0] == old:
            state.put(replace(sequence, owned_by=(new, sequence.owned_by[1])))
            if old.schema != new.schema:
                _move_sequence(run, sequence.name, QualifiedName(new.schema, sequence.name.name))
    labels.rename_relation(run, old, new)
    retarget.rename_type(run, old, new)
    _follow(run, old, new)
    note_table_rename(run, old, new)


def _follow(run: Run, old: QualifiedName, new: QualifiedName) -> None:
    """Triggers, policies and what reads a relation follow it."""
    schema = run.state.schema
    hidden = run.state.hidden
    keyed = (schema.policies, schema.triggers, hidden.trigger_columns, hidden.copies, hidden.rules)
    for holder in keyed:
        for key in [key for key in holder if key[0] == old]:
            found: Any = holder.pop(key)
            made = replace(found, table=new) if hasattr(found, "table") else found
            holder[new, key[1]] = made
    granted.move(schema, old, new)
    before, after = str(old), str(new)

    def renamed(names: frozenset[str]) -> frozenset[str]:
        return frozenset(
            after + name[len(before) :] if name == before or name.startswith(before + ".") else name
            for name in names
        )

    rename_dependencies(run, before, renamed)


def _move_sequence(run: Run, old: QualifiedName, new: QualifiedName) -> None:
    state = run.state
    sequence = state.schema.sequences[old]
    is_identity = old in state.hidden.owned
    state.remove(sequence)
    state.put(replace(sequence, name=new, history=touched(sequence.history, run.origin)))
    if is_identity:
        state.hidden.owned[new] = True
    granted.move(state.schema, old, new)
    rename_key(run, str(old), str(new))
    retarget.rename_literal(
        run,
        f"{quote(old.schema)}.{quote(old.name)}",
        f"{quote(new.schema)}.{quote(new.name)}",
    )


def _rename_index(run: Run, old: QualifiedName, new: QualifiedName) -> None:
    from workers.engine.sql.ddl.renames import rename_constraint

    state = run.state
    owner = state.hidden.index_tables[old]
    view = state.schema.views.get(owner)
    if view is not None:
        indexes = tuple(
            replace(one, name=new.name) if one.name == old.name else one for one in view.indexes
        )
        state.put_view(replace(view, indexes=indexes))
        return
    table = state.schema.tables[owner]
    index = by_name(table.indexes, old.name)
    if index.is_constraint:
        rename_constraint(run, table, old.name, new.name)
        return
    made = replace(index, name=new.name, history=touched(index.history, run.origin))
    indexes = tuple(made if one is index else one for one in table.indexes)
    history = touched(table.history, run.origin)
    state.put_table(replace(table, indexes=indexes, history=history))


def move_type(run: Run, old: QualifiedName, new: QualifiedName) -> None:
    """Rename an enum, domain, composite or other type, with all its uses."""
    state = run.state
    schema = state.schema
    for holder in (schema.enums, schema.domains, schema.composites):
        found: Any = holder.get(old)
        if found is not None:
            state.remove(found)
            history = touched(found.history, run.origin)
            state.put(replace(found, name=new, history=history))
    if old in state.hidden.types:
        state.hidden.types[new] = state.hidden.types.pop(old)
    for table in [table for table, kind in state.hidden.typed.items() if kind == old]:
        state.hidden.typed[table] = new
    if old in state.hidden.fresh_types:
        state.hidden.fresh_types[new] = state.hidden.fresh_types.pop(old)
    for key in [key for key in state.hidden.fresh_values if key[0] == old]:
        state.hidden.fresh_values[new, key[1]] = state.hidden.fresh_values.pop(key)
    named.move_casts(state, old, new)
    rename_key(run, str(old), str(new))
    retarget.rename_type(run, old, new)


def move_function(
    run: Run, function: Function, new: QualifiedName, *, is_said: bool = True
) -> None:
    """Rename a function or move it to a schema, with all that calls it.

    `is_said` is false where its schema is renamed, and not itself.
    """
    state, old = run.state, function.name
    history = touched(function.history, run.origin) if is_said else function.history
    made = replace(function, name=new, history=history)
    if made.signature in state.schema.functions:
        raise RefusedError("42723", f"function {made.signature} already exists")
    is_alone = len(state.hidden.overloads.get(old, ())) == 1
    follow_function(run, function, made)
    for key, trigger in list(state.schema.triggers.items()):
        if trigger.function == str(old) and not function.arguments:
            state.schema.triggers[key] = replace(trigger, function=str(new))
    if is_alone:
        # Which one of several an expression calls is not told by its text.
        retarget.rename_calls(run, old, new)


def rename_column(run: Run, name: QualifiedName, old: str, new: str) -> None:
    """Rename a column in its table and in all that names it."""
    state = run.state
    table = retarget.rename_column(run, state.schema.tables[name], old, new)
    made = replace(
        table,
        columns=tuple(_renamed(run, one, old, new) for one in table.columns),
        primary_key=_key(table.primary_key, old, new),
        uniques=tuple(_key(key, old, new) for key in table.uniques),
        excludes=tuple(
            replace(
                one,
                columns=_names(one.columns, old, new),
                definition=one.definition.replace(f"{quote(old)} WITH", f"{quote(new)} WITH"),
            )
            for one in table.excludes
        ),
        indexes=tuple(index_renamed(one, old, new) for one in table.indexes),
        foreign_keys=tuple(
            replace(key, columns=_names(key.columns, old, new)) for key in table.foreign_keys
        ),
        history=touched(table.history, run.origin),
    )
    state.put_table(made)
    for key, (of, columns) in list(state.hidden.statistics.items()):
        if of == name:
            state.hidden.statistics[key] = (name, _names(columns, old, new))
    renamed = made.column(new)
    if renamed is not None:
        note_rename(run, name, old, renamed)
    state.log.drops.add(f"{name}.{old}")
    state.log.creates.add(f"{name}.{new}")
    _rename_references(run, made, old, new)


def _renamed(run: Run, column: Column, old: str, new: str) -> Column:
    if column.name != old:
        return column
    return replace(column, name=new, history=touched(column.history, run.origin))


def _names(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in names)


def _key(key: Any, old: str, new: str) -> Any:
    if key is None or old not in key.columns:
        return key
    return replace(key, columns=_names(key.columns, old, new))


def index_renamed(index: Any, old: str, new: str) -> Any:
    """An index whose column has another name; its expressions stay."""
    keys = tuple(replace(key, column=new) if key.column == old else key for key in index.keys)
    include = _names(index.include, old, new)
    if keys == index.keys and include == index.include:
        return index
    return replace(index, keys=keys, include=include)


def _rename_references(run: Run, table: Table, old: str, new: str) -> None:
    state = run.state
    name = table.name
    for other in list(state.schema.tables.values()):
        if any(key.ref_table == name and old in key.ref_columns for key in other.foreign_keys):
            keys = tuple(
                replace(key, ref_columns=_names(key.ref_columns, old, new))
                if key.ref_table == name
                else key
                for key in other.foreign_keys
            )
            state.put_table(replace(other, foreign_keys=keys))
    for sequence in list(state.schema.sequences.values()):
        if sequence.owned_by == (name, old):
            state.put(replace(sequence, owned_by=(name, new)))
    for key, columns in list(state.hidden.trigger_columns.items()):
        if key[0] == name and old in columns:
            state.hidden.trigger_columns[key] = _names(columns, old, new)
    granted.rename_column(state.schema, name, old, new)
    before, after = f"{name}.{old}", f"{name}.{new}"
    rename_dependencies(
        run,
        before,
        lambda names: frozenset(after if one == before else one for one in names),
    )
    labels.rename_column(run, name, old, new)


def move_schema(run: Run, old: str, new: str) -> None:
    """Rename a schema: all that is in it moves along."""
    state = run.state
    schema = state.schema
    granted.move_schema(schema, old, new)
    named.move_schema(state, old, new)
    relations = [*schema.tables, *schema.views, *schema.sequences]
    for name in relations:
        moved = QualifiedName(new, name.name)
        if name.schema == old and state.relation_kind(name) is not None:
            move_relation(run, name, moved)
    for kind in [*schema.enums, *schema.domains, *schema.composites]:
        if kind.schema == old:
            move_type(run, kind, QualifiedName(new, kind.name))
    for function in list(schema.functions.values()):
        if function.name.schema == old:
            move_function(run, function, QualifiedName(new, function.name.name), is_said=False)
    for key, extension in list(schema.extensions.items()):
        if extension.schema == old:
            schema.extensions[key] = replace(extension, schema=new)
