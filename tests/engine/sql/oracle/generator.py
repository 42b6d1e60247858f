"""Random DDL histories: statements over a handful of names, so that they meet each other.

Most statements are valid where they stand; those that are not must be refused by PostgreSQL and by
the replay alike.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[str]], str]

TABLES = st.sampled_from(["t1", "t2", '"T3"', "app.t1", "app.t4"])
PLAIN = st.sampled_from(["t1", "t2", '"T3"', "t5"])
COLUMNS = st.sampled_from(["id", "a", "b", "c", '"D"', "e"])
NAMES = st.sampled_from(["n1", "n2", '"N3"', "t1_pkey", "t1_a_key", "t1_a_idx", "t1_check"])
ENUMS = st.sampled_from(["mood", '"Role"', "app.kind"])
VALUES = st.sampled_from(["x", "y", "Z", "w"])
TYPES = st.sampled_from(
    ["integer", "bigint", "text", "varchar(20)", "numeric(10,2)", "boolean", "timestamp(3)",
     "timestamptz", "jsonb", "text[]", "uuid", "date", "mood", '"Role"', "app.kind", "smallint"]
)  # fmt: skip
DEFAULTS = st.sampled_from(
    ["0", "1", "-1", "'x'", "''", "true", "now()", "CURRENT_TIMESTAMP", "'{}'", "0.5",
     "gen_random_uuid()", "'2024-01-01'", "NULL", "'x'::mood", "ARRAY[]::text[]", "'5'"]
)  # fmt: skip
CHECKS = st.sampled_from(
    ["{a} IS NOT NULL", "{a} > 0", "{a} <> ''", "{a} IN ('x', 'y')",
     "{a} = {b}", "{a} > 0 OR {b} IS NULL", "{a} BETWEEN 1 AND 9", "{a} LIKE 'x%'",
     "COALESCE({a}, {b}) IS NOT NULL"]
)  # fmt: skip
TAILS = st.sampled_from(["", " CASCADE", " RESTRICT"])


@st.composite
def column(draw: st.DrawFn) -> str:
    """One column of CREATE TABLE or ADD COLUMN."""
    text = f"{draw(COLUMNS)} {draw(TYPES)}"
    if draw(st.integers(0, 3)) == 0:
        text += f" DEFAULT {draw(DEFAULTS)}"
    extra = draw(st.integers(0, 9))
    if extra == 0:
        text += " NOT NULL"
    elif extra == 1:
        text += " UNIQUE"
    elif extra == 2:
        text += f" REFERENCES {draw(TABLES)}"
    return text


@st.composite
def create_table(draw: st.DrawFn) -> str:
    """A table with a key most of the time."""
    key = draw(st.sampled_from(["id serial PRIMARY KEY", "id integer PRIMARY KEY",
                                "id text NOT NULL", "id bigint GENERATED ALWAYS AS IDENTITY",
                                "id uuid PRIMARY KEY DEFAULT gen_random_uuid()"]))  # fmt: skip
    columns = draw(st.lists(column(), min_size=1, max_size=4))
    again = draw(st.sampled_from(["", "", "IF NOT EXISTS "]))
    return f"CREATE TABLE {again}{draw(TABLES)} ({', '.join([key, *columns])})"


@st.composite
def expression(draw: st.DrawFn) -> str:
    """A condition on two columns."""
    return draw(CHECKS).format(a=draw(COLUMNS), b=draw(COLUMNS))


@st.composite
def action(draw: st.DrawFn) -> str:
    """One action of ALTER TABLE."""
    name = draw(COLUMNS)
    return draw(
        st.sampled_from(
            [
                f"ADD COLUMN {draw(column())}",
                f"ADD COLUMN {draw(column())}",
                f"DROP COLUMN {name}{draw(TAILS)}",
                f"DROP COLUMN IF EXISTS {name}",
                f"ALTER COLUMN {name} SET NOT NULL",
                f"ALTER COLUMN {name} DROP NOT NULL",
                f"ALTER COLUMN {name} SET DEFAULT {draw(DEFAULTS)}",
                f"ALTER COLUMN {name} DROP DEFAULT",
                f"ALTER COLUMN {name} TYPE {draw(TYPES)}",
                f"ALTER COLUMN {name} TYPE text",
                f"ADD CONSTRAINT {draw(NAMES)} CHECK ({draw(expression())})",
                f"ADD CHECK ({draw(expression())})",
                f"ADD UNIQUE ({name})",
                f"ADD CONSTRAINT {draw(NAMES)} UNIQUE ({name}, {draw(COLUMNS)})",
                f"ADD PRIMARY KEY ({name})",
                f"ADD FOREIGN KEY ({name}) REFERENCES {draw(TABLES)} ON DELETE CASCADE",
                f"ADD CONSTRAINT {draw(NAMES)} FOREIGN KEY ({name}) REFERENCES {draw(TABLES)} (id)",
                f"DROP CONSTRAINT {draw(NAMES)}{draw(TAILS)}",
                "ENABLE ROW LEVEL SECURITY",
                "FORCE ROW LEVEL SECURITY",
            ]
        )
    )


@st.composite
def alter_table(draw: st.DrawFn) -> str:
    """ALTER TABLE with one action or two."""
    actions = draw(st.lists(action(), min_size=1, max_size=2))
    return f"ALTER TABLE {draw(TABLES)} {', '.join(actions)}"


@st.composite
def rename(draw: st.DrawFn) -> str:
    """A rename of anything."""
    table = draw(TABLES)
    return draw(
        st.sampled_from(
            [
                f"ALTER TABLE {table} RENAME TO {draw(PLAIN)}",
                f"ALTER TABLE {table} RENAME COLUMN {draw(COLUMNS)} TO {draw(COLUMNS)}",
                f"ALTER TABLE {table} RENAME CONSTRAINT {draw(NAMES)} TO {draw(NAMES)}",
                f"ALTER INDEX {draw(NAMES)} RENAME TO {draw(NAMES)}",
                f"ALTER TABLE {table} SET SCHEMA {draw(st.sampled_from(['app', 'public']))}",
                f"ALTER TYPE {draw(ENUMS)} RENAME TO {draw(st.sampled_from(['mood', 'feeling']))}",
                f"ALTER TYPE {draw(ENUMS)} RENAME VALUE '{draw(VALUES)}' TO '{draw(VALUES)}'",
                f"ALTER VIEW {draw(NAMES)} RENAME TO {draw(NAMES)}",
            ]
        )
    )


@st.composite
def index(draw: st.DrawFn) -> str:
    """CREATE INDEX of some kind."""
    unique = draw(st.sampled_from(["", "UNIQUE "]))
    name = draw(st.one_of(st.just(""), NAMES))
    keys = draw(st.lists(COLUMNS, min_size=1, max_size=2, unique=True))
    first = draw(st.sampled_from(["{}", "{} DESC", "{} NULLS FIRST"]))
    keys[0] = first.format(keys[0])
    where = draw(st.one_of(st.just(""), expression().map(lambda text: f" WHERE {text}")))
    return f"CREATE {unique}INDEX {name} ON {draw(TABLES)} ({', '.join(keys)}){where}"


@st.composite
def other(draw: st.DrawFn) -> str:
    """Types, views, policies, drops."""
    table, name = draw(TABLES), draw(NAMES)
    return draw(
        st.sampled_from(
            [
                f"CREATE TYPE {draw(ENUMS)} AS ENUM ('{draw(VALUES)}', 'q')",
                f"ALTER TYPE {draw(ENUMS)} ADD VALUE IF NOT EXISTS '{draw(VALUES)}'",
                f"DROP TYPE {draw(ENUMS)}{draw(TAILS)}",
                f"CREATE VIEW {name} AS SELECT {draw(COLUMNS)}, id FROM {table}",
                f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM {table}",
                f"DROP VIEW {name}{draw(TAILS)}",
                f"CREATE POLICY {name} ON {table} USING ({draw(expression())})",
                f"DROP POLICY {name} ON {table}",
                f"DROP TABLE {table}{draw(TAILS)}",
                f"DROP INDEX {name}{draw(TAILS)}",
                f"CREATE SEQUENCE {name}",
                f"COMMENT ON TABLE {table} IS 'said'",
            ]
        )
    )


GROUND = (
    "CREATE SCHEMA app; CREATE TYPE mood AS ENUM ('x', 'y'); CREATE TYPE \"Role\" AS ENUM ('x');"
    " CREATE TYPE app.kind AS ENUM ('y', 'x')"
)


@st.composite
def history(draw: st.DrawFn) -> list[str]:
    """A history: its migrations, each a statement or two."""
    tables = draw(st.lists(create_table(), min_size=2, max_size=4))
    more = draw(
        st.lists(
            st.one_of(alter_table(), alter_table(), rename(), index(), other(), create_table()),
            min_size=3,
            max_size=14,
        )
    )
    return [GROUND, *tables, *more]
