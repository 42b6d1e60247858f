"""Repairs for MySQL, carried out by MariaDB on tables that hold rows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from tests.support.cases import tree
from tests.support.drift_cases import Case
from tests.support.mariadb import MariaDb, running_mariadb, why_no_mariadb
from tests.support.mysql_cases import COLUMNS, OTHERS
from tests.support.mysql_rows import REFUSED_FOR_ROWS, held, rows_for
from tests.support.pulled_apart import World, pairs
from tests.support.sides import schema_text, told
from workers.engine.compare.changes import ColumnExtra, ColumnRenamed, Comparison
from workers.engine.compare.differ import compare
from workers.engine.repair.proposal import Proposal, Wish
from workers.engine.repair.propose import propose
from workers.engine.schema.catalogue import to_catalogue
from workers.engine.schema.model import Schema
from workers.engine.settings import Settings
from workers.engine.side import read_side
from workers.engine.snapshot import Snapshot, Tree
from workers.engine.sql.generic import queries

INIT = "prisma/migrations/20250101000000_init/migration.sql"
EXAMPLES = int(os.environ.get("DRIFTLINE_REPAIR_EXAMPLES", "12"))
WISH, SETTINGS = Wish("20300101000000", "migration"), Settings()
NEVER_SATISFIED = ("@db.DateTime over", 'dbgenerated("CURRENT')
"""What Prisma writes anew in every migration."""
CASES = [
    case
    for case in (*COLUMNS, *OTHERS)
    if case.changes and not any(text in case.name for text in NEVER_SATISFIED)
]
needs_mariadb = pytest.mark.skipif(why_no_mariadb() is not None, reason=str(why_no_mariadb()))


def project(models: str, *scripts: str) -> Tree:
    schema = schema_text(models).replace("postgresql", "mysql")
    files = {
        "prisma/schema.prisma": schema,
        "prisma/migrations/migration_lock.toml": 'provider = "mysql"\n',
    }
    for at, sql in enumerate(scripts):
        files[INIT.replace("000000_init", f"00000{at}_init")] = sql
    return tree({path: text.encode() for path, text in files.items()})


def repaired(models: str, *scripts: str) -> Proposal:
    (found,) = propose(Snapshot(project(models, *scripts)), wish=WISH)
    assert found.refusal == ""
    return found


def ups(found: Proposal) -> list[str]:
    return [file.text for file in found.files if not file.is_way_back]


def down(found: Proposal) -> str:
    (text,) = (file.text for file in found.files if file.is_way_back)
    return text


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDb]:
    with running_mariadb() as started:
        yield started


def tables(schema: Schema) -> dict[str, object]:
    found: dict[str, object] = to_catalogue(schema)["tables"]
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_repair_ends_the_differences_by_our_own_replay(case: Case) -> None:
    found = repaired(case.models, case.sql)
    (context,) = read_side(project(case.models, case.sql, *ups(found)), SETTINGS).contexts
    assert context.comparison.changes == ()
    assert context.replay.failures == []


@pytest.mark.parametrize(
    ("models", "sql", "wanted"),
    [
        ("a String", "`a` TEXT NULL", "a String? @db.Text"),
        ("a String", "`a` INTEGER UNSIGNED NOT NULL", "a Int @db.UnsignedInt"),
        ("a Int", "`a` DECIMAL(10, 2) NOT NULL", "a Decimal @db.Decimal(10, 2)"),
        ("a DateTime", "`a` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)", "@default(now())"),
        ("a Boolean", "`a` BOOLEAN NOT NULL DEFAULT true", "@default(true)"),
        ("a String", "`a` VARCHAR(191) NOT NULL DEFAULT 'it''s'", '@default("it\'s")'),
        ("", "`other` VARCHAR(40) NULL", "other String? @db.VarChar(40)"),
    ],
)
def test_the_schema_can_follow_the_migrations(models: str, sql: str, wanted: str) -> None:
    head = project(f"model T {{\n  id Int @id\n  {models}\n}}\n", _one_column(sql))
    (found,) = propose(Snapshot(head), wish=Wish("20300101000000", "schema"))
    (edit,) = found.edits
    assert wanted in " ".join(edit.after.split())
    assert not found.files


def _one_column(sql: str) -> str:
    return f"CREATE TABLE `T` (`id` INTEGER NOT NULL, {sql}, PRIMARY KEY (`id`));"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_sqlglot_reads_every_statement(case: Case) -> None:
    for text in (*ups(repaired(case.models, case.sql)), down(repaired(case.models, case.sql))):
        if "FULLTEXT" not in text:  # of which sqlglot has no tree
            assert queries(text, "mysql")


@needs_mariadb
@pytest.mark.parametrize("case", CASES, ids=str)
def test_mariadb_carries_it_out_and_back(case: Case, server: MariaDb) -> None:
    found = repaired(case.models, case.sql)
    before, error = server.run([case.sql])
    assert error is None
    (context,) = read_side(project(case.models, case.sql, *ups(found)), SETTINGS).contexts
    after, error = server.run([case.sql, *ups(found)])
    assert error is None
    assert tables(after) == tables(context.replayed)
    back, error = server.run([case.sql, *ups(found), down(found)])
    assert error is None
    assert _shapes(back) == _shapes(before)


USER = (
    "CREATE TABLE `User` (`id` INTEGER NOT NULL AUTO_INCREMENT, {}PRIMARY KEY (`id`)) "
    "DEFAULT CHARACTER SET utf8mb4;\n"
)


@needs_mariadb
def test_a_rename_keeps_the_values(server: MariaDb) -> None:
    sql = USER.format(
        "`full_name` VARCHAR(191) NOT NULL, `city` TEXT NOT NULL, `zip` INTEGER NOT NULL, "
    )
    found = repaired(
        "model User {\n  id Int @id @default(autoincrement())\n  fullName String\n"
        '  city String @db.Text\n  zip Int\n  @@map("users")\n}\n',
        sql,
    )
    rows = "INSERT INTO `User` (`full_name`, `city`, `zip`) VALUES ('Ada', 'Paris', 7);"
    _, error = server.run([sql, rows, *ups(found)])
    assert error is None
    assert server.ask("SELECT `id`, `fullName`, `zip` FROM `users`") == ((1, "Ada", 7),)


@needs_mariadb
def test_a_required_column_comes_empty_then_filled_then_required(server: MariaDb) -> None:
    sql = USER.format("`createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), ")
    models = (
        "model User {\n  id Int @id @default(autoincrement())\n"
        "  createdAt DateTime @default(now())\n  updatedAt DateTime @updatedAt\n"
        "  token String @unique @default(uuid())\n}\n"
    )
    found = repaired(models, sql)
    rows = (
        "INSERT INTO `User` (`createdAt`) VALUES ('2024-02-03 04:05:06'), ('2024-03-03 00:00:00');"
    )
    made, error = server.run([sql, rows, *ups(found)])
    assert error is None
    kept = server.ask("SELECT `updatedAt` = `createdAt`, LENGTH(`token`) FROM `User`")
    assert kept == ((1, 36), (1, 36))
    assert all(column.not_null for table in made.tables.values() for column in table.columns)


@needs_mariadb
def test_what_only_people_know_stops_at_the_first_row_and_says_so(server: MariaDb) -> None:
    sql = USER.format("")
    found = repaired(
        "model User {\n  id Int @id @default(autoincrement())\n  city String\n}\n", sql
    )
    assert "-- TODO: give every row a value in User.city" in ups(found)[0]
    assert len(found.todos) == 1
    _, error = server.run([sql, *ups(found)])
    assert error is None
    _, error = server.run([sql, "INSERT INTO `User` VALUES ();", *ups(found)])
    assert error in REFUSED_FOR_ROWS
    assert server.ask("SELECT COUNT(*) FROM `User`") == ((1,),)


@needs_mariadb
def test_doubles_stop_a_unique_index_before_anything_is_thrown_away(server: MariaDb) -> None:
    sql = USER.format("`email` VARCHAR(191) NOT NULL, `old` TEXT NULL, ")
    models = "model User {\n  id Int @id @default(autoincrement())\n  email String @unique\n}\n"
    rows = "INSERT INTO `User` (`email`, `old`) VALUES ('a', 'x'), ('a', 'y');"
    _, error = server.run([sql, rows, *ups(repaired(models, sql))])
    assert error == 1062
    assert server.ask("SELECT `old` FROM `User`") == (("x",), ("y",))


@needs_mariadb
def test_an_enum_that_loses_a_value_stops_where_a_row_has_it(server: MariaDb) -> None:
    sql = USER.format("`role` ENUM('A', 'B', 'C') NOT NULL DEFAULT 'A', ")
    models = (
        "enum Role {\n  A\n  B\n}\nmodel User {\n  id Int @id @default(autoincrement())\n"
        "  role Role @default(B)\n}\n"
    )
    found = repaired(models, sql)
    rows = "INSERT INTO `User` (`role`) VALUES ('A'), ('B');"
    _, error = server.run([sql, rows, *ups(found)])
    assert error is None
    assert server.ask("SELECT `role` FROM `User`") == (("A",), ("B",))
    _, error = server.run([sql, "INSERT INTO `User` (`role`) VALUES ('C');", *ups(found)])
    assert error in REFUSED_FOR_ROWS


@needs_mariadb
def test_a_column_keeps_what_prisma_does_not_look_at(server: MariaDb) -> None:
    sql = USER.format(
        "`at` TIMESTAMP(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) "
        "COMMENT 'it''s \\\\ new', "
    )
    models = (
        "model User {\n  id Int @id @default(autoincrement())\n"
        "  at DateTime @default(now()) @db.Timestamp(3)\n}\n"
    )
    made, error = server.run([sql, *ups(repaired(models, sql))])
    assert error is None
    (column,) = (one for table in made.tables.values() for one in table.columns if one.name == "at")
    assert column.not_null
    assert column.comment == "it's \\ new"
    assert column.on_update == "CURRENT_TIMESTAMP(3)"


@needs_mariadb
@pytest.mark.parametrize(
    "name",
    ["a`b", 'we"ird', "it's", "a; DROP TABLE T; --", "Ünïcode näme", "select", "x\\y", "a\nb"],
)
def test_names_and_texts_change_nothing_of_what_a_statement_does(
    name: str, server: MariaDb
) -> None:
    first, second, third = (json.dumps(name + end, ensure_ascii=False) for end in ("", " n", " i"))
    head = "model T {\n  id Int @id @default(autoincrement())\n"
    models = (
        f"{head}  a String @default({first}) @map({first})\n  b Int @map({second})\n"
        f"  @@index([a], map: {third})\n}}\n"
    )
    sql = USER.replace("User", "T").format(
        "`{0} n` INTEGER NULL, `{0} o` TEXT NULL, ".format(name.replace("`", "``"))
    )
    found = repaired(models, sql)
    made, error = server.run([sql, *ups(found)])
    assert error is None
    (context,) = read_side(project(models, sql), SETTINGS).contexts
    assert told(compare(context.declaration, made)) == []
    _, error = server.run([sql, *ups(found), down(found)])
    assert error is None
    base = f"{head}  o String? @db.Text @map({json.dumps(name + ' o', ensure_ascii=False)})\n}}\n"
    (split,) = propose(Snapshot(project(models, sql), project(base, sql)), wish=WISH)
    _, error = server.run([sql, *ups(split)])
    assert error is None


def test_what_breaks_the_code_of_today_waits_in_a_file_of_its_own() -> None:
    sql = USER.format("`old` TEXT NULL, ")
    old = "model User {\n  id Int @id @default(autoincrement())\n  old String? @db.Text\n}\n"
    new = "model User {\n  id Int @id @default(autoincrement())\n  fresh String?\n}\n"
    snapshot = Snapshot(project(new, sql), project(old, sql))
    (found,) = propose(snapshot, wish=WISH)
    first, second = (file for file in found.files if not file.is_way_back)
    assert "ADD COLUMN `fresh`" in first.text
    assert "DROP COLUMN `old`" in second.text
    assert "it still reads and writes the column" in second.text
    assert (first.path.split("_")[-1], second.path.split("_")[-1]) == (
        "expand/migration.sql",
        "contract/migration.sql",
    )


@needs_mariadb
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize="DRIFTLINE_REPAIR_EXAMPLES" not in os.environ,  # asked for, other ones each time
)
@given(pairs())
def test_schemas_pulled_apart_are_brought_together(
    server: MariaDb, worlds: tuple[World, World]
) -> None:
    first = ["SELECT 1;"]
    first += ups(repaired(in_mysql(worlds[0]), *first))
    before, error = server.run(first)
    assert error is None
    found = propose(Snapshot(project(in_mysql(worlds[1]), *first)), wish=WISH)
    if not found:
        return
    assert [one.refusal for one in found] == [""]
    (context,) = read_side(project(in_mysql(worlds[1]), *first, *ups(found[0])), SETTINGS).contexts
    empty, error = server.run([*first, *ups(found[0])])
    assert error is None
    assert told(compare(context.declaration, empty)) == []
    back, error = server.run([*first, *ups(found[0]), down(found[0])])
    assert error is None
    assert _shapes(back) == _shapes(before)
    with_rows = [*first, rows_for(before)]
    _, error = server.run(with_rows)
    assert error is None
    had = held(server, before)
    full, error = server.run([*with_rows, *ups(found[0])])
    assert error is None or error in REFUSED_FOR_ROWS
    if error is None:
        assert told(compare(context.declaration, full)) == []
        (base,) = read_side(project(in_mysql(worlds[1]), *first), SETTINGS).contexts
        kept = kept_columns(base.comparison)
        has = held(server, full)
        assert all(has[new] >= had[old] for old, new in kept)


def in_mysql(world: World) -> str:
    """The models with the types that MySQL has, which knows no lists."""
    plain = tuple(
        replace(
            model,
            fields=tuple(
                replace(one, arity="" if one.arity == "[]" else one.arity) for one in model.fields
            ),
        )
        for model in world.models
    )
    text = replace(world, models=plain).text()
    for old, new in (
        ("@db.Uuid", "@db.Char(36)"),
        ("@db.Timestamptz(6)", "@db.Timestamp(6)"),
        ("dbgenerated(\"md5('a'::text)\")", "dbgenerated(\"(md5('a'))\")"),
    ):
        text = text.replace(old, new)
    return text


def kept_columns(comparison: Comparison) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """The columns, and as "*" the rows, that live on: under the old name and under the new."""
    renamed = {
        (change.replayed_table.name, change.replayed.name): change.declared.name
        for change in comparison.changes
        if isinstance(change, ColumnRenamed)
    }
    gone = {
        (change.replayed_table.name, change.replayed.name)
        for change in comparison.changes
        if isinstance(change, ColumnExtra)
    }
    for declared, there in comparison.tables:
        yield (there.name.name, "*"), (declared.name.name, "*")
        for column in there.columns:
            if (there.name, column.name) not in gone:
                name = renamed.get((there.name, column.name), column.name)
                yield (there.name.name, column.name), (declared.name.name, name)


def _shapes(schema: Schema) -> dict[str, object]:
    """The tables without the order of their columns, and without the order of their indexes."""
    return {
        str(table.name): (
            sorted(
                (one.name, one.type, one.not_null, one.default, one.identity, one.comment or "")
                for one in table.columns
            ),
            table.primary_key.columns if table.primary_key else (),
            sorted((one.name, one.keys, one.is_unique, one.method) for one in table.indexes),
            sorted(
                (one.name, one.columns, one.ref_table, one.ref_columns, one.on_delete)
                for one in table.foreign_keys
            ),
        )
        for table in schema.tables.values()
    }
