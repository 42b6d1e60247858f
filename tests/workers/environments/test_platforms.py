"""What hosts, extensions and tools leave in a database, each shape made on real servers.

An extension that is not installed here stands in `pg_extension` all the same, with its members, as
the server notes them: what Driftline reads is the catalogue, not the extension's code.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.support.postgres import Server
from tests.workers.environments.conftest import HISTORY_TABLE, Project, record
from tests.workers.environments.test_hosting import deployed, told
from workers.review.drift_issue import is_amiss


def extension(name: str, schema: str = "public") -> str:
    """An extension that is noted as installed."""
    return f"""
        INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
        SELECT max(e.oid)::int + 1, '{name}', 10, '{schema}'::regnamespace, true, '1.0'
        FROM (SELECT oid FROM pg_extension UNION ALL SELECT 90000) e;
    """


def role(name: str) -> str:
    return f"""
        DO $$ BEGIN CREATE ROLE {name}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
    """


STATEMENTS = """
    CREATE VIEW {schema}.pg_stat_statements AS SELECT 1 AS calls;
    CREATE FUNCTION {schema}.pg_stat_statements_reset() RETURNS void LANGUAGE sql AS 'SELECT';
    ALTER EXTENSION pg_stat_statements ADD VIEW {schema}.pg_stat_statements;
    ALTER EXTENSION pg_stat_statements ADD FUNCTION {schema}.pg_stat_statements_reset();
"""
EVENT_TRIGGER = """
    CREATE FUNCTION {name}() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER {trigger} ON ddl_command_end EXECUTE FUNCTION {name}();
