"""A client is recognised wherever it comes from, and nothing else is taken for one."""

import pytest

from workers.engine.code.codebase import read_code
from workers.engine.code.facts import Member
from workers.engine.code.linking import Client, Delegate, Linker
from workers.engine.snapshot import Tree

OUTPUT = "packages/db/generated/client"
FILES = {
    "packages/db/package.json": '{ "name": "@acme/db", "main": "./dist/index.js" }',
    "packages/db/src/index.ts": (
        'export * from "../generated/client";\nexport * from "./transaction";\n'
        'export { client as prisma } from "./client";\n'
    ),
    "packages/db/src/client.ts": (
        'import { PrismaClient } from "../generated/client";\n'
        "const make = () => new PrismaClient({ log: [] });\n"
        "const kept = globalThis as unknown as { client: ReturnType<typeof make> };\n"
        "export const client = kept.client ?? make();\n"
    ),
    "packages/db/src/transaction.ts": (
        'import type { PrismaClient } from "../generated/client";\n'
        'export type Transaction = Omit<PrismaClient, "$transaction">;\n'
        "export type Either = PrismaClient | Transaction;\n"
    ),
}


def meaning_of(text: str, path: str = "apps/web/a.ts") -> object:
    """What the receiver of the one call in a file means."""
    files = {**FILES, path: text}
    tree = Tree({name: data.encode() for name, data in files.items()}, frozenset(files))
    code = read_code(tree)
    assert code.modules is not None
    linker = Linker(code.files, code.modules, {OUTPUT: ""}, code.load)
    (call,) = code.files[path].calls
    assert isinstance(call.receiver, Member)
    return linker.meaning(call.receiver, path)


@pytest.mark.parametrize(
    "text",
    [
        'import { prisma } from "@acme/db";\nprisma.user.findMany();',
        'import * as db from "@acme/db";\ndb.prisma.user.findMany();',
        'import type { Either } from "@acme/db";\nclass A { constructor(private c: Either) {}\n'
        "run() { return this.c.user.findMany(); } }",
        'import { PrismaClient } from "@acme/db";\nclass A extends PrismaClient {}\n'
        "class B extends A { run() { return this.user.findMany(); } }",
        'import { prisma } from "@acme/db";\n'
        "prisma.$transaction(async (t) => { await t.user.findMany(); });",
        'import type { Prisma } from "@acme/db";\n'
        "const f = ({ tx }: { tx: Prisma.TransactionClient }) => tx.user.findMany();",
        'import { prisma } from "@acme/db";\nfunction f(c: typeof prisma) { c.user.findMany(); }',
        'import { prisma } from "@acme/db";\nconst d = { db: prisma };\nd.db.user.findMany();',
        'import { prisma } from "@acme/db";\nconst { db } = { db: prisma };\ndb.user.findMany();',
        'const { prisma } = await import("@acme/db");\nprisma.user.findMany();',
    ],
)
def test_a_client_is_a_client_beyond_doubt(text: str) -> None:
    assert meaning_of(text) == Delegate(Client(OUTPUT), "user")


@pytest.mark.parametrize(
    "text",
    [
        'import { db } from "./drizzle";\ndb.user.findMany();',
        "export const f = ({ ctx }) => ctx.prisma.user.findMany();",
        'import { other } from "@acme/db";\nother.user.findMany();',
    ],
)
def test_what_is_not_traced_is_no_client_for_sure(text: str) -> None:
    assert not isinstance(meaning_of(text), Delegate)


def test_an_extended_client_is_known_as_one() -> None:
    text = 'import { prisma } from "@acme/db";\nconst x = prisma.$extends({});\nx.user.findMany();'
    assert meaning_of(text) == Delegate(Client(OUTPUT, is_extended=True), "user")
