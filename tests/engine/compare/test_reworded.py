"""Renames that the team made in one go: the same words changed in several names."""

from __future__ import annotations

import pytest

from tests.support.sides import compared
from workers.engine.compare.changes import (
    Change,
    ColumnRenamed,
    ColumnTypeChanged,
    TableMissing,
    TableRenamed,
)
from workers.engine.compare.rewording import rewording


def _made(*columns: str, name: str = "T", key: str = '"id" INTEGER NOT NULL') -> str:
    first = key.split(" ")[0]
    return (
        f'CREATE TABLE "{name}" ({", ".join((key, *columns))}, '
        f'CONSTRAINT "{name}_pkey" PRIMARY KEY ({first}));'
    )


def _model(*fields: str, name: str = "T") -> str:
    return f"model {name} {{\n  id Int @id\n  " + "\n  ".join(fields) + "\n}\n"


def _columns(changes: tuple[Change, ...]) -> dict[str, str]:
    return {
        change.replayed.name: change.declared.name
        for change in changes
        if isinstance(change, ColumnRenamed)
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("city", "zip"), ("billingCity", "billingZip")),
        (("startTime", "endTime"), ("startsAt", "endsAt")),
        (("home_tel", "work_tel"), ("homePhone", "workPhone")),
    ],
)
def test_words_that_change_alike_in_two_names_are_two_renames(
    old: tuple[str, str], new: tuple[str, str]
) -> None:
    sql = _made(*(f'"{name}" TEXT NOT NULL' for name in old))
    changes = compared(_model(*(f"{name} String" for name in new)), sql).changes
    assert _columns(changes) == dict(zip(old, new, strict=True))


def test_words_that_change_in_one_name_alone_are_no_rename() -> None:
    sql = _made('"startTime" TIMESTAMP(3) NOT NULL', '"days" INTEGER NOT NULL')
    changes = compared(_model("startsAt DateTime", "weeks Int"), sql).changes
    assert _columns(changes) == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("minPrice", "minAge"), ("maxPrice", "maxAge")),
        (("oldPrice", "oldName"), ("newPrice", "newName")),
        (("isInactive",), ("isActive",)),
        (("is_not_public",), ("is_public",)),
        (("verified",), ("unverified",)),
        (("createdOn",), ("updatedOn",)),
    ],
)
def test_the_contrary_is_no_rename(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    sql = _made(*(f'"{name}" BOOLEAN NOT NULL' for name in old))
    changes = compared(_model(*(f"{name} Boolean" for name in new)), sql).changes
    assert _columns(changes) == {}


def test_a_table_is_renamed_together_with_the_columns_that_hold_its_name() -> None:
    fields = ("customerName String", "email String", "phone String?", "city String")
    sql = _made(
        '"clientName" TEXT NOT NULL', '"email" TEXT NOT NULL', '"phone" TEXT',
        '"city" TEXT NOT NULL', name="Client",
    )  # fmt: skip
    changes = compared(_model(*fields, name="Customer"), sql).changes
    (table,) = (change for change in changes if isinstance(change, TableRenamed))
    assert table.evidence.reasons == (
        "5 columns have the same name and type, the table's own name in them aside",
    )
    assert _columns(changes) == {"clientName": "customerName"}


def test_a_column_under_the_same_words_is_renamed_with_its_new_type() -> None:
    changes = compared(
        _model("totalAmount Int"), _made('"total_amount" DECIMAL(65,30) NOT NULL')
    ).changes
    assert [type(change) for change in changes] == [ColumnRenamed, ColumnTypeChanged]


@pytest.mark.parametrize("wanted", ["tags String[]", "tags DateTime"])
def test_a_column_whose_values_cannot_stay_is_another_column(wanted: str) -> None:
    assert _columns(compared(_model(wanted), _made('"tag" TEXT NOT NULL')).changes) == {}


def test_the_primary_key_under_another_name_is_renamed() -> None:
    models = "model T {\n  uuid String @id\n  email String\n}\n"
    sql = _made('"email" TEXT NOT NULL', key='"id" TEXT NOT NULL')
    assert _columns(compared(models, sql).changes) == {"id": "uuid"}
    other = sql.replace('"id" TEXT', '"id" INTEGER')
    assert _columns(compared(models, other).changes) == {}


JOIN = (
    'CREATE TABLE "{0}" ("A" INTEGER NOT NULL, "B" INTEGER NOT NULL, '
    'CONSTRAINT "{0}_AB_pkey" PRIMARY KEY ("A", "B")); '
    'CREATE INDEX "{0}_B_index" ON "{0}"("B"); '
    'ALTER TABLE "{0}" ADD CONSTRAINT "{0}_A_fkey" FOREIGN KEY ("A") REFERENCES "{1}"("id") '
    "ON DELETE CASCADE ON UPDATE CASCADE; "
    'ALTER TABLE "{0}" ADD CONSTRAINT "{0}_B_fkey" FOREIGN KEY ("B") REFERENCES "{2}"("id") '
    "ON DELETE CASCADE ON UPDATE CASCADE; "
)
BOTH = 'CREATE TABLE "A" (id int PRIMARY KEY); CREATE TABLE "B" (id int PRIMARY KEY); '
NAMED = (
    'model A {\n  id Int @id\n  bs B[] @relation("Tagged")\n}\n'
    'model B {\n  id Int @id\n  as A[] @relation("Tagged")\n}\n'
)


def test_a_relation_that_got_a_name_has_its_join_table_renamed() -> None:
    changes = compared(NAMED, BOTH + JOIN.format("_AToB", "A", "B")).changes
    (table,) = (change for change in changes if isinstance(change, TableRenamed))
    assert "both join `A` and `B`" in table.evidence.reasons


@pytest.mark.parametrize(
    "sql",
    [
        JOIN.format("_AToB", "A", "B") + JOIN.format("_Liked", "A", "B"),
        JOIN.format("_AToB", "A", "A"),
    ],
)
def test_a_join_table_is_not_guessed(sql: str) -> None:
    changes = compared(NAMED, BOTH + sql).changes
    assert [type(change) for change in changes if isinstance(change, TableMissing)]
    assert not any(isinstance(change, TableRenamed) for change in changes)


def test_a_rewording_needs_a_word_in_common() -> None:
    assert rewording("startTime", "startsAt") == (("time",), ("at",), False)
    assert rewording("city", "billing_city") == ((), ("billing",), True)
    assert rewording("email", "phone") is None
    assert rewording("user_id", "userId") is None
