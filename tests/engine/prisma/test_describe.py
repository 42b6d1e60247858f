from __future__ import annotations

from workers.engine.prisma.describe import Declaration, Dialect, describe
from workers.engine.schema.model import QualifiedName, Table
from workers.engine.source import SourceFile

TODAY = Dialect()
HEAD = 'datasource db {\n  provider = "postgresql"\n}\n'


def declare(text: str, dialect: Dialect = TODAY, head: str = HEAD) -> Declaration:
    return describe([SourceFile("schema.prisma", head + text)], dialect)


def table(declaration: Declaration, name: str, schema: str = "public") -> Table:
    return declaration.schema.tables[QualifiedName(schema, name)]


def told(declaration: Declaration) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.code, one.message, one.subjects) for one in declaration.diagnostics]


RELATED = """
model User {
  id    Int    @id
  posts Post[]
  tags  Tag[]
}
model Post {
  id       Int   @id
  author   User  @relation(fields: [authorId], references: [id])
  authorId Int
  editor   User? @relation("edits", fields: [editorId], references: [id])
  editorId Int?
}
model Tag {
  id    String @id @db.Uuid
  users User[]
}
"""


def test_every_object_holds_the_place_of_its_declaration() -> None:
    text = HEAD + 'model A {\n  id Int @id\n  b String @unique\n  @@index([b], map: "i")\n}\n'
    declaration = describe([SourceFile("schema.prisma", text)])
    made = table(declaration, "A")

    def written(history: tuple) -> str:
        (origin,) = history
        assert origin.path == "schema.prisma"
        return text[origin.span.start : origin.span.end]

    assert written(made.history).startswith("model A {")
    assert written(made.columns[0].history) == "id Int @id"
    assert made.primary_key is not None
    assert written(made.primary_key.history) == "id Int @id"
    places = {index.name: written(index.history) for index in made.indexes}
    assert places["A_b_key"] == "b String @unique"
    assert places["i"] == '@@index([b], map: "i")'


def test_models_and_fields_are_known_by_their_prisma_names() -> None:
    declaration = declare(
        'model User {\n  id Int @id\n  name String? @map("full_name")\n  posts Post[]\n'
        '  @@map("users")\n}\nmodel Post {\n  id Int @id\n  user User @relation(fields: [uid], '
        "references: [id])\n  uid Int\n  @@ignore\n}\nview V {\n  id Int @unique\n}\n"
    )
    user = declaration.models["User"]
    assert user.table == ("public", "users")
    assert (user.fields["name"].column, user.fields["name"].type) == ("full_name", "String?")
    assert user.fields["posts"].column is None
    assert declaration.models["Post"].is_ignored
    assert declaration.models["V"].is_view


def test_an_ignored_model_has_a_table_and_a_view_has_none() -> None:
    declaration = declare(
        "model A {\n  id Int @id\n  x Int @ignore\n  @@ignore\n}\nview V {\n  id Int @unique\n}\n"
    )
    assert list(declaration.schema.tables) == [("public", "A")]
    assert [column.name for column in table(declaration, "A").columns] == ["id", "x"]


def test_a_required_relation_restricts_and_an_optional_one_sets_null() -> None:
    declaration = declare(RELATED)
    actions = {
        key.name: (key.on_delete, key.on_update) for key in table(declaration, "Post").foreign_keys
    }
    assert actions == {
        "Post_authorId_fkey": ("RESTRICT", "CASCADE"),
        "Post_editorId_fkey": ("SET NULL", "CASCADE"),
    }


def test_before_prisma_3_a_required_relation_cascades() -> None:
    declaration = declare(RELATED, Dialect(prisma_version=(2, 30)))
    actions = [key.on_delete for key in table(declaration, "Post").foreign_keys]
    assert actions == ["CASCADE", "SET NULL"]


