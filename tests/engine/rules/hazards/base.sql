CREATE TYPE "OrderState" AS ENUM ('draft', 'open', 'paid');
CREATE DOMAIN "Amount" AS numeric(12, 2);
CREATE SCHEMA "archive";

CREATE TABLE "Customer" (
  "id" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "name" VARCHAR(80),
  "score" INTEGER NOT NULL DEFAULT 0,
  "ref" UUID,
  CONSTRAINT "Customer_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Order" (
  "id" BIGSERIAL NOT NULL,
  "customerId" TEXT NOT NULL,
  "couponId" INTEGER,
  "state" "OrderState" NOT NULL DEFAULT 'draft',
  "total" "Amount",
  "note" TEXT,
  "code" VARCHAR(20),
  "placedAt" TIMESTAMP(3),
  "during" TSTZRANGE,
  CONSTRAINT "Order_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "Order_code_check" CHECK ("code" <> ''),
  CONSTRAINT "Order_customerId_fkey" FOREIGN KEY ("customerId") REFERENCES "Customer" ("id")
);
CREATE INDEX "Order_customerId_idx" ON "Order" ("customerId");
CREATE INDEX "Order_placedAt_idx" ON "Order" ("placedAt");
CREATE UNIQUE INDEX "Order_code_key" ON "Order" ("code");

CREATE TABLE "Coupon" (
  "id" INTEGER NOT NULL,
  "percent" SMALLINT,
  CONSTRAINT "Coupon_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Note" (
  "number" INTEGER,
  "body" TEXT
);

CREATE TABLE "archive"."OldOrder" ("id" BIGINT PRIMARY KEY, "body" TEXT);

CREATE TABLE "Reading" ("at" DATE NOT NULL, "value" INTEGER) PARTITION BY RANGE ("at");
CREATE TABLE "Reading_2025" PARTITION OF "Reading" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE "Reading_2026" ("at" DATE NOT NULL, "value" INTEGER);

CREATE MATERIALIZED VIEW "OrderTotals" AS
  SELECT "customerId", sum("total") AS "sum" FROM "Order" GROUP BY "customerId";
CREATE UNIQUE INDEX "OrderTotals_key" ON "OrderTotals" ("customerId");

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN RETURN NEW; END $$;
CREATE TRIGGER "Order_touch" BEFORE UPDATE ON "Order" FOR EACH ROW EXECUTE FUNCTION touch();
