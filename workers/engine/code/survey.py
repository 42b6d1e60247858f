"""All that a repository's code does with one schema's client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

import msgspec

from workers.engine.code import facts
from workers.engine.code.arguments import Walk
from workers.engine.code.client import ClientModel
from workers.engine.code.codebase import CodeBase
from workers.engine.code.facts import Facts
from workers.engine.code.following import Follower, Placed
from workers.engine.code.generators import DEFAULT, Generator, nearest_first, shared_folders
from workers.engine.code.ledger import ByPair, Ledger, memo_key, recalled, settled_by, written
from workers.engine.code.linking import Client, Delegate, Generated, Linker, Method
from workers.engine.code.methods import GENERIC
from workers.engine.code.receivers import is_client_name, last_name
from workers.engine.code.typed import read_typed
from workers.engine.code.uses import Undeclared, Usage, ValueUse

if TYPE_CHECKING:
    from workers.engine.code.mentions import Mentions

_ARGUMENTS = frozenset(
    {"where", "data", "select", "include", "omit", "orderBy", "take", "skip", "cursor", "distinct",
     "create", "update", "by", "_count", "_sum", "_avg", "_min", "_max", "having"}
)  # fmt: skip
Item = TypeVar("Item")


class Survey:
    """Resolves the calls of a code base against the schemas that it has clients of."""

    def __init__(self, code: CodeBase, generators: Iterable[Generator]) -> None:
        assert code.modules is not None
        self.code = code
        self.generators = tuple(generators)
        outputs = {s: g.pair for g in self.generators for s in g.sources if s != DEFAULT}
        self.linker = Linker(code.files, code.modules, outputs, code.load)
        self.follower = Follower(self.linker)
        self.usages: dict[str, Usage] = {g.pair: Usage() for g in self.generators}
        self._known_mentions: dict[str, Mentions] = {}
        self.unread = 0

    def run(self, known: Mapping[str, ByPair] | None = None) -> dict[str, ByPair]:
        """The usage of each schema by its pair's name, for each file; `known` is taken over."""
        outputs = tuple(self.linker.outputs)
        found: dict[str, ByPair] = {}
        for path, file in self.code.files.items():
            if any(path.startswith(f"{output}/") for output in outputs):
                continue
            before = known.get(path) if known is not None else None
            if before is None:
                self.usages = {g.pair: Usage() for g in self.generators}
                self._file(path, file)
                before = {pair: usage for pair, usage in self.usages.items() if usage.is_any}
            found[path] = before
        return found

    def _file(self, path: str, file: Facts) -> None:
        self.unread += file.unread
        for call in file.calls:
            self._call(path, call)
        for one in file.annotated:
            self._annotated(path, one)
        for use in file.enums:
            self._enum(path, use)
        for query in file.queries:
            if query.route != "create":
                self._query(path, query)
        for built in file.built:
            self._built(path, built)

    def _call(self, path: str, call: facts.Call) -> None:
        place = (path, call.start, call.end)
        argument = Placed(call.argument, path) if call.argument is not None else None
        meaning = self.linker.meaning(call.receiver, path)
        if isinstance(meaning, Delegate):
            self._known(meaning, call, place, argument)
            return
        if isinstance(meaning, Client | Method | Generated):
            return
        found = self._guessed(path, call)
        if found is not None:
            generator, model = found
            self._walk(generator, certain=False).call(model, call.method, argument, place)

    def _known(
        self,
        meaning: Delegate,
        call: facts.Call,
        place: tuple[str, int, int],
        argument: Placed | None,
    ) -> None:
        fitting = self._fitting(meaning.client.source, place[0])
        with_model = [g for g in fitting if meaning.name in g.schema.by_delegate]
        is_certain = meaning.client.is_certain and not meaning.client.is_extended
        if not with_model:
            if len(fitting) == 1 and is_certain and self._is_like(call):
                made = Undeclared(*place, "model", "", meaning.name)
                self.usages[fitting[0].pair].undeclared.append(made)
            else:
                self.unread += 1
            return
        generator = self._nearest(with_model, place[0])
        certain = is_certain and len(fitting) == 1
        model = generator.schema.by_delegate[meaning.name]
        walk = self._walk(generator, certain=certain)
        walk.is_extended = (
            meaning.client.is_certain
            and meaning.client.is_extended
            and not meaning.client.is_open
            and len(fitting) == 1
        )
        walk.call(model, call.method, argument, place)

    def _walk(self, generator: Generator, *, certain: bool) -> Walk:
        walk = Walk(generator.schema, self.follower, self.usages[generator.pair])
        walk.is_certain = certain
        return walk

    def _fitting(self, source: str, path: str) -> list[Generator]:
        """The schemas that a client may be of, by where it is imported from."""
        found = [g for g in self.generators if source in g.sources]
        if len(found) > 1:
            nearest = self._nearest(found, path)
            depth = shared_folders(nearest.folder, path)
            found = [g for g in found if shared_folders(g.folder, path) == depth]
        return found or list(self.generators)

    def _nearest(self, found: list[Generator], path: str) -> Generator:
        return nearest_first(found, path)[0]

    def _is_like(self, call: facts.Call) -> bool:
        """Whether the argument looks like one for a Prisma client."""
        value = call.argument
        if value is None:
            return call.method not in GENERIC
        if isinstance(value, facts.Object):
            names = {entry.name for entry in value.entries}
            return bool(names & _ARGUMENTS) or (not names and call.method not in GENERIC)
        return call.method not in GENERIC

    def _guessed(self, path: str, call: facts.Call) -> tuple[Generator, ClientModel] | None:
        """A delegate by its name and by what is asked of it, where the client is not traced."""
        receiver = call.receiver
        if not isinstance(receiver, facts.Member):
            return None
        found = [g for g in self.generators if receiver.name in g.schema.by_delegate]
        if not found:
            return None
        name = last_name(receiver.base)
        is_client = is_client_name(name)
        is_bare_count = is_client and call.method == "count" and call.argument is None
        if not self._is_like(call) and not is_bare_count:
            return None
        if call.method in GENERIC and not is_client:
            return None
        generator = self._nearest(found, path)
        return generator, generator.schema.by_delegate[receiver.name]

    def _annotated(self, path: str, one: facts.Annotated) -> None:
        meaning = self.linker.meaning(one.namespace, path)
        if isinstance(meaning, Generated) and meaning.name == "Prisma":
            fitting = self._fitting(meaning.source, path)
            for generator in fitting:
                walk = self._walk(generator, certain=len(fitting) == 1)
                if read_typed(walk, one.type, Placed(one.value, path)):
                    return

    def _enum(self, path: str, use: facts.EnumUse) -> None:
        if not isinstance(use.base, facts.Imported):
            return
        meaning = self.linker.imported(use.base, path)
        if not isinstance(meaning, Generated):
            return
        fitting = self._fitting(meaning.source, path)
        name = meaning.name.rpartition(".")[2]
        for generator in fitting:
            enum = generator.schema.enums.get(name)
            usage = self.usages[generator.pair]
            if enum is not None and use.member in enum.members:
                usage.values.append(ValueUse(path, use.start, use.end, name, use.member))
                return
            if enum is not None and len(fitting) == 1:
                usage.undeclared.append(
                    Undeclared(path, use.start, use.end, "value", name, use.member)
                )

    def _query(self, path: str, query: facts.Query) -> None:
        """What a query in SQL uses, by the first schema from here that has its tables."""
        for generator in nearest_first(self.generators, path):
            found = self._mentions(generator).of_query(path, query)
            self.usages[generator.pair].uses += found
            if found:
                return

    def _built(self, path: str, built: facts.Built) -> None:
        for generator in nearest_first(self.generators, path):
            found = list(self._mentions(generator).of_built(path, built))
            self.usages[generator.pair].uses += found
            if found:
                return

    def _mentions(self, generator: Generator) -> Mentions:
        known = self._known_mentions.get(generator.pair)
        if known is None:
            from workers.engine.code.mentions import Mentions

            known = Mentions(generator.schema, generator.provider)
            self._known_mentions[generator.pair] = known
        return known


