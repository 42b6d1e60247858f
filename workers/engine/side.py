"""One state of the repository: read, declared, replayed and compared, pair by pair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.code.places import is_code
from workers.engine.compare.changes import Change, ColumnTypeChanged, Comparison, TableMissing
from workers.engine.compare.differ import compare
from workers.engine.compare.options import Options
from workers.engine.errors import Diagnostic, Effect
from workers.engine.findings import Finding
from workers.engine.past import Past, replay_pair
from workers.engine.prisma.describe import Declaration
from workers.engine.project.discovery import Pair, Project, disagreement, discover
from workers.engine.project.locks import LOCK_FILES
from workers.engine.project.paths import folder_of, is_under, name_of
from workers.engine.project.schemas import has_block
from workers.engine.project.texts import Texts, decode
from workers.engine.reading import (
    declare,
    ground_of,
    is_comparable,
    is_replayable,
    language_of,
)
from workers.engine.rules.context import Context
from workers.engine.schema.model import Schema
from workers.engine.settings import Settings
from workers.engine.snapshot import Tree
from workers.engine.source import Origin, SourceFile, Span
from workers.engine.sql.replay import Memo, Migration, Replay, replay

if TYPE_CHECKING:
    from workers.engine.code.codebase import CodeBase
    from workers.engine.observed.survey import Survey


class Side(Struct):
    """A state of the repository with everything that was found out about it."""

    tree: Tree
    project: Project
    contexts: list[Context]
    sources: Mapping[str, SourceFile]
    diagnostics: list[Diagnostic]
    code: CodeBase | None = None
    """The code that may use the database; None where there is none, or no Prisma schema."""
    surveys: tuple[Survey, ...] = ()
    """The bound environments beside this state."""

    def add_sources(self, findings: Iterable[Finding]) -> None:
        """Keep the texts of the code that findings stand in."""
        if self.code is None:
            return
        added: dict[str, SourceFile] = {}
        for finding in findings:
            for origin in (finding.origin, *(related.origin for related in finding.related)):
                if origin.path in self.sources or origin.path in added:
                    continue
                source = self.code.source(origin.path, self.tree)
                if source is not None:
                    added[origin.path] = source
        self.sources = {**self.sources, **added} if added else self.sources


def read_side(
    tree: Tree, settings: Settings, memo: Memo | None = None, known: CodeBase | None = None
) -> Side:
    """Read a state: what it declares, what its migrations make, and what separates the two.

    `known` is the code of another state, most of which is the same.
    """
    texts = Texts(tree)
    project = discover(texts, settings)
    sources = _sources(texts)
    diagnostics = [*_skipped(tree), *project.diagnostics]
    contexts = []
    for pair in project.pairs:
        context, found = _read_pair(pair, tree, sources, settings, memo)
        if context is not None:
            contexts.append(context)
            diagnostics += found
    contexts = _joined(contexts, settings, memo)
    if not contexts and not project.diagnostics:
        diagnostics.append(_nothing_found())
    code, contexts = _with_code(tree, contexts, settings, memo, known)
    return Side(tree, project, contexts, sources, diagnostics, code)


def _with_code(
    tree: Tree,
    contexts: list[Context],
    settings: Settings,
    memo: Memo | None,
    known: CodeBase | None,
) -> tuple[CodeBase | None, list[Context]]:
    """What the code does with each pair's schema; it is read only where there are both."""
    if not any(context.declaration.symbols for context in contexts):
        return None, contexts
    if not tree.code.names and not any(is_code(path) for path in tree.files):
        return None, contexts
    from workers.engine.code.codebase import read_code
    from workers.engine.code.evidence import Declared, gather

    strange = _homes_of_others(tree, contexts)

    def is_foreign(path: str) -> bool:
        return settings.is_ignored(path) or any(is_under(path, home) for home in strange)

    code = read_code(tree, memo, known, is_foreign if strange else settings.is_ignored)
    declared = [
        Declared(
            c.pair,
            folder_of(c.schema_path),
            c.declaration.symbols,
            c.declaration.clients,
            c.declaration.schema.provider,
        )
        for c in contexts
        if c.declaration.symbols is not None and c.declaration.schema.provider != "mongodb"
    ]
    uses = gather(code, declared)
    return code, [replace(c, code=uses.get(c.pair)) for c in contexts]


