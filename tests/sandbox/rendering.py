"""A check run and review comments on a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.syntax import Syntax
from rich.text import Text

from tests.sandbox.diff import hunks
from tests.sandbox.state import CheckRun, PullRequest, ReviewComment

COLOURS = {"success": "green", "failure": "red", "neutral": "yellow"}
LEVELS = {"failure": "red", "warning": "yellow", "notice": "cyan"}
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
SUMMARY = re.compile(r"<details(?: open)?>\s*<summary>(.*?)</summary>", re.DOTALL)
TAG = re.compile(r"</?(?:details|summary|sub|sup|kbd|b|i|code)>|<br\s*/?>")
SUGGESTION = re.compile(r"^(`{3,})suggestion$", re.MULTILINE)
MOST_LINES = 4  # of the commented code


def check_run(run: CheckRun) -> RenderableType:
    """Title, conclusion and summary in a frame."""
    state = run.conclusion or run.status
    colour = COLOURS.get(state, "cyan")
    parts: list[RenderableType] = [Text(run.title or "", style="bold")]
    if run.summary:
        parts += [Text(), markdown(run.summary)]
    if run.annotations:
        parts += [Text(), annotations(run)]
    if run.actions:
        labels = "  ".join(f"[reverse] {escape(action['label'])} [/]" for action in run.actions)
        parts += [Text(), Text.from_markup(f"Buttons: {labels}")]
    title = f"Check run [b]{escape(run.name)}[/]: [b {colour}]{state}[/]"
    return Panel(
        Group(*parts), title=title, title_align="left", border_style=colour, padding=(1, 2)
    )


def annotations(run: CheckRun) -> RenderableType:
    """Where the annotations stand; their text is in the summary or in the comments."""
    lines = [Text(f"{len(run.annotations)} annotations", style="bold")]
    for one in run.annotations:
        place = f"{one['path']}:{one['start_line']}"
        message = one.get("title") or one["message"].splitlines()[0]
        style = LEVELS.get(one["annotation_level"], "")
        lines.append(Text.assemble("  ", (place, style), "  ", message))
    return Group(*lines)


def review(console: Console, pull: PullRequest, comments: Sequence[ReviewComment]) -> None:
    """Every review's text, and each comment under the line that it is on."""
    for one in pull.reviews:
        if one.body:
            console.print(
                Panel(markdown(one.body), title="Review", title_align="left", padding=(1, 2))
            )
    for number, comment in enumerate(comments, 1):
        console.print()
        place = f"{comment.path}:{comment.line or comment.original_line or 1}"
        title = f"[b]{number}[/] of {len(comments)}  [b cyan]{escape(place)}[/]"
        console.print(Rule(title, align="left", style="dim"))
        console.print(Padding(code(comment), (1, 0, 1, 2)))
        console.print(Padding(markdown(comment.body), (0, 2, 0, 2)))


def code(comment: ReviewComment) -> RenderableType:
    """The commented lines with their numbers."""
    start = comment.original_start_line or comment.original_line
    if not comment.diff_hunk or start is None or comment.original_line is None:
        return Text("(the whole file)", style="dim")
    (hunk,) = hunks(comment.diff_hunk)
    wanted = range(start, comment.original_line + 1)
    shown = [
        (number, line.text)
        for line in hunk.lines
        if (number := line.new if comment.side == "RIGHT" else line.old) in wanted
    ]
    lines = Text()
    for number, text in shown[-MOST_LINES:]:
        lines.append(f"{number:>5} │ ", style="dim")
        lines.append_text(highlighted(comment.path, text))
        lines.append("\n")
    lines.rstrip()
    return lines


def highlighted(path: str, text: str) -> Text:
    """One line of code in colours."""
    lexer = "sql" if path.endswith(".sql") else "typescript"
    made = Syntax("", lexer, theme="ansi_dark", background_color="default").highlight(text)
    made.rstrip()
    return made


def markdown(text: str) -> RenderableType:
    """Markdown with GitHub's folds opened and hidden markers left out."""
    plain = COMMENT.sub("", text)
    plain = SUMMARY.sub(lambda found: f"\n**{found[1].strip()}**\n", plain)
    plain = SUGGESTION.sub(lambda found: f"*Suggested change:*\n\n{found[1]}sql", plain)
    plain = TAG.sub("", plain)
    return Markdown(plain.strip(), code_theme="ansi_dark", hyperlinks=False)
