"""Jobs for the tests of the queue: they write what they were called with into Redis.

The request's `sender` says what else they do: "sleep" for a while, "fail", or "put off" once.
"""

from __future__ import annotations

import time
from typing import Any

from rq import Retry, get_current_job

LOG = "test:jobs"


def record(request: dict[str, Any]) -> Any:
    """Write `<repository>#<number>` to the log, then do what the sender says."""
    job = get_current_job()
    assert job is not None
    redis = job.connection
    redis.rpush(LOG, f"{request['repository']['name']}#{request['number']}")
    times = redis.incr(f"test:times:{job.id}")
    match request["sender"]:
        case "sleep":
            time.sleep(60)
        case "fail":
            raise RuntimeError("as the test wants")
        case "put off" if times == 1:
            return Retry(max=1, interval=30)
    return "done"
