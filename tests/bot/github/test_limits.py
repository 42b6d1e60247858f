"""How long GitHub asks to wait."""

from __future__ import annotations

from bot.github.limits import seconds_to_wait


def test_a_reset_is_told_on_githubs_clock_not_on_ours() -> None:
    """With a machine's clock ten minutes behind, the wait is not ten minutes longer."""
    headers = {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "1893456030",
        "date": "Tue, 01 Jan 2030 00:00:00 GMT",
    }
    assert seconds_to_wait(403, headers, "") == 31.0
