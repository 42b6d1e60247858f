-- AlterTable
ALTER TABLE "DocChunk" ADD COLUMN     "sourceAnchor" TEXT;
