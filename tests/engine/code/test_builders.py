"""Queries that Kysely builds: which tables and columns they name, and which are not there."""

import pytest

from workers.engine.code.chains import Chains
from workers.engine.code.reader import read_script
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Migration, replay

MADE = """
CREATE TABLE person (id int, first_name text, "lastName" text);
CREATE TABLE pet (id int, owner_id int, name text);
CREATE SCHEMA shop;
CREATE TABLE shop.item (id int, price int);
"""
SCHEMA = replay([Migration("1_init", SourceFile("m.sql", MADE))]).schema


def troubles(chain: str) -> list[tuple[str, str]]:
    """The kind and the text of each trouble, by what stands in the file at its place."""
    text = f'import {{ db }} from "./db";\nexport const run = () => {chain};\n'
    chains = Chains(SCHEMA, ("public",), frozenset())
    found = []
    for built in read_script("a.ts", text).built:
        for trouble, mention, _ in chains.troubles(built):
            found.append((trouble.kind, text[mention.start : mention.end]))
    return found


@pytest.mark.parametrize(
    ("chain", "kind", "name"),
    [
        ('db.selectFrom("persons").select("id")', "table", "persons"),
        ('db.selectFrom("person").select(["id", "firstname"])', "column", "firstname"),
        ('db.selectFrom("person as p").select("p.nick as n")', "column", "p.nick"),
        ('db.selectFrom("person").where("age", ">", 3).selectAll()', "column", "age"),
        ('db.selectFrom("person").selectAll().orderBy("age desc")', "column", "age"),
        ('db.selectFrom("person").innerJoin("pet", "pet.owner", "person.id").select("name")',
         "column", "pet.owner"),
        ('db.insertInto("pet").values({ id, "nam": 1, ...rest }).execute()', "column", "nam"),
        ('db.insertInto("pet").values([{ id: 1 }, { kind: 2 }]).returning("id")', "column", "kind"),
        ('db.updateTable("pet").set({ id: 1 }).where("age", "=", 1)', "column", "age"),
        ('db.updateTable("pet").set("kind", 1)', "column", "kind"),
        ('db.deleteFrom("pet").whereRef("pet.id", "=", "pet.owner").execute()',
         "column", "pet.owner"),
        ('db.selectFrom("shop.item").select("cost")', "column", "cost"),
        ('db.transaction().execute((trx) => trx.deleteFrom("pet").where("age", "=", 1))',
         "column", "age"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_there_is_found_at_its_place(chain: str, kind: str, name: str) -> None:
    assert troubles(chain) == [(kind, name)]


@pytest.mark.parametrize(
    "chain",
    [
        'db.selectFrom("person").select(["id", "first_name as f"]).orderBy("f desc").execute()',
        'db.selectFrom("person").select("firstName").where("lastName", "=", x)',
        'db.selectFrom(["person", "pet"]).select("owner_id")',
        'db.selectFrom("person as p").leftJoin("pet", "pet.owner_id", "p.id").select("pet.name")',
        'db.selectFrom("person").select((eb) => eb.fn.count("id").as("n")).orderBy("n")',
        'db.with("recent", (q) => q.selectFrom("pet").select("id as x")).selectFrom("recent")'
        '.select("x")',
        'db.selectFrom("person").innerJoin((eb) => eb.selectFrom("pet").select("id as i").as("q"),'
        ' (join) => join.onRef("q.i", "=", "person.id")).select("i")',
        'db.selectFrom("person").where((eb) => eb.exists(eb.selectFrom("pet").select("pet.id")'
        '.whereRef("owner_id", "=", "first_name")))',
        "db.selectFrom(table).select(column)",
        'db.selectFrom("person").selectAll("person").select("person.*")',
        'db.selectFrom("other.thing").select("x")',
        "db.selectFrom(sql`person`).select(`a_${b}`)",
    ],
)
def test_what_may_be_there_is_left_alone(chain: str) -> None:
    assert troubles(chain) == []
