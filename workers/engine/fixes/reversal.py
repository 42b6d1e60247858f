"""A comparison seen from the other side: what leads back from the declared schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import asdict, replace

from workers.engine.compare import changes as c
from workers.engine.compare.changes import Change, Comparison
from workers.engine.fixes.quoting import printable

_OPPOSITES: dict[type, type] = {
    c.TableMissing: c.TableExtra,
    c.TableExtra: c.TableMissing,
    c.ColumnMissing: c.ColumnExtra,
    c.ColumnExtra: c.ColumnMissing,
    c.IndexMissing: c.IndexExtra,
    c.IndexExtra: c.IndexMissing,
    c.ForeignKeyMissing: c.ForeignKeyExtra,
    c.ForeignKeyExtra: c.ForeignKeyMissing,
}


def reversed_comparison(comparison: Comparison) -> Comparison:
    """What the replayed schema lacks of the declared one becomes what it has too much."""
    changes = tuple(_reversed(change) for change in comparison.changes)
    return Comparison(changes, tuple((there, wanted) for wanted, there in comparison.tables))


def _reversed(change: Change) -> Change:
    values = asdict(change)
    swapped = {
        name: values[other]
        for name, other in (("table", "replayed_table"), ("replayed_table", "table"))
        if other in values
    }
    opposite = _OPPOSITES.get(type(change))
    if opposite is not None:
        (name,) = values.keys() & {"declared", "replayed"}
        other = "declared" if name == "replayed" else "replayed"
        made: Change = opposite(**swapped, **{other: values[name]})
        return made
    if "declared" in values and "replayed" in values:
        swapped |= {"declared": values["replayed"], "replayed": values["declared"]}
    turned: Change = replace(change, **swapped)
    return turned


def told_as_lost(changes: Iterable[Change]) -> str:
    """Comments for the head of a way back: what it does not bring back."""
    told = [f"-- Not brought back: {printable(one)}.\n" for one in lost_on_the_way(changes)]
    return "".join((*told, "\n" if told else ""))


def lost_on_the_way(changes: Iterable[Change]) -> Iterator[str]:
    """What a way back cannot bring back, because the way there threw it away or made it."""
    for change in changes:
        match change:
            case c.TableMissing():
                yield f"the rows that {change.declared.name.name} will hold by then"
            case c.TableExtra():
                yield f"the rows of {change.replayed.name.name}"
            case c.ColumnMissing():
                column = f"{change.table.name.name}.{change.declared.name}"
                yield f"what {column} will hold by then"
            case c.ColumnExtra():
                yield f"the values of {change.replayed_table.name.name}.{change.replayed.name}"
            case c.ColumnTypeChanged():
                yield f"the old values of {change.table.name.name}.{change.declared.name}"
            case c.ColumnNullabilityChanged() if change.declared.not_null:
                column = f"{change.table.name.name}.{change.declared.name}"
                yield f"which rows had no value in {column}"
