"""The methods of a Prisma client and of its delegates, by name.

https://www.prisma.io/docs/orm/reference/prisma-client-reference
"""

from __future__ import annotations

SPECIFIC = frozenset(
    (
        "findUnique", "findUniqueOrThrow", "findFirst", "findFirstOrThrow", "findMany",
        "createMany", "createManyAndReturn", "updateMany", "updateManyAndReturn", "upsert",
        "deleteMany", "aggregate", "groupBy",
    )
)  # fmt: skip
"""Names that hardly anything else has."""
GENERIC = frozenset({"create", "update", "delete", "count"})
METHODS = SPECIFIC | GENERIC
RAW = frozenset({"$queryRaw", "$executeRaw"})
"""Methods that take SQL as a tagged template."""
UNSAFE = frozenset({"$queryRawUnsafe", "$executeRawUnsafe"})
"""Methods that take SQL as a string."""
DRIVER = frozenset({"query", "unsafe"})
"""Methods of drivers that take SQL as a string."""
TAGS = RAW | UNSAFE | DRIVER | {"sql"}
"""Whatever takes SQL."""
BUILDERS = frozenset({"selectFrom", "insertInto", "updateTable", "deleteFrom"})
"""Methods of Kysely's that begin a query."""
