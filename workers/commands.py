"""What each command does: read a repository, ask the engine, print."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.annals import GitAnnals
from workers.checkout import CheckoutError, local_snapshot
from workers.engine.errors import Diagnostic
from workers.engine.project.discovery import Pair, discover
from workers.engine.project.texts import Texts
from workers.engine.reading import declare, ground_of, is_replayable, is_told_by_lock
from workers.engine.settings import Settings
from workers.engine.snapshot import Snapshot
from workers.engine.sql.replay import replay as run_replay
from workers.git import GitError
from workers.local_memo import local_memo
from workers.local_settings import settings_for
from workers.output.catalogue import line_of, render_catalogue, render_replay
from workers.output.wording import printable
from workers.refusals import Unreadable, WrongUse

if TYPE_CHECKING:
    from workers.engine.report import Report

EXIT_CODES = {"pass": 0, "fail": 1, "unknown": 3}
_WRONG_PATHS = frozenset({"schema-not-found", "migrations-not-found"})


def check(options: argparse.Namespace) -> int:
    """Look for drift, print what was found; the exit code is the verdict."""
    from workers.engine.analyze import analyze

    snapshot = _snapshot(options, base=options.base, reads_code=True)
    snapshot = _with_databases(snapshot, options)
    settings = settings_for(options, snapshot)
    memo = local_memo(keeps_states=options.base is not None)
    report = analyze(snapshot, settings, memo)
    memo.save()
    _refuse_wrong_paths(report.diagnostics)
    print(_rendered(report, options))
    return EXIT_CODES[report.verdict]


def report(options: argparse.Namespace) -> int:
    """Write the whole document; the exit code is its verdict on readiness."""
    from workers.reporting import report as write

    snapshot = _snapshot(options, base=options.base, reads_code=True)
    snapshot = _with_databases(snapshot, options)
    return write(options, snapshot, settings_for(options, snapshot))


def fix(options: argparse.Namespace) -> int:
    """Print or write the repair."""
    from workers.fixing import fix as run

    snapshot = _snapshot(options, base=options.base, reads_code=True)
    return run(options, snapshot, settings_for(options, snapshot))


def init(options: argparse.Namespace) -> int:
    """Write what keeps the project from drifting, or show it."""
    from workers.initial import initialise

    for line in initialise(Path(options.repository), is_dry=options.dry_run):
        print(line)
    return 0


def replay(options: argparse.Namespace) -> int:
    """Print the schema that the migrations make, in name order, with the failures."""
    texts, pair, settings = _one_pair(options)
    if pair.migrations is None:
        raise WrongUse("there is no migrations folder here; name it with --migrations.")
    declaration = None if is_told_by_lock(pair) else declare(pair, texts.sources)
    if declaration is not None and not is_replayable(declaration, pair):
        raise Unreadable("only migrations for PostgreSQL and SQLite can be replayed yet.")
    replayed = run_replay(pair.migrations.migrations, ground_of(pair, settings, declaration))
    diagnostics = [*texts.tree.skipped, *replayed.diagnostics]
    print(render_replay(replayed, diagnostics, texts.sources))
    return 0


def declared(options: argparse.Namespace) -> int:
    """Print the schema that the Prisma schema declares."""
    texts, pair, settings = _one_pair(options)
    if pair.schema is None and pair.plain is not None:
        from workers.engine.plain import run_plain

        ground = ground_of(pair, settings)
        print(render_catalogue(run_plain(pair.plain, texts.sources, ground).schema))
        return 0
    if pair.schema is None:
        raise WrongUse("there is no Prisma schema here; name it with --schema.")
    declaration = declare(pair, texts.sources)
    for diagnostic in declaration.diagnostics:
        print(f"driftline: {_told(texts, diagnostic)}", file=sys.stderr)
    print(render_catalogue(declaration.schema))
    return 0


def status(options: argparse.Namespace) -> int:
    """Print how each bound database stands to the repository."""
    from workers.standing import status as run

    snapshot = _snapshot(options)
    return run(options, snapshot, settings_for(options, snapshot))


def rules(options: argparse.Namespace) -> int:
    """List the rules: name, family, severity, fix, what they find, whose rules they answer."""
    from workers.engine.rules.catalogue import CATALOGUE
    from workers.output.rules import render_rules, render_rules_json

    print((render_rules_json if options.format == "json" else render_rules)(CATALOGUE))
    return 0


def rule(options: argparse.Namespace) -> int:
    """Print the page of one rule."""
    from workers.engine.rules.catalogue import CATALOGUE

    if options.name not in CATALOGUE:
        from difflib import get_close_matches

        near = get_close_matches(options.name, [rule.name for rule in CATALOGUE], n=1)
        hint = f" Did you mean `{near[0]}`?" if near else " `driftline rules` lists all."
        raise WrongUse(f"there is no rule `{printable(options.name)}`.{hint}")
    from workers.output.rules import render_rule

    print(render_rule(CATALOGUE[options.name]))
    return 0


def config_schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema of the configuration, for editors."""
    import json

    from workers.engine.config.editor import json_schema
    from workers.engine.rules.catalogue import CATALOGUE

    print(json.dumps(json_schema([rule.name for rule in CATALOGUE]), indent=2))
    return 0


