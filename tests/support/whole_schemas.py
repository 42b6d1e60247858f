"""A Prisma schema in parts that can be changed one by one, and its text."""

from __future__ import annotations

from dataclasses import dataclass

SCHEMAS = ("public", "sales")


@dataclass(frozen=True)
class Field:
    """A scalar field."""

    name: str
    type: str
    arity: str = ""
    native: str = ""
    default: str = ""
    unique: str = ""
    """`@unique` with its arguments, or nothing."""
    rest: str = ""
    """`@updatedAt`, `@ignore`."""
    column: str = ""

    def line(self) -> str:
        """The field as it stands in a model."""
        parts = [self.name, self.type + self.arity, self.native, self.unique, self.rest]
        parts += [f"@default({self.default})" if self.default else ""]
        parts += [f'@map("{self.column}")' if self.column else ""]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Link:
    """A relation from one model to another, by a column of its own."""

    number: int
    target: str
    is_optional: bool
    is_single: bool
    actions: str
    column: str = ""
    native: str = ""
    constraint: str = ""


@dataclass(frozen=True)
class Model:
    """A model with its key, fields, relations and blocks of attributes."""

    name: str
    key: str
    """The type of `id` with its attributes; empty for a model whose key is its first two fields."""
    fields: tuple[Field, ...]
    indexes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    table: str = ""
    schema: str = ""
    key_name: str = ""


@dataclass(frozen=True)
class World:
    """A whole schema."""

    provider: str
    models: tuple[Model, ...]
    enums: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """Names, what stands behind the values (`@@map`), and the values with their `@map`."""
    pairs: tuple[tuple[str, str, str], ...] = ()
    """Many-to-many relations: their names and both models."""
    has_schemas: bool = False
    mode: str = ""
    view: str = ""

    def text(self) -> str:
        """The schema, its head included."""
        source = [f'provider = "{self.provider}"']
        if self.has_schemas:
            source.append("schemas = [" + ", ".join(f'"{name}"' for name in SCHEMAS) + "]")
        if self.mode:
            source.append(f'relationMode = "{self.mode}"')
        features = 'previewFeatures = ["views"]' if self.view else ""
        blocks = [
            _block("generator client", ['provider = "prisma-client"', 'output = "x"', features]),
            _block("datasource db", source),
            *(_block(f"model {one.name}", self._lines(one)) for one in self.models),
            *(self._enum(*one) for one in self.enums),
            self.view,
        ]
        return "\n".join(blocks)

    def _lines(self, model: Model) -> list[str]:
        lines = [f"id {model.key}"] if model.key else []
        lines += [one.line() for one in model.fields]
        for link in model.links:
            lines += _link_lines(link, next(one for one in self.models if one.name == link.target))
        for other in self.models:
            for link in other.links:
                if link.target == model.name:
                    many = "?" if link.is_single else "[]"
                    lines.append(
                        f'back{link.number} {other.name}{many} @relation("r{link.number}")'
                    )
        for name, one, two in self.pairs:
            if model.name == one:
                lines.append(f'{name}A {two}[] @relation("{name}")')
            if model.name == two:
                lines.append(f'{name}B {one}[] @relation("{name}")')
        if not model.key:
            named = f', map: "{model.key_name}"' if model.key_name else ""
            lines.append(f"@@id([{', '.join(one.name for one in model.fields[:2])}]{named})")
        lines += model.indexes
        lines += [f'@@map("{model.table}")'] if model.table else []
        lines += [f'@@schema("{model.schema or "public"}")'] if self.has_schemas else []
        return [line.replace("%", model.name) for line in lines]

    def _enum(self, name: str, mapped: str, values: tuple[str, ...]) -> str:
        lines = [*values, f'@@map("{mapped}")' if mapped else ""]
        return _block(f"enum {name}", [*lines, '@@schema("sales")' if self.has_schemas else ""])


def _block(head: str, lines: list[str]) -> str:
    return f"{head} {{\n" + "".join(f"  {line}\n" for line in lines if line) + "}\n"


def _link_lines(link: Link, target: Model) -> list[str]:
    name, optional = f"to{link.number}", "?" if link.is_optional else ""
    base = target.key.partition(" ")[0]
    unique = "@unique" if link.is_single else ""
    mapped = f'@map("{link.column}")' if link.column else ""
    native = next((word for word in target.key.split() if word.startswith("@db.")), "")
    named = f', map: "{link.constraint}"' if link.constraint else ""
    return [
        f"{name}Id {base}{optional} {native} {unique} {mapped}".rstrip(),
        f'{name} {target.name}{optional} @relation("r{link.number}", fields: [{name}Id], '
        f"references: [id]{link.actions}{named})",
    ]
