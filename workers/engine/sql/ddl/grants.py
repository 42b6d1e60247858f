"""GRANT and REVOKE: the objects and roles must exist; what is granted is kept."""

from __future__ import annotations

from contextlib import suppress

from msgspec.structs import replace

from workers.engine.schema.model import Grant, History, QualifiedName, Schema
from workers.engine.sql import printing, resolve
from workers.engine.sql.ddl import granted
from workers.engine.sql.ddl.alter_rest import need_role
from workers.engine.sql.ddl.enums import refuse_other_type
from workers.engine.sql.ddl.functions import find_function
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import ExtensionsOwnError, RefusedError
from workers.engine.sql.run import Run

_KINDS = {
    "OBJECT_TABLE": "table",
    "OBJECT_SEQUENCE": "sequence",
    "OBJECT_FUNCTION": "function",
    "OBJECT_PROCEDURE": "function",
    "OBJECT_ROUTINE": "function",
    "OBJECT_SCHEMA": "schema",
    "OBJECT_TYPE": "type",
    "OBJECT_DOMAIN": "type",
}


def grant(run: Run, node: Node) -> None:
    """GRANT and REVOKE on objects."""
    kind = _KINDS.get(node.get("objtype", ""))
    objects = _objects(run, node, kind) if kind is not None else []
    grantees = []
    for one in node.get("grantees", ()):
        role = one["RoleSpec"]
        need_role(run, role)
        if role.get("roletype", "ROLESPEC_CSTRING") in _GRANTED:
            # Whoever runs the migrations owns what they make, and needs no grant.
            grantees.append(role.get("rolename") or "public")
    if kind is None:
        return
    given = _privileges(node)
    privileges = tuple(name for name, _ in given)
    _refuse_privileges(run, kind, privileges, any(columns for _, columns in given))
    if "MAINTAIN" in privileges and run.state.reads_as < 17:
        raise RefusedError("42601", 'unrecognized privilege type "maintain"')
    for target in objects:
        if kind == "table":
            _refuse_usage(run, target, privileges)
            _need_columns(run, target, given)
        if kind == "type":
            continue  # everybody may use one
        for grantee in grantees:
            for columns in dict.fromkeys(columns for _, columns in given):
                names = tuple(name for name, of in given if of == columns)
                of = kind
                if _is_sequence(run, target):
                    of, names = "sequence", tuple(one for one in names if one in _OF_SEQUENCE)
                if names:
                    _apply(run, node, Grant(of, target, grantee, names, columns, (run.origin,)))


_GRANTED = ("ROLESPEC_CSTRING", "ROLESPEC_PUBLIC")
_TABLE = "SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER MAINTAIN"
_RIGHTS = {
    "table": f"ALL USAGE {_TABLE}".split(),
    "sequence": ["ALL", "USAGE", "SELECT", "UPDATE"],
    "function": ["ALL", "EXECUTE"],
    "schema": ["ALL", "USAGE", "CREATE"],
    "type": ["ALL", "USAGE"],
}
_COLUMN = ("SELECT", "INSERT", "UPDATE", "REFERENCES")
_OF_SEQUENCE = _RIGHTS["sequence"]
"""What else is granted on one by ON TABLE is warned of, and left out."""
_KNOWN = f"ALL USAGE EXECUTE CREATE TEMPORARY TEMP CONNECT SET {_TABLE}".split()


def _refuse_privileges(run: Run, kind: str, privileges: tuple[str, ...], has_columns: bool) -> None:
    """ExecuteGrantStmt: a privilege that objects of the kind do not have."""
    for name in privileges:
        if name not in _KNOWN and name != "ALTER SYSTEM":
            raise RefusedError("42601", f'unrecognized privilege type "{name.lower()}"')
        if has_columns and kind != "table":
            raise RefusedError("0LP01", "column privileges are only valid for relations")
        if name not in _RIGHTS[kind]:
            shown = "relation" if kind == "table" else kind
            raise RefusedError("0LP01", f"invalid privilege type {name} for {shown}")


