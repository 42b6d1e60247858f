"""What stands on a column, a constraint, a table or a type, and what becomes of it in a drop.

PostgreSQL's pg_depend in short: some dependents fall by themselves (an index with its column),
others refuse the drop (2BP01) unless it says CASCADE (a view, a policy, a foreign key's unique).
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from workers.engine.schema.model import ForeignKey, Index, QualifiedName, Table
from workers.engine.schema.names import quote
from workers.engine.source import Origin
from workers.engine.sql import resolve
from workers.engine.sql.ddl import granted
from workers.engine.sql.ddl.foreign_keys import referable_index
from workers.engine.sql.ddl.heritage import parents_with_check
from workers.engine.sql.ddl.touch import by_name, without
from workers.engine.sql.ddl.touch import update as touch
from workers.engine.sql.healing import note_drop
from workers.engine.sql.postgres import SqlSyntaxError, parse_expression
from workers.engine.sql.references import columns_in, references
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.state import State


def columns_of(state: State, expression: str) -> frozenset[str]:
    """The column names in a printed expression."""
    return columns_in(expression)


class Blocked(Struct):
    """What refuses a drop: (object, what it depends on) as messages write them."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def add(self, dependent: str, on: str) -> None:
        """Note one dependent object."""
        self.lines.append((dependent, on))

    def refuse(self, what: str) -> None:
        """Raise the refusal if anything stands in the way."""
        if self.lines:
            raise RefusedError(
                "2BP01",
                f"cannot drop {what} because other objects depend on it",
                hint="\n".join(f"{one} depends on {other}" for one, other in self.lines),
            )


def table_label(state: State, name: QualifiedName) -> str:
    """`table "User"` as messages write it."""
    return f"table {resolve.describe(state, name)}"


# Columns


def drop_column(
    run: Run, name: QualifiedName, column: str, *, cascade: bool, origin: Origin
) -> None:
    """Drop a column with its indexes, constraints and sequences."""
    state = run.state
    label = f"column {column} of {table_label(state, name)}"
    blocked = Blocked()
    table = state.schema.tables[name]
    generated = [
        one.name
        for one in table.columns
        if one.generated is not None and column in columns_in(one.generated)
    ]
    for one in generated:
        blocked.add(f"column {one} of {table_label(state, name)}", label)
    gone = [index for index in table.indexes if uses_column(index, column)]
    falling = _falling_keys(state, name, {index.name for index in gone})
    for index in gone:
        # A constraint hangs on the columns that it names, not on those of its expressions.
        named = {*index.include, *(key.column for key in index.keys)}
        if index.is_constraint and column not in named:
            blocked.add(f"constraint {index.name} on {table_label(state, name)}", label)
    for owner, key in falling:
        if owner == name and column in key.columns:
            continue
        blocked.add(f"constraint {key.name} on {table_label(state, owner)}", label)
    _block_users(run, name, column, label, blocked)
    _block_owned(state, name, column, label, blocked)
    if not cascade:
        blocked.refuse(label)
    _drop_users(run, name, column)
    state.forget_statistics(name, column)
    for one in generated:
        drop_column(run, name, one, cascade=True, origin=origin)
    for owner, key in falling:
        drop_foreign_key(run, owner, key, origin)
    _without_column(run, name, column, gone, origin)


def _without_column(
    run: Run, name: QualifiedName, column: str, gone: list[Index], origin: Origin
) -> None:
    state = run.state
    table = state.schema.tables[name]
    names = {index.name for index in gone}
    primary = table.primary_key
    touch(
        run,
        name,
        origin,
        columns=tuple(one for one in table.columns if one.name != column),
        indexes=tuple(one for one in table.indexes if one.name not in names),
        primary_key=None if primary and primary.name in names else primary,
        uniques=without(table.uniques, [one for one in table.uniques if one.name in names]),
        excludes=without(table.excludes, [one for one in table.excludes if one.name in names]),
        checks=without(table.checks, [one for one in table.checks if column in one.columns]),
        foreign_keys=without(
            table.foreign_keys, [one for one in table.foreign_keys if column in one.columns]
        ),
    )
    granted.drop(state.schema, str(name), column)
    state.log.drops.add(f"{name}.{column}")
    note_drop(run, name, column, origin)
    for sequence in list(state.schema.sequences.values()):
        if sequence.owned_by == (name, column):
            from workers.engine.sql.ddl.drops import remove_sequence

            remove_sequence(run, sequence.name)


