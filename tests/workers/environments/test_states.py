"""Each state that a database can be in, on real servers."""

from __future__ import annotations

import time

import psycopg
import pytest

from tests.workers.environments.conftest import HISTORY_TABLE, MIGRATIONS, Project, record
from workers.environments import observing
from workers.review.drift_issue import is_amiss

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


def test_a_record_beside_objects_of_an_earlier_state(project: Project) -> None:
    """Restored around its record: the names say applied, and the objects are not there."""
    project.deploy()
    project.run('DROP TABLE "Post"; ALTER TABLE "User" DROP COLUMN name')
    survey = project.survey()
    assert survey.story.kind == "restored"
    assert "the first 1 of the 3 recorded migrations" in survey.story.evidence[0]
    assert "20260201000000_posts" in survey.story.maker_of("public.Post")
    told = [line for line in survey.advice if "db execute --file" in line]
    assert ["_posts/" in told[0], "_name/" in told[1]] == [True, True]


def test_migrations_that_were_marked_and_never_ran(project: Project) -> None:
    project.deploy(1)
    for name, text in list(MIGRATIONS.items())[1:]:
        with project.server.connect(project.database) as connection:
            record(connection, name, text)
    project.run(
        "UPDATE _prisma_migrations SET applied_steps_count = 0 WHERE migration_name > '202602'"
    )
    survey = project.survey()
    assert survey.histories[0].marked == ("20260201000000_posts", LAST)
    assert survey.story.sentence == "somebody marked migrations as applied that never ran"
    assert "marked as applied there and never ran" in survey.story.maker_of("public.User.name")


def test_an_older_copy_without_its_record_is_baselined_as_far_as_it_came(project: Project) -> None:
    project.deploy(2)
    project.run("DROP TABLE _prisma_migrations")
    survey = project.survey()
    assert (survey.story.kind, survey.drift) == ("restored", ())
    assert [migration.name for migration in survey.histories[0].assumed] == list(MIGRATIONS)[:2]
    assert [line for line in survey.advice if "--applied" in line] == [
        f"Put what it holds on record (a baseline): `npx prisma migrate resolve --applied {name}`."
        for name in list(MIGRATIONS)[:2]
    ]
    assert any("`npx prisma migrate deploy` (1 to run)" in line for line in survey.advice)


def test_a_copy_without_its_record_that_was_changed_is_compared_with_what_is_nearest(
    project: Project,
) -> None:
    project.deploy(2)
    project.run('DROP TABLE _prisma_migrations; CREATE TABLE "Backup" (id int)')
    survey = project.survey()
    assert [one.subject for one in survey.drift] == ["public.Backup"]
    assert "the first 2 of the 3 migrations" in survey.story.evidence[1]


def test_another_project_s_database_is_known_and_nothing_is_advised_but_to_look(
    project: Project,
) -> None:
    project.run(HISTORY_TABLE + "; CREATE TABLE other (id int)")
    with project.server.connect(project.database) as connection:
        record(connection, "20240101000000_other", "x")
    survey = project.survey()
    assert survey.story.is_another
    assert len(survey.advice) == 1
    assert "connection string" in survey.advice[0]


@pytest.mark.parametrize(
    ("made", "said", "advised"),
    [
        ("", "nothing that it makes is there", "--rolled-back"),
        (
            'CREATE TABLE "Post" ("id" SERIAL NOT NULL, "userId" INTEGER NOT NULL,'
            ' CONSTRAINT "Post_pkey" PRIMARY KEY ("id"))',
            "1 of its 3 statements took effect, down to line 4",
            "Run what `20260201000000_posts` holds behind line 4 by hand",
        ),
        (MIGRATIONS["20260201000000_posts"], "all that it makes is there", "--applied"),
    ],
)
def test_how_much_of_a_failed_migration_ran_is_seen(
    project: Project, made: str, said: str, advised: str
) -> None:
    name = "20260201000000_posts"
    project.deploy(1)
    project.run(
        f"INSERT INTO _prisma_migrations VALUES ('x', 'y', NULL, '{name}', 'log', NULL, now(), 0);"
        + made
    )
    survey = project.survey()
    assert survey.story.kind == "failed"
    assert any(said in line for line in survey.story.evidence)
    assert any(advised in line for line in survey.advice)
    for one in survey.drift:
        assert survey.story.maker_of(one.subject).startswith(f"left behind by `{name}`")


def test_an_edit_without_effect_is_evidence_and_no_alarm(project: Project) -> None:
    project.deploy()
    project.files[f"prisma/migrations/{LAST}/migration.sql"] += b"\n-- a comment\n"
    survey = project.survey()
    assert survey.story.kind == "in step"
    assert any("to the same effect" in line for line in survey.story.evidence)
    assert not is_amiss(survey)


