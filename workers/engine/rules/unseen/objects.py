"""What a replayed schema holds that Prisma's engine does not see, kind by kind."""

from __future__ import annotations

from collections.abc import Container, Iterator

from workers.engine.rules.unseen.details import (
    COMMENTS,
    CONSTRAINT_OPTIONS,
    FUNCTIONS,
    GRANTS,
    IDENTITY,
    INDEX_DETAILS,
    TABLE_OPTIONS,
    UNIQUE_CONSTRAINTS,
    details,
    grants,
)
from workers.engine.rules.unseen.unseen import Unseen
from workers.engine.rules.wording import table_words, ticked
from workers.engine.schema.model import (
    Index,
    Policy,
    QualifiedName,
    Schema,
    Table,
    Trigger,
)

POLICY, SECURITY, TRIGGER = "policies", "row-level security", "triggers"
PARTIAL, EXPRESSION = "partial indexes", "expression indexes"
CHECK, EXCLUDE, VIEW = "check constraints", "exclusion constraints", "views"

KINDS = (
    SECURITY,
    POLICY,
    VIEW,
    TRIGGER,
    FUNCTIONS,
    CHECK,
    EXCLUDE,
    PARTIAL,
    EXPRESSION,
    INDEX_DETAILS,
    UNIQUE_CONSTRAINTS,
    CONSTRAINT_OPTIONS,
    IDENTITY,
    TABLE_OPTIONS,
    GRANTS,
    COMMENTS,
)
GUARDS = frozenset({SECURITY, POLICY, VIEW, TRIGGER, CHECK, EXCLUDE, PARTIAL, EXPRESSION, GRANTS})
"""The kinds whose loss costs something that nobody notices."""

_DETAILED = frozenset({"postgresql", "sqlite"})
"""Where details are known to be a person's: elsewhere Prisma itself writes identities, collations
and unique indexes."""


def unseen_objects(schema: Schema) -> Iterator[Unseen]:
    """Everything in the schema that Prisma does not see."""
    for table in schema.tables.values():
        yield from _of_table(table)
    for policy in schema.policies.values():
        yield _policy(policy)
    for trigger in schema.triggers.values():
        yield _trigger(trigger)
    yield from views(schema, schema.views)
    if schema.provider in _DETAILED:
        yield from details(schema)


def guards_of(schema: Schema, name: QualifiedName) -> Iterator[Unseen]:
    """What hangs on one table and costs something when it falls."""
    table = schema.tables.get(name)
    if table is None:
        return
    yield from _of_table(table)
    yield from policies_of(schema, name)
    for (owner, _), trigger in schema.triggers.items():
        if owner == name:
            yield _trigger(trigger)
    for each in grants(schema):
        if each.table == name:
            yield each


def policies_of(schema: Schema, name: QualifiedName) -> Iterator[Unseen]:
    """The policies of one table."""
    return map(_policy, schema.policies_of(name))


def views(schema: Schema, names: Container[QualifiedName]) -> Iterator[Unseen]:
    """The views of these names, with the indexes of materialised ones."""
    for name, view in schema.views.items():
        if name not in names:
            continue
        label = f"the view {table_words(name)}"
        figure = f"{view.kind} {view.definition} {view.options}"
        yield Unseen(VIEW, name, name.name, label, view.history, figure=figure)
        for index in view.indexes:
            label = f"the index {ticked(index.name)}"
            spelled = _spelled(index)
            yield Unseen(
                VIEW, name, index.name, label, index.history, figure=spelled, is_standing=False
            )


def _trigger(trigger: Trigger) -> Unseen:
    label = f"the trigger {ticked(trigger.name)}"
    figure = f"{trigger.function} {trigger.is_enabled} {trigger.definition}"
    return Unseen(TRIGGER, trigger.table, trigger.name, label, trigger.history, figure=figure)


def _policy(policy: Policy) -> Unseen:
    name = policy.table
    prefixes = (f"{name}.", f"{name.name}.")
    columns = frozenset(
        used.removeprefix(prefix)
        for used in policy.depends_on
        for prefix in prefixes
        if used.startswith(prefix)
    )
    label = f"the policy {ticked(policy.name)}"
    figure = (
        f"{policy.is_permissive} {policy.roles} {policy.command} {policy.using} {policy.with_check}"
    )
    return Unseen(POLICY, name, policy.name, label, policy.history, columns, figure)


def _of_table(table: Table) -> Iterator[Unseen]:
    name = table.name
    if table.rls:
        label = f"row-level security of {table_words(name)}"
        yield Unseen(SECURITY, name, "", label, table.history, figure=str(table.force_rls))
    for check in table.checks:
        label = f"the check {ticked(check.name)}"
        columns = frozenset(check.columns)
        figure = f"{check.definition} {check.not_valid} {check.no_inherit}"
        yield Unseen(CHECK, name, check.name, label, check.history, columns, figure)
    for exclude in table.excludes:
        label = f"the exclusion constraint {ticked(exclude.name)}"
        columns = frozenset(exclude.columns)
        yield Unseen(
            EXCLUDE, name, exclude.name, label, exclude.history, columns, exclude.definition
        )
    hidden = {exclude.name for exclude in table.excludes}
    for index in table.indexes:
        if index.name not in hidden and (index.where or index.columns is None):
            yield _index(table, index)


def _index(table: Table, index: Index) -> Unseen:
    kind = PARTIAL if index.where else EXPRESSION
    label = f"the {kind.removesuffix('es')} {ticked(index.name)}"
    text = " ".join([index.where or "", *(key.expression or "" for key in index.keys)])
    columns = frozenset(key.column for key in index.keys if key.column) | frozenset(
        column.name for column in table.columns if column.name in text
    )
    return Unseen(kind, table.name, index.name, label, index.history, columns, _spelled(index))


def _spelled(index: Index) -> str:
    return f"{index.is_unique} {index.method} {index.keys} {index.include} {index.where}"
