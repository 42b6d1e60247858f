"""SQL that the runner passes over: mislaid, run by hand or by a script; folders without any."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.project.layout import is_sql
from workers.engine.project.migrations import MigrationFolder
from workers.engine.project.paths import folder_of, is_copy
from workers.engine.project.purpose import Purpose, purpose_of
from workers.engine.project.scripts import is_script
from workers.engine.project.sql_runs import SqlRun, sql_runs
from workers.engine.reading import ground_of
from workers.engine.rules.context import Context
from workers.engine.rules.history.made import traces
from workers.engine.rules.history.subjects import (
    HandRunFolder,
    Place,
    ScriptlessFolder,
    StrayFolder,
    UnrepeatableScript,
    UnrunScript,
)
from workers.engine.settings import Settings
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Migration, replay

_ASIDE = frozenset({"archive", "archived", "backup", "bak", "deprecated", "legacy", "old"})
_AGAIN = frozenset({"42P07", "42710", "42701", "42723", "42P06", "42P16", "42P04"})
"""What PostgreSQL says of something that is there already."""


def unrun_sql(
    context: Context,
) -> Iterator[UnrunScript | ScriptlessFolder | HandRunFolder | UnrepeatableScript]:
    """Every file and folder that the runner passes over, and what scripts run in its stead."""
    pair = context.project
    if pair is None or pair.migrations is None:
        return
    schema = context.by_hand.schema if context.by_hand else context.replayed
    folder = pair.migrations
    if folder.is_conventional:
        for place, sources in _mislaid(folder):
            for source in sources:
                yield UnrunScript(source, place, tuple(traces(schema, source.path)))
        yield from _scriptless(folder, context)
    runs = _runs(context)
    by_folder: dict[str, list[UnrunScript]] = {}
    for source in pair.hand_run:
        marks = tuple(traces(schema, source.path))
        if marks:
            script = UnrunScript(source, "elsewhere", marks, runs.get(source.path))
            by_folder.setdefault(folder_of(source.path), []).append(script)
    for path, scripts in by_folder.items():
        yield HandRunFolder(path, tuple(scripts))
    yield from _unrepeatable(context, runs)


def stray_folders(context: Context) -> Iterator[StrayFolder]:
    """This pair, where it is a folder without a schema beside one that has its own."""
    pair = context.project
    if pair is None or pair.schema is not None or not pair.is_prisma or not context.migrations:
        return
    path = context.migrations_path
    if not context.pair or not any(other.endswith(".prisma") for other in context.head.paths):
        return
    if is_copy(f"{path}/x") or _is_put_aside(path) or _is_named(path, context):
        return
    yield StrayFolder(context.migrations[-1])


def _is_put_aside(path: str) -> bool:
    """Whether the folder's own name says so: `migrations_legacy`."""
    words = "".join(sign if sign.isalnum() else " " for sign in path.lower()).split()
    return not _ASIDE.isdisjoint(words)


def _is_named(path: str, context: Context) -> bool:
    """Whether some script or configuration speaks of the folder, or of the one around it."""
    home = folder_of(path)
    named = (path, f"{home}/schema.prisma" if home else path)
    return any(
        is_script(source.path) and any(name in source.text for name in named)
        for source in context.sources.values()
    )


def _runs(context: Context) -> dict[str, SqlRun]:
    """The SQL that scripts send to databases which are kept, as far as the first pair goes."""
    if context.pair or not any(is_sql(path) for path in context.head.files):
        return {}
    passing = (Purpose.DEVELOPMENT, Purpose.TEST)
    found = sql_runs(context.sources.values(), context.head.paths)
    return {path: run for path, run in found.items() if purpose_of(run.script) not in passing}


def _unrepeatable(context: Context, runs: dict[str, SqlRun]) -> Iterator[UnrepeatableScript]:
    """What stops when it is run after itself."""
    ours = {migration.source.path for migration in context.migrations}
    settings = context.settings if isinstance(context.settings, Settings) else Settings()
    for path, run in runs.items():
        source = context.sources.get(path)
        if source is None or path in ours or not is_sql(path) or context.project is None:
            continue
        once, again = Migration(path, source), Migration(f"{path} again", source)
        history = [*context.migrations, once, again]
        outcome = replay(history, ground_of(context.project, settings), lenient=True)
        before = {f.origin for f in outcome.failures if f.migration == once.name}
        for failure in outcome.failures:
            is_second = failure.migration == again.name and failure.origin not in before
            if is_second and failure.sqlstate in _AGAIN:
                yield UnrepeatableScript(run, failure)
                break


def _mislaid(folder: MigrationFolder) -> Iterator[tuple[Place, tuple[SourceFile, ...]]]:
    yield "beside", folder.loose
    yield "nested", folder.nested
    yield "above", folder.above


def _scriptless(folder: MigrationFolder, context: Context) -> Iterator[ScriptlessFolder]:
    nested = {source.path for source in folder.nested}
    for name in folder.scriptless:
        path = f"{folder.path}/{name}" if folder.path else name
        files = tuple(sorted(p for p in context.head.paths if p.startswith(path + "/")))
        if not nested.intersection(files):
            yield ScriptlessFolder(name, path, files)