def uses_column(index: Index, column: str) -> bool:
    """Whether an index has a column among its keys, in an expression or in its predicate."""
    if column in index.include:
        return True
    for key in index.keys:
        if key.column == column:
            return True
        if key.expression is not None and column in columns_in(key.expression):
            return True
    return index.where is not None and column in columns_in(index.where)


def _block_users(run: Run, name: QualifiedName, column: str, label: str, blocked: Blocked) -> None:
    from workers.engine.sql.ddl.standing import functions_on

    state, key = run.state, f"{name}.{column}"
    for shown, _ in functions_on(run, key):
        blocked.add(shown, label)
    for view in state.schema.views.values():
        if key in view.depends_on:
            blocked.add(f"{view_label(state, view.name)}", label)
    for policy in state.schema.policies.values():
        if key in policy.depends_on:
            blocked.add(f"policy {policy.name} on {table_label(state, policy.table)}", label)
    for (table, trigger), columns in state.hidden.trigger_columns.items():
        if table == name and column in columns:
            blocked.add(f"trigger {trigger} on {table_label(state, name)}", label)


def view_label(state: State, name: QualifiedName) -> str:
    """`view v` or `materialized view v`."""
    view = state.schema.views[name]
    word = "materialized view" if view.kind == "matview" else "view"
    return f"{word} {resolve.describe(state, name)}"


def _block_owned(
    state: State, name: QualifiedName, column: str, label: str, blocked: Blocked
) -> None:
    """Defaults elsewhere that draw from a sequence which falls with the column."""
    for sequence in state.schema.sequences.values():
        if sequence.owned_by != (name, column):
            continue
        for owner, other in default_users(state, sequence.name):
            if (owner, other) != (name, column):
                blocked.add(
                    f"default value for column {other} of {table_label(state, owner)}",
                    f"sequence {resolve.describe(state, sequence.name)}",
                )


def default_users(state: State, sequence: QualifiedName) -> list[tuple[QualifiedName, str]]:
    """The columns whose default draws from a sequence."""
    literal = f"nextval('{quote(sequence.schema)}.{quote(sequence.name)}'::regclass)"
    return [
        (table.name, column.name)
        for table in state.schema.tables.values()
        for column in table.columns
        if column.default is not None and literal in column.default
    ]


def _drop_users(run: Run, name: QualifiedName, column: str) -> None:
    from workers.engine.sql.ddl.standing import functions_on

    state = run.state
    key = f"{name}.{column}"
    for _, drop in list(functions_on(run, key)):
        drop()
    for view in [v.name for v in state.schema.views.values() if key in v.depends_on]:
        drop_view(run, view)
    for place, policy in list(state.schema.policies.items()):
        if key in policy.depends_on:
            del state.schema.policies[place]
    for place, columns in list(state.hidden.trigger_columns.items()):
        if place[0] == name and column in columns:
            del state.hidden.trigger_columns[place]
            state.schema.triggers.pop(place, None)


# Constraints


def drop_constraint(
    run: Run, name: QualifiedName, wanted: str, *, cascade: bool, origin: Origin
) -> None:
    """Drop a constraint with its index; foreign keys that rest on it refuse or fall."""
    state = run.state
    table = state.schema.tables[name]
    index = by_name(table.indexes, wanted)
    is_index = index is not None and index.is_constraint
    falling = _falling_keys(state, name, {wanted}) if is_index else []
    if falling and not cascade:
        blocked = Blocked()
        label = f"constraint {wanted} on {table_label(state, name)}"
        for owner, key in falling:
            blocked.add(
                f"constraint {key.name} on {table_label(state, owner)}",
                f"index {resolve.describe(state, QualifiedName(name.schema, wanted))}",
            )
        blocked.refuse(label)
    for owner, key in falling:
        drop_foreign_key(run, owner, key, origin)
    table = state.schema.tables[name]
    primary = table.primary_key
    touch(
        run,
        name,
        origin,
        primary_key=None if primary is not None and primary.name == wanted else primary,
        uniques=_unnamed(table.uniques, wanted),
        checks=_unnamed(table.checks, wanted),
        excludes=_unnamed(table.excludes, wanted),
        foreign_keys=_unnamed(table.foreign_keys, wanted),
        indexes=_unnamed(table.indexes, wanted) if is_index else table.indexes,
    )
    state.log.drops.add(f"{name}.{wanted}")
    _drop_inherited(run, name, table, wanted, origin)