def test_a_join_table_has_a_primary_key_from_prisma_6_on() -> None:
    made = table(declare(RELATED, Dialect(prisma_version=(6, 0))), "_TagToUser")
    assert made.primary_key is not None
    assert (made.primary_key.name, made.primary_key.columns) == ("_TagToUser_AB_pkey", ("A", "B"))
    assert [index.name for index in made.indexes] == ["_TagToUser_AB_pkey", "_TagToUser_B_index"]
    assert [(column.name, column.type.name) for column in made.columns] == [
        ("A", "uuid"),
        ("B", "integer"),
    ]
    assert [(key.name, key.ref_table.name, key.on_delete) for key in made.foreign_keys] == [
        ("_TagToUser_A_fkey", "Tag", "CASCADE"),
        ("_TagToUser_B_fkey", "User", "CASCADE"),
    ]


def test_a_join_table_had_a_unique_index_before_prisma_6() -> None:
    made = table(declare(RELATED, Dialect(prisma_version=(5, 22))), "_TagToUser")
    assert made.primary_key is None
    assert [(index.name, index.is_unique) for index in made.indexes] == [
        ("_TagToUser_AB_unique", True),
        ("_TagToUser_B_index", False),
    ]


def test_relation_mode_prisma_makes_no_foreign_key() -> None:
    for name in ("relationMode", "referentialIntegrity"):
        head = f'datasource db {{\n  provider = "postgresql"\n  {name} = "prisma"\n}}\n'
        declaration = declare(RELATED, head=head)
        assert declaration.relation_mode == "prisma"
        assert all(not one.foreign_keys for one in declaration.schema.tables.values())


def test_the_connections_schema_is_where_everything_goes() -> None:
    declaration = declare(
        "enum E {\n  A\n}\nmodel M {\n  id Int @id @default(autoincrement())\n"
        "  e E @default(A)\n}\n",
        Dialect(default_schema="shop"),
    )
    made = table(declaration, "M", "shop")
    assert made.columns[0].default == "nextval('shop.\"M_id_seq\"'::regclass)"
    assert made.columns[1].default == "'A'::shop.\"E\""
    assert list(declaration.schema.schemas) == ["public", "shop"]
    assert list(declaration.schema.enums) == [("shop", "E")]


def test_a_client_side_default_is_no_default() -> None:
    declaration = declare(
        "model A {\n  id String @id @default(uuid(7))\n  b String @default(cuid())\n"
        "  c String @default(dbgenerated())\n  d DateTime @default(now())\n  e Int @default(1)\n"
        '  f String @default(dbgenerated("gen_random_uuid()")) @db.Uuid\n'
        "  g DateTime @updatedAt\n}\n"
    )
    assert [(c.default, c.default_kind) for c in table(declaration, "A").columns] == [
        (None, None),
        (None, None),
        (None, "any"),
        ("CURRENT_TIMESTAMP", "now"),
        ("1", "value"),
        ("gen_random_uuid()", "dbgenerated"),
        (None, None),
    ]


def test_the_datasource_is_told_as_written() -> None:
    declaration = describe(
        [
            SourceFile(
                "schema.prisma",
                'generator c {\n  provider = "prisma-client-js"\n  previewFeatures = ["views"]\n}\n'
                'datasource db {\n  provider = "postgres"\n  url = env("DATABASE_URL")\n'
                '  schemas = ["a", "b"]\n}\n',
            )
        ]
    )
    assert declaration.datasource["url"] == "env:DATABASE_URL"
    assert declaration.datasource["provider"] == "postgres"
    assert declaration.schemas == ("a", "b")
    assert declaration.preview_features == ("views",)


def test_an_unknown_field_in_an_index_is_told_where_it_stands() -> None:
    declaration = declare("model A {\n  id Int @id\n  @@index([nam])\n}\n")
    assert told(declaration) == [
        (
            "prisma-unknown-field",
            "`@@index` of `A` names `nam`, which is no field of the model.",
            ("public.A",),
        )
    ]
    origin = declaration.diagnostics[0].origin
    assert origin is not None
    assert (HEAD + "model A {\n  id Int @id\n  @@index([nam])\n}\n")[
        origin.span.start : origin.span.end
    ] == "nam"


