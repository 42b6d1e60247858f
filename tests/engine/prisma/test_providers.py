from __future__ import annotations

import pytest

from workers.engine.prisma.describe import describe
from workers.engine.schema.model import QualifiedName, Schema, SqlType
from workers.engine.source import SourceFile

MODELS = """
enum Role {
  USER
  ADMIN @map("admin")
}
model User {
  id      Int      @id @default(autoincrement())
  email   String   @unique
  role    Role     @default(ADMIN)
  age     BigInt?
  score   Float    @default(1.5)
  price   Decimal  @default(0)
  ok      Boolean  @default(true)
  at      DateTime @default(now())
  meta    Json?
  data    Bytes?
  friends User[]   @relation("f")
  friend  User[]   @relation("f")
  boss    User     @relation("b", fields: [bossId], references: [id])
  bossId  Int
  staff   User[]   @relation("b")
}
"""


def declared(provider: str) -> Schema:
    head = f'datasource db {{\n  provider = "{provider}"\n}}\n'
    declaration = describe([SourceFile("schema.prisma", head + MODELS)])
    assert declaration.diagnostics == []
    return declaration.schema


def types(provider: str) -> dict[str, SqlType]:
    table = declared(provider).tables[QualifiedName("public", "User")]
    return {column.name: column.type for column in table.columns}


def test_mysqls_default_types_and_inline_enums() -> None:
    found = types("mysql")
    assert found["email"] == SqlType("varchar", ("191",))
    assert found["role"] == SqlType("enum", ("'USER'", "'admin'"))
    assert found["ok"] == SqlType("tinyint", ("1",))
    assert found["at"] == SqlType("datetime", ("3",))
    assert found["price"] == SqlType("decimal", ("65", "30"))
    assert found["data"] == SqlType("longblob")
    assert declared("mysql").enums == {}


def test_mysql_names_every_primary_key_alike() -> None:
    table = declared("mysql").tables[QualifiedName("public", "User")]
    assert table.primary_key is not None
    assert table.primary_key.name == "PRIMARY"
    assert table.columns[7].default == "CURRENT_TIMESTAMP(3)"


def test_sqlites_types_are_affinities_and_enums_are_text() -> None:
    found = {name: type_.name for name, type_ in types("sqlite").items()}
    assert found == {
        "id": "integer",
        "email": "text",
        "role": "text",
        "age": "bigint",
        "score": "real",
        "price": "decimal",
        "ok": "boolean",
        "at": "datetime",
        "meta": "jsonb",
        "data": "blob",
        "bossId": "integer",
    }


def test_sql_servers_types_identity_and_actions() -> None:
    schema = declared("sqlserver")
    table = schema.tables[QualifiedName("public", "User")]
    assert types("sqlserver")["email"] == SqlType("nvarchar", ("1000",))
    assert types("sqlserver")["score"] == SqlType("float", ("53",))
    assert table.columns[0].identity == "BY DEFAULT"
    assert [key.on_delete for key in table.foreign_keys] == ["NO ACTION"]
    join = schema.tables[QualifiedName("public", "_f")]
    assert [key.on_delete for key in join.foreign_keys] == ["NO ACTION", "NO ACTION"]


def test_cockroachdb_numbers_rows_by_itself_and_keeps_the_unique_index() -> None:
    schema = declared("cockroachdb")
    table = schema.tables[QualifiedName("public", "User")]
    assert table.columns[0].default == "unique_rowid()"
    assert schema.sequences == {}
    assert schema.tables[QualifiedName("public", "_f")].primary_key is None
    assert QualifiedName("public", "Role") in schema.enums


@pytest.mark.parametrize(
    ("provider", "written", "expected"),
    [
        ("mysql", "Int @db.UnsignedInt", SqlType("int unsigned")),
        ("mysql", "Int @db.TinyInt", SqlType("tinyint")),
        ("mysql", "Boolean @db.TinyInt", SqlType("tinyint", ("1",))),
        ("mysql", "Boolean @db.Bit(1)", SqlType("bit", ("1",))),
        ("mysql", "String @db.VarChar(20)", SqlType("varchar", ("20",))),
        ("mysql", "DateTime @db.Timestamp(0)", SqlType("timestamp", ("0",))),
        ("mysql", "String @db.LongText", SqlType("longtext")),
        ("sqlserver", "String @db.NVarChar(Max)", SqlType("nvarchar", ("max",))),
        ("sqlserver", "String @db.UniqueIdentifier", SqlType("uniqueidentifier")),
        ("cockroachdb", "String @db.String(9)", SqlType("text", ("9",))),
        ("postgresql", "DateTime @db.Timestamptz(6)", SqlType("timestamp with time zone", ("6",))),
    ],
)
def test_native_types_of_every_provider(provider: str, written: str, expected: SqlType) -> None:
    head = f'datasource db {{\n  provider = "{provider}"\n}}\n'
    text = f"{head}model A {{\n  id Int @id\n  a {written}\n}}\n"
    declaration = describe([SourceFile("schema.prisma", text)])
    assert declaration.diagnostics == []
    assert declaration.schema.tables[QualifiedName("public", "A")].columns[1].type == expected


def test_a_native_type_of_another_provider_is_told() -> None:
    head = 'datasource db {\n  provider = "postgresql"\n}\n'
    text = head + "model A {\n  id Int @id\n  a String @db.LongText\n}\n"
    (told,) = describe([SourceFile("schema.prisma", text)]).diagnostics
    assert told.message == "`@db.LongText` on `A.a` is no type of postgresql."
    assert told.subjects == ("public.A.a",)


def test_literals_are_written_as_each_provider_has_them() -> None:
    body = (
        'model A {\n  id Int @id\n  at DateTime @default("2020-01-31T12:00:00Z")\n'
        '  ok Boolean @default(false)\n  b Bytes @default("AP8=")\n'
        '  s String @default("it\'s")\n}\n'
    )

    def defaults(provider: str) -> list[str | None]:
        head = f'datasource db {{\n  provider = "{provider}"\n}}\n'
        schema = describe([SourceFile("schema.prisma", head + body)]).schema
        return [one.default for one in schema.tables[QualifiedName("public", "A")].columns[1:]]

    assert defaults("mysql") == ["'2020-01-31T12:00:00+00:00'", "0", None, "'it''s'"]
    assert defaults("sqlserver")[1] == "0"
    assert defaults("sqlite") == ["'2020-01-31 12:00:00 +00:00'", "false", "'00ff'", "'it''s'"]
    assert defaults("postgresql") == [
        "'2020-01-31 12:00:00'::timestamp without time zone",
        "false",
        "'\\x00ff'::bytea",
        "'it''s'::text",
    ]