def _unnamed(items: tuple[object, ...], name: str) -> tuple[object, ...]:
    return without(items, [one for one in items if getattr(one, "name", None) == name])


def _drop_inherited(
    run: Run, name: QualifiedName, table: Table, wanted: str, origin: Origin
) -> None:
    for child in list(run.state.schema.tables.values()):
        if name not in child.parents:
            continue
        for part in (child.checks, child.foreign_keys):
            for one in part:
                is_left = one.name == wanted and one.is_inherited
                if is_left and not parents_with_check(run.state, child, wanted):
                    drop_constraint(run, child.name, wanted, cascade=True, origin=origin)
        index = by_name(table.indexes, wanted)
        twin = index and next(
            (
                one
                for one in child.indexes
                if one.is_inherited and one.keys == index.keys and one.is_constraint
            ),
            None,
        )
        if twin:
            drop_constraint(run, child.name, twin.name, cascade=True, origin=origin)


def drop_foreign_key(run: Run, owner: QualifiedName, key: ForeignKey, origin: Origin) -> None:
    """Take a foreign key off its table."""
    table = run.state.schema.tables.get(owner)
    if table is not None:
        gone = [one for one in table.foreign_keys if one.name == key.name]
        touch(run, owner, origin, foreign_keys=without(table.foreign_keys, gone))


def _falling_keys(
    state: State, name: QualifiedName, indexes: Iterable[str]
) -> list[tuple[QualifiedName, ForeignKey]]:
    """The foreign keys, in any table, that rest on one of these indexes of a table."""
    names = set(indexes)
    if not names:
        return []
    target = state.schema.tables[name]
    found = []
    for table in state.schema.tables.values():
        for key in table.foreign_keys:
            if key.ref_table == name and referable_index(target, key.ref_columns) in names:
                found.append((table.name, key))
    return found


def keys_on_index(
    state: State, name: QualifiedName, index: str
) -> list[tuple[QualifiedName, ForeignKey]]:
    """The foreign keys that rest on an index of a table."""
    return _falling_keys(state, name, (index,))


# Views


def drop_view(run: Run, name: QualifiedName) -> None:
    """Drop a view and, recursively, the views that read it."""
    state = run.state
    if name not in state.schema.views:
        return
    state.remove_view(name)
    key = str(name)
    granted.drop(state.schema, key)
    for other in [view.name for view in state.schema.views.values() if key in view.depends_on]:
        drop_view(run, other)
    for place in [place for place in state.schema.triggers if place[0] == name]:
        del state.schema.triggers[place]
    for place, policy in list(state.schema.policies.items()):
        if key in policy.depends_on:
            del state.schema.policies[place]
    from workers.engine.sql.ddl.standing import functions_on

    for _, drop in list(functions_on(run, key)):
        drop()
    drop_rules(run, name)


def drop_rules(run: Run, name: QualifiedName) -> None:
    """Rewrite rules go with their relation."""
    rules = run.state.hidden.rules
    for place in [place for place in rules if place[0] == name]:
        del rules[place]


def mentions_type(expression: str | None, name: QualifiedName) -> bool:
    """Whether a printed expression casts to a type."""
    if expression is None or name.name not in expression:
        return False
    try:
        found = references(parse_expression(expression))
    except SqlSyntaxError:
        return False
    return any(resolve.strings(one["names"]) == tuple(name) for one in found.types)
