"""The order that failing migrations need, found by running them."""

from __future__ import annotations

from workers.engine.friendly import Run, friendliest
from workers.engine.schema.catalogue import to_catalogue
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground, Migration, replay

A = 'CREATE TABLE "A" ("id" INTEGER PRIMARY KEY);'
B = 'CREATE TABLE "B" ("id" INTEGER PRIMARY KEY, "a" INTEGER REFERENCES "A"("id"));'
C = 'ALTER TABLE "B" ADD COLUMN "more" TEXT;'


def found(**texts: str) -> Run:
    """The friendliest run of files, given in the order of their names."""
    migrations = [
        Migration(name, SourceFile(f"migrations/{name}/migration.sql", text))
        for name, text in texts.items()
    ]
    strict = replay(migrations, Ground())
    run = friendliest(migrations, Ground(), None, strict)
    again = replay((*run.prelude, *run.order), Ground(), lenient=True)
    assert to_catalogue(again.schema) == to_catalogue(run.outcome.schema)
    assert [f.message for f in again.failures] == [f.message for f in run.outcome.failures]
    assert len(again.steps) == len(run.outcome.steps)
    return run


def names(run: Run) -> str:
    return " ".join(migration.name for migration in run.order)


def test_what_is_awaited_runs_first() -> None:
    run = found(m1=C, m2=B, m3=A)
    assert names(run) == "m3 m2 m1"
    assert run.outcome.failures == []


def test_files_before_the_first_that_fails_stay_where_they_are() -> None:
    run = found(m1='CREATE TABLE "Z" ("id" INTEGER);', m2=B, m3='DROP TABLE "Z";', m4=A)
    assert names(run) == "m1 m4 m2 m3"
    assert [step.migration for step in run.outcome.steps] == ["m1", "m4", "m2", "m3"]


def test_a_file_that_was_put_first_gets_the_extension_that_it_misses() -> None:
    run = found(m1=C, m2=f'{B} CREATE TABLE "V" ("v" vector(3));', m3=A)
    assert names(run) == "m3 m2 m1"
    assert run.extensions == ("vector",)
    assert run.outcome.failures == []


def test_files_that_wait_for_one_another_come_to_an_end() -> None:
    one = 'ALTER TABLE "Y" ADD COLUMN "a" TEXT; CREATE TABLE "X" ("id" INTEGER);'
    other = 'ALTER TABLE "X" ADD COLUMN "b" TEXT; CREATE TABLE "Y" ("id" INTEGER);'
    run = found(m1=one, m2=other)
    assert len(run.outcome.failures) == 1
    assert sorted(names(run).split()) == ["m1", "m2"]


def test_nothing_is_moved_where_that_mends_nothing() -> None:
    run = found(m1='ALTER TABLE "Nowhere" ADD COLUMN "a" TEXT;', m2=A, m3=A)
    assert names(run) == "m1 m2 m3"
    assert [failure.migration for failure in run.outcome.failures] == ["m1", "m3"]


def test_a_move_that_breaks_more_than_it_mends_is_taken_back() -> None:
    early = 'ALTER TABLE "T" ADD COLUMN "early" TEXT;'
    late = (
        'CREATE TABLE "T" ("id" INTEGER); ALTER TABLE "U" ADD COLUMN "x" TEXT;'
        'ALTER TABLE "U" ADD COLUMN "y" TEXT;'
    )
    run = found(m1=early, m2='SELECT 1; CREATE TABLE "U" ("id" INTEGER); DROP TABLE "U";', m3=late)
    assert names(run) in ("m1 m2 m3", "m3 m1 m2")
    assert len(run.outcome.failures) <= 3


def test_a_run_whose_beginning_is_remembered_keeps_its_failures() -> None:
    texts = ['ALTER TABLE "Nowhere" ADD COLUMN "a" TEXT;', *["SELECT 1;"] * 80]
    texts += ['ALTER TABLE "NoMore" ADD COLUMN "b" TEXT;', "SELECT 2;"]
    migrations = [
        Migration(f"m{n:03}", SourceFile(f"migrations/m{n:03}/migration.sql", text))
        for n, text in enumerate(texts)
    ]
    memo = Remembered()
    runs = []
    for count in (81, 83, 83):
        some = migrations[:count]
        runs.append(friendliest(some, Ground(), memo, replay(some, Ground(), memo)))
    assert [len(run.outcome.failures) for run in runs] == [1, 2, 2]


class Remembered(dict[str, bytes]):
    """A memo that forgets nothing."""

    keeps_states = True

    def put(self, key: str, value: bytes) -> None:
        self[key] = value
