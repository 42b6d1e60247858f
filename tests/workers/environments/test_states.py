"""Each state that a database can be in, on real servers."""

from __future__ import annotations

import psycopg
import pytest

from tests.workers.environments.conftest import MIGRATIONS, Project, record

LAST = "20260301000000_name"


def test_a_database_that_ran_all_migrations_is_in_step(project: Project) -> None:
    project.deploy()
    survey = project.survey()
    assert (survey.story.kind, survey.drift, survey.from_declared) == ("in step", (), ())
    assert survey.advice == ()
    assert survey.forecasts[0].will_succeed


def test_a_database_that_waits_for_a_migration_is_behind(project: Project) -> None:
    project.deploy(2)
    survey = project.survey()
    assert survey.story.kind == "behind"
    assert survey.drift == ()
    assert [(step.migration.name, step.outcome) for step in survey.forecasts[0].steps] == [
        (LAST, "runs")
    ]


def test_what_db_push_made_ahead_of_its_migration_fails_the_deployment(project: Project) -> None:
    project.deploy(2)
    project.run('ALTER TABLE "User" ADD COLUMN "name" TEXT')
    survey = project.survey()
    assert survey.story.kind == "db push"
    assert [str(one) for one in survey.drift] == [
        "column `public.User.name` is there, and nothing makes it"
    ]
    failing = survey.forecasts[0].failing
    assert failing is not None
    assert failing.failure is not None
    assert failing.failure.sqlstate == "42701"
    # PostgreSQL says the same when it is tried.
    with pytest.raises(psycopg.errors.DuplicateColumn):
        project.run(MIGRATIONS[LAST])


def test_what_nobody_declares_was_made_by_hand(project: Project) -> None:
    project.deploy()
    project.run(
        'ALTER TABLE "User" ADD COLUMN note text; DROP INDEX "Post_userId_idx";'
        ' ALTER TABLE "User" ALTER COLUMN email TYPE varchar(99);'
        ' CREATE TABLE backup AS SELECT * FROM "User"; ALTER TYPE "Role" ADD VALUE \'GUEST\''
    )
    survey = project.survey()
    assert survey.story.kind == "changed by hand"
    assert sorted(str(one) for one in survey.drift) == [
        "column `public.User.email` has the type `character varying(99)` where `text` belongs",
        "column `public.User.note` is there, and nothing makes it",
        "enum `public.Role` has the values `USER, ADMIN, GUEST` where `USER, ADMIN` belongs",
        "index `public.Post.Post_userId_idx` is not there",
        "table `public.backup` is there, and nothing makes it",
    ]
    assert all("by hand" in survey.story.maker_of(one.subject) for one in survey.drift)


