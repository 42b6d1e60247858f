from __future__ import annotations

import pytest

from workers.engine.prisma.names import Namer


def test_names_follow_postgresqls_own_convention() -> None:
    namer = Namer("postgresql", (7, 0))
    assert namer.primary_key("User") == "User_pkey"
    assert namer.unique("User", ["email"]) == "User_email_key"
    assert namer.index("User", ["a", "b"]) == "User_a_b_idx"
    assert namer.foreign_key("Post", ["authorId"]) == "Post_authorId_fkey"


@pytest.mark.parametrize(
    ("provider", "limit"), [("postgresql", 63), ("mysql", 64), ("sqlserver", 128)]
)
def test_long_names_are_cut_to_the_limit_and_keep_their_ending(provider: str, limit: int) -> None:
    namer = Namer(provider, (7, 0))  # type: ignore[arg-type]
    name = namer.index("t" * 100, ["c" * 100])
    assert len(name) == limit
    assert name.endswith("_idx")


def test_a_character_of_several_bytes_is_never_cut_in_two() -> None:
    name = Namer("postgresql", (7, 0)).primary_key("é" * 40)
    assert name == "é" * 29 + "_pkey"


def test_before_prisma_3_an_index_had_a_name_with_a_dot() -> None:
    namer = Namer("postgresql", (2, 30))
    assert namer.unique("User", ["a", "b"]) == "User.a_b_unique"
    assert namer.index("User", ["a"]) == "User.a_index"
