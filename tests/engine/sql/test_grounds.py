"""Extensions, roles and Supabase's ground."""

from __future__ import annotations

from tests.support.replaying import made, refusals, table
from workers.engine.sql.replay import Ground

SUPABASE = Ground(is_supabase=True)


def test_what_an_extension_brings_is_missing_without_it() -> None:
    assert refusals("CREATE TABLE t (v vector(3));") == [("42704", 'type "vector" does not exist')]
    assert refusals("CREATE TABLE t (id uuid DEFAULT uuid_generate_v4());") == [
        ("42883", "function uuid_generate_v4() does not exist")
    ]
    assert refusals("CREATE TABLE t (s text); CREATE INDEX ON t USING gin (s gin_trgm_ops);") == [
        ("42704", 'operator class "gin_trgm_ops" does not exist for access method "gin"')
    ]


def test_an_extension_brings_types_functions_and_operator_classes() -> None:
    outcome = made(
        'CREATE EXTENSION vector; CREATE EXTENSION pg_trgm; CREATE EXTENSION "uuid-ossp";'
        "CREATE TABLE t (id uuid DEFAULT uuid_generate_v4(), v vector(3), s text);"
        "CREATE INDEX ON t USING hnsw (v vector_cosine_ops);"
        "CREATE INDEX ON t USING gin (s gin_trgm_ops);"
    )
    found = table(outcome, "t")
    assert found.columns[0].default == "public.uuid_generate_v4()"
    assert [index.keys[0].operator_class for index in found.indexes] == [
        "public.vector_cosine_ops",
        "public.gin_trgm_ops",
    ]
    assert outcome.schema.functions == {}


def test_a_type_without_an_operator_class_cannot_be_indexed() -> None:
    assert refusals("CREATE TABLE t (j json); CREATE INDEX ON t (j);") == [
        ("42704", 'data type json has no default operator class for access method "btree"')
    ]


def test_supabase_has_its_tables_functions_and_roles() -> None:
    outcome = made(
        "CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE);"
        "ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY own ON profiles FOR SELECT TO authenticated USING (auth.uid() = id);"
        "CREATE POLICY files ON storage.objects USING (bucket_id = 'x');",
        ground=SUPABASE,
    )
    assert [str(name) for name in outcome.schema.tables] == ["public.profiles"]
    assert list(outcome.schema.schemas) == ["public"]
    assert [policy.name for policy in outcome.schema.policies.values()] == ["own", "files"]


def test_elsewhere_auth_is_no_schema_and_anon_no_role() -> None:
    assert refusals("CREATE TABLE t (id uuid DEFAULT auth.uid());") == [
        ("3F000", 'schema "auth" does not exist')
    ]
    assert refusals("CREATE TABLE t (a int); CREATE POLICY p ON t TO anon USING (true);") == [
        ("42704", 'role "anon" does not exist')
    ]


def test_an_extension_that_makes_a_schema_of_its_own_name_is_seen() -> None:
    outcome = made("CREATE EXTENSION pgmq;")
    assert list(outcome.schema.extensions) == ["pgmq"]
    assert "pgmq" not in outcome.schema.schemas


def test_an_extension_of_which_nothing_is_known_may_have_made_a_schema() -> None:
    assert refusals("CREATE EXTENSION nobody_knows; SELECT dbdev.install('x');") == []
    assert refusals("SELECT dbdev.install('x');") == [("3F000", 'schema "dbdev" does not exist')]


def test_what_the_runner_wrote_down_of_earlier_migrations_is_not_taken_for_missing() -> None:
    guard = """
        DO $$ BEGIN
            IF to_regclass('supabase_migrations.schema_migrations') IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM supabase_migrations.schema_migrations WHERE version = '20250101000000'
            ) THEN RAISE EXCEPTION 'the migration before is missing'; END IF;
            CREATE TABLE guarded (id int);
        END $$;
    """
    assert refusals(guard, ground=SUPABASE) == []
    assert table(made(guard, ground=SUPABASE), "guarded").columns[0].name == "id"


def test_whether_strangers_were_shut_out_is_left_to_the_database() -> None:
    guard = """
        CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
        REVOKE ALL ON FUNCTION f() FROM PUBLIC, anon;
        DO $$ BEGIN
            IF has_function_privilege('anon', 'public.f()', 'EXECUTE') THEN
                RAISE EXCEPTION 'anon may call it';
            END IF;
            IF NOT has_table_privilege('service_role', 'auth.users', 'SELECT') THEN
                RAISE EXCEPTION 'the service may not read';
            END IF;
        END $$;
    """
    assert refusals(guard, ground=SUPABASE) == []


def test_an_extension_that_keeps_rows_may_have_parameters_of_its_own() -> None:
    own = "CREATE TABLE t (a int) USING kept WITH (kept.level = 'x', compress = 5);"
    assert refusals(f"CREATE EXTENSION nobody_knows; {own}") == []
    assert refusals("CREATE TABLE t (a int) WITH (compress = 5);") == [
        ("22023", 'unrecognized parameter "compress"')
    ]


def test_an_event_trigger_that_only_looks_leaves_nothing_in_doubt() -> None:
    outcome = made(
        "CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ DECLARE c record;"
        " BEGIN FOR c IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP"
        " IF c.command_tag = 'CREATE TABLE' THEN NOTIFY pgrst, 'reload schema'; END IF;"
        " END LOOP; END $$;"
        "CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION watch();"
        "CREATE TABLE t (id int);"
    )
    assert outcome.diagnostics == []


def test_what_an_event_trigger_may_do_is_in_doubt_for_its_table_alone() -> None:
    outcome = made(
        "CREATE FUNCTION act() RETURNS event_trigger LANGUAGE plpgsql AS $$"
        " BEGIN EXECUTE current_setting('my.command'); END $$;"
        "CREATE EVENT TRIGGER acting ON ddl_command_end EXECUTE FUNCTION act();"
        "CREATE TABLE t (id int);"
    )
    assert [(one.code, one.subjects) for one in outcome.diagnostics] == [
        ("block-unknown", ("public.t",))
    ]
    assert table(outcome, "t").columns[0].name == "id"
