"""A check run and review comments on a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.markdown import Markdown, TableElement
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from tests.sandbox.diff import hunks
from tests.sandbox.state import CheckRun, PullRequest, ReviewComment

COLOURS = {"success": "green", "failure": "red", "neutral": "yellow"}
LEVELS = {"failure": "red", "warning": "yellow", "notice": "cyan"}
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
SUMMARY = re.compile(r"<details(?: open)?>\s*<summary>(.*?)</summary>", re.DOTALL)
TAG = re.compile(r"</?(?:details|summary|sub|sup|kbd|b|i|code)>|<br\s*/?>")
SUGGESTION = re.compile(r"^(`{3,})suggestion$", re.MULTILINE)
MOST_LINES = 6  # of the commented code
LONG_CELL = 60  # characters


class FoldedTable(TableElement):
    """A table whose long words go on in the next line, where rich would cut them off."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draws the table, with lines between its rows where they are long."""
        rows = self.body.rows if self.body is not None else []
        is_long = any(len(cell.content) > LONG_CELL for row in rows for cell in row.cells)
        table = Table(box=box.HORIZONTALS, pad_edge=False, show_lines=is_long, border_style="dim")
        if self.header is not None and self.header.row is not None:
            for cell in self.header.row.cells:
                heading = cell.content.copy()
                heading.stylize("bold")
                table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*(cell.content for cell in row.cells))
        yield table


class PlainMarkdown(Markdown):
    """Markdown with folded tables."""

    elements = Markdown.elements | {"table_open": FoldedTable}


def check_run(run: CheckRun) -> RenderableType:
    """Title, conclusion and summary in a frame."""
    state = run.conclusion or run.status
    colour = COLOURS.get(state, "cyan")
    parts: list[RenderableType] = [Text(run.title or "", style="bold")]
    if run.summary:
        parts += [Text(), markdown(run.summary)]
    if run.annotations:
        parts += [Text(), annotation_list(run)]
    if run.actions:
        labels = "  ".join(f"[reverse] {escape(action['label'])} [/]" for action in run.actions)
        parts += [Text(), Text.from_markup(f"Buttons: {labels}")]
    title = f"Check run [b]{escape(run.name)}[/]: [b {colour}]{state}[/]"
    return Panel(
        Group(*parts), title=title, title_align="left", border_style=colour, padding=(1, 2)
    )


def annotation_list(run: CheckRun) -> RenderableType:
    """Where the annotations stand; their text is in the summary or in the comments."""
    grid = Table.grid(padding=(0, 2))
    for one in run.annotations:
        message = one.get("title") or one["message"].splitlines()[0]
        style = LEVELS.get(one["annotation_level"], "")
        place = Text(f"{one['path']}:{one['start_line']}", style=style, overflow="fold")
        grid.add_row(place, message)
    return Group(Text(f"{len(run.annotations)} annotations", style="bold"), Padding(grid, (0, 1)))


def review(console: Console, pull: PullRequest, comments: Sequence[ReviewComment]) -> None:
    """Every review's text, and each comment under the line that it is on."""
    for one in pull.reviews:
        if one.body:
            text = markdown(one.body)
            console.print(Panel(text, title="Review", title_align="left", padding=(1, 2)))
    for number, comment in enumerate(comments, 1):
        console.print()
        lines = line_range(comment)
        shown = str(lines[0]) if len(lines) == 1 else f"{lines[0]}-{lines[-1]}"
        title = f"[b]{number}[/] of {len(comments)}  [b cyan]{escape(comment.path)}:{shown}[/]"
        console.print(Rule(title, align="left", style="dim"))
        console.print(Padding(code(comment), (1, 0, 1, 2)))
        console.print(Padding(markdown(comment.body), (0, 2, 0, 2)))


def line_range(comment: ReviewComment) -> range:
    """The lines that a comment is on."""
    end = comment.original_line or 1
    return range(comment.original_start_line or end, end + 1)


def code(comment: ReviewComment) -> RenderableType:
    """The commented lines with their numbers."""
    if not comment.diff_hunk:
        return Text("(the whole file)", style="dim")
    (hunk,) = hunks(comment.diff_hunk)
    wanted = line_range(comment)
    shown = [
        (number, line.text)
        for line in hunk.lines
        if (number := line.new if comment.side == "RIGHT" else line.old) in wanted
    ]
    drawn = Text("\n").join(
        Text.assemble((f"{number:>5} │ ", "dim"), highlighted(comment.path, text))
        for number, text in shown[:MOST_LINES]
    )
    if len(shown) > MOST_LINES:
        drawn.append(f"\n      │ … {len(shown) - MOST_LINES} more lines", style="dim")
    return drawn


def highlighted(path: str, text: str) -> Text:
    """One line of code in colours."""
    lexer = "sql" if path.endswith(".sql") else "typescript"
    made = Syntax("", lexer, theme="ansi_dark", background_color="default").highlight(text)
    made.rstrip()
    return made


def markdown(text: str) -> RenderableType:
    """Markdown with GitHub's folds opened and hidden markers left out."""
    plain = COMMENT.sub("", text)
    plain = SUMMARY.sub(lambda found: f"\n**{TAG.sub('', found[1]).strip()}**\n", plain)
    plain = SUGGESTION.sub(lambda found: f"*Suggested change:*\n\n{found[1]}sql", plain)
    plain = TAG.sub("", plain)
    return PlainMarkdown(plain.strip(), code_theme="ansi_dark")
