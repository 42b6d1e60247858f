"""`python -m tests.sandbox.demo`: Driftline reviews a pull request, from webhook to comments.

Everything that runs is what runs in production, but for GitHub: the sandbox stands in its place.
With a terminal it stays up until Ctrl-C; without one it ends after showing the review. Exit codes:
0, 1 where the check never concluded or no review came, 2 where something cannot be started.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType

from rich.console import Console
from rich.theme import Theme

from tests.sandbox import example, rendering
from tests.sandbox.git import missing
from tests.sandbox.handles import PullHandle
from tests.sandbox.narration import Narrator
from tests.sandbox.state import CheckRun
from tests.sandbox.world import Observation
from tests.support.stack import Stack, running_stack
from tests.support.valkey import NoServer

WAIT = 60.0  # seconds within which the check must be concluded
WIDTH = 100  # columns where there is no terminal
THEME = Theme({"markdown.code": "cyan", "markdown.h2": "bold", "markdown.h3": "bold"})


class Ended(BaseException):
    """Somebody asked the demo to end."""


class Failed(Exception):
    """The demo did not show what it is there to show."""


def main() -> int:
    """Runs the demo; the exit code."""
    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else WIDTH, theme=THEME)
    try:
        with ending_on_signals():
            return run(console, stays=terminal)
    except Ended:
        console.print("\nEnded; nothing is left running.")
        return 0
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Failed as error:
        console.print(f"[red]The demo failed:[/] {error}", highlight=False)
        return 1
    except (NoServer, RuntimeError) as error:
        console.print(f"[red]The demo could not start:[/] {error}", highlight=False, markup=True)
        return 2


@contextlib.contextmanager
def ending_on_signals() -> Iterator[None]:
    """Turns Ctrl-C, SIGTERM and SIGHUP into Ended, once: the end itself is not interrupted."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def end(number: int, frame: FrameType | None) -> None:
        for one in signals:
            signal.signal(one, signal.SIG_IGN)
        raise Ended

    before = {one: signal.signal(one, end) for one in signals}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def run(console: Console, stays: bool) -> int:
    """Starts everything, opens the pull request, shows what comes of it."""
    lack = missing()
    if lack:
        raise RuntimeError(lack)
    start = time.time()
    console.print("Starting Valkey, the sandbox GitHub, the web process and a worker …")
    with running_stack() as stack:
        narrator = Narrator(console, start)
        seen: queue.Queue[Observation] = queue.Queue()
        stack.sandbox.on_observation(seen.put)
        narrator.say(
            f"All run. GitHub is at {stack.sandbox.url}, the App at {stack.url}", time.time()
        )
        repository = example.create(stack.sandbox)
        pull = example.open_pull_request(repository)
        text = f"[b]{example.AUTHOR}[/] opens [b]{repository.full_name}#{pull.number}[/]"
        narrator.say(f"{text}: {pull.state.title}", time.time())
        run_ = concluded(stack, pull, narrator, seen)
        show(console, pull, run_)
        judge(stack, pull, run_)
        if stays:
            stay(console, stack, pull, narrator, seen)
    return 0


def concluded(
    stack: Stack, pull: PullHandle, narrator: Narrator, seen: queue.Queue[Observation]
) -> CheckRun:
    """The check run once it is completed, told step by step; raises Failed after a minute."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        with contextlib.suppress(queue.Empty):
            narrator.tell(seen.get(timeout=0.2))
            continue
        stack.check()
        run = pull.check_run()
        if run is not None and run.status == "completed":
            return run
    raise Failed(f"the check run was not concluded within {WAIT:.0f} s.\n{stack.logs()}")


def show(console: Console, pull: PullHandle, run_: CheckRun) -> None:
    """The check run and the review, as people would read them."""
    console.print()
    console.print(rendering.check_run(run_))
    rendering.review(console, pull.state, pull.review_comments())
    console.print()


def judge(stack: Stack, pull: PullHandle, run_: CheckRun) -> None:
    """Raises Failed where the review is not what the example deserves."""
    if stack.sandbox.violations:
        raise Failed("requests that GitHub would refuse:\n" + "\n".join(stack.sandbox.violations))
    if not pull.review_comments():
        raise Failed(f"no review came; the check run says {run_.title!r}.\n{stack.logs()}")
    if run_.conclusion != "failure":
        raise Failed(f"the check run concluded {run_.conclusion!r}, but the example has errors.")


def stay(
    console: Console,
    stack: Stack,
    pull: PullHandle,
    narrator: Narrator,
    seen: queue.Queue[Observation],
) -> None:
    """Stays up for people to play with, until a signal comes."""
    console.rule(style="dim")
    console.print(f"The pull request's page: [b]{pull.url}[/]")
    text = "Push, answer, type [b]/recheck[/] or [b]/driftline help[/] there. Ctrl-C ends the demo."
    console.print(text, highlight=False)
    while True:
        with contextlib.suppress(queue.Empty):
            narrator.tell(seen.get(timeout=0.5))
        stack.check()


if __name__ == "__main__":
    sys.exit(main())
