"""What `driftline init` would write into a repository: whole files, each with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from workers.engine.prevention.agreement import agreed
from workers.engine.prevention.hook import HOOK, hooked
from workers.engine.prevention.manifest import package_of, with_scripts
from workers.engine.prevention.pipeline import has_job, workflow
from workers.engine.prevention.tool import Tool, tool_for
from workers.engine.project.discovery import Pair, Project
from workers.engine.project.texts import Texts

CONFIGURATION = ".github/driftline.yml"
PIPELINE = ".github/workflows/driftline.yml"
_AGREEMENTS = ("CLAUDE.md", "AGENTS.md", "CONTRIBUTING.md", ".github/CONTRIBUTING.md")
_HOOK_MANAGERS = (".pre-commit-config.yaml", "lefthook.yml", "lefthook.yaml")
HOOKS = (".husky/pre-commit", ".githooks/pre-commit")
_CONFIGURED = """\
# How Driftline reviews this repository. `driftline config-schema` describes every key.
fail-on: error
"""


class Offer(Struct, frozen=True):
    """One file: what it shall hold, what it holds now (None where it is new), and why.

    `text` is None where the file stays as it is; `why` then says what is left to people.
    """

    path: str
    text: str | None
    before: str | None
    why: str
    is_executable: bool = False


def offers(texts: Texts, project: Project) -> Iterator[Offer]:
    """The configuration, the scripts, the workflow, the hook and the rules, in this order."""
    yield _new(texts, CONFIGURATION, _CONFIGURED, "the configuration of the reviews")
    parts = [
        (pair, tool_for(pair, texts.tree.paths, package_of(texts, pair) or ""))
        for pair in project.pairs
        if pair.schema and pair.is_prisma
    ]
    served: set[str] = set()
    for pair, tool in parts:
        if package_of(texts, pair) is not None:
            yield _scripts(texts, tool, is_second=tool.folder in served)
            served.add(tool.folder)
    yield from _pipeline(texts, parts)
    yield from _hook(texts)
    yield from _rules(texts, project, [tool for _, tool in parts])


def _new(texts: Texts, path: str, text: str, why: str) -> Offer:
    if path in texts.tree.paths:
        return Offer(path, None, texts.text(path), "it is there already")
    return Offer(path, text, None, why)


def _scripts(texts: Texts, tool: Tool, *, is_second: bool) -> Offer:
    path = f"{tool.folder}/package.json" if tool.folder else "package.json"
    before = texts.text(path)
    if is_second:
        why = f"the same scripts for `{tool.schema_path}`, under names of their own"
        return Offer(path, None, None, why)
    added = with_scripts(before, tool.scripts)
    if added is None:
        return Offer(path, None, before, "its scripts have no place that can be found")
    if not added.names:
        return Offer(path, None, before, "it has these scripts already")
    names = ", ".join(f"`{name}`" for name in added.names)
    kept = ", ".join(f"`{name}`" for name in added.kept)
    stay = "stays as it is" if len(added.kept) == 1 else "stay as they are"
    why = f"the scripts {names}" + (f"; {kept} {stay}" if kept else "")
    return Offer(path, added.text, before, why)


def _pipeline(texts: Texts, parts: Sequence[tuple[Pair, Tool]]) -> Iterator[Offer]:
    """One workflow with a job for each schema; what no job is known for is left to people."""
    for pair, tool in parts:
        if not has_job(pair):
            why = (
                f"no job is known for {pair.provider}: run `{tool.deploy}` and `{tool.diff}` in CI"
            )
            yield Offer(PIPELINE, None, None, why)
    known = [part for part in parts if has_job(part[0])]
    if known:
        why = "a job that makes a database by the migrations and compares it with the schema"
        yield _new(texts, PIPELINE, workflow(texts, known), why)


def _hook(texts: Texts) -> Iterator[Offer]:
    managed = next(
        (p for p in (".pre-commit-config.yaml", "lefthook.yml") if p in texts.tree.paths), None
    )
    if managed is not None:
        yield Offer(managed, None, None, f"add a hook that runs `{HOOK}`")
        return
    has_husky = any(path.startswith(".husky/") for path in texts.tree.paths)
    path = HOOKS[0] if has_husky else HOOKS[1]
    before = texts.text(path) if path in texts.tree.paths else None
    text = hooked(before)
    if text == before:
        yield Offer(path, None, before, "it runs Driftline already")
        return
    switch = "" if has_husky else "; switch it on with `git config core.hooksPath .githooks`"
    why = f"a hook that runs `{HOOK}`{switch}"
    yield Offer(path, text, before, why, is_executable=True)


def _rules(texts: Texts, project: Project, tools: Sequence[Tool]) -> Iterator[Offer]:
    is_supabase = any(pair.is_supabase for pair in project.pairs)
    found = [path for path in _AGREEMENTS if path in texts.tree.paths] or ["CONTRIBUTING.md"]
    for path in found:
        before = texts.text(path) if path in texts.tree.paths else None
        text = agreed(before, tools, is_supabase=is_supabase)
        if text == before:
            yield Offer(path, None, before, "it has these rules already")
        else:
            yield Offer(path, text, before, "the rules for migrations")