def _homes_of_others(tree: Tree, contexts: list[Context]) -> tuple[str, ...]:
    """The folders of projects whose schema is none of the pairs': their code has its own client."""
    known = {
        path for c in contexts if c.project and c.project.schema for path in c.project.schema.files
    }
    texts = {tree.files.get(path) for path in known}
    ours = [_home(path) for path in known]
    others = {
        _home(path)
        for path, data in tree.files.items()
        if path.endswith(".prisma") and path not in known and data not in texts
        if has_block(decode(path, data).text, "datasource")
    }
    return tuple(home for home in others if not any(is_under(f"{one}/", home) for one in ours))


def _home(schema_path: str) -> str:
    """The folder that a schema lies in, without the part that Prisma's habits add."""
    parts = folder_of(schema_path).split("/")
    while parts and parts[-1] in ("prisma", "schema"):
        parts.pop()
    return "/".join(parts)


def _skipped(tree: Tree) -> Iterator[Diagnostic]:
    """What was not read and could matter; a linked `.env` matters to nobody."""
    for diagnostic in tree.skipped:
        path = diagnostic.origin.path if diagnostic.origin is not None else ""
        if diagnostic.effect is Effect.UNKNOWN or path.endswith((".prisma", ".sql")) or not path:
            yield diagnostic


def _joined(contexts: list[Context], settings: Settings, memo: Memo | None) -> list[Context]:
    """Where Prisma and Supabase both fill the database, the first pair knows what both make."""
    prisma = [c for c in contexts if c.project and c.project.is_prisma and c.project.schema]
    others = [c for c in contexts if c.project and not c.project.schema and c.is_supabase]
    others = [c for c in others if c.project and not c.project.is_prisma]
    if not prisma or not others or not prisma[0].project:
        return contexts
    first = prisma[0]
    by_name = {migration.name: migration for migration in first.migrations}
    run = [by_name[name] for name in first.order or by_name]
    run += [migration for context in others for migration in context.migrations]
    whole = replay(run, ground_of(prisma[0].project, settings), memo, lenient=True)
    return [
        replace(context, whole=whole)
        if context is first
        else replace(context, is_covered=any(context is other for other in others))
        for context in contexts
    ]


def _sources(texts: Texts) -> Mapping[str, SourceFile]:
    for path in texts.tree.files:
        if name_of(path) not in LOCK_FILES:
            texts.source(path)
    return texts.sources


def _read_pair(
    pair: Pair,
    tree: Tree,
    sources: Mapping[str, SourceFile],
    settings: Settings,
    memo: Memo | None,
    known: Past | None = None,
) -> tuple[Context | None, list[Diagnostic]]:
    """The pair's context; None where a schema in SQL was all that spoke for it, and does not."""
    if pair.plain is not None:
        return _read_plain(pair, tree, sources, settings, memo)
    declaration = declare(pair, sources)
    migrations = pair.migrations.migrations if pair.migrations else ()
    diagnostics = [*declaration.diagnostics, *_notes(pair, declaration, migrations)]
    past = Past(Replay(Schema()))
    if is_replayable(declaration, pair) and migrations:
        past = known or replay_pair(pair, ground_of(pair, settings, declaration), memo)
        diagnostics += past.judged.diagnostics
    context = _context(pair, declaration, past, tree, sources, settings)
    if pair.schema is not None and migrations and is_comparable(pair, declaration):
        options = options_of(pair, diagnostics)
        compared = compare(declaration, past.judged.schema, options)
        context = replace(
            context,
            comparison=compared,
            options=options,
            by_hand_changes=_by_hand(declaration, compared, past.by_hand, options),
        )
    return context, diagnostics


def _context(
    pair: Pair,
    declaration: Declaration,
    past: Past,
    tree: Tree,
    sources: Mapping[str, SourceFile],
    settings: Settings,
) -> Context:
    files = pair.schema_files
    return Context(
        declaration=declaration,
        replay=past.judged,
        comparison=Comparison(()),
        migrations=tuple(pair.migrations.migrations) if pair.migrations else (),
        prisma_version=pair.prisma_version,
        is_supabase=pair.is_supabase,
        head=tree,
        schema_path=files[0] if files else "",
        migrations_path=pair.migrations.path if pair.migrations else "",
        pair=pair.name,
        sources=sources,
        settings=settings,
        project=pair,
        in_name_order=past.in_name_order,
        order=past.order,
        by_hand=past.by_hand,
    )


