from __future__ import annotations

import pytest

from tests.support.sides import compared, told
from workers.engine.compare.changes import ColumnRenamed, EnumRenamed, TableRenamed
from workers.engine.compare.likeness import likeness, words
from workers.engine.findings import Confidence

PERSONAL_MODEL = """
model PersonalModel {
  id                 String    @id
  personId           String    @map("person_id")
  modelType          String    @map("model_type")
  version            String
  isActive           Boolean   @default(false) @map("is_active")
  trainingMealsCount Int       @map("training_meals_count")
  trainingDataStart  DateTime  @map("training_data_start")
  trainingDataEnd    DateTime  @map("training_data_end")
  trainedAt          DateTime  @map("trained_at")
  lastUsedAt         DateTime? @map("last_used_at")
  modelDataPath      String?   @map("model_data_path")
  metadata           Json?
  createdAt          DateTime  @default(now()) @map("created_at")

  @@map("personal_models")
}
"""
PERSONAL_MODELS = """
CREATE TABLE "personal_models" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "model_version" TEXT NOT NULL,
    "training_meals_count" INTEGER NOT NULL,
    "last_trained_at" TIMESTAMP(3) NOT NULL,
    "model_data_path" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "personal_models_pkey" PRIMARY KEY ("id")
);
"""


def _table(columns: str, name: str = "T") -> str:
    return (
        f'CREATE TABLE "{name}" ("id" INTEGER NOT NULL, {columns}, '
        f'CONSTRAINT "{name}_pkey" PRIMARY KEY ("id"));'
    )


def _model(fields: str, name: str = "T") -> str:
    return f"model {name} {{\n  id Int @id\n  {fields}\n}}\n"


def _renamed(models: str, sql: str) -> list[tuple[str, str]]:
    return [
        (change.replayed.name, change.declared.name)
        for change in compared(models, sql).changes
        if isinstance(change, ColumnRenamed)
    ]


def test_a_name_that_holds_the_other_is_a_rename_among_many_new_columns() -> None:
    assert _renamed(PERSONAL_MODEL, PERSONAL_MODELS) == [
        ("model_version", "version"),
        ("last_trained_at", "trained_at"),
    ]


def test_a_rename_is_neither_missing_nor_extra() -> None:
    changes = told(compared(PERSONAL_MODEL, PERSONAL_MODELS))
    assert "ColumnMissing public.personal_models.version" not in changes
    assert not any(change.startswith("ColumnExtra") for change in changes)


@pytest.mark.parametrize(
    ("fields", "columns", "renames"),
    [
        ("userId String", '"user_id" TEXT NOT NULL', [("user_id", "userId")]),
        ("metadata Json?", '"meta" JSONB', [("meta", "metadata")]),
        ("eventName String", '"name" TEXT NOT NULL', [("name", "eventName")]),
        ("name String", '"first_name" TEXT NOT NULL, "last_name" TEXT NOT NULL', []),
        ("color String", '"weight" TEXT NOT NULL', []),
        ("version Int", '"model_version" TEXT NOT NULL', []),
        ("a String\n  b String", '"c" TEXT NOT NULL, "d" TEXT NOT NULL', []),
    ],
)
def test_a_rename_needs_likeness_type_and_no_rival(
    fields: str, columns: str, renames: list[tuple[str, str]]
) -> None:
    assert _renamed(_model(fields), _table(columns)) == renames


def test_the_same_foreign_key_is_evidence_where_the_names_are_unlike() -> None:
    models = (
        "model U {\n  id Int @id\n  ts T[]\n}\nmodel T {\n  id Int @id\n  ownerId Int\n"
        "  owner U @relation(fields: [ownerId], references: [id])\n}\n"
    )
    sql = (
        'CREATE TABLE "U" ("id" INTEGER NOT NULL, CONSTRAINT "U_pkey" PRIMARY KEY ("id"));'
        + _table('"userId" INTEGER NOT NULL')
        + 'ALTER TABLE "T" ADD CONSTRAINT "T_userId_fkey" FOREIGN KEY ("userId") '
        'REFERENCES "U"("id") ON DELETE RESTRICT ON UPDATE CASCADE;'
    )
    assert _renamed(models, sql) == [("userId", "ownerId")]
    models = models.replace("  id Int @id\n  ownerId Int\n", "  ownerId Int\n  id Int @id\n")
    assert _renamed(models, sql) == []


