"""Reading `.github/driftline.yml`: what makes sense is taken, all else is said with its place."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import field

from workers.engine.config import values
from workers.engine.config.configuration import (
    Configuration,
    InvalidSetting,
    Trouble,
    UnreasonedExemption,
    Value,
)
from workers.engine.config.entries import MOST_TROUBLES, Entries, meant
from workers.engine.config.keys import (
    CONVENTION_KEYS,
    EXEMPTION_KEYS,
    FAMILIES,
    KEYS,
    OFF,
    PAIR_KEYS,
    SEVERITIES,
    Branches,
    Conventions,
    Exemptions,
    Pairs,
    Severities,
)
from workers.engine.exemption import Exemption
from workers.engine.findings import Severity
from workers.engine.source import Origin, SourceFile, Span
from workers.engine.yaml_nodes import (
    MappingNode,
    Node,
    NotYaml,
    ScalarNode,
    SequenceNode,
    compose,
)

_LARGEST = 64 * 1024
_MOST_PAIRS = 50
_SEVERITY = {severity.word: severity for severity in Severity}


def read_configuration(source: SourceFile, rules: Collection[str]) -> Configuration:
    """The configuration that a file holds; `rules` are the names of all rules."""
    read = _Reader(source, {"rule": tuple(rules), "family": FAMILIES})
    if len(source.text) > _LARGEST:
        read.complain("", f"`{source.path}` is larger than 64 KB, so it is not read.", Span(0, 0))
        return read.configuration()
    try:
        root = compose(source.text)
    except NotYaml as error:
        start = min(error.offset, len(source.text))
        read.complain("", f"`{source.path}` is not YAML: {error}.", Span(start, start + 1))
        return read.configuration()
    if root is not None and not values.is_null(root):
        read.root(root)
    return read.configuration()


class _Reader(Entries):
    values: dict[str, Value] = field(default_factory=dict)
    severities: dict[str, Severity | None] = field(default_factory=dict)
    exemptions: list[Exemption] = field(default_factory=list)
    pairs: list[tuple[str, str | None]] = field(default_factory=list)

    def configuration(self) -> Configuration:
        return Configuration(
            self.source.path,
            self.values,
            self.severities,
            tuple(self.exemptions),
            tuple(self.pairs),
            self.places,
            tuple(sorted(self.troubles, key=_offset)),
        )

    def root(self, root: Node) -> None:
        if not isinstance(root, MappingNode):
            self.complain("", f"`{self.source.path}` holds no keys with values.", root)
            return
        for key, label, node in self.known(root, KEYS, ""):
            self.places[key.name] = self.origin(label)
            if values.is_null(node):
                continue
            if isinstance(key.kind, Severities):
                self._severities(key.kind, label, node)
            elif isinstance(key.kind, Exemptions):
                self._exemptions(label, node)
            elif isinstance(key.kind, Pairs):
                self._pairs(label, node)
            elif isinstance(key.kind, Conventions):
                self._conventions(label, node)
            elif isinstance(key.kind, Branches):
                self._environments(label, node)
            else:
                value = self.value(key, key.name, label, node)
                if value is not None:
                    self.values[key.name] = value

    def _environments(self, label: ScalarNode, node: Node) -> None:
        if not isinstance(node, MappingNode):
            message = "`environments` must give a branch to each of some environments."
            self.complain("environments", message, label)
            return
        for name, item in self.entries(node, "environments."):
            way = f"environments.{name.value}"
            if not isinstance(item, ScalarNode) or values.is_blank(item):
                self.complain(way, f"`{name.value}` must be given the name of a branch.", name)
                continue
            self.values[way] = item.value
            self.places[way] = self.origin(name)

    def _conventions(self, label: ScalarNode, node: Node) -> None:
        if not isinstance(node, MappingNode):
            self.complain(
                "conventions", "`conventions` must give a style to kinds of names.", label
            )
            return
        for key, name, item in self.known(node, CONVENTION_KEYS, "conventions."):
            way = f"conventions.{key.name}"
            value = self.value(key, way, name, item)
            if value is not None:
                self.values[way] = value
                self.places[way] = self.origin(name)

    def _severities(self, kind: Severities, label: ScalarNode, node: Node) -> None:
        group = label.value
        if not isinstance(node, MappingNode):
            message = f"`{group}` must give a severity, or off, to each of some {group}."
            self.complain(group, message, label)
            return
        for name, value in self.entries(node, f"{group}."):
            way = f"{group}.{name.value}"
            if not self.is_known(kind.of, way, name):
                continue
            word = values.severity_word(value)
            if word is None:
                written = value.value if isinstance(value, ScalarNode) else ""
                near = self.nearest(written, (*SEVERITIES, OFF))
                message = f"`{name.value}` must be {values.listed((*SEVERITIES, OFF))}{meant(near)}"
                self.complain(way, message, value if written else name, near)
                continue
            self.severities[name.value] = _SEVERITY.get(word)
            self.places[way] = self.origin(name)

    def _exemptions(self, label: ScalarNode, node: Node) -> None:
        if not isinstance(node, SequenceNode):
            self.complain("exempt", "`exempt` must be a list of exemptions.", label)
            return
        for number, item in enumerate(node.value):
            if isinstance(item, MappingNode):
                self._exemption(f"exempt.{number}.", item)
            else:
                self.complain(f"exempt.{number}", "An exemption must give a rule.", item)

    def _pairs(self, label: ScalarNode, node: Node) -> None:
        if not isinstance(node, SequenceNode):
            self.complain("pairs", "`pairs` must be a list of schemas and migrations.", label)
            return
        for number, item in enumerate(node.value[:_MOST_PAIRS]):
            way, given = f"pairs.{number}.", {}
            if isinstance(item, MappingNode):
                for key, name, value in self.known(item, PAIR_KEYS, way):
                    given[key.name] = self.value(key, way + key.name, name, value)
            if "schema" not in given:
                first = _first(item) if isinstance(item, MappingNode) else item
                self.complain(f"pairs.{number}", "A pair must give a schema.", first)
            elif None not in given.values():
                pair = str(given["schema"]), given.get("migrations")
                self.pairs.append((pair[0], None if pair[1] is None else str(pair[1])))

    def _exemption(self, within: str, node: MappingNode) -> None:
        before = self.complaints
        found: dict[str, ScalarNode] = {}
        given: dict[str, Value] = {}
        for key, label, value in self.known(node, EXEMPTION_KEYS, within):
            if key.name == "reason" and values.is_blank(value):
                continue
            checked = self.value(key, within + key.name, label, value)
            if checked is not None and isinstance(value, ScalarNode):
                found[key.name], given[key.name] = value, checked
        names = [name for name in ("rule", "family") if name in found]
        if len(names) != 1 and self.complaints == before:
            which = "either a rule or a family, not both" if names else "a rule or a family"
            self.complain(within.rstrip("."), f"An exemption must give {which}.", _first(node))
        if len(names) != 1 or not self.is_known(names[0], within + names[0], found[names[0]]):
            return
        if self.complaints == before:
            self._keep(given, names[0], self.origin(found[names[0]]))

    def _keep(self, given: dict[str, Value], kind: str, origin: Origin) -> None:
        exemption = Exemption(
            name=str(given[kind]),
            subject=str(given.get("subject", "*")),
            reason=str(given.get("reason", "")).strip(),
            until=values.day(str(given["until"])) if "until" in given else None,
            origin=origin,
        )
        if exemption.reason and exemption not in self.exemptions[-1:]:  # aliases repeat without end
            self.exemptions.append(exemption)
            self.places[f"exempt.{exemption.name}:{exemption.subject}"] = origin
        elif not exemption.reason and len(self.troubles) < MOST_TROUBLES:
            self.troubles.append(UnreasonedExemption(exemption))


def _first(node: MappingNode) -> Node | Span:
    """The first key of a mapping; the mapping itself where it is empty."""
    first: Node = node.value[0][0] if node.value else node
    return first


def _offset(trouble: Trouble) -> int:
    origin = trouble.origin if isinstance(trouble, InvalidSetting) else trouble.exemption.origin
    return origin.span.start
