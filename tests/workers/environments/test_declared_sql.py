"""Schemas that are declared in SQL beside the database itself: as Prisma's are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Server
from tests.workers.environments.conftest import Project
from tests.workers.environments.test_supabase import PLATFORM
from workers.cli import main
from workers.output.status import render_status

NOTES = """
create table public.notes (
    id uuid primary key default gen_random_uuid(), owner uuid not null, body text
);
alter table public.notes enable row level security;
create policy "own notes" on public.notes for select using (auth.uid() = owner);
"""
TAGS = """
create table public.tags (id bigint generated always as identity primary key, name text unique);
create view public.tag_names as select name from public.tags;
"""
RECORD = "INSERT INTO supabase_migrations.schema_migrations VALUES ('{}', NULL, '{}');"


@pytest.fixture(params=["postgres18", "postgres15"])
def supabase(request: pytest.FixtureRequest) -> Iterator[Project]:
    """A hosted project that has run both its migrations, with what they make declared in SQL."""
    server: Server = request.getfixturevalue(request.param)
    files = {
        "supabase/config.toml": b'project_id = "notes"\n',
        "supabase/migrations/20260101000000_init.sql": NOTES.encode(),
        "supabase/migrations/20260201000000_tags.sql": TAGS.encode(),
        "supabase/schemas/notes.sql": NOTES.encode(),
        "supabase/schemas/tags.sql": TAGS.encode(),
    }
    with server.database() as name:
        project = Project(server, name, files)
        project.run(PLATFORM + NOTES + TAGS)
        project.run(RECORD.format("20260101000000", "init"))
        project.run(RECORD.format("20260201000000", "tags"))
        yield project


def _declare(project: Project, file: str, old: str, new: str) -> None:
    path = f"supabase/schemas/{file}.sql"
    text = project.files[path].decode()
    assert old in text
    project.files[path] = text.replace(old, new).encode()


def test_a_database_as_it_is_declared_is_told_so(supabase: Project) -> None:
    survey = supabase.survey()
    assert (survey.story.kind, survey.drift, survey.from_declared) == ("in step", (), ())


def test_what_is_declared_and_not_there_is_told_object_by_object(supabase: Project) -> None:
    _declare(supabase, "notes", "body text", "body text not null, pinned boolean")
    view = "create view public.tag_names as select name from public.tags;"
    _declare(supabase, "tags", view, "create index tags_by_name on public.tags (id, name);")
    survey = supabase.survey()
    assert survey.drift == ()
    assert sorted(survey.beside_schema) == [
        "column `public.notes.body` has NOT NULL `no` where `yes` belongs",
        "column `public.notes.pinned` is declared, and not there",
        "index `public.tags.tags_by_name` is declared, and not there",
        "view `public.tag_names` is there, and not declared",
    ]


def test_a_policy_is_compared_that_prisma_would_not_see(supabase: Project) -> None:
    _declare(supabase, "notes", "auth.uid() = owner", "true")
    (told,) = supabase.survey().beside_schema
    assert told == (
        "policy `public.notes.own notes` has USING `(auth.uid() = owner)` where `true` belongs"
    )


def test_what_is_declared_and_was_run_without_a_migration_is_told_with_its_cure(
    supabase: Project,
) -> None:
    _declare(supabase, "notes", "body text", "body text, pinned boolean")
    supabase.run("ALTER TABLE notes ADD COLUMN pinned boolean")
    survey = supabase.survey()
    assert [one.subject for one in survey.drift] == ["public.notes.pinned"]
    assert survey.from_declared == ()
    assert survey.story.kind == "changed by hand"
    assert survey.story.sentence == (
        "somebody ran what `supabase/schemas` declares, without a migration"
    )
    assert survey.story.maker_of("public.notes.pinned") == (
        "from the declared schema: `supabase/schemas` has it so, and no migration that ran there"
    )
    assert any("supabase db diff -f NAME" in line for line in survey.advice)
    assert not any("db push" in line for line in (*survey.advice, survey.story.sentence))


def test_what_neither_has_is_by_hand(supabase: Project) -> None:
    supabase.run("ALTER TABLE notes ADD COLUMN secret text")
    survey = supabase.survey()
    assert survey.story.maker_of("public.notes.secret") == (
        "by hand: neither the migrations nor `supabase/schemas` have it so"
    )
    assert [one.subject for one in survey.from_declared or ()] == ["public.notes.secret"]


def test_a_database_made_from_the_declared_files_alone_is_told_so(supabase: Project) -> None:
    _declare(supabase, "notes", "body text", "body text, pinned boolean")
    supabase.run("ALTER TABLE notes ADD pinned boolean; DROP SCHEMA supabase_migrations CASCADE")
    survey = supabase.survey()
    assert survey.story.sentence == "it was made by what `supabase/schemas` declares"


STRUCTURE = """
CREATE TABLE public.schema_migrations (version character varying NOT NULL);
CREATE TABLE public.users (id bigint NOT NULL, email text NOT NULL);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
"""
USERS = "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);"


def test_a_structure_beside_migrations_is_compared_without_the_runners_record(
    postgres15: Server,
) -> None:
    files = {
        "db/migrations/20260101000000_users.sql": USERS.encode(),
        "db/structure.sql": STRUCTURE.encode(),
    }
    with postgres15.database() as name:
        project = Project(postgres15, name, files)
        project.run(USERS)
        assert project.survey().from_declared == ()
        files["db/structure.sql"] = STRUCTURE.replace("email text", "email varchar(9)").encode()
        assert project.survey().beside_schema == (
            "column `public.users.email` has the type `text` where `character varying(9)` belongs",
        )


def test_the_status_its_json_and_the_report_say_it(
    supabase: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _declare(supabase, "notes", "body text", "body text, pinned boolean")
    assert (
        "beside the declared schema: column `public.notes.pinned` is declared, and not there"
        in render_status((supabase.survey(),))
    )
    for path, data in supabase.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    main(["status", str(tmp_path), "--database-url", supabase.url, "--format", "json"])
    (told,) = json.loads(capsys.readouterr().out)
    assert told["besideSchema"] == ["column `public.notes.pinned` is declared, and not there"]
    main(["report", str(tmp_path), "--database-url", supabase.url])
    assert "`public.notes`: 1 difference" in capsys.readouterr().out
