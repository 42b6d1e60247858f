"""Keys with their values in a YAML mapping: the known ones, and a word on each of the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec import Struct, field

from workers.engine.config import values
from workers.engine.config.configuration import InvalidSetting, Trouble, Value
from workers.engine.config.keys import Key
from workers.engine.source import Origin, SourceFile, Span
from workers.engine.yaml_nodes import MappingNode, Node, ScalarNode, span_of

MOST_TROUBLES = 50
"""What a file that is none of ours would bring beyond that is not looked for."""
_LONGEST_WORD = 60


class Entries(Struct):
    """A file under reading: `names` holds the rules and the families, `places` fills with where
    each key stands, `troubles` with what makes no sense; `complaints` counts beyond their bound."""

    source: SourceFile
    names: dict[str, tuple[str, ...]]
    places: dict[str, Origin] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    complaints: int = 0

    def origin(self, place: Node | Span) -> Origin:
        """The place of a node, or of a span of the file."""
        span = place if isinstance(place, Span) else span_of(place)
        return Origin(self.source.path, span)

    def complain(
        self, key: str, message: str, place: Node | Span, nearest: str | None = None
    ) -> None:
        """Say that a key or its value makes no sense."""
        self.complaints += 1
        if len(self.troubles) < MOST_TROUBLES:
            self.troubles.append(InvalidSetting(key, message, self.origin(place), nearest))

    def nearest(self, word: str, words: Collection[str]) -> str | None:
        """The word that was probably meant, None where none is near."""
        if len(self.troubles) >= MOST_TROUBLES or len(word) > _LONGEST_WORD:
            return None
        from difflib import get_close_matches  # a few milliseconds that most reviews need not spend

        return next(iter(get_close_matches(word.lower(), words, n=1)), None)

    def known(
        self, node: MappingNode, keys: tuple[Key, ...], within: str
    ) -> Iterator[tuple[Key, ScalarNode, Node]]:
        """The entries whose keys exist, each once; the others are told."""
        by_name = {key.name: key for key in keys}
        for label, value in self.entries(node, within):
            if label.value in by_name:
                yield by_name[label.value], label, value
                continue
            near = self.nearest(label.value, by_name)
            self.complain(
                f"{within}{label.value}",
                f"There is no key {_shown(label.value)}{meant(near)}",
                label,
                near,
            )

    def entries(self, node: MappingNode, within: str) -> Iterator[tuple[ScalarNode, Node]]:
        """The entries whose keys are words, each once."""
        seen: set[str] = set()
        for label, value in node.value:
            if not isinstance(label, ScalarNode):
                self.complain(within, "A key must be a word.", label)
            elif label.value in seen:
                self.complain(
                    f"{within}{label.value}",
                    f"{_shown(label.value)} is written twice; the first one counts.",
                    label,
                )
            else:
                seen.add(label.value)
                yield label, value

    def value(self, key: Key, way: str, label: ScalarNode, node: Node) -> Value | None:
        """The value of a key; None, and told, where it is not what the key takes."""
        value = values.value_of(key.kind, node)
        if value is not None:
            return value
        near = None
        if isinstance(node, ScalarNode):
            near = self.nearest(node.value, values.words_of(key.kind))
        wanted = values.wanted_by(key.kind)
        place = node if isinstance(node, ScalarNode) and node.value else label
        self.complain(way, f"`{key.name}` must be {wanted}{meant(near)}", place, near)
        return None

    def is_known(self, kind: str, way: str, name: ScalarNode) -> bool:
        """Whether a rule or family exists; if not, that is told."""
        if name.value in self.names[kind]:
            return True
        other = "family" if kind == "rule" else "rule"
        if name.value in self.names[other]:
            message = f"`{name.value}` is a {other} and not a {kind}."
            self.complain(way, message, name)
            return False
        near = self.nearest(name.value, self.names[kind])
        self.complain(way, f"There is no {kind} {_shown(name.value)}{meant(near)}", name, near)
        return False


def _shown(word: str) -> str:
    """A word of the file as it can stand in a sentence."""
    bare = " ".join(word.replace("`", "'").split())
    return f"`{bare}`" if len(bare) <= _LONGEST_WORD else f"`{bare[:_LONGEST_WORD]}...`"


def meant(near: str | None) -> str:
    """The end of a sentence that may know what was meant."""
    return f"; did you mean `{near}`?" if near else "."
