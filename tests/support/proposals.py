"""Small Prisma projects, and the repair that is proposed for them."""

from __future__ import annotations

from tests.support.cases import tree
from tests.support.sides import schema_text
from workers.engine.repair.proposal import Proposal, Wanted, Wish
from workers.engine.repair.propose import propose
from workers.engine.repair.texts import with_files, with_moves
from workers.engine.snapshot import Snapshot, Tree

SCHEMA = "prisma/schema.prisma"
INIT = "prisma/migrations/20250101000000_init/migration.sql"
LATER = "prisma/migrations/20250102000000_later/migration.sql"
LOCK = "prisma/migrations/migration_lock.toml"
TABLE = (
    '-- CreateTable\nCREATE TABLE "User" (\n    "id" TEXT NOT NULL,\n    "email" TEXT NOT NULL,\n'
    '    CONSTRAINT "User_pkey" PRIMARY KEY ("id")\n);\n'
)
MODEL = "model User {\n  id    String @id\n  email String // where we write to\n}\n"


def project(models: str, *sql: str, **more: str) -> Tree:
    files = {SCHEMA: schema_text(models), LOCK: 'provider = "postgresql"\n', **more}
    files |= dict(zip((INIT, LATER), sql, strict=False))
    return tree({path: text.encode() for path, text in files.items()})


def proposed(head: Tree, base: Tree | None = None, side: Wanted = "auto") -> Proposal:
    changed = None
    if base is not None:
        names = head.files.keys() | base.files.keys()
        changed = frozenset(n for n in names if head.files.get(n) != base.files.get(n))
    wish = Wish("20300101000000", side)
    (found,) = propose(Snapshot(head, base, changed), wish=wish)
    return found


def repaired(head: Tree, found: Proposal) -> Tree:
    moved = with_moves(head, {move.old: move.new for move in found.moves})
    files = {file.path: file.text for file in found.files}
    return with_files(moved, files | {edit.path: edit.after for edit in found.edits})
