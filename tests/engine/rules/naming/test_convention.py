"""The naming convention is read off the project."""

import pytest

from workers.engine.rules.naming.convention import (
    NamedThing,
    Style,
    find_convention,
    restyle,
    styles_of,
    words,
)
from workers.engine.source import Origin, Span

NOWHERE = Origin("schema.prisma", Span(0, 0))


def things(*names: str, chosen: tuple[str, ...] = ()) -> list[NamedThing]:
    return [NamedThing(name, name, name, NOWHERE, is_chosen=name in chosen) for name in names]


@pytest.mark.parametrize(
    ("name", "styles"),
    [
        ("users", {Style.SNAKE, Style.CAMEL}),
        ("food_entries", {Style.SNAKE}),
        ("ChatMessage", {Style.PASCAL}),
        ("chatMessage", {Style.CAMEL}),
        ("FOO_BAR", {Style.UPPER}),
        ("Chat_Message", set()),
        ("größe", set(Style)),
    ],
)
def test_a_name_fits_the_styles_that_it_could_have_been_written_in(
    name: str, styles: set[Style]
) -> None:
    assert styles_of(name) == styles


def test_three_quarters_make_a_convention() -> None:
    found = find_convention(things("food_items", "user_roles", "api_keys", "ChatMessage"))
    assert found is not None
    assert found.style is Style.SNAKE
    assert [thing.name for thing in found.odd] == ["ChatMessage"]


def test_names_that_somebody_chose_outweigh_the_defaults_around_them() -> None:
    chosen = ("food_items", "user_roles", "api_keys")
    names = things("Person", "Document", "Observation", "DocChunk", *chosen, chosen=chosen)
    found = find_convention(names)
    assert found is not None
    assert found.style is Style.SNAKE
    assert len(found.odd) == 4


def test_a_mixture_is_no_convention() -> None:
    assert find_convention(things("User", "Post", "user_roles", "api_keys")) is None


def test_names_of_one_word_are_never_odd_in_snake_case() -> None:
    found = find_convention(things("users", "food_items", "user_roles", "api_keys"))
    assert found is not None
    assert found.odd == ()


@pytest.mark.parametrize(
    ("name", "style", "result"),
    [
        ("ChatMessage", Style.SNAKE, "chat_message"),
        ("HTTPServerLog", Style.SNAKE, "http_server_log"),
        ("user_id", Style.CAMEL, "userId"),
        ("api_keys", Style.PASCAL, "ApiKeys"),
    ],
)
def test_a_name_can_be_written_in_another_style(name: str, style: Style, result: str) -> None:
    assert restyle(name, style) == result


def test_words_end_where_the_case_changes() -> None:
    assert words("parseJSONFile_v2") == ["parse", "JSON", "File", "v2"]
