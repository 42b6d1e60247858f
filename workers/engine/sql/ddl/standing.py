"""What stands on a function, and what becomes of it in a drop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from workers.engine.schema.model import Column, Domain, Function, Index, QualifiedName, Table
from workers.engine.schema.names import quote
from workers.engine.sql import resolve
from workers.engine.sql.ddl import dependents
from workers.engine.sql.ddl.callees import called
from workers.engine.sql.ddl.dependents import table_label, view_label
from workers.engine.sql.ddl.touch import put_column
from workers.engine.sql.run import Run

Use = tuple[str, Callable[[], object]]
"""What messages call a dependent object, and its removal."""


def users_of(run: Run, function: Function) -> Iterator[Use]:
    """All that stands on a function."""
    state, signature = run.state, function.signature
    for operator, under in list(state.hidden.operators.items()):
        if under == signature:
            from workers.engine.sql.ddl.operators import forget_operator

            yield f"operator {operator}", lambda one=operator: forget_operator(run, one)  # type: ignore[misc]
    for key, trigger in list(state.schema.triggers.items()):
        is_run = trigger.function == str(function.name) and not function.arguments
        if is_run or signature in trigger.depends_on:
            shown = f"trigger {trigger.name} on {_relation(run, trigger.table)}"
            yield shown, lambda key=key: _drop_trigger(run, key)  # type: ignore[misc]
    known = state.hidden.event_triggers
    for name in [name for name, one in known.items() if one.function == signature]:
        yield f"event trigger {name}", lambda one=name: known.pop(one, None)  # type: ignore[misc]
    yield from readers(run, signature)
    needle = f"{quote(function.name.schema)}.{quote(function.name.name)}("
    for table in list(state.schema.tables.values()):
        yield from _in_table(run, table, needle, signature)
    for domain in list(state.schema.domains.values()):
        yield from _in_domain(run, domain, needle, signature)


def readers(run: Run, key: str) -> Iterator[Use]:
    """The views, policies and functions that stand on what goes by this key."""
    state = run.state
    for view in list(state.schema.views.values()):
        if key in view.depends_on:
            yield (
                view_label(state, view.name),
                lambda name=view.name: dependents.drop_view(run, name),  # type: ignore[misc]
            )
    for place, policy in list(state.schema.policies.items()):
        if key in policy.depends_on:
            shown = f"policy {policy.name} on {_relation(run, policy.table)}"
            yield shown, lambda place=place: state.schema.policies.pop(place, None)  # type: ignore[misc]
    yield from functions_on(run, key)


def functions_on(run: Run, key: str) -> Iterator[Use]:
    """The functions whose body of standard SQL, or whose defaults, stand on it."""
    for signature, function in list(run.state.schema.functions.items()):
        if key in function.depends_on:
            yield f"function {signature}", lambda one=signature: remove_function(run, one)  # type: ignore[misc]


def remove_function(run: Run, signature: str) -> None:
    """Take a function away, and all that stands on it."""
    function = run.state.schema.functions.get(signature)
    if function is None:
        return
    users = list(users_of(run, function))
    run.state.remove_function(signature)
    for _, drop in users:
        drop()


def _relation(run: Run, name: QualifiedName) -> str:
    return table_label(run.state, name)


def _drop_trigger(run: Run, key: tuple[QualifiedName, str]) -> None:
    run.state.schema.triggers.pop(key, None)
    run.state.hidden.trigger_columns.pop(key, None)


def _in_table(run: Run, table: Table, needle: str, signature: str) -> Iterator[Use]:
    label = table_label(run.state, table.name)

    def calls(text: str | None) -> bool:
        if text is None or needle not in text:
            return False
        return signature in called(run.state, text, table.columns, table.name.name)

    for column in table.columns:
        if calls(column.default):
            shown = f"default value for column {column.name} of {label}"
            yield shown, lambda one=column: _without_default(run, table, one)  # type: ignore[misc]
        if calls(column.generated):
            shown = f"column {column.name} of {label}"
            yield shown, lambda one=column: _drop_column(run, table, one)  # type: ignore[misc]
    for check in table.checks:
        if calls(_inside(check.definition)):
            shown = f"constraint {check.name} on {label}"
            yield shown, lambda one=check.name: _drop_constraint(run, table, one)  # type: ignore[misc]
    for index in table.indexes:
        if any(calls(text) for text in (*(key.expression for key in index.keys), index.where)):
            shown = resolve.describe(run.state, QualifiedName(table.name.schema, index.name))
            yield f"index {shown}", lambda one=index: _drop_index(run, table, one)  # type: ignore[misc]


def _inside(definition: str) -> str:
    return definition.partition("(")[2].rpartition(")")[0]


def _without_default(run: Run, table: Table, column: Column) -> None:
    now = run.state.schema.tables.get(table.name)
    found = now.column(column.name) if now is not None else None
    if found is not None:
        put_column(run, table.name, replace(found, default=None), run.origin)


def _drop_column(run: Run, table: Table, column: Column) -> None:
    now = run.state.schema.tables.get(table.name)
    if now is not None and now.column(column.name) is not None:
        dependents.drop_column(run, table.name, column.name, cascade=True, origin=run.origin)


def _drop_constraint(run: Run, table: Table, name: str) -> None:
    if table.name in run.state.schema.tables:
        dependents.drop_constraint(run, table.name, name, cascade=True, origin=run.origin)


def _drop_index(run: Run, table: Table, index: Index) -> None:
    from workers.engine.sql.ddl.drops import drop_index

    if index.is_constraint:
        _drop_constraint(run, table, index.name)
    elif QualifiedName(table.name.schema, index.name) in run.state.hidden.index_tables:
        drop_index(run, QualifiedName(table.name.schema, index.name), cascade=True)


def _in_domain(run: Run, domain: Domain, needle: str, signature: str) -> Iterator[Use]:
    from workers.engine.sql.ddl.drop_types import remove_type

    def calls(text: str | None) -> bool:
        if text is None or needle not in text:
            return False
        value = (Column("value", domain.type),)
        return signature in called(run.state, text, value)

    name = domain.name
    label = f"type {resolve.describe(run.state, name)}"
    if calls(domain.default):
        # The whole domain stands on its default.
        yield label, lambda: remove_type(run, name)
    for check in domain.checks:
        if calls(_inside(check.definition)):
            shown = f"constraint {check.name} on {label}"
            yield shown, lambda one=check.name: _without_check(run, name, one)  # type: ignore[misc]


def _without_check(run: Run, name: QualifiedName, check: str) -> None:
    domain = run.state.schema.domains.get(name)
    if domain is not None:
        checks = tuple(one for one in domain.checks if one.name != check)
        run.state.put(replace(domain, checks=checks))
