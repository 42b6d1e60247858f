"""The comparison: every change for which Prisma's schema engine would write a statement."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from workers.engine.compare import changes as c
from workers.engine.compare.columns import compare_columns
from workers.engine.compare.indexes import compare_indexes
from workers.engine.compare.keys import compare_foreign_keys, compare_primary_keys
from workers.engine.compare.options import Ground, Options, ground_of
from workers.engine.compare.pair import Renames, Sides, TablePair, pair_columns, sides_of
from workers.engine.compare.renamed_columns import find_columns
from workers.engine.compare.renames import find_enums, find_tables
from workers.engine.compare.subjects import objects_of
from workers.engine.prisma.describe import Declaration
from workers.engine.schema.model import Schema, Table

_DEFAULTS = Options()


def _made_by_extensions(replayed: Schema) -> frozenset[str]:
    """The schemas that are the extensions' own, `cron` say, with whatever is in them."""
    if not replayed.extensions:
        return frozenset()
    from workers.engine.sql.builtin.extensions import find

    brought = (find(one.name) for one in replayed.extensions.values())
    return frozenset(name for facts in brought if facts is not None for name in facts.makes)


def compare(
    declaration: Declaration, replayed: Schema, options: Options = _DEFAULTS
) -> c.Comparison:
    """What separates the replayed schema from the declared one.

    Tables come first, each with its own changes in the order of the declaration, then enums,
    extensions and schemas. Objects in `options.unknown` are left out.
    """
    ground = ground_of(declaration, options, _made_by_extensions(replayed))
    sides = _with_client(sides_of(declaration.schema, replayed, ground), declaration)
    if options.in_code is not None:
        sides = replace(sides, in_code=options.in_code)
    pairs, missing, extra = _pair_tables(sides)
    enums = _compare_enums(sides)
    renames = _renames(pairs, enums)
    found: list[c.Change] = []
    found.extend(_schemas(sides))
    found.extend(_extensions(declaration, replayed, ground))
    found.extend(enums)
    found.extend(c.TableMissing(table) for table in missing)
    for pair in pairs:
        found.extend(_compare_pair(pair, sides, renames))
    found.extend(c.TableExtra(table) for table in extra)
    if ground.unknown:
        found = [change for change in found if not objects_of(change) & ground.unknown]
    return c.Comparison(
        changes=tuple(found),
        tables=tuple((pair.declared, pair.replayed) for pair in pairs),
    )


def _with_client(sides: Sides, declaration: Declaration) -> Sides:
    """The sides with the client's names, where `@map` and `@@map` give the database others."""
    models = declaration.models.values()
    return replace(
        sides,
        client_tables={one.table: one.name for one in models if one.name != one.table.name},
        client_columns={
            (model.table, one.column): one.name
            for model in models
            for one in model.fields.values()
            if one.column is not None and one.column != one.name
        },
    )


def _pair_tables(sides: Sides) -> tuple[list[TablePair], list[Table], list[Table]]:
    declared, replayed = sides.declared_tables, sides.replayed_tables
    missing = [table for name, table in declared.items() if name not in replayed]
    extra = [table for name, table in replayed.items() if name not in declared]
    renamed = {
        wanted.name: (there, evidence)
        for wanted, there, evidence in find_tables(missing, extra, sides)
    }
    gone = {there.name for there, _ in renamed.values()}
    pairs = []
    for name, table in declared.items():
        there, evidence = renamed.get(name, (replayed.get(name), None))
        if there is not None:
            columns = find_columns(table, there, pair_columns(table, there), sides)
            pairs.append(TablePair(table, there, columns, evidence))
    return (
        pairs,
        [table for table in missing if table.name not in renamed],
        [table for table in extra if table.name not in gone],
    )


def _renames(pairs: list[TablePair], enums: list[c.Change]) -> Renames:
    tables, columns = {}, {}
    for pair in pairs:
        if pair.evidence is not None:
            tables[pair.replayed.name] = pair.declared.name
        for declared, replayed, _ in pair.columns.renamed:
            columns[(pair.replayed.name, replayed.name)] = declared.name
    return Renames(
        tables=tables,
        columns=columns,
        enums={
            change.replayed.name: change.declared.name
            for change in enums
            if isinstance(change, c.EnumRenamed)
        },
    )


def _compare_pair(pair: TablePair, sides: Sides, renames: Renames) -> Iterator[c.Change]:
    if pair.evidence is not None:
        yield c.TableRenamed(pair.declared, pair.replayed, pair.evidence)
    for column in pair.columns.missing:
        yield c.ColumnMissing(pair.declared, pair.replayed, column)
    for declared, replayed, evidence in pair.columns.renamed:
        yield c.ColumnRenamed(pair.declared, pair.replayed, declared, replayed, evidence)
    yield from compare_columns(pair, sides, renames)
    for column in pair.columns.extra:
        yield c.ColumnExtra(pair.declared, pair.replayed, column)
    yield from compare_primary_keys(pair, sides.ground)
    yield from compare_indexes(pair, sides.ground)
    yield from compare_foreign_keys(pair, renames, sides)


def _compare_enums(sides: Sides) -> list[c.Change]:
    declared, replayed = sides.declared_enums, sides.replayed_enums
    missing = [enum for name, enum in declared.items() if name not in replayed]
    extra = [enum for name, enum in replayed.items() if name not in declared]
    renamed = find_enums(missing, extra, sides)
    partners = {wanted.name: (there, evidence) for wanted, there, evidence in renamed}
    gone = {there.name for _, there, _ in renamed}
    found: list[c.Change] = []
    for name, enum in declared.items():
        there, evidence = partners.get(name, (replayed.get(name), None))
        if there is None:
            found.append(c.EnumMissing(enum))
            continue
        if evidence is not None:
            found.append(c.EnumRenamed(enum, there, evidence))
        has = {value.name for value in there.values}
        wants = {value.name for value in enum.values}
        lacking = tuple(value for value in enum.values if value.name not in has)
        unwanted = tuple(value for value in there.values if value.name not in wants)
        if lacking or unwanted:
            found.append(c.EnumValuesChanged(enum, there, lacking, unwanted))
    found.extend(c.EnumExtra(enum) for enum in extra if enum.name not in gone)
    return found


def _extensions(declaration: Declaration, replayed: Schema, ground: Ground) -> Iterator[c.Change]:
    """The declared extensions, which the engine always wants to install; with SQL on both sides,
    those that are missing."""
    if not (ground.is_plain or "postgresqlExtensions" in declaration.preview_features):
        return
    for name, extension in declaration.schema.extensions.items():
        installed = replayed.extensions.get(name)
        if installed is None or not ground.is_plain:
            yield c.ExtensionMissing(extension, installed)


def _schemas(sides: Sides) -> Iterator[c.Change]:
    """Schemas that must be made: those that hold a declared table, or an enum that is missing."""
    if sides.ground.provider in ("sqlite", "mysql"):
        return
    there = set(sides.replayed.schemas) | {"public"}
    there |= {name.schema for name in sides.replayed.tables}
    wanted = [name.schema for name in sides.declared_tables]
    wanted += [name.schema for name in sides.declared_enums]
    for name in dict.fromkeys(wanted):
        if name not in there and name != sides.ground.default_schema:
            yield c.SchemaMissing(name)
