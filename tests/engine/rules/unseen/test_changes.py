"""What Prisma's own diff does not show is said, at most as a warning, one line a kind."""

from __future__ import annotations

import pytest

from tests.support.cases import tree
from workers.engine.analyze import analyze
from workers.engine.findings import Finding, Severity, Status
from workers.engine.snapshot import Snapshot

SCHEMA = """\
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model Order {
  id        Int       @id @default(autoincrement())
  code      String    @unique
  total     Int
  room      Int
  deletedAt DateTime?
  ownerId   Int
  owner     Owner     @relation(fields: [ownerId], references: [id])

  @@map("orders")
}

model Owner {
  id     Int     @id @default(autoincrement())
  name   String
  orders Order[]

  @@map("owners")
}
"""
INIT = """\
-- CreateTable
CREATE TABLE "orders" (
    "id" SERIAL NOT NULL,
    "code" TEXT NOT NULL,
    "total" INTEGER NOT NULL,
    "room" INTEGER NOT NULL,
    "deletedAt" TIMESTAMP(3),
    "ownerId" INTEGER NOT NULL,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "owners" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "owners_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "orders_code_key" ON "orders"("code");

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_ownerId_fkey" FOREIGN KEY ("ownerId")
    REFERENCES "owners"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "orders" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "owners read" ON "orders" FOR SELECT
    USING ("ownerId" = current_setting('app.owner')::int);
ALTER TABLE "orders" ADD CONSTRAINT "orders_total_check" CHECK ("total" >= 0);
ALTER TABLE "orders" ADD CONSTRAINT "orders_room_excl"
    EXCLUDE ("room" WITH =) WHERE ("deletedAt" IS NULL);
CREATE INDEX "orders_live_idx" ON "orders" ("room") WHERE "deletedAt" IS NULL;
CREATE INDEX "orders_code_lower_idx" ON "orders" (lower("code"));
CREATE VIEW "live_orders" AS SELECT "id", "code" FROM "orders" WHERE "deletedAt" IS NULL;
CREATE FUNCTION "stamp"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER "orders_stamp" BEFORE UPDATE ON "orders" FOR EACH ROW EXECUTE FUNCTION "stamp"();
COMMENT ON COLUMN "orders"."total" IS 'in cents';
GRANT SELECT ON "orders" TO PUBLIC;
"""

MIGRATION = "prisma/migrations/20250201000000_change/migration.sql"
BASE = {
    "prisma/schema.prisma": SCHEMA.encode(),
    "prisma/migrations/20250101000000_init/migration.sql": INIT.encode(),
    "prisma/migrations/migration_lock.toml": b'provider = "postgresql"\n',
}

