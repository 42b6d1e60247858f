"""The hook before a commit: what is not committed yet, judged as a change onto what is."""

from __future__ import annotations

HOOK = "driftline check --base HEAD"
_MARK = "# driftline: the schema and its migrations belong together"
_LINES = f"""\
{_MARK}
if command -v driftline >/dev/null 2>&1 && git rev-parse -q --verify HEAD >/dev/null; then
  {HOOK} || exit 1
fi
"""


def hooked(before: str | None) -> str:
    """The hook's file with the check at its end; as it is where it runs Driftline already."""
    if before is None:
        return f"#!/bin/sh\n{_LINES}"
    if "driftline" in before:
        return before
    return f"{before.rstrip()}\n\n{_LINES}" if before.strip() else f"#!/bin/sh\n{_LINES}"