"""
HOSTS = {
    "amazon rds": role("rdsadmin")
    + role("rds_superuser")
    + extension("pg_stat_statements")
    + STATEMENTS.format(schema="public")
    + "CREATE SCHEMA aws_commons; CREATE SCHEMA aws_s3;"
    + extension("aws_commons", "aws_commons")
    + extension("aws_s3", "aws_s3")
    + "CREATE TYPE aws_commons._s3_uri_1 AS (bucket text, path text);"
    + "ALTER EXTENSION aws_commons ADD TYPE aws_commons._s3_uri_1;",
    "amazon dms": "CREATE TABLE public.awsdms_ddl_audit (c_key bigserial PRIMARY KEY, q text);"
    "CREATE TABLE public.awsdms_apply_exceptions (task text, error text);"
    + EVENT_TRIGGER.format(name="public.awsdms_intercept_ddl", trigger="awsdms_intercept"),
    "azure": role("azure_pg_admin")
    + extension("azure")
    + extension("pgaadauth", "pg_catalog")
    + "CREATE SCHEMA cron; CREATE TABLE cron.job (jobid bigint PRIMARY KEY, command text);"
    + extension("pg_cron", "pg_catalog")
    + "ALTER EXTENSION pg_cron ADD SCHEMA cron; ALTER EXTENSION pg_cron ADD TABLE cron.job;",
    "google cloud sql": role("cloudsqlsuperuser")
    + "CREATE SCHEMA google_vacuum_mgmt;"
    + extension("google_vacuum_mgmt", "google_vacuum_mgmt")
    + "CREATE TABLE google_vacuum_mgmt.state (id int);",
    "heroku": "CREATE SCHEMA heroku_ext; CREATE SCHEMA _heroku;"
    + extension("pg_stat_statements", "heroku_ext")
    + STATEMENTS.format(schema="heroku_ext")
    + EVENT_TRIGGER.format(name="_heroku.validate_extension", trigger="validate_extension"),
    "neon": role("neon_superuser")
    + "CREATE SCHEMA neon; CREATE SCHEMA neon_migration; CREATE SCHEMA neon_auth;"
    "CREATE TABLE neon_migration.migration_id (key int PRIMARY KEY, id bigint);"
    "CREATE TABLE neon_auth.users_sync (raw_json jsonb NOT NULL, id text PRIMARY KEY);"
    + extension("neon", "neon"),
    "crunchy and pgbouncer": "CREATE SCHEMA pgbouncer; CREATE FUNCTION pgbouncer.get_auth(n text)"
    " RETURNS TABLE (username text, password text) LANGUAGE sql AS 'SELECT n, n';"
    "CREATE SCHEMA monitor; CREATE TABLE monitor.pgbackrest_info (config jsonb);",
    "zalando": "CREATE SCHEMA metric_helpers; CREATE SCHEMA user_management; CREATE SCHEMA pooler;"
    "CREATE VIEW metric_helpers.index_bloat AS SELECT 1 AS bloat;"
    "CREATE FUNCTION pooler.user_lookup(n text) RETURNS text LANGUAGE sql AS 'SELECT n';"
    + extension("pg_stat_kcache")
    + extension("set_user"),
    "an audit and a monitor": extension("pgaudit")
    + extension("hypopg")
    + extension("pg_buffercache")
    + "CREATE VIEW public.pg_buffercache AS SELECT 1 AS bufferid;"
    "ALTER EXTENSION pg_buffercache ADD VIEW public.pg_buffercache;",
    "pg_repack at work": "CREATE SCHEMA repack;"
    + extension("pg_repack", "repack")
    + "CREATE FUNCTION repack.repack_trigger() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NEW; END'; CREATE TABLE repack.log_16384 (id int);"
    'CREATE TRIGGER repack_trigger AFTER INSERT ON "User" FOR EACH ROW'
    " EXECUTE FUNCTION repack.repack_trigger();",
    "other runners": "CREATE TABLE knex_migrations (id serial PRIMARY KEY, name text);"
    "CREATE TABLE schema_migrations (version text PRIMARY KEY);"
    "CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY);"
    'CREATE TABLE alembic_version (version_num text); CREATE TABLE "SequelizeMeta" (name text);',
    "queues": "CREATE SCHEMA pgmq; CREATE TABLE pgmq.q_mails (msg_id bigint PRIMARY KEY);"
    "CREATE SCHEMA graphile_worker; CREATE TABLE graphile_worker.jobs (id int);",
    "a tuned table": 'ALTER TABLE "User" SET (fillfactor = 70, autovacuum_enabled = true);'
    'ALTER TABLE "User" ALTER COLUMN email SET STATISTICS 500;'
    'CREATE STATISTICS user_stats ON id, email FROM "User";'
    'COMMENT ON COLUMN "User".email IS \'personal\'; CLUSTER "User" USING "User_pkey";'
    'CREATE PUBLICATION everything FOR TABLE "User"; ALTER TABLE "User" REPLICA IDENTITY FULL;',
    "roles and grants": role("reader")
    + 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader; ALTER TABLE "Post" OWNER TO reader;'
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader;",
}


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_s_own_objects_are_nobody_s_drift(project: Project, host: str) -> None:
    project.deploy()
    before = project.survey()
    project.run(HOSTS[host])
    survey = project.survey()
    assert told(survey) == []
    assert (survey.story.kind, survey.advice) == ("in step", ())
    assert survey.from_declared == before.from_declared == ()
    assert not is_amiss(survey)


@pytest.mark.parametrize(
    "host", [name for name in HOSTS if '"User"' not in HOSTS[name] and '"Post"' not in HOSTS[name]]
)
def test_migrations_run_on_a_host_s_fresh_database(project: Project, host: str) -> None:
    project.run(HOSTS[host])
    (outlook,) = project.survey().forecasts
    assert [step.outcome for step in outlook.steps if step.failure is not None] == []


def test_what_is_no_host_s_is_told_beside_a_host_s(project: Project) -> None:
    """The filters are no blanket: the same names where they are the project's, or anybody's."""
    deployed(
        project,
        **{
            "20260401000000_own": "CREATE SCHEMA pooler; CREATE TABLE pooler.seats (id int);"
            " CREATE TABLE migrations (id int PRIMARY KEY);"
        },
    )
    assert told(project.survey()) == []
    project.run(
        HOSTS["amazon rds"]
        + HOSTS["heroku"].replace("pg_stat_statements", "pg_stat_two")
        + "DROP TABLE migrations; DROP TABLE pooler.seats; CREATE TABLE template_users (id int);"
    )
    assert told(project.survey()) == [
        "table `pooler.seats` is not there",
        "table `public.migrations` is not there",
        "table `public.template_users` is there, and nothing makes it",
        "extension `pg_stat_two` is there, and nothing makes it",
    ]


TIMESCALE = (
    "CREATE SCHEMA _timescaledb_internal; CREATE SCHEMA _timescaledb_functions;"
    "CREATE SCHEMA timescaledb_information;"
    + extension("timescaledb")
    + "ALTER EXTENSION timescaledb ADD SCHEMA _timescaledb_internal;"
    "ALTER EXTENSION timescaledb ADD SCHEMA _timescaledb_functions;"
    "ALTER EXTENSION timescaledb ADD SCHEMA timescaledb_information;"
    "CREATE FUNCTION _timescaledb_functions.insert_blocker() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NEW; END';"
)
HYPERTABLE = (
    'CREATE INDEX "readings_time_idx" ON readings ("time" DESC);'
    "CREATE TRIGGER ts_insert_blocker BEFORE INSERT ON readings FOR EACH ROW"
    " EXECUTE FUNCTION _timescaledb_functions.insert_blocker();"
    "CREATE TABLE _timescaledb_internal._hyper_1_1_chunk (CONSTRAINT constraint_1 CHECK"
    " (\"time\" >= '2026-01-01' AND \"time\" < '2026-01-08')) INHERITS (readings);"
)


def test_what_timescale_makes_of_a_table_is_no_drift(project: Project) -> None:
    """As `create_hypertable` leaves it: an index, a trigger and chunks."""
    project.run(TIMESCALE)
    deployed(
        project,
        **{"20260401000000_readings": 'CREATE TABLE readings ("time" timestamptz NOT NULL, v int)'},
    )
    name = "20260402000000_hyper"
    text = (
        "CREATE EXTENSION IF NOT EXISTS timescaledb; SELECT create_hypertable('readings', 'time')"
    )
    project.files[f"prisma/migrations/{name}/migration.sql"] = text.encode()
    project.run(HYPERTABLE)
    with project.server.connect(project.database) as connection:
        record(connection, name, text)
    survey = project.survey()
    assert told(survey) == []
    project.run('CREATE INDEX by_value ON readings (v); CREATE INDEX ON "User" (name);')
    assert told(project.survey()) == [
        "index `public.User.User_name_idx` is there, and nothing makes it",
        "index `public.readings.by_value` is there, and nothing makes it",
    ]


def test_pg_partman_keeps_a_template_and_partitions(project: Project) -> None:
    deployed(
        project,
        **{
            "20260401000000_events": "CREATE TABLE events (id bigint, at timestamptz NOT NULL)"
            " PARTITION BY RANGE (at);"
        },
    )
    project.run(
        "CREATE SCHEMA partman;"
        + extension("pg_partman", "partman")
        + "CREATE TABLE public.template_public_events (id bigint, at timestamptz NOT NULL);"
        "CREATE TABLE partman.template_public_events (id bigint);"
        "CREATE TABLE events_p20260101 PARTITION OF events"
        " FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');"
        "CREATE TABLE events_default PARTITION OF events DEFAULT;"
    )
    assert told(project.survey()) == []


def test_an_index_whose_building_broke_off_says_so(project: Project) -> None:
    project.deploy()
    project.run(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '\"Post_userId_idx\"'::regclass"
    )
    survey = project.survey()
    assert told(survey) == [
        "index `public.Post.Post_userId_idx` has the mark INVALID `yes` where `none` belongs"
    ]
    assert "CONCURRENTLY" in survey.story.maker_of("public.Post.Post_userId_idx")


SUPABASE = (
    "".join(
        f"CREATE SCHEMA {name};"
        for name in (
            *("auth", "storage", "extensions", "realtime", "_realtime", "graphql", "vault"),
            *("graphql_public", "pgbouncer", "supabase_functions", "supabase_migrations", "net"),
            *("cron", "pgsodium", "_analytics", "pgmq", "pgmq_public", "_supavisor"),
        )
    )
    + "".join(role(name) for name in ("anon", "authenticated", "service_role", "supabase_admin"))
    + extension("pgcrypto", "extensions")
    + extension("uuid-ossp", "extensions")
    + extension("pg_graphql", "graphql")
    + extension("supabase_vault", "vault")
    + extension("pg_net", "extensions")
    + extension("pg_stat_statements", "extensions")
    + STATEMENTS.format(schema="extensions")
    + """
    CREATE TYPE auth.aal_level AS ENUM ('aal1', 'aal2', 'aal3');
    CREATE TABLE auth.users (id uuid PRIMARY KEY, email text, role text);
    CREATE TABLE auth.sessions (id uuid PRIMARY KEY, user_id uuid REFERENCES auth.users,
        aal auth.aal_level);
    CREATE TABLE auth.schema_migrations (version text PRIMARY KEY);
    CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid';
    CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS 'SELECT NULL::text';
    CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS 'SELECT NULL::jsonb';
    CREATE TABLE storage.buckets (id text PRIMARY KEY, name text NOT NULL, public boolean);
    CREATE TABLE storage.objects (id uuid PRIMARY KEY, bucket_id text REFERENCES storage.buckets,
        name text, owner uuid);
    ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
    CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql AS
        'SELECT string_to_array(name, ''/'')';
    CREATE TABLE storage.migrations (id int PRIMARY KEY, name text);
    CREATE TABLE realtime.messages (topic text, inserted_at timestamp NOT NULL)
        PARTITION BY RANGE (inserted_at);
    CREATE TABLE realtime.messages_2026_01_01 PARTITION OF realtime.messages
        FOR VALUES FROM ('2026-01-01') TO ('2026-01-02');
    CREATE TABLE vault.secrets (id uuid PRIMARY KEY, secret text);
    CREATE VIEW vault.decrypted_secrets AS SELECT * FROM vault.secrets;
    CREATE FUNCTION graphql_public.graphql(query text) RETURNS jsonb LANGUAGE sql AS
        'SELECT NULL::jsonb';
    CREATE FUNCTION pgbouncer.get_auth(n text) RETURNS TABLE (u text, p text) LANGUAGE sql AS
        'SELECT n, n';
    CREATE TABLE cron.job (jobid bigint PRIMARY KEY);
    CREATE TABLE net._http_response (id bigint);
    CREATE TABLE _supavisor.tenants (id int);
    CREATE PUBLICATION supabase_realtime;
    CREATE TABLE supabase_migrations.schema_migrations (
        version text PRIMARY KEY, statements text[], name text);
    CREATE TABLE supabase_migrations.seed_files (path text PRIMARY KEY, hash text);
    GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated;
    """
    + EVENT_TRIGGER.format(name="extensions.pgrst_ddl_watch", trigger="pgrst_ddl_watch")
    + EVENT_TRIGGER.format(name="extensions.grant_pg_cron_access", trigger="issue_pg_cron_access")
    + "CREATE FUNCTION public.rls_auto_enable() RETURNS event_trigger LANGUAGE plpgsql"
    " SECURITY DEFINER SET search_path = pg_catalog AS 'BEGIN END';"
    "CREATE EVENT TRIGGER ensure_rls ON ddl_command_end WHEN TAG IN ('CREATE TABLE')"
    " EXECUTE FUNCTION public.rls_auto_enable();"
)
NOTES = """
create extension if not exists "pgcrypto" with schema extensions;
create table public.profiles (
    id uuid primary key references auth.users (id) on delete cascade, name text);
