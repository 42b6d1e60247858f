-- Row-level security: a person's records belong to the account that owns the person.

ALTER TABLE "Person" ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Own person: read" ON "Person" FOR SELECT TO authenticated
  USING ("ownerId" = (SELECT auth.uid())::text);

CREATE POLICY "Own person: add" ON "Person" FOR INSERT TO authenticated
  WITH CHECK ("ownerId" = (SELECT auth.uid())::text);

CREATE POLICY "Own person: change" ON "Person" FOR UPDATE TO authenticated
  USING ("ownerId" = (SELECT auth.uid())::text);

CREATE POLICY "Own person: remove" ON "Person" FOR DELETE TO authenticated
  USING ("ownerId" = (SELECT auth.uid())::text);

ALTER TABLE "Document" ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Own documents: read" ON "Document" FOR SELECT TO authenticated
  USING (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "Document"."personId" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own documents: add" ON "Document" FOR INSERT TO authenticated
  WITH CHECK (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "Document"."personId" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own documents: change" ON "Document" FOR UPDATE TO authenticated
  USING (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "Document"."personId" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own documents: remove" ON "Document" FOR DELETE TO authenticated
  USING (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "Document"."personId" AND "Person"."ownerId" = (SELECT auth.uid())::text));

ALTER TABLE "Observation" ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Own observations: read" ON "Observation" FOR SELECT TO authenticated
  USING (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "Observation"."personId" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own observations: add" ON "Observation" FOR INSERT TO authenticated
  WITH CHECK (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "Observation"."personId" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own observations: change" ON "Observation" FOR UPDATE TO authenticated
  USING (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "Observation"."personId" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own observations: remove" ON "Observation" FOR DELETE TO authenticated
  USING (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "Observation"."personId" AND "Person"."ownerId" = (SELECT auth.uid())::text));

ALTER TABLE "DocChunk" ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Own chunks: read" ON "DocChunk" FOR SELECT TO authenticated
  USING (EXISTS (SELECT 1 FROM "Document" JOIN "Person" ON "Person"."id" = "Document"."personId" WHERE "Document"."id" = "DocChunk"."documentId" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own chunks: add" ON "DocChunk" FOR INSERT TO authenticated
  WITH CHECK (EXISTS (SELECT 1 FROM "Document" JOIN "Person" ON "Person"."id" = "Document"."personId" WHERE "Document"."id" = "DocChunk"."documentId" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own chunks: change" ON "DocChunk" FOR UPDATE TO authenticated
  USING (EXISTS (SELECT 1 FROM "Document" JOIN "Person" ON "Person"."id" = "Document"."personId" WHERE "Document"."id" = "DocChunk"."documentId" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own chunks: remove" ON "DocChunk" FOR DELETE TO authenticated
  USING (EXISTS (SELECT 1 FROM "Document" JOIN "Person" ON "Person"."id" = "Document"."personId" WHERE "Document"."id" = "DocChunk"."documentId" AND "Person"."ownerId" = (SELECT auth.uid())::text));
