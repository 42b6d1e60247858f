"""A proposal rehearsed, and told in a sentence or two."""

from __future__ import annotations

from msgspec import Struct

from workers.engine.compare.differ import compare
from workers.engine.compare.subjects import subject_of
from workers.engine.fixes.steps import Stage
from workers.engine.fixes.written import written
from workers.engine.repair.proof import standing
from workers.engine.repair.proposal import Proposal
from workers.engine.repair.texts import with_files, with_moves
from workers.engine.rules.context import Context
from workers.engine.schema.model import QualifiedName
from workers.engine.settings import Settings
from workers.engine.side import options_of, read_side
from workers.engine.snapshot import Snapshot
from workers.shadow.rehearsal import Outcome, Script, rehearse, values_for

_DEFAULTS = Settings()


class Trial(Struct, frozen=True):
    """What a throwaway database made of a proposal, in a sentence or two. `is_sound` unless the
    server refuses it for what it is, or ends up with another catalogue."""

    told: str
    is_sound: bool = True


def trial(
    snapshot: Snapshot, proposal: Proposal, url: str, settings: Settings = _DEFAULTS
) -> Trial:
    """Try a proposal; only a sentence, where it could not be tried.

    The moves come first, the history is what is there, then come the new files.
    """
    import psycopg

    moved = with_moves(snapshot.head, {move.old: move.new for move in proposal.moves})
    files = {edit.path: edit.after for edit in proposal.edits}
    files |= {file.path: file.text for file in proposal.files if file.is_first}
    side = read_side(with_files(moved, files), settings)
    context = next((one for one in side.contexts if one.pair == proposal.pair), None)
    if context is None:
        return Trial("The repair could not be rehearsed: its pair was not found again.")
    if context.declared.provider != "postgresql":
        return Trial("Only repairs for PostgreSQL are rehearsed.")
    if context.in_name_order is not None:
        return Trial("The repair was not rehearsed: the migrations before it do not run.")
    history = [Script(one.name, one.source.text) for one in context.migrations]
    new = [
        Script(file.path, file.text)
        for file in proposal.files
        if not (file.is_way_back or file.is_first)
    ]
    try:
        outcome = _rehearsed(url, history, new, context)
    except psycopg.Error as error:
        first = str(error).strip().split("\n")[0]
        return Trial(f"The repair could not be rehearsed: {first}")
    sentence = told(outcome, context, proposal)
    if not (outcome.stopped and any(step.todo for step in proposal.steps)):
        return sentence
    try:
        filled = [Script(one.name, stood_in(one.text, proposal, context)) for one in new]
        outcome = _rehearsed(url, history, filled, context)
    except psycopg.Error:
        return sentence
    second = told(outcome, context, proposal)
    text = f"{sentence.told} With stand-in values where people have to decide: {second.told}"
    return Trial(text, second.is_sound)


def _rehearsed(url: str, history: list[Script], new: list[Script], context: Context) -> Outcome:
    home = context.project.default_schema if context.project is not None else "public"
    is_supabase = context.is_supabase
    return rehearse(url, history, context.replayed, new, is_supabase=is_supabase, home=home)


def stood_in(text: str, proposal: Proposal, context: Context) -> str:
    """The migration with a value for every row that waits for people."""
    for step in proposal.steps:
        schema, _, rest = step.subject.partition(".")
        table, _, column = rest.rpartition(".")
        declared = context.declared.tables.get(QualifiedName(schema, table))
        if step.todo and step.stage is Stage.CHECK and declared and declared.column(column):
            check = written(step.statement)
            update = values_for(context.declared, declared.name, column)
            text = text.replace(check, f"{update}\n{check}")
    return text


def told(outcome: Outcome, context: Context, proposal: Proposal) -> Trial:
    """The sentences for one rehearsal."""
    rows = sum(outcome.before.values())
    tables = sum(1 for number in outcome.before.values() if number)
    where = f"On PostgreSQL {outcome.version} with {rows} generated rows in {tables} tables"
    if outcome.failure and outcome.stopped:
        return Trial(f"{where} it stops, as it should, and leaves every row: {outcome.failure}.")
    if outcome.failure:
        return Trial(f"{where} it fails, and leaves every row: {outcome.failure}.", False)
    left = sum(outcome.after.values())
    answer = f"{where} it runs; {left} rows are there afterwards"
    project = context.project
    if outcome.schema is not None and project is not None:
        options = options_of(project, [])
        changes = compare(context.declaration, outcome.schema, options).changes
        promised = {one.subject for one in proposal.mended if one.side != "none"}
        left_over = {subject_of(one) for one in standing(changes)}
        names = sorted(left_over & promised)
        if names:
            return Trial(f"{answer}, but {', '.join(names[:5])} still differ.", False)
    return Trial(f"{answer}, and the catalogue is as declared.")