def test_policies_checks_views_functions_and_triggers_count(project: Project) -> None:
    project.deploy()
    project.run(
        'ALTER TABLE "Post" ENABLE ROW LEVEL SECURITY;'
        ' CREATE POLICY own ON "Post" USING ("userId" = 1);'
        ' ALTER TABLE "Post" ADD CONSTRAINT positive CHECK (id > 0);'
        ' CREATE VIEW authors AS SELECT "userId" FROM "Post";'
        " CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    )
    found = {(one.kind, one.what, one.subject) for one in project.survey().drift}
    assert found == {
        ("different", "table", "public.Post"),
        ("extra", "policy", "public.Post.own"),
        ("extra", "check constraint", "public.Post.positive"),
        ("extra", "view", "public.authors"),
        ("extra", "function", "public.one()"),
    }


def test_a_migration_that_is_not_in_git_makes_it_diverge(project: Project) -> None:
    project.deploy()
    project.run(
        "INSERT INTO _prisma_migrations VALUES ('x', 'y', now(), '20260401000000_experiment',"
        " NULL, NULL, now(), 1); CREATE TABLE experiment (id int)"
    )
    survey = project.survey()
    assert survey.story.kind == "diverged"
    assert survey.histories[0].foreign == ("20260401000000_experiment",)
    assert "20260401000000_experiment" in survey.story.maker_of("public.experiment")


def test_an_edited_migration_is_known_by_its_checksum(project: Project) -> None:
    project.deploy()
    path = f"prisma/migrations/{LAST}/migration.sql"
    assert project.survey().histories[0].edited == ()
    project.files[path] = project.files[path].replace(b"\n", b"\r\n")
    assert project.survey().histories[0].edited == ()
    project.files[path] += b"\n-- changed\n"
    assert project.survey().histories[0].edited == (LAST,)


def test_a_failed_migration_blocks_and_a_mended_one_does_not(project: Project) -> None:
    project.deploy(2)
    project.run(
        "INSERT INTO _prisma_migrations VALUES ('x', 'y', NULL, '20260301000000_name', 'log',"
        " NULL, now(), 0)"
    )
    survey = project.survey()
    assert survey.histories[0].failed == (LAST,)
    assert "P3009" in survey.forecasts[0].blocked
    assert [step.outcome for step in survey.forecasts[0].steps] == ["not reached"]
    project.run("UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = 'x'")
    survey = project.survey()
    assert survey.histories[0].rolled_back == (LAST,)
    assert survey.forecasts[0].blocked == ""
    assert survey.forecasts[0].will_succeed


def test_a_database_restored_without_its_record(project: Project) -> None:
    project.deploy()
    project.run("DROP TABLE _prisma_migrations")
    survey = project.survey()
    assert survey.story.kind == "restored"
    assert "P3005" in survey.forecasts[0].blocked


def test_a_database_that_db_push_made(project: Project) -> None:
    project.deploy(2)
    path = f"prisma/migrations/{LAST}/migration.sql"
    del project.files[path]
    project.run('DROP TABLE _prisma_migrations; ALTER TABLE "User" ADD COLUMN "name" TEXT')
    assert project.survey().story.kind == "db push"


def test_an_empty_database_takes_everything(project: Project) -> None:
    survey = project.survey()
    assert survey.story.kind == "empty"
    assert [step.outcome for step in survey.forecasts[0].steps] == ["runs"] * 3


def test_a_late_migration_is_told(project: Project) -> None:
    project.deploy()
    project.run("DELETE FROM _prisma_migrations WHERE migration_name LIKE '%_posts'")
    survey = project.survey()
    assert survey.histories[0].late == ("20260201000000_posts",)
    failing = survey.forecasts[0].failing
    assert failing is not None
    assert failing.migration.name == "20260201000000_posts"


def test_a_column_that_a_view_needs_cannot_be_dropped_there(project: Project) -> None:
    project.deploy()
    project.run('CREATE VIEW names AS SELECT id, "name" FROM "User"')
    path = "prisma/migrations/20260401000000_drop/migration.sql"
    project.files[path] = b'ALTER TABLE "User" DROP COLUMN "name";'
    failing = project.survey().forecasts[0].failing
    assert failing is not None
    assert failing.failure is not None
    assert failing.failure.sqlstate == "2BP01"


def test_the_catalogue_s_estimates_are_read_and_no_row(project: Project) -> None:
    project.deploy()
    project.run(
        'INSERT INTO "User" (email) SELECT i::text FROM generate_series(1, 5000) i; ANALYZE "User"'
    )
    sizes = {str(name): size for name, size in project.observation().sizes.items()}
    assert sizes["public.User"].rows == 5000
    assert sizes["public.User"].bytes > 100_000
    assert sizes["public.Post"].rows is None


def test_squashed_migrations_leave_their_rows_behind(project: Project) -> None:
    """As Prisma's guide has it: one migration instead of all, marked as applied."""
    project.deploy()
    for name in MIGRATIONS:
        del project.files[f"prisma/migrations/{name}/migration.sql"]
    squashed, text = "00000000000000_squashed", "\n".join(MIGRATIONS.values())
    project.files[f"prisma/migrations/{squashed}/migration.sql"] = text.encode()
    with project.server.connect(project.database) as connection:
        record(connection, squashed, text)
    survey = project.survey()
    assert survey.drift == ()
    assert survey.histories[0].foreign == ()
    assert survey.story.kind == "in step"
    assert any("squashed in git since" in line for line in survey.story.evidence)


def test_a_squash_that_lost_something_is_told_with_the_names_of_what_ran(project: Project) -> None:
    project.deploy()
    for name in MIGRATIONS:
        del project.files[f"prisma/migrations/{name}/migration.sql"]
    squashed, text = "00000000000000_squashed", "\n".join(list(MIGRATIONS.values())[:2])
    project.files[f"prisma/migrations/{squashed}/migration.sql"] = text.encode()
    with project.server.connect(project.database) as connection:
        record(connection, squashed, text)
    survey = project.survey()
    assert [one.subject for one in survey.drift] == ["public.User.name"]
    assert survey.histories[0].foreign == tuple(MIGRATIONS)
    assert survey.story.kind == "diverged"
