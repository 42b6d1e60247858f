"""`driftline fix`: the repair, printed or written into the files."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from workers.engine.repair.proposal import Proposal, Wish
from workers.engine.repair.propose import propose
from workers.engine.settings import Settings
from workers.engine.snapshot import Snapshot
from workers.local_memo import local_memo
from workers.output.patch import renamed_paths, render_patch
from workers.output.repair import render_json, render_text
from workers.output.wording import printable
from workers.refusals import WrongUse

_REFUSED = 3


def fix(options: argparse.Namespace, snapshot: Snapshot, settings: Settings) -> int:
    """Print the repair, or write it; 0 where nothing is left to do, 3 where something is left."""
    if options.write and options.head is not None:
        raise WrongUse("--write changes the files as they lie, so it cannot go with --head.")
    wish = Wish(
        stamp=datetime.now(UTC).strftime("%Y%m%d%H%M%S"),
        side=options.side,
        large=tuple(options.large_table or ()),
    )
    memo = local_memo()
    found = propose(snapshot, settings, wish, memo)
    memo.save()
    paths = sorted(snapshot.head.paths)
    print(_rendered(options.format, found, paths), end="")
    if not options.no_rehearsal and not _rehearsed(snapshot, settings, found):
        return _REFUSED
    if options.write:
        write(Path(options.repository), found, paths)
    return _REFUSED if any(one.refusal or one.remaining for one in found) else 0


def _rehearsed(snapshot: Snapshot, settings: Settings, found: Sequence[Proposal]) -> bool:
    """Try what is new on a PostgreSQL, where there is one; told beside the output. False where
    that speaks against it."""
    from workers.shadow.servers import NoServer, is_at_hand, server

    url = os.environ.get("DRIFTLINE_SHADOW_URL")
    new = [one for one in found if one.files]
    if not new or not is_at_hand(url):
        return True
    from workers.shadow.trial import trial

    try:
        with server(url) as address:
            trials = [trial(snapshot, one, address, settings) for one in new]
    except NoServer as error:
        print(f"driftline: not rehearsed: {printable(str(error))}", file=sys.stderr)
        return True
    for one in trials:
        print(f"driftline: {printable(one.told)}", file=sys.stderr)
    return all(one.is_sound for one in trials)


def _rendered(wanted: str, found: Sequence[Proposal], paths: Sequence[str]) -> str:
    if wanted == "json":
        return render_json(found) + "\n"
    if wanted == "patch":
        for one in found:
            if one.refusal:
                print(printable(f"driftline: no fix: {one.refusal}"), file=sys.stderr)
        return render_patch(found, paths)
    return render_text(found)


def write(root: Path, found: Iterable[Proposal], paths: Sequence[str]) -> None:
    """Carry the repair out in a folder; refused before anything is touched where a file is in the
    way, or a link leads elsewhere."""
    for proposal in found:
        new = [file.path for file in proposal.files]
        moves = [pair for move in proposal.moves for pair in renamed_paths(move, paths)]
        for path in (*new, *(target for _, target in moves)):
            if _place(root, path).exists():
                raise WrongUse(f"`{printable(path)}` is there already.")
        for old, target in moves:
            _place(root, target).parent.mkdir(parents=True, exist_ok=True)
            _place(root, old).rename(_place(root, target))
            _remove_empty(root, old)
        for edit in proposal.edits:
            _place(root, edit.path).write_bytes(edit.after.encode())
        for file in proposal.files:
            _place(root, file.path).parent.mkdir(parents=True, exist_ok=True)
            _place(root, file.path).write_bytes(file.text.encode())
        _say(proposal)


def _place(root: Path, path: str) -> Path:
    """Where a path of the repository lies on the disk; never outside of it."""
    parts = PurePosixPath(path).parts
    found = root.joinpath(*parts)
    resolved = found.parent.resolve() / found.name
    if ".." in parts or not resolved.is_relative_to(root.resolve()):
        raise WrongUse(f"`{printable(path)}` leads out of the repository.")
    return found


def _remove_empty(root: Path, path: str) -> None:
    folder = _place(root, path).parent
    if folder != root and not any(folder.iterdir()):
        folder.rmdir()


def _say(proposal: Proposal) -> None:
    for move in proposal.moves:
        print(f"driftline: moved {printable(move.old)} to {printable(move.new)}", file=sys.stderr)
    for path in (*(e.path for e in proposal.edits), *(f.path for f in proposal.files)):
        print(f"driftline: wrote {printable(path)}", file=sys.stderr)
