"""`driftline report`: the whole document, printed or written to a file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from workers.engine.analyze import analyze
from workers.engine.dossier.dossier import compile_dossier
from workers.engine.errors import EngineError
from workers.engine.repair.proposal import Proposal, Wish
from workers.engine.repair.propose import propose
from workers.engine.report import Report
from workers.engine.settings import Settings
from workers.engine.snapshot import Snapshot
from workers.engine.sql.replay import Memo
from workers.output.report.compose import compose
from workers.output.report.document import Document, quoted
from workers.output.report.links import Places, address_of
from workers.output.wording import printable
from workers.refusals import WrongUse
from workers.remote import commit_of, find_remote
from workers.timelimit import TookTooLong, time_limit

_WRONG_PATHS = frozenset({"schema-not-found", "migrations-not-found"})
REPAIR_SECONDS = 30.0
MOST_CHANGES = 200
EXIT_CODES = {"READY": 0, "READY IN STEPS": 0, "BLOCKED": 1, "UNKNOWN": 3}


class Remembered:
    """A memo for one report: the repair replays what the review has replayed."""

    keeps_states = True

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """What was put under a key, or None."""
        return self._kept.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Remember a value."""
        self._kept[key] = value


def report(options: argparse.Namespace, snapshot: Snapshot, settings: Settings) -> int:
    """Judge, compose, write; the exit code says whether the state is ready to be deployed."""
    if options.remote is not None and address_of(options.remote) is None:
        raise WrongUse("--remote wants a repository's address: https://github.com/OWNER/NAME.")
    memo = Remembered()
    found = analyze(snapshot, settings, memo)
    if not found.is_touched:  # nothing to review, and all the same something to report on
        found = analyze(Snapshot(snapshot.head, observations=snapshot.observations), settings, memo)
    for diagnostic in found.diagnostics:
        if diagnostic.code in _WRONG_PATHS:
            raise WrongUse(diagnostic.message)
    repository = Path(options.repository)
    dossier = compile_dossier(found, _proposals(found, snapshot, settings, memo))
    remote = find_remote(repository, options.head, _files(snapshot), options.remote)
    name = remote.address.partition("//")[2].partition("/")[2] if remote else ""
    document = compose(dossier, quoted(name or repository.resolve().name), _judged(options))
    _write(options, _rendered(options.format, document, Places(found, remote)))
    return EXIT_CODES[dossier.readiness.word]


def _proposals(
    found: Report, snapshot: Snapshot, settings: Settings, memo: Memo
) -> tuple[Proposal, ...]:
    """The proven repairs; a report without them is better than none, or one that takes minutes."""
    if sum(len(pair.comparison.changes) for pair in found.pairs if pair.comparison) > MOST_CHANGES:
        return ()
    stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    try:
        with time_limit(REPAIR_SECONDS):
            return propose(Snapshot(snapshot.head), settings, Wish(stamp), memo)
    except (EngineError, TookTooLong):
        return ()


def _files(snapshot: Snapshot) -> Mapping[str, bytes]:
    """All files that were read, with their bytes."""
    code = snapshot.head.code
    held = {path: code.contents[name] for path, name in code.names.items() if name in code.contents}
    return {**held, **snapshot.head.files}


def _judged(options: argparse.Namespace) -> str:
    """Which state was judged, and when: people compare printed reports by their dates."""
    commit = commit_of(Path(options.repository), options.head)
    state = f"Commit {quoted(commit[:12])}" if commit and options.head else "The files as they lie"
    if commit and not options.head:
        state += f", at commit {quoted(commit[:12])}"
    base = options.base or ""
    is_whole = len(base) in (40, 64) and base.isalnum()
    against = f", merged into {quoted(base[:12] if is_whole else base)}" if base else ""
    read = options.env or options.database_url
    databases = "Databases were read, and nothing written." if read else "No database was read."
    return f"{state}{against}. {date.today().isoformat()}. {databases}"


def _rendered(wanted: str, document: Document, places: Places) -> str:
    if wanted == "html":
        from workers.output.report.html import render as render_html

        return render_html(document, places)
    from workers.output.report.markdown import render as render_markdown

    return render_markdown(document, places)


def _write(options: argparse.Namespace, text: str) -> None:
    if options.output is None:
        print(text, end="")
        return
    try:
        Path(options.output).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise WrongUse(f"`{printable(options.output)}` could not be written: {why}.") from error
    print(f"driftline: wrote {printable(options.output)}", file=sys.stderr)