def _read_plain(
    pair: Pair,
    tree: Tree,
    sources: Mapping[str, SourceFile],
    settings: Settings,
    memo: Memo | None,
) -> tuple[Context | None, list[Diagnostic]]:
    """A pair whose declared side may be SQL: compared where that shows, else as if it had none."""
    from workers.engine.plain import BOOKKEEPING, declare_plain

    ground = ground_of(pair, settings)
    files = pair.plain.files if pair.plain else ()
    rest = tuple(script for script in pair.hand_run if script.path not in files)
    past = replay_pair(replace(pair, hand_run=rest), ground, memo)
    declared, told = declare_plain(pair, past.judged, sources, ground, memo)
    if declared is None:
        if pair.is_tentative or pair.is_second:
            return None, []
        is_same = rest == pair.hand_run
        bare = replace(pair, plain=None)
        context, found = _read_pair(bare, tree, sources, settings, memo, past if is_same else None)
        return context, [*found, *told]
    diagnostics = [*past.judged.diagnostics, *told]
    context = _context(replace(pair, hand_run=rest), declared, past, tree, sources, settings)
    options = replace(
        options_of(pair, diagnostics), is_plain=True, external_tables=tuple(BOOKKEEPING)
    )
    return replace(context, comparison=compare(declared, past.judged.schema, options)), diagnostics


def _by_hand(
    declaration: Declaration, compared: Comparison, by_hand: Replay | None, options: Options
) -> tuple[Change, ...]:
    """The wrong types in missing tables that SQL run by hand would make."""
    missing = {c.declared.name for c in compared.changes if isinstance(c, TableMissing)}
    if by_hand is None or not missing & by_hand.schema.tables.keys():
        return ()
    changes = compare(declaration, by_hand.schema, options).changes
    return tuple(
        change
        for change in changes
        if isinstance(change, ColumnTypeChanged) and change.table.name in missing
    )


def options_of(pair: Pair, diagnostics: list[Diagnostic]) -> Options:
    """How to compare a pair: nothing is said of what could not be read."""
    unknown = {
        subject
        for diagnostic in diagnostics
        if diagnostic.effect is Effect.UNKNOWN
        for subject in diagnostic.subjects
    }
    return Options(default_schema=pair.default_schema, unknown=unknown)


def _notes(
    pair: Pair, declaration: Declaration, migrations: tuple[Migration, ...]
) -> Iterator[Diagnostic]:
    note = disagreement(pair)
    if note is not None:
        yield note
    start = Origin(pair.schema.files[0], Span(0, 0)) if pair.schema else None
    if not is_replayable(declaration, pair):
        lock = pair.migrations.lock_provider if pair.migrations else None
        provider = lock or declaration.datasource.get("provider", "").strip('"')
        yield _unsupported(provider, start, has_migrations=bool(migrations))
    elif migrations and (name := _EXPERIMENTAL.get(language_of(pair, declaration))):
        yield _experimental(name, start)
    elif pair.schema is not None and not migrations:
        yield Diagnostic(
            "no-migrations",
            f"`{pair.schema.root}` has no migrations, so there is nothing to compare it with; "
            "a project that uses `prisma db push` alone is fine until it has data to keep.",
            start,
            Effect.INFORMATION,
        )


_EXPERIMENTAL: dict[str, str] = {"sqlserver": "SQL Server", "cockroachdb": "CockroachDB"}


def _experimental(name: str, start: Origin | None) -> Diagnostic:
    return Diagnostic(
        "provider-experimental",
        f"Migrations for {name} are judged experimentally, without having been measured on a "
        "server: a finding is a warning at most, and what could not be judged is said.",
        start,
        Effect.INFORMATION,
    )


def _unsupported(provider: str, start: Origin | None, *, has_migrations: bool) -> Diagnostic:
    if provider == "mongodb":
        message = "MongoDB has no migrations, so there is no schema drift to look for."
        return Diagnostic("provider-without-migrations", message, start, Effect.INFORMATION)
    return Diagnostic(
        "provider-not-supported",
        f"Migrations for {provider} are not replayed: only those for PostgreSQL, MySQL, SQLite, "
        "SQL Server and CockroachDB are.",
        start,
        Effect.UNKNOWN if has_migrations else Effect.INFORMATION,
    )


def _nothing_found() -> Diagnostic:
    return Diagnostic(
        "no-schema",
        "There is no Prisma schema and no migrations folder here; name them with `--schema` and "
        "`--migrations` if they are somewhere unusual.",
        None,
        Effect.INFORMATION,
    )
