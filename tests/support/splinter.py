"""Supabase's splinter lints as queries of our own, and a server that looks like Supabase's.

Each query asks PostgreSQL's catalogue what the lint's documentation says
(https://supabase.github.io/splinter/), and gives the names of what it finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.support.postgres import Server
from workers.engine.rules.security.access import SYSTEM_SCHEMAS
from workers.engine.rules.security.sensitive import _NAMES as SENSITIVE
from workers.engine.sql.builtin import supabase

TEMPLATE = "supabase_like"
_ABSENT = ("pg_graphql", "supabase_vault")
"""Extensions that nobody but Supabase has."""
_OWN = "n.nspname <> ALL (%(system)s)"
_SERVED = "n.nspname = ANY (%(exposed)s) AND " + _OWN
_READ = (
    "(has_table_privilege('anon', c.oid, 'SELECT')"
    " OR has_table_privilege('authenticated', c.oid, 'SELECT'))"
)
_RELATION = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
_POLICY = f"{_RELATION} JOIN pg_policy p ON p.polrelid = c.oid"
_INVOKER = "coalesce(lower(c.reloptions::text), '') ~ 'security_invoker=(on|true|yes|1)'"
_TEXT = "coalesce(pg_get_expr(p.polqual, p.polrelid), '')"
_CHECK = "coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')"
_ALL_ROLES = (
    "(p.polroles = '{0}' OR p.polroles && ARRAY(SELECT oid FROM pg_roles"
    " WHERE rolname IN ('anon', 'authenticated')))"
)
_TRUE = "IN ('true', '(1 = 1)')"
_FUNCTION = "pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace"
_OF_EXTENSION = "SELECT 1 FROM pg_depend d WHERE d.deptype = 'e' AND d.objid"

LINTS: dict[str, str] = {
    "0001": f"""
        SELECT c.relname || '.' || (
          SELECT string_agg(a.attname, '+' ORDER BY k.place)
          FROM unnest(o.conkey) WITH ORDINALITY k(number, place)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number)
        FROM pg_constraint o JOIN {_RELATION} ON c.oid = o.conrelid
        WHERE o.contype = 'f' AND {_OWN} AND NOT EXISTS (
          SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid
          AND (string_to_array(i.indkey::text, ' ')::int2[])[1:cardinality(o.conkey)]
            = o.conkey)""",
    "0002": f"""
        SELECT DISTINCT n.nspname || '.' || c.relname FROM {_RELATION}
        JOIN pg_rewrite r ON r.ev_class = c.oid JOIN pg_depend d ON d.objid = r.oid
        WHERE d.refobjid = 'auth.users'::regclass AND {_SERVED} AND {_READ}
        AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT {_INVOKER})""",
    "0003": f"""
        SELECT p.polname FROM {_POLICY} WHERE c.relrowsecurity AND {_OWN} AND EXISTS (
          SELECT 1 FROM unnest(ARRAY['auth.uid()', 'auth.jwt()', 'auth.role()', 'auth.email()',
          'current_setting(']) f(call), unnest(ARRAY[{_TEXT}, {_CHECK}]) e(text)
          WHERE strpos(e.text, f.call) > 0
          AND strpos(replace(e.text, 'SELECT ' || f.call, ''), f.call) > 0)""",
    "0004": f"""
        SELECT n.nspname || '.' || c.relname FROM {_RELATION} WHERE c.relkind = 'r' AND {_OWN}
        AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)""",
    "0006": f"""
        SELECT DISTINCT n.nspname || '.' || c.relname
        FROM {_POLICY} JOIN pg_roles r ON p.polroles = '{{0}}' OR r.oid = ANY (p.polroles)
        CROSS JOIN unnest(ARRAY['r', 'a', 'w', 'd']) x(command)
        WHERE p.polpermissive AND p.polcmd::text IN (x.command, '*') AND {_OWN}
        AND c.relkind = 'r' AND NOT r.rolbypassrls AND r.rolname NOT LIKE 'pg\\_%%'
        AND r.rolname NOT LIKE 'supabase%%admin'
        GROUP BY n.nspname, c.relname, r.rolname, x.command HAVING count(*) > 1""",
    "0007": f"""
        SELECT DISTINCT n.nspname || '.' || c.relname FROM {_POLICY}
        WHERE NOT c.relrowsecurity AND {_OWN}""",
    "0008": f"""
        SELECT n.nspname || '.' || c.relname FROM {_RELATION} WHERE c.relkind = 'r'
        AND c.relrowsecurity AND {_OWN}
        AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)""",
    "0009": f"""
        SELECT DISTINCT n.nspname || '.' || c.relname FROM pg_index i
        JOIN {_RELATION} ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
        WHERE {_OWN} GROUP BY n.nspname, c.relname,
        replace(pg_get_indexdef(i.indexrelid), quote_ident(x.relname), '') HAVING count(*) > 1""",
    "0010": f"""
        SELECT n.nspname || '.' || c.relname FROM {_RELATION}
        WHERE c.relkind = 'v' AND {_SERVED} AND {_READ} AND NOT {_INVOKER}""",
    "0011": f"""
        SELECT f.oid::regprocedure::text FROM {_FUNCTION} WHERE {_OWN} AND f.prokind <> 'a'
        AND NOT EXISTS ({_OF_EXTENSION} = f.oid)
        AND coalesce(array_to_string(f.proconfig, ','), '') NOT LIKE '%%search_path=%%'""",
    "0013": f"""
        SELECT n.nspname || '.' || c.relname FROM {_RELATION}
        WHERE c.relkind = 'r' AND NOT c.relrowsecurity AND {_SERVED} AND {_READ}""",
    "0014": """
        SELECT 'public.' || extname FROM pg_extension
        WHERE extnamespace = 'public'::regnamespace AND extname <> 'plpgsql'""",
    "0015": f"""
        SELECT p.polname FROM {_POLICY} WHERE {_OWN}
        AND ({_TEXT} || {_CHECK}) LIKE '%%user_metadata%%'""",
    "0016": f"""
        SELECT n.nspname || '.' || c.relname FROM {_RELATION}
        WHERE c.relkind = 'm' AND {_SERVED} AND {_READ}""",
    "0017": f"""
        SELECT n.nspname || '.' || c.relname FROM {_RELATION}
        WHERE c.relkind = 'f' AND {_SERVED} AND {_READ}""",
    "0018": f"""
        SELECT n.nspname || '.' || c.relname || '.' || a.attname
        FROM pg_attribute a JOIN {_RELATION} ON c.oid = a.attrelid
        WHERE a.attnum > 0 AND {_OWN} AND c.relkind = 'r' AND a.atttypid = ANY (ARRAY['regproc',
        'regprocedure', 'regoper', 'regoperator', 'regconfig', 'regdictionary', 'regnamespace',
        'regcollation']::regtype[])""",
    "0021": """
        SELECT o.conname FROM pg_constraint o JOIN pg_class c ON c.oid = o.confrelid
        JOIN pg_index i ON i.indexrelid = o.conindid
        WHERE o.contype = 'f' AND c.relnamespace = 'auth'::regnamespace AND NOT i.indisprimary""",
    "0023": f"""
        SELECT DISTINCT n.nspname || '.' || c.relname FROM {_RELATION}
        JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'r' AND NOT c.relrowsecurity
        AND {_SERVED} AND {_READ} AND a.attnum > 0
        AND replace(lower(a.attname), '-', '_') = ANY (%(sensitive)s)""",
    "0024": f"""
        SELECT p.polname FROM {_POLICY} WHERE p.polpermissive AND {_OWN} AND {_ALL_ROLES}
        AND c.relrowsecurity AND (
          p.polcmd IN ('w', 'd', '*') AND {_TEXT} {_TRUE}
            AND (p.polcmd = 'd' OR {_CHECK} = '' OR {_CHECK} {_TRUE})
          OR p.polcmd = 'a' AND ({_CHECK} = '' OR {_CHECK} {_TRUE})
          OR p.polcmd IN ('w', '*') AND {_CHECK} {_TRUE})""",
    "0025": f"""
        SELECT DISTINCT 'storage.' || b.id FROM storage.buckets b, pg_policy p
        WHERE b.public AND p.polrelid = 'storage.objects'::regclass AND p.polpermissive
        AND p.polcmd IN ('r', '*') AND {_ALL_ROLES}
        AND {_TEXT} IN ('', 'true', '(bucket_id = ' || quote_literal(b.id) || '::text)')""",
    "0028": f"""
        SELECT n.nspname || '.' || f.proname FROM {_FUNCTION} WHERE f.prosecdef AND {_SERVED}
        AND f.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
        AND (has_function_privilege('anon', f.oid, 'EXECUTE')
          OR has_function_privilege('authenticated', f.oid, 'EXECUTE'))""",
}
"""0028 stands for 0029, too; a function that only a trigger can run is left out of both."""


def lint(connection: psycopg.Connection[Any], exposed: list[str]) -> dict[str, set[str]]:
    """What each lint finds in a database."""
    values = {
        "system": sorted(SYSTEM_SCHEMAS),
        "exposed": exposed,
        "sensitive": sorted(SENSITIVE),
    }
    found = {}
    connection.execute("SET search_path = ''")
    for name, query in LINTS.items():
        rows = connection.execute(query, values).fetchall()
        found[name] = {row[0].replace(", ", ",") for row in rows}
    return found


def prepare(server: Server) -> None:
    """The roles of Supabase, and a template with its schemas and default privileges."""
    with server.connect() as admin:
        for role in supabase.ROLES.split():
            bypasses = " BYPASSRLS" if role == "service_role" or role.endswith("admin") else ""
            if role != "postgres":
                admin.execute(f'CREATE ROLE "{role}"{bypasses}')
        admin.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    with server.connect(TEMPLATE) as connection:
        connection.execute("SET check_function_bodies = off")
        for statement in _statements():
            connection.execute(statement)
        for kind in ("TABLES", "FUNCTIONS", "SEQUENCES"):
            connection.execute(
                f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON {kind}"
                " TO anon, authenticated, service_role"
            )
        connection.execute(f"ALTER DATABASE {TEMPLATE} SET search_path = public, extensions")


def _statements() -> Iterator[str]:
    for statement in supabase.STATEMENTS.split(";\n"):
        is_absent = "EXTENSION" in statement and any(word in statement for word in _ABSENT)
        if statement.strip() and not is_absent:
            yield statement


@contextmanager
def database(server: Server) -> Iterator[psycopg.Connection[Any]]:
    """A fresh database as Supabase gives it."""
    with server.database(TEMPLATE) as name:
        connection = server.connect(name)
        try:
            connection.execute("SET search_path = public, extensions")
            yield connection
        finally:
            connection.close()
