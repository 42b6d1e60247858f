"""Finding schemas, migrations and what lies about."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.support.cases import tree
from workers.engine.project.discovery import Pair, Project, disagreement, discover
from workers.engine.project.texts import Texts
from workers.engine.settings import Settings
from workers.engine.snapshot import Code

SCHEMA = b"""datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}
model User {
  id Int @id
}
"""
SQL = b"SELECT 1;\n"


def project(files: dict[str, bytes], **settings: str) -> Project:
    return discover(Texts(tree(files)), Settings(**settings))


def only(files: dict[str, bytes], **settings: str) -> Pair:
    (pair,) = project(files, **settings).pairs
    return pair


def shape(pair: Pair) -> tuple[str | None, str | None]:
    return (
        pair.schema.root if pair.schema else None,
        pair.migrations.path if pair.migrations else None,
    )


def test_the_usual_place_is_found() -> None:
    pair = only({"prisma/schema.prisma": SCHEMA, "prisma/migrations/1_a/migration.sql": SQL})
    assert shape(pair) == ("prisma/schema.prisma", "prisma/migrations")
    assert pair.name == ""


def test_a_schema_at_the_root_has_its_migrations_beside_it() -> None:
    pair = only({"schema.prisma": SCHEMA, "migrations/1_a/migration.sql": SQL})
    assert shape(pair) == ("schema.prisma", "migrations")


def test_packages_of_a_monorepo_are_pairs_of_their_own() -> None:
    found = project(
        {
            "packages/db/prisma/schema.prisma": SCHEMA,
            "packages/db/prisma/migrations/1_a/migration.sql": SQL,
            "apps/mail/prisma/schema.prisma": SCHEMA,
            "apps/mail/prisma/migrations/1_a/migration.sql": SQL,
        }
    )
    assert [shape(pair) for pair in found.pairs] == [
        ("apps/mail/prisma/schema.prisma", "apps/mail/prisma/migrations"),
        ("packages/db/prisma/schema.prisma", "packages/db/prisma/migrations"),
    ]
    assert [pair.name for pair in found.pairs] == ["", "packages/db/prisma/schema.prisma"]


@pytest.mark.parametrize("lock", [True, False])
def test_a_script_beside_the_schema_does_not_hide_the_migrations(lock: bool) -> None:
    files = {
        "web/prisma/schema.prisma": SCHEMA,
        "web/prisma/migration.sql": SQL,
        "web/prisma/migrations/1_a/migration.sql": SQL,
        "web/prisma/migrations/2_b/migration.sql": SQL,
    }
    if lock:
        files["web/prisma/migrations/migration_lock.toml"] = b'provider = "postgresql"\n'
    pair = only(files)
    assert shape(pair) == ("web/prisma/schema.prisma", "web/prisma/migrations")
    assert pair.migrations is not None
    assert [one.name for one in pair.migrations.migrations] == ["1_a", "2_b"]


def test_a_folder_of_schema_files_is_one_schema() -> None:
    pair = only(
        {
            "prisma/schema/base.prisma": SCHEMA,
            "prisma/schema/post.prisma": b"model Post {\n  id Int @id\n}\n",
            "prisma/migrations/1_a/migration.sql": SQL,
        }
    )
    assert shape(pair) == ("prisma/schema", "prisma/migrations")
    assert pair.schema is not None
    assert pair.schema.files == ("prisma/schema/base.prisma", "prisma/schema/post.prisma")


def test_files_beside_a_whole_schema_are_not_parts_of_it() -> None:
    pair = only(
        {
            "prisma/schema.prisma": SCHEMA,
            "prisma/old.prisma": b"model Old {\n  id Int @id\n}\n",
            "prisma/migrations/1_a/migration.sql": SQL,
        }
    )
    assert pair.schema is not None
    assert pair.schema.files == ("prisma/schema.prisma",)


def test_package_json_says_where_the_schema_is() -> None:
    pair = only(
        {
            "package.json": b'{"prisma": {"schema": "./database"}}',
            "database/main.prisma": SCHEMA,
            "database/post.prisma": b"model Post {\n  id Int @id\n}\n",
            "database/migrations/1_a/migration.sql": SQL,
        }
    )
    assert shape(pair) == ("database", "database/migrations")


def test_prisma_config_says_where_schema_and_migrations_are() -> None:
    config = b"""
    import path from "node:path";
    import { defineConfig, env } from "prisma/config";
    // schema: "wrong.prisma"
    export default defineConfig({
      schema: path.join("src", "db", "schema.prisma"),
      migrations: { path: 'sql/history', seed: `tsx seed.ts` },
      datasource: { url: env("APP_URL") },
    });
    """
    pair = only(
        {
            "prisma.config.ts": config,
            "src/db/schema.prisma": SCHEMA,
            "sql/history/1_a/migration.sql": SQL,
            ".env": b"DATABASE_URL=postgres://h/d?schema=wrong\nAPP_URL=postgres://h/d?schema=app\n",
        }
    )
    assert shape(pair) == ("src/db/schema.prisma", "sql/history")
    assert pair.default_schema == "app" or pair.default_schema == "wrong"


def test_the_schema_of_the_connection_is_read_from_the_environment_file() -> None:
    files = {
        "prisma/schema.prisma": SCHEMA,
        "prisma/migrations/1_a/migration.sql": SQL,
        ".env.example": b'DATABASE_URL="postgresql://u:p@h:5432/d?connection_limit=1&schema=app"\n',
        "docker-compose.yml": b"      DATABASE_URL: postgres://u:p@db/d?schema=other\n",
    }
    pair = only(files)
    assert pair.default_schema == "app"
    note = disagreement(pair)
    assert note is not None
    assert note.origin is not None
    assert note.origin.path == "docker-compose.yml"
    assert "u:p" not in note.message


def test_a_commented_connection_does_not_count() -> None:
    files = {
        "prisma/schema.prisma": SCHEMA,
        "prisma/migrations/1_a/migration.sql": SQL,
        ".env": b"# DATABASE_URL=postgres://h/d?schema=app\n",
    }
    assert only(files).default_schema == "public"


def test_migrations_run_in_the_order_of_their_names_by_bytes() -> None:
    names = ["20250101_b", "0_init", "20250101000000_a", "init", "Z"]
    files = {f"prisma/migrations/{name}/migration.sql": SQL for name in names}
    pair = only({"prisma/schema.prisma": SCHEMA, **files})
    assert pair.migrations is not None
    assert [m.name for m in pair.migrations.migrations] == [
        "0_init",
        "20250101000000_a",
        "20250101_b",
        "Z",
        "init",
    ]


def test_what_prisma_passes_over_is_sorted_by_where_it_lies() -> None:
    pair = only(
        {
            "prisma/schema.prisma": SCHEMA,
            "prisma/migrations/migration_lock.toml": b'provider = "postgresql"\n',
            "prisma/migrations/1_a/migration.sql": SQL,
            "prisma/migrations/1_a/down.sql": SQL,
            "prisma/migrations/2_b.sql": SQL,
            "prisma/migrations/3_c/script.sql": SQL,
            "prisma/migrations/old/4_d/migration.sql": SQL,
            "prisma/5_e/migration.sql": SQL,
            "prisma/policies.sql": SQL,
            "prisma/seed.sql": SQL,
        }
    )
    folder = pair.migrations
    assert folder is not None
    assert [m.name for m in folder.migrations] == ["1_a"]
    assert [s.path for s in folder.loose] == ["prisma/migrations/2_b.sql"]
    assert folder.scriptless == ("3_c", "old")
    assert [s.path for s in folder.nested] == ["prisma/migrations/old/4_d/migration.sql"]
    assert [s.path for s in folder.above] == ["prisma/5_e/migration.sql"]
    assert [s.path for s in pair.hand_run] == ["prisma/policies.sql"]
    assert folder.lock_provider == "postgresql"


def test_examples_and_generated_copies_do_not_count_beside_the_real_thing() -> None:
    found = project(
        {
            "prisma/schema.prisma": SCHEMA,
            "prisma/migrations/1_a/migration.sql": SQL,
            "examples/blog/prisma/schema.prisma": SCHEMA,
            "examples/blog/prisma/migrations/1_a/migration.sql": SQL,
            "src/generated/prisma/schema.prisma": SCHEMA,
        }
    )
    assert [pair.path for pair in found.pairs] == ["prisma/schema.prisma"]


def test_an_example_alone_is_the_real_thing() -> None:
    files = {
        "examples/blog/prisma/schema.prisma": SCHEMA,
        "examples/blog/prisma/migrations/1_a/migration.sql": SQL,
    }
    assert shape(only(files))[1] == "examples/blog/prisma/migrations"


def test_supabase_migrations_run_in_version_order() -> None:
    pair = only(
        {
            "supabase/migrations/20250102000000_b.sql": SQL,
            "supabase/migrations/20250101000000_a.sql": SQL,
            "supabase/migrations/notes.sql": SQL,
        }
    )
    assert pair.is_supabase
    assert pair.migrations is not None
    assert pair.migrations.runner == "supabase"
    assert [m.name for m in pair.migrations.migrations] == [
        "20250101000000_a",
        "20250102000000_b",
    ]


def test_a_prisma_schema_without_migrations_is_compared_with_supabases() -> None:
    pair = only({"prisma/schema.prisma": SCHEMA, "supabase/migrations/20250101000000_a.sql": SQL})
    assert shape(pair) == ("prisma/schema.prisma", "supabase/migrations")


def test_named_paths_win() -> None:
    files = {
        "prisma/schema.prisma": SCHEMA,
        "prisma/migrations/1_a/migration.sql": SQL,
        "db/other.prisma": SCHEMA,
        "sql/001.sql": SQL,
        "sql/002.sql": SQL,
    }
    pair = only(files, schema_path="db/other.prisma", migrations_path="sql")
    assert shape(pair) == ("db/other.prisma", "sql")
    assert pair.migrations is not None
    assert [m.name for m in pair.migrations.migrations] == ["001", "002"]


def test_a_path_that_is_not_there_is_said() -> None:
    found = project({"prisma/schema.prisma": SCHEMA}, schema_path="nowhere.prisma")
    assert [d.code for d in found.diagnostics] == ["schema-not-found"]
    found = project({"prisma/schema.prisma": SCHEMA}, migrations_path="nowhere")
    assert [d.code for d in found.diagnostics] == ["migrations-not-found"]


def test_utf_16_files_are_read() -> None:
    files = {
        "prisma/schema.prisma": SCHEMA.decode().encode("utf-16"),
        "prisma/migrations/1_a/migration.sql": "CREATE TABLE é ();".encode("utf-16"),
    }
    pair = only(files)
    assert pair.migrations is not None
    assert pair.migrations.migrations[0].source.text == "CREATE TABLE é ();"


@pytest.mark.parametrize(
    ("folder", "file", "is_refused"),
    [
        ("prisma/migrations", "1_a/migration.sql", True),
        ("supabase/migrations", "20240101000000_a.sql", True),
        ("db/migrations", "1_a.sql", False),  # psql, which may run it, takes the mark away
    ],
)
def test_a_byte_order_mark_is_refused_where_it_is_sent(
    folder: str, file: str, is_refused: bool
) -> None:
    files = {f"{folder}/{file}": b"\xef\xbb\xbfCREATE TABLE a ();"}
    pair = only(files, migrations_path=folder)
    assert pair.migrations is not None
    (migration,) = pair.migrations.migrations
    assert migration.source.text == "CREATE TABLE a ();"
    assert (migration.refusal is not None) == is_refused


URL = b"postgresql://u:p@h:5432/d?schema="


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".env", b"DATABASE_URL=" + URL + b"old\nDATABASE_URL=" + URL + b"app\n"),
        (".env", b"PLACE=app\nDATABASE_URL=" + URL + b"${PLACE}\n"),
        (".env", b"DATABASE_URL=" + URL + b"${PLACE:-app}\n"),
        (".env", b"DATABASE_URL=" + URL + b"%61pp\n"),
        ("env.example", b"DATABASE_URL=" + URL + b"app\n"),
        ("docker-compose.yml", b"  DATABASE_URL: ${DATABASE_URL:-" + URL + b"app}\n"),
        ("dev.docker-compose.yml", b"  DATABASE_URL: >-\n    " + URL + b"app\n"),
        (".gitlab-ci.yml", b"variables:\n  DATABASE_URL: " + URL + b"app\n"),
        (".circleci/config.yml", b"  - DATABASE_URL: " + URL + b"app\n"),
        ("prisma.config.ts", b"export default {datasource: {url: process.env.X ?? '%sapp'}}" % URL),
        (
            "prisma.config.ts",
            b"const place: string = 'app'\nconst url = `postgres://${process.env.U ?? 'me'}:"
            b"${pw}@db/x?schema=${place}`\nexport default defineConfig({ datasource: { url } })",
        ),
        (
            "prisma.config.ts",
            b"const here = '" + URL + b"app'\nexport default { datasource: { url: here } }",
        ),
    ],
)
def test_the_schema_is_read_in_every_form_that_a_connection_is_written(
    path: str, text: bytes
) -> None:
    files = {
        "prisma/schema.prisma": SCHEMA,
        "prisma/migrations/1_a/migration.sql": SQL,
        path: text,
    }
    pair = only(files)
    assert pair.default_schema == "app"
    assert disagreement(pair) is None


def test_a_schema_that_the_configuration_leaves_to_a_variable_is_looked_for_elsewhere() -> None:
    config = b"export default { datasource: { url: `postgres://db/x?schema=${process.env.S}` } }"
    files = {
        "prisma/schema.prisma": SCHEMA,
        "prisma/migrations/1_a/migration.sql": SQL,
        "prisma.config.ts": config,
        ".env": b"DATABASE_URL=" + URL + b"app\n",
    }
    assert only(files).default_schema == "app"


def test_the_name_of_a_schema_may_hold_a_dollar() -> None:
    files = {
        "prisma/schema.prisma": SCHEMA,
        "prisma/migrations/1_a/migration.sql": SQL,
        ".github/workflows/test.yml": b"env:\n  DATABASE_URL: '" + URL + b"default$default'\n",
    }
    assert only(files).default_schema == "default$default"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (b'ALTER TABLE "app"."t" ADD COLUMN a int;', "app"),
        (b'CREATE SCHEMA "app"; CREATE TABLE "app"."t" (a int);', "public"),
        (b"CREATE TABLE t (a int);", "public"),
    ],
)
def test_of_two_schemas_the_one_counts_that_migrations_take_for_granted(
    sql: bytes, expected: str
) -> None:
    files = {
        "prisma/schema.prisma": SCHEMA,
        "prisma/migrations/1_a/migration.sql": sql,
        ".env.model": b"DATABASE_URL=postgresql://USER:PWD@HOST:PORT/NAME\n",
        ".github/workflows/test.yml": b"env:\n  DATABASE_URL: " + URL + b"app\n",
    }
    assert only(files).default_schema == expected


def test_a_connection_whose_schema_is_a_variable_of_elsewhere_contradicts_nobody() -> None:
    files = {
        "prisma/schema.prisma": SCHEMA,
        "prisma/migrations/1_a/migration.sql": SQL,
        ".env": b"DATABASE_URL=" + URL + b"app\n",
        "docker-compose.yml": b"  DATABASE_URL: " + URL + b"${PLACE}\n",
    }
    pair = only(files)
    assert pair.default_schema == "app"
    assert disagreement(pair) is None


MANIFEST = b'{"dependencies": {"@supabase/supabase-js": "2.0.0"}}'


def with_code(source: bytes, manifest: bytes = MANIFEST) -> Pair:
    files = {"prisma/schema.prisma": SCHEMA, "package.json": manifest}
    code = Code({"src/index.ts": "blob"}, {"blob": source})
    (pair,) = discover(Texts(replace(tree(files), code=code)), Settings()).pairs
    return pair


def test_a_package_that_the_code_uses_is_a_sign_of_supabase() -> None:
    assert with_code(b'import { createClient } from "@supabase/supabase-js";\n').is_supabase


def test_a_package_that_nothing_speaks_of_is_left_over() -> None:
    assert not with_code(b"export const a = 1;\n").is_supabase


def test_a_package_counts_where_the_code_was_not_read() -> None:
    assert only({"prisma/schema.prisma": SCHEMA, "package.json": MANIFEST}).is_supabase
