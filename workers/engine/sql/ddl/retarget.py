"""Printed expressions follow a rename: they are read again, renamed in the tree, and printed.

PostgreSQL stores expressions with object ids, so that every rename shows in them at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from workers.engine.schema.model import Column, Domain, Index, QualifiedName, SqlType, Table
from workers.engine.schema.names import quote, quote_literal
from workers.engine.sql.ddl.following import follow_function
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse_expression
from workers.engine.sql.references import walk
from workers.engine.sql.registered import split_list
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run

Rewrite = Callable[[str | None], str | None]


def rewrite_table(table: Table, rewrite: Rewrite) -> Table:
    """The table with every expression in it rewritten; the same object if nothing changes."""
    changes: dict[str, Any] = {}
    columns = tuple(_column(one, rewrite) for one in table.columns)
    if any(new is not old for new, old in zip(columns, table.columns, strict=True)):
        changes["columns"] = columns
    indexes = tuple(_index(one, rewrite) for one in table.indexes)
    if any(new is not old for new, old in zip(indexes, table.indexes, strict=True)):
        changes["indexes"] = indexes
    for part in ("checks", "excludes"):
        old_part = getattr(table, part)
        made = tuple(_check(one, rewrite) for one in old_part)
        if any(new is not old for new, old in zip(made, old_part, strict=True)):
            changes[part] = made
    return replace(table, **changes) if changes else table


def rewrite_domain(domain: Domain, rewrite: Rewrite) -> Domain:
    """The domain with its default and checks rewritten; the same object if nothing changes."""
    checks = tuple(_check(one, rewrite) for one in domain.checks)
    default = rewrite(domain.default)
    is_same = all(new is old for new, old in zip(checks, domain.checks, strict=True))
    if is_same and default == domain.default:
        return domain
    return replace(domain, default=default, checks=checks)


def _column(column: Column, rewrite: Rewrite) -> Column:
    default, generated = rewrite(column.default), rewrite(column.generated)
    if default == column.default and generated == column.generated:
        return column
    return replace(column, default=default, generated=generated)


def _index(index: Index, rewrite: Rewrite) -> Index:
    keys = tuple(
        key
        if (text := rewrite(key.expression)) == key.expression
        else replace(key, expression=text)
        for key in index.keys
    )
    where = rewrite(index.where)
    if where == index.where and all(a is b for a, b in zip(keys, index.keys, strict=True)):
        return index
    return replace(index, keys=keys, where=where)


def _check(check: Any, rewrite: Rewrite) -> Any:
    head, bracket, tail = check.definition.partition("(")
    if not bracket or head.strip() != "CHECK":
        return check
    inside, _, suffix = tail.rpartition(")")
    text = rewrite(inside)
    return check if text == inside else replace(check, definition=f"CHECK ({text}){suffix}")


def edited(
    run: Run, needle: str, change: Callable[[str, Node], bool], table: Table | None = None
) -> Rewrite:
    """A rewrite of the expressions that hold a text: their nodes are changed in place."""

    def rewrite(text: str | None) -> str | None:
        if text is None or needle not in text:
            return text
        try:
            node = parse_expression(text)
        except SqlSyntaxError:
            return text
        did = [change(kind, fields) for kind, fields in walk(node)]
        return _print(run, node, table) or text if any(did) else text

    return rewrite


def _print(run: Run, node: Node, table: Table | None) -> str | None:
    from workers.engine.sql import expressions, printing

    columns = table.columns if table is not None else ()
    name = table.name.name if table is not None else ""
    try:
        return expressions.deparse(node, printing.scope_of(run.state, name, columns), None)
    except (expressions.UnprintableError, RecursionError):
        return None


def rename_column(run: Run, table: Table, old: str, new: str) -> Table:
    """The table's expressions with a column under its new name."""

    def change(kind: str, fields: Node) -> bool:
        if kind != "ColumnRef" or strings(fields["fields"])[-1] != old:
            return False
        fields["fields"][-1] = {"String": {"sval": new}}
        return True

    renamed = replace(
        table,
        columns=tuple(replace(one, name=new) if one.name == old else one for one in table.columns),
    )
    rewrite = edited(run, old, change, renamed)
    made = rewrite_table(table, rewrite)
    checks = tuple(
        replace(one, columns=tuple(new if name == old else name for name in one.columns))
        for one in made.checks
    )
    key = made.partition_key
    return replace(made, checks=checks, partition_key=key and _key(key, old, new, rewrite))


def _key(key: str, old: str, new: str, rewrite: Rewrite) -> str:
    """A partition key with a column under its new name, alone or in an expression."""
    strategy, _, inside = key.partition(" (")
    made = []
    for part in map(str.strip, split_list(inside.removesuffix(")"))):
        column, space, rest = part.partition(" ")
        is_plain = column == quote(old)
        made.append(f"{quote(new)}{space}{rest}" if is_plain else rewrite(part) or part)
    return f"{strategy} ({', '.join(made)})"


