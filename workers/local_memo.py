"""What the command line has read of code, kept in the user's cache folder between runs.

Code is read by its blob: a pre-commit hook that has seen the project once reads what changed, and
nothing else. It is a cache and no more: whatever is wrong with it, the run goes on without.
`DRIFTLINE_CACHE=off` does without it; `XDG_CACHE_HOME` moves it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_PREFIX = "code:"
_CHUNK = 500
_MOST_BYTES = 256 * 1024 * 1024
_LOCK_SECONDS = 2.0


class LocalMemo:
    """The engine's `Memo` for what it reads of code; other work is quicker done than fetched.

    With `keeps_states`, what else it is given is remembered for this run alone: a base and a head
    have most migrations in common.
    """

    def __init__(self, folder: Path | None, *, keeps_states: bool = False) -> None:
        self.keeps_states = keeps_states
        self._folder = folder
        self._fresh: dict[str, bytes] = {}
        self._known: dict[str, bytes] = {}
        self._passing: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """What was put under a key, or None."""
        if not key.startswith(_PREFIX):
            return self._passing.get(key)
        found = self._fresh.get(key, self._known.get(key))
        return found if found is not None else self.get_many((key,)).get(key)

    def get_many(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        """What was put under each of these keys, as far as it is there."""
        wanted = [key for key in keys if key.startswith(_PREFIX)]
        if wanted and self._folder is not None and self._path.exists():
            with _harmless(), self._opened() as database:
                for start in range(0, len(wanted), _CHUNK):
                    part = wanted[start : start + _CHUNK]
                    marks = ",".join("?" * len(part))
                    rows = database.execute(
                        f"SELECT key, value FROM memo WHERE key IN ({marks})", part
                    )
                    self._known.update(rows.fetchall())
        return {key: self._known[key] for key in wanted if key in self._known}

    def put(self, key: str, value: bytes) -> None:
        """Remember a value until `save`."""
        kept = self._fresh if key.startswith(_PREFIX) else self._passing
        kept[key] = value

    def save(self) -> None:
        """Write what is new, once, at the end of a run."""
        if self._folder is None or not self._fresh:
            return
        with _harmless():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._path.exists() and self._path.stat().st_size > _MOST_BYTES:
                self._path.unlink()
            with self._opened() as database:
                database.execute(
                    "CREATE TABLE IF NOT EXISTS memo (key TEXT PRIMARY KEY, value BLOB)"
                )
                database.executemany(
                    "INSERT OR REPLACE INTO memo VALUES (?, ?)", self._fresh.items()
                )
                database.commit()
            self._sweep()

    @property
    def _path(self) -> Path:
        assert self._folder is not None
        return self._folder / f"code-{_digest()}.sqlite3"

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        import sqlite3

        database = sqlite3.connect(self._path, timeout=_LOCK_SECONDS)
        with contextlib.closing(database):
            yield database

    def _sweep(self) -> None:
        """Older releases' files are of no use any more."""
        assert self._folder is not None
        for other in self._folder.glob("code-*.sqlite3"):
            if other != self._path:
                other.unlink(missing_ok=True)


@contextlib.contextmanager
def _harmless() -> Iterator[None]:
    """A cache that is broken, full or locked costs nothing but its use."""
    import sqlite3

    with contextlib.suppress(OSError, sqlite3.Error):
        yield


def local_memo(*, keeps_states: bool = False) -> LocalMemo:
    """The memo in the user's cache folder, or one that keeps nothing of code."""
    if os.environ.get("DRIFTLINE_CACHE", "").strip().lower() in ("off", "0", "no", "false"):
        return LocalMemo(None, keeps_states=keeps_states)
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        folder = Path(base) if base.startswith("/") else Path.home() / ".cache"
    except RuntimeError:  # there is no home
        return LocalMemo(None, keeps_states=keeps_states)
    return LocalMemo(folder / "driftline", keeps_states=keeps_states)


@cache
def _digest() -> str:
    """Changes with the code that reads code: what another release found may be another thing."""
    engine = Path(__file__).parent / "engine"
    digest = hashlib.sha256()
    for path in sorted([*(engine / "code").glob("*.py"), engine / "syntax.py"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
