"""`make faults`: every fault, one after another, and a table of what became of the work."""

from __future__ import annotations

import os
import signal
import sys

from rich.console import Console
from rich.table import Table

from tests.faults.scenarios import SCENARIOS, CannotRun


def main() -> int:
    """Run those whose name holds one of the words given, or all; 1 where one did not end well."""
    words = sys.argv[1:]
    # Whoever ends us ends what we started, too.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    table = Table(title=f"Faults, {os.cpu_count()} cores")
    for column in ("fault", "pulls", "concluded", "s", "deliveries", "attempts", "lost"):
        table.add_column(column, justify="left" if column == "fault" else "right")
    table.add_column("doubled on the way", justify="right")
    table.add_column("twice at the end", justify="right")
    table.add_column("")
    ill = 0
    for scenario in SCENARIOS:
        if words and not any(word in scenario.name for word in words):
            continue
        try:
            found = scenario.run()
        except CannotRun as error:
            table.add_row(scenario.name, *[""] * 8, f"not run: {error}")
            continue
        except Exception as error:
            ill += 1
            table.add_row(scenario.name, *[""] * 8, f"broke: {type(error).__name__}: {error}")
            continue
        ill += not found.is_well
        table.add_row(
            scenario.name,
            str(found.pulls),
            str(found.concluded),
            f"{found.seconds:.1f}",
            str(found.deliveries),
            str(found.attempts),
            str(found.lost),
            str(found.doubled),
            str(found.twice),
            scenario.note if found.is_well else f"ILL {scenario.note}",
        )
        print(f"{scenario.name}: {found}", file=sys.stderr, flush=True)
    Console(width=180).print(table)
    return 1 if ill else 0


if __name__ == "__main__":
    sys.exit(main())