def test_keys_and_indexes_of_a_renamed_column_differ_in_their_names_alone() -> None:
    changes = told(
        compared(
            _model("personId String\n  kind String\n  @@index([personId, kind])"),
            _table('"person_id" TEXT NOT NULL, "kind" TEXT NOT NULL')
            + 'CREATE INDEX "T_person_id_kind_idx" ON "T"("person_id", "kind");',
        )
    )
    assert changes == [
        "ColumnRenamed public.T.personId",
        "IndexChanged public.T.T_personId_kind_idx",
    ]


def test_a_table_is_renamed_where_most_of_its_columns_agree() -> None:
    fields = "email String\n  name String?\n  createdAt DateTime @default(now())"
    columns = (
        '"email" TEXT NOT NULL, "name" TEXT, '
        '"createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP'
    )
    comparison = compared(_model(fields, "User"), _table(columns, "users"))
    renamed = comparison.changes[0]
    assert isinstance(renamed, TableRenamed)
    assert renamed.evidence.confidence is Confidence.CERTAIN
    assert told(comparison) == [
        "TableRenamed public.User",
        "PrimaryKeyChanged public.User.User_pkey",
    ]


def test_tables_that_share_nothing_but_an_id_are_two_tables() -> None:
    comparison = compared(_model("email String", "User"), _table('"title" TEXT', "Posts"))
    assert told(comparison) == ["TableMissing public.User", "TableExtra public.Posts"]


def test_a_renamed_enum_does_not_change_the_type_of_its_columns() -> None:
    comparison = compared(
        "enum Role {\n  ADMIN\n  MEMBER\n}\n" + _model("role Role @default(MEMBER)"),
        "CREATE TYPE \"UserRole\" AS ENUM ('ADMIN', 'MEMBER');"
        + _table('"role" "UserRole" NOT NULL DEFAULT \'MEMBER\''),
    )
    assert told(comparison) == ["EnumRenamed public.Role"]
    assert isinstance(comparison.changes[0], EnumRenamed)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("personId", ("person", "id")),
        ("PERSON_ID", ("person", "id")),
        ("HTMLPages", ("html", "page")),
        ("analytics_events", ("analytic", "event")),
        ("categories", ("category",)),
        ("status", ("status",)),
        ("", ()),
    ],
)
def test_names_fall_into_words(name: str, expected: tuple[str, ...]) -> None:
    assert words(name) == expected


def test_likeness_is_symmetric() -> None:
    pairs = [("version", "model_version"), ("meta", "metadata"), ("a_b", "b_a"), ("x", "y")]
    for one, other in pairs:
        assert likeness(one, other).score == likeness(other, one).score


def test_a_column_that_map_gives_another_name_is_known_by_its_field() -> None:
    models = _model('email String @map("mail_address")\n  note String?')
    changes = compared(models, _table('"email" TEXT NOT NULL, "other" TEXT')).changes
    (renamed,) = (change for change in changes if isinstance(change, ColumnRenamed))
    assert (renamed.replayed.name, renamed.declared.name) == ("email", "mail_address")
    assert renamed.evidence.confidence is Confidence.LIKELY
    assert renamed.evidence.reasons[0] == (
        "the field is called `email`, and `@map` alone says otherwise"
    )


def test_a_table_that_map_gives_another_name_is_known_by_its_model() -> None:
    fields = "a String\n  b Int\n  c Int\n  d Int"
    models = _model(fields, "Person").replace("\n}", '\n\n  @@map("members")\n}')
    sql = _table('"a" TEXT NOT NULL, "b" INTEGER NOT NULL, "c" INTEGER NOT NULL', "Person")
    (renamed, *_) = compared(models, sql).changes
    assert isinstance(renamed, TableRenamed)
    assert "the model is called `Person`, and `@@map` alone says otherwise" in (
        renamed.evidence.reasons
    )
