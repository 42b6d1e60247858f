"""The objects that Prisma's engine names in a script, and those that a comparison names.

An object is a kind and a name: ("column", "public.User.email"). A rename that we recognise is a
drop and an add to the engine, so both names count, and tables and columns are all that is asked
of what else changes within: its indexes and keys follow the one reading or the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare import changes as c
from workers.engine.sql.postgres import Node, Parsed, parse

Named = tuple[str, str]


def named_in(script: str) -> set[Named]:
    """The objects of a script for PostgreSQL, in the order of Prisma's own headings."""
    found: set[Named] = set()
    for block in ("\n" + script).split("\n-- ")[1:]:
        heading, _, body = block.partition("\n")
        for statement in parse(body.encode()):
            names = set(_named(statement))
            if heading == "AlterEnum":
                names = {one for one in names if one[0] == "enum" and not one[1].endswith("_new")}
                names = {(kind, name.removesuffix("_old")) for kind, name in names}
            found |= names
    return found


def _named(statement: Parsed) -> Iterator[Named]:
    fields = statement.fields
    match statement.kind:
        case "CreateStmt":
            yield "table", _relation(fields["relation"])
        case "DropStmt":
            kind = {"OBJECT_TABLE": "table", "OBJECT_INDEX": "index", "OBJECT_TYPE": "enum"}
            for one in fields["objects"]:
                name = _last(one) if fields["removeType"] == "OBJECT_INDEX" else _dotted(one)
                yield kind[fields["removeType"]], name
        case "AlterTableStmt":
            yield from _altered(_relation(fields["relation"]), fields["cmds"])
        case "IndexStmt":
            yield "index", fields["idxname"]
        case "RenameStmt":
            yield from _renamed(fields)
        case "CreateEnumStmt" | "AlterEnumStmt":
            yield "enum", ".".join(_public([_text(one) for one in fields["typeName"]]))
        case "CreateSchemaStmt":
            if fields["schemaname"] != "public":  # written always, and never a difference
                yield "schema", fields["schemaname"]
        case "CreateExtensionStmt":
            yield "extension", fields["extname"]
        case "CreateSeqStmt" | "AlterSeqStmt" | "TransactionStmt":
            return
        case other:
            raise AssertionError(f"not foreseen in a script of Prisma's: {other}")


def _altered(table: str, commands: list[Node]) -> Iterator[Named]:
    for command in (one["AlterTableCmd"] for one in commands):
        match command["subtype"]:
            case "AT_AddColumn":
                yield "column", f"{table}.{command['def']['ColumnDef']['colname']}"
            case "AT_AddConstraint":
                constraint = command["def"]["Constraint"]
                yield "constraint", f"{table}.{constraint['conname']}"
            case "AT_DropConstraint":
                yield "constraint", f"{table}.{command['name']}"
            case _:
                yield "column", f"{table}.{command['name']}"


def _renamed(fields: Node) -> Iterator[Named]:
    for name in (fields.get("subname"), fields["newname"]):
        if fields["renameType"] == "OBJECT_INDEX":
            yield "index", name or fields["relation"]["relname"]
        elif fields["renameType"] == "OBJECT_TABCONSTRAINT":
            yield "constraint", f"{_relation(fields['relation'])}.{name}"
    if fields["renameType"] == "OBJECT_TYPE":
        yield "enum", _dotted(fields["object"])


def _relation(node: Node) -> str:
    return ".".join(
        _public([*([node["schemaname"]] if "schemaname" in node else []), node["relname"]])
    )


def _public(parts: list[str]) -> list[str]:
    return parts if len(parts) > 1 else ["public", *parts]


def _dotted(node: Node) -> str:
    (kind,) = node
    items = node[kind].get("items") or node[kind].get("names") or []
    return ".".join(_public([_text(one) for one in items]))


def _last(node: Node) -> str:
    return _dotted(node).rpartition(".")[2]


def _text(node: Node) -> str:
    return str(node["String"]["sval"])


def named_by(comparison: c.Comparison) -> set[Named]:
    """The objects of a comparison, as the engine would have to name them."""
    found: set[Named] = set()
    for change in comparison.changes:
        found.update(_of(change))
    return found


def _of(change: c.Change) -> Iterator[Named]:
    match change:
        case c.TableMissing(declared=table) | c.TableExtra(replayed=table):
            yield "table", str(table.name)
            yield from (("constraint", f"{table.name}.{key.name}") for key in table.foreign_keys)
            if isinstance(change, c.TableMissing):
                keys = {one.name for one in (table.primary_key, *table.uniques) if one is not None}
                yield from (("index", one.name) for one in table.indexes if one.name not in keys)
        case c.TableRenamed():
            yield "table", str(change.declared.name)
            yield "table", str(change.replayed.name)
        case c.EnumMissing(declared=enum) | c.EnumExtra(replayed=enum):
            yield "enum", str(enum.name)
        case c.EnumValuesChanged():
            yield "enum", str(change.declared.name)
        case c.EnumRenamed():
            yield "enum", str(change.declared.name)
            yield "enum", str(change.replayed.name)
        case c.SchemaMissing():
            yield "schema", change.name
        case c.ExtensionMissing():
            yield "extension", change.declared.name
        case _:
            yield from _within(change)


def _within(change: c.Change) -> Iterator[Named]:
    table = change.table.name  # type: ignore[union-attr]
    kind = {"C": "column", "I": "index", "F": "constraint", "P": "constraint"}
    for side in ("declared", "replayed"):
        one = getattr(change, side, None)
        if one is None:
            continue
        name = one.name
        letter = type(change).__name__[0]
        yield kind[letter], name if letter == "I" else f"{table}.{name}"
    if isinstance(change, c.ColumnTypeChanged) and change.remakes is not None:
        yield "constraint", f"{table}.{change.remakes.name}"
    if isinstance(change, c.ColumnTypeChanged):
        yield from (("index", index.name) for index in change.remade_indexes)
        for key in change.table.foreign_keys:  # made anew, too; told as in need of one type
            if change.declared.name in key.columns:
                yield "constraint", f"{table}.{key.name}"


def has_renames(comparison: c.Comparison) -> bool:
    """Whether the comparison reads as a rename what is a drop and an add to the engine."""
    renames = (c.TableRenamed, c.ColumnRenamed, c.EnumRenamed)
    return any(isinstance(change, renames) for change in comparison.changes)


def tables_in(script: str, indexes: dict[str, str]) -> set[str]:
    """The tables that a script for SQLite makes, changes or takes away, or an index of theirs.

    `indexes` holds the table of each index that may be dropped.
    """
    found = set()
    for line in script.splitlines():
        words = line.split('"')
        match words[0]:
            case "CREATE TABLE " | "DROP TABLE " | "ALTER TABLE ":
                found.add(words[1].removeprefix("new_"))
            case "CREATE INDEX " | "CREATE UNIQUE INDEX ":
                found.add(words[3])
            case "DROP INDEX ":
                found.add(indexes[words[1]])
    return found


def tables_of(comparison: c.Comparison) -> set[str]:
    """The tables within which a comparison names anything."""
    found = set()
    for change in comparison.changes:
        one = getattr(change, "table", None) or getattr(change, "declared", None)
        table = one or getattr(change, "replayed", None)
        if table is not None:
            found.add(str(table.name.name))
    return found
