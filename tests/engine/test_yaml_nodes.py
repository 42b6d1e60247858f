"""YAML as nodes with their places, whatever a repository holds."""

import pytest

from workers.engine.yaml_nodes import MappingNode, NotYaml, ScalarNode, compose, span_of


def test_a_node_knows_its_characters_and_not_its_bytes() -> None:
    text = "naïve: # ü\n  key: välue\n"
    root = compose(text)
    assert isinstance(root, MappingNode)
    inner = root.value[0][1]
    key, value = inner.value[0]
    assert isinstance(key, ScalarNode)
    assert text[span_of(key).start : span_of(key).end] == "key"
    assert text[span_of(value).start : span_of(value).end] == "välue"


def test_a_tag_makes_no_object() -> None:
    root = compose("!!python/object/apply:os.system ['true']\n")
    assert root is not None
    assert root.tag == "tag:yaml.org,2002:python/object/apply:os.system"


def test_nothing_is_no_node() -> None:
    assert compose("") is None
    assert compose("# words\n") is None


@pytest.mark.parametrize("text", ["[" * 60_000, "- " * 30_000, "{" * 30_000, "? " * 30_000])
def test_deep_nesting_is_refused_and_ends_no_process(text: str) -> None:
    with pytest.raises(NotYaml, match="nested too deeply"):
        compose(text)


def test_depth_that_people_use_is_read() -> None:
    assert compose("[" * 90 + "]" * 90) is not None


@pytest.mark.parametrize(
    ("text", "offset"),
    [("key: [\n", 7), ("a: b: c\n", 4), ("\ta: 1\n", 0), ("a: *gone\n", 3), ("a: 1\n\x00", 0)],
)
def test_what_is_no_yaml_says_where(text: str, offset: int) -> None:
    with pytest.raises(NotYaml) as caught:
        compose(text)
    assert abs(caught.value.offset - offset) <= 8


def test_half_a_surrogate_is_no_yaml() -> None:
    with pytest.raises(NotYaml):
        compose("a: \ud800\n")
