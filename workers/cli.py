"""The `driftline` command: the engine without GitHub, and the processes of the App.

Exit codes: 0 pass, 1 fail, 2 wrong use or configuration, 3 could not tell. Each command's work is
in `workers.commands`; what they need is imported when they run, so that `--help` is instant.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from workers.arguments import parser
from workers.refusals import Unreadable, WrongUse

COULD_NOT_TELL = 3
WRONG_USE = 2

_LASTING = frozenset({"serve", "work"})
"""Commands that others wait for at their end: connections, traces, children."""
_GARBAGE = 50_000
"""Objects between two looks for garbage: of what a short run makes, nearly all is in use."""


def command() -> NoReturn:
    """The installed script: runs what the command line asks for, and ends with its exit code."""
    options = parser().parse_args()
    if options.command in _LASTING:
        sys.exit(_perform(options))
    gc.set_threshold(_GARBAGE)
    code = _perform(options)
    # All is written. To take every object down first would be a twentieth of a short run.
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Nothing that a repository holds ends in a traceback."""
    return _perform(parser().parse_args(arguments))


def _perform(options: argparse.Namespace) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    with contextlib.suppress(ValueError):  # only the main thread may ask for signals
        signal.signal(signal.SIGTERM, _interrupted)
    code = _run(options)
    return _flushed(code)


def _run(options: argparse.Namespace) -> int:
    try:
        from workers import commands

        run = getattr(commands, options.command.replace("-", "_"))
        code: int = run(options)
    except WrongUse as error:
        print(f"driftline: {error}", file=sys.stderr)
        return WRONG_USE
    except Unreadable as error:
        print(f"driftline: {error}", file=sys.stderr)
        return COULD_NOT_TELL
    except KeyboardInterrupt:
        print("driftline: interrupted.", file=sys.stderr)
        return COULD_NOT_TELL
    except BrokenPipeError:
        return _silenced(0)
    except Exception as error:
        if options.debug:
            import traceback

            traceback.print_exc()
        print(
            f"driftline: Driftline is broken: {type(error).__name__}: {error} "
            "(--debug shows where; please report it).",
            file=sys.stderr,
        )
        return COULD_NOT_TELL
    return code


def _flushed(code: int) -> int:
    """The code, once all is written; a reader that went away (`| head`) is no failure."""
    try:
        sys.stderr.flush()
        sys.stdout.flush()
    except BrokenPipeError:
        return _silenced(code)
    return code


def _silenced(code: int) -> int:
    """Keep the interpreter from complaining about the closed pipe at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _interrupted(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    command()
