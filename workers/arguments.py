"""What the `driftline` command takes, command by command."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from workers.version import VERSION

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_EPILOG = """\
exit codes:
  0  pass: nothing new that is bad enough
  1  fail: something is
  2  wrong use or configuration
  3  could not tell: something that matters could not be read
"""


def parser() -> argparse.ArgumentParser:
    """The command line as argparse knows it."""
    top = argparse.ArgumentParser(
        prog="driftline",
        description="Finds schema drift between Prisma schemas and their migrations, "
        "without a database.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"driftline {VERSION}")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--debug", action="store_true", help="show where Driftline broke")
    # Without `prog` argparse would lay out a help text to find it.
    commands = top.add_subparsers(
        prog="driftline", dest="command", required=True, metavar="COMMAND"
    )
    _add_check(commands, shared)
    _add_report(commands, shared)
    _add_init(commands, shared)
    _add_fix(commands, shared)
    for name, what in (
        ("replay", "print the schema that the migrations make, as JSON"),
        ("declared", "print the schema that the Prisma schema declares, as JSON"),
    ):
        command = commands.add_parser(name, parents=[shared], help=what, description=_told(what))
        _add_repository(command)
        command.add_argument("--format", choices=["json"], default="json", help="(default: json)")
    _add_status(commands, shared)
    command = commands.add_parser("rules", parents=[shared], help="list all rules")
    command.add_argument(
        "--format", choices=["text", "json"], default="text", help="(default: text)"
    )
    command = commands.add_parser("rule", parents=[shared], help="print the page of one rule")
    command.add_argument("name", metavar="NAME")
    what = "print the JSON Schema of .github/driftline.yml, for editors"
    commands.add_parser("config-schema", parents=[shared], help=what, description=_told(what))
    for name, what in (
        ("serve", "run the web process that receives GitHub's webhooks"),
        ("work", "run a worker that reviews pull requests"),
        ("doctor", "look at this instance: settings, Redis, workers, GitHub, each with a remedy"),
    ):
        told = f"{_told(what)} Settings come from the environment."
        process = commands.add_parser(name, parents=[shared], help=what, description=told)
        if name == "work":
            _add_work(process)
    _add_setup(commands, shared)
    return top


def _add_setup(commands: _Commands, shared: argparse.ArgumentParser) -> None:
    what = "register a GitHub App of your own, and write its settings into a file"
    command = commands.add_parser("setup", parents=[shared], help=what, description=_told(what))
    command.add_argument(
        "--url", required=True, help="where GitHub will reach this instance (https://...)"
    )
    command.add_argument(
        "--owner", metavar="ORG", default="", help="an organization (default: you)"
    )
    command.add_argument("--name", default="Driftline", help="the App's name (default: Driftline)")
    command.add_argument(
        "--with-fixes", action="store_true", help="it may push fixes: contents: write"
    )
    command.add_argument(
        "--with-issues", action="store_true", help="it may keep issues: issues: write"
    )
    command.add_argument(
        "--github-url", metavar="API", default="", help="GitHub Enterprise: https://HOST/api/v3"
    )
    command.add_argument(
        "--output", metavar="FILE", default="driftline.env", help="(default: driftline.env)"
    )
    command.add_argument("--port", type=int, default=8765, help="of the page (default: 8765)")


def _add_work(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--workers", type=_count, default=1, metavar="N", help="reviews at once (default: 1)"
    )
    command.add_argument(
        "--burst", action="store_true", help="do what waits now, then end, instead of staying"
    )


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError("must be a number from 1 to 64")
    return number


def _told(what: str) -> str:
    return what[0].upper() + what[1:] + "."


def _add_reader(
    commands: _Commands,
    shared: argparse.ArgumentParser,
    name: str,
    what: str,
    description: str,
    epilog: str,
) -> argparse.ArgumentParser:
    """A command that reads a repository and answers with one of several exit codes."""
    command = commands.add_parser(
        name,
        parents=[shared],
        help=what,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_repository(command)
    return command


def _add_check(commands: _Commands, shared: argparse.ArgumentParser) -> None:
    what = "look for schema drift"
    told = "Look for schema drift in a folder, a commit or a range of commits."
    command = _add_reader(commands, shared, "check", what, told, _EPILOG)
    _add_databases(command, "(default: none)")
    command.add_argument(
        "--base",
        metavar="REV",
        help="judge what is merged into this revision, as a pull request: only what is new fails",
    )
    command.add_argument(
        "--format",
        choices=["text", "json", "markdown", "sarif"],
        default="text",
        help="how to print the findings (default: text)",
    )
    command.add_argument(
        "--fail-on",
        choices=["error", "warning", "notice", "never"],
        help="the least severity of a new finding that fails (default: as configured, else error)",
    )
    command.add_argument(
        "--color",
        choices=["auto", "always", "never"],
        default="auto",
        help="colours in text (default: auto; NO_COLOR is respected)",
    )


def _add_report(commands: _Commands, shared: argparse.ArgumentParser) -> None:
    what = "write the whole report: tables, order, environments, actions, readiness"
    epilog = (
        "exit codes:\n  0  ready, perhaps in steps\n  1  blocked\n"
        "  2  wrong use or configuration\n  3  unknown: something could not be read\n"
    )
    command = _add_reader(commands, shared, "report", what, _told(what), epilog)
    _add_databases(command, "(default: none)")
    command.add_argument("--base", metavar="REV", help="tell what is new against this revision")
    command.add_argument(
        "--format", choices=["markdown", "html"], default="markdown", help="(default: markdown)"
    )
    command.add_argument("--output", metavar="FILE", help="write it there (default: print it)")
    command.add_argument(
        "--remote", metavar="URL", help="the repository on GitHub, to link to (default: origin)"
    )


def _add_fix(commands: _Commands, shared: argparse.ArgumentParser) -> None:
    what = "write the migration that is missing, or the edit of the schema, proven"
    epilog = (
        "exit codes:\n  0  a fix, or nothing to fix\n  2  wrong use or configuration\n"
        "  3  something is left that has no fix that could be proven\n"
    )
    command = _add_reader(commands, shared, "fix", what, _told(what), epilog)
    command.add_argument(
        "--base", metavar="REV", help="what the running code was built from, to judge sides by"
    )
    command.add_argument("--write", action="store_true", help="write it into the files")
    command.add_argument(
        "--format", choices=["text", "patch", "json"], default="text", help="(default: text)"
    )
    command.add_argument(
        "--side",
        choices=["auto", "migration", "schema"],
        default="auto",
        help="mend this side, whatever the evidence says (default: auto)",
    )
    command.add_argument(
        "--no-rehearsal",
        action="store_true",
        help="do not try it on a throwaway PostgreSQL (the one that DRIFTLINE_SHADOW_URL names, or "
        "the embedded one of the `shadow` extra)",
    )
    command.add_argument(
        "--large-table",
        metavar="TABLE",
        action="append",
        help="a table that must not be locked for long; may be given again",
    )


def _add_status(commands: _Commands, shared: argparse.ArgumentParser) -> None:
    what = "compare real databases with what their migrations should have made"
    told = _told(what) + " Databases are read and never written."
    epilog = (
        "exit codes:\n  0  all is well\n  1  drift, or a deployment that would fail\n"
        "  2  wrong use or configuration\n  3  a database could not be read\n"
    )
    command = _add_reader(commands, shared, "status", what, told, epilog)
    _add_databases(command, "(default: all that are bound to this repository)")
    command.add_argument(
        "--format", choices=["text", "markdown", "json"], default="text", help="(default: text)"
    )


def _add_databases(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument(
        "--env",
        metavar="NAME",
        action="append",
        help="a bound environment, or the one whose URL DRIFTLINE_DATABASE_URL_NAME holds "
        + default,
    )
    command.add_argument("--database-url", metavar="URL", help="a database to read")


def _add_init(commands: _Commands, shared: argparse.ArgumentParser) -> None:
    what = "write the configuration, scripts, workflow, hook and rules that keep drift away"
    command = commands.add_parser("init", parents=[shared], help=what, description=_told(what))
    command.add_argument(
        "repository", metavar="REPO", nargs="?", default=".", help="a folder (default: here)"
    )
    command.add_argument(
        "--dry-run", action="store_true", help="show what would be written, and write nothing"
    )


def _add_repository(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "repository",
        metavar="REPO",
        nargs="?",
        default=".",
        help="a folder, or a bare git repository (default: here)",
    )
    command.add_argument(
        "--head",
        metavar="REV",
        help="read this revision out of git's objects (default: the files as they lie)",
    )
    command.add_argument(
        "--schema", metavar="PATH", help="the Prisma schema, a file or a folder (default: found)"
    )
    command.add_argument(
        "--migrations", metavar="DIR", help="the folder of the migrations (default: found)"
    )
