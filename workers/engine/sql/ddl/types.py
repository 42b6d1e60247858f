"""Domains, composite, range and base types, and other definitions by name."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import (
    CheckConstraint,
    CompositeType,
    Domain,
    Function,
    QualifiedName,
    SqlType,
)
from workers.engine.schema.names import choose_name, clip, quote
from workers.engine.schema.types import format_type
from workers.engine.sql import printing, resolve
from workers.engine.sql.ddl.aggregation import ALONE, refuse_in
from workers.engine.sql.ddl.columns import draft_column, null_default
from workers.engine.sql.ddl.enums import new_type_name
from workers.engine.sql.ddl.tables import new_name
from workers.engine.sql.ddl.touch import by_name, touched
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run


def create_domain(run: Run, node: Node) -> None:
    """CREATE DOMAIN."""
    name = new_type_name(run, strings(node["domainname"]))
    kind = resolve.resolve_type(run.state, node["typeName"])
    domain = Domain(name, kind, history=(run.origin,))
    said: set[str] = set()
    for one in node.get("constraints", ()):
        said.add(one["Constraint"]["contype"])
        if {"CONSTR_NULL", "CONSTR_NOTNULL"} <= said:
            raise RefusedError("42601", "conflicting NULL/NOT NULL constraints")
        domain = _constrained(run, domain, one["Constraint"])
    run.state.put(domain)


def _constrained(run: Run, domain: Domain, fields: Node) -> Domain:
    kind = fields["contype"]
    if kind == "CONSTR_NOTNULL":
        return replace(domain, not_null=True)
    if kind == "CONSTR_NULL":
        return replace(domain, not_null=False)
    if kind == "CONSTR_DEFAULT":
        return replace(domain, default=_default(run, domain.type, fields["raw_expr"]))
    if kind != "CONSTR_CHECK":
        return domain
    given = fields.get("conname")
    if given and by_name(domain.checks, given) is not None:
        raise RefusedError(
            "42710", f'constraint "{given}" for domain "{domain.name.name}" already exists'
        )
    name = given or _check_name(run, domain)
    scope = printing.TableScope(run.state, {"value": domain.type}, is_domain=True)
    printing.check(run, fields["raw_expr"], scope)
    refuse_in(fields["raw_expr"], ALONE, "check constraints")
    printing.need_boolean(run, fields["raw_expr"], scope, "CHECK")
    text = printing.printed(run, fields["raw_expr"], scope)
    suffix = " NOT VALID" if fields.get("skip_validation") else ""
    check = CheckConstraint(
        name, f"CHECK ({text}){suffix}", (), bool(suffix), history=(run.at(fields),)
    )
    return replace(domain, checks=(*domain.checks, check))


def _check_name(run: Run, domain: Domain) -> str:
    """A name that no constraint of the schema has, of a table or of a domain."""
    state, schema = run.state, domain.name.schema
    others = (one for one in state.schema.domains.values() if one.name.schema == schema)
    taken = {check.name for one in (domain, *others) for check in one.checks}
    users = state.hidden.constraint_tables
    return choose_name(
        domain.name.name,
        None,
        "check",
        lambda name: name in taken or QualifiedName(schema, name) in users,
    )


def find_domain(run: Run, path: tuple[str, ...]) -> Domain:
    """The domain of a name, or the refusal."""
    kind = resolve.find_type(run.state, path)
    if kind is None or kind.schema is None:
        schema, _ = resolve.split_path(path)
        if schema is not None and not run.state.has_schema(schema):
            raise RefusedError("3F000", f'schema "{schema}" does not exist')
        raise RefusedError("42704", f'type "{resolve.dotted(path)}" does not exist')
    domain = run.state.schema.domains.get(QualifiedName(kind.schema, kind.name))
    if domain is None:
        raise RefusedError("42809", f'"{resolve.dotted(path)}" is not a domain')
    return domain


def need_check(domain: Domain, name: str) -> None:
    """Refuse a constraint that the domain has not."""
    if by_name(domain.checks, name) is None:
        raise RefusedError(
            "42704", f'constraint "{name}" of domain "{domain.name.name}" does not exist'
        )


def _default(run: Run, kind: SqlType, node: Node) -> str | None:
    """A domain's DEFAULT, checked and printed."""
    if node.get("A_Const", {}).get("isnull"):
        return null_default(run, kind)
    scope = printing.TableScope(run.state, {})
    printing.check(run, node, scope)
    return printing.printed(run, node, scope, kind)