def _is_sequence(run: Run, target: str) -> bool:
    """Whether it is one, even where TABLE is said."""
    place, _, name = target.partition(".")
    return QualifiedName(place, name) in run.state.schema.sequences


def _refuse_usage(run: Run, target: str, privileges: tuple[str, ...]) -> None:
    """GRANT USAGE ON TABLE is one for sequences alone."""
    place, _, name = target.partition(".")
    schema, key = run.state.schema, QualifiedName(place, name)
    if "USAGE" in privileges and (key in schema.tables or key in schema.views):
        raise RefusedError("0LP01", "invalid privilege type USAGE for table")


def _need_columns(run: Run, target: str, given: list[tuple[str, tuple[str, ...]]]) -> None:
    """expand_col_privileges: the columns that privileges are on must be there."""
    place, _, name = target.partition(".")
    key = QualifiedName(place, name)
    schema = run.state.schema
    holder = schema.tables.get(key) or schema.views.get(key)
    known = {one.name for one in holder.columns} if holder is not None else set[str]()
    if key in schema.sequences:
        known = {"last_value", "log_cnt", "is_called"}
    for privilege, columns in given if known else ():
        if columns and privilege not in ("ALL", *_COLUMN):
            raise RefusedError("0LP01", f"invalid privilege type {privilege} for column")
        for column in columns:
            if column not in known and column not in printing.SYSTEM_COLUMNS:
                shown = f'column "{column}" of relation "{name}" does not exist'
                raise RefusedError("42703", shown)


def _privileges(node: Node) -> list[tuple[str, tuple[str, ...]]]:
    """The privileges that are named, each with its columns."""
    found = []
    for one in node.get("privileges", ()):
        fields = one["AccessPriv"]
        name = str(fields.get("priv_name", "all")).upper()
        found.append((name, resolve.strings(fields.get("cols", []))))
    return found or [("ALL", ())]


def _objects(run: Run, node: Node, kind: str) -> list[str]:
    if node.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
        return _all_in(run, node, kind)
    found = []
    for one in node.get("objects", ()):
        if kind in ("table", "sequence"):
            if resolve.is_system(one["RangeVar"]):
                continue
            found.append(str(resolve.need_relation(run.state, one["RangeVar"])))
        elif kind == "function":
            with suppress(ExtensionsOwnError):
                found.append(find_function(run, one["ObjectWithArgs"], "function").signature)
        elif kind == "schema":
            name = resolve.value_text(one)
            if not run.state.has_schema(name):
                raise RefusedError("3F000", f'schema "{name}" does not exist')
            found.append(name)
        elif kind == "type":
            found.append(_type(run, one, node["objtype"]))
    return found


def _type(run: Run, node: Node, word: str) -> str:
    """The type or domain that is meant, or the refusal."""
    names = node["List"]["items"] if "List" in node else node["TypeName"]["names"]
    kind = resolve.resolve_type(run.state, {"names": names})
    if word == "OBJECT_DOMAIN" and kind.schema is not None:
        path = resolve.strings(names)
        refuse_other_type(run, QualifiedName(kind.schema, kind.name), path, word)
    return resolve.type_name(kind)


def _all_in(run: Run, node: Node, kind: str) -> list[str]:
    schema = run.state.schema
    found = []
    for one in node.get("objects", ()):
        name = resolve.value_text(one)
        if not run.state.has_schema(name):
            raise RefusedError("3F000", f'schema "{name}" does not exist')
        holder: list[QualifiedName] = []
        if kind == "table":
            holder = [*schema.tables, *schema.views]
        elif kind == "sequence":
            holder = list(schema.sequences)
        elif kind == "function":
            found += [key for key, f in schema.functions.items() if f.name.schema == name]
        found += [str(one) for one in holder if one.schema == name]
    return found


