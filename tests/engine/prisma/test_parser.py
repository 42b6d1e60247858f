from __future__ import annotations

import pytest

from workers.engine.prisma.ast import Call, Constant, ListOf, Number, Text
from workers.engine.prisma.document import Document
from workers.engine.prisma.parser import parse
from workers.engine.source import SourceFile


def read(text: str) -> Document:
    return parse(SourceFile("schema.prisma", text))


def messages(document: Document) -> list[tuple[str | None, str]]:
    return [(problem.block, problem.message) for problem in document.problems]


def test_a_model_is_read_with_the_place_of_every_part() -> None:
    text = (
        'model User {\n  email String? @unique(map: "u") @db.VarChar(20)\n\n  @@map("users")\n}\n'
    )
    document = read(text)
    (model,) = document.models
    (field,) = model.fields
    assert (model.kind, model.name, str(field.type)) == ("model", "User", "String?")
    assert text[model.name_span.start : model.name_span.end] == "User"
    assert text[model.span.start : model.span.end] == text.strip()
    assert text[field.span.start : field.span.end] == (
        'email String? @unique(map: "u") @db.VarChar(20)'
    )
    assert text[field.type.span.start : field.type.span.end] == "String?"
    assert [text[a.span.start : a.span.end] for a in field.attributes] == [
        '@unique(map: "u")',
        "@db.VarChar(20)",
    ]
    assert model.attributes[0].text("name", 0) == "users"
    assert document.problems == ()


def test_arguments_are_found_by_name_and_by_position() -> None:
    (model,) = read(
        'model A {\n  a A @relation("x", fields: [b, c(sort: Desc)], onDelete: Cascade)\n}'
    ).models
    relation = model.fields[0].attributes[0]
    fields = relation.argument("fields")
    assert relation.text("name", 0) == "x"
    assert isinstance(fields, ListOf)
    assert isinstance(fields.items[0], Constant)
    assert isinstance(fields.items[1], Call)
    action = relation.argument("onDelete")
    assert isinstance(action, Constant)
    assert action.name == "Cascade"


def test_lists_may_go_over_several_lines_and_end_with_a_comma() -> None:
    (model,) = read(
        "model A {\n  @@index(\n    [\n      a, // why\n      b,\n    ],\n  )\n}"
    ).models
    fields = model.attributes[0].argument("fields", 0)
    assert isinstance(fields, ListOf)
    assert [item.name for item in fields.items if isinstance(item, Constant)] == ["a", "b"]


def test_an_enum_has_values_attributes_and_documentation() -> None:
    (enum,) = read('enum E {\n  /// first\n  A @map("a")\n  B\n  @@map("e")\n}').enums
    assert [(m.name, m.documentation) for m in enum.members] == [("A", "first"), ("B", None)]
    assert enum.attributes[0].name == "map"


def test_configuration_blocks_hold_every_kind_of_value() -> None:
    (config,) = read(
        'datasource db {\n  provider = "postgresql"\n  url = env("URL")\n'
        '  extensions = [vector(map: "v"), citext]\n}'
    ).configs
    values = {one.name: one.value for one in config.properties}
    assert isinstance(values["provider"], Text)
    assert isinstance(values["url"], Call)
    assert isinstance(values["extensions"], ListOf)


def test_what_prisma_1_left_behind_is_understood() -> None:
    document = read("type Mail = String @db.Text\nmodel A {\n  a: Int!\n  b [String]\n}")
    assert [str(field.type) for field in document.models[0].fields] == ["Int", "String[]"]
    assert document.aliases[0].name == "Mail"
    assert document.problems == ()


def test_unsupported_types_keep_what_the_database_calls_them() -> None:
    (model,) = read('model A {\n  v Unsupported("vector(3)")?\n}').models
    assert model.fields[0].type.unsupported == "vector(3)"
    assert str(model.fields[0].type) == 'Unsupported("vector(3)")?'


def test_a_broken_line_silences_no_other_line() -> None:
    document = read(
        "model A {\n  id Int @id\n  name String @default(\n  age Int\n}\nenum E {\n  X\n}"
    )
    assert [field.name for field in document.models[0].fields] == ["id", "age"]
    assert [enum.name for enum in document.enums] == ["E"]
    assert messages(document) == [("A", "the arguments are not closed: `)` is expected here")]


def test_several_errors_are_told_at_once() -> None:
    document = read('model A {\n  id\n  x Int @default("a)\n  = 3\n}\nfoo\nmodel B {\n  id Int\n}')
    assert [model.name for model in document.models] == ["A", "B"]
    assert messages(document) == [
        ("A", "the field needs a type"),
        ("A", "the string is not closed on its line"),
        ("A", "a field or an attribute is expected here"),
        (None, "`foo` does not start a block of a Prisma schema"),
    ]


def test_a_block_that_is_not_closed_ends_where_the_next_starts() -> None:
    document = read("model A {\n  id Int\n\nmodel B {\n  id Int\n}")
    assert [model.name for model in document.models] == ["A", "B"]
    assert messages(document) == [("A", "the block `A` is not closed by `}`")]


def test_a_misspelled_keyword_takes_only_its_own_block() -> None:
    document = read("modl A {\n  id Int\n}\nmodel B {\n  id Int\n}")
    assert [model.name for model in document.models] == ["B"]
    assert messages(document) == [(None, "`modl` does not start a block of a Prisma schema")]


def test_a_header_without_a_brace_does_not_take_the_next_block() -> None:
    document = read("model A\nmodel B {\n  id Int\n}")
    assert [model.name for model in document.models] == ["B"]


def test_nesting_is_bounded() -> None:
    document = read("model A {\n  a Int @default(" + "[" * 5000 + "\n  b Int\n}")
    assert [field.name for field in document.models[0].fields] == ["b"]
    assert document.problems[0].message == "this is nested too deep to be read"


def test_a_contract_of_prisma_8_is_recognised() -> None:
    document = read("namespace public {\n  model A {\n    id Uuid @id\n  }\n}\n")
    assert document.contract is not None
    assert document.problems == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [("1", Number), ('"a"', Text), ("now()", Call), ("[1]", ListOf), ("x", Constant)],
)
def test_a_default_may_be_any_expression(text: str, kind: type) -> None:
    (model,) = read(f"model A {{\n  a Int @default({text})\n}}").models
    assert isinstance(model.fields[0].attributes[0].argument("value", 0), kind)
