"""The hazards and the safe migrations, laid into a repository as a user would have them.

Two Markdown files of a folder, which also has their base, hold them, a `##` section each: a
paragraph that names the rules, and one fenced `sql` block for each migration of the pull request.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

from tests.support.cases import tree
from workers.engine.snapshot import Snapshot

FOLDER = Path(__file__).parent.parent / "engine" / "rules" / "hazards"
LAYOUTS = ("prisma", "supabase")
_SCHEMA = 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n'


@dataclass
class Section:
    """One hazard or safe change: the rules that must speak, whose rules mean the same, the SQL."""

    title: str
    rules: tuple[str, ...] = ()
    peers: str = ""
    migrations: list[str] = field(default_factory=list)
    base: str = ""
    """What it is run on top of."""

    def __str__(self) -> str:
        return self.title


def sections(name: str) -> list[Section]:
    """The sections of a file of the folder."""
    found: list[Section] = []
    base = (FOLDER / name).parent.joinpath("base.sql").read_text()
    tokens = MarkdownIt().parse((FOLDER / name).read_text())
    for number, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            found.append(Section(tokens[number + 1].content, base=base))
        elif token.type == "inline" and found:
            _take(found[-1], token.content)
        elif token.type == "fence":
            found[-1].migrations.append(token.content)
    return found


def _take(section: Section, paragraph: str) -> None:
    for line in paragraph.splitlines():
        key, _, value = line.partition(": ")
        if key == "rule":
            section.rules = tuple(value.split(", "))
        elif key == "peers":
            section.peers = value


def snapshots(section: Section, layout: str, *, with_base: bool) -> Iterator[Snapshot]:
    """The states to judge: with a base one, without a base one for each migration, as it comes."""
    base = _files([section.base], layout)
    for count in [len(section.migrations)] if with_base else range(1, len(section.migrations) + 1):
        head = _files([section.base, *section.migrations[:count]], layout)
        if not with_base:
            yield Snapshot(tree(head))
            continue
        changed = frozenset(path for path in head if head[path] != base.get(path))
        yield Snapshot(tree(head), tree(base), changed)


def _files(migrations: list[str], layout: str) -> dict[str, bytes]:
    files = {}
    for number, sql in enumerate(migrations):
        stamp = f"202501{number + 1:02}000000"
        path = (
            f"prisma/migrations/{stamp}_change{number}/migration.sql"
            if layout == "prisma"
            else f"supabase/migrations/{stamp}_change{number}.sql"
        )
        files[path] = sql.encode()
    if layout == "prisma":
        files["prisma/schema.prisma"] = _SCHEMA.encode()
    return files
