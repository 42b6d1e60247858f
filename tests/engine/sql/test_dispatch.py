"""Every kind of statement finds its handler."""

from __future__ import annotations

import pytest

from tests.support.replaying import run
from workers.engine.sql.dispatch import HANDLERS, handler_of


@pytest.mark.parametrize("kind", HANDLERS)
def test_a_named_handler_is_there(kind: str) -> None:
    assert callable(handler_of(kind))


def test_what_has_no_effect_on_the_catalogue_is_passed_over() -> None:
    outcome = run("VACUUM; ANALYZE; NOTIFY x; LISTEN y; REINDEX TABLE t; CHECKPOINT;")
    assert outcome.diagnostics == []
