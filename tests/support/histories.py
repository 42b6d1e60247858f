"""The fixture histories: Markdown files, a `##` section for each history.

Every fenced `sql` block of a section is one migration; the word after `sql`, where there is one, is
its name. A fenced `path` block names another search path, a `versions` block the server versions
the history is for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

FOLDER = Path(__file__).parent.parent / "engine" / "sql" / "histories"


@dataclass
class History:
    """One fixture history: the migrations' names and texts in order."""

    subject: str
    title: str
    migrations: list[tuple[str, bytes]] = field(default_factory=list)
    search_path: str = "public"
    versions: tuple[int, ...] = (15, 18)

    def __str__(self) -> str:
        return f"{self.subject}: {self.title}"


def histories() -> list[History]:
    """Every fixture history."""
    return [history for path in sorted(FOLDER.glob("*.md")) for history in read(path)]


def read(path: Path) -> list[History]:
    """The histories of one file."""
    found: list[History] = []
    tokens = MarkdownIt().parse(path.read_text())
    for number, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            found.append(History(path.stem, tokens[number + 1].content))
        elif token.type == "fence":
            _take(found[-1], token.info.split(), token.content)
    return found


def _take(history: History, info: list[str], content: str) -> None:
    if info[0] == "path":
        history.search_path = content.strip()
    elif info[0] == "versions":
        history.versions = tuple(int(word) for word in content.split())
    else:
        name = info[1] if len(info) > 1 else f"{len(history.migrations) + 1:03}"
        history.migrations.append((name, content.encode()))
