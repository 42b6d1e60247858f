"""The manner of a project's migrations, read off the newest of them."""

from __future__ import annotations

from workers.engine.fixes.steps import House
from workers.engine.fixes.tree import Names
from workers.engine.project.version import SPLIT_SINCE
from workers.engine.rules.context import Context
from workers.engine.sql import split
from workers.engine.sql.text import Text

_READ = 12


def house_of(context: Context) -> House:
    """How a new migration of this pair has to look."""
    newest = context.migrations[-_READ:]
    counts = _Counts()
    for migration in newest:
        counts.read(migration.source.text)
    pair = context.project
    is_prisma = pair is None or pair.is_prisma
    schema = pair.default_schema if pair is not None else "public"
    has_comments = any(
        line.startswith(("-- CreateTable", "-- AlterTable", "-- CreateIndex", "-- CreateEnum"))
        for migration in context.migrations
        for line in migration.source.text.splitlines()
    )
    return House(
        names=Names(schema, bool(context.declaration.schemas)),
        has_comments=has_comments or (is_prisma and not context.migrations),
        has_guards=counts.guarded * 2 > counts.made > 0,
        is_concurrent=counts.concurrent * 2 > counts.indexes > 0,
        is_one_transaction=not is_prisma or context.prisma_version < SPLIT_SINCE,
    )


class _Counts:
    """How often statements are written in which manner."""

    def __init__(self) -> None:
        self.made = self.guarded = self.indexes = self.concurrent = 0

    def read(self, text: str) -> None:
        """Count the statements of one migration."""
        created = set()
        for one in split.read(Text("", text)).statements:
            if one.kind == "CreateStmt":
                created.add(one.fields["relation"]["relname"])
                self._made(bool(one.fields.get("if_not_exists")))
            elif one.kind == "IndexStmt":
                self._made(bool(one.fields.get("if_not_exists")))
                if one.fields["relation"]["relname"] not in created:
                    self.indexes += 1
                    self.concurrent += bool(one.fields.get("concurrent"))
            elif one.kind == "AlterTableStmt":
                for command in one.fields.get("cmds", ()):
                    if command["AlterTableCmd"]["subtype"] == "AT_AddColumn":
                        self._made(bool(command["AlterTableCmd"].get("missing_ok")))

    def _made(self, is_guarded: bool) -> None:
        self.made += 1
        self.guarded += is_guarded