alter table public.profiles enable row level security;
create policy "own profile" on public.profiles for all to authenticated
    using ((select auth.uid()) = id) with check ((select auth.uid()) = id);
create function public.handle_new_user() returns trigger language plpgsql security definer
    set search_path = '' as $$ begin insert into public.profiles (id) values (new.id);
    return new; end $$;
create trigger on_auth_user_created after insert on auth.users for each row
    execute function public.handle_new_user();
create policy "own files" on storage.objects for select to authenticated
    using (bucket_id = 'files' and (storage.foldername(name))[1] = auth.uid()::text);
"""


@pytest.fixture(params=["postgres18", "postgres15"])
def hosted(request: pytest.FixtureRequest) -> Iterator[Project]:
    """A hosted Supabase project as it is on its first day, and its repository."""
    server: Server = request.getfixturevalue(request.param)
    files = {
        "supabase/config.toml": b'project_id = "notes"\n',
        "supabase/migrations/20260101000000_init.sql": NOTES.encode(),
    }
    with server.database() as name:
        project = Project(server, name, files)
        project.run(SUPABASE)
        yield project


def test_a_hosted_supabase_project_is_empty_on_its_first_day(hosted: Project) -> None:
    survey = hosted.survey()
    assert survey.story.kind == "empty"
    assert [step.outcome for step in survey.forecasts[0].steps] == ["runs"]


def test_a_hosted_supabase_project_that_ran_its_migrations_is_in_step(hosted: Project) -> None:
    hosted.run(
        NOTES + "INSERT INTO supabase_migrations.schema_migrations"
        " VALUES ('20260101000000', NULL, 'init')"
    )
    survey = hosted.survey()
    assert told(survey) == []
    assert (survey.story.kind, survey.story.evidence) == ("in step", ())
    hosted.run('DROP POLICY "own files" ON storage.objects; DROP POLICY "own profile" ON profiles')
    assert told(hosted.survey()) == [
        "policy `public.profiles.own profile` is not there",
        "policy `storage.objects.own files` is not there",
    ]


MULTISCHEMA = b"""
datasource db {
  provider   = "postgresql"
  url        = env("DATABASE_URL")
  schemas    = ["public", "auth"]
  extensions = [pgcrypto(schema: "extensions")]
}

