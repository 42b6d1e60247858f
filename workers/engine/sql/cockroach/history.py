"""Replaying CockroachDB migrations: PostgreSQL's machinery on CockroachDB's statements.

Experimental. What PostgreSQL's grammar does not read, or refuses for a reason that CockroachDB may
not have, is told as not judged; only a table or column that is missing, or there already, counts
as a failure, and only as long as everything before was read.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from workers.engine.errors import Diagnostic
from workers.engine.schema.model import ForeignKey, Index, KeyConstraint, Schema, Table
from workers.engine.sql import split
from workers.engine.sql.cockroach.translate import MARK, Translator
from workers.engine.sql.cockroach.words import readable
from workers.engine.sql.dispatch import perform
from workers.engine.sql.ground import NOWHERE, lay, search_path_of
from workers.engine.sql.history import visible
from workers.engine.sql.reader import Reader, UnreadStatement
from workers.engine.sql.replay import Failure, Ground, Migration, Replay
from workers.engine.sql.run import Run
from workers.engine.sql.session import run_file
from workers.engine.sql.split import Script
from workers.engine.sql.state import State
from workers.engine.sql.text import Text

_SURE = frozenset(("42P01", "42P07", "42703", "42701", "42704"))
"""Refusals that CockroachDB shares: an unknown or second table, column, type."""
_OWN = ("public.unique_rowid(", "public.unordered_unique_rowid(", "public.gen_random_ulid(")
"""CockroachDB's own functions, which are laid where the user's would be."""
_FUNCTIONS = """
    CREATE FUNCTION unique_rowid() RETURNS int8 LANGUAGE internal AS 'now';
    CREATE FUNCTION unordered_unique_rowid() RETURNS int8 LANGUAGE internal AS 'now';
    CREATE FUNCTION uuid_v4() RETURNS bytea LANGUAGE internal AS 'now';
    CREATE FUNCTION uuid_generate_v4() RETURNS uuid LANGUAGE internal AS 'now';
    CREATE FUNCTION gen_random_ulid() RETURNS uuid LANGUAGE internal AS 'now';
    CREATE FUNCTION cluster_logical_timestamp() RETURNS numeric LANGUAGE internal AS 'now';
"""


def run(migrations: Sequence[Migration], ground: Ground, *, lenient: bool) -> Replay:
    """Replay migrations in the order given; a refused one contributes nothing."""
    state = _lay(ground)
    outcome = Replay(state.schema)
    translator = Translator()
    for migration in migrations:
        state.search_path = search_path_of(ground)
        written, apart = readable(migration.source.text)
        text = Text(migration.source.path, written)
        read = split.read(text)
        read.statements += [one for each in apart for one in each.statements(text)]
        read.statements.sort(key=lambda one: one.start)
        script = _translated(read, translator, text, outcome)
        session = run_file(state, migration, script, text, lenient=lenient)
        outcome.diagnostics += session.diagnostics
        _sort(session.failures, script, text, outcome)
    outcome.schema = _unmarked(visible(state))
    return outcome


def _lay(ground: Ground) -> State:
    state = lay(ground)
    text = Text("", _FUNCTIONS)
    for one in split.read(text).statements:
        perform(Run(state, text, one.start, one.end, one.base, NOWHERE), one.kind, one.fields)
    state.hidden.ground.update(dict.fromkeys(state.schema.functions, True))
    return state


def _translated(script: Script, translator: Translator, text: Text, outcome: Replay) -> Script:
    """The script in PostgreSQL's words; what its grammar refuses is told, and left out."""
    for one in script.statements:
        translator.translate(one.kind, one.fields)
    for trouble in script.troubles:
        message = f"This statement is not read as CockroachDB's: {trouble.message}."
        origin = text.origin(trouble.start, trouble.end)
        written = text.data[trouble.start : trouble.end].decode("utf-8", "replace")
        outcome.diagnostics.append(
            Diagnostic("statement-unread", message, origin, subjects=_subjects(written))
        )
    return Script(
        script.statements, [one for one in script.troubles if one.is_ours], script.skipped
    )


def _subjects(statement: str) -> tuple[str, ...]:
    """The table that a statement is about, as far as its words say it."""
    from workers.engine.sql.generic import UnreadableText, tokens

    try:
        reader = Reader(tokens(statement, "postgres"), statement)
        while reader.current is not None and not reader.take_any("TABLE", "ON"):
            reader.at += 1
        _ = reader.take("IF", "NOT", "EXISTS") or reader.take("IF", "EXISTS")
        *schema, name = reader.qualified()[-2:]
    except (UnreadableText, UnreadStatement):
        return ()
    return (f"{schema[0] if schema else 'public'}.{name}",)


def _sort(failures: list[Failure], script: Script, text: Text, outcome: Replay) -> None:
    """Failures that CockroachDB has too, and what could not be judged: then nothing is known of
    what the file makes, since a refused one contributes nothing."""
    for failure in failures:
        is_sure = failure.sqlstate in _SURE and "operator class" not in failure.message
        if is_sure and not outcome.diagnostics:
            outcome.failures.append(failure)
            continue
        message = f"Whether CockroachDB takes this is not known: {failure.message}."
        written = [
            text.data[one.start : one.end].decode("utf-8", "replace") for one in script.statements
        ]
        about = dict.fromkeys(name for one in written for name in _subjects(one))
        outcome.diagnostics.append(
            Diagnostic("statement-uncertain", message, failure.origin, subjects=tuple(about))
        )


def _unmarked(schema: Schema) -> Schema:
    """The schema with the names of indexes and constraints as they were written."""
    for name, table in list(schema.tables.items()):
        schema.tables[name] = _plain_table(table)
    schema.provider = "cockroachdb"
    return schema


def _plain_table(table: Table) -> Table:
    key = table.primary_key
    return replace(
        table,
        columns=tuple(
            replace(one, default=one.default.replace("public.", "", 1))
            if one.default is not None and one.default.startswith(_OWN)
            else one
            for one in table.columns
        ),
        primary_key=replace(key, name=_plain(key)) if key is not None else None,
        uniques=tuple(replace(one, name=_plain(one)) for one in table.uniques),
        indexes=tuple(replace(one, name=_plain(one)) for one in table.indexes),
        foreign_keys=tuple(replace(one, name=_plain(one)) for one in table.foreign_keys),
    )


def _plain(one: KeyConstraint | Index | ForeignKey) -> str:
    return one.name.partition(MARK)[0]