def serve(options: argparse.Namespace) -> int:
    """Run the web process."""
    from bot.settings import SettingsError
    from workers.web import AddressTaken
    from workers.web import serve as run

    try:
        return run()
    except (SettingsError, AddressTaken) as error:
        raise WrongUse(str(error)) from error


def doctor(options: argparse.Namespace) -> int:
    """Look at this instance: settings, Redis, workers, GitHub."""
    from workers.doctor import doctor as run

    return run()


def setup(options: argparse.Namespace) -> int:
    """Register an App of one's own."""
    from workers.setting_up import setup as run

    return run(options)


def work(options: argparse.Namespace) -> int:
    """Run workers."""
    from bot.settings import SettingsError
    from workers.processes import work as run

    try:
        return run(workers=options.workers, burst=options.burst)
    except SettingsError as error:
        raise WrongUse(str(error)) from error


def _snapshot(
    options: argparse.Namespace, base: str | None = None, *, reads_code: bool = False
) -> Snapshot:
    repository = Path(options.repository)
    try:
        found = local_snapshot(repository, head=options.head, base=base, reads_code=reads_code)
    except CheckoutError as error:
        if isinstance(error.__cause__, GitError):
            raise Unreadable(str(error)) from error
        raise WrongUse(str(error)) from error
    return replace(found, annals=GitAnnals(repository, options.head))


def _with_databases(snapshot: Snapshot, options: argparse.Namespace) -> Snapshot:
    """The snapshot with what the databases hold that the options name."""
    if not (options.env or options.database_url):
        return snapshot
    from workers.standing import observations

    return replace(snapshot, observations=observations(options))


def _one_pair(options: argparse.Namespace) -> tuple[Texts, Pair, Settings]:
    """The pair that the options mean: the first one, said where there are others."""
    snapshot = _snapshot(options)
    settings = settings_for(options, snapshot)
    texts = Texts(snapshot.head)
    project = discover(texts, settings)
    _refuse_wrong_paths(project.diagnostics)
    if not project.pairs:
        raise WrongUse(
            "there is no Prisma schema and no migrations folder here; name them with --schema "
            "and --migrations."
        )
    first, *others = project.pairs
    if others:
        print(
            f"driftline: this is `{first.path}`; there are also "
            f"{_listed([pair.path for pair in others])} (choose with --schema or --migrations).",
            file=sys.stderr,
        )
    for path in first.schema_files:
        texts.source(path)
    return texts, first, settings


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:4])
    return shown + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _refuse_wrong_paths(diagnostics: Iterable[Diagnostic]) -> None:
    for diagnostic in diagnostics:
        if diagnostic.code in _WRONG_PATHS:
            raise WrongUse(diagnostic.message)


def _told(texts: Texts, diagnostic: Diagnostic) -> str:
    if diagnostic.origin is None:
        return printable(diagnostic.message)
    path = diagnostic.origin.path
    line = line_of(diagnostic.origin, texts.sources)
    return printable(f"{path}:{line}: {diagnostic.message}")


def _rendered(report: Report, options: argparse.Namespace) -> str:
    if options.format == "json":
        from workers.output.json import render_json

        return render_json(report)
    if options.format == "markdown":
        from workers.output.markdown import render_markdown

        return render_markdown(report)
    if options.format == "sarif":
        from workers.engine.rules.catalogue import CATALOGUE
        from workers.output.sarif import render_sarif

        return render_sarif(report, CATALOGUE)
    from workers.output.text import render_text

    return render_text(report, is_coloured=_is_coloured(options.color))


def _is_coloured(wish: str) -> bool:
    """https://no-color.org: NO_COLOR counts where it is set to anything; FORCE_COLOR likewise."""
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
