-- Meals and models belong to the account that owns the person.

ALTER TABLE "food_entries" ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Own meals: read" ON "food_entries" FOR SELECT TO authenticated
  USING (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "food_entries"."person_id" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own meals: add" ON "food_entries" FOR INSERT TO authenticated
  WITH CHECK (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "food_entries"."person_id" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own meals: change" ON "food_entries" FOR UPDATE TO authenticated
  USING (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "food_entries"."person_id" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own meals: remove" ON "food_entries" FOR DELETE TO authenticated
  USING (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "food_entries"."person_id" AND "Person"."ownerId" = (SELECT auth.uid())::text));

ALTER TABLE "personal_models" ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Own models: read" ON "personal_models" FOR SELECT TO authenticated
  USING (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "personal_models"."person_id" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own models: add" ON "personal_models" FOR INSERT TO authenticated
  WITH CHECK (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "personal_models"."person_id" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own models: change" ON "personal_models" FOR UPDATE TO authenticated
  USING (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "personal_models"."person_id" AND "Person"."ownerId" = (SELECT auth.uid())::text));

CREATE POLICY "Own models: remove" ON "personal_models" FOR DELETE TO authenticated
  USING (EXISTS (SELECT 1 FROM "Person" WHERE "Person"."id" = "personal_models"."person_id" AND "Person"."ownerId" = (SELECT auth.uid())::text));
