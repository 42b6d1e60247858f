-- A place for what a person tells us beside their record.
ALTER TABLE "Person" ADD COLUMN IF NOT EXISTS "metadata" JSONB;

-- Analytics without personal data: new names, old rows kept, old columns gone.
ALTER TABLE "AnalyticsEvent" RENAME TO "analytics_events";
ALTER TABLE "analytics_events"
  ADD COLUMN IF NOT EXISTS "eventType" TEXT,
  ADD COLUMN IF NOT EXISTS "eventName" TEXT,
  ADD COLUMN IF NOT EXISTS "metadata" JSONB,
  ADD COLUMN IF NOT EXISTS "sessionId" TEXT;

UPDATE "analytics_events"
SET "eventType" = 'legacy',
    "eventName" = "name",
    "metadata" = "meta"
WHERE "eventType" IS NULL;

ALTER TABLE "analytics_events"
  ALTER COLUMN "eventType" SET NOT NULL,
  ALTER COLUMN "eventName" SET NOT NULL;

ALTER TABLE "analytics_events"
  DROP COLUMN IF EXISTS "userId",
  DROP COLUMN IF EXISTS "name",
  DROP COLUMN IF EXISTS "meta";

ALTER TABLE "analytics_events" RENAME CONSTRAINT "AnalyticsEvent_pkey" TO "analytics_events_pkey";

CREATE INDEX IF NOT EXISTS "analytics_events_eventType_eventName_createdAt_idx"
  ON "analytics_events" ("eventType", "eventName", "createdAt");

-- Feature flags.
CREATE TABLE IF NOT EXISTS "feature_flags" (
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "enabled" BOOLEAN NOT NULL DEFAULT false,
  "rolloutPercent" INTEGER NOT NULL DEFAULT 0,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "feature_flags_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX IF NOT EXISTS "feature_flags_name_key" ON "feature_flags" ("name");

COMMENT ON TABLE "analytics_events" IS 'No personal data in here, no RLS needed.';
COMMENT ON TABLE "feature_flags" IS 'For administrators alone, no RLS needed.';
