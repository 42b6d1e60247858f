"""A made-up project of a given size: a Prisma schema and the migrations that led to it.

The shape follows what large public projects hold: a quarter of the migrations make a table, most
others add columns, indexes, enum values or foreign keys, a few rename or drop. The history and the
schema agree, so a check of it passes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

_KINDS = [
    ("String", "TEXT"),
    ("Int", "INTEGER"),
    ("Boolean", "BOOLEAN"),
    ("DateTime", "TIMESTAMP(3)"),
    ("Json", "JSONB"),
    ("Float", "DOUBLE PRECISION"),
]


@dataclass
class _Model:
    name: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    indexes: list[str] = field(default_factory=list)
    parent: str | None = None


def write_project(root: Path, migrations: int, models: int, seed: int = 7) -> int:
    """Write `prisma/schema.prisma` and so many migrations; the bytes of SQL written."""
    chance = random.Random(seed)
    made: list[_Model] = []
    folder = root / "prisma" / "migrations"
    size = 0
    for number in range(migrations):
        due = len(made) * migrations < models * (number + 1)
        sql = _table(made, chance) if due else _change(made, chance)
        target = folder / f"{20200101000000 + number}_change_{number}" / "migration.sql"
        target.parent.mkdir(parents=True)
        target.write_text(sql)
        size += len(sql)
    (folder / "migration_lock.toml").write_text('provider = "postgresql"\n')
    (root / "prisma" / "schema.prisma").write_text(_schema(made))
    return size


def _table(made: list[_Model], chance: random.Random) -> str:
    model = _Model(f"Model{len(made)}")
    lines = [
        '    "id" TEXT NOT NULL',
        '    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP',
    ]
    for number in range(chance.randint(4, 8)):
        kind, sql = chance.choice(_KINDS)
        model.fields.append((f"field{number}", kind))
        lines.append(f'    "field{number}" {sql}')
    if made and chance.random() < 0.7:
        model.parent = chance.choice(made).name
        lines.append('    "parentId" TEXT')
    lines.append(f'\n    CONSTRAINT "{model.name}_pkey" PRIMARY KEY ("id")')
    text = f'-- CreateTable\nCREATE TABLE "{model.name}" (\n' + ",\n".join(lines) + "\n);\n"
    if model.parent:
        text += (
            f'\n-- AddForeignKey\nALTER TABLE "{model.name}" ADD CONSTRAINT'
            f' "{model.name}_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES'
            f' "{model.parent}"("id") ON DELETE SET NULL ON UPDATE CASCADE;\n'
        )
    made.append(model)
    return text


def _change(made: list[_Model], chance: random.Random) -> str:
    return "\n".join(_column(chance.choice(made), chance) for _ in range(chance.randint(1, 5)))


def _column(model: _Model, chance: random.Random) -> str:
    name = f"field{len(model.fields)}"
    kind, sql = chance.choice(_KINDS)
    model.fields.append((name, kind))
    text = f'-- AlterTable\nALTER TABLE "{model.name}" ADD COLUMN     "{name}" {sql};\n'
    if kind != "Json" and chance.random() < 0.5:
        model.indexes.append(name)
        index = f"{model.name}_{name}_idx"
        text += f'\n-- CreateIndex\nCREATE INDEX "{index}" ON "{model.name}"("{name}");\n'
    return text


def _schema(made: list[_Model]) -> str:
    parts = ['datasource db {\n  provider = "postgresql"\n  url      = env("DATABASE_URL")\n}\n']
    for model in made:
        lines = ["  id String @id", "  createdAt DateTime @default(now())"]
        lines += [f"  {name} {kind}?" for name, kind in model.fields]
        if model.parent:
            relation = f'"{model.name}_parent"'
            lines += [
                "  parentId String?",
                f"  parent {model.parent}? @relation({relation}, fields: [parentId],"
                " references: [id])",
            ]
        lines += [
            f'  {child.name.lower()}s {child.name}[] @relation("{child.name}_parent")'
            for child in made
            if child.parent == model.name
        ]
        lines += [f"  @@index([{name}])" for name in model.indexes]
        parts.append(f"model {model.name} {{\n" + "\n".join(lines) + "\n}\n")
    return "\n".join(parts)
