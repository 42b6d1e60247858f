"""What random histories are about: for each theme its ground, and its statements as templates.

`{column}` stands for a word of that kind, `{column2}` for another one; the same name twice in a
template is the same word. The names are few, so that statements meet each other.
"""

from __future__ import annotations

from dataclasses import dataclass

WORDS: dict[str, tuple[str, ...]] = {
    "column": ("id", "a", "b", "c", '"D"', "e"),
    "type": ("integer", "bigint", "text", "varchar(40)", "numeric(10,2)", "boolean", "timestamptz",
             "jsonb", "text[]", "uuid", "date", "mood", "app.kind", "smallint"),
    "value": ("x", "y", "Z", "w"),
    # A value that is new in the transaction cannot be used in it: nothing else names these.
    "fresh": ("k", "v"),
    "default": ("0", "'x'", "true", "now()", "'{}'", "NULL", "'x'::mood", "'5'", "-1"),
    "tail": ("", " CASCADE", " RESTRICT"),
    "if": ("", "", "IF EXISTS "),
    "name": ("n1", "n2", '"N3"', "t1_pkey", "t1_a_key", "p1_a_idx"),
    "table": ("t1", "t2", "app.t1"),
    "part": ("p1", "p1x", "p1y", "p1z", "app.p2"),
    "bound": ("DEFAULT", "FOR VALUES IN (1)", "FOR VALUES IN (1, 2)", "FOR VALUES IN (3)",
              "FOR VALUES IN (NULL)", "FOR VALUES FROM (1) TO (5)", "FOR VALUES IN ('x')",
              "FOR VALUES FROM (5) TO (MAXVALUE)"),
    "only": ("", "", "ONLY "),
    "heir": ("h0", "h1", "h2", "h3"),
    "domain": ("d1", "d2", "app.d1", "mood"),
    "base": ("text", "integer", "numeric(5,1)", "d1", "mood"),
    "condition": ("VALUE <> ''", "VALUE > 0", "VALUE IS NOT NULL", "VALUE <> 'z'",
                  "length(VALUE) < 9", "VALUE IN ('x', 'y')", "VALUE = 'x' OR VALUE IS NULL"),
    "composite": ("c1", "c2"),
    "enum": ("mood", "app.kind"),
    "sequence": ("s1", "s2", "t1_id_seq", "app.s1"),
    "whole": ("smallint", "integer", "bigint"),
    "identity": ("ALWAYS", "BY DEFAULT"),
    "defer": ("", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED", " NOT DEFERRABLE", " NOT VALID"),
    "action": ("", " ON DELETE CASCADE", " ON UPDATE SET NULL", " ON DELETE SET NULL (a)",
               " ON DELETE SET DEFAULT"),
    "function": ("f1", "f2", "app.f1"),
    "arguments": ("", "int", "text", "a int, b int DEFAULT 1", "a text DEFAULT 'x'",
                  "VARIADIC a int[]", "a anyelement", "OUT a int, OUT b text"),
    "called": ("()", "(int)", "(text)", "(int, int)", ""),
    "trigger": ("tr1", "tr2"),
    "event": ("INSERT", "UPDATE", "INSERT OR UPDATE", "UPDATE OF a", "UPDATE OF {column9}",
              "DELETE", "TRUNCATE"),
    "when": ("", " WHEN (NEW.a IS NOT NULL)", " WHEN (NEW.{column9} > 0)",
             " WHEN (OLD.{column9} IS DISTINCT FROM NEW.{column9})"),
    "each": (" FOR EACH ROW", " FOR EACH STATEMENT", ""),
    "view": ("v1", "v2", "app.v1", "m1"),
    "policy": ("po1", "po2"),
    "command": ("", " FOR SELECT", " FOR INSERT", " FOR UPDATE", " FOR ALL"),
    "role": ("PUBLIC", "CURRENT_USER", "nobody_there"),
    "somebody": ("PUBLIC", "nobody_there"),
    "target": ("t1", "t2", "app.t1", "m1"),
    "like": ("", " INCLUDING ALL", " INCLUDING DEFAULTS", " INCLUDING CONSTRAINTS",
             " INCLUDING INDEXES", " INCLUDING IDENTITY INCLUDING GENERATED",
             " INCLUDING ALL EXCLUDING INDEXES"),
    "schema": ("app", "public", "far", "away"),
    # Who may do what in public is the environment's.
    "place": ("app", "far", "away"),
    "relation": ("t1", "t2", "app.t1", "v1", "s1", "m1"),
    "said": ("'said'", "NULL"),
    "right": ("SELECT", "INSERT, UPDATE", "EXECUTE", "SELECT (a)", "USAGE"),
}  # fmt: skip


@dataclass
class Theme:
    """Statements that are about one thing."""

    ground: str
    statements: tuple[str, ...]


PLAIN = (
    "CREATE TABLE t1 (id integer PRIMARY KEY, a text, b integer DEFAULT 0, c date);"
    ' CREATE TABLE t2 (id serial, a mood, b numeric(10,2) NOT NULL, "D" jsonb);'
    " CREATE TABLE app.t1 (id uuid PRIMARY KEY, a text UNIQUE, e app.kind)"
)

PARTITIONS = Theme(
    "CREATE TABLE p1 (id integer NOT NULL, a text, b integer) PARTITION BY LIST (b);"
    " CREATE TABLE p1x PARTITION OF p1 FOR VALUES IN (7);"
    " CREATE TABLE app.p2 (id integer, a text CHECK (a <> ''), b integer) PARTITION BY RANGE (b);"
    " CREATE TABLE p1z (id integer NOT NULL, a text, b integer)",
    (
        "CREATE TABLE {part} PARTITION OF {part2} {bound}",
        "CREATE TABLE {part} PARTITION OF {part2} (a NOT NULL, CHECK (id > 0)) {bound}",
        "CREATE TABLE {part} PARTITION OF {part2} {bound} PARTITION BY LIST ({column})",
        "CREATE TABLE {part} (id integer NOT NULL, a text, b integer)",
        "CREATE TABLE {part} (LIKE p1 INCLUDING ALL)",
        "ALTER TABLE {part} ATTACH PARTITION {part2} {bound}",
        "ALTER TABLE p1 ATTACH PARTITION p1z FOR VALUES IN (9)",
        "ALTER TABLE {part} DETACH PARTITION {part2}",
        "ALTER TABLE p1 DETACH PARTITION p1x",
        "ALTER TABLE {only}{part} ADD COLUMN {column} {type}",
        "ALTER TABLE {only}{part} DROP COLUMN {column}{tail}",
        "ALTER TABLE {only}{part} RENAME COLUMN {column} TO {column2}",
        "ALTER TABLE {only}{part} ALTER COLUMN {column} TYPE {type}",
        "ALTER TABLE {only}{part} ALTER COLUMN {column} SET NOT NULL",
        "ALTER TABLE {only}{part} ALTER COLUMN {column} DROP NOT NULL",
        "ALTER TABLE {only}{part} ALTER COLUMN {column} SET DEFAULT {default}",
        "ALTER TABLE {only}{part} ADD PRIMARY KEY ({column}, b)",
        "ALTER TABLE {part} ADD CONSTRAINT {name} UNIQUE ({column}, {column2})",
        "ALTER TABLE {part} ADD UNIQUE (b)",
        "ALTER TABLE {only}{part} ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL)",
        "ALTER TABLE {only}{part} DROP CONSTRAINT {if}{name}{tail}",
        "ALTER TABLE {part} ADD CONSTRAINT {name} FOREIGN KEY (id) REFERENCES {table} (id){action}",
        "ALTER TABLE {table} ADD FOREIGN KEY ({column}) REFERENCES {part}",
        "CREATE INDEX {name} ON {only}{part} ({column})",
        "CREATE INDEX ON {part} ({column}, b)",
        "CREATE UNIQUE INDEX {name} ON {part} (b)",
        "ALTER INDEX {name} ATTACH PARTITION {name2}",
        "ALTER TABLE {part} RENAME CONSTRAINT {name} TO {name2}",
        "DROP INDEX {if}{name}{tail}",
        "DROP TABLE {if}{part}{tail}",
        "ALTER TABLE {part} RENAME TO p3",
        "ALTER TABLE {part} SET SCHEMA {schema}",
        "CREATE TRIGGER tr1 BEFORE INSERT ON {part} FOR EACH ROW EXECUTE FUNCTION t()",
        "DROP TRIGGER tr1 ON {part}",
    ),
)

HEIRS = Theme(
    "CREATE TABLE h0 (id integer PRIMARY KEY, a text DEFAULT 'x', b integer CHECK (b > 0));"
    " CREATE TABLE h1 (c date) INHERITS (h0)",
    (
        "CREATE TABLE {heir} ({column} {type}) INHERITS ({heir2})",
        "CREATE TABLE {heir} () INHERITS ({heir2}, {heir3})",
        "CREATE TABLE {heir} (a text, b integer, c date)",
        "CREATE TABLE {heir} (id integer NOT NULL, a text, b integer, CHECK (b > 0))",
        "ALTER TABLE {heir} INHERIT {heir2}",
        "ALTER TABLE {heir} NO INHERIT {heir2}",
        "ALTER TABLE {only}{heir} ADD COLUMN {column} {type}",
        "ALTER TABLE {only}{heir} ADD COLUMN IF NOT EXISTS {column} {type} NOT NULL",
        "ALTER TABLE {only}{heir} DROP COLUMN {if}{column}{tail}",
        "ALTER TABLE {only}{heir} RENAME COLUMN {column} TO {column2}",
        "ALTER TABLE {only}{heir} ALTER COLUMN {column} TYPE {type}",
        "ALTER TABLE {only}{heir} ALTER COLUMN {column} SET DEFAULT {default}",
        "ALTER TABLE {only}{heir} ALTER COLUMN {column} DROP DEFAULT",
        "ALTER TABLE {only}{heir} ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL)",
        "ALTER TABLE {only}{heir} ADD CONSTRAINT {name} CHECK (b > 1) NO INHERIT",
        "ALTER TABLE {only}{heir} ADD CHECK ({column} IS NOT NULL) NOT VALID",
        "ALTER TABLE {only}{heir} DROP CONSTRAINT {if}{name}{tail}",
        "ALTER TABLE {heir} DROP CONSTRAINT h0_b_check",
        "ALTER TABLE {heir} RENAME CONSTRAINT h0_b_check TO {name}",
        "ALTER TABLE {heir} RENAME CONSTRAINT {name} TO {name2}",
        "ALTER TABLE {heir} VALIDATE CONSTRAINT {name}",
        "ALTER TABLE {heir} ADD UNIQUE ({column})",
        "DROP TABLE {if}{heir}{tail}",
        "ALTER TABLE {heir} RENAME TO {heir2}",
    ),
)

TYPES = Theme(
    "CREATE DOMAIN d1 AS text CHECK (VALUE <> ''); CREATE TYPE c1 AS (a int, b text);"
    " CREATE TABLE u (id d1, a mood DEFAULT 'x', f c1, c mood[])",
    (
        "CREATE DOMAIN {domain} AS {base}",
        "CREATE DOMAIN {domain} AS {base} DEFAULT {default} CONSTRAINT {name} CHECK ({condition})",
        "CREATE DOMAIN {domain} {base} NOT NULL CHECK ({condition}) CHECK ({condition2})",
        "ALTER DOMAIN {domain} ADD CONSTRAINT {name} CHECK ({condition})",
        "ALTER DOMAIN {domain} ADD CHECK ({condition}) NOT VALID",
        "ALTER DOMAIN {domain} DROP CONSTRAINT {if}{name}{tail}",
        "ALTER DOMAIN {domain} DROP CONSTRAINT d1_check",
        "ALTER DOMAIN {domain} RENAME CONSTRAINT {name} TO {name2}",
        "ALTER DOMAIN {domain} VALIDATE CONSTRAINT {name}",
        "ALTER DOMAIN {domain} SET DEFAULT {default}",
        "ALTER DOMAIN {domain} DROP DEFAULT",
        "ALTER DOMAIN {domain} SET NOT NULL",
        "ALTER DOMAIN {domain} DROP NOT NULL",
        "ALTER DOMAIN {domain} RENAME TO d3",
        "ALTER TYPE {domain} RENAME TO d3",
        "ALTER DOMAIN {domain} SET SCHEMA {schema}",
        "DROP DOMAIN {if}{domain}{tail}",
        "DROP TYPE {if}{composite}{tail}",
        "DROP TYPE {if}{enum}{tail}",
        "CREATE TYPE {composite} AS (a {type}, {column} {base})",
        "ALTER TYPE {composite} ADD ATTRIBUTE {column} {type}{tail}",
        "ALTER TYPE {composite} DROP ATTRIBUTE {if}{column}{tail}",
        "ALTER TYPE {composite} ALTER ATTRIBUTE {column} TYPE {type}{tail}",
        "ALTER TYPE {composite} RENAME ATTRIBUTE {column} TO {column2}{tail}",
        "ALTER TYPE {composite} RENAME TO c3",
        "ALTER TYPE {enum} SET SCHEMA {schema}",
        "ALTER TYPE {enum} ADD VALUE '{fresh}' BEFORE '{value}'",
        "ALTER TYPE {enum} ADD VALUE IF NOT EXISTS '{fresh}' AFTER '{value}'",
        "ALTER TYPE {enum} RENAME VALUE '{value}' TO '{value2}'",
        "CREATE TYPE {enum} AS ENUM ('x', '{value}')",
        "ALTER TABLE u ADD COLUMN {column} {domain} DEFAULT {default}",
        "ALTER TABLE u ALTER COLUMN {column} TYPE {domain}",
        "ALTER TABLE u ALTER COLUMN {column} TYPE {domain} USING {column}::text::{domain}",
        "ALTER TABLE u ALTER COLUMN {column} TYPE mood USING {column}::mood",
        "ALTER TABLE u ALTER COLUMN {column} SET DEFAULT '{value}'",
        "ALTER TABLE u ADD CHECK ({column} <> '{value}')",
        "CREATE TABLE w (id int, a {domain}, b {composite}, c {enum}[])",
        "CREATE INDEX ON u ({column})",
        "CREATE VIEW v1 AS SELECT {column}, '{value}'::{domain} AS d FROM u",
        "CREATE FUNCTION f1({domain}) RETURNS {enum} LANGUAGE sql AS $$ SELECT 'x'::{enum} $$",
        "CREATE TYPE r1 AS RANGE (subtype = {type})",
        "CREATE TYPE r1 AS RANGE (subtype = {domain})",
        "ALTER TABLE u ADD COLUMN {column} r1",
        "DROP TYPE {if}r1{tail}",
        "ALTER TABLE u ADD COLUMN {column} {enum}[]",
        "ALTER TABLE u ADD CHECK ({column} = {column2})",
        "ALTER TABLE u ADD CHECK ({column} IN ('{value}', '{value2}'))",
        "ALTER TABLE u ADD CHECK ({column} = ANY (ARRAY['{value}']))",
        "CREATE VIEW v1 AS SELECT {column} FROM u UNION SELECT {column2} FROM u",
        "CREATE VIEW v2 AS SELECT {column} AS x FROM u UNION ALL SELECT {column2} FROM u UNION ALL"
        " SELECT '{value}'",
        "SELECT COALESCE({column}, {column2}), {column} || '{value}' FROM u",
        "CREATE FUNCTION f2(a {domain}) RETURNS {enum} RETURN a::text::{enum}",
        "SELECT f1('{value}'), f1({column}) FROM u",
        "ALTER TYPE {domain} SET SCHEMA {schema}",
        "GRANT USAGE ON TYPE {domain} TO {role}",
        "REVOKE USAGE ON DOMAIN {domain} FROM {role}",
        "COMMENT ON TYPE {domain} IS {said}",
    ),
)

SEQUENCES = Theme(
    PLAIN + "; CREATE SEQUENCE s1; CREATE TABLE g (id int GENERATED ALWAYS AS IDENTITY, a int,"
    " b int GENERATED ALWAYS AS (a * 2) STORED)",
    (
        "CREATE SEQUENCE {sequence} AS {whole}",
        "CREATE SEQUENCE IF NOT EXISTS {sequence} OWNED BY {table}.{column}",
        "ALTER SEQUENCE {sequence} OWNED BY {table}.{column}",
        "ALTER SEQUENCE {sequence} OWNED BY NONE",
        "ALTER SEQUENCE {sequence} RENAME TO {name}",
        "ALTER SEQUENCE {sequence} SET SCHEMA {schema}",
        "ALTER SEQUENCE {sequence} AS {whole} INCREMENT BY 2",
        "DROP SEQUENCE {if}{sequence}{tail}",
        "ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval('{sequence}')",
        "ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval('{sequence}'::regclass)",
        "ALTER TABLE {table} ALTER COLUMN {column} ADD GENERATED {identity} AS IDENTITY",
        "ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL,"
        " ALTER COLUMN {column} ADD GENERATED {identity} AS IDENTITY",
        "ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT,"
        " ALTER COLUMN {column} ADD GENERATED {identity} AS IDENTITY (SEQUENCE NAME s2)",
        "ALTER TABLE g ALTER COLUMN {column} SET GENERATED {identity}",
        "ALTER TABLE {table} ALTER COLUMN {column} DROP IDENTITY {if}",
        "ALTER TABLE g ALTER COLUMN {column} DROP EXPRESSION {if}",
        "ALTER TABLE g ALTER COLUMN {column} SET EXPRESSION AS (a + 1)",
        "ALTER TABLE g ADD COLUMN {column} {type} GENERATED ALWAYS AS ({column2}) STORED",
        "ALTER TABLE g ADD COLUMN {column} {type} GENERATED ALWAYS AS (a + {column2}) STORED",
        "ALTER TABLE g ALTER COLUMN {column} TYPE {type}",
        "ALTER TABLE g ALTER COLUMN {column} SET DEFAULT {default}",
        "ALTER TABLE g DROP COLUMN {column}{tail}",
        "ALTER TABLE {table} ADD COLUMN {column} serial",
        "ALTER TABLE {table} ADD COLUMN {column} bigserial PRIMARY KEY",
        "ALTER TABLE {table} ALTER COLUMN {column} TYPE {whole}",
        "ALTER TABLE {table} RENAME COLUMN {column} TO {column2}",
        "ALTER TABLE {table} RENAME TO {name}",
        "ALTER TABLE {table} SET SCHEMA {schema}",
        "ALTER TABLE {table} DROP COLUMN {column}{tail}",
        "DROP TABLE {table}{tail}",
        "SELECT setval('{sequence}', 5)",
        "SELECT nextval('{sequence}')",
        "CREATE VIEW v1 AS SELECT nextval('{sequence}') AS n",
        "CREATE VIEW v2 AS SELECT '{sequence}'::regclass AS n",
        "CREATE FUNCTION f1() RETURNS bigint RETURN nextval('{sequence}')",
        "CREATE POLICY po1 ON {table} USING (id > currval('{sequence}'))",
        "DROP FUNCTION {if}f1(){tail}",
        "DROP VIEW {if}v1{tail}",
        "GRANT {right} ON SEQUENCE {sequence} TO {role}",
        "GRANT {right} ON {sequence} TO {role}",
        "CREATE TABLE {table} (id {whole} GENERATED {identity} AS IDENTITY,"
        " a int DEFAULT {default})",
        "COMMENT ON SEQUENCE {sequence} IS {said}",
    ),
)  # fmt: skip

KEYS = Theme(
    PLAIN,
    (
        "ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE ({column}){defer}",
        "ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE NULLS NOT DISTINCT ({column}, {column2})",
        "ALTER TABLE {table} ADD UNIQUE ({column}) INCLUDE ({column2})",
        "ALTER TABLE {table} ADD PRIMARY KEY ({column}, {column2}){defer}",
        "ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}) REFERENCES {table2}"
        " ({column2}){action}{defer}",
        "ALTER TABLE {table} ADD FOREIGN KEY ({column}, {column2}) REFERENCES {table2}"
        " ({column3}, {column4}){action}",
        "ALTER TABLE {table} ADD FOREIGN KEY ({column}) REFERENCES {table2}{action}{defer}",
        "ALTER TABLE {table} ADD COLUMN {column} {type} UNIQUE REFERENCES {table2}{action}",
        "ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL){defer}",
        "ALTER TABLE {table} VALIDATE CONSTRAINT {name}",
        "ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE",
        "ALTER TABLE {table} ALTER CONSTRAINT {name}",
        "ALTER TABLE {table} ALTER CONSTRAINT {name} NOT DEFERRABLE",
        "ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL, ALTER COLUMN {column2}"
        " DROP EXPRESSION {if}",
        "ALTER TABLE {table} DROP CONSTRAINT {if}{name}, ADD CONSTRAINT {name2} UNIQUE ({column})",
        "ALTER TABLE {table} DROP COLUMN {column}, ADD COLUMN {column} {type} UNIQUE,"
        " ADD CHECK ({column} IS NOT NULL)",
        "ALTER TABLE {table} DROP CONSTRAINT {if}{name}{tail}",
        "ALTER TABLE {table} DROP CONSTRAINT t1_pkey{tail}",
        "ALTER TABLE {table} RENAME CONSTRAINT {name} TO {name2}",
        "ALTER INDEX {if}{name} RENAME TO {name2}",
        "ALTER TABLE {table} ADD EXCLUDE USING btree ({column} WITH =)",
        "ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE ({column} WITH =) WHERE (b > 0)",
        "ALTER TABLE {table} ADD EXCLUDE USING gist ({column} WITH &&)",
        "ALTER TABLE {table} ADD EXCLUDE USING gist (int4range(b, id) WITH &&){defer}",
        "CREATE UNIQUE INDEX {name} ON {table} ({column}) INCLUDE ({column2})",
        "CREATE UNIQUE INDEX {name} ON {table} ({column}, {column2}) NULLS NOT DISTINCT",
        "CREATE UNIQUE INDEX {name} ON {table} (lower({column}))",
        "CREATE INDEX IF NOT EXISTS {name} ON {table} USING hash ({column})",
        "CREATE INDEX ON {table} USING gin ({column})",
        "CREATE INDEX ON {table} USING gin ({column} jsonb_path_ops)",
        "CREATE INDEX {name} ON {table} ({column} text_pattern_ops, {column2} DESC)",
        "CREATE INDEX ON {table} ((b + 1), (lower({column})))",
        "ALTER TABLE {table} ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {name2}",
        "ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name2}{defer}",
        "ALTER TABLE {table} REPLICA IDENTITY USING INDEX {name}",
        "ALTER TABLE {table} CLUSTER ON {name}",
        "DROP INDEX {if}{name}, {name2}{tail}",
        "ALTER TABLE {table} ALTER COLUMN {column} TYPE {type}",
        "ALTER TABLE {table} ALTER COLUMN {column} TYPE {type} USING {column}::text::{type}",
        "ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL",
        "ALTER TABLE {table} DROP COLUMN {column}{tail}",
        "ALTER TABLE {table} RENAME COLUMN {column} TO {column2}",
        "COMMENT ON CONSTRAINT {name} ON {table} IS {said}",
        "COMMENT ON INDEX {name} IS {said}",
        "COMMENT ON COLUMN {table}.{column} IS {said}",
        "CREATE TABLE {table} (LIKE {table2}{like})",
        "CREATE TABLE n1 (LIKE {table}{like}, {column} {type})",
        "DROP TABLE {if}{table}{tail}",
    ),
)

PROGRAMS = Theme(
    PLAIN + "; CREATE FUNCTION f1(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE"
    " AS 'SELECT a + b'",
    (
        "CREATE FUNCTION {function}({arguments}) RETURNS {type} LANGUAGE sql"
        " AS 'SELECT NULL::{type}'",
        "CREATE OR REPLACE FUNCTION {function}({arguments}) RETURNS {type} LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'",
        "CREATE OR REPLACE FUNCTION {function}({arguments}) RETURNS {type} LANGUAGE sql IMMUTABLE"
        " AS 'SELECT NULL::{type}'",
        "CREATE FUNCTION {function}({arguments}) RETURNS {table} LANGUAGE plpgsql AS 'BEGIN END'",
        "CREATE FUNCTION {function}() RETURNS SETOF {table} LANGUAGE sql AS"
        " 'SELECT * FROM {table}'",
        "CREATE FUNCTION {function}() RETURNS TABLE (x int, y text) LANGUAGE sql AS"
        " 'SELECT id, a FROM {table}'",
        "CREATE FUNCTION {function}() RETURNS int RETURN 1",
        "CREATE FUNCTION {function}() RETURNS bigint BEGIN ATOMIC SELECT 1::bigint; END",
        "CREATE FUNCTION {function}() RETURNS bigint BEGIN ATOMIC SELECT count({column}) FROM"
        " {table} WHERE id IS NOT NULL; END",
        "CREATE FUNCTION {function}(a int) RETURNS text RETURN (SELECT max({column}::text) FROM"
        " {relation} o WHERE o.{column2}::text = a::text)",
        "CREATE OR REPLACE FUNCTION {function}() RETURNS int RETURN {function2}(1)",
        "CREATE PROCEDURE {function}() BEGIN ATOMIC DELETE FROM {table} WHERE {column} IS NULL;"
        " INSERT INTO {table2} ({column2}) SELECT {column3} FROM {table}; END",
        "CREATE FUNCTION {function}({arguments}) RETURNS SETOF int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION {function}(a int DEFAULT {function2}(2)) RETURNS int LANGUAGE sql"
        " AS 'SELECT 1'",
        "CREATE POLICY {policy} ON {table} USING ({function}(b) > 0)",
        "ALTER TABLE {table} ADD COLUMN {column} int DEFAULT {function}()",
        "ALTER TABLE {table} ADD COLUMN {column} int GENERATED ALWAYS AS ({function}(b)) STORED",
        "CREATE DOMAIN d1 AS int DEFAULT {function}(1) CHECK ({function2}(VALUE) > 0)",
        "DROP VIEW {if}v1{tail}",
        "SELECT {function}()",
        "SELECT {function}({column}) FROM {table}",
        "SELECT {function}({column}, {column2}) FROM {table}",
        "SELECT * FROM {function}() x JOIN {table} ON true",
        "SELECT {column} FROM {table} WHERE {function}({column2}) IS NOT NULL",
        "CREATE FUNCTION {function}() RETURNS int LANGUAGE sql AS 'SELECT {column} FROM {table}'",
        "CREATE PROCEDURE {function}({arguments}) LANGUAGE sql AS 'DELETE FROM {table}'",
        "DROP FUNCTION {if}{function}{called}{tail}",
        "DROP PROCEDURE {if}{function}{called}{tail}",
        "DROP ROUTINE {if}{function}{called}",
        "ALTER FUNCTION {function}{called} RENAME TO f3",
        "ALTER FUNCTION {function}{called} SET SCHEMA {schema}",
        "ALTER FUNCTION {function}{called} STABLE",
        "ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {function}(1)",
        "ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {function}()",
        "ALTER TABLE {table} ADD CHECK ({function}({column}) > 0)",
        "CREATE INDEX ON {table} ({function}({column}))",
        "CREATE VIEW v1 AS SELECT {function}(b) AS q FROM {table}",
        "CREATE TRIGGER {trigger} BEFORE {event} ON {table}{each}{when} EXECUTE FUNCTION t()",
        "CREATE OR REPLACE TRIGGER {trigger} AFTER {event} ON {table}{each}{when}"
        " EXECUTE FUNCTION t()",
        "CREATE TRIGGER {trigger} AFTER {event} ON {table} REFERENCING NEW TABLE AS fresh{each}"
        " EXECUTE FUNCTION t()",
        "CREATE CONSTRAINT TRIGGER {trigger} AFTER {event} ON {table} DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW{when} EXECUTE FUNCTION t()",
        "CREATE TRIGGER {trigger} BEFORE {event} ON {table}{each} EXECUTE FUNCTION {function}()",
        "CREATE TRIGGER {trigger} INSTEAD OF INSERT ON {view} FOR EACH ROW EXECUTE FUNCTION t()",
        "DROP TRIGGER {if}{trigger} ON {table}{tail}",
        "ALTER TRIGGER {trigger} ON {table} RENAME TO {trigger2}",
        "ALTER TABLE {table} DISABLE TRIGGER {trigger}",
        "ALTER TABLE {table} ENABLE TRIGGER ALL",
        "ALTER TABLE {table} DROP COLUMN {column}{tail}",
        "ALTER TABLE {table} RENAME COLUMN {column} TO {column2}",
        "ALTER TABLE {table} ALTER COLUMN {column} TYPE {type}",
        "DROP FUNCTION t(){tail}",
        "DROP TABLE {table}{tail}",
        "DROP TYPE mood{tail}",
        "COMMENT ON FUNCTION {function}{called} IS {said}",
        "COMMENT ON TRIGGER {trigger} ON {table} IS {said}",
        "GRANT {right} ON FUNCTION {function}{called} TO {role}",
        "SELECT {function}(1)",
        "SELECT {function}('x')",
    ),
)  # fmt: skip

VIEWS = Theme(
    PLAIN + "; CREATE VIEW v1 AS SELECT id, a, b FROM t1; CREATE MATERIALIZED VIEW m1 AS"
    " SELECT id, a FROM t1",
    (
        "CREATE VIEW {view} AS SELECT * FROM {relation}",
        "CREATE OR REPLACE VIEW {view} AS SELECT id, {column} FROM {relation}",
        "CREATE OR REPLACE VIEW {view} AS SELECT id, a, b, {column} AS more FROM {relation}",
        "CREATE OR REPLACE VIEW {view} (x, y) AS SELECT {column}, {column2} FROM {relation}",
        "CREATE VIEW {view} WITH (security_invoker = true) AS SELECT o.*, p.id AS pid"
        " FROM {relation} o LEFT JOIN {relation2} p ON p.{column} = o.{column2}",
        "CREATE VIEW {view} AS SELECT {column}, count(*) AS n FROM {relation} GROUP BY {column}",
        "CREATE VIEW {view} AS SELECT {column} FROM {relation} UNION ALL SELECT {column2} FROM"
        " {relation2}",
        "CREATE VIEW {view} AS SELECT {column} FROM {relation} UNION SELECT {column2} FROM"
        " {relation2}",
        "CREATE VIEW {view} AS SELECT {column} AS x, 1 AS y FROM {relation} UNION ALL SELECT NULL,"
        " {column2} FROM {relation2} UNION ALL SELECT {column3}, 2 FROM {relation3}",
        "CREATE VIEW {view} AS SELECT {column} FROM {relation} EXCEPT SELECT NULL",
        "GRANT {right} ON {relation} TO {role}",
        "CREATE MATERIALIZED VIEW {view} AS SELECT {column}, id FROM {relation}",
        "CREATE MATERIALIZED VIEW IF NOT EXISTS m1 AS SELECT 1 AS id WITH NO DATA",
        "CREATE TABLE n1 AS SELECT {column}, id AS x FROM {relation}",
        "CREATE TABLE n2 AS SELECT * FROM {relation} WITH NO DATA",
        "SELECT * INTO n1 FROM {relation}",
        "DROP VIEW {if}{view}{tail}",
        "DROP MATERIALIZED VIEW {if}{view}{tail}",
        "REFRESH MATERIALIZED VIEW {view}",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY m1",
        "CREATE UNIQUE INDEX {name} ON {view} ({column})",
        "ALTER VIEW {if}{view} RENAME TO {view2}",
        "ALTER VIEW {view} RENAME COLUMN {column} TO {column2}",
        "ALTER TABLE {view} RENAME COLUMN {column} TO {column2}",
        "ALTER VIEW {view} ALTER COLUMN {column} SET DEFAULT {default}",
        "ALTER VIEW {view} SET SCHEMA {schema}",
        "ALTER VIEW {view} SET (security_barrier = true)",
        "ALTER MATERIALIZED VIEW {view} RENAME TO n2",
        "ALTER TABLE {view} ADD COLUMN {column} {type}",
        "ALTER TABLE {view} DROP COLUMN {column}",
        "ALTER TABLE {view} ALTER COLUMN {column} SET NOT NULL",
        "ALTER TABLE {view} ADD UNIQUE ({column})",
        "ALTER TABLE {table} ALTER COLUMN {column} TYPE {type}",
        "ALTER TABLE {table} RENAME COLUMN {column} TO {column2}",
        "ALTER TABLE {table} DROP COLUMN {column}{tail}",
        "ALTER TABLE {table} ADD COLUMN {column} {type}",
        "ALTER TABLE {table} RENAME TO {view}",
        "ALTER TABLE {table} DROP CONSTRAINT t1_pkey{tail}",
        "DROP TABLE {if}{relation}{tail}",
        "INSERT INTO {target} (id) SELECT id FROM {relation} WHERE false",
        "UPDATE {target} SET {column} = NULL WHERE false",
        "DELETE FROM {target} WHERE {column} IS NULL",
        "CREATE RULE ru AS ON INSERT TO {relation} DO INSTEAD NOTHING",
        "DROP RULE {if}ru ON {relation}{tail}",
        "TRUNCATE {relation}",
        "COMMENT ON VIEW {view} IS {said}",
        "COMMENT ON COLUMN {relation}.{column} IS {said}",
    ),
)

# Whoever runs it is the environment's: CURRENT_USER stands in no policy, and is no owner.
POLICIES = Theme(
    PLAIN + "; CREATE FUNCTION f1() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';"
    " CREATE POLICY po1 ON t1 USING (a = 'x')",
    (
        "CREATE POLICY {policy} ON {table}{command} TO {somebody} USING ({column} IS NOT NULL)",
        "CREATE POLICY {policy} ON {table}{command} WITH CHECK (({column} = f1()))",
        "CREATE POLICY {policy} ON {table} AS RESTRICTIVE{command} USING (id IN (SELECT {column}"
        " FROM {table2} o WHERE o.{column2} IS NOT NULL))",
        "CREATE POLICY {policy} ON {relation} USING (EXISTS (SELECT 1 FROM {table} o"
        " WHERE o.id = {relation}.id))",
        "CREATE POLICY {policy} ON {table} USING ({column} = {column2}) WITH CHECK (true)",
        "CREATE POLICY {policy} ON {table} USING ({column}::text = current_user)",
        "CREATE POLICY {policy} ON {table} USING (current_setting('x.y', true) = {column}::text)",
        "ALTER POLICY {policy} ON {table} USING ({column} IS NULL)",
        "ALTER POLICY {policy} ON {table} TO {somebody} WITH CHECK ({column} = 1)",
        "ALTER POLICY {policy} ON {table} RENAME TO {policy2}",
        "DROP POLICY {if}{policy} ON {table}",
        "ALTER TABLE {relation} ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE {relation} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        "ALTER TABLE {table} RENAME COLUMN {column} TO {column2}",
        "ALTER TABLE {table} ALTER COLUMN {column} TYPE {type}",
        "ALTER TABLE {table} DROP COLUMN {column}{tail}",
        "ALTER TABLE {table} RENAME TO {name}",
        "ALTER TABLE {table} SET SCHEMA {schema}",
        "DROP TABLE {if}{table}{tail}",
        "DROP FUNCTION f1(){tail}",
        "ALTER FUNCTION f1() RENAME TO f2",
        "GRANT {right} ON {relation} TO {role}",
        "GRANT SELECT ({column}, {column2}), UPDATE ({column3}) ON {relation} TO {role}",
        "REVOKE SELECT ({column}) ON {relation} FROM {role}",
        "GRANT USAGE, CREATE ON SCHEMA {place} TO {role}",
        "REVOKE CREATE ON SCHEMA {place} FROM {role}",
        "ALTER SCHEMA {place} RENAME TO {place2}",
        "ALTER VIEW {view} RENAME TO {view2}",
        "ALTER FUNCTION f1() SET SCHEMA {schema}",
        "DROP VIEW {if}{view}{tail}",
        "REVOKE {right} ON TABLE {table} FROM {role}",
        "GRANT {right} ON ALL TABLES IN SCHEMA {schema} TO {role}",
        "GRANT USAGE ON SCHEMA app TO {role}",
        "GRANT USAGE ON TYPE {enum} TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO nobody_there",
        "COMMENT ON POLICY {policy} ON {table} IS {said}",
        "ALTER TABLE {relation} OWNER TO nobody_there",
    ),
)

BLOCKS = Theme(
    PLAIN,
    (
        "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = '{enum}') THEN"
        " CREATE TYPE {enum} AS ENUM ('x'); END IF; END $$",
        "DO $$ BEGIN CREATE TYPE {enum} AS ENUM ('x'); EXCEPTION WHEN duplicate_object THEN null;"
        " END $$",
        "DO $$ BEGIN ALTER TABLE {table} ADD COLUMN {column} {type}; EXCEPTION WHEN"
        " duplicate_column THEN ALTER TABLE {table} ADD CHECK ({column} IS NOT NULL); END $$",
        "DO $$ BEGIN ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE ({column}); EXCEPTION WHEN"
        " duplicate_object OR duplicate_table THEN RAISE NOTICE 'there'; END $$",
        "DO $$ BEGIN DROP TABLE {table}; EXCEPTION WHEN OTHERS THEN DROP TABLE {table} CASCADE;"
        " END $$",
        "DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't1'"
        " AND column_name = 'a') THEN ALTER TABLE t1 RENAME COLUMN a TO {column}; END IF; END $$",
        "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{name}') THEN"
        " ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL); END IF; END $$",
        "DO $$ BEGIN IF to_regclass('{relation}') IS NULL THEN CREATE TABLE {table} (id int);"
        " ELSE COMMENT ON TABLE {table} IS 'there'; END IF; END $$",
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT tablename FROM pg_tables WHERE schemaname ="
        " '{schema}' LOOP EXECUTE format('ALTER TABLE {schema}.%I ENABLE ROW LEVEL SECURITY',"
        " r.tablename); END LOOP; END $$",
        "DO $$ DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['t1', 't2'] LOOP EXECUTE"
        " 'ALTER TABLE ' || quote_ident(t) || ' ADD COLUMN {column} {type}'; END LOOP; END $$",
        "DO $$ DECLARE c record; BEGIN FOR c IN SELECT conname FROM pg_constraint WHERE conrelid ="
        " 't1'::regclass AND contype = 'c' LOOP EXECUTE 'ALTER TABLE t1 DROP CONSTRAINT ' ||"
        " quote_ident(c.conname); END LOOP; END $$",
        "DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM pg_indexes WHERE tablename = 't1';"
        " IF n > 1 THEN CREATE INDEX ON t1 ({column}); ELSIF n = 1 THEN CREATE INDEX {name} ON"
        " t1 ({column}); END IF; END $$",
        "DO $$ BEGIN PERFORM 1 FROM pg_policies WHERE policyname = '{policy}'; IF NOT FOUND THEN"
        " CREATE POLICY {policy} ON t1 USING ({column} IS NULL); END IF; END $$",
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_views WHERE viewname = 'v1') THEN DROP VIEW v1;"
        " END IF; CREATE VIEW v1 AS SELECT {column} FROM {table}; END $$",
        "DO $$ BEGIN EXECUTE 'CREATE INDEX {name} ON {table} ({column})'; RAISE EXCEPTION 'no'"
        " USING ERRCODE = '22000'; END $$",
        "DO $$ BEGIN IF (SELECT data_type FROM information_schema.columns WHERE table_schema ="
        " 'public' AND table_name = 't1' AND column_name = '{column}') = 'text' THEN ALTER TABLE"
        " t1 ALTER COLUMN {column} TYPE varchar(9); END IF; END $$",
        "DO $$ BEGIN ALTER TABLE {table} DROP CONSTRAINT {name}; EXCEPTION WHEN undefined_object"
        " THEN NULL; WHEN undefined_table THEN RAISE; END $$",
        "CREATE OR REPLACE FUNCTION {function}() RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
        " ALTER TABLE {table} ADD COLUMN {column} {type}; END $$; SELECT {function}()",
        "SET search_path = app, public; CREATE TABLE t1 (id {type}); CREATE INDEX ON t2 ({column});"
        " RESET search_path",
        "SET search_path = {schema}; ALTER TABLE t1 ADD COLUMN {column} mood; RESET search_path",
        "CREATE SCHEMA IF NOT EXISTS {schema}",
        "CREATE SCHEMA {schema} CREATE TABLE t1 (id int PRIMARY KEY) CREATE VIEW v1 AS SELECT id"
        " FROM t1",
        "ALTER SCHEMA app RENAME TO {schema}",
        "DROP SCHEMA {if}{schema}{tail}",
        "CREATE TEMP TABLE t1 (x int); CREATE INDEX ON t1 (x); DROP TABLE t1",
        "ALTER TABLE {table} SET SCHEMA {schema}",
        "ALTER TYPE {enum} SET SCHEMA {schema}",
        "ALTER TABLE {table} ADD COLUMN {column} {type}",
        "ALTER TABLE {table} DROP COLUMN {column}{tail}",
        "ALTER TABLE {table} RENAME COLUMN {column} TO {column2}",
        "CREATE TABLE IF NOT EXISTS {table} (id int, {column} {type})",
        "CREATE INDEX IF NOT EXISTS {name} ON {table} ({column})",
        "DROP TABLE {if}{table}{tail}",
        "COMMENT ON SCHEMA {schema} IS {said}",
    ),
)  # fmt: skip

THEMES = (PARTITIONS, HEIRS, TYPES, SEQUENCES, KEYS, PROGRAMS, VIEWS, POLICIES, BLOCKS)
