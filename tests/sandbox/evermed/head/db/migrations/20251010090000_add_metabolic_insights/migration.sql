-- CreateEnum
CREATE TYPE "MealType" AS ENUM ('breakfast', 'lunch', 'dinner', 'snack');

-- AlterTable
ALTER TABLE "Person" ADD COLUMN     "cgm_connected" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "food_entries" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "timestamp" TIMESTAMP(3) NOT NULL,
    "meal_type" "MealType" NOT NULL,
    "notes" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "food_entries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "personal_models" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "model_version" TEXT NOT NULL,
    "training_meals_count" INTEGER NOT NULL,
    "last_trained_at" TIMESTAMP(3) NOT NULL,
    "accuracy_rmse" DOUBLE PRECISION,
    "model_data_path" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "personal_models_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "food_entries_person_id_timestamp_idx" ON "food_entries"("person_id", "timestamp");

-- CreateIndex
CREATE UNIQUE INDEX "personal_models_person_id_key" ON "personal_models"("person_id");

-- AddForeignKey
ALTER TABLE "food_entries" ADD CONSTRAINT "food_entries_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "personal_models" ADD CONSTRAINT "personal_models_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;
