"""The missing migrations: the SQL of every fix, in an order in which it can run.

Each rule's fix is proven alone; together they need an order: what others hang on comes first,
what throws away comes last.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from workers.engine.compare.changes import TableMissing
from workers.engine.dossier.subjects import short, standing
from workers.engine.findings import Finding
from workers.engine.report import PairReport, Report
from workers.engine.schema.model import Table

_ORDER = (
    "schema-missing",
    "extension-missing",
    "enum-renamed-without-migration",
    "enum-missing",
    "enum-values-mismatch",
    "table-renamed-without-migration",
    "column-renamed-without-migration",
    "table-missing",
    "column-missing",
    "foreign-key-extra",
    "column-type-mismatch",
    "column-default-mismatch",
    "column-nullability-mismatch",
    "primary-key-mismatch",
    "index-extra",
    "index-mismatch",
    "index-missing",
    "foreign-key-mismatch",
    "foreign-key-missing",
    "row-level-security-missing",
    "policy-without-row-level-security",
    "column-extra",
    "table-extra",
    "enum-extra",
)
_RANK = {rule: rank for rank, rule in enumerate(_ORDER)}


class Statement(Struct, frozen=True):
    """One fix: what it does, its SQL, and whether it must be read first.

    `subject` is the object; empty where the fix is about several.
    """

    title: str
    subject: str
    sql: str
    is_safe: bool
    finding: Finding


def statements(report: Report, pair: PairReport) -> tuple[Statement, ...]:
    """The fixes of a pair by new migrations, in the order in which they can run."""
    own = [f for f in standing(report) if f.pair == pair.name and is_missing_migration(f)]
    tables = _needed_order(pair)
    own.sort(key=lambda finding: _place(finding, tables))
    return tuple(
        Statement(
            f.fix.title, short(f.subject) if "." in f.subject else "", f.fix.sql, f.fix.safe, f
        )
        for f in own
        if f.fix is not None and f.fix.sql is not None
    )


def is_missing_migration(finding: Finding) -> bool:
    """Whether the fix brings the migrations to the schema, or guards a table.

    Other fixes (an index for a foreign key) want the schema changed with them.
    """
    has_sql = finding.fix is not None and bool(finding.fix.sql)
    return has_sql and finding.family in ("drift", "security")


def _place(finding: Finding, tables: dict[str, int]) -> tuple[int, int, str, int]:
    rank = _RANK.get(finding.rule, len(_ORDER))
    return rank, tables.get(finding.subject, 0), finding.origin.path, finding.origin.span.start


def _needed_order(pair: PairReport) -> dict[str, int]:
    """The missing tables, each behind those that its foreign keys refer to."""
    changes: Iterable[object] = pair.comparison.changes if pair.comparison else ()
    waiting = {c.declared.name: c.declared for c in changes if isinstance(c, TableMissing)}
    order: dict[str, int] = {}
    while waiting:
        free = [table for table in waiting.values() if not _needs(table, waiting.values())]
        for table in free or list(waiting.values())[:1]:  # a circle is cut at its first table
            order[str(table.name)] = len(order)
            del waiting[table.name]
    return order


def _needs(table: Table, others: Iterable[Table]) -> bool:
    targets = {key.ref_table for key in table.foreign_keys}
    return any(other.name in targets for other in others if other.name != table.name)