def rename_type(run: Run, old: QualifiedName, new: QualifiedName) -> None:
    """Columns, and expressions that cast, follow a type to its new name."""
    state = run.state

    def retype(kind: SqlType) -> SqlType:
        if kind.schema == old.schema and kind.name == old.name:
            return replace(kind, name=new.name, schema=new.schema)
        return kind

    shown_old = f"{quote(old.schema)}.{quote(old.name)}"
    shown_new = f"{quote(new.schema)}.{quote(new.name)}"

    def rewrite(text: str | None) -> str | None:
        if text is None or shown_old not in text:
            return text
        return replace_type_text(text, shown_old, shown_new)

    for table in list(state.schema.tables.values()):
        is_used = any(one.type.name == old.name for one in table.columns)
        if not is_used and not _mentions(table, shown_old):
            continue  # nearly every table, of each rename
        made = rewrite_table(table, rewrite)
        columns = tuple(
            column if (kind := retype(column.type)) is column.type else replace(column, type=kind)
            for column in made.columns
        )
        if any(a is not b for a, b in zip(columns, made.columns, strict=True)):
            made = replace(made, columns=columns)
        if made is not table:
            state.put_table(made)
    _retype_others(run, retype, rewrite)


def _mentions(table: Table, needle: str) -> bool:
    """Whether an expression of a table holds a text."""
    for column in table.columns:
        if column.default is not None and needle in column.default:
            return True
        if column.generated is not None and needle in column.generated:
            return True
    for index in table.indexes:
        if index.where is not None and needle in index.where:
            return True
        if any(key.expression is not None and needle in key.expression for key in index.keys):
            return True
    return any(needle in one.definition for one in (*table.checks, *table.excludes))


def _retype_others(run: Run, retype: Callable[[SqlType], SqlType], rewrite: Rewrite) -> None:
    schema = run.state.schema
    for view in list(schema.views.values()):
        columns = tuple(
            replace(one, type=retype(one.type)) if retype(one.type) is not one.type else one
            for one in view.columns
        )
        if columns != view.columns:
            run.state.put_view(replace(view, columns=columns))
    for domain in list(schema.domains.values()):
        made = rewrite_domain(domain, rewrite)
        if retype(domain.type) is not domain.type:
            made = replace(made, type=retype(domain.type))
        if made is not domain:
            run.state.put(made)
    for composite in list(schema.composites.values()):
        attributes = tuple(replace(one, type=retype(one.type)) for one in composite.attributes)
        if attributes != composite.attributes:
            run.state.put(replace(composite, attributes=attributes))
    _rewrite_policies(run, rewrite)
    _retype_functions(run, rewrite)


def _retype_functions(run: Run, rewrite: Rewrite) -> None:
    state = run.state
    for function in list(state.schema.functions.values()):
        arguments = tuple(rewrite(one) or one for one in function.arguments)
        returns = rewrite(function.returns) or function.returns
        if arguments != function.arguments or returns != function.returns:
            made = replace(function, arguments=arguments, returns=returns)
            follow_function(run, function, made)


def replace_type_text(text: str, old: str, new: str) -> str:
    """Exchange a qualified name outside of string constants, where it ends at a word's end."""
    parts = text.split("'")
    for number in range(0, len(parts), 2):
        parts[number] = _replace_word(parts[number], old, new)
    return "'".join(parts)


def _replace_word(text: str, old: str, new: str) -> str:
    made, at = "", 0
    while True:
        found = text.find(old, at)
        if found < 0:
            return made + text[at:]
        end = found + len(old)
        ends = end >= len(text) or old[-1] == "(" or not _goes_on(text[end])
        made += text[at:found] + (new if ends else old)
        at = end


def _goes_on(letter: str) -> bool:
    """Whether a name goes on with a letter."""
    return letter.isalnum() or letter in '_$"'


def rename_literal(run: Run, old: str, new: str) -> None:
    """`nextval('public.a_seq'::regclass)` follows its sequence."""
    before, after = f"{quote_literal(old)}::regclass", f"{quote_literal(new)}::regclass"

    def rewrite(text: str | None) -> str | None:
        return text.replace(before, after) if text is not None else None

    _rewrite_all(run, rewrite)


def _rewrite_all(run: Run, rewrite: Rewrite) -> None:
    """Every expression that tables, domains and policies hold."""
    state = run.state
    for table in list(state.schema.tables.values()):
        made = rewrite_table(table, rewrite)
        if made is not table:
            state.put_table(made)
    for domain in list(state.schema.domains.values()):
        kept = rewrite_domain(domain, rewrite)
        if kept is not domain:
            state.put(kept)
    _rewrite_policies(run, rewrite)


def _rewrite_policies(run: Run, rewrite: Rewrite) -> None:
    policies = run.state.schema.policies
    for key, policy in list(policies.items()):
        using, check = rewrite(policy.using), rewrite(policy.with_check)
        if (using, check) != (policy.using, policy.with_check):
            policies[key] = replace(policy, using=using, with_check=check)


def rename_calls(run: Run, old: QualifiedName, new: QualifiedName) -> None:
    """Calls of a function that is the only one of its name follow it."""
    before = f"{quote(old.schema)}.{quote(old.name)}"
    after = f"{quote(new.schema)}.{quote(new.name)}"

    def rewrite(text: str | None) -> str | None:
        if text is None or f"{before}(" not in text:
            return text
        return replace_type_text(text, f"{before}(", f"{after}(")

    _rewrite_all(run, rewrite)


def rename_enum_value(run: Run, name: QualifiedName, old: str, new: str) -> None:
    """Constants of an enum follow a renamed value."""
    cast = f"::{quote(name.schema)}.{quote(name.name)}"
    before, after = quote_literal(old) + cast, quote_literal(new) + cast

    def rewrite(text: str | None) -> str | None:
        return text.replace(before, after) if text is not None else None

    _rewrite_all(run, rewrite)
