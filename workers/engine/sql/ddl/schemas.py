"""Schemas, extensions, roles, publications: what other objects live in and speak of."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import Extension, Function, QualifiedName
from workers.engine.schema.names import quote
from workers.engine.schema.types import builtin
from workers.engine.sql import resolve
from workers.engine.sql.builtin import extensions, roles, support
from workers.engine.sql.ddl.function_options import refuse_repeated
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.state import State


def create_schema(run: Run, node: Node) -> None:
    """CREATE SCHEMA, with the statements that it may hold."""
    state = run.state
    name = node.get("schemaname") or node.get("authrole", {}).get("rolename", "")
    from workers.engine.sql.ddl.alter_rest import need_role

    need_role(run, node.get("authrole"))
    if name in state.schema.schemas:
        if node.get("if_not_exists"):
            return
        raise RefusedError("42P06", f'schema "{name}" already exists')
    if name.startswith("pg_"):
        raise RefusedError("42939", f'unacceptable schema name "{name}"')
    state.schema.schemas[name] = (run.origin,)
    state.log.creates.add(name)
    before = state.search_path
    state.search_path = (name, *before)
    from workers.engine.sql.dispatch import perform

    for one in node.get("schemaElts", ()):
        ((kind, fields),) = one.items()
        perform(run, kind, fields)
    state.search_path = before


def create_extension(run: Run, node: Node) -> None:
    """CREATE EXTENSION: its types, functions and operator classes become known."""
    state = run.state
    name = node["extname"]
    if name in state.schema.extensions:
        if node.get("if_not_exists"):
            return
        raise RefusedError("42710", f'extension "{name}" already exists')
    schema, cascade = None, False
    refuse_repeated(node.get("options", ()))
    for one in node.get("options", ()):
        element = one["DefElem"]
        if element["defname"] == "schema":
            schema = resolve.value_text(element["arg"])
        elif element["defname"] == "cascade":
            cascade = True
    install(run, name, schema, cascade=cascade)


def install(run: Run, name: str, schema: str | None, *, cascade: bool) -> None:
    """Install an extension into a schema, after those that it requires."""
    state = run.state
    facts = extensions.find(name)
    if facts is None:
        run.mention("extension-unknown", f"What extension `{name}` brings along is not known.")
        place = _place_of_unknown(state, schema)
        state.schema.extensions[name] = Extension(name, place, (run.origin,))
        # From here on a type or function that is not known there may be the extension's.
        state.hidden.other["opaque extension", place] = True
        return
    for required in facts.requires:
        if required not in state.schema.extensions:
            if not cascade:
                raise RefusedError("42704", f'required extension "{required}" is not installed')
            install(run, required, None, cascade=True)
    if facts.schema is not None:
        if facts.schema != "pg_catalog":
            state.schema.schemas.setdefault(facts.schema, (run.origin,))
        place = facts.schema
    else:
        place = resolve.creation_schema(state, schema)
    state.schema.extensions[name] = Extension(name, place, (run.origin,))
    state.log.creates.add(name)
    _bring(run, name, place, facts)


def _place_of_unknown(state: State, schema: str | None) -> str:
    """Where an extension goes of which nothing is known: it may have a schema of its own."""
    if schema is None and not any(name in state.schema.schemas for name in state.search_path):
        return "public"
    return resolve.creation_schema(state, schema)


def _bring(run: Run, name: str, place: str, facts: extensions.Facts) -> None:
    hidden = run.state.hidden
    for kind in facts.types:
        hidden.types[QualifiedName(place, kind)] = f"extension {name}"
    for function in facts.functions:
        _bring_function(run, name, place, function)
    for other in (*facts.names, *support.names(name)):
        key = f"{place}.{other}"
        hidden.other["function", key] = True
        hidden.extension_members[key] = name
    for method, operator_class, default in facts.operator_classes:
        full = QualifiedName(place, f"{method}:{operator_class}")
        hidden.operator_classes[full] = (method, default)
        hidden.operator_owners[full] = name
    for source, target, context in facts.casts:
        if context in "ia":
            shown = f"{_placed(run, place, source)}>{_placed(run, place, target)}"
            hidden.other["cast" if context == "a" else "implicit cast", shown] = True
    for made in facts.makes:
        run.state.schema.schemas.setdefault(made, ())
        hidden.ground[made] = True
        hidden.other["opaque schema", made] = True
    for method in facts.methods:
        hidden.other["access method", method] = True
    for relation in facts.relations:
        hidden.other["relation", f"{place}.{relation}"] = True
        hidden.extension_members[f"{place}.{relation}"] = name


def _bring_function(run: Run, name: str, place: str, brought: extensions.BroughtFunction) -> None:
    function = Function(
        QualifiedName(place, brought.name),
        tuple(_placed(run, place, one) for one in brought.arguments),
        returns=_placed(run, place, brought.returns),
        language="c",
        kind="aggregate" if brought.is_aggregate else "function",
    )
    run.state.put_function(function)
    run.state.hidden.extension_members[function.signature] = name


def _placed(run: Run, place: str, written: str) -> str:
    """A type of an extension's function as `format_type` writes it."""
    head = "SETOF " if written.startswith("SETOF ") else ""
    bare = written.removeprefix("SETOF ")
    base = bare.removesuffix("[]")
    suffix = "[]" if base != bare else ""
    if QualifiedName(place, base) in run.state.hidden.types:
        return f"{head}{quote(place)}.{quote(base)}{suffix}"
    found = None if builtin(base) else resolve.find_type(run.state, (base,))
    if found is not None and found.schema is not None:
        return f"{head}{quote(found.schema)}.{quote(base)}{suffix}"
    return written


