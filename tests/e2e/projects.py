"""A small project with a Prisma schema, and changes that bring drift or mend it."""

from __future__ import annotations

SCHEMA_PATH = "prisma/schema.prisma"
INIT = "prisma/migrations/20240101000000_init/migration.sql"
LATER = "prisma/migrations/20240202000000_email/migration.sql"

_HEAD = """\
generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

"""


def schema(*fields: str) -> str:
    """A schema whose one model has these fields beside `id` and `name`."""
    lines = "".join(f"  {field}\n" for field in ("id Int @id", "name String", *fields))
    return f'{_HEAD}model User {{\n{lines}\n  @@map("users")\n}}\n'


PROJECT = {
    SCHEMA_PATH: schema(),
    INIT: 'CREATE TABLE "users" (\n    "id" INTEGER NOT NULL,\n    "name" TEXT NOT NULL,\n\n'
    '    CONSTRAINT "users_pkey" PRIMARY KEY ("id")\n);\n',
    "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
    "README.md": "# Shop\n",
    # Each drift here is one finding: the remark that no migration came is told elsewhere.
    ".github/driftline.yml": "rules:\n  schema-changed-without-migration: off\n",
}
"""Without drift."""

DRIFT = {SCHEMA_PATH: schema("email String?")}
MEND = {LATER: 'ALTER TABLE "users" ADD COLUMN "email" TEXT;\n'}
CLEAN = {**DRIFT, **MEND}
OTHER_DRIFT = {SCHEMA_PATH: schema("email String?", "phone String?")}
DOCS = {"README.md": "# Shop and more\n"}