def alter_domain(run: Run, node: Node) -> None:
    """ALTER DOMAIN: T default, N and O null, C add and X drop constraint, V validate."""
    domain = find_domain(run, strings(node["typeName"]))
    what = node.get("subtype") or node.get("subtype_")
    letter = {
        "AD_AlterDefault": "T",
        "AD_DropNotNull": "N",
        "AD_SetNotNull": "O",
        "AD_AddConstraint": "C",
        "AD_DropConstraint": "X",
        "AD_ValidateConstraint": "V",
    }.get(str(what), str(what))
    if letter == "T":
        definition = node.get("def")
        text = _default(run, domain.type, definition) if definition else None
        domain = replace(domain, default=text)
    elif letter in "NO":
        domain = replace(domain, not_null=letter == "O")
    elif letter == "C":
        domain = _constrained(run, domain, node["def"]["Constraint"])
    elif letter == "X":
        wanted = node.get("name", "")
        if by_name(domain.checks, wanted) is None and not node.get("missing_ok"):
            raise RefusedError(
                "42704",
                f'constraint "{wanted}" of domain "{domain.name.name}" does not exist',
            )
        checks = tuple(check for check in domain.checks if check.name != wanted)
        domain = replace(domain, checks=checks)
    elif letter == "V":
        need_check(domain, node.get("name", ""))
        checks = tuple(
            replace(one, not_valid=False, definition=one.definition.removesuffix(" NOT VALID"))
            if one.name == node.get("name")
            else one
            for one in domain.checks
        )
        domain = replace(domain, checks=checks)
    run.state.put(replace(domain, history=touched(domain.history, run.origin)))


def create_composite(run: Run, node: Node) -> None:
    """CREATE TYPE ... AS (...)."""
    name = new_name(run, node["typevar"])
    if run.state.is_type(name):
        raise RefusedError("42710", f'type "{name.name}" already exists')
    names = [one["ColumnDef"]["colname"] for one in node.get("coldeflist", ())]
    for number, one in enumerate(names):
        if one in names[:number]:
            raise RefusedError("42701", f'column "{one}" specified more than once')
    attributes = tuple(
        draft_column(run, name, one["ColumnDef"], None).column for one in node.get("coldeflist", ())
    )
    run.state.put(CompositeType(name, attributes, (run.origin,)))


def create_range(run: Run, node: Node) -> None:
    """CREATE TYPE ... AS RANGE, with its multirange and the functions that construct them."""
    state = run.state
    name = new_type_name(run, strings(node["typeName"]))
    subtype, given = None, None
    for one in node.get("params", ()):
        element = one["DefElem"]
        if element["defname"] == "subtype":
            subtype = resolve.resolve_type(state, element["arg"]["TypeName"])
        elif element["defname"] == "multirange_type_name":
            given = resolve.value_text(element["arg"]).split(".")[-1]
    multirange = given or _multirange_name(name.name)
    other = QualifiedName(name.schema, multirange)
    if subtype is None:
        raise RefusedError("42601", 'type attribute "subtype" is required')
    state.hidden.types[name] = state.hidden.types[other] = "range"
    state.log.creates.add(str(name))
    item = format_type(SqlType(subtype.name, (), subtype.is_array, subtype.schema))
    one_type, many = f"{quote(name.schema)}.{quote(name.name)}", None
    if state.server_version >= 14:
        many = f"{quote(name.schema)}.{quote(multirange)}"
    for full, returns, arguments in (
        (name, one_type, (item, item)),
        (name, one_type, (item, item, "text")),
        (other, many, ()),
        (other, many, (one_type,)),
        (other, many, (f"{one_type}[]",)),
    ):
        if returns is not None:
            history = (run.origin,)
            state.put_function(
                Function(full, arguments, returns, language="internal", history=history)
            )


def _multirange_name(name: str) -> str:
    made = name.replace("range", "multirange", 1)
    return made if made != name else clip(f"{name}_multirange")


def define(run: Run, node: Node) -> None:
    """CREATE AGGREGATE, OPERATOR, TYPE, COLLATION, TEXT SEARCH ...: known by name alone."""
    kind = node["kind"]
    path = strings(node["defnames"])
    if kind == "OBJECT_TYPE":
        name = new_type_name(run, path)
        run.state.hidden.types[name] = "base"
        return
    if kind == "OBJECT_AGGREGATE":
        from workers.engine.sql.ddl.aggregates import create_aggregate

        create_aggregate(run, node)
        return
    if kind == "OBJECT_OPERATOR":
        from workers.engine.sql.ddl.operators import create_operator

        create_operator(run, path, node.get("definition", ()))
        return
    from workers.engine.sql.ddl import named

    named.define(run, node)