NOTICES = {
    'DROP POLICY "owners read" ON "orders";': "policies: it drops the policy `owners read`",
    'ALTER POLICY "owners read" ON "orders" USING (true);': (
        "policies: it changes the policy `owners read`"
    ),
    'ALTER TABLE "orders" DISABLE ROW LEVEL SECURITY;': (
        "row-level security: it switches off row-level security of `orders`"
    ),
    'ALTER TABLE "orders" FORCE ROW LEVEL SECURITY;': (
        "row-level security: it changes row-level security of `orders`"
    ),
    'ALTER TABLE "owners" ENABLE ROW LEVEL SECURITY;': (
        "row-level security: it adds row-level security of `owners`"
    ),
    'ALTER TABLE "orders" DROP CONSTRAINT "orders_total_check";': (
        "check constraints: it drops the check `orders_total_check`"
    ),
    'ALTER TABLE "orders" DROP CONSTRAINT "orders_total_check";\n'
    'ALTER TABLE "orders" ADD CONSTRAINT "orders_total_check" CHECK ("total" > 10);': (
        "check constraints: it changes the check `orders_total_check`"
    ),
    'ALTER TABLE "orders" DROP CONSTRAINT "orders_room_excl";': (
        "exclusion constraints: it drops the exclusion constraint `orders_room_excl`"
    ),
    'DROP INDEX "orders_live_idx";': (
        "partial indexes: it drops the partial index `orders_live_idx`"
    ),
    'DROP INDEX "orders_live_idx";\n'
    'CREATE INDEX "orders_live_idx" ON "orders" ("room") WHERE "deletedAt" IS NOT NULL;': (
        "partial indexes: it changes the partial index `orders_live_idx`"
    ),
    'DROP INDEX "orders_code_lower_idx";': (
        "expression indexes: it drops the expression index `orders_code_lower_idx`"
    ),
    'DROP VIEW "live_orders";': "views: it drops the view `live_orders`",
    'CREATE OR REPLACE VIEW "live_orders" AS SELECT "id", "code" FROM "orders";': (
        "views: it changes the view `live_orders`"
    ),
    'DROP TRIGGER "orders_stamp" ON "orders";': "triggers: it drops the trigger `orders_stamp`",
    'ALTER TABLE "orders" DISABLE TRIGGER "orders_stamp";': (
        "triggers: it changes the trigger `orders_stamp`"
    ),
    'DROP TRIGGER "orders_stamp" ON "orders";\n'
    'CREATE TRIGGER "orders_stamp" AFTER UPDATE ON "orders" FOR EACH ROW '
    'EXECUTE FUNCTION "stamp"();': "triggers: it changes the trigger `orders_stamp`",
    'CREATE OR REPLACE FUNCTION "stamp"() RETURNS trigger LANGUAGE plpgsql '
    "AS $$ BEGIN RETURN NULL; END $$;": "functions: it changes the function `stamp()`",
    'REVOKE SELECT ON "orders" FROM PUBLIC;': (
        "grants: it drops the grant of SELECT on `orders` to `public`"
    ),
    'GRANT INSERT ON "orders" TO PUBLIC;': "grants: it changes the grant of ",
    'COMMENT ON COLUMN "orders"."total" IS \'in dollars\';': (
        "comments: it changes the comment on `orders.total`"
    ),
    'COMMENT ON COLUMN "orders"."total" IS NULL;': (
        "comments: it drops the comment on `orders.total`"
    ),
}
FIRST_OF_A_KIND = {
    'ALTER TABLE "orders" ALTER COLUMN "id" DROP DEFAULT;\n'
    'DROP SEQUENCE "orders_id_seq";\n'
    'ALTER TABLE "orders" ALTER COLUMN "id" ADD GENERATED BY DEFAULT AS IDENTITY;': (
        "The migrations set identity of `orders.id`"
    ),
    'ALTER TABLE "orders" ADD CONSTRAINT "orders_code_key" UNIQUE USING INDEX "orders_code_key";': (
        "The migrations make the unique constraint `orders_code_key`"
    ),
    'ALTER TABLE "orders" ALTER CONSTRAINT "orders_ownerId_fkey" DEFERRABLE INITIALLY DEFERRED;': (
        "The migrations set DEFERRABLE INITIALLY DEFERRED of the constraint `orders_ownerId_fkey`"
    ),
    'DROP INDEX "orders_code_key";\n'
    'CREATE UNIQUE INDEX "orders_code_key" ON "orders"("code") NULLS NOT DISTINCT;': (
        "The migrations set NULLS NOT DISTINCT of the index `orders_code_key`"
    ),
    'ALTER TABLE "owners" SET (fillfactor = 70);': "The migrations set `fillfactor=70` of `owners`",
}


def unseen(sql: str, *, has_base: bool = True, schema: str = SCHEMA) -> list[Finding]:
    head = {**BASE, "prisma/schema.prisma": schema.encode(), MIGRATION: f"{sql}\n".encode()}
    changed = frozenset({MIGRATION, "prisma/schema.prisma"})
    snapshot = Snapshot(tree(head), tree(BASE), changed) if has_base else Snapshot(tree(head))
    report = analyze(snapshot)
    assert not report.pairs[0].replay or not report.pairs[0].replay.failures
    found = [f for f in report.findings if f.family == "unseen" and f.status is Status.NEW]
    return found if has_base else [f for f in found if f.rule != "prisma-blind-spot"]


@pytest.mark.parametrize("has_base", [True, False], ids=["pull request", "newest migration"])
@pytest.mark.parametrize(("sql", "sentence"), NOTICES.items(), ids=NOTICES.values())
def test_a_change_that_prisma_does_not_see_is_one_notice(
    sql: str, sentence: str, has_base: bool
) -> None:
    if not has_base and "adds" in sentence:
        assert unseen(sql, has_base=False) == []  # what the migrations make is told as it stands
        return
    (finding,) = unseen(sql, has_base=has_base)
    who = "this pull request" if has_base else "the newest migration"
    assert finding.message.startswith(f"Prisma does not see what {who} does to {sentence}")
    assert finding.severity is Severity.NOTICE
    assert finding.origin.path == MIGRATION


@pytest.mark.parametrize(("sql", "sentence"), FIRST_OF_A_KIND.items(), ids=FIRST_OF_A_KIND.values())
def test_the_first_object_of_a_kind_is_one_notice(sql: str, sentence: str) -> None:
    (finding,) = unseen(sql)
    assert finding.message.startswith(sentence)
    assert finding.severity is Severity.NOTICE