def _apply(run: Run, node: Node, wanted: Grant) -> None:
    schema = run.state.schema
    key = (wanted.kind, wanted.object, wanted.grantee)
    if node.get("is_grant"):
        granted.add(schema, _spelled(run, wanted))
        denied = schema.denied.pop(key, None)
        left = _without(denied, wanted) if denied is not None else None
        if left is not None:
            schema.denied[key] = left
        return
    if node.get("grant_option"):
        return  # the privilege itself stays
    kept = []
    for one in schema.grants.get(wanted.object, ()):
        # What is taken of the table is taken of its columns.
        same = (one.kind, one.object, one.grantee) == key and (
            not wanted.columns or set(one.columns) & set(wanted.columns)
        )
        left = _without(one, wanted) if same else one
        if left is not None:
            kept.append(left)
    granted.keep(schema, wanted.object, kept)
    if not wanted.columns:
        _deny(run, key, wanted)


def _spelled(run: Run, one: Grant) -> Grant:
    """ALL by the names of its privileges, as the catalogue has it."""
    if "ALL" not in one.privileges:
        return one
    names = _COLUMN if one.columns else _RIGHTS[one.kind][1:]
    is_old = run.state.reads_as < 17
    is_table = one.kind == "table"
    left = [
        name
        for name in names
        if not (is_table and name == "USAGE") and not (is_old and name == "MAINTAIN")
    ]
    return replace(one, privileges=tuple(left))


def _without(one: Grant, other: Grant) -> Grant | None:
    """What is left of a grant without the privileges of another; None where nothing is."""
    left = tuple(name for name in one.privileges if name not in other.privileges)
    if other.privileges == ("ALL",) or not left:
        return None
    return Grant(one.kind, one.object, one.grantee, left, one.columns, one.history)


def _deny(run: Run, key: tuple[str, str, str], wanted: Grant) -> None:
    schema = run.state.schema
    before = schema.denied.get(key)
    privileges = tuple(dict.fromkeys((*(before.privileges if before else ()), *wanted.privileges)))
    made = made_by(schema, wanted.kind, wanted.object)
    history = (run.origin, *made)
    schema.denied[key] = Grant(*key, privileges, (), history)


def made_by(schema: Schema, kind: str, name: str) -> History:
    """The statement that made a table, view or function; empty where that is not known."""
    if kind == "function":
        return schema.functions[name].history[:1] if name in schema.functions else ()
    space, _, bare = name.partition(".")
    key = QualifiedName(space, bare)
    found = schema.tables.get(key) or schema.views.get(key)
    return found.history[:1] if found is not None else ()


def grant_role(run: Run, node: Node) -> None:
    """GRANT role TO role: all must exist."""
    for one in node.get("granted_roles", ()):
        name = one["AccessPriv"].get("priv_name", "")
        need_role(run, {"rolename": name})
    for one in node.get("grantee_roles", ()):
        need_role(run, one["RoleSpec"])


def default_privileges(run: Run, node: Node) -> None:
    """ALTER DEFAULT PRIVILEGES: its schemas and roles must exist; what it takes away is kept."""
    for one in node.get("action", {}).get("grantees", ()):
        need_role(run, one["RoleSpec"])
    schemas = []
    for option in node.get("options", ()):
        element = option["DefElem"]
        for one in element.get("arg", {}).get("List", {}).get("items", ()):
            if element["defname"] == "schemas":
                name = resolve.value_text(one)
                if not run.state.has_schema(name):
                    raise RefusedError("3F000", f'schema "{name}" does not exist')
                schemas.append(name)
            elif "RoleSpec" in one:
                need_role(run, one["RoleSpec"])
    action = node.get("action", {})
    for one in action.get("grantees", ()):
        need_role(run, one["RoleSpec"])
        grantee = one["RoleSpec"].get("rolename") or "public"
        for name in schemas or ["*"]:
            _default(run, action, name, grantee)


def _default(run: Run, action: Node, name: str, grantee: str) -> None:
    kind = _KINDS.get(action.get("objtype", ""))
    privileges = tuple(name for name, _ in _privileges(action))
    if kind not in ("table", "function") or not {"ALL", "SELECT", "EXECUTE"} & set(privileges):
        return
    schema = run.state.schema
    if action.get("is_grant"):
        schema.denied_later.pop((name, kind, grantee), None)
        return
    older = schema.functions if kind == "function" else (*schema.tables, *schema.views)
    schema.denied_later[name, kind, grantee] = tuple(str(one) for one in older)
