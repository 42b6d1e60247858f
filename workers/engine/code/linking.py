"""What references mean across files: which of them are a Prisma client, and which its delegates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Union

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.code import facts
from workers.engine.code.facts import Facts, Ref, Shape
from workers.engine.code.modules import Modules

_DEEPEST = 48
_SAME = frozenset(
    {"Promise", "Awaited", "Readonly", "NonNullable", "Partial", "Required", "Omit", "Pick",
     "PromiseLike", "ReturnType", "InstanceType", "Exclude", "Extract"}
)  # fmt: skip
_TRANSACTION_TYPES = frozenset({"TransactionClient", "DefaultPrismaClient"})
_METHODS = frozenset(
    {"$transaction", "$extends", "$queryRaw", "$executeRaw", "$queryRawUnsafe",
     "$executeRawUnsafe", "$connect", "$disconnect", "$on", "$use"}
)  # fmt: skip


class Client(Struct, frozen=True):
    """A Prisma client: where its class comes from, and whether that is beyond doubt."""

    source: str
    is_certain: bool = True
    is_extended: bool = False
    is_open: bool = False
    """Whether an extension may have changed what its methods take."""


class Delegate(Struct, frozen=True):
    """A client's property for a model, by its name."""

    client: Client
    name: str


class Method(Struct, frozen=True):
    """A method of the client itself: `$transaction`."""

    client: Client
    name: str


class Generated(Struct, frozen=True):
    """Something that the generated module exports: `PrismaClient`, `Prisma`, an enum."""

    source: str
    name: str


class Module(Struct, frozen=True):
    """A file as a whole: `import * as db`."""

    path: str


class Within(Struct, frozen=True):
    """A shape, a record or a function together with the file that it was read in."""

    path: str
    what: facts.Fields | facts.Record | facts.Returned | facts.Giving
    more: tuple[Meaning, ...] = ()


Meaning = Union["Client", "Delegate", "Method", "Generated", "Module", "Within"]


