"""Which commit wrote the lines of a schema that the migrations do not follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workers.engine.annals import Commit, Line, words_of
from workers.engine.compare import changes as c
from workers.engine.rules.context import Context
from workers.engine.schema.model import QualifiedName
from workers.engine.source import Origin


def past(context: Context) -> Sequence[Commit]:
    """The commits at hand that changed the schema's files, newest first."""
    project = context.project
    if context.annals is None or project is None or project.schema is None:
        return ()
    return context.annals.commits(project.schema.files, context.migrations_path)


def commit_of(context: Context, table: QualifiedName) -> tuple[Commit, Origin] | None:
    """The newest commit that wrote a line of the table's which drifted, and that line's place."""
    model = context.model_of(table)
    if model is None:
        return None
    wanted = dict(_lines(context, table))
    gone = set(_names_gone(context, table))
    if not wanted and not gone:
        return None
    by_block = context.remember(_by_block, lambda: _by_block(context))
    for commit, line in by_block.get(f"model {model.name}", ()):
        if line.is_added and line.text in wanted:
            return commit, wanted[line.text]
        if not line.is_added and line.text.split()[0] in gone:
            return commit, model.origin
    return None


def _by_block(context: Context) -> dict[str, list[tuple[Commit, Line]]]:
    """The lines of the past, newest first, by the block that they stand in."""
    found: dict[str, list[tuple[Commit, Line]]] = {}
    for commit in past(context):
        for line in commit.lines:
            found.setdefault(line.block, []).append((commit, line))
    return found


def _lines(context: Context, table: QualifiedName) -> Iterator[tuple[str, Origin]]:
    """The lines that declare what drifted, by their words."""
    for change in context.comparison.changes:
        declared = getattr(change, "declared", None)
        if declared is None or getattr(change, "only_name", False):
            continue
        owner = getattr(change, "table", None)
        if owner is None and isinstance(change, c.TableMissing | c.TableRenamed):
            owner = declared
        if owner is None or owner.name != table or not declared.history:
            continue
        origin = declared.history[0]
        yield _line_at(context, origin), origin


def _line_at(context: Context, origin: Origin) -> str:
    """The words of the line in which a place begins."""
    source = context.sources.get(origin.path)
    if source is None:
        return ""
    start = source.text.rfind("\n", 0, origin.span.start) + 1
    end = source.text.find("\n", origin.span.start)
    return words_of(source.text[start : end if end >= 0 else None])


def _names_gone(context: Context, table: QualifiedName) -> Iterator[str]:
    """The names under which a field stood that is declared no more."""
    for change in context.comparison.of_table(table):
        if isinstance(change, c.ColumnExtra):
            yield change.replayed.name
