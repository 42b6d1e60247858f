"""One call for all that gathered while the call before was under way.

To hand one item to a thread and its result back costs an event loop more than most items are worth,
and a round trip to Redis for each more than the script that it runs. So one thread makes one call
at a time: at rest it is a call for each item, and the more there is to do, the more share one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
MOST = 64
"""Items of one call: Redis runs a script to its end before it answers anybody else."""


class Batches(Generic[Item, Result]):
    """`await batches.result(item)`, from one event loop; `call` runs in a thread of its own.

    `call` gives as many results as it is given items, in their order. What it raises is raised for
    each of its items.
    """

    def __init__(self, call: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        self._call = call
        self._gathered: list[tuple[Item, asyncio.Future[Result]]] = []
        self._is_under_way = False
        self._thread = ThreadPoolExecutor(1, "batch")

    async def result(self, item: Item) -> Result:
        """What the call made of it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._gathered.append((item, future))
        if not self._is_under_way:
            self._is_under_way = True
            loop.call_soon(self._begin, loop)  # behind what else has arrived by now
        return await future

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        batch, self._gathered = self._gathered[:MOST], self._gathered[MOST:]
        self._thread.submit(self._make, loop, batch)

    def _make(
        self,
        loop: asyncio.AbstractEventLoop,
        batch: list[tuple[Item, asyncio.Future[Result]]],
    ) -> None:
        """In the thread."""
        told: Sequence[Result] | Exception
        try:
            told = self._call([item for item, _ in batch])
        except Exception as error:
            told = error
        loop.call_soon_threadsafe(self._end, loop, [future for _, future in batch], told)

    def _end(
        self,
        loop: asyncio.AbstractEventLoop,
        futures: list[asyncio.Future[Result]],
        told: Sequence[Result] | Exception,
    ) -> None:
        self._is_under_way = bool(self._gathered)
        if self._gathered:
            self._begin(loop)
        for number, future in enumerate(futures):
            if future.done():  # nobody waits any more
                continue
            if isinstance(told, Exception):
                future.set_exception(told)
            else:
                future.set_result(told[number])
