"""What happens in the sandbox, told line by line as it happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.sandbox.state import CheckRun, Delivery, Review
from tests.sandbox.world import Observation

SHOWN_EVENTS = {"pull_request", "issue_comment", "check_run", "check_suite", "merge_group"}
# Events that the App itself causes; GitHub sends them, and they only fill the screen.
QUIET = {
    "check_run.created",
    "check_run.completed",
    "check_suite.completed",
    "check_suite.requested",
}


class Narrator:
    """Prints each observation as one line, with the seconds since the start."""

    def __init__(self, console: Console, start: float) -> None:
        self.console = console
        self.start = start
        self.last_line = ""
        self.last_check = ""

    def tell(self, seen: Observation) -> None:
        """Prints the line of an observation, if it has one."""
        teller: Callable[..., str | None] | None = getattr(self, f"_{seen.kind}", None)
        line = teller(seen, **seen.facts) if teller else None
        if line and line != self.last_line:
            self.last_line = line
            self.say(line, seen.at)

    def say(self, line: str, at: float) -> None:
        """One line, with its time."""
        grid = Table.grid(padding=(0, 2))
        grid.add_row(f"[dim]{at - self.start:6.1f} s[/]", line)
        self.console.print(grid, highlight=False)

    def _delivery(self, seen: Observation, delivery: Delivery) -> str | None:
        if delivery.event not in SHOWN_EVENTS or delivery.name in QUIET:
            return None
        mine = delivery.payload["sender"]["login"].endswith("[bot]")
        if mine:
            return None
        colour = "green" if 200 <= delivery.status_code < 300 else "red"
        milliseconds = round(delivery.duration * 1000)
        return (
            f"GitHub delivers [b]{delivery.name}[/], signed; the App answers "
            f"[{colour}]{delivery.status_code}[/] after {milliseconds} ms"
        )

    def _token(self, seen: Observation, permissions: dict[str, str]) -> str:
        granted = ", ".join(f"{name}: {level}" for name, level in sorted(permissions.items()))
        return f"The worker gets an installation token ({granted})"

    def _git(self, seen: Observation, repository: str, size: int) -> str | None:
        return f"The worker fetches what it needs of [b]{repository}.git[/] over HTTP"

    def _check(self, seen: Observation, run: CheckRun, new: bool) -> str | None:
        state = run.conclusion or run.status
        text = f"{state}: {run.title or ''}"
        if text == self.last_check:
            return None
        self.last_check = text
        colour = {"success": "green", "failure": "red", "in_progress": "yellow"}.get(state, "cyan")
        word = "created" if new else "updated"
        title = f", “{escape(run.title)}”" if run.title else ""
        return f"Check run [b]{escape(run.name)}[/] {word}: [{colour}]{state}[/]{title}"

    def _review(self, seen: Observation, pull: int, review: Review) -> str:
        return f"The App posts one [b]{escape(seen.text)}[/] on lines of pull request #{pull}"

    def _comment(self, seen: Observation, **_: Any) -> str:
        return "The App answers in the conversation"

    def _violation(self, seen: Observation) -> str:
        return f"[red]Not as GitHub has it:[/] {escape(seen.text)}"

    def _refusal(self, seen: Observation) -> str:
        return f"[red]Refused:[/] {escape(seen.text)}"
