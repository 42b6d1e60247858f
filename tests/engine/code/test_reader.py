"""Facts of one file: what is called, on what, with which arguments, and where it stands."""

import msgspec
import pytest

from workers.engine.code import facts
from workers.engine.code.codebase import outlined
from workers.engine.code.facts import Facts
from workers.engine.code.reader import read_script


def only_call(text: str, path: str = "a.ts") -> facts.Call:
    (call,) = read_script(path, text).calls
    return call


def names(value: facts.Value | None) -> list[str | None]:
    assert isinstance(value, facts.Object)
    return [entry.name for entry in value.entries]


def test_a_call_knows_its_receiver_its_argument_and_its_place() -> None:
    text = 'import { prisma } from "./db";\n/* ü */ prisma.user.findMany({ where: { id: 1 } });\n'
    call = only_call(text)
    assert call.receiver == facts.Member(facts.Imported("./db", "prisma"), "user")
    assert text[call.start : call.end] == "findMany"
    assert names(call.argument) == ["where"]


@pytest.mark.parametrize(
    "expression",
    [
        "(await prisma).user.findMany({})",
        "prisma!.user?.findMany({})",
        "(prisma as any).user.findMany({})",
        'prisma["user"].findMany({})',
    ],
)
def test_what_changes_nothing_of_a_value_is_looked_through(expression: str) -> None:
    call = only_call(f'import {{ prisma }} from "./db";\n{expression};')
    assert call.receiver == facts.Member(facts.Imported("./db", "prisma"), "user")


def test_markup_is_read_in_tsx_and_a_cast_by_brackets_in_ts() -> None:
    page = "export default async () => <p>{await db.user.count()}</p>;"
    assert only_call(page, "a.tsx").method == "count"
    assert only_call("const n = <any>db.user.findMany({});", "a.ts").method == "findMany"


def test_common_modules_are_read_as_imports() -> None:
    text = (
        'const { prisma: db } = require("./db");\ndb.user.findFirst({});\nmodule.exports = { db };'
    )
    read = read_script("a.cjs", text)
    assert read.tops["db"] == facts.Member(facts.Imported("./db", "*"), "prisma")
    assert read.exports["db"] == facts.Top("db")


def test_a_variable_is_followed_to_its_object_and_to_what_is_put_into_it() -> None:
    call = only_call(
        "function f(a) { const where = { id: 1 }; if (a) where.name = a;"
        " return db.user.findMany({ where }); }"
    )
    assert isinstance(call.argument, facts.Object)
    assert names(call.argument.entries[0].value) == ["id", "name"]


def test_a_variable_that_may_be_anything_leaves_the_object_open() -> None:
    call = only_call("function f(rest) { db.user.create({ data: { a: 1, [rest.k]: 2 } }); }")
    assert isinstance(call.argument, facts.Object)
    data = call.argument.entries[0].value
    assert isinstance(data, facts.Object)
    assert data.is_open


def test_sets_and_maps_are_not_taken_for_delegates() -> None:
    text = "seen.delete(id); Object.create(null); list.count(1);"
    assert read_script("a.ts", text).calls == ()


@pytest.mark.parametrize(
    "tag",
    ["$queryRaw`", "$queryRaw<Row[]>`", "$queryRaw<{ id: string }[]>`", "$queryRaw<Map<A, B>>`"],
)
@pytest.mark.parametrize("lead", ["await prisma.", "() => tx.", "return prisma."])
def test_tagged_sql_is_found_whatever_its_type_arguments(lead: str, tag: str) -> None:
    (query,) = read_script("a.ts", f"x = {lead}{tag}SELECT ${{a}} FROM t`;").queries
    assert [text for text, _ in query.parts] == ["SELECT ", "", " FROM t"]


def test_sql_in_strings_keeps_the_place_of_each_character() -> None:
    text = 'prisma.$queryRawUnsafe("SELECT \\"a\\"" +\n  " FROM t");'
    (query,) = read_script("a.ts", text).queries
    assert "".join(part for part, _ in query.parts) == 'SELECT "a" FROM t'
    assert all(text.startswith(part, at) for part, at in query.parts if part not in ('"',))


def test_sql_that_is_put_together_is_counted() -> None:
    read = read_script("a.ts", "prisma.$queryRawUnsafe(`SELECT ${column} FROM t`); db.query(text);")
    assert read.queries == ()
    assert read.unread == 1


def test_facts_go_through_json_unchanged() -> None:
    read = read_script("a.ts", "class A extends B { constructor(private p: C) { super(); } }\n")
    assert msgspec.json.decode(msgspec.json.encode(read), type=Facts) == read


def test_an_outline_stands_for_the_text_where_something_was_found() -> None:
    text = "const secret = 1;\r\nprisma.user.findMany({ where: { id: 1 } });\n"
    source = outlined("a.ts", read_script("a.ts", text))
    assert len(source.text) == len(text)
    assert "secret" not in source.text
    assert source.line_text(2) == "prisma.user.findMany({ where: { id: 1 } });"


def test_names_that_refer_to_each_other_many_times_over_are_read_once_each() -> None:
    """Without, a chain of these took time that doubles with each: 12 of them a minute and more."""
    chain = "".join(
        f"  const v{n}: v{n + 1}.T & v{n + 1}.U & typeof v{n + 1} = v{n + 1} ?? v{n + 1}.x;\n"
        for n in range(50)
    )
    read = read_script("a.ts", f"function f() {{\n{chain}  const v50 = v0;\n  v0.user.count();\n}}")
    assert [call.method for call in read.calls] == ["count"]
