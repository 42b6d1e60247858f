"""The signature, held to the example of GitHub's own documentation."""

from __future__ import annotations

from bot.signature import is_signed

SECRET = "It's a Secret to Everybody"
SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_the_example_of_the_documentation_holds() -> None:
    assert is_signed(b"Hello, World!", SIGNATURE, [SECRET])


def test_any_of_several_secrets_may_have_signed() -> None:
    assert is_signed(b"Hello, World!", SIGNATURE, ["new", SECRET, "older"])


def test_nothing_else_holds() -> None:
    assert not is_signed(b"Hello, World?", SIGNATURE, [SECRET])
    assert not is_signed(b"Hello, World!", SIGNATURE, ["other"])
    assert not is_signed(b"Hello, World!", SIGNATURE, [])
    for odd in ("", "sha256=", SIGNATURE[7:], SIGNATURE.upper(), "sha1=abc", "sha256=é\u2028"):
        assert not is_signed(b"Hello, World!", odd, [SECRET])
