"""Functions, triggers, policies and grants."""

from __future__ import annotations

from typing import Literal

from workers.engine.schema.model import (
    Function,
    Grant,
    Policy,
    QualifiedName,
    Schema,
    Trigger,
)
from workers.introspection.reading import USER_SCHEMA, Reading, not_of_extension, user_relation

_COMMANDS: dict[str, Literal["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"]] = {
    "*": "ALL",
    "r": "SELECT",
    "a": "INSERT",
    "w": "UPDATE",
    "d": "DELETE",
}
_KINDS: dict[str, Literal["function", "procedure", "aggregate"]] = {
    "f": "function",
    "w": "function",
    "p": "procedure",
    "a": "aggregate",
}


def read(reading: Reading, schema: Schema) -> None:
    """Fill in what runs, and who may do what."""
    for row in reading.rows(_FUNCTIONS):
        home, name, arguments, returns, language, definer, settings, body, kind, comment = row
        function = Function(
            QualifiedName(home, name),
            tuple(arguments),
            returns or "void",
            language,
            definer,
            tuple(settings or ()),
            body,
            _KINDS[kind],
            comment=comment,
        )
        schema.functions[function.signature] = function
    # A partition's copy of its parent's trigger is told by tgparentid, since PostgreSQL 13.
    copied = "t.tgparentid <> 0" if reading.version >= 13 else "false"
    triggers = reading.rows(_TRIGGERS.format(copied=copied))
    for name, home, table, function_name, enabled, definition in triggers:
        owner = QualifiedName(home, table)
        schema.triggers[owner, name] = Trigger(name, owner, function_name, enabled, definition)
    for name, home, table, permissive, roles, command, using, check in reading.rows(_POLICIES):
        owner = QualifiedName(home, table)
        schema.policies[owner, name] = Policy(
            name, owner, permissive, tuple(roles), _COMMANDS[command], using, check
        )
    for kind, name, column, grantee, privileges in reading.rows(_GRANTS):
        columns = (column,) if column else ()
        grant = Grant(kind, name, grantee, tuple(privileges), columns)
        schema.grants[name] = (*schema.grants.get(name, ()), grant)


_FUNCTIONS = f"""
    SELECT n.nspname, p.proname, ARRAY(SELECT format_type(t.oid, NULL)
            FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY t(oid, at) ORDER BY t.at),
        pg_get_function_result(p.oid), l.lanname, p.prosecdef, p.proconfig,
        CASE WHEN l.lanname <> 'c' THEN p.prosrc END, p.prokind::text,
        obj_description(p.oid, 'pg_proc')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_language l ON l.oid = p.prolang
    WHERE {USER_SCHEMA} AND {not_of_extension("pg_proc", "p.oid")} ORDER BY 1, 2, p.oid
"""

_TRIGGERS = f"""
    SELECT t.tgname, n.nspname, c.relname, fn.nspname || '.' || f.proname, t.tgenabled <> 'D',
        pg_get_triggerdef(t.oid)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_proc f ON f.oid = t.tgfoid JOIN pg_namespace fn ON fn.oid = f.pronamespace
    WHERE NOT t.tgisinternal AND NOT {{copied}} AND {user_relation("rpfvm")} ORDER BY 2, 3, 1
"""

_POLICIES = f"""
    SELECT p.polname, n.nspname, c.relname, p.polpermissive, ARRAY(
            SELECT CASE WHEN r.oid = 0 THEN 'public' ELSE pg_get_userbyid(r.oid)::text END
            FROM unnest(p.polroles) r(oid) ORDER BY 1),
        p.polcmd::text, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {user_relation("rpf")} ORDER BY 2, 3, 1
"""


def _privileges(kind: str, source: str, column: str = "NULL::text") -> str:
    """Privileges given away: what the owner holds by itself is not told."""
    return f"""
        SELECT {kind} AS kind, name, {column} AS col,
            CASE g.grantee WHEN 0 THEN 'public'
                ELSE pg_get_userbyid(g.grantee)::text END AS grantee,
            array_agg(g.privilege_type ORDER BY g.privilege_type) AS privileges
        FROM ({source}) o CROSS JOIN LATERAL aclexplode(o.acl) g
        WHERE g.grantee <> o.owner GROUP BY 1, 2, 3, 4"""


_RELATION_KIND = "CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END"
_GRANTS = (
    _privileges(
        _RELATION_KIND,
        f"""SELECT c.relkind, n.nspname || '.' || c.relname AS name, c.relacl AS acl,
            c.relowner AS owner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE {user_relation("rpfvmS")}""",
    )
    + " UNION ALL "
    + _privileges(
        "'table'",
        f"""SELECT n.nspname || '.' || c.relname AS name, a.attname::text, a.attacl AS acl,
            c.relowner AS owner FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE a.attacl IS NOT NULL AND {user_relation("rpfvm")}""",
        "attname",
    )
    + " UNION ALL "
    + _privileges(
        "'schema'",
        f"""SELECT n.nspname::text AS name, n.nspacl AS acl, n.nspowner AS owner
            FROM pg_namespace n WHERE n.nspname <> 'public' AND {USER_SCHEMA}""",
    )
    + " ORDER BY 1, 2, 3 NULLS FIRST, 4"
)
