"""What a replayed schema holds that Prisma's engine does not see, kind by kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workers.engine.rules.wording import table_words, ticked
from workers.engine.schema.model import History, QualifiedName, Schema, Table


@dataclass(frozen=True, slots=True)
class Unseen:
    """An object that Prisma does not see: its kind, its table, its name, and what to call it.

    `columns` are the columns that it falls with.
    """

    kind: str
    table: QualifiedName
    name: str
    label: str
    history: History
    columns: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is known by in another state of the database."""
        return self.kind, str(self.table), self.name


POLICY, SECURITY, TRIGGER = "policies", "row-level security", "triggers"
PARTIAL, EXPRESSION = "partial indexes", "expression indexes"
CHECK, EXCLUDE, VIEW = "check constraints", "exclusion constraints", "views"

KINDS = (SECURITY, POLICY, VIEW, TRIGGER, CHECK, EXCLUDE, PARTIAL, EXPRESSION)


def unseen_objects(schema: Schema) -> Iterator[Unseen]:
    """Everything in the schema's tables that Prisma does not see, and its views."""
    for table in schema.tables.values():
        yield from _of_table(table)
    for (name, policy_name), policy in schema.policies.items():
        prefixes = (f"{name}.", f"{name.name}.")
        columns = frozenset(
            used.removeprefix(prefix)
            for used in policy.depends_on
            for prefix in prefixes
            if used.startswith(prefix)
        )
        label = f"the policy {ticked(policy_name)}"
        yield Unseen(POLICY, name, policy_name, label, policy.history, columns)
    for (name, trigger_name), trigger in schema.triggers.items():
        label = f"the trigger {ticked(trigger_name)}"
        yield Unseen(TRIGGER, name, trigger_name, label, trigger.history)
    for name, view in schema.views.items():
        yield Unseen(VIEW, name, name.name, f"the view {table_words(name)}", view.history)


def _of_table(table: Table) -> Iterator[Unseen]:
    name = table.name
    if table.rls:
        label = f"row-level security of {table_words(name)}"
        yield Unseen(SECURITY, name, "", label, table.history)
    for check in table.checks:
        label = f"the check {ticked(check.name)}"
        yield Unseen(CHECK, name, check.name, label, check.history, frozenset(check.columns))
    for exclude in table.excludes:
        label = f"the exclusion constraint {ticked(exclude.name)}"
        columns = frozenset(exclude.columns)
        yield Unseen(EXCLUDE, name, exclude.name, label, exclude.history, columns)
    hidden = {exclude.name for exclude in table.excludes}
    for index in table.indexes:
        if index.name in hidden or (not index.where and index.columns is not None):
            continue
        kind = PARTIAL if index.where else EXPRESSION
        label = f"the {kind.removesuffix('es')} {ticked(index.name)}"
        text = " ".join([index.where or "", *(key.expression or "" for key in index.keys)])
        columns = frozenset(key.column for key in index.keys if key.column) | frozenset(
            column.name for column in table.columns if column.name in text
        )
        yield Unseen(kind, name, index.name, label, index.history, columns)
