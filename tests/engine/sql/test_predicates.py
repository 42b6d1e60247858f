"""What a policy's condition does is read off its tree, not its text."""

import pytest

from workers.engine.sql.predicates import predicate


@pytest.mark.parametrize("text", ["true", "1 = 1", "(true)", "true OR owner = 1", "'a' = 'a'"])
def test_a_condition_that_is_always_true_is_known(text: str) -> None:
    facts = predicate(text)
    assert facts is not None
    assert facts.is_always_true


@pytest.mark.parametrize("text", ["false", "1 = 2", "a = a", "note = 'true'", "true AND owner = 1"])
def test_a_condition_that_depends_on_the_row_is_not(text: str) -> None:
    facts = predicate(text)
    assert facts is not None
    assert not facts.is_always_true


@pytest.mark.parametrize(
    ("text", "bare", "wrapped"),
    [
        ("auth.uid() = id", 1, 0),
        ("(SELECT auth.uid()) = id", 0, 1),
        ("EXISTS (SELECT 1 FROM p WHERE o = auth.uid())", 1, 0),
        ("EXISTS (SELECT 1 FROM p WHERE o = (SELECT auth.uid())::text)", 0, 1),
        ("note = 'auth.uid()'", 0, 0),
        ("current_setting('app.user') = id", 1, 0),
    ],
)
def test_calls_are_told_apart_by_what_wraps_them(text: str, bare: int, wrapped: int) -> None:
    facts = predicate(text)
    assert facts is not None
    assert (len(facts.bare_calls), len(facts.wrapped_calls)) == (bare, wrapped)


def test_metadata_that_users_write_is_recognised() -> None:
    reads = predicate("(auth.jwt() -> 'user_metadata' ->> 'role') = 'admin'")
    safe = predicate("(auth.jwt() -> 'app_metadata' ->> 'role') = 'admin'")
    assert reads is not None
    assert reads.reads_user_metadata
    assert safe is not None
    assert not safe.reads_user_metadata


def test_what_does_not_parse_is_said_to_be_unread() -> None:
    facts = predicate("((")
    assert facts is not None
    assert not facts.is_read
    assert predicate(None) is None
