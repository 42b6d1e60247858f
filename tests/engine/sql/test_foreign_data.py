"""What IMPORT FOREIGN SCHEMA makes is known to the other server alone."""

from __future__ import annotations

from tests.support.replaying import refusals


def test_nothing_is_missing_in_a_schema_that_takes_what_is_imported() -> None:
    assert not refusals(
        "CREATE SCHEMA remote; IMPORT FOREIGN SCHEMA public FROM SERVER other INTO remote;",
        "CREATE VIEW v AS SELECT o.id FROM remote.orders o;",
    )


def test_a_list_of_tables_is_all_that_is_imported() -> None:
    found = refusals(
        "IMPORT FOREIGN SCHEMA public LIMIT TO (orders) FROM SERVER other INTO public;",
        "CREATE VIEW v AS SELECT id FROM orders;",
        "CREATE VIEW w AS SELECT id FROM customers;",
    )
    assert [one[0] for one in found] == ["42P01"]


def test_what_is_imported_goes_into_a_schema_that_there_is() -> None:
    found = refusals("IMPORT FOREIGN SCHEMA public FROM SERVER other INTO nowhere;")
    assert [one[0] for one in found] == ["3F000"]