def test_an_edit_with_effect_is_who_made_the_difference(project: Project) -> None:
    project.deploy()
    path = f"prisma/migrations/{LAST}/migration.sql"
    project.files[path] += b'\nALTER TABLE "User" ADD COLUMN "nick" TEXT;\n'
    survey = project.survey()
    assert survey.story.kind == "diverged"
    assert f"by the edit of `{LAST}`" in survey.story.maker_of("public.User.nick")


def test_a_squash_that_nobody_marked_is_not_another_project_s(project: Project) -> None:
    project.deploy()
    for name in MIGRATIONS:
        del project.files[f"prisma/migrations/{name}/migration.sql"]
    squashed = "00000000000000_squashed"
    text = "\n".join(MIGRATIONS.values())
    project.files[f"prisma/migrations/{squashed}/migration.sql"] = text.encode()
    survey = project.survey()
    assert not survey.story.is_another
    assert any(
        f"mark it as applied, `npx prisma migrate resolve --applied {squashed}`" in line
        for line in survey.advice
    )


def test_a_migration_that_ran_out_of_order_is_told(project: Project) -> None:
    project.deploy()
    project.run(
        "UPDATE _prisma_migrations SET started_at = now() + interval '1 day',"
        " finished_at = now() + interval '1 day' WHERE migration_name LIKE '%_posts'"
    )
    survey = project.survey()
    assert survey.histories[0].applied_late == ("20260201000000_posts",)
    assert survey.story.kind == "in step"
    assert any("applied out of order" in line for line in survey.story.evidence)


def test_what_prisma_is_called_with_is_this_project_s(project: Project) -> None:
    project.files = {
        path.replace("prisma/", "db/", 1): data for path, data in project.files.items()
    } | {"pnpm-lock.yaml": b"", "package.json": b'{"devDependencies": {"prisma": "6.1.0"}}'}
    project.deploy(2)
    deploy = next(line for line in project.survey().advice if line.startswith("Deploy"))
    assert "`pnpm exec prisma migrate deploy --schema=db/schema.prisma` (1 to run)" in deploy


def test_the_declared_schema_is_compared_where_the_connection_names_another(
    project: Project,
) -> None:
    """`?schema=app` is where Prisma puts what a schema without `@@schema` declares."""
    project.run("CREATE SCHEMA app")
    with project.server.connect(project.database) as connection:
        connection.execute("SET search_path = app")
        connection.execute(HISTORY_TABLE.encode())
        for name, text in list(MIGRATIONS.items())[:2]:
            connection.execute(text.encode())
            record(connection, name, text)
        connection.execute('ALTER TABLE "User" ADD COLUMN "name" TEXT')
    survey = project.survey(project.url.replace("schema=public", "schema=app"))
    assert [one.subject for one in survey.drift] == ["app.User.name"]
    assert survey.story.kind == "db push"
    assert survey.from_declared == ()


def test_what_the_declared_schema_has_and_the_database_lacks_is_told(project: Project) -> None:
    project.deploy(1)
    survey = project.survey()
    assert survey.drift == ()
    assert survey.beside_schema == (
        "table `public.Post` is declared, and not there",
        "column `public.User.name` is declared, and not there",
    )


def test_a_partitioned_table_is_as_large_as_its_partitions(project: Project) -> None:
    project.run(
        "CREATE TABLE e (id int, at date) PARTITION BY RANGE (at);"
        "CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"
        " PARTITION BY RANGE (at);"
        "CREATE TABLE e11 PARTITION OF e1 FOR VALUES FROM ('2025-01-01') TO ('2025-07-01');"
        "CREATE TABLE e2 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
        "INSERT INTO e SELECT i, '2025-02-01' FROM generate_series(1, 300) i;"
        "INSERT INTO e SELECT i, '2026-02-01' FROM generate_series(1, 200) i;"
        "ANALYZE e11; ANALYZE e2"
    )
    sizes = {str(name): size.rows for name, size in project.observation().sizes.items()}
    assert sizes == {"public.e": 500, "public.e1": 300, "public.e11": 300, "public.e2": 200}


def test_rows_count_before_anybody_analysed_the_table(project: Project) -> None:
    """The server's own count of what was written; it comes a moment after the commit."""
    project.deploy()
    project.run("INSERT INTO \"User\" (email) VALUES ('a'), ('b')")
    for _ in range(100):
        sizes = {str(name): size.rows for name, size in project.observation().sizes.items()}
        if sizes["public.User"] is not None:
            break
        time.sleep(0.05)
    assert sizes["public.User"] == 2


def test_a_database_without_end_is_not_read(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.deploy()
    monkeypatch.setattr(observing, "MOST_RELATIONS", 2)
    assert "it holds 3 tables and views" in project.observation().failure
