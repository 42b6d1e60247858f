"""The chapters about columns, indexes and policies: both sides, table by table."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.dossier.dossier import PairDossier
from workers.engine.dossier.indexes import IndexRow, IndexState
from workers.engine.dossier.security import COMMANDS, GuardRow, GuardState
from workers.engine.dossier.subjects import is_compared, short
from workers.engine.report import FieldRow, FieldState, FieldTable
from workers.output.report.document import (
    Block,
    Fold,
    Grid,
    Heading,
    Item,
    Listing,
    Tone,
    quoted,
    say,
)
from workers.output.wording import counted

_FIELDS: dict[FieldState, tuple[str, Tone]] = {
    "same": ("OK", "good"),
    "missing": ("missing in the migrations", "bad"),
    "extra": ("not declared", "warn"),
    "renamed": ("another name", "bad"),
    "different": ("differs", "bad"),
}
_INDEXES: dict[IndexState, tuple[str, Tone]] = {
    "same": ("OK", "good"),
    "missing": ("missing", "bad"),
    "extra": ("not declared", "warn"),
    "different": ("differs", "bad"),
    "unserved": ("unserved", "warn"),
    "duplicate": ("duplicate", "warn"),
}
_GUARDS: dict[GuardState, tuple[str, Tone]] = {
    "ok": ("OK", "good"),
    "missing": ("missing", "bad"),
    "exempt": ("exempt", "info"),
    "closed": ("closed", "info"),
    "idle": ("policies do nothing", "bad"),
}
_LONG = 30


def fields(one: PairDossier) -> Iterator[Block]:
    """A table of all columns for each table that drifted, and what else differs in it."""
    if not one.fields:
        compared = is_compared(one.pair)
        yield say(
            "All tables agree." if compared else "Nothing was compared.",
            tone="good" if compared else "muted",
        )
    for table in one.fields:
        yield Heading(_field_title(table))
        if table.cause:
            yield say(table.cause)
        grid = Grid(
            f"Columns of {short(table.table)}",
            ("Column", "Declared", "Migrations", "Status"),
            tuple(_field_row(row) for row in table.rows),
        )
        if len(table.rows) > _LONG:
            yield Fold(counted(len(table.rows), "column"), (grid,))
        else:
            yield grid
        if table.notes:
            yield Listing(tuple(Item(note, tone="bad") for note in table.notes))


def _field_title(table: FieldTable) -> str:
    name = quoted(short(table.table))
    model = f" (model {quoted(table.model)})" if table.model not in ("", short(table.table)) else ""
    return f"{name}{model}: {table.extent}"


def _field_row(row: FieldRow) -> tuple[Item, ...]:
    word, tone = _FIELDS[row.state]
    if row.note:
        word = row.note if row.state == "renamed" else f"{word}: {row.note}"
    return (
        Item(quoted(row.column)),
        Item(quoted(row.declared or ""), tone="" if row.declared else "bad"),
        Item(quoted(row.replayed or ""), tone="" if row.replayed else "bad"),
        Item(word, tone=tone),
    )


def resolved(one: PairDossier) -> Iterator[Block]:
    """What a later migration put right."""
    if not one.pair.resolved:
        yield say("No later migration puts right what an earlier one made.", tone="muted")
        return
    yield say("These differences are gone once all migrations have run:")
    items = (
        Item(item.message + ".", item.history[-1] if item.history else None, "good")
        for item in one.pair.resolved
    )
    yield Listing(tuple(items))


def indexes(one: PairDossier) -> Iterator[Block]:
    """The indexes in trouble, then those that agree."""
    wrong = [row for row in one.indexes if row.state != "same"]
    right = [row for row in one.indexes if row.state == "same"]
    if not wrong:
        if is_compared(one.pair):
            yield say("Every declared index is made, every foreign key is served.", tone="good")
        elif not right:
            yield say("There are no indexes.", tone="muted")
    else:
        yield _index_grid("Indexes that need attention", wrong)
    if right:
        grid = _index_grid("Indexes that both sides have", right)
        yield Fold(f"{len(right)} that agree", (grid,), is_open=len(right) <= _LONG)


def _index_grid(caption: str, rows: list[IndexRow]) -> Grid:
    return Grid(
        caption,
        ("Table", "Columns", "Kind", "Status", "Note"),
        tuple(
            (
                Item(quoted(short(str(row.table)))),
                Item(row.columns, row.origin),
                Item(row.kind),
                Item(*_index_word(row)),
                Item(row.note or f"{quoted(row.name)}"),
            )
            for row in rows
        ),
    )


def _index_word(row: IndexRow) -> tuple[str, None, Tone]:
    word, tone = _INDEXES[row.state]
    return word, None, tone


def guards(one: PairDossier) -> Iterator[Block]:
    """Row-level security, table by table."""
    guard = one.guard
    if guard is None:
        yield say("Row-level security plays no part here.", tone="muted")
        return
    posture = guard.posture
    yield say(
        f"{posture.guarded} of {counted(posture.total, 'table')} in "
        f"{', '.join(quoted(name) for name in posture.exposed)} have row-level security"
        + (", and Supabase's API serves these schemas." if posture.is_supabase else ".")
    )
    if guard.rows:
        yield Grid(
            "Row-level security",
            ("Table", "Enabled", *(command.capitalize() for command in COMMANDS), "Status"),
            tuple(_guard_row(row) for row in guard.rows),
        )


def _guard_row(row: GuardRow) -> tuple[Item, ...]:
    word, tone = _GUARDS[row.state]
    told = f"{word}: {row.note}" if row.note else word
    policies = (
        Item(counted(count, "policy").replace("policys", "policies") if count else "—")
        for count in row.policies
    )
    return (
        Item(quoted(short(str(row.table))), row.origin),
        Item("yes" if row.is_enabled else "no", tone="good" if row.is_enabled else tone),
        *policies,
        Item(told, tone=tone),
    )