class Linker:
    """Evaluates references. `outputs` are the generated clients' folders, by their path."""

    def __init__(
        self,
        files: Mapping[str, Facts],
        modules: Modules,
        outputs: Mapping[str, str],
        load: Callable[[str], Facts | None] = lambda path: None,
    ) -> None:
        self.load = load
        self.files = files
        self.modules = modules
        self.outputs = outputs
        self._exports: dict[tuple[str, str], Meaning | None] = {}
        self._tops: dict[tuple[str, str], Meaning | None] = {}

    def loaded(self, path: str) -> Facts | None:
        """The facts of a file, read now if need be: it may hold what others refer to."""
        return self.files.get(path) or self.load(path)

    def meaning(self, ref: Ref, path: str, depth: int = 0) -> Meaning | None:
        """What a reference in a file means, as far as it has to do with a client."""
        if depth > _DEEPEST:
            return None
        depth += 1
        if isinstance(ref, facts.Imported):
            return self.imported(ref, path, depth)
        if isinstance(ref, facts.Top):
            return self._top(ref.name, path, depth)
        if isinstance(ref, facts.Member):
            return self._member(self.meaning(ref.base, path, depth), ref.name, depth)
        if isinstance(ref, facts.Called):
            return self._called(ref, path, depth)
        if isinstance(ref, facts.Made):
            return self._made(self.meaning(ref.maker, path, depth))
        if isinstance(ref, facts.Either):
            return self._either(ref, path, depth)
        if isinstance(ref, facts.This):
            shape = self._shape_named(ref.owner, path)
            return self.shape(shape, path, depth) if shape is not None else None
        if isinstance(ref, facts.Shaped):
            return self.shape(ref.shape, path, depth)
        if isinstance(ref, facts.CallbackOf):
            return self._callback(self.meaning(ref.callee, path, depth))
        if isinstance(ref, facts.Returned | facts.Record):
            return Within(path, ref)
        return None

    def imported(self, ref: facts.Imported, path: str, depth: int = 0) -> Meaning | None:
        """What an import gives."""
        target = self.modules.file(path, ref.module)
        source = self.source_of(path, ref.module)
        if source is not None and (target is None or target not in self.files):
            return Generated(source, ref.name)
        if target is None or target not in self.files:
            if ref.name == "PrismaClient" and "prisma" in ref.module.lower():
                return Generated(ref.module, ref.name)
            return None
        if ref.name == "*":
            return Module(target)
        return self.export(target, ref.name, depth)

    def source_of(self, path: str, module: str) -> str | None:
        """The generated client that a module is, by its output folder or its package."""
        if module.startswith((".prisma/client", "@prisma/client")):
            return "@prisma/client" if "/client-" not in module else module
        for place in self.modules.places(path, module):
            for output in self.outputs:
                if place == output or place.startswith(f"{output}/"):
                    return output
        package = module.removeprefix("node_modules/")
        for output in self.outputs:
            if output.endswith(f"node_modules/{package}"):
                return output
        return None

    def export(self, path: str, name: str, depth: int = 0) -> Meaning | None:
        """What a file exports under a name."""
        key = (path, name)
        if key in self._exports:
            return self._exports[key]
        self._exports[key] = None
        if depth > _DEEPEST:
            return None
        found = self._exported(path, name, depth)
        self._exports[key] = found
        return found

    def _exported(self, path: str, name: str, depth: int) -> Meaning | None:
        file = self.files[path]
        ref = file.exports.get(name)
        if ref is not None:
            return self.meaning(ref, path, depth)
        if name in file.shapes:
            return self.shape(file.shapes[name], path, depth)
        generated: Meaning | None = None
        for module in file.stars if name != "default" else ():
            found = self.imported(facts.Imported(module, name), path, depth + 1)
            if isinstance(found, Generated):
                generated = found  # it may have the name; a file that has it counts for more
            elif found is not None:
                return found
        return generated

    def _top(self, name: str, path: str, depth: int) -> Meaning | None:
        key = (path, name)
        if key in self._tops:
            return self._tops[key]
        self._tops[key] = None
        file = self.files.get(path)
        found: Meaning | None = None
        if file is not None and name in file.tops:
            found = self.meaning(file.tops[name], path, depth)
        elif file is not None and name in file.shapes:
            found = self.shape(file.shapes[name], path, depth)
        self._tops[key] = found
        return found

    def _shape_named(self, name: str, path: str) -> Shape | None:
        file = self.files.get(path)
        return file.shapes.get(name) if file is not None else None

    def _member(self, base: Meaning | None, name: str, depth: int) -> Meaning | None:
        if isinstance(base, Client):
            return Method(base, name) if name in _METHODS else Delegate(base, name)
        if isinstance(base, Generated):
            if base.name in ("*", "default"):
                return Generated(base.source, name)
            if base.name in ("Prisma", "$Enums"):
                return Generated(base.source, f"{base.name}.{name}")
            return None
        if isinstance(base, Module):
            return self.export(base.path, name, depth)
        if isinstance(base, Within):
            return self._within(base, name, depth)
        return None

    def _within(self, base: Within, name: str, depth: int) -> Meaning | None:
        what = base.what
        if depth > _DEEPEST:
            return None
        if isinstance(what, facts.Record):
            ref = what.members.get(name)
            if ref is None and "..." in what.members:
                spread = self.meaning(what.members["..."], base.path, depth + 1)
                return self._member(spread, name, depth + 1)
            return self.meaning(ref, base.path, depth + 1) if ref is not None else None
        if isinstance(what, facts.Fields):
            if name in what.members:
                return self.shape(what.members[name], base.path, depth + 1)
            for shape in what.bases:
                found = self._member(self.shape(shape, base.path, depth + 1), name, depth + 1)
                if found is not None:
                    return found
        for other in base.more:
            found = self._member(other, name, depth + 1)
            if found is not None:
                return found
        return None

    def _called(self, ref: facts.Called, path: str, depth: int) -> Meaning | None:
        callee = self.meaning(ref.callee, path, depth)
        if isinstance(callee, Method):
            return _extended(callee.client, ref.argument) if callee.name == "$extends" else None
        found = self._result(callee, depth)
        if found is not None or ref.argument is None:
            return found
        given = self.meaning(ref.argument, path, depth)
        if isinstance(given, Within):
            inner = self._result(given, depth)
            given = inner if inner is not None else given
        if isinstance(given, Generated):
            given = self._made(given)
        if isinstance(given, Client):
            return replace(given, is_certain=False)
        is_service = isinstance(given, Within) and self._client_in(given, depth) is not None
        return given if is_service else None

    def _result(self, callee: Meaning | None, depth: int) -> Meaning | None:
        if isinstance(callee, Within) and isinstance(callee.what, facts.Returned):
            return self.meaning(callee.what.result, callee.path, depth + 1)
        if isinstance(callee, Within) and isinstance(callee.what, facts.Giving):
            return self.shape(callee.what.result, callee.path, depth + 1)
        return None

    def _client_in(self, meaning: Meaning | None, depth: int) -> Client | None:
        """The client that a value is: itself, or the class that it extends."""
        if isinstance(meaning, Client):
            return meaning
        if isinstance(meaning, Within) and isinstance(meaning.what, facts.Fields):
            for shape in meaning.what.bases:
                if depth < _DEEPEST:
                    found = self._client_in(self.shape(shape, meaning.path, depth + 1), depth + 1)
                    if found is not None:
                        return found
        return None

    def client(self, meaning: Meaning | None) -> Client | None:
        """The client that a value is, if it is one."""
        return self._client_in(meaning, 0)

    def _made(self, maker: Meaning | None) -> Meaning | None:
        if isinstance(maker, Generated):
            return Client(maker.source) if maker.name == "PrismaClient" else None
        return maker if isinstance(maker, Within | Client) else None

    def _callback(self, callee: Meaning | None) -> Meaning | None:
        if isinstance(callee, Method) and callee.name in ("$transaction", "$extends"):
            return callee.client
        if isinstance(callee, Generated) and callee.name == "Prisma.defineExtension":
            return Client(callee.source, is_certain=False)
        return None

    def _either(self, ref: facts.Either, path: str, depth: int) -> Meaning | None:
        """The one that says most; a client that is said to be of another type may be more."""
        found = [self.meaning(one, path, depth) for one in ref.options]
        best = self._best(found)
        if isinstance(best, Client) and any(
            isinstance(one, facts.Shaped) and self.client(meaning) is None
            for one, meaning in zip(ref.options, found, strict=True)
        ):
            return replace(best, is_certain=False)
        return best

    def _best(self, found: list[Meaning | None]) -> Meaning | None:
        """Of several meanings the one that says most."""
        real = [one for one in found if one is not None]
        for one in real:
            if isinstance(one, Client | Delegate | Method):
                return one
        if len(real) > 1 and isinstance(real[0], Within):
            return replace(real[0], more=(*real[0].more, *real[1:]))
        return real[0] if real else None

    def shape(self, shape: Shape, path: str, depth: int = 0) -> Meaning | None:
        """What a value of a type means."""
        if depth > _DEEPEST:
            return None
        depth += 1
        if isinstance(shape, facts.Named):
            return self._named(shape, path, depth)
        if isinstance(shape, facts.Fields | facts.Giving):
            return Within(path, shape)
        if isinstance(shape, facts.Among):
            return self._best([self.shape(one, path, depth) for one in shape.options])
        if isinstance(shape, facts.TypeOf):
            return self.meaning(shape.ref, path, depth)
        if isinstance(shape, facts.Indexed):
            return self._member(self.shape(shape.base, path, depth), shape.key, depth)
        return None

    def _named(self, shape: facts.Named, path: str, depth: int) -> Meaning | None:
        ref = shape.ref
        if isinstance(ref, facts.Top) and self._shape_named(ref.name, path) is None:
            if ref.name not in _SAME or not shape.arguments:
                return self._any(shape.arguments, path, depth)
            inner = self.shape(shape.arguments[0], path, depth)
            is_result = ref.name == "ReturnType"
            return self._result(inner, depth) if is_result else inner
        if isinstance(ref, facts.Top):
            found = self._shape_named(ref.name, path)
            return self.shape(found, path, depth) if found is not None else None
        meaning = self.meaning(ref, path, depth)
        if isinstance(meaning, Generated):
            return _of_type(meaning)
        if meaning is None:
            return self._any(shape.arguments, path, depth)
        return meaning

    def _any(self, arguments: tuple[Shape, ...], path: str, depth: int) -> Meaning | None:
        """A client among the arguments of a type that is not known: `Extended<PrismaClient>`."""
        for one in arguments:
            found = self.shape(one, path, depth)
            if isinstance(found, Client):
                return replace(found, is_certain=False)
        return None


_COMPONENTS = frozenset({"name", "query", "result"})
"""Of an extension: what adds neither methods nor arguments."""


def _extended(client: Client, components: Ref | None) -> Client:
    is_told = isinstance(components, facts.Record) and components.members.keys() <= _COMPONENTS
    return replace(client, is_extended=True, is_open=client.is_open or not is_told)


def _of_type(meaning: Generated) -> Meaning | None:
    """What a value of a generated type is."""
    _, _, rest = meaning.name.partition(".")
    if meaning.name == "PrismaClient" or rest in _TRANSACTION_TYPES:
        return Client(meaning.source)
    if rest.endswith("Delegate"):
        name = rest.removesuffix("Delegate")
        return Delegate(Client(meaning.source), name[:1].lower() + name[1:])
    return None
