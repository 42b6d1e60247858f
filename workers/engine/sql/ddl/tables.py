"""CREATE TABLE, in all its forms but AS."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from workers.engine.schema.model import Column, QualifiedName, Table
from workers.engine.sql import resolve
from workers.engine.sql.ddl import partitions
from workers.engine.sql.ddl.columns import ColumnDraft, draft_column, finish_column, put_sequence
from workers.engine.sql.ddl.constraints import add_check, add_exclusion, add_key
from workers.engine.sql.ddl.foreign_keys import add_foreign_key
from workers.engine.sql.ddl.heritage import refuse_parent
from workers.engine.sql.ddl.inherit import copy_like, inherited_columns
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.state import TEMPORARY


def create_table(run: Run, node: Node) -> None:
    """CREATE TABLE."""
    make_table(run, node, "table")


def create_foreign_table(run: Run, node: Node) -> None:
    """CREATE FOREIGN TABLE."""
    make_table(run, node["base"], "foreign")
    name = resolve.find_relation(run.state, node["base"]["relation"])
    if name is not None:
        run.state.hidden.foreign[name] = node["servername"]


def new_name(run: Run, relation: Node) -> QualifiedName:
    """The full name of a relation to be made."""
    if relation.get("relpersistence") == "t":
        if relation.get("schemaname", TEMPORARY) != TEMPORARY:
            shown = "cannot create temporary relation in non-temporary schema"
            raise RefusedError("42P16", shown)
        return QualifiedName(TEMPORARY, relation["relname"])
    schema = resolve.creation_schema(
        run.state, relation.get("schemaname"), relation.get("location", 0)
    )
    return QualifiedName(schema, relation["relname"])


def make_table(run: Run, node: Node, kind: Any) -> None:
    """Make a table with its columns and constraints, in the order that PostgreSQL follows."""
    state = run.state
    relation = node["relation"]
    name = new_name(run, relation)
    if state.relation_kind(name) is not None and node.get("if_not_exists"):
        state.log.needs.add(str(name))
        return
    elements = node.get("tableElts", ())
    parents = tuple(
        resolve.need_table(state, one["RangeVar"]) for one in node.get("inhRelations", ())
    )
    if not node.get("partbound"):
        for parent in parents:
            refuse_parent(parent)
    check_options(run, node)
    refuse_commit(relation, node.get("oncommit"))
    drafts = [
        draft_column(run, name, one["ColumnDef"], None)
        for one in elements
        if "ColumnDef" in one and one["ColumnDef"].get("typeName")
    ]
    columns = (*_typed(run, node), *_columns(run, parents, drafts, elements))
    # Only now does PostgreSQL look for the name: wrong columns are told first.
    if state.relation_kind(name) is not None:
        raise RefusedError("42P07", f'relation "{name.name}" already exists')
    if state.is_type(name):
        raise RefusedError("42710", f'type "{name.name}" already exists')
    table = Table(
        name,
        columns,
        kind="partitioned" if node.get("partspec") else kind,
        parents=tuple(parent.name for parent in parents),
        is_unlogged=relation.get("relpersistence") == "u",
        options=shown_options(node.get("options", ())),
        history=(run.origin,),
    )
    for draft in drafts:
        put_sequence(state, draft)
    state.put_table(table)
    if node.get("ofTypename"):
        kind_of = resolve.resolve_type(state, node["ofTypename"])
        state.hidden.typed[name] = QualifiedName(kind_of.schema or "", kind_of.name)
    _finish(run, table, drafts)
    for one in elements:
        if "TableLikeClause" in one:
            copy_like(run, name, one["TableLikeClause"])
    partitions.describe_partition(run, name, node, parents)
    _constrain(run, name, drafts, node)
    partitions.inherit_parts(run, name, parents, is_partition=bool(node.get("partbound")))


def _columns(
    run: Run, parents: tuple[Table, ...], drafts: list[ColumnDraft], elements: Any
) -> tuple[Column, ...]:
    columns: dict[str, Column] = inherited_columns(run, parents)
    own: set[str] = set()
    by_name = {id(draft): draft for draft in drafts}
    ordered = iter(by_name.values())
    for one in elements:
        if "TableLikeClause" in one:
            source = resolve.need_relation(run.state, one["TableLikeClause"]["relation"])
            for column in like_columns(run, source):
                _refuse_twice(own, column.name)
                columns[column.name] = replace(
                    column, default=None, identity=None, generated=None, history=(run.origin,)
                )
        elif "ColumnDef" in one and one["ColumnDef"].get("typeName"):
            draft = next(ordered)
            _refuse_twice(own, draft.column.name)
            columns[draft.column.name] = _merged(columns.get(draft.column.name), draft.column)
    return tuple(columns.values())


def like_columns(run: Run, source: QualifiedName) -> tuple[Column, ...]:
    """The columns of a table, view or composite type."""
    schema = run.state.schema
    if source in schema.tables:
        return schema.tables[source].columns
    if source in schema.views:
        return schema.views[source].columns
    composite = schema.composites.get(source)
    return composite.attributes if composite is not None else ()


def _merged(inherited: Column | None, own: Column) -> Column:
    if inherited is None:
        return own
    if inherited.type != own.type:
        raise RefusedError("42804", f'column "{own.name}" has a type conflict')
    return replace(
        own,
        not_null=own.not_null or inherited.not_null,
        inherits_not_null=inherited.not_null and not own.not_null,
        default=own.default if own.default is not None else inherited.default,
    )


def _typed(run: Run, node: Node) -> tuple[Column, ...]:
    """CREATE TABLE ... OF: the columns are the attributes of a composite type."""
    wanted = node.get("ofTypename")
    if not wanted:
        return ()
    from workers.engine.sql.ddl.typed_tables import of_type

    composite = run.state.schema.composites[of_type(run, wanted)]
    return tuple(replace(one, history=(run.origin,)) for one in composite.attributes)


def _refuse_twice(own: set[str], name: str) -> None:
    if name in own:
        raise RefusedError("42701", f'column "{name}" specified more than once')
    own.add(name)


def check_options(run: Run, node: Node) -> None:
    """Refuse WITH (...) where a table cannot have the parameters."""
    options = node.get("options", ())
    if not options:
        return
    from workers.engine.sql.ddl.storage_parameters import check_table

    if node.get("partspec"):
        shown = "cannot specify storage parameters for a partitioned table"
        raise RefusedError("42809", shown)
    check_table(run, options)


def refuse_commit(relation: Node, action: str | None) -> None:
    """ON COMMIT is for temporary tables alone."""
    if action not in (None, "ONCOMMIT_NOOP") and relation.get("relpersistence") != "t":
        raise RefusedError("42P16", "ON COMMIT can only be used on temporary tables")


def shown_options(options: Iterable[Node]) -> tuple[str, ...]:
    """Parameters as `reloptions` holds them; those of the TOAST table are kept elsewhere."""
    shown = []
    for option in options:
        element = option["DefElem"]
        if element["defname"] == "oids" and not element.get("defnamespace"):
            _refuse_oids(element)
            continue
        value = resolve.value_text(element.get("arg")) or "true"
        if not element.get("defnamespace"):
            shown.append(f"{element['defname']}={value}")
    return tuple(shown)


def _refuse_oids(element: Node) -> None:
    """`WITH (oids = false)` is still taken, and means nothing."""
    word = resolve.value_text(element.get("arg")) or "true"
    if word.lower() not in ("false", "off", "no", "0"):
        raise RefusedError("0A000", "tables declared WITH OIDS are not supported")


def _finish(run: Run, table: Table, drafts: list[ColumnDraft]) -> None:
    waiting = {
        draft.column.name: draft
        for draft in drafts
        if draft.default is not None or draft.generated is not None
    }
    if not waiting:
        return
    # All are known to be generated before the first of them is read.
    marked = [
        replace(one, generated="")
        if one.name in waiting and waiting[one.name].generated is not None
        else one
        for one in table.columns
    ]
    told = replace(table, columns=tuple(marked))
    columns = tuple(
        replace(
            finish_column(run, told, waiting[column.name]),
            not_null=column.not_null,
        )
        if column.name in waiting
        else column
        for column in table.columns
    )
    run.state.put_table(replace(table, columns=columns))


def _constrain(run: Run, name: QualifiedName, drafts: list[ColumnDraft], node: Node) -> None:
    given = [fields for draft in drafts for fields in draft.constraints]
    given += [one["Constraint"] for one in node.get("tableElts", ()) if "Constraint" in one]
    for one in node.get("tableElts", ()):
        definition = one.get("ColumnDef")
        if definition is not None and not definition.get("typeName"):
            given += partitions.typed_constraints(run, name, definition)
    given += [one["Constraint"] for one in node.get("constraints", ()) if "Constraint" in one]
    if run.state.schema.tables[name].kind != "foreign":
        # transformCheckConstraints: no row of a new table has to be looked at.
        given = [{**fields, "skip_validation": False} for fields in given]
    keys = merge_keys([fields for fields in given if fields["contype"] in KEY_KINDS])
    for fields in given:
        if fields["contype"] == "CONSTR_CHECK":
            attempt(run, add_check, name, fields)
        elif fields["contype"] == "CONSTR_NOTNULL":
            partitions.set_not_null(run, name, fields)
    for fields in keys:
        step = add_exclusion if fields["contype"] == "CONSTR_EXCLUSION" else add_key
        attempt(run, step, name, fields)
    for fields in given:
        if fields["contype"] == "CONSTR_FOREIGN":
            attempt(run, add_foreign_key, name, fields)


def attempt(run: Run, step: Any, name: QualifiedName, fields: Node) -> None:
    """Add a constraint; leniently, a table stands without the constraint that is refused."""
    try:
        step(run, name, fields, run.at(fields))
    except RefusedError as refusal:
        if not run.is_lenient:
            raise
        run.partial.append(refusal)


KEY_KINDS = ("CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION")


def merge_keys(keys: list[Node]) -> list[Node]:
    """The primary key first, then the others; one specified twice is made once."""
    primary = [fields for fields in keys if fields["contype"] == "CONSTR_PRIMARY"]
    if len(primary) > 1:
        raise RefusedError("42P16", "multiple primary keys for table are not allowed")
    made: list[Node] = []
    for fields in primary + [one for one in keys if one["contype"] != "CONSTR_PRIMARY"]:
        twin = next((one for one in made if _same_key(one, fields)), None)
        if twin is None:
            made.append(fields)
        elif fields.get("conname") and not twin.get("conname"):
            made[made.index(twin)] = {**twin, "conname": fields["conname"]}
    return made


def _same_key(one: Node, other: Node) -> bool:
    parts = ("keys", "including", "deferrable", "initdeferred", "exclusions", "where_clause")
    return all(one.get(part) == other.get(part) for part in parts) and (
        one["contype"] == "CONSTR_EXCLUSION"
    ) == (other["contype"] == "CONSTR_EXCLUSION")
