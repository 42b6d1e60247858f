"""SQL that no runner reads.

What it means
    Prisma runs `migrations/*/migration.sql` and nothing else. An SQL file beside those folders,
    one folder deeper or higher, or elsewhere in the repository is run by nobody, and a folder
    without `migration.sql` stops `prisma migrate deploy` (P3015).

Why it matters
    What such a file makes exists only in databases where somebody ran it by hand. A new database,
    the shadow database and CI do not have it, and the next migration that needs it fails.

Example
    prisma/migrations/20250225120000_add_chat.sql        never run
    prisma/migrations/20250225120000_add_chat/migration.sql    run

Fix
    Move the file into a folder of its own, as `migration.sql`. Where its statements were run by
    hand, mark the migration as applied there: `prisma migrate resolve --applied NAME`.

When to ignore it
    A file that is run by another program on purpose, or by hand once.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Related, Severity
from workers.engine.project.paths import folder_of, name_of
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.made import Trace
from workers.engine.rules.history.places import is_prisma, mark_applied, path_of
from workers.engine.rules.history.stamps import newest_after, stamp_of
from workers.engine.rules.history.subjects import HandRunFolder, ScriptlessFolder, UnrunScript
from workers.engine.source import Origin, Span

migration_never_run = Rule(
    "migration-never-run", family="history", severity=Severity.WARNING, since="0.1"
)
sql_run_by_hand = Rule("sql-run-by-hand", family="history", severity=Severity.NOTICE, since="0.1")
migration_folder_without_script = Rule(
    "migration-folder-without-script", family="history", severity=Severity.ERROR, since="0.1"
)

_SHOWN = 3
_PLACES = {
    "beside": "it lies beside the migration folders and not in one",
    "nested": "it lies one folder too deep",
    "above": "it lies beside the migrations folder and not in it",
    "elsewhere": "no runner reads its folder",
}


@migration_never_run.on(UnrunScript)
def check_script(script: UnrunScript, context: Context) -> Iterator[Finding]:
    """A file where migrations are kept that Prisma passes over: worse if something needs it."""
    path = script.source.path
    if not script.source.text.strip():
        return
    name = migration_name(path)
    is_meant = bool(stamp_of(name)) or script.place != "beside"
    if not is_meant and not script.marks:
        return
    target = f"{context.migrations_path}/{name}/migration.sql"
    needed = [mark for mark in script.marks if _is_declared(mark, context)]
    yield migration_never_run.finding(
        subject=path,
        severity=Severity.ERROR if needed else Severity.WARNING,
        message=f"Prisma never runs `{path}`: {_place(script, context)}{_loss(script.marks)}.",
        origin=_start(script),
        remedy=f"Make it a migration: `mkdir -p {folder_of(target)} && git mv {path} {target}`; "
        f"where it was run by hand, `prisma migrate resolve --applied {name}`.",
    )


@sql_run_by_hand.on(HandRunFolder)
def check_by_hand(folder: HandRunFolder, context: Context) -> Iterator[Finding]:
    """SQL elsewhere that makes what the migrations do not: one finding for a folder."""
    first, *others = folder.scripts
    marks = tuple(mark for script in folder.scripts for mark in script.marks)
    needed = [mark for mark in marks if _is_declared(mark, context)]
    what = f"`{first.source.path}` is run by {_runner(folder)}no migration"
    if others:
        names = ", ".join(f"`{name_of(script.source.path)}`" for script in folder.scripts[:_SHOWN])
        more = f" and {len(folder.scripts) - _SHOWN} more" if len(folder.scripts) > _SHOWN else ""
        where = f"in `{folder.path}` " if folder.path else ""
        what = f"{names}{more} {where}are run by {_runner(folder)}no migration"
    yield sql_run_by_hand.finding(
        subject=folder.path if others else first.source.path,
        severity=Severity.WARNING if needed else Severity.NOTICE,
        message=f"{what}{_loss(marks)}.",
        origin=_start(first),
        related=[
            Related(f"`{script.source.path}` is not run either", _start(script))
            for script in others[:_SHOWN]
        ],
        remedy="Make what the database needs a migration, so that every database has it: "
        f"`{_move(first.source.path, context)}`; {_elsewhere(context)}.",
    )


def _runner(folder: HandRunFolder) -> str:
    """The scripts of the project that run them: "the script `db:policies` and by ", or nothing."""
    names = sorted({script.run.script.name for script in folder.scripts if script.run is not None})
    if not names or any(script.run is None for script in folder.scripts):
        return ""
    return f"the script {', '.join(f'`{name}`' for name in names)} and by "


def _move(path: str, context: Context) -> str:
    """The command that makes a file the newest migration."""
    words = name_of(path).removesuffix(".sql").lstrip("0123456789").strip("_-. ") or "by_hand"
    name = newest_after([migration.name for migration in context.migrations], f"0_{words}")
    target = path_of(context, name)
    if not is_prisma(context):
        return f"git mv {path} {target}"
    return f"mkdir -p {target} && git mv {path} {target}/migration.sql"


def _elsewhere(context: Context) -> str:
    told = mark_applied(context, "NAME")
    return f"where it has been run by hand, tell the database that it has it (`{told}`)"


@migration_folder_without_script.on(ScriptlessFolder)
def check_folder(folder: ScriptlessFolder, context: Context) -> Iterator[Finding]:
    """A folder that makes Prisma stop."""
    inside = ", ".join(f"`{name_of(path)}`" for path in folder.files[:_SHOWN])
    first = folder.files[0] if folder.files else folder.path
    yield migration_folder_without_script.finding(
        subject=folder.path,
        message=f"`{folder.path}` has no `migration.sql` (it holds {inside}), so "
        "`prisma migrate deploy` stops there with P3015.",
        origin=Origin(first, Span(0, 0)),
        remedy="Restore its `migration.sql`, or move the folder out of the migrations.",
    )


def migration_name(path: str) -> str:
    """The name that a loose file would have as a migration."""
    name = name_of(path)
    if name == "migration.sql":
        return name_of(folder_of(path))
    return name.removesuffix(".sql")


def _place(script: UnrunScript, context: Context) -> str:
    """Where the file lies, and what Prisma does at a folder that has only folders in it."""
    told = _PLACES[script.place]
    folder = context.project.migrations if context.project else None
    if script.place != "nested" or folder is None:
        return told
    inside = script.source.path.removeprefix(f"{folder.path}/" if folder.path else "")
    outer = inside.partition("/")[0]
    if outer not in folder.scriptless:
        return told
    return f"{told}, and `prisma migrate deploy` stops at `{outer}` with P3015"


def _is_declared(mark: Trace, context: Context) -> bool:
    """Whether the Prisma schema expects the table or the column that the file makes."""
    if not mark.is_made or mark.kind not in ("table", "column"):
        return False
    for name, table in context.declared.tables.items():
        if str(name) == mark.table:
            return mark.kind == "table" or table.column(mark.name.rpartition(".")[2]) is not None
    return False


def _loss(marks: tuple[Trace, ...]) -> str:
    """What a new database does not have: ", so a new database has no table `x`"."""
    tables = {mark.table for mark in marks if mark.kind == "table" and mark.is_made}
    told = [m for m in marks if m.is_made and (m.kind == "table" or m.table not in tables)]
    if not told:
        return ""
    shown = [mark.label for mark in told[:_SHOWN]]
    more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return f", so a new database has no {', no '.join(shown)}{more}"


def _start(script: UnrunScript) -> Origin:
    if script.marks:
        return min((m.origin for m in script.marks), key=lambda origin: origin.span.start)
    end = script.source.text.find("\n")
    return Origin(script.source.path, Span(0, end if end >= 0 else len(script.source.text)))