def usages_of(
    code: CodeBase, generators: Iterable[Generator], near: CodeBase | None = None
) -> Mapping[str, Usage]:
    """What code does with each schema, every use once; `near` was surveyed with these schemas."""
    listed = tuple(generators)
    assert code.modules is not None
    schemas = ((g.pair, g.folder, g.schema, sorted(g.sources), g.provider) for g in listed)
    settled = settled_by(schemas, code.modules)
    before = _before(code, near, settled)
    standing = before.standing(code) if before is not None else {}
    by_file = Survey(code, listed).run(standing)
    if code.surveyed is None:
        _keep(
            code, written(code, settled, by_file, before), is_new=by_file.keys() != standing.keys()
        )
    found = {g.pair: Usage() for g in listed}
    for parts in by_file.values():
        for pair, usage in parts.items():
            found[pair].add(usage)
    for usage in found.values():
        usage.uses = _once(usage.uses)
        usage.values = _once(usage.values)
        usage.undeclared = _once(usage.undeclared)
        usage.creations = _once(usage.creations)
        usage.searches = _once(usage.searches)
    return found


def _before(code: CodeBase, near: CodeBase | None, settled: bytes) -> Ledger | None:
    """What was found by the same schemas: in the other state, else some time ago."""
    for other in (near, code.known):
        if other is not None and other.surveyed is not None and other.surveyed.settled == settled:
            return other.surveyed
    return recalled(code.memo.get(memo_key(settled))) if code.memo is not None else None


def _keep(code: CodeBase, ledger: Ledger, *, is_new: bool) -> None:
    """Keep what was found for the other state, and for later where that does not do it, too."""
    if code.is_full:
        return
    code.surveyed = ledger
    if is_new and code.known is None and code.memo is not None:
        code.memo.put(memo_key(ledger.settled), msgspec.msgpack.encode(ledger))


def _once(items: list[Item]) -> list[Item]:
    return list(dict.fromkeys(items))


def paths_of(items: Iterable[object]) -> Iterator[str]:
    """The files of uses, each once."""
    yield from dict.fromkeys(getattr(item, "path", "") for item in items)
