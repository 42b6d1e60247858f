"""The code of one state of a repository, read as far as it may use the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec
from msgspec import Struct, field

from workers.engine.code.facts import FORMAT, Facts
from workers.engine.code.ledger import Ledger
from workers.engine.code.modules import Aliases, Modules
from workers.engine.code.places import blob_name, is_code, is_config, is_too_deep, may_concern
from workers.engine.project.texts import decode
from workers.engine.snapshot import Tree
from workers.engine.source import SourceFile

if TYPE_CHECKING:
    from workers.engine.sql.replay import Memo

_MOST_OTHERS = 400
_MOST_BYTES = 100_000
_NOTHING = b"-"
"""What is remembered of a file that says nothing of a database."""


class CodeBase(Struct, eq=False):
    """The facts of every file that may use the database, and what resolves their imports."""

    files: dict[str, Facts] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """The blob of each file that was looked at."""
    modules: Modules | None = None
    unread: int = 0
    """Files that were not at hand."""
    configs: dict[str, Aliases] = field(default_factory=dict)
    known: CodeBase | None = None
    """Another state, most of which is the same."""
    surveyed: Ledger | None = None
    """What was found in each file."""
    tree: Tree | None = None
    memo: Memo | None = None
    others: dict[str, Facts | None] = field(default_factory=dict)
    """Files that do not mention the database, read because others take constants from them."""
    is_full: bool = False
    """Whether there were more of those than are read."""

    def load(self, path: str) -> Facts | None:
        """The facts of a file that does not mention the database itself."""
        name = self.names.get(path)
        if name is None or self.tree is None or len(self.others) > _MOST_OTHERS:
            self.is_full = self.is_full or name is not None
            return None
        if path not in self.others:
            self.others[path] = self._loaded(path, name, self.tree)
        return self.others[path]

    def _loaded(self, path: str, name: str, tree: Tree) -> Facts | None:
        key = f"{memo_key(path, name)}:whole"
        kept = self.memo.get(key) if self.memo is not None else None
        if kept is not None:
            return msgspec.json.decode(kept, type=Facts)
        data = tree.files.get(path)
        if data is None:
            data = tree.code.contents.get(name)
        if data is None or len(data) > _MOST_BYTES:
            return None
        facts = _parsed(path, data)
        if self.memo is not None:
            self.memo.put(key, msgspec.json.encode(facts))
        return facts

    def source(self, path: str, tree: Tree) -> SourceFile | None:
        """The text of a file: its own, or as much of it as its facts keep."""
        data = tree.files.get(path)
        if data is None:
            data = tree.code.contents.get(self.names.get(path, ""))
        if data is not None:
            return decode(path, data)
        facts = self.files.get(path) or self.others.get(path)
        return outlined(path, facts) if facts is not None else None


def outlined(path: str, facts: Facts) -> SourceFile:
    """A file of which only the lines are known in which something stands."""
    lines = (line if isinstance(line, str) else " " * line for line in facts.outline)
    return SourceFile(path, "\n".join(lines))


_Aliased = tuple[str, dict[str, tuple[str, ...]], str]


def read_code(
    tree: Tree,
    memo: Memo | None = None,
    known: CodeBase | None = None,
    is_ignored: Callable[[str], bool] | None = None,
) -> CodeBase:
    """Read a tree's code; what `known` (another state) or the memo has read is not read again."""
    code = CodeBase(tree=tree, memo=memo, known=known)
    before = _by_name(known)
    configs = code.configs
    recalled = _recalled(tree, memo, before)
    for path, name, data in _candidates(tree):
        if is_ignored is not None and is_ignored(path):
            continue
        code.names[path] = name
        if is_config(path):
            aliases = _aliases(path, name, data, memo, recalled)
            if aliases is not None:
                configs[path] = aliases
            continue
        facts = before.get((name, path.rpartition(".")[2]))
        if facts is None:
            remembered = _read(path, name, data, memo, recalled)
            if remembered is None:
                code.unread += 1
                continue
            facts = remembered
        if facts is not _EMPTY:
            code.files[path] = facts
    paths = frozenset(path for path in tree.paths if is_code(path)) | code.names.keys()
    manifests = {p: d for p, d in tree.files.items() if p.rpartition("/")[2] == "package.json"}
    code.modules = Modules(paths, manifests, configs)
    return code


_EMPTY = Facts()


def _by_name(known: CodeBase | None) -> Mapping[tuple[str, str], Facts]:
    if known is None:
        return {}
    return {
        (name, path.rpartition(".")[2]): known.files.get(path, _EMPTY)
        for path, name in known.names.items()
        if not is_config(path)
    }


@runtime_checkable
class Recalling(Protocol):
    """A memo that can be asked for many values at once."""

    def get_many(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        """What was put under each of these keys, as far as it is there."""


def _recalled(
    tree: Tree, memo: Memo | None, before: Mapping[tuple[str, str], Facts]
) -> Mapping[str, bytes] | None:
    """Everything that the memo has of a tree's code; None where it is to be asked one by one."""
    if not isinstance(memo, Recalling):
        return None
    return memo.get_many(
        memo_key(path, name)
        for path, name, _ in _candidates(tree)
        if (name, path.rpartition(".")[2]) not in before
    )


def _candidates(tree: Tree) -> Iterable[tuple[str, str, bytes | None]]:
    """Every file of code: its path, its blob, and its bytes where they are at hand."""
    for path, data in tree.files.items():
        if is_code(path):
            yield path, tree.code.names.get(path) or blob_name(data), data
    for path, name in tree.code.names.items():
        if path not in tree.files:
            yield path, name, tree.code.contents.get(name)


def _kept(key: str, memo: Memo | None, recalled: Mapping[str, bytes] | None) -> bytes | None:
    if recalled is not None:
        return recalled.get(key)
    return memo.get(key) if memo is not None else None


def _read(
    path: str,
    name: str,
    data: bytes | None,
    memo: Memo | None,
    recalled: Mapping[str, bytes] | None,
) -> Facts | None:
    """The facts of one file; None where neither its bytes nor an earlier reading are at hand."""
    key = memo_key(path, name)
    kept = _kept(key, memo, recalled)
    if kept == _NOTHING:
        return _EMPTY
    if kept is not None:
        return msgspec.json.decode(kept, type=Facts)
    if data is None:
        return None
    if not may_concern(path, data):
        if memo is not None:
            memo.put(key, _NOTHING)
        return _EMPTY
    facts = _parsed(path, data)
    if memo is not None:
        memo.put(key, msgspec.json.encode(facts))
    return facts


def _parsed(path: str, data: bytes) -> Facts:
    """The facts of a text; one that is nested beyond reason counts as unread."""
    from workers.engine.code.reader import read_script

    if is_too_deep(data):
        return Facts(unread=1)
    try:
        return read_script(path, decode(path, data).text)
    except RecursionError:
        return Facts(unread=1)


def memo_key(path: str, name: str) -> str:
    """Under what the facts of a blob are remembered; the ending decides how it is parsed."""
    return f"code:{FORMAT}:{path.rpartition('.')[2]}:{name}"


def _aliases(
    path: str,
    name: str,
    data: bytes | None,
    memo: Memo | None,
    recalled: Mapping[str, bytes] | None,
) -> Aliases | None:
    from workers.engine.code.modules import read_aliases

    key = memo_key(path, name)
    if data is None:
        kept = _kept(key, memo, recalled)
        return msgspec.json.decode(kept, type=_Aliased) if kept is not None else None
    found = read_aliases(decode(path, data).text)
    if memo is not None:
        memo.put(key, msgspec.json.encode(found))
    return found
