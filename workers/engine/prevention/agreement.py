"""The rules for migrations, as people and assistants find them in CONTRIBUTING or CLAUDE.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workers.engine.prevention.tool import Tool

_BEGIN = "<!-- driftline: rules for migrations -->"
_END = "<!-- /driftline -->"


def agreed(before: str | None, tools: Sequence[Tool], *, is_supabase: bool) -> str:
    """The file with the rules: in the place of older ones of ours, else at the end."""
    section = f"{_BEGIN}\n{_rules(tools, is_supabase=is_supabase)}\n{_END}\n"
    if before is None:
        return f"# Contributing\n\n{section}"
    start, end = before.find(_BEGIN), before.find(_END)
    if 0 <= start < end:
        return before[:start] + section.rstrip("\n") + before[end + len(_END) :]
    return f"{before.rstrip()}\n\n{section}" if before.strip() else section


def _rules(tools: Sequence[Tool], *, is_supabase: bool) -> str:
    lines = list(_of_prisma(tools) if tools else _of_supabase())
    if is_supabase:
        lines.append(
            "Policies belong into the migration that makes their table: `ENABLE ROW LEVEL "
            "SECURITY` and a policy for each command that users need. What is made in the "
            "dashboard is in no other database."
        )
    lines += [
        "What drops or rewrites data needs a backup, a way back that somebody has tried, and a run "
        "on a copy of production.",
        "`driftline check` passes before the pull request is opened.",
    ]
    numbered = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))
    return f"## Database migrations\n\n{numbered}"


def _of_prisma(tools: Sequence[Tool]) -> Iterator[str]:
    for tool in tools:
        develop = f"{tool.run} prisma migrate dev{tool.option}"
        yield (
            f"A change of `{_path(tool, tool.schema_path)}` comes with its migration: `{develop} "
            f"--name what_it_does`{_where(tool)}, both in one pull request."
        )
    first = tools[0]
    folders = " or ".join(f"`{_path(tool, tool.migrations_path)}`" for tool in tools)
    yield (
        f"Read the SQL before it is committed (`{first.script('db:preview')}` writes it without "
        "running it), and change it by hand only then."
    )
    yield (
        f"A migration that has landed in {folders} is never edited, renamed or deleted: a new one "
        "mends it."
    )
    yield (
        "`prisma db push` is for a database that can be thrown away, and for nothing else. No SQL "
        "is run by hand."
    )
    for tool in tools:
        yield (
            f"Deployments run `{tool.deploy}`{_where(tool)} before the new code starts; "
            f"`{tool.script('db:status')}` and `{tool.script('db:diff')}` tell first what it will "
            "find."
        )


def _path(tool: Tool, path: str) -> str:
    return f"{tool.folder}/{path}" if tool.folder else path


def _where(tool: Tool) -> str:
    return f" in `{tool.folder}`" if tool.folder else ""


def _of_supabase() -> tuple[str, ...]:
    return (
        "A change of the database is a migration: `supabase migration new what_it_does`, or "
        "`supabase db diff --file what_it_does` after a change of the local one.",
        "Read the SQL before it is committed.",
        "A migration that has landed is never edited, renamed or deleted: a new one mends it.",
        "Nothing is changed in the dashboard, and no SQL is run by hand.",
        "Deployments run `supabase db push`; `supabase db diff` tells first whether the remote "
        "database is what the migrations make.",
    )