def test_an_index_on_a_relation_is_told() -> None:
    declaration = declare(RELATED.replace("editorId Int?", "editorId Int?\n  @@index([author])"))
    assert [message for _, message, _ in told(declaration)] == [
        "`@@index` of `Post` names `author`, which is a relation, not a column."
    ]


def test_an_unknown_type_leaves_only_its_column_open() -> None:
    declaration = declare("model A {\n  id Int @id\n  b Strng\n}\n")
    assert told(declaration) == [
        ("prisma-unknown-type", "The type `Strng` of `A.b` is declared nowhere.", ("public.A.b",))
    ]
    assert [column.name for column in table(declaration, "A").columns] == ["id"]


def test_trouble_in_one_model_does_not_silence_the_others() -> None:
    declaration = declare("model A {\n  id Int @id\n  ???\n}\nmodel B {\n  id Int @id\n}\n")
    assert ("public", "B") in declaration.schema.tables
    assert [subjects for _, _, subjects in told(declaration)] == [("public.A",)]


def test_a_name_declared_twice_is_told_and_the_first_counts() -> None:
    declaration = declare("model A {\n  id Int @id\n}\nmodel A {\n  x Int @id\n}\n")
    assert [code for code, _, _ in told(declaration)] == ["prisma-duplicate"]
    assert [column.name for column in table(declaration, "A").columns] == ["id"]


def test_a_provider_that_prisma_does_not_have_is_told() -> None:
    declaration = declare("", head='datasource db {\n  provider = "oracle"\n}\n')
    assert [code for code, _, _ in told(declaration)] == ["prisma-provider"]


def test_an_enum_default_that_is_no_value_is_told() -> None:
    declaration = declare("enum E {\n  A\n}\nmodel M {\n  id Int @id\n  e E @default(B)\n}\n")
    assert told(declaration) == [
        (
            "prisma-unknown-value",
            "`B`, the default of `M.e`, is no value of the enum `E`.",
            ("public.M.e",),
        )
    ]


def test_mongodb_has_a_declaration_without_tables() -> None:
    head = 'datasource db {\n  provider = "mongodb"\n}\n'
    declaration = declare(
        "type Address {\n  street String\n}\nmodel A {\n"
        '  id String @id @default(auto()) @map("_id") @db.ObjectId\n  a Address\n'
        "  @@index([a.street])\n}\n",
        head=head,
    )
    assert declaration.schema.provider == "mongodb"
    assert declaration.schema.tables == {}
    assert list(declaration.models) == ["A"]
    assert declaration.diagnostics == []


def test_several_files_are_one_schema() -> None:
    declaration = describe(
        [
            SourceFile("prisma/a.prisma", "model A {\n  id Int @id\n  kind Kind\n}\n"),
            SourceFile("prisma/base.prisma", HEAD),
            SourceFile("prisma/enums.prisma", "enum Kind {\n  X\n}\n"),
        ]
    )
    assert declaration.diagnostics == []
    assert table(declaration, "A").columns[1].type.name == "Kind"
    assert declaration.models["A"].origin.path == "prisma/a.prisma"


def test_a_contract_of_prisma_8_could_not_be_judged() -> None:
    declaration = declare("types {\n  Id = Char(36)\n}\nmodel A {\n  id Id @id\n}\n", head="")
    assert ("prisma-contract", ()) in [(code, subjects) for code, _, subjects in told(declaration)]


def test_a_generated_column_keeps_the_schemas_text_beside_postgresqls() -> None:
    declaration = declare(
        'model A {\n  id Int @id\n  c Unsupported("tsvector")? '
        "@default(dbgenerated(\"to_tsvector('english', body)\"))\n  body String\n}\n"
    )
    column = table(declaration, "A").columns[1]
    assert column.default == "to_tsvector('english'::regconfig, body)"
    assert column.default_written == "to_tsvector('english', body)"
    assert column.is_unsupported
