"""The only door to PyYAML: a text as a graph of nodes that know where they stand.

Nodes are composed and never constructed: no tag makes an object, an alias stays a reference.
"""

from __future__ import annotations

from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from workers.engine.source import Span

__all__ = ["MappingNode", "Node", "NotYaml", "ScalarNode", "SequenceNode", "compose", "span_of"]

_DEEPEST = 100


class NotYaml(ValueError):
    """The text is no YAML: what is wrong, in PyYAML's words, and at which character."""

    def __init__(self, problem: str, offset: int) -> None:
        super().__init__(problem)
        self.offset = offset


def compose(text: str) -> Node | None:
    """The root of the first document; None where the text holds nothing."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _refuse_depth(text, loader)
        root: Node | None = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "something is wrong"
        raise NotYaml(problem, mark.index if mark else 0) from None
    except yaml.reader.ReaderError as error:
        raise NotYaml("special characters are not allowed", error.position) from None
    except RecursionError:
        raise NotYaml("it is nested too deeply", 0) from None
    except (yaml.YAMLError, ValueError) as error:
        raise error if isinstance(error, NotYaml) else NotYaml(str(error), 0) from None
    return root


def _refuse_depth(text: str, loader: Any) -> None:
    """Composing recurses in C without a bound, so that deep nesting would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                mark = event.start_mark
                raise NotYaml("it is nested too deeply", mark.index if mark else 0)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def span_of(node: Node) -> Span:
    """Where a node stands, in characters; an empty value has an empty span."""
    return Span(node.start_mark.index, node.end_mark.index)
