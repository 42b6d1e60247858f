"""Which types written out in code repeat a model: by the share of fields, and by their kinds."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.code.client import ClientField, ClientModel
from workers.engine.code.evidence import CodeUse
from workers.engine.code.facts import Copy
from workers.engine.code.places import is_past, is_test
from workers.engine.source import Origin, Span

_FEWEST = 4
_OF_COPY = 0.9
"""So much of the type's own fields are the model's ..."""
_OF_MODEL = 0.75
"""... and so much of the model's columns are in the type."""
_MOST_ZOD = 4
"""A file with more zod objects than this that repeat models was generated."""
_OF_RESULT = 0.6
"""Of a return type that stands beside queries of the model."""
_CONTRACTS = ("input", "create", "update", "upsert", "dto", "request", "response", "payload",
              "params", "options", "args", "props", "form", "webhook", "legacy", "event",
              "external", "public", "export", "import", "body")  # fmt: skip
_FOLDERS = frozenset({"api", "dto", "dtos", "contracts", "openapi", "client", "sdk", "trpc",
                      "webhooks", "components", "emails"})  # fmt: skip
_COMMON = frozenset({"id", "name", "createdAt", "updatedAt", "deletedAt", "type", "status",
                     "title", "description", "url", "email", "slug", "label", "value",
                     "userId", "created_at", "updated_at"})  # fmt: skip
_FITTING = {
    "String": ("string", "uuid", "email", "id", "enum", "literal"),
    "Int": ("number", "int"),
    "Float": ("number",),
    "BigInt": ("bigint", "number"),
    "Decimal": ("decimal", "number", "string"),
    "Boolean": ("boolean",),
    "DateTime": ("date", "string"),
}


class Repeated(Struct, frozen=True):
    """A type that repeats a model."""

    model: str
    kind: str
    name: str
    origin: Origin
    declared: Origin
    shared: int
    fields: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    suggestion: str


def repeats(code: CodeUse) -> Iterator[Repeated]:
    """Every type of the code base that repeats a model, once, with the model it is nearest to."""
    columns = {
        model.name: {f.name: f for f in model.fields.values() if f.kind != "relation"}
        for model in code.client.models.values()
        if not model.is_view
    }
    queried = {(use.path, use.model) for use in code.usage.uses}
    for path, file in code.code.files.items():
        if is_test(path) or is_past(path):
            continue
        found = [_nearest(copy, path, code, columns, queried) for copy in file.copies]
        real = [one for one in found if one is not None]
        if sum(one.kind == "zod" for one in real) <= _MOST_ZOD:
            yield from real


def _nearest(
    copy: Copy,
    path: str,
    code: CodeUse,
    columns: dict[str, dict[str, ClientField]],
    queried: set[tuple[str, str]],
) -> Repeated | None:
    names = {name for name, _ in copy.fields}
    best: tuple[float, str] | None = None
    if copy.kind != "return" and _is_contract(copy.name, path):
        return None
    for name, fields in columns.items():
        shared = names & fields.keys()
        if not shared - _COMMON:
            continue
        share = len(shared) / len(names) + len(shared) / len(fields)
        is_near = (
            len(shared) >= _FEWEST
            and len(shared) >= _OF_COPY * len(names)
            and len(shared) >= _OF_MODEL * len(fields)
        )
        if copy.kind == "return" and (path, name) in queried:
            is_near = len(shared - _COMMON) >= 2 and len(shared) >= _OF_RESULT * len(names)
        if is_near and (best is None or share > best[0]) and _fits(copy, fields):
            best = (share, name)
    if best is None or _is_derived(copy):
        return None
    model = code.client.models[best[1]]
    return _made(copy, path, model, columns[best[1]])


def _is_contract(name: str, path: str) -> bool:
    """Whether a type is what others are given or give, by its name or its folder."""
    lower = name.lower()
    folders = path.lower().split("/")[:-1]
    return any(word in lower for word in _CONTRACTS) or not _FOLDERS.isdisjoint(folders)


def _is_derived(copy: Copy) -> bool:
    """Whether a type is already made out of another one."""
    return any("Prisma" in base or "Payload" in base or "typeof" in base for base in copy.bases)


def _fits(copy: Copy, fields: dict[str, ClientField]) -> bool:
    """Whether what the type says of the shared fields is what their columns hold."""
    known = [
        (fields[name].type, written.lower())
        for name, written in copy.fields
        if name in fields and fields[name].type in _FITTING
    ]
    wrong = sum(
        1
        for scalar, written in known
        if not any(word in written for word in _FITTING[scalar]) and _is_plain(written)
    )
    return wrong * 5 <= len(known)


def _is_plain(written: str) -> bool:
    return any(word in written for word in ("string", "number", "boolean", "date"))


def _made(copy: Copy, path: str, model: ClientModel, fields: dict[str, ClientField]) -> Repeated:
    names = [name for name, _ in copy.fields]
    shared = [name for name in fields if name in names]
    missing = tuple(name for name in fields if name not in names)
    extra = tuple(name for name in names if name not in fields)
    return Repeated(
        model=model.name,
        kind=copy.kind,
        name=copy.name,
        origin=Origin(path, Span(copy.start, copy.end)),
        declared=model.origin,
        shared=len(shared),
        fields=len(fields),
        missing=missing,
        extra=extra,
        suggestion=_suggestion(model, shared, missing, extra),
    )


def _suggestion(
    model: ClientModel, shared: list[str], missing: tuple[str, ...], extra: tuple[str, ...]
) -> str:
    relations = [name for name in extra if name in model.fields]
    if relations:
        included = ", ".join(f"{name}: true" for name in relations)
        return f"Prisma.{model.name}GetPayload<{{ include: {{ {included} }} }}>"
    if not missing:
        return model.name
    if len(missing) < len(shared):
        left = " | ".join(f'"{name}"' for name in missing)
        return f"Omit<{model.name}, {left}>"
    kept = " | ".join(f'"{name}"' for name in shared)
    return f"Pick<{model.name}, {kept}>"