def alter_extension(run: Run, node: Node) -> None:
    """ALTER EXTENSION ... UPDATE, ADD and DROP: it must be installed.

    What a hosted Supabase has installed for everybody is not all known.
    """
    name, state = node["extname"], run.state
    if name not in state.schema.extensions and "auth" not in state.hidden.ground:
        state.log.needs.add(name)
        raise RefusedError("42704", f'extension "{name}" does not exist')


def alter_extension_schema(run: Run, name: str, schema: str) -> None:
    """ALTER EXTENSION ... SET SCHEMA."""
    state = run.state
    extension = state.schema.extensions.get(name)
    if extension is None:
        raise RefusedError("42704", f'extension "{name}" does not exist')
    place = resolve.creation_schema(state, schema)
    from workers.engine.sql.ddl.drop_programs import forget_extension

    forget_extension(run, name)
    history = (*extension.history, run.origin)
    state.schema.extensions[name] = replace(extension, schema=place, history=history)
    facts = extensions.find(name)
    if facts is not None:
        _bring(run, name, place, facts)
    from workers.engine.sql.ddl.retarget import rename_type

    for kind in facts.types if facts is not None else ():
        rename_type(run, QualifiedName(extension.schema, kind), QualifiedName(place, kind))


def create_role(run: Run, node: Node) -> None:
    """CREATE ROLE and CREATE USER."""
    name = node["role"]
    if name in ("public", "none") or name.startswith("pg_"):
        raise RefusedError("42939", f'role name "{name}" is reserved')
    if name in run.state.hidden.roles:
        raise RefusedError("42710", f'role "{name}" already exists')
    run.state.hidden.roles[name] = True


def drop_role(run: Run, node: Node) -> None:
    """DROP ROLE."""
    for one in node.get("roles", ()):
        name = one["RoleSpec"].get("rolename", "")
        if name not in run.state.hidden.roles and not node.get("missing_ok"):
            raise RefusedError("42704", f'role "{name}" does not exist')
        if name in roles.SINCE and name in run.state.hidden.roles:
            needed = "because it is required by the database system"
            raise RefusedError("2BP01", f"cannot drop role {name} {needed}")
        run.state.hidden.roles.pop(name, None)


def alter_role(run: Run, node: Node) -> None:
    """ALTER ROLE: the role must exist."""
    from workers.engine.sql.ddl.alter_rest import need_role

    need_role(run, node.get("role"))
    if node.get("setstmt"):
        from workers.engine.sql.ddl.settings import alter_setting

        alter_setting(run, node)


def create_publication(run: Run, node: Node) -> None:
    """CREATE PUBLICATION."""
    name = node["pubname"]
    if name in run.state.hidden.publications:
        raise RefusedError("42710", f'publication "{name}" already exists')
    run.state.hidden.publications[name] = bool(node.get("for_all_tables"))
    for table in _published(run, node):
        run.state.hidden.published[name, table] = True


def alter_publication(run: Run, node: Node) -> None:
    """ALTER PUBLICATION: it and its tables must exist."""
    name = node["pubname"]
    if name not in run.state.hidden.publications:
        raise RefusedError("42704", f'publication "{name}" does not exist')
    action = node.get("action", "AP_AddObjects")
    if node.get("pubobjects") and action != "AP_SetObjects" and run.state.hidden.publications[name]:
        raise RefusedError("55000", f'publication "{name}" is defined as FOR ALL TABLES')
    held = run.state.hidden.published
    tables = _published(run, node)
    if action == "AP_SetObjects":
        for key in [key for key in held if key[0] == name]:
            del held[key]
    for table in tables:
        if action == "AP_DropObjects":
            if (name, table) not in held:
                raise RefusedError(
                    "42704", f'relation "{table.name}" is not part of the publication'
                )
            del held[name, table]
        elif (name, table) in held:
            raise RefusedError(
                "42710", f'relation "{table.name}" is already member of publication "{name}"'
            )
        else:
            held[name, table] = True


def _published(run: Run, node: Node) -> list[QualifiedName]:
    """The tables that CREATE or ALTER PUBLICATION names."""
    objects = [one["PublicationObjSpec"] for one in node.get("pubobjects", ())]
    return [
        resolve.need_relation(run.state, one["pubtable"]["relation"])
        for one in objects
        if one.get("pubtable")
    ]