def test_a_column_that_is_dropped_takes_its_index_and_constraint_and_this_is_a_warning() -> None:
    found = unseen('ALTER TABLE "orders" DROP COLUMN "deletedAt" CASCADE;')
    lost = [finding for finding in found if finding.rule == "unseen-object-lost"]
    assert [finding.severity for finding in lost] == [Severity.WARNING] * 2
    assert lost[0].message == (
        "The migrations of this pull request lose the exclusion constraint `orders_room_excl` and "
        "the partial index `orders_live_idx` on `orders` without naming them; Prisma does not see "
        "that."
    )
    assert lost[1].message == (
        "The migrations of this pull request lose the view `live_orders` without naming it; Prisma "
        "does not see that."
    )


def test_an_index_made_by_hand_that_prisma_drops_is_a_warning() -> None:
    by_hand = 'CREATE INDEX "orders_code_search" ON "orders" USING hash ("code");'
    base = {**BASE}
    init = "prisma/migrations/20250101000000_init/migration.sql"
    base[init] = f"{INIT}{by_hand}\n".encode()
    head = {**base, MIGRATION: b'-- DropIndex\nDROP INDEX "orders_code_search";\n'}
    report = analyze(Snapshot(tree(head), tree(base), frozenset({MIGRATION})))
    (finding,) = (f for f in report.findings if f.rule == "unseen-object-lost")
    assert finding.severity is Severity.WARNING
    assert finding.message == (
        "This migration drops the index `orders_code_search` on `code` (hash) of `orders`, which "
        "was made by hand and never declared: Prisma writes such a drop by itself."
    )


@pytest.mark.parametrize(
    ("made", "dropped"),
    [
        ('CREATE INDEX "orders_code_search" ON "orders" ("code");', "DROP INDEX"),
        ('-- CreateIndex\nCREATE INDEX "orders_code_search" ON "orders" ("code");', "-- DropIndex"),
    ],
    ids=["dropped by hand", "made by Prisma"],
)
def test_an_index_whose_drop_was_meant_is_no_warning(made: str, dropped: str) -> None:
    init = "prisma/migrations/20250101000000_init/migration.sql"
    base = {**BASE, init: f"{INIT}\n{made}\n".encode()}
    drop = 'DROP INDEX "orders_code_search";\n'
    text = f"-- DropIndex\n{drop}" if dropped.startswith("--") else drop
    head = {**base, MIGRATION: text.encode()}
    report = analyze(Snapshot(tree(head), tree(base), frozenset({MIGRATION})))
    assert not [f for f in report.findings if f.rule == "unseen-object-lost"]


def test_a_table_that_gets_another_name_keeps_what_hangs_on_it() -> None:
    schema = SCHEMA.replace('@@map("orders")', '@@map("purchases")')
    found = unseen(
        'DROP VIEW "live_orders";\nALTER TABLE "orders" RENAME TO "purchases";\n'
        'CREATE VIEW "live_orders" AS SELECT "id", "code" FROM "purchases" '
        'WHERE "deletedAt" IS NULL;',
        schema=schema,
    )
    assert [f.message for f in found if f.rule == "unseen-object-lost"] == []
    assert not any("drops" in f.message or "adds" in f.message for f in found)


def test_a_schema_that_wants_a_policys_column_gone_would_fail_on_it() -> None:
    schema = SCHEMA.replace("  ownerId   Int\n", "  keeperId  Int\n").replace(
        "fields: [ownerId]", "fields: [keeperId]"
    )
    head = {**BASE, "prisma/schema.prisma": schema.encode()}
    report = analyze(Snapshot(tree(head)))
    sentences = [f.message for f in report.findings if f.rule == "unseen-object-lost"]
    assert sentences == [
        "To settle the drift Prisma would drop `orders.ownerId` and add another column, which "
        "PostgreSQL refuses: the policy `owners read` depends on it, and Prisma does not see that."
    ]


@pytest.mark.parametrize(
    "sql",
    [
        'DROP INDEX "orders_code_key";',
        'CREATE UNIQUE INDEX "owners_name_key" ON "owners" ("name");',
        'ALTER TABLE "owners" ADD CONSTRAINT "owners_name_key" UNIQUE ("name");',
        'ALTER TABLE "orders" DROP CONSTRAINT "orders_ownerId_fkey";',
    ],
)
def test_what_prisma_sees_as_a_whole_is_not_told_again(sql: str) -> None:
    assert [f.message for f in unseen(sql) if f.rule != "prisma-blind-spot"] == []
