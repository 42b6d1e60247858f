"""A Supabase project: its own table of migrations, and a platform that makes objects by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.postgres import Server
from tests.workers.environments.conftest import Project

INIT = """
create table public.notes (id uuid primary key default gen_random_uuid(), owner uuid not null);
alter table public.notes enable row level security;
create policy "own notes" on public.notes for select using (auth.uid() = owner);
"""
TAGS = "create table public.tags (id bigint generated always as identity primary key);\n"
PLATFORM = """
CREATE SCHEMA auth; CREATE SCHEMA storage; CREATE SCHEMA extensions; CREATE SCHEMA realtime;
CREATE SCHEMA supabase_migrations;
CREATE TABLE auth.users (id uuid PRIMARY KEY, email text, made_by_platform boolean);
CREATE TABLE storage.objects (id uuid PRIMARY KEY, bucket_id text);
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE
    AS $$ SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;
CREATE TABLE supabase_migrations.schema_migrations (
    version text PRIMARY KEY, statements text[], name text);
"""


@pytest.fixture
def supabase(postgres18: Server) -> Iterator[Project]:
    """A hosted project that has run its first migration."""
    files = {
        "supabase/config.toml": b'project_id = "notes"\n',
        "supabase/migrations/20260101000000_init.sql": INIT.encode(),
        "supabase/migrations/20260201000000_tags.sql": TAGS.encode(),
    }
    with postgres18.database() as name:
        project = Project(postgres18, name, files)
        project.run(PLATFORM + INIT)
        project.run(
            "INSERT INTO supabase_migrations.schema_migrations"
            " VALUES ('20260101000000', NULL, 'init')"
        )
        yield project


def test_what_the_platform_makes_is_no_drift(supabase: Project) -> None:
    survey = supabase.survey()
    assert [str(one) for one in survey.drift] == []
    assert survey.story.kind == "behind"
    (history,) = survey.histories
    assert [migration.name for migration in history.applied] == ["20260101000000_init"]
    assert [step.outcome for step in survey.forecasts[0].steps] == ["runs"]
    assert any("supabase db push" in line for line in survey.advice)


def test_a_policy_changed_in_the_dashboard_is_drift(supabase: Project) -> None:
    supabase.run(
        'DROP POLICY "own notes" ON public.notes; CREATE POLICY everybody ON public.notes'
        " FOR SELECT USING (true)"
    )
    assert sorted(str(one) for one in supabase.survey().drift) == [
        "policy `public.notes.everybody` is there, and nothing makes it",
        "policy `public.notes.own notes` is not there",
    ]


def test_a_version_that_is_not_in_git_makes_it_diverge(supabase: Project) -> None:
    supabase.run(
        "INSERT INTO supabase_migrations.schema_migrations VALUES ('20260115000000', NULL, 'x');"
        " CREATE TABLE public.x (id int)"
    )
    survey = supabase.survey()
    assert survey.story.kind == "diverged"
    assert any("--status reverted 20260115000000" in line for line in survey.advice)


def test_an_empty_record_beside_what_migrations_make_is_none(supabase: Project) -> None:
    supabase.run("DELETE FROM supabase_migrations.schema_migrations")
    survey = supabase.survey()
    assert (survey.story.kind, survey.drift) == ("restored", ())
    assert survey.advice[1:3] == (
        "Put what it holds on record: `supabase migration repair --status applied 20260101000000`.",
        "Deploy what waits: `supabase db push` (1 to run).",
    )
