"""One call for all that gathered while the call before was under way.

A round trip to Redis for each item costs more than the script that it runs. So one call is under
way at a time: at rest it is a call for each item, and the more there is to do, the more share one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
MOST = 64
"""Items of one call: Redis runs a script to its end before it answers anybody else."""


class Batches(Generic[Item, Result]):
    """`await batches.result(item)`, from one event loop.

    `call` gives as many results as it is given items, in their order. What it raises is raised for
    each of its items.
    """

    def __init__(self, call: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]]) -> None:
        self._call = call
        self._gathered: list[tuple[Item, asyncio.Future[Result]]] = []
        self._calls: asyncio.Task[None] | None = None

    async def result(self, item: Item) -> Result:
        """What the call made of it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._gathered.append((item, future))
        if self._calls is None:
            self._calls = loop.create_task(self._go_on())  # behind what else has arrived by now
        return await future

    async def _go_on(self) -> None:
        """Until nothing has gathered."""
        try:
            while self._gathered:
                batch, self._gathered = self._gathered[:MOST], self._gathered[MOST:]
                await self._make(batch)
        finally:
            self._calls = None

    async def _make(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        told: Sequence[Result] | Exception
        try:
            told = await self._call([item for item, _ in batch])
        except Exception as error:
            told = error
        for number, (_, future) in enumerate(batch):
            if future.done():  # nobody waits any more
                continue
            if isinstance(told, Exception):
                future.set_exception(told)
            else:
                future.set_result(told[number])
