"""The list of the rules, as `driftline rules` prints it."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterable, Iterator
from types import ModuleType

from workers.engine.rule import Rule
from workers.engine.rules.peers import answered_by


def render_rules(rules: Iterable[Rule]) -> str:
    """A line for each rule: name, family, severity, fix, the page's first line, whom it answers."""
    found = _sorted(rules)
    names = max(len(rule.name) for rule in found)
    families = max(len(rule.family) for rule in found)
    return "\n".join(_line(rule, names, families) for rule in found)


def _line(rule: Rule, names: int, families: int) -> str:
    peers = ", ".join(answered_by(rule.name))
    fix = "fix" if proposes_fix(rule) else ""
    line = f"{rule.name:{names}}  {rule.family:{families}}  {rule.severity.word:7}  {fix:3}  "
    return f"{line}{title_of(rule)}{f' [{peers}]' if peers else ''}"


def render_rules_json(rules: Iterable[Rule]) -> str:
    """The same as JSON."""
    rows = [
        {
            "name": rule.name,
            "family": rule.family,
            "severity": rule.severity.word,
            "title": title_of(rule),
            "fix": proposes_fix(rule),
            "answers": list(answered_by(rule.name)),
        }
        for rule in _sorted(rules)
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def render_rule(rule: Rule) -> str:
    """The page of one rule."""
    peers = answered_by(rule.name)
    answers = f"\n\nWhat others call it\n    {', '.join(peers)}" if peers else ""
    return f"{rule.name} ({rule.family}, {rule.severity.word})\n\n{rule.page}{answers}"


def title_of(rule: Rule) -> str:
    """The first line of a rule's page."""
    return rule.page.partition("\n")[0]


def _sorted(rules: Iterable[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: (rule.family, rule.name))


def proposes_fix(rule: Rule) -> bool:
    """Whether a rule's findings may carry a fix: read off the module that makes them."""
    modules = {inspect.getmodule(check) for _, check in rule.checks}
    return any(rule in _fixed(module) for module in modules if module is not None)


def _fixed(module: ModuleType) -> Iterator[Rule]:
    """The rules that a module hands a `fix`: `rule.finding(fix=...)` or `helper(rule, fix=...)`."""
    for call in ast.walk(ast.parse(inspect.getsource(module))):
        if not isinstance(call, ast.Call) or not any(one.arg == "fix" for one in call.keywords):
            continue
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        for node in (owner, *call.args[:1]):
            named = getattr(module, node.id, None) if isinstance(node, ast.Name) else None
            if isinstance(named, Rule):
                yield named