generator client {
  provider        = "prisma-client-js"
  previewFeatures = ["postgresqlExtensions", "multiSchema"]
}

model users {
  id      String   @id @db.Uuid
  email   String?
  profile Profile?

  @@schema("auth")
}

model Profile {
  id    String  @id @db.Uuid
  users users   @relation(fields: [id], references: [id], onDelete: Cascade)
  name  String?

  @@map("profiles")
  @@schema("public")
}
"""


def test_prisma_s_picture_of_supabase_s_own_tables_is_not_held_against_them(
    hosted: Project,
) -> None:
    """`prisma db pull` writes `auth` into the schema, and the platform changes it every month."""
    init = (
        'CREATE TABLE "public"."profiles" ("id" UUID NOT NULL, "name" TEXT,'
        ' CONSTRAINT "profiles_pkey" PRIMARY KEY ("id"));'
        ' ALTER TABLE "public"."profiles" ADD CONSTRAINT "profiles_id_fkey" FOREIGN KEY ("id")'
        ' REFERENCES "auth"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;'
    )
    hosted.files = {
        "prisma/schema.prisma": MULTISCHEMA,
        "prisma/migrations/migration_lock.toml": b'provider = "postgresql"\n',
    }
    deployed_by_prisma(hosted, {"20260101000000_init": init})
    survey = hosted.survey()
    assert told(survey) == []
    assert survey.story.kind == "in step"
    assert survey.from_declared == ()


def deployed_by_prisma(project: Project, migrations: dict[str, str]) -> None:
    with project.server.connect(project.database) as connection:
        connection.execute(HISTORY_TABLE.encode())
        for name, text in migrations.items():
            project.files[f"prisma/migrations/{name}/migration.sql"] = text.encode()
            connection.execute(text.encode())
            record(connection, name, text)


def test_postgis_for_real(postgres15: Server) -> None:
    files = {
        "prisma/schema.prisma": b"""
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model Place {
  id Int                                        @id
  at Unsupported("geometry(Point,4326)")?
}
""",
        "prisma/migrations/migration_lock.toml": b'provider = "postgresql"\n',
    }
    with postgres15.database() as name:
        project = Project(postgres15, name, files)
        try:
            project.run("CREATE EXTENSION postgis; DROP EXTENSION postgis")
        except psycopg.Error:  # the package is not everywhere
            pytest.skip("PostGIS is not installed: apt install postgresql-15-postgis-3")
        deployed_by_prisma(
            project,
            {
                "20260101000000_init": "CREATE EXTENSION IF NOT EXISTS postgis;"
                ' CREATE TABLE "Place" ("id" INTEGER NOT NULL, "at" geometry(Point,4326),'
                ' CONSTRAINT "Place_pkey" PRIMARY KEY ("id"));'
            },
        )
        survey = project.survey()
    assert told(survey) == []
    assert survey.story.kind == "in step"
    assert survey.from_declared == ()
